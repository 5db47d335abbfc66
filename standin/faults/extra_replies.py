"""More faults of records, attachments, refusals and the transport."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from standin.credentials import DEFAULT_TOKEN, EXPIRED_TOKEN
from standin.faults.envelopes import SQL_ERROR
from standin.faults.fault import Fault, in_download, in_policies, in_record, in_reply
from standin.faults.files import with_file_fields
from standin.hooks import Hooks, Reply
from standin.paging import Page
from standin.policy import Policy
from standin.records import to_json
from standin.snowflake import TIME_FORMAT

Record = dict[str, Any]
SECONDS_PER_BYTE = 0.6e-6
LOGIN_PAGE = "<!DOCTYPE html><html><body>请登录</body></html>".encode()

# -- records


def _text_from_page_1() -> Hooks:
    first_text = ""

    def altered(policies: list[Policy], page: Page) -> list[Policy]:
        nonlocal first_text
        if not policies:
            return policies
        if page.number == 1:
            first_text = first_text or policies[0].text
            return policies
        return [*policies[:-1], replace(policies[-1], text=first_text or policies[0].text)]

    return Hooks(policies=(altered,))


def _title_with_blank(record: Record, policy: Policy) -> Record:
    return {**record, "policyTitle": policy.title + " "}


def _title_with_entities(record: Record, policy: Policy) -> Record:
    return {**record, "policyTitle": policy.title.replace("《", "&#12298;")}


def _title_cut(record: Record, policy: Policy) -> Record:
    return {**record, "policyTitle": policy.title[:30]}


def _text_twice(record: Record, policy: Policy) -> Record:
    return {**record, "policyText": policy.text * 2}


def _number_lost_late(policies: list[Policy], page: Page) -> list[Policy]:
    first = (page.number - 1) * page.size
    return [
        replace(policy, issue_number="") if first + index >= 120 else policy
        for index, policy in enumerate(policies)
    ]


def _type_as_text(record: Record, policy: Policy) -> Record:
    return {**record, "policyType": str(policy.type)}


def _twelve_hours(record: Record, policy: Policy) -> Record:
    moment = datetime.strptime(policy.publish_time, TIME_FORMAT)
    return {**record, "publishTime": moment.strftime("%Y-%m-%d %I:%M:%S")}


# -- attachments


def _files_moved(policies: list[Policy], page: Page) -> list[Policy]:
    files = [policy.attachment for policy in policies]
    moved = files[1:] + files[:1]
    return [replace(policy, attachment=file) for policy, file in zip(policies, moved, strict=True)]


def _size_in_bytes(record: Record, policy: Policy) -> Record:
    return with_file_fields(record, fileSize=policy.attachment.size_kb * 1024)


def _double_slash(record: Record, policy: Policy) -> Record:
    return with_file_fields(record, fileUrl=record["files"][0]["fileUrl"].replace("/oss/", "/oss//"))


def _with_server_path(record: Record, policy: Policy) -> Record:
    return with_file_fields(record, path="/data/upload/" + policy.attachment.key)


def _login_page(reply: Reply) -> Reply:
    return replace(reply, body=LOGIN_PAGE)


def _first_half(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


# -- tokens and refusals


def _any_token(token: str | None) -> str:
    return DEFAULT_TOKEN


def _expired_token_accepted(token: str | None) -> str | None:
    return DEFAULT_TOKEN if token == EXPIRED_TOKEN else token


def _as_success(reply: Reply) -> Reply:
    body = to_json({"success": True, "code": "0", "msg": "success", "data": None})
    return replace(reply, status=200, body=body)


def _with_stack_trace(reply: Reply) -> Reply:
    if reply.status == 401:
        return reply
    body = to_json({"success": False, "code": "500", "msg": SQL_ERROR, "data": None})
    return replace(reply, status=500, body=body)


# -- transport


def _every_seventh_fails() -> Hooks:
    requests = count(1)
    body = to_json({"success": False, "code": "500", "msg": "系统异常", "data": None})

    def altered(reply: Reply) -> Reply:
        return reply if next(requests) % 7 else replace(reply, status=500, body=body)

    return Hooks(reply=(altered,))


def _as_gzip(reply: Reply) -> Reply:
    return replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"})


def _with_byte_order_mark(reply: Reply) -> Reply:
    return replace(reply, body=b"\xef\xbb\xbf" + reply.body)


def _in_gbk(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.decode().encode("gbk", errors="replace"))


def _cut_after_headers(reply: Reply) -> Reply:
    return replace(reply, cut_at=0)


def _slow_with_size(reply: Reply) -> Reply:
    return replace(reply, delay_s=len(reply.body) * SECONDS_PER_BYTE)


EXTRA_REPLIES = (
    Fault(89, "text-from-page-1", "第 2 页起，末条的正文是首页首条的", _text_from_page_1),
    in_record(90, "title-trailing-blank", "标题末尾多一个空格", _title_with_blank),
    in_record(91, "title-entities", "标题里的书名号成了实体", _title_with_entities),
    in_record(92, "title-cut-at-30", "标题截断为 30 字", _title_cut),
    in_record(93, "text-twice", "正文整个重复一遍", _text_twice),
    in_record(94, "file-size-in-bytes", "fileSize 以字节计", _size_in_bytes),
    in_policies(95, "files-moved", "附件属于另一政策", _files_moved),
    in_record(96, "file-url-double-slash", "附件地址多一个斜杠", _double_slash),
    in_record(97, "file-path-leaked", "附件里露出服务器路径", _with_server_path),
    in_record(98, "time-12-hours", "发布时间用 12 小时制", _twelve_hours),
    in_policies(99, "issue-number-lost-late", "第 120 条之后文号为空", _number_lost_late),
    in_record(100, "type-as-text", "policyType 为字符串", _type_as_text),
    in_download(101, "file-is-login-page", "附件下载成了登录页", _login_page),
    in_download(102, "file-cut-in-half", "附件只有前一半", _first_half),
    Fault(103, "token-unchecked", "任何令牌都放行", lambda: Hooks(token=(_any_token,))),
    Fault(104, "token-never-expires", "过期的令牌仍放行", lambda: Hooks(token=(_expired_token_accepted,))),
    Fault(105, "refusal-as-success", "拒绝时也报告成功", lambda: Hooks(refusal=(_as_success,))),
    Fault(
        106, "refusal-with-trace", "请求有误时 500 并露出堆栈", lambda: Hooks(refusal=(_with_stack_trace,))
    ),
    Fault(107, "every-7th-fails", "每七次有一次 500", _every_seventh_fails),
    in_reply(108, "gzip-corrupt", "声称 gzip 而内容不是", _as_gzip),
    in_reply(109, "byte-order-mark", "答复以 BOM 开头", _with_byte_order_mark),
    in_reply(110, "gbk-as-utf8", "声称 UTF-8 而内容是 GBK", _in_gbk),
    in_reply(111, "connection-closed", "只有响应头，没有内容", _cut_after_headers, incomplete=True),
    in_reply(112, "slow-with-size", "每多一兆字节慢 0.6 秒", _slow_with_size),
)
