"""What goes on the wire for a request: one method, one URL, the header fields, the body as bytes. Pure; no library's defaults."""

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
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Message:
    """One request as sent. A header field that is None is one nobody may add. Secrets stand in here in clear."""

    method: str
    url: str
    headers: Mapping[str, str | None] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    def values(self) -> str:
        """Return everything a secret could stand in, as one text."""
        body = (self.body or b"").decode("utf-8", "surrogateescape")
        return "\n".join([self.url, *(f"{name}: {value}" for name, value in self.headers.items()), body])


def compose(request: Request, defaults: Mapping[str, str]) -> Message:
    """Return what is sent: the case's header fields win over *defaults*, and a Content-Type it gives over the
    body's own.

    Raises:
        ConfigError: a method, a header field or a body that cannot be put on the wire as written.
    """
    if not _TOKEN.fullmatch(request.method):
        raise _unsendable("method", tr("请求方式 {method} 不是合法的 HTTP 方法", method=request.method))
    body, content_type = _body(request)
    headers: dict[str, tuple[str, str | None]] = {
        name.lower(): (name, value) for name, value in defaults.items()
    }
    if content_type:
        headers["content-type"] = ("Content-Type", content_type)
    if request.cookies:
        headers["cookie"] = (
            "Cookie",
            "; ".join(f"{name}={format_value(value)}" for name, value in request.cookies.items()),
        )
    headers |= {name.lower(): (name, value) for name, value in request.headers.items()}
    fields = {name: _field_value(name, value) for name, value in headers.values()}
    return Message(request.method.upper(), _url(request), fields, body)


def _unsendable(code: str, what: str, how: str = "") -> ConfigError:
    return ConfigError(Problem(f"request-{code}", what, how))


def _field_value(name: str, value: Json) -> str | None:
    # Never show the value: a secret read with a stray newline is the usual cause.
    if not _TOKEN.fullmatch(name):
        raise _unsendable(
            "header", tr("请求头的名字 {name} 里有不能发送的字符", name=json.dumps(name, ensure_ascii=False))
        )
    if value is None:
        return None
    text = format_value(value)
    if _UNSAFE.search(text):
        raise _unsendable(
            "header",
            tr("请求头 {name} 的值里有换行、首尾空格或 Latin-1 之外的字符,不能发送", name=name),
            tr("检查它的来源(环境变量、.env);中文先做 URL 编码"),
        )
    return text


def _url(request: Request) -> str:
    url = quote(request.url, safe=_URL_SAFE)
    pairs = [(name, item) for name, value in request.params.items() for item in _each(value)]
    if not pairs:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(pairs))))))


def _each(value: Json) -> list[str]:
    """requests' own rule: a list repeats its name, None is left out. Other values are written as JSON writes
    them.
    """
    return [
        format_value(item) for item in (value if isinstance(value, list) else [value]) if item is not None
    ]


def _body(request: Request) -> tuple[bytes | None, str]:
    if isinstance(request.data, str):
        return _utf8(request.data), ""
    if request.data is not None:
        pairs = [(name, item) for name, value in request.data.items() for item in _each(value)]
        return _utf8(urlencode(pairs)), "application/x-www-form-urlencoded"
    if isinstance(request.json, Missing):
        return None, ""
    return _json_bytes(request.json), "application/json"


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise _unsendable("body", tr("请求体里有不成对的代理字符,不能写成 UTF-8")) from None


def _json_bytes(value: Json) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise _unsendable("body", tr("请求的 json 不能写成 JSON:{error}", error=error)) from None


# -- redirects (RFC 9110 section 15.4)


def redirect_target(url: str, status: int, location: str) -> str | None:
    """Return the absolute URL the reply sends us to; None where the reply is no redirect to follow."""
    if status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(url, quote(location, safe=_URL_SAFE))
    except ValueError:
        return quote(location, safe=_URL_SAFE)  # no URL at all: whoever judges hosts will refuse it
    fragment = urlsplit(url).fragment
    return f"{target}#{fragment}" if fragment and "#" not in target else target


def redirected(message: Message, status: int, target: str) -> Message:
    """Return the next request: 303, and 301 or 302 after a POST, become a GET without a body; 307 and 308
    repeat it.
    """
    repeats = (
        status in (307, 308)
        or message.method in ("GET", "HEAD")
        or (status != 303 and message.method != "POST")
    )
    if repeats:
        return replace(message, url=target)
    headers = {name: value for name, value in message.headers.items() if name.lower() not in _BODY_FIELDS}
    return replace(message, method="GET", url=target, headers=headers, body=None)


def without_credentials(message: Message, holds_secret: Callable[[str], object]) -> Message:
    """Return the message without what belongs to the origin it was first sent to."""
    headers = {
        name: value
        for name, value in message.headers.items()
        if name.lower() not in _CREDENTIAL_FIELDS and not holds_secret(value or "")
    }
    return replace(message, headers=headers)
