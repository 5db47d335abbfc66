"""Faults of records."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from standin.faults.fault import in_data, in_record, with_fields
from standin.paging import Page
from standin.policy import TYPE_NAMES, Policy
from standin.snowflake import CHINA, TIME_FORMAT, unix_ms

Record = dict[str, Any]


def as_javascript_prints(number: int) -> str:
    """Return an integer as JavaScript prints it after reading it as a double: rounded digits, then zeros."""
    return str(int(Decimal(repr(float(number)))))


def _id_as_number(record: Record, policy: Policy) -> Record:
    return {**record, "id": policy.id}


def _id_as_double(record: Record, policy: Policy) -> Record:
    return {**record, "id": as_javascript_prints(policy.id)}


def _id_twice(data: Record, page: Page) -> Record:
    result = list(data.get("result") or ())
    # A single record cannot have the id of another one.
    if len(result) < 2:
        return data
    return {**data, "result": [*result[:-1], {**result[-1], "id": result[0]["id"]}]}


def _title_and_number_swapped(record: Record, policy: Policy) -> Record:
    return {**record, "policyTitle": policy.issue_number, "issueNumber": policy.title}


def _other_type_name(record: Record, policy: Policy) -> Record:
    types = list(TYPE_NAMES)
    other = types[(types.index(policy.type) + 1) % len(types)]
    return {**record, "policyTypeName": TYPE_NAMES[other]}


def _issue_year_next(record: Record, policy: Policy) -> Record:
    number = re.sub(r"〔(\d{4})〕", lambda year: f"〔{int(year[1]) + 1}〕", record["issueNumber"] or "")
    return {**record, "issueNumber": number}


def _publish_time(policy: Policy) -> datetime:
    return datetime.strptime(policy.publish_time, TIME_FORMAT).replace(tzinfo=CHINA)


def _time_in_utc(record: Record, policy: Policy) -> Record:
    return {**record, "publishTime": (_publish_time(policy) - timedelta(hours=8)).strftime(TIME_FORMAT)}


def _time_truncated(record: Record, policy: Policy) -> Record:
    moment = datetime.fromtimestamp(unix_ms(policy.id) // 1000, CHINA)
    return {**record, "publishTime": moment.strftime(TIME_FORMAT)}


def _time_with_t(record: Record, policy: Policy) -> Record:
    return {**record, "publishTime": policy.publish_time.replace(" ", "T")}


def _time_in_milliseconds(record: Record, policy: Policy) -> Record:
    return {**record, "publishTime": round(_publish_time(policy).timestamp() * 1000)}


def _priority_as_text(record: Record, policy: Policy) -> Record:
    return {**record, "priority": str(policy.priority)}


def _without_files(record: Record, policy: Policy) -> Record:
    return {**record, "files": None if policy.attachment.kind == "doc" else []}


RECORDS = (
    in_record(36, "id-number", "id 为数字", _id_as_number),
    in_record(37, "id-double", "id 经双精度失真", _id_as_double),
    in_data(38, "id-twice", "同一 id 出现两次", _id_twice),
    in_record(39, "title-number-swapped", "标题与文号对调", _title_and_number_swapped),
    in_record(40, "type-name-mismatched", "类型名称与类型不符", _other_type_name),
    in_record(41, "level-name-null", "级别名称为 null", with_fields(policyLevelName=None)),
    in_record(42, "time-utc", "发布时间为 UTC", _time_in_utc),
    in_record(43, "time-iso", "发布时间带 T", _time_with_t),
    in_record(44, "time-epoch", "发布时间为毫秒数", _time_in_milliseconds),
    in_record(45, "time-truncated", "发布时间截断而非进位", _time_truncated),
    in_record(46, "priority-text", "priority 为字符串", _priority_as_text),
    in_record(47, "files-missing", "files 为 null 或空", _without_files),
    in_record(
        50, "editor-leaked", "泄露录入人及其手机号", with_fields(createBy="admin", phone="13900000000")
    ),
    in_record(114, "issue-year-next", "文号的年份晚了一年", _issue_year_next),
)
