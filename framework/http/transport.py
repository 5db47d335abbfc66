"""Sends a Request over the network and returns a complete Exchange, or raises a TransportError.

It keeps these rules, which a plain call of ``requests`` does not keep:

* ``total`` limits the whole exchange: name resolution, connecting, TLS, every byte, every redirect. Each
  blocking call on the socket gets the remaining time, so a server that sends one byte a second cannot exceed
  the limit.
* A reply is read only up to the limit, which holds both before and after its content is decoded.
* A reply that ends early is an error. A complete reply that cannot be decoded is not an error: the service is
  wrong, and the reply is kept for the checks.
* No request goes to a host that the environment does not name, and secrets go only to base_url. This includes
  redirects.
* Requests of one case share only the open connection; two cases share nothing. There are no cookies here, no
  netrc and no proxy but the one that environments.yaml names, and no hidden retries.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from http.client import HTTPException
from types import TracebackType
from typing import Any, cast

import requests
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.cases.request import Request
from framework.http import connections
from framework.http.coding import ACCEPT_ENCODING, Content, ContentTooLarge, ContentTruncated, decode_content
from framework.http.exchange import Exchange, Headers, Reply
from framework.http.failures import (
    RequestInfo,
    as_transport_error,
    blocked,
    caused_by,
    secret_blocked,
    too_large,
    too_many_redirects,
    too_much_json,
    truncated,
)
from framework.http.hosts import Hosts, origin_of
from framework.http.json_size import parsed_size
from framework.http.locations import only_location
from framework.http.masking import Masker
from framework.http.message import (
    MAX_REDIRECTS,
    Message,
    compose,
    redirect_target,
    redirected,
    without_credentials,
)
from framework.http.prepared import BoundedAdapter, decode_field, prepare
from framework.http.tls import Identity

MEMORY_FACTOR = 8
"""A parsed JSON reply may take this many times the memory of the largest text, or _LEAST_MEMORY."""
_LEAST_MEMORY = 64 * 1024 * 1024
_SAFE = ("GET", "HEAD")
_NO_IDENTITY = Identity()
_BLOCK_BYTES = 256 * 1024
_LIBRARY_ERRORS = (requests.RequestException, connections.HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one exchange. ``connect`` and ``total`` are in seconds.

    ``max_reply_bytes`` holds for the body as received and again for the decoded body.
    """

    connect: float = 3
    total: float = 20
    max_reply_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Hop:
    """A request that was redirected, with the status and the ``Set-Cookie`` fields of its reply."""

    prepared: requests.PreparedRequest
    status: int
    cookies: tuple[str, ...]


