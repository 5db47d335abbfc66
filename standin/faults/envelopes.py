"""Faults of the envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.faults.fault import in_data, in_envelope, in_reply, total_in, with_fields
from standin.paging import Page

SQL_ERROR = (
    "org.springframework.jdbc.BadSqlGrammarException: SELECT id, policy_title FROM t_policy WHERE "
    "tenant_id = ?; "
    "nested exception is java.sql.SQLSyntaxErrorException"
)


def _result_renamed(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {"records" if key == "result" else key: value for key, value in data.items()}


def _total_as_integer(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "totalNum": total_in(data)}


def _total_as_decimal(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "totalNum": f"{total_in(data)}.0"}


def _has_next_as_text(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "hasNext": str(data["hasNext"]).lower()}


ENVELOPES = (
    in_envelope(1, "success-false", "success 为 false, 数据照常", with_fields(success=False)),
    in_envelope(2, "code-int", "code 为数字 0", with_fields(code=0)),
    in_envelope(3, "code-200", 'code 为 "200"', with_fields(code="200")),
    in_envelope(4, "msg-empty", "msg 为空", with_fields(msg="")),
    in_envelope(5, "data-null", "data 为 null", with_fields(data=None)),
    in_data(6, "result-null", "result 为 null", with_fields(result=None)),
    in_data(7, "result-renamed", "result 改名为 records", _result_renamed),
    in_envelope(8, "extra-trace", "顶层多出 trace", with_fields(trace="4f1d0c7e")),
    in_data(9, "total-int", "totalNum 为数字", _total_as_integer),
    in_data(10, "total-decimal", 'totalNum 为 "190.0"', _total_as_decimal),
    in_data(11, "has-next-text", "hasNext 为字符串", _has_next_as_text),
    in_reply(12, "http-500", "HTTP 500, 内容照常", lambda reply: replace(reply, status=500)),
    in_envelope(
        13,
        "failure-with-data",
        "HTTP 200, 报告失败, 数据仍在",
        with_fields(success=False, code="500", msg="系统异常"),
    ),
    in_envelope(14, "sql-in-msg", "msg 泄露 SQL 与异常堆栈", with_fields(msg=SQL_ERROR)),
)
