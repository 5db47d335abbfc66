"""The rendered request, with the keys of the requests library and an absolute URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.upload import FilePart


class Missing:
    """The type of MISSING, which means "not given"; None cannot mean it, because it is JSON's null."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

REQUEST_KEYS = (
    "method",
    "url",
    "params",
    "headers",
    "json",
    "data",
    "cookies",
    "timeout",
    "verify",
    "allow_redirects",
    "auth",
    "files",
    "body",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One rendered request.

    ``json`` is MISSING if no JSON body is sent; with ``files``, ``data`` has the other fields of the form;
    ``body`` is a file that is the whole body.
    ``timeout`` is in seconds for the whole exchange; None means the timeout of the environment. If
    ``read_only``, sending the request again changes nothing; if ``shareable``, its reply may be one that
    another case got. The fields hold secrets in clear text, so the repr leaves them out.
    """

    method: str
    url: str
    params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Json | Missing = field(default=MISSING, repr=False)
    data: str | Mapping[str, Json] | None = field(default=None, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float | None = None
    verify: bool = True
    allow_redirects: bool = True
    files: tuple[FilePart, ...] = ()
    body: FilePart | None = None
    read_only: bool = False
    shareable: bool = False

    @property
    def uploads(self) -> tuple[FilePart, ...]:
        """All files that it sends."""
        return self.files if self.body is None else (self.body,)


def build_request(rendered: Mapping[str, Json], base_url: str, span: Span) -> Request:
    """Return the request of a rendered ``request`` mapping; a URL without a scheme is relative to *base_url*.

    Raises:
        UnresolvedError: the URL is missing, or a key has a value that cannot be sent.
    """
    _refuse_unsendable(rendered, span)
    url = rendered["url"]
    headers = rendered.get("headers") or {}
    cookies = rendered.get("cookies") or {}
    return Request(
        method=str(rendered.get("method", "GET")).upper(),
        url=url if "://" in url else f"{base_url}/{url.lstrip('/')}",
        params=rendered.get("params") or {},
        # A header that is null is not sent: so a case can take away a shared one.
        headers={name: _text(value) for name, value in headers.items() if value is not None},
        json=rendered.get("json", MISSING),
        data=rendered.get("data"),
        cookies={name: _text(value) for name, value in cookies.items()},
        timeout=rendered.get("timeout"),
        verify=rendered.get("verify", True),
        allow_redirects=rendered.get("allow_redirects", True),
    )


def _refuse_unsendable(rendered: Mapping[str, Json], span: Span) -> None:
    for key, value in rendered.items():
        problem = unsendable_value(key, value, span)
        if problem is not None:
            raise UnresolvedError(problem)
    if not rendered.get("url"):
        how = tr("在 _shared.yaml 或套件的 request 里写 url")
        raise UnresolvedError(Problem("no-url", tr("请求没有 url"), how, span))


def unsendable_value(key: str, value: Json, span: Span) -> Problem | None:
    """Return the problem of a value of *key* that can never be sent; None if it can be sent."""
    if key not in _KINDS:
        return None
    is_sendable, how = _KINDS[key]
    if is_sendable(value):
        return None
    return Problem("bad-request", tr("request.{key} 的值不能用", key=key), tr(how), span)


def _text(value: Json) -> str:
    # As in JSON and YAML; Python would write True and False.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _is_scalar(value: Json) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _is_flat(value: Json) -> bool:
    return value is None or (isinstance(value, Mapping) and all(_is_scalar(item) for item in value.values()))


def _is_query(value: Json) -> bool:
    return value is None or (isinstance(value, Mapping) and all(map(_is_query_value, value.values())))


def _is_query_value(value: Json) -> bool:
    return all(map(_is_scalar, value)) if isinstance(value, list) else _is_scalar(value)


def _is_timeout(value: Json) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 < value <= 600


_KINDS: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "method": (
        lambda value: isinstance(value, str) and value.isascii() and value.replace("-", "").isalpha(),
        "写 GET、POST 等",
    ),
    "url": (lambda value: isinstance(value, str), "写路径或完整的地址"),
    "params": (_is_query, "写成“键: 值”，值是文本、数字或它们的列表"),
    "headers": (_is_flat, "写成“键: 值”，值是文本或数字"),
    "data": (lambda value: isinstance(value, str) or _is_query(value), "写成文本，或“键: 值”的表单"),
    "cookies": (_is_flat, "写成“键: 值”"),
    "timeout": (_is_timeout, "写 0 到 600 之间的秒数"),
    "verify": (lambda value: isinstance(value, bool), "写 true 或 false"),
    "allow_redirects": (lambda value: isinstance(value, bool), "写 true 或 false"),
}
"""Checks the value of each key, and says how to write it."""