class Transport:
    """Sends requests to one environment and keeps connections open. Several threads may share it.

    Args:
        secrets: the values by name; they are kept from other hosts and masked in messages.
        identity: whom to trust, and the client certificate.
        proxy: the URL of a proxy for all requests.
        kept_connections: to one host.

    Raises:
        ConfigError: a secret is too short to be masked.
    """

    def __init__(
        self,
        hosts: Hosts,
        limits: Limits,
        secrets: Mapping[str, str],
        user_agent: str,
        *,
        identity: Identity = _NO_IDENTITY,
        proxy: str = "",
        kept_connections: int = 10,
    ) -> None:
        self._identity = identity
        self._proxies = {"http": proxy, "https": proxy} if proxy else None
        self._proxy_shown = re.sub(r"//[^/@]*@", "//", proxy)
        self._hosts = hosts
        self._limits = limits
        self._masker = Masker(secrets)
        self._adapter = BoundedAdapter(max_retries=0, pool_maxsize=kept_connections)
        self._defaults = {"User-Agent": user_agent, "Accept-Encoding": ACCEPT_ENCODING, "Accept": "*/*"}

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all open connections. The next request opens another one."""
        self._adapter.close()

    def begin_case(self) -> None:
        """Send the next request on a new connection: on an open one, a second reply may come late."""
        self._adapter.begin_case()

    def add_secret(self, name: str, value: str) -> None:
        """Keep *value* from other hosts from now on, and mask it in messages.

        Raises:
            ConfigError: it cannot be masked.
        """
        self._masker.add(name, value)

    def send(self, request: Request, extra_headers: Mapping[str, str] | None = None) -> Exchange:
        """Send *request* and read the whole reply.

        *extra_headers* are added unless the case sets the same fields.

        Raises:
            ConfigError: the request cannot be sent as written.
            BlockedError: the environment does not allow the request or one of its redirects; that one was
                not sent.
            TransportError: there was no complete reply; see its subclasses.
        """
        message = compose(request, {**self._defaults, **(extra_headers or {})})
        total = self._limits.total if request.timeout is None else request.timeout
        started, start = time.time(), time.perf_counter()
        with connections.deadline(total):
            response, raw, hops = self._send_and_follow(message, request, total)
        elapsed_ms = (time.perf_counter() - start) * 1000
        reply = self._build_reply(message, response, raw, elapsed_ms)
        methods = [hop.prepared.method or "" for hop in hops[1:]] + [response.request.method or ""]
        return Exchange(
            request,
            reply,
            started,
            redirects=tuple(hop.prepared.url or "" for hop in hops),
            redirect_methods=tuple(methods) if hops else (),
            redirect_statuses=tuple(hop.status for hop in hops),
            redirect_cookies=tuple((hop.prepared.url or "", hop.cookies) for hop in hops if hop.cookies),
        )

    def _send_and_follow(
        self, message: Message, request: Request, total: float
    ) -> tuple[requests.Response, bytes, list[_Hop]]:
        """Send *message* and follow redirects.

        Returns the last response, its body and the requests that were redirected.
        """
        redirects: list[_Hop] = []
        jar = RequestsCookieJar()
        while True:
            prepared = self._prepare_allowed(self._with_cookies(message, jar), hop=bool(redirects))
            info = self._info(message, total)
            with as_transport_error(info, _LIBRARY_ERRORS):
                response = self._open_with_repetition(prepared, request)
                location = only_location(response, info) if request.allow_redirects else ""
                target = redirect_target(message.url, response.status_code, location)
                if target is None:
                    return response, self._read_body(response, info), redirects
                response.close()
            if len(redirects) == MAX_REDIRECTS:
                raise too_many_redirects(info, MAX_REDIRECTS)
            fields = tuple(response.raw.headers.getlist("Set-Cookie"))
            redirects.append(_Hop(prepared, response.status_code, fields))
            extract_cookies_to_jar(jar, prepared, response.raw)  # type: ignore[no-untyped-call]
            following = redirected(message, response.status_code, target)
            if origin_of(target) != origin_of(message.url):
                following = without_credentials(following, self._masker.names_in)
            message = following

    def _info(self, message: Message, total: float) -> RequestInfo:
        url = self._masker.text(message.url)
        return RequestInfo(message.method, url, self._limits.connect, total, self._proxy_shown)

    def _with_cookies(self, message: Message, jar: RequestsCookieJar) -> Message:
        """Add the cookies that the redirects so far set."""
        if not len(jar) or not self._hosts.allows(message.url):
            return message
        without_cookies = {name: value for name, value in message.headers.items() if name.lower() != "cookie"}
        bare_request = self._prepare(replace(message, headers=without_cookies))
        new_cookies = get_cookie_header(jar, bare_request)  # type: ignore[no-untyped-call]
        if not new_cookies:
            return message
        own_cookies = [value for name, value in message.headers.items() if name.lower() == "cookie" and value]
        cookies = "; ".join([*own_cookies, new_cookies])
        return replace(message, headers={**without_cookies, "Cookie": cookies})

    def _prepare_allowed(self, message: Message, hop: bool) -> requests.PreparedRequest:
        """Return the prepared request if its host is allowed and may receive the secrets in it.

        Raises:
            BlockedError: the host is not allowed, or may not receive them.
        """
        if not self._hosts.allows(message.url):
            raise blocked(message.method, self._masker.text(message.url), hop)
        prepared = self._prepare(message)
        # The library may normalize the URL. Its version is the one that is sent, so it is checked as well.
        sent_url = prepared.url or ""
        if not self._hosts.allows(sent_url):
            raise blocked(message.method, self._masker.text(sent_url), hop)
        if not self._hosts.may_carry_secrets(sent_url):
            secret_names = self._masker.names_in(message.as_text())
            if secret_names:
                raise secret_blocked(message.method, self._masker.text(sent_url), secret_names)
        return prepared

    def _prepare(self, message: Message) -> requests.PreparedRequest:
        try:
            return prepare(message)
        except (requests.RequestException, ValueError):
            raise ConfigError(
                Problem("request-url", tr("读不懂的地址 {url}", url=self._masker.text(message.url)))
            ) from None

    def _open_with_repetition(
        self, prepared: requests.PreparedRequest, request: Request
    ) -> requests.Response:
        """Send a request; if it is read-only, once more if a kept connection ended before the reply began.

        The server may close a kept connection at any time (RFC 9112 section 9.3.1). That is no fault of it.
        """
        try:
            return self._open_response(prepared, request.verify)
        except requests.RequestException as error:
            may_repeat = request.read_only or prepared.method in _SAFE
            if not may_repeat or not caused_by(error, connections.StaleConnectionError):
                raise
        self.close()  # the others may have ended as well
        return self._open_response(prepared, request.verify)

    def _open_response(self, prepared: requests.PreparedRequest, verify: bool) -> requests.Response:
        timeout = cast(Any, connections.timeout_of(self._limits.connect))  # the stubs only accept tuples
        with nullcontext() if verify else warnings.catch_warnings():
            if not verify:
                # The case turned verification off explicitly, so a warning is no news for its author.
                warnings.simplefilter("ignore", connections.InsecureRequestWarning)
            return self._adapter.send(
                prepared,
                stream=True,
                timeout=timeout,
                verify=(self._identity.ca or True) if verify else False,
                cert=self._identity.cert,
                proxies=self._proxies,
            )

    def _read_body(self, response: requests.Response, info: RequestInfo) -> bytes:
        """Return the body as received. The library checks its end by Content-Length or the last chunk."""
        raw = response.raw
        fields = raw.headers
        # The library fails for a list of many content codings, although it is asked not to decode.
        raw.headers = fields.copy()
        raw.headers.discard("Content-Encoding")
        try:
            return self._read_blocks(raw, info)
        except BaseException:
            response.close()  # the rest of the reply must not become the start of the next one
            raise
        finally:
            raw.headers = fields

    def _read_blocks(self, raw: Any, info: RequestInfo) -> bytes:
        limit = self._limits.max_reply_bytes
        if (raw.length_remaining or 0) > limit:
            raise too_large(info, limit)
        blocks: list[bytes] = []
        size = 0
        while block := raw.read(_BLOCK_BYTES, decode_content=False):
            blocks.append(block)
            size += len(block)
            if size > limit:
                raise too_large(info, limit)
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def _build_reply(
        self, message: Message, response: requests.Response, raw: bytes, elapsed_ms: float
    ) -> Reply:
        fields = response.raw.headers
        headers: Headers = tuple((name, decode_field(value)) for name, value in fields.items())
        # The request that was answered: after redirects not the first one.
        url = response.request.url or message.url
        info = RequestInfo(response.request.method or message.method, self._masker.text(url))
        content = self._decode(raw, fields.get("Content-Encoding", ""), message, info)
        status, undecodable = response.status_code, content.undecodable
        return Reply(url, status, headers, content.body, elapsed_ms, undecodable=undecodable)

    def _decode(self, raw: bytes, codings: str, message: Message, info: RequestInfo) -> Content:
        limit = self._limits.max_reply_bytes
        requested = next(
            (value for name, value in message.headers.items() if name.lower() == "accept-encoding"), ""
        )
        try:
            content = decode_content(raw, codings, limit, requested or "")
        except ContentTooLarge:
            raise too_large(info, limit) from None
        except ContentTruncated as error:
            raise truncated(info, str(error)) from None
        most = max(limit * MEMORY_FACTOR, _LEAST_MEMORY)
        needed = parsed_size(content.body, most)
        if needed:
            raise too_much_json(info, needed, most, MEMORY_FACTOR)
        return content
