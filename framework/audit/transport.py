"""The mutations of a reply outside its JSON: status, headers, duration, and bytes that are no longer JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from framework.base.jsonpath import Json
from framework.http.exchange import NotJsonError, Reply

SLOW_MS = 60_000.0
_PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
_TYPE = "content-type"
_STALE = "bytes are stale"


@dataclass(frozen=True, slots=True)
class ReplyMutation:
    """A mutation of the subject ``place``. ``make`` returns None if it does not apply."""

    name: str
    place: str
    words: str
    severity: int
    make: Callable[[Reply], Reply | None]


def with_document(reply: Reply, document: Json) -> Reply:
    """Return the reply with another JSON value.

    Its bytes are still the old ones, because few checks read them. ``with_bytes`` makes the new ones.
    """
    return _with_cached(reply, json=document, **{_STALE: True})


def is_stale(reply: Reply) -> bool:
    """Return whether the bytes are not those of the JSON value."""
    return _STALE in reply.__dict__


def with_bytes(reply: Reply) -> Reply:
    """Return the reply with the bytes of its JSON value, with or without spaces, as the service writes it."""
    document = reply.__dict__["json"]
    spaced = b'": ' in (reply.body or b"")[:200]
    text = json.dumps(document, ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":"))
    return _with_cached(replace(reply, body=text.encode("utf-8", "surrogatepass")), json=document)


def _with_cached(reply: Reply, **parsed: Json) -> Reply:
    copy = replace(reply)
    copy.__dict__.update(parsed)  # the property ``json`` caches its value there, so nothing is parsed again
    return copy


def _with_status(status: int) -> Callable[[Reply], Reply | None]:
    # None: a tape that did not record the status.
    return lambda reply: None if reply.status in (None, status) else _with_fields(reply, status=status)


def _with_fields(reply: Reply, **fields: object) -> Reply:
    """Return the reply with other fields and the same JSON value."""
    changed: Reply = replace(reply, **fields)  # type: ignore[arg-type]
    with suppress(NotJsonError):
        changed.__dict__["json"] = reply.json
    return changed


def _with_type(value: str | None) -> Callable[[Reply], Reply | None]:
    def make(reply: Reply) -> Reply | None:
        if reply.headers is None or reply.header(_TYPE) in (None, value):
            return None
        others = tuple(pair for pair in reply.headers if pair[0].lower() != _TYPE)
        return _with_fields(reply, headers=others if value is None else (*others, ("Content-Type", value)))

    return make


def _slow(reply: Reply) -> Reply | None:
    if reply.elapsed_ms is None or reply.elapsed_ms >= SLOW_MS:
        return None
    return _with_fields(reply, elapsed_ms=SLOW_MS)


def _with_body(change: Callable[[bytes], bytes]) -> Callable[[Reply], Reply | None]:
    def make(reply: Reply) -> Reply | None:
        if not reply.body or reply.undecodable is not None:
            return None
        body = change(reply.body)
        return None if body == reply.body else replace(reply, body=body)

    return make


def _as_gbk(body: bytes) -> bytes:
    return body.decode("utf-8", "ignore").encode("gbk", "replace")


REPLY_MUTATIONS: Final = (
    ReplyMutation("status_500", "status_code", "状态变成 500", 5, _with_status(500)),
    ReplyMutation("status_302", "status_code", "状态变成 302", 4, _with_status(302)),
    ReplyMutation("status_204", "status_code", "状态变成 204", 3, _with_status(204)),
    ReplyMutation("type_html", "headers.Content-Type", "内容类型变成 text/html", 4, _with_type("text/html")),
    ReplyMutation("type_gone", "headers.Content-Type", "没有内容类型", 3, _with_type(None)),
    ReplyMutation("slow", "elapsed_ms", "慢到一分钟", 3, _slow),
    ReplyMutation("body_cut", "body", "只收到一半", 5, _with_body(lambda body: body[: len(body) // 2])),
    ReplyMutation("body_empty", "body", "什么也没有", 5, _with_body(lambda _body: b"")),
    ReplyMutation("body_page", "body", "换成了一张错误页", 5, _with_body(lambda _body: _PAGE)),
    ReplyMutation("body_gbk", "body", "编码成了 GBK", 4, _with_body(_as_gbk)),
    ReplyMutation("body_bom", "body", "前面多了 BOM", 2, _with_body(lambda body: b"\xef\xbb\xbf" + body)),
)
