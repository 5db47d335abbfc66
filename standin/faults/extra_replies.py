"""Faults 89 to 112: more of what goes wrong with records, files, refusals and the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from standin.faults.envelopes import SQL_ERROR
from standin.faults.fault import Fault, in_record
from standin.hooks import Hooks, Reply
from standin.paging import Page
from standin.policy import Policy
from standin.records import to_json
from standin.snowflake import TIME_FORMAT
from standin.tokens import DEFAULT_TOKEN, EXPIRED_TOKEN

Record = dict[str, Any]
SECONDS_PER_BYTE = 0.6e-6
LOGIN_PAGE = "<!DOCTYPE html><html><body>请登录</body></html>".encode()


def _text_from_page_1() -> Hooks:
    kept: dict[str, str] = {}

    def altered(policies: list[Policy], page: Page) -> list[Policy]:
        if page.number == 1 and policies:
            kept.setdefault("text", policies[0].text)
        if page.number == 1 or not policies:
            return policies
        return [*policies[:-1], replace(policies[-1], text=kept.get("text", policies[0].text))]

    return Hooks(policies=(altered,))


def _files_moved(policies: list[Policy], page: Page) -> list[Policy]:
    files = [policy.attachment for policy in policies]
    return [
        replace(policy, attachment=file) for policy, file in zip(policies, files[1:] + files[:1], strict=True)
    ]


def _number_lost_late(policies: list[Policy], page: Page) -> list[Policy]:
    first = (page.number - 1) * page.size
    return [replace(p, issue_number="") if first + index >= 120 else p for index, p in enumerate(policies)]


def _in_files(record: Record, **changed: Any) -> Record:
    return {**record, "files": [{**file, **changed} for file in record["files"]]}


def _size_in_bytes(record: Record, policy: Policy) -> Record:
    return _in_files(record, fileSize=policy.attachment.size_kb * 1024)


def _double_slash(record: Record, policy: Policy) -> Record:
    return _in_files(record, fileUrl=record["files"][0]["fileUrl"].replace("/oss/", "/oss//"))


def _twelve_hours(record: Record, policy: Policy) -> Record:
    moment = datetime.strptime(policy.publish_time, TIME_FORMAT)
    return {**record, "publishTime": moment.strftime("%Y-%m-%d %I:%M:%S")}


def _as_success(reply: Reply) -> Reply:
    return replace(
        reply, status=200, body=to_json({"success": True, "code": "0", "msg": "success", "data": None})
    )


def _with_trace(reply: Reply) -> Reply:
    if reply.status == 401:
        return reply
    return replace(
        reply, status=500, body=to_json({"success": False, "code": "500", "msg": SQL_ERROR, "data": None})
    )


def _flaky() -> Hooks:
    asked = count(1)
    body = to_json({"success": False, "code": "500", "msg": "系统异常", "data": None})
    return Hooks(reply=(lambda r: r if next(asked) % 7 else replace(r, status=500, body=body),))


def _as_gzip(reply: Reply) -> Reply:
    return replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"})


def _in_gbk(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.decode().encode("gbk", errors="replace"))


EXTRA_REPLIES = (
    Fault(89, "text-from-page-1", "第 2 页起, 末条的正文是首页首条的", _text_from_page_1),
    in_record(
        90, "title-trailing-blank", "标题末尾多一个空格", lambda r, p: {**r, "policyTitle": p.title + " "}
    ),
    in_record(
        91,
        "title-entities",
        "标题里的书名号成了实体",
        lambda r, p: {**r, "policyTitle": p.title.replace("《", "&#12298;")},
    ),
    in_record(92, "title-cut-at-30", "标题截断为 30 字", lambda r, p: {**r, "policyTitle": p.title[:30]}),
    in_record(93, "text-twice", "正文整个重复一遍", lambda r, p: {**r, "policyText": p.text * 2}),
    in_record(94, "file-size-in-bytes", "fileSize 以字节计", _size_in_bytes),
    Fault(95, "files-moved", "附件属于另一政策", lambda: Hooks(policies=(_files_moved,))),
    in_record(96, "file-url-double-slash", "附件地址多一个斜杠", _double_slash),
    in_record(
        97,
        "file-path-leaked",
        "附件里露出服务器路径",
        lambda r, p: _in_files(r, path="/data/upload/" + p.attachment.key),
    ),
    in_record(98, "time-12-hours", "发布时间用 12 小时制", _twelve_hours),
    Fault(
        99, "issue-number-lost-late", "第 120 条之后文号为空", lambda: Hooks(policies=(_number_lost_late,))
    ),
    in_record(100, "type-as-text", "policyType 为字符串", lambda r, p: {**r, "policyType": str(p.type)}),
    Fault(
        101,
        "file-is-login-page",
        "附件下载成了登录页",
        lambda: Hooks(file=(lambda r: replace(r, body=LOGIN_PAGE),)),
    ),
    Fault(
        102,
        "file-cut-in-half",
        "附件只有前一半",
        lambda: Hooks(file=(lambda r: replace(r, body=r.body[: len(r.body) // 2]),)),
    ),
    Fault(103, "token-unchecked", "任何令牌都放行", lambda: Hooks(token=(lambda token: DEFAULT_TOKEN,))),
    Fault(
        104,
        "token-never-expires",
        "过期的令牌仍放行",
        lambda: Hooks(token=(lambda t: DEFAULT_TOKEN if t == EXPIRED_TOKEN else t,)),
    ),
    Fault(105, "refusal-as-success", "拒绝时也报告成功", lambda: Hooks(refusal=(_as_success,))),
    Fault(106, "refusal-with-trace", "请求有误时 500 并露出堆栈", lambda: Hooks(refusal=(_with_trace,))),
    Fault(107, "every-7th-fails", "每七次有一次 500", _flaky),
    Fault(108, "gzip-corrupt", "声称 gzip 而内容不是", lambda: Hooks(reply=(_as_gzip,))),
    Fault(
        109,
        "byte-order-mark",
        "答复以 BOM 开头",
        lambda: Hooks(reply=(lambda r: replace(r, body=b"\xef\xbb\xbf" + r.body),)),
    ),
    Fault(110, "gbk-as-utf8", "声称 UTF-8 而内容是 GBK", lambda: Hooks(reply=(_in_gbk,))),
    Fault(
        111,
        "connection-closed",
        "只有响应头, 没有内容",
        lambda: Hooks(reply=(lambda r: replace(r, cut_at=0),)),
        incomplete=True,
    ),
    Fault(
        112,
        "slow-with-size",
        "每多一兆字节慢 0.6 秒",
        lambda: Hooks(reply=(lambda r: replace(r, delay_s=len(r.body) * SECONDS_PER_BYTE),)),
    ),
)
