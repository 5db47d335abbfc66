"""Turns an exchange into the document of Allure's HTTP inspector (``application/vnd.allure.http+json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from framework.cases.request import MISSING, Request
from framework.cases.template import format_value
from framework.cases.upload import file_lines
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker


def http_exchange(exchange: Exchange, limit: int, masker: Masker) -> dict[str, Any]:
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
            "body": _request_body(request, limit, masker),
        },
        "response": {
            "status": reply.status,
            "headers": _pairs(reply.headers or ()),
            "body": _reply_body(reply, limit, masker),
        },
    }


def _pairs(headers: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in headers]


def _request_body(request: Request, limit: int, masker: Masker) -> dict[str, Any] | None:
    kind = "text/plain" if request.uploads or request.json is MISSING else "application/json"
    text = request_text(request)
    return _body(kind, masker.text(text), limit) if text else None


def request_text(request: Request) -> str:
    """Return the body as people read it: JSON, text, or the fields and files of a form; "" for none."""
    if request.uploads:
        form = request.data if isinstance(request.data, Mapping) else {}
        lines = [f"{name}: {format_value(value)}" for name, value in form.items()]
        return "\n".join([*lines, *file_lines(request.uploads)])
    if request.json is not MISSING:
        return json.dumps(request.json, ensure_ascii=False, indent=2)
    return "" if request.data is None else format_value(request.data)


def beginning_of_reply(reply: Reply, limit: int, masker: Masker) -> str:
    """Return the first *limit* characters of the body, masked before the cut, and "…" if there are more."""
    text = masker.text(_text_of(reply, limit + masker.reach))
    return text if len(text) <= limit else text[:limit] + "…"


def _reply_body(reply: Reply, limit: int, masker: Masker) -> dict[str, Any] | None:
    kind = reply.header("content-type") or "application/json"
    return _body(kind, masker.text(_text_of(reply, limit + masker.reach)), limit)


def _text_of(reply: Reply, length: int) -> str:
    """Return the body, or at least its first *length* characters: a secret across a cut must be found."""
    if reply.body is None:
        return json.dumps(reply.document, ensure_ascii=False)
    # A character has at most four bytes in UTF-8.
    return reply.body[: length * 4].decode("utf-8", "replace")


def _body(kind: str, text: str, limit: int) -> dict[str, Any]:
    return {"contentType": kind, "encoding": "utf8", "value": text[:limit], "truncated": len(text) > limit}
