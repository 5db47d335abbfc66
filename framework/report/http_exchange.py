"""An exchange as Allure's HTTP inspector reads it (``application/vnd.allure.http+json``). Pure data; the
caller masks it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from framework.cases.request import MISSING, Request
from framework.cases.template import format_value
from framework.http.exchange import Exchange, Reply

_BEYOND = 4096
"""Bytes that are read past the cut, so that a secret across it is whole."""


def http_exchange(exchange: Exchange, limit: int, mask: Callable[[str], str]) -> dict[str, Any]:
    """Return the exchange as Allure's HTTP inspector reads it; a body longer than *limit* characters is cut
    and says so.

    A body passes *mask* before it is cut: a piece of a secret could not be told any more.
    """
    request, reply = exchange.request, exchange.reply
    start = round(exchange.started * 1000)
    return {
        "schemaVersion": 1,
        "start": start,
        "stop": start + round(reply.elapsed_ms or 0),
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": _pairs(request.headers.items()),
            "body": _request_body(request, limit, mask),
        },
        "response": {
            "status": reply.status,
            "headers": _pairs(reply.headers or ()),
            "body": _reply_body(reply, limit, mask),
        },
    }


def _pairs(headers: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in headers]


def _request_body(request: Request, limit: int, mask: Callable[[str], str]) -> dict[str, Any] | None:
    if request.json is not MISSING:
        return _body("application/json", mask(json.dumps(request.json, ensure_ascii=False, indent=2)), limit)
    return _body("text/plain", mask(format_value(request.data)), limit) if request.data is not None else None


def _reply_body(reply: Reply, limit: int, mask: Callable[[str], str]) -> dict[str, Any] | None:
    if reply.body is None:
        text = json.dumps(reply.document, ensure_ascii=False)
    else:
        text = reply.body[: limit * 4 + _BEYOND].decode("utf-8", "replace")
    return _body(reply.header("content-type") or "application/json", mask(text), limit)


def _body(kind: str, text: str, limit: int) -> dict[str, Any]:
    return {"contentType": kind, "encoding": "utf8", "value": text[:limit], "truncated": len(text) > limit}
