"""Faults 1 to 14: the envelope."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.faults.fault import Fault, in_data, in_envelope, total_in
from standin.hooks import Hooks
from standin.paging import Page

SQL_ERROR = (
    "org.springframework.jdbc.BadSqlGrammarException: SELECT id, policy_title FROM t_policy WHERE "
    "tenant_id = ?; "
    "nested exception is java.sql.SQLSyntaxErrorException"
)


def _renamed(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {"records" if key == "result" else key: value for key, value in data.items()}


ENVELOPES = (
    in_envelope(1, "success-false", "success 为 false, 数据照常", lambda r, _: {**r, "success": False}),
    in_envelope(2, "code-int", "code 为数字 0", lambda r, _: {**r, "code": 0}),
    in_envelope(3, "code-200", 'code 为 "200"', lambda r, _: {**r, "code": "200"}),
    in_envelope(4, "msg-empty", "msg 为空", lambda r, _: {**r, "msg": ""}),
    in_envelope(5, "data-null", "data 为 null", lambda r, _: {**r, "data": None}),
    in_data(6, "result-null", "result 为 null", lambda d, _: {**d, "result": None}),
    in_data(7, "result-renamed", "result 改名为 records", _renamed),
    in_envelope(8, "extra-trace", "顶层多出 trace", lambda r, _: {**r, "trace": "4f1d0c7e"}),
    in_data(9, "total-int", "totalNum 为数字", lambda d, _: {**d, "totalNum": total_in(d)}),
    in_data(10, "total-decimal", 'totalNum 为 "190.0"', lambda d, _: {**d, "totalNum": f"{total_in(d)}.0"}),
    in_data(
        11, "has-next-text", "hasNext 为字符串", lambda d, _: {**d, "hasNext": str(d["hasNext"]).lower()}
    ),
    Fault(
        12, "http-500", "HTTP 500, 内容照常", lambda: Hooks(reply=(lambda reply: replace(reply, status=500),))
    ),
    in_envelope(
        13,
        "failure-with-data",
        "HTTP 200, 报告失败, 数据仍在",
        lambda r, _: {**r, "success": False, "code": "500", "msg": "系统异常"},
    ),
    in_envelope(14, "sql-in-msg", "msg 泄露 SQL 与异常堆栈", lambda r, _: {**r, "msg": SQL_ERROR}),
)
