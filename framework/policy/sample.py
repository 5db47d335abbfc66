"""The reply on which the examples of this package's matchers hold: made up, not recorded from the service."""

from __future__ import annotations

from typing import Any, Final

_TEXT = "".join(
    f"<p>{line}</p>"
    for line in (
        "示例市人民政府",
        "关于支持青年创业的通知",
        "示府发〔2024〕1号",
        "各区县人民政府,市政府各部门:",
        "为支持青年创业,现将有关事项通知如下。",
        "一、总体要求",
        "鼓励青年到基层创业。",
        "二、主要任务",
        "(一)提供场地。免费提供办公场地。",
        "(二)提供资金。给予一次性创业补贴。",
        "三、附则",
        "本通知自印发之日起施行。",
        "示例市人民政府",
        "2024年1月31日",
    )
).replace(",", "\uff0c")


def _policy(policy_id: str, title: str, moment: str, kind: tuple[int, str], key: str) -> dict[str, Any]:
    address = {
        "fileId": "1768000000000000001",
        "fileName": "示例办法",
        "fileKey": key,
        "fileType": "docx",
        "fileSize": 25,
        "fileUrl": "https://youth.cq.cqyl.org.cn/oss/" + key,
    }
    return {
        "id": policy_id,
        "policyTitle": title,
        "issueNumber": "示府发〔2024〕1号",
        "policyLevel": 1,
        "policyLevelName": "市级",
        "policyType": kind[0],
        "policyTypeName": kind[1],
        "policyText": _TEXT,
        "files": [address],
        "priority": 0,
        "publishTime": moment,
    }


REPLY: Final[dict[str, Any]] = {
    "success": True,
    "code": "0",
    "msg": "success",
    "data": {
        "pageNo": 1,
        "pageSize": 10,
        "totalNum": "2",
        "hasNext": False,
        "result": [
            _policy(
                "1752481821750198272",
                "关于支持青年创业的通知",
                "2024-01-31 08:00:01",
                (4, "创新创业政策"),
                "202401/0123456789ab4cde8f0123456789abcd.docx",
            ),
            _policy(
                "1752481817555894272",
                "关于创业成果转化的通知",
                "2024-01-31 08:00:00",
                (3, "成果转化政策"),
                "202401/fedcba9876544cde8f0123456789abcd.docx",
            ),
        ],
    },
}
_OFFICIAL_TEXT: Final = "\n".join(_TEXT.replace("</p>", "").split("<p>")[1:])
FILES: Final = {"sources/yfb-2024-27.txt": _OFFICIAL_TEXT}
"""Files beside the suite, by their relative path: the text as officially published."""
