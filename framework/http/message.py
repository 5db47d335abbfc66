"""Composes the message that is sent for a request: method, URL, header fields, body as bytes.

This module only computes: it sends nothing, and no library adds defaults.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from framework.base.errors import ConfigError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import Missing, Request
from framework.cases.template import format_value

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSAFE = re.compile(r"[\r\n\0]|[^\x00-\xff]|^[ \t]|[ \t]$")
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_BODY_FIELDS = ("content-type", "content-length", "transfer-encoding", "content-encoding")
_CREDENTIAL_FIELDS = ("authorization", "cookie", "proxy-authorization")
MAX_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Message:
    """One request as sent, with secrets unmasked. A header that is None must not be sent at all."""

    method: str
    url: str
    headers: Mapping[str, str | None] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    def as_text(self) -> str:
        """Return the whole message as one text, in which a secret can be searched."""
        body = (self.body or b"").decode("utf-8", "surrogateescape")
        fields = [f"{name}: {value}" for name, value in self.headers.items()]
        return "\n".join([self.url, *fields, body])


def compose(request: Request, defaults: Mapping[str, str]) -> Message:
    """Return the message to send for *request*.

    Header fields of the case have precedence over *defaults* and over the Content-Type that its body implies.

    Raises:
        ConfigError: the method, a header field or the body cannot be sent as written.
    """
    if not _TOKEN.fullmatch(request.method):
        raise _request_error("method", tr("请求方式 {method} 不是合法的 HTTP 方法", method=request.method))
    body, content_type = _encode_body(request)
    # Keyed by lower case, since field names are case-insensitive; the name is sent as it was written last.
    headers: dict[str, tuple[str, str | None]] = {
        name.lower(): (name, value) for name, value in defaults.items()
    }
    if content_type:
        headers["content-type"] = ("Content-Type", content_type)
    if request.cookies:
        pairs = [f"{name}={format_value(value)}" for name, value in request.cookies.items()]
        headers["cookie"] = ("Cookie", "; ".join(pairs))
    headers |= {name.lower(): (name, value) for name, value in request.headers.items()}
    fields = {name: _field_value(name, value) for name, value in headers.values()}
    return Message(request.method.upper(), _encode_url(request), fields, body)


def _request_error(code: str, what: str, how: str = "") -> ConfigError:
    return ConfigError(Problem(f"request-{code}", what, how))


def _field_value(name: str, value: Json) -> str | None:
    # The message never shows the value: the usual cause is a secret that was read with a trailing newline.
    if not _TOKEN.fullmatch(name):
        raise _request_error(
            "header", tr("请求头的名字 {name} 里有不能发送的字符", name=json.dumps(name, ensure_ascii=False))
        )
    if value is None:
        return None
    text = format_value(value)
    if _UNSAFE.search(text):
        raise _request_error(
            "header",
            tr("请求头 {name} 的值里有换行、首尾空格或 Latin-1 之外的字符，不能发送", name=name),
            tr("检查它的来源（环境变量、.env）；中文先做 URL 编码"),
        )
    return text


def _encode_url(request: Request) -> str:
    url = quote(request.url, safe=_URL_SAFE)
    parameters = _encode_pairs(request.params)
    if not parameters:
        return url
    parts = urlsplit(url)
    query = f"{parts.query}&{parameters}" if parts.query else parameters
    return urlunsplit(parts._replace(query=query))


def _encode_pairs(values: Mapping[str, Json]) -> str:
    """Return *values* URL-encoded, by the rule of requests: a list repeats its name, None is left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        items = value if isinstance(value, list) else [value]
        pairs += [(name, format_value(item)) for item in items if item is not None]
    return urlencode(pairs)


def _encode_body(request: Request) -> tuple[bytes | None, str]:
    """Return the body and the content type that it implies; None and an empty text if there is no body."""
    if request.body is not None:
        return request.body.content, request.body.type
    if request.files:
        from framework.http.multipart import encode_form  # noqa: PLC0415  # few requests have files

        return encode_form(request.data if isinstance(request.data, Mapping) else {}, request.files)
    if isinstance(request.data, str):
        return _utf8(request.data), ""
    if request.data is not None:
        return _utf8(_encode_pairs(request.data)), "application/x-www-form-urlencoded"
    if isinstance(request.json, Missing):
        return None, ""
    return _json_bytes(request.json), "application/json"


def body_text(request: Request) -> str | None:
    """Return the body of *request* as text; None if it has none, or files.

    Raises:
        ConfigError: it cannot be sent as written.
    """
    body = None if request.uploads else _encode_body(request)[0]
    return None if body is None else body.decode("utf-8")


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise _request_error("body", tr("请求体里有不成对的代理字符，不能写成 UTF-8")) from None


def _json_bytes(value: Json) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        # A lone surrogate has no UTF-8 encoding, but JSON can escape it.
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise _request_error("body", tr("请求的 json 不能写成 JSON：{error}", error=error)) from None


# -- redirects (RFC 9110 section 15.4)


def redirect_target(url: str, status: int, location: str) -> str | None:
    """Return the absolute URL to which the reply redirects; None if it is not a redirect to follow."""
    if status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(url, quote(location, safe=_URL_SAFE))
    except ValueError:
        return quote(location, safe=_URL_SAFE)  # not a URL, so the check of the hosts will reject it
    fragment = urlsplit(url).fragment
    return f"{target}#{fragment}" if fragment and "#" not in target else target


def redirected(message: Message, status: int, target: str) -> Message:
    """Return the request to send to *target* after a redirect.

    After 303, and after 301 or 302 to a POST, it is a GET without a body. After 307 and 308 it is the same
    request again.
    """
    keeps_method = message.method in ("GET", "HEAD") or status in (307, 308)
    becomes_get = status == 303 or message.method == "POST"
    if keeps_method or not becomes_get:
        return replace(message, url=target)
    headers = {name: value for name, value in message.headers.items() if name.lower() not in _BODY_FIELDS}
    return replace(message, method="GET", url=target, headers=headers, body=None)


def without_credentials(message: Message, holds_secret: Callable[[str], object]) -> Message:
    """Return the message without credentials, for a redirect to another origin."""
    headers = {
        name: value
        for name, value in message.headers.items()
        if name.lower() not in _CREDENTIAL_FIELDS and not holds_secret(value or "")
    }
    return replace(message, headers=headers)
