"""Faults 36 to 47 and 50: records."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from standin.faults.fault import in_data, in_record
from standin.paging import Page
from standin.policy import TYPE_NAMES, Policy
from standin.snowflake import CHINA, TIME_FORMAT, unix_ms

Record = dict[str, Any]


def as_javascript_prints(number: int) -> str:
    """Write an integer as JavaScript does after reading it as a double: the shortest digits, then zeros."""
    return str(int(Decimal(repr(float(number)))))


def _id_twice(data: Record, page: Page) -> Record:
    result = list(data.get("result") or ())
    if len(result) < 2:
        return data
    return {**data, "result": [*result[:-1], {**result[-1], "id": result[0]["id"]}]}


def _swapped(record: Record, policy: Policy) -> Record:
    return {**record, "policyTitle": policy.issue_number, "issueNumber": policy.title}


def _other_type_name(record: Record, policy: Policy) -> Record:
    types = list(TYPE_NAMES)
    other = types[(types.index(policy.type) + 1) % len(types)]
    return {**record, "policyTypeName": TYPE_NAMES[other]}


def _time(policy: Policy) -> datetime:
    return datetime.strptime(policy.publish_time, TIME_FORMAT).replace(tzinfo=CHINA)


def _in_utc(record: Record, policy: Policy) -> Record:
    return {**record, "publishTime": (_time(policy) - timedelta(hours=8)).strftime(TIME_FORMAT)}


def _truncated(record: Record, policy: Policy) -> Record:
    moment = datetime.fromtimestamp(unix_ms(policy.id) // 1000, CHINA)
    return {**record, "publishTime": moment.strftime(TIME_FORMAT)}


RECORDS = (
    in_record(36, "id-number", "id 为数字", lambda r, p: {**r, "id": p.id}),
    in_record(37, "id-double", "id 经双精度失真", lambda r, p: {**r, "id": as_javascript_prints(p.id)}),
    in_data(38, "id-twice", "同一 id 出现两次", _id_twice),
    in_record(39, "title-number-swapped", "标题与文号对调", _swapped),
    in_record(40, "type-name-mismatched", "类型名称与类型不符", _other_type_name),
    in_record(41, "level-name-null", "级别名称为 null", lambda r, p: {**r, "policyLevelName": None}),
    in_record(42, "time-utc", "发布时间为 UTC", _in_utc),
    in_record(
        43, "time-iso", "发布时间带 T", lambda r, p: {**r, "publishTime": p.publish_time.replace(" ", "T")}
    ),
    in_record(
        44,
        "time-epoch",
        "发布时间为毫秒数",
        lambda r, p: {**r, "publishTime": round(_time(p).timestamp() * 1000)},
    ),
    in_record(45, "time-truncated", "发布时间截断而非进位", _truncated),
    in_record(46, "priority-text", "priority 为字符串", lambda r, p: {**r, "priority": str(p.priority)}),
    in_record(
        47,
        "files-missing",
        "files 为 null 或空",
        lambda r, p: {**r, "files": None if p.attachment.kind == "doc" else []},
    ),
    in_record(
        50,
        "editor-leaked",
        "泄露录入人及其手机号",
        lambda r, p: {**r, "createBy": "admin", "phone": "13900000000"},
    ),
)
