"""The file of a tape: one JSON object a line, the first a header. What a line means, in both directions.

::

    {"tape": 1, "origin": "https://app.youth.cq.cqyl.org.cn", "source": "run"}
    {"version": 1, "kind": "exchange", "request": {...}, "reply": {...}, "recorded": {"at": ..., "source":
    ...}}

``request``: method, path (an absolute URL where it is not of the origin), params, headers (the case's own),
and json or data.
``reply``: url, status, headers, body (text) or body_base64 or document, elapsed_ms, undecodable; null is 'not
recorded'.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING, Missing, Request
from framework.http.exchange import Exchange, Headers, Reply
from framework.http.hosts import origin_of

VERSION = 1
_CREDENTIAL_FIELDS = ("set-cookie", "www-authenticate", "authentication-info")


class Masks(Protocol):
    """What takes secrets out; ``secrets.Masker`` is one."""

    def data(self, data: bytes) -> bytes: ...

    def json(self, value: Json) -> Json: ...


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: where the tape was recorded, ``scheme://host[:port]``, and from what."""

    origin: str
    source: str


def address(url: str, origin: str) -> str:
    """Return *url* from its path on; whole, where it is not of *origin*."""
    if origin_of(url) != origin_of(origin):
        return url
    path = "/" + url.partition("://")[2].partition("/")[2] if "/" in url.partition("://")[2] else "/"
    return path.partition("#")[0]


# -- writing


def header_line(header: Header) -> str:
    """Return the first line."""
    return _line({"tape": VERSION, "origin": header.origin, "source": header.source})


def exchange_line(exchange: Exchange, header: Header, masks: Masks) -> str:
    """Return the line of one exchange, without secrets."""
    at = datetime.fromtimestamp(exchange.started, timezone.utc).isoformat() if exchange.started else None
    return _line(
        masks.json(
            {
                "version": VERSION,
                "kind": "exchange",
                "request": _request_record(exchange.request, header.origin),
                "reply": _reply_record(exchange, header.origin, masks),
                "recorded": {"at": at, "source": header.source},
            }
        )
    )


def _line(record: Json) -> str:
    # A lone surrogate has no UTF-8; escaped, it can still be written.
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() or _encodes(text) else json.dumps(record, separators=(",", ":"))


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _request_record(request: Request, origin: str) -> dict[str, Json]:
    record: dict[str, Json] = {"method": request.method.upper(), "path": address(request.url, origin)}
    record |= {"params": dict(request.params)} if request.params else {}
    record |= {"headers": dict(request.headers)} if request.headers else {}
    record |= {"cookies": dict(request.cookies)} if request.cookies else {}
    record |= {} if isinstance(request.json, Missing) else {"json": request.json}
    return record | ({} if request.data is None else {"data": request.data})


def _reply_record(exchange: Exchange, origin: str, masks: Masks) -> dict[str, Json]:
    reply = exchange.reply
    headers = (
        None
        if reply.headers is None
        else [[name, "***" if name.lower() in _CREDENTIAL_FIELDS else value] for name, value in reply.headers]
    )
    record: dict[str, Json] = {
        "url": address(reply.url, origin),
        "status": reply.status,
        "headers": headers,
        "elapsed_ms": reply.elapsed_ms,
    }
    record |= (
        {"redirects": [address(url, origin) for url in exchange.redirects]} if exchange.redirects else {}
    )
    record |= {} if reply.undecodable is None else {"undecodable": reply.undecodable}
    return record | _content_record(reply, masks)


def _content_record(reply: Reply, masks: Masks) -> dict[str, Json]:
    if reply.body is None:
        return {"body": None, "document": reply.document}
    body = masks.data(reply.body)
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode("ascii")}


# -- reading


class LineError(ValueError):
    """A line is not what it should be; the text says what is wrong, in the reader's language."""


def read_header(line: str) -> Header:
    """Read the first line.

    Raises:
        LineError: it is not the header of a tape of this version.
    """
    record = _read(line)
    if record.get("tape") != VERSION:
        raise LineError(tr("第一行不是第 {version} 版录音的头", version=VERSION))
    return Header(_get(record, "origin", str), _get(record, "source", str))


def read_exchange(line: str, header: Header) -> Exchange:
    """Read the line of one exchange; its request has the origin of the tape.

    Raises:
        LineError: it is not one.
    """
    record = _read(line)
    if record.get("kind") != "exchange" or record.get("version") != VERSION:
        raise LineError(tr("不是第 {version} 版的 exchange", version=VERSION))
    request = _request(_get(record, "request", dict), header.origin)
    reply = _get(record, "reply", dict)
    at = _get(_get(record, "recorded", dict, {}), "at", str, None)
    redirects = tuple(_absolute(url, header.origin) for url in _get(reply, "redirects", list, []))
    return Exchange(request, _reply(reply, header.origin), _epoch(at), redirects=redirects, replayed=True)


def _read(line: str) -> dict[str, Json]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineError(tr("不是 JSON:{error}", error=error)) from None
    if not isinstance(record, dict):
        raise LineError(tr("不是 JSON 对象"))
    return record


_REQUIRED: Any = object()


def _get(
    record: Mapping[str, Json], name: str, kind: type | tuple[type, ...], default: Any = _REQUIRED
) -> Any:
    value = record.get(name, default)
    if value is _REQUIRED:
        raise LineError(tr("缺少 {name}", name=name))
    if (
        value is not default
        and (not isinstance(value, kind) or isinstance(value, bool))
        and not (default is None and value is None)
    ):
        raise LineError(tr("{name} 的类型不对", name=name))
    return value


def _request(record: Mapping[str, Json], origin: str) -> Request:
    return Request(
        _get(record, "method", str),
        _absolute(_get(record, "path", str), origin),
        _get(record, "params", dict, {}),
        _get(record, "headers", dict, {}),
        record.get("json", MISSING),
        _get(record, "data", (str, dict), None),
        _get(record, "cookies", dict, {}),
    )


def _reply(record: Mapping[str, Json], origin: str) -> Reply:
    return Reply(
        _absolute(_get(record, "url", str, "/"), origin),
        _get(record, "status", int, None),
        _headers(_get(record, "headers", list, None)),
        _body(record),
        _get(record, "elapsed_ms", (int, float), None),
        record.get("document"),
        _get(record, "undecodable", str, None),
    )


def _absolute(path: Json, origin: str) -> str:
    if not isinstance(path, str):
        raise LineError(tr("{name} 的类型不对", name="url"))
    return origin + path if path.startswith("/") else path


def _headers(fields: list[Json] | None) -> Headers | None:
    if fields is None:
        return None
    if not all(
        isinstance(field, list) and len(field) == 2 and all(isinstance(part, str) for part in field)
        for field in fields
    ):
        raise LineError(tr("{name} 的类型不对", name="headers"))
    return tuple((name, value) for name, value in fields)


def _body(record: Mapping[str, Json]) -> bytes | None:
    if "body_base64" in record:
        try:
            return base64.b64decode(_get(record, "body_base64", str), validate=True)
        except binascii.Error:
            raise LineError(tr("body_base64 不是 base64")) from None
    text = _get(record, "body", str, None)
    return None if text is None else text.encode("utf-8", "surrogatepass")


def _epoch(at: str | None) -> float:
    if at is None:
        return 0.0
    try:
        return datetime.fromisoformat(at).timestamp()
    except (ValueError, OverflowError):
        raise LineError(tr("recorded.at 不是时间")) from None
