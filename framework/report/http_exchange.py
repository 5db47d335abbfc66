"""Turns an exchange into the document of Allure's HTTP inspector (``application/vnd.allure.http+json``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from framework.cases.request import MISSING, Request
from framework.cases.template import format_value
from framework.cases.upload import file_lines
from framework.http.exchange import Exchange, Reply

_BYTES_PAST_CUT = 64 * 1024
"""So many bytes behind the cut are masked too, so that a secret across the cut is found."""


def http_exchange(exchange: Exchange, limit: int, mask: Callable[[str], str]) -> dict[str, Any]:
    """Return the document. A body longer than *limit* characters is cut and marked as truncated.

    A body is masked before it is cut, because half a secret would not be recognized. The caller masks the
    rest.
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
    if request.files:
        form = request.data if isinstance(request.data, Mapping) else {}
        lines = [f"{name}: {format_value(value)}" for name, value in form.items()]
        return _body("text/plain", mask("\n".join([*lines, *file_lines(request.files)])), limit)
    if request.json is not MISSING:
        return _body("application/json", mask(json.dumps(request.json, ensure_ascii=False, indent=2)), limit)
    return _body("text/plain", mask(format_value(request.data)), limit) if request.data is not None else None


def _reply_body(reply: Reply, limit: int, mask: Callable[[str], str]) -> dict[str, Any] | None:
    if reply.body is None:
        text = json.dumps(reply.document, ensure_ascii=False)
    else:
        # A character has at most four bytes in UTF-8.
        text = reply.body[: limit * 4 + _BYTES_PAST_CUT].decode("utf-8", "replace")
    return _body(reply.header("content-type") or "application/json", mask(text), limit)


def _body(kind: str, text: str, limit: int) -> dict[str, Any]:
    return {"contentType": kind, "encoding": "utf8", "value": text[:limit], "truncated": len(text) > limit}
