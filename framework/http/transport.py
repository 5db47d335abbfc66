"""The network: a Request to a complete Exchange, or one TransportError. The only module that imports
requests.

Rules kept here, each of which a plain ``requests`` call does not keep:

* ``total`` bounds the whole exchange: names, connecting, TLS, every byte, every redirect. Every blocking call
on the socket
  is given what is left of it, so a server that drips a byte a second ends with the deadline, not with the
  drip.
* A reply is read no further than the limit, counted before and after its content coding is undone.
* A reply that ends early is an error. One that is complete but cannot be decoded is not: it is the service's
fault, and kept.
* Nothing goes to a host that the environment does not name, and no secret goes anywhere but to base_url,
redirects included.
* Nothing of one request is left for the next but the open connection: no cookies, no proxies or netrc of the
machine, no retry.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from http.client import HTTPException
from types import TracebackType
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.structures import CaseInsensitiveDict

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.cases.request import Request
from framework.http import connections
from framework.http.coding import ACCEPTED, TooLarge, decode_content
from framework.http.exchange import Exchange, Headers, Reply
from framework.http.failures import (
    Circumstances,
    blocked,
    secret_blocked,
    told,
    too_large,
    too_many_redirects,
)
from framework.http.hosts import Hosts, origin_of
from framework.http.masking import Masker
from framework.http.message import Message, compose, redirect_target, redirected, without_credentials

MAX_REDIRECTS = 10
_BLOCK = 256 * 1024
_LIBRARY_ERRORS = (requests.RequestException, connections.HTTPError, HTTPException, OSError, ValueError)
_OWN_DEFAULTS = ("accept-encoding", "user-agent")
"""Fields that the libraries below add by themselves where a request does not have them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange: ``connect`` and ``total`` in seconds, the reply in bytes, before and after
    decoding.
    """

    connect: float = 3
    total: float = 20
    max_reply_bytes: int = 32 * 1024 * 1024


class Transport:
    """Sends requests to one environment over kept connections. May be used from several threads.

    Args:
        secrets: name to value; what must not go to other hosts, nor into a message.

    Raises:
        ConfigError: a secret that is too short to be masked.
    """

    def __init__(self, hosts: Hosts, limits: Limits, secrets: Mapping[str, str], user_agent: str) -> None:
        self._hosts = hosts
        self._limits = limits
        self._masker = Masker(secrets)
        self._adapter = _BoundedAdapter(max_retries=0)
        self._defaults = {"User-Agent": user_agent, "Accept-Encoding": ACCEPTED, "Accept": "*/*"}

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._adapter.close()

    def send(self, request: Request, extra_headers: Mapping[str, str] | None = None) -> Exchange:
        """Send *request* and read the whole reply. *extra_headers* yield to the case's own.

        Raises:
            ConfigError: the request cannot be put on the wire as written.
            BlockedError: it, or a redirect, goes where the environment does not allow; nothing was sent
            there. ConnectError, TimedOutError, CutShortError, TooLargeError, TransportError: there was no
            complete reply.
        """
        message = compose(request, {**self._defaults, **(extra_headers or {})})
        total = self._limits.total if request.timeout is None else request.timeout
        started, begun = time.time(), time.perf_counter()
        with connections.deadline(total):
            response, raw, passed = self._follow(message, request, total)
        elapsed = (time.perf_counter() - begun) * 1000
        return Exchange(request, self._reply(message, response, raw, elapsed), started, redirects=passed)

    def _follow(
        self, message: Message, request: Request, total: float
    ) -> tuple[requests.Response, bytes, tuple[str, ...]]:
        """Send, and send again while the reply is a redirect to follow."""
        passed: list[str] = []
        jar = RequestsCookieJar()
        while True:
            prepared = self._admit(message, hop=bool(passed))
            circumstances = Circumstances(
                message.method, self._masker.text(message.url), self._limits.connect, total
            )
            with told(circumstances, _LIBRARY_ERRORS):
                response = self._open(prepared, request.verify)
                location = response.raw.headers.get("Location", "") if request.allow_redirects else ""
                target = redirect_target(message.url, response.status_code, _field_text(location))
                if target is None:
                    return response, self._read(response, circumstances), tuple(passed)
                response.close()
            if len(passed) == MAX_REDIRECTS:
                raise too_many_redirects(circumstances, MAX_REDIRECTS)
            passed.append(message.url)
            extract_cookies_to_jar(jar, prepared, response.raw)  # type: ignore[no-untyped-call]
            message = self._next(redirected(message, response.status_code, target), passed[-1], jar)

    def _next(self, message: Message, before: str, jar: RequestsCookieJar) -> Message:
        if origin_of(message.url) != origin_of(before):
            message = without_credentials(message, self._masker.names_in)
        if not self._hosts.allows(message.url):
            return message
        bare = {name: value for name, value in message.headers.items() if name.lower() != "cookie"}
        given = next(
            (value for name, value in message.headers.items() if name.lower() == "cookie" and value), None
        )
        gained = get_cookie_header(jar, self._prepare(replace(message, headers=bare)))  # type: ignore[no-untyped-call]
        return (
            replace(message, headers={**bare, "Cookie": "; ".join(filter(None, (given, gained)))})
            if gained
            else message
        )

    def _admit(self, message: Message, hop: bool) -> requests.PreparedRequest:
        """Return the prepared request, where it may go where it says, with what it holds."""
        url = message.url
        if self._hosts.allows(url):
            prepared = self._prepare(message)
            url = (
                prepared.url or ""
            )  # what is sent is the library's reading of the URL, so that is what is judged
            if self._hosts.allows(url):
                if not self._hosts.may_carry_secrets(url) and (
                    names := self._masker.names_in(message.values())
                ):
                    raise secret_blocked(message.method, self._masker.text(url), names)
                return prepared
        raise blocked(message.method, self._masker.text(url), hop)

    def _prepare(self, message: Message) -> requests.PreparedRequest:
        try:
            return _prepare(message)
        except (requests.RequestException, ValueError):
            raise ConfigError(
                Problem("request-url", tr("读不懂的地址 {url}", url=self._masker.text(message.url)))
            ) from None

    def _open(self, prepared: requests.PreparedRequest, verify: bool) -> requests.Response:
        timeout = cast(Any, connections.timeout_of(self._limits.connect))  # the stubs know tuples only
        with nullcontext() if verify else warnings.catch_warnings():
            if not verify:
                warnings.simplefilter(
                    "ignore", connections.InsecureRequestWarning
                )  # the case asked for it in so many words
            return self._adapter.send(prepared, stream=True, timeout=timeout, verify=verify)

    def _read(self, response: requests.Response, circumstances: Circumstances) -> bytes:
        """Return the body as received. Its end is checked against Content-Length or the last chunk by the
        library.
        """
        limit = self._limits.max_reply_bytes
        if (response.raw.length_remaining or 0) > limit:
            response.close()
            raise too_large(circumstances, limit)
        blocks: list[bytes] = []
        held = 0
        while block := response.raw.read(_BLOCK, decode_content=False):
            blocks.append(block)
            held += len(block)
            if held > limit:
                response.close()
                raise too_large(circumstances, limit)
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def _reply(self, message: Message, response: requests.Response, raw: bytes, elapsed: float) -> Reply:
        headers: Headers = tuple((name, _field_text(value)) for name, value in response.raw.headers.items())
        try:
            content = decode_content(
                raw, response.raw.headers.get("Content-Encoding", ""), self._limits.max_reply_bytes
            )
        except TooLarge:
            method, url = response.request.method or message.method, response.request.url or message.url
            raise too_large(
                Circumstances(method, self._masker.text(url)), self._limits.max_reply_bytes
            ) from None
        return Reply(
            response.request.url or message.url,
            response.status_code,
            headers,
            content.body,
            elapsed,
            undecodable=content.undecodable,
        )


class _BoundedAdapter(HTTPAdapter):
    """requests' own adapter over our connections."""

    def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
        super().init_poolmanager(*args, **keywords)
        connections.bound(self.poolmanager)


@lru_cache(maxsize=256)
def _prepared_url(url: str) -> str:
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.url or ""


def _prepare(message: Message) -> requests.PreparedRequest:
    """Return the message as the library takes it. Its own preparation is a third of the cost of a small
    exchange, and all that it would do is done.
    """
    prepared = requests.PreparedRequest()
    prepared.method = message.method
    prepared.url = _prepared_url(message.url)
    fields = {name: value for name, value in message.headers.items() if value is not None}
    fields |= {
        name: connections.SKIP_HEADER
        for name, value in message.headers.items()
        if value is None and name.lower() in _OWN_DEFAULTS
    }
    if message.body is not None or message.method in ("POST", "PUT", "PATCH"):
        fields["Content-Length"] = str(len(message.body or b""))
    prepared.headers = CaseInsensitiveDict(fields)
    prepared.body = message.body
    return prepared


def _field_text(value: str) -> str:
    """Return a header value that was UTF-8 as it was meant; the library reads every value as Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
