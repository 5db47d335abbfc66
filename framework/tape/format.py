"""Formats and parses the lines of a tape file: one JSON object a line, the first one a header.

::

    {"tape": 1, "origin": "https://app.youth.cq.cqyl.org.cn", "source": "run"}
    {"version": 1, "kind": "exchange", "request": {...}, "reply": {...},
     "recorded": {"at": ..., "source": ...}}

* ``request``: method, path (an absolute URL if it is not on the origin), params, headers (only those of the
  case), cookies, and json or data.
* ``reply``: url, status, headers, body (text) or body_base64 or document, elapsed_ms, redirects, undecodable.
  Null means 'not recorded'.

The second example is one line in the file.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING, Missing, Request
from framework.http.exchange import Exchange, Headers, Reply
from framework.http.hosts import origin_of

VERSION = 1
_CREDENTIAL_FIELDS = ("set-cookie", "www-authenticate", "authentication-info")


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: ``origin`` is ``scheme://host[:port]``, ``source`` names the maker of the recording."""

    origin: str
    source: str


def relative_url(url: str, origin: str) -> str:
    """Return *url* from its path on, without the fragment; the whole URL if it is not on *origin*."""
    if origin_of(url) != origin_of(origin):
        return url
    after_scheme = url.partition("://")[2]
    path = "/" + after_scheme.partition("/")[2]
    return path.partition("#")[0]


# -- writing


def header_line(header: Header) -> str:
    """Return the first line."""
    return _json_line({"tape": VERSION, "origin": header.origin, "source": header.source})


def exchange_line(exchange: Exchange, header: Header) -> str:
    """Return the line of one exchange, whose secrets are masked already."""
    at = datetime.fromtimestamp(exchange.started, timezone.utc).isoformat() if exchange.started else None
    record = {
        "version": VERSION,
        "kind": "exchange",
        "request": _request_record(exchange.request, header.origin),
        "reply": _reply_record(exchange, header.origin),
        "recorded": {"at": at, "source": header.source},
    }
    return _json_line(record)


def _json_line(record: Json) -> str:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8 encoding, but JSON can escape it.
        return json.dumps(record, separators=(",", ":"))
    return text


def _request_record(request: Request, origin: str) -> dict[str, Json]:
    record: dict[str, Json] = {"method": request.method.upper(), "path": relative_url(request.url, origin)}
    for name, values in (
        ("params", request.params),
        ("headers", request.headers),
        ("cookies", request.cookies),
    ):
        if values:
            record[name] = dict(values)
    if not isinstance(request.json, Missing):
        record["json"] = request.json
    if request.data is not None:
        record["data"] = request.data
    return record


def _reply_record(exchange: Exchange, origin: str) -> dict[str, Json]:
    reply = exchange.reply
    record: dict[str, Json] = {
        "url": relative_url(reply.url, origin),
        "status": reply.status,
        "headers": None if reply.headers is None else _masked_fields(reply.headers),
        "elapsed_ms": reply.elapsed_ms,
    }
    if exchange.redirects:
        record["redirects"] = [relative_url(url, origin) for url in exchange.redirects]
    if reply.undecodable is not None:
        record["undecodable"] = reply.undecodable
    return record | _content_record(reply)


def _masked_fields(headers: Headers) -> list[list[str]]:
    # The service creates these values, so they are not among the secrets that the masker knows.
    return [[name, "***" if name.lower() in _CREDENTIAL_FIELDS else value] for name, value in headers]


def _content_record(reply: Reply) -> dict[str, Json]:
    if reply.body is None:
        return {"body": None, "document": reply.document}
    try:
        return {"body": reply.body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(reply.body).decode("ascii")}


# -- reading


class LineError(ValueError):
    """A line is wrong. The message describes the mistake, in the language of the run."""


def read_header(line: str) -> Header:
    """Parse the first line.

    Raises:
        LineError: it is not the header of a tape of this version.
    """
    record = _parse_object(line)
    if record.get("tape") != VERSION:
        raise LineError(tr("第一行不是第 {version} 版录制数据的头", version=VERSION))
    return Header(_typed_value(record, "origin", str), _typed_value(record, "source", str))


