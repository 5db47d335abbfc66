"""Keeps cookies within a case: later requests of the same case send the cookies that a reply sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from framework.cases.request import Request
from framework.http.exchange import Exchange, Send
from framework.http.masking import MIN_LENGTH
from framework.run.context import RunContext

if TYPE_CHECKING:
    from framework.http.cookie_jar import CookieJar


def with_cookies(context: RunContext) -> RunContext:
    """Return *context* for one case, with its own jar. A replay needs none: its requests are recorded."""
    return replace(context, send=_CaseCookies(context).send) if context.keeps_cookies else context


class _CaseCookies:
    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._send: Send = context.send
        self._jar: CookieJar | None = None

    def send(self, request: Request) -> Exchange:
        if self._jar is not None:
            request = self._with_kept(request, self._jar)
        exchange = self._send(request)
        for url, fields in _set_by(exchange):
            self._keep(url, fields)
        return exchange

    def _keep(self, url: str, fields: tuple[str, ...]) -> None:
        from framework.http.cookie_jar import CookieJar  # noqa: PLC0415  # few services set cookies

        self._jar = self._jar or CookieJar()
        self._jar.keep(url, fields)

    def _with_kept(self, request: Request, jar: CookieJar) -> Request:
        """Add the kept cookies, but none that the case sends itself. They are masked as credentials."""
        own = next((value for name, value in request.headers.items() if name.lower() == "cookie"), "")
        own_names = {*request.cookies, *(pair.partition("=")[0].strip() for pair in own.split(";"))}
        kept = {name: value for name, value in jar.cookies_for(request.url).items() if name not in own_names}
        for name, value in kept.items():
            if len(value) >= MIN_LENGTH:
                self._context.hide(name, value)
        return replace(request, cookies={**kept, **request.cookies}) if kept else request


def _set_by(exchange: Exchange) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the address and the ``Set-Cookie`` fields of every reply that sets cookies."""
    yield from exchange.redirect_cookies
    fields = tuple(value for name, value in exchange.reply.headers or () if name.lower() == "set-cookie")
    if fields:
        yield exchange.reply.url, fields
