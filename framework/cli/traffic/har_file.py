"""Reads the HAR file of a browser or a proxy, and names each entry that cannot be carried over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from framework.base.errors import HarnessError, Problem, TapeError
from framework.base.json_reader import NotJsonError, read_json
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.request import Request
from framework.cli.init.curl import add_header
from framework.http.charset import declared_charset
from framework.http.exchange import Exchange, Reply
from framework.http.hosts import origin_of
from framework.tape.har import request_record

MAX_BYTES = 256 * 1024 * 1024


class _LeftOutError(ValueError):
    """The entry cannot be carried over; the message says why."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The content of a file. ``left_out``: the entries that are not among the exchanges, each with the
    reason.
    """

    exchanges: tuple[Exchange, ...]
    left_out: tuple[str, ...]


def read_har(path: Path) -> Traffic:
    """Read *path*.

    Raises:
        TapeError: it cannot be read, or is no HAR file.
    """
    exchanges: list[Exchange] = []
    left_out: list[str] = []
    for number, entry in enumerate(_entries(path), start=1):
        try:
            exchanges.append(_exchange(entry))
        except _LeftOutError as error:
            left_out.append(_named(number, entry, str(error)))
        except (KeyError, TypeError, AttributeError, ValueError):
            left_out.append(_named(number, entry, tr("缺少 HAR 规定的内容，或类型不对")))
    return Traffic(tuple(exchanges), tuple(left_out))


def _named(number: int, entry: Any, reason: str) -> str:
    request = entry.get("request") if isinstance(entry, dict) else None
    url = str(request.get("url", "")) if isinstance(request, dict) else ""
    where = visible(url.partition("?")[0].partition(";")[0])
    return tr("第 {number} 条 {url}：{reason}", number=number, url=where, reason=reason)


def _entries(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            what = tr("{path} 超过 {limit} MiB", path=path, limit=MAX_BYTES // 2**20)
            raise TapeError(Problem("har-large", what))
        document = read_json(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise TapeError(
            Problem("har-unread", tr("{path} 读不了：{error}", path=path, error=error.strerror))
        ) from None
    except (UnicodeDecodeError, NotJsonError, RecursionError):
        what = tr("{path} 不是完整的 JSON，可能被截断", path=path)
        raise TapeError(Problem("har-cut", what, tr("重新导出 HAR"))) from None
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        what = tr("{path} 不是 HAR：没有 log.entries", path=path)
        raise TapeError(Problem("har", what, tr("在浏览器开发者工具的“网络”里导出 HAR（带内容）")))
    return entries


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    url = str(entry["request"]["url"])
    if origin_of(url) is None:
        raise _LeftOutError(tr("不是 HTTP 的请求"))
    response = entry["response"]
    status = int(response["status"])
    if status < 100:
        raise _LeftOutError(tr("没有得到答复"))
    if response.get("redirectURL") and 300 <= status < 400:
        raise _LeftOutError(tr("跳转的答复；跳到的那一次另有一条"))
    request = _request(entry["request"])
    headers = tuple(_fields(response["headers"]))
    reply = Reply(url, status, headers, _body(response, headers), float(entry.get("time") or 0.0))
    started = datetime.fromisoformat(str(entry["startedDateTime"]).replace("Z", "+00:00")).timestamp()
    return Exchange(request, reply, started)


def _fields(headers: Any) -> Iterator[tuple[str, str]]:
    for field in headers:
        # HTTP/2 sends the address in fields that begin with a colon.
        if not str(field["name"]).startswith(":"):
            yield str(field["name"]), str(field["value"])


def _request(record: Mapping[str, Any]) -> Request:
    body = record.get("postData")
    text = None
    if body:
        if str(body.get("mimeType", "")).startswith("multipart/"):
            raise _LeftOutError(tr("上传文件的请求：浏览器没有记下文件"))
        if not body.get("text") and body.get("params"):
            raise _LeftOutError(tr("请求体只记了字段，没有原文"))
        text = str(body.get("text", ""))
    headers: dict[str, str] = {}
    if (
        body
        and body.get("mimeType")
        and "content-type" not in {name.lower() for name, _ in _fields(record["headers"])}
    ):
        headers["Content-Type"] = str(body["mimeType"])
    for name, value in _fields(record["headers"]):
        add_header(headers, name, value)
    request = Request(
        str(record["method"]).upper(), str(record["url"]).partition("#")[0], {}, headers, data=text
    )
    try:
        request_record(request)
    except HarnessError as error:
        raise _LeftOutError(error.problems[0].what) from None
    return request


def _body(response: Mapping[str, Any], headers: tuple[tuple[str, str], ...]) -> bytes:
    content = response.get("content") or {}
    text = content.get("text")
    if text is None:
        if content.get("size"):
            raise _LeftOutError(tr("没有记下答复的正文；导出时选“带内容”"))
        return b""
    if content.get("encoding") == "base64":
        try:
            return base64.b64decode(text)
        except binascii.Error:
            raise _LeftOutError(tr("答复的正文不是 base64")) from None
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    try:
        return str(text).encode(declared_charset(kinds[0] if kinds else None) or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return str(text).encode("utf-8", "surrogatepass")
