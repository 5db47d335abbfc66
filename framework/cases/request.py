"""A rendered request: what goes out, in requests' own keys, with an absolute URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span


class Missing:
    """The mark for 'not given', where None is a value (a JSON null)."""

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
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, rendered. ``json`` is MISSING where no JSON body is sent. ``timeout``: seconds for the
    whole exchange, or None for the environment's. Secrets stand in here in clear: only the transport may see
    the repr, so there is none.
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


def build_request(rendered: Mapping[str, Json], base_url: str, span: Span) -> Request:
    """Return the request of a rendered ``request`` mapping; a URL without a scheme follows *base_url*.

    Raises:
        UnresolvedError: a key has a value that requests could not send.
    """
    for key, (fits, how) in _KINDS.items():
        if key in rendered and not fits(rendered[key]):
            raise UnresolvedError(
                Problem("bad-request", tr("request.{key} 的值不能用", key=key), tr(how), span)
            )
    if not rendered.get("url"):
        raise UnresolvedError(
            Problem("no-url", tr("请求没有 url"), tr("在 _shared.yaml 或套件的 request 里写 url"), span)
        )
    url = rendered["url"]
    timeout = rendered.get("timeout")
    return Request(
        method=str(rendered.get("method", "GET")).upper(),
        url=url if "://" in url else f"{base_url}/{url.lstrip('/')}",
        params=rendered.get("params") or {},
        headers={
            name: _text(value) for name, value in (rendered.get("headers") or {}).items() if value is not None
        },
        json=rendered.get("json", MISSING),
        data=rendered.get("data"),
        cookies={name: _text(value) for name, value in (rendered.get("cookies") or {}).items()},
        timeout=timeout,
        verify=rendered.get("verify", True),
        allow_redirects=rendered.get("allow_redirects", True),
    )


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _is_scalar(value: Json) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _is_flat(value: Json) -> bool:
    return value is None or (isinstance(value, Mapping) and all(_is_scalar(item) for item in value.values()))


def _is_query(value: Json) -> bool:
    return value is None or (
        isinstance(value, Mapping)
        and all(
            _is_scalar(item) or (isinstance(item, list) and all(map(_is_scalar, item)))
            for item in value.values()
        )
    )


def _is_timeout(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 600


_KINDS: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "method": (
        lambda value: isinstance(value, str) and value.isascii() and value.isalpha(),
        "写 GET、POST 等",
    ),
    "url": (lambda value: isinstance(value, str), "写路径或完整的地址"),
    "params": (_is_query, "写成“键: 值”,值是文本、数字或它们的列表"),
    "headers": (_is_flat, "写成“键: 值”,值是文本或数字"),
    "data": (lambda value: isinstance(value, str) or _is_query(value), "写成文本,或“键: 值”的表单"),
    "cookies": (_is_flat, "写成“键: 值”"),
    "timeout": (_is_timeout, "写 0 到 600 之间的秒数"),
    "verify": (lambda value: isinstance(value, bool), "写 true 或 false"),
    "allow_redirects": (lambda value: isinstance(value, bool), "写 true 或 false"),
}