def read_exchange(line: str, header: Header) -> Exchange:
    """Parse the line of one exchange. Its request gets absolute URLs, with the origin of the tape.

    Raises:
        LineError: the line is not an exchange of this version.
    """
    record = _parse_object(line)
    if record.get("kind") != "exchange" or record.get("version") != VERSION:
        raise LineError(tr("不是第 {version} 版的 exchange", version=VERSION))
    request = _parse_request(_typed_value(record, "request", dict), header.origin)
    reply = _typed_value(record, "reply", dict)
    at = _typed_value(_typed_value(record, "recorded", dict, {}), "at", str, None)
    redirects = tuple(_absolute_url(url, header.origin) for url in _typed_value(reply, "redirects", list, []))
    return Exchange(
        request, _parse_reply(reply, header.origin), _epoch_seconds(at), redirects=redirects, replayed=True
    )


def _parse_object(line: str) -> dict[str, Json]:
    try:
        record = read_json(line, tr("这一行"))
    except NotJsonError as error:
        raise LineError(str(error)) from None
    if not isinstance(record, dict):
        raise LineError(tr("不是 JSON 对象"))
    return record


_REQUIRED: Any = object()


def _typed_value(
    record: Mapping[str, Json], name: str, kind: type | tuple[type, ...], default: Any = _REQUIRED
) -> Any:
    """Return a member of *record*.

    Raises:
        LineError: it is missing and has no default, or its type is wrong. A bool is never accepted as an int.
    """
    value = record.get(name, default)
    if value is _REQUIRED:
        raise LineError(tr("缺少 {name}", name=name))
    if value is default:
        return value
    if not isinstance(value, kind) or isinstance(value, bool):
        raise LineError(tr("{name} 的类型不对", name=name))
    return value


def _parse_request(record: Mapping[str, Json], origin: str) -> Request:
    return Request(
        _typed_value(record, "method", str),
        _absolute_url(_typed_value(record, "path", str), origin),
        _typed_value(record, "params", dict, {}),
        _typed_value(record, "headers", dict, {}),
        record.get("json", MISSING),
        _typed_value(record, "data", (str, dict), None),
        _typed_value(record, "cookies", dict, {}),
    )


def _parse_reply(record: Mapping[str, Json], origin: str) -> Reply:
    return Reply(
        _absolute_url(_typed_value(record, "url", str, "/"), origin),
        _typed_value(record, "status", int, None),
        _parse_headers(_typed_value(record, "headers", list, None)),
        _parse_body(record),
        _typed_value(record, "elapsed_ms", (int, float), None),
        record.get("document"),
        _typed_value(record, "undecodable", str, None),
    )


def _absolute_url(path: Json, origin: str) -> str:
    if not isinstance(path, str):
        raise LineError(tr("{name} 的类型不对", name="url"))
    return origin + path if path.startswith("/") else path


def _parse_headers(fields: list[Json] | None) -> Headers | None:
    if fields is None:
        return None
    if not all(map(_is_header, fields)):
        raise LineError(tr("{name} 的类型不对", name="headers"))
    return tuple((name, value) for name, value in fields)


def _is_header(field: Json) -> bool:
    if not isinstance(field, list) or len(field) != 2:
        return False
    return all(isinstance(part, str) for part in field)


def _parse_body(record: Mapping[str, Json]) -> bytes | None:
    if "body_base64" in record:
        try:
            return base64.b64decode(_typed_value(record, "body_base64", str), validate=True)
        except binascii.Error:
            raise LineError(tr("body_base64 不是 base64")) from None
    text = _typed_value(record, "body", str, None)
    return None if text is None else text.encode("utf-8", "surrogatepass")


def _epoch_seconds(at: str | None) -> float:
    if at is None:
        return 0.0
    try:
        return datetime.fromisoformat(at).timestamp()
    except (ValueError, OverflowError):
        raise LineError(tr("recorded.at 不是时间")) from None
