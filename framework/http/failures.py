"""Translates the exceptions of the network libraries into one TransportError with a message of our own.

The standard library's exceptions in the chain decide which kind of error it is. The libraries' own messages
are never shown, since they contain the URL with its secrets.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected
from typing import TypeVar

from framework.base.cutting import cut
from framework.base.errors import (
    BlockedError,
    ConnectError,
    CutShortError,
    TimedOutError,
    TooLargeError,
    TransportError,
)
from framework.base.messages import tr
from framework.base.source import visible
from framework.http.framing import FramingError
from framework.http.secure_failures import (
    handshake_ended,
    handshake_stalled,
    proxy_refused,
    proxy_unreachable,
    tls_failed,
)

_Error = TypeVar("_Error", bound=BaseException)


class ConnectPhaseError(OSError):
    """Marks an error that occurred before the connection was established; its cause is the original error."""


class HandshakeTimeoutError(TimeoutError):
    """The connection was made, but the TLS handshake did not end in time."""


class HandshakeEndedError(OSError):
    """The other side ended the connection within the TLS handshake."""


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """The facts that error messages mention: method, URL without secrets, time limits in seconds, proxy."""

    method: str
    url: str
    connect: float = 0
    total: float = 0
    proxy: str = ""

    @property
    def request(self) -> str:
        """The method and the URL, as messages show them."""
        return f"{self.method} {self.url}"


@contextmanager
def as_transport_error(info: RequestInfo, kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    """Replace any exception of *kinds* that is raised inside by a TransportError.

    The original is not kept as the cause, since its text contains the URL unmasked.
    """
    try:
        yield
    except kinds as error:
        raise _transport_error(_exception_chain(error), info) from None


def caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Return whether an exception of *kind* is in the chain of *error*."""
    return _find_error(kind, _exception_chain(error)) is not None


def _exception_chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__ or _wrapped(current)
    return chain


def _wrapped(error: BaseException) -> BaseException | None:
    """Return the exception that *error* only has as its argument: so urllib3 keeps a TLS alert."""
    inner = error.args[0] if error.args else None
    return inner if isinstance(inner, BaseException) else None


def _transport_error(chain: list[BaseException], at: RequestInfo) -> TransportError:
    # The order matters: a chain often contains several of these, and the first match explains the most.
    connected = _find_error(ConnectPhaseError, chain) is None
    if _find_error(HandshakeTimeoutError, chain):
        return handshake_stalled(at.request, min(at.connect, at.total))
    if _find_error(TimeoutError, chain):
        return _timed_out(at, connected)
    if _find_error(HandshakeEndedError, chain):
        return handshake_ended(at.request)
    if tls_error := _find_error(ssl.SSLError, chain):
        if isinstance(tls_error, ssl.SSLEOFError):
            return handshake_ended(at.request)
        return tls_failed(at.request, tls_error, connected)
    if refusal := _proxy_refusal(chain):
        return proxy_refused(at.request, at.proxy, refusal)
    if not connected and at.proxy:
        return proxy_unreachable(at.request, at.proxy)
    if not connected:
        return _not_connected(at, chain)
    if _find_error(RemoteDisconnected, chain):
        return _cut_short(tr("{request}：连接在答复开始之前就断开了", request=at.request))
    if incomplete := _find_error(IncompleteRead, chain):
        detail = _missing_bytes(incomplete)
        return _cut_short(tr("{request}：连接在答复内部断开{detail}", request=at.request, detail=detail))
    if _find_error(ConnectionError, [error for error in chain if _is_builtin(error)]):
        return _cut_short(tr("{request}：对方在答复结束之前重置了连接", request=at.request))
    if framing := _find_error(FramingError, chain):
        return _not_framed(at, str(framing))
    if _find_error(BadStatusLine, chain):
        return _malformed(at, tr("状态行不合 HTTP"))
    return _malformed(at, tr("读到 {error}", error=type(chain[-1]).__name__))


def _find_error(kind: type[_Error], chain: list[BaseException]) -> _Error | None:
    return next((error for error in chain if isinstance(error, kind)), None)


def _is_builtin(error: BaseException) -> bool:
    # requests also has an exception named ConnectionError; only the built-in one comes from the operating
    # system.
    return type(error).__module__ == "builtins"


def _proxy_refusal(chain: list[BaseException]) -> str:
    """Return the status with which a proxy refused to make a tunnel, ``407 …``; empty if it did not."""
    texts = (str(error) for error in chain if type(error) is OSError)
    found = (re.search(r"Tunnel connection failed: (\d{3})", text) for text in texts)
    return next((match[1] for match in found if match), "")


def _timed_out(at: RequestInfo, connected: bool) -> TimedOutError:
    if connected:
        return TimedOutError.of(
            "timeout",
            tr("{request}：{total:g} 秒内没有收完答复", request=at.request, total=at.total),
            tr("服务变慢了，或者把 timeout 调大（environments.yaml 或用例的 request.timeout）"),
        )
    return TimedOutError.of(
        "connect-timeout",
        tr("{request}：{connect:g} 秒内没有连上", request=at.request, connect=min(at.connect, at.total)),
        tr("检查网络、防火墙和 base_url（environments.yaml 或 --base-url）"),
    )


def _not_connected(at: RequestInfo, chain: list[BaseException]) -> ConnectError:
    root = chain[-1]
    if isinstance(root, socket.gaierror):
        return ConnectError.of(
            "unresolved",
            tr("{request}：找不到这个主机", request=at.request),
            tr("检查 base_url（environments.yaml 或 --base-url）里的主机名和本机的 DNS"),
        )
    if isinstance(root, ConnectionRefusedError):
        return ConnectError.of(
            "refused",
            tr("{request}：连接被拒绝", request=at.request),
            tr("确认服务已启动、base_url 正确"),
        )
    reason = (root.strerror if isinstance(root, OSError) else None) or type(root).__name__
    return ConnectError.of(
        "unreachable",
        tr("{request}：连不上（{reason}）", request=at.request, reason=reason),
        tr("检查网络和 base_url"),
    )


def _missing_bytes(error: IncompleteRead) -> str:
    received = error.partial if isinstance(error.partial, int) else len(error.partial)
    if not isinstance(error.expected, int):
        return ""
    return tr("：收到 {received} 字节，还差 {missing} 字节", received=received, missing=error.expected)


def _cut_short(what: str) -> CutShortError:
    return CutShortError.of("cut-short", what, tr("服务或它前面的代理在途中断开；看服务端同一时刻的日志"))


def _malformed(at: RequestInfo, reason: str) -> TransportError:
    return TransportError.of(
        "malformed-reply",
        tr("{request}：答复不是合法的 HTTP（{reason}）", request=at.request, reason=reason),
        tr("确认 --base-url 的端口上是 HTTP 服务，协议（http、https）没有写反"),
    )


def _not_framed(at: RequestInfo, reason: str) -> TransportError:
    return TransportError.of(
        "malformed-reply",
        tr("{request}：答复不是合法的 HTTP，没有读：{reason}", request=at.request, reason=reason),
        tr("服务或它前面的代理写错了；用 curl -v 看它发出的原样"),
    )


# -- errors that the harness raises itself


def too_large(at: RequestInfo, limit: int) -> TooLargeError:
    """Return the error for a reply of more than *limit* bytes."""
    size = f"{limit // 2**20} MiB" if limit >= 2**20 else tr("{limit} 字节", limit=limit)
    return TooLargeError.of(
        "too-large",
        tr("{request}：答复超过 {size}，没有读完", request=at.request, size=size),
        tr("确实需要更大的答复时，把 environments.yaml 的 max_reply_mb 调大"),
    )


def too_much_json(at: RequestInfo, needed: int, limit: int, factor: int) -> TooLargeError:
    """Return the error for a JSON reply whose parsed value takes *needed* bytes of memory."""
    return TooLargeError.of(
        "too-large",
        tr(
            "{request}：答复是 JSON，解析后大约占 {needed} MiB 内存，超过 {limit} MiB"
            "（max_reply_mb 的 {factor} 倍，不少于 64 MiB），没有解析",
            request=at.request,
            needed=-(-needed // 2**20),
            limit=limit // 2**20,
            factor=factor,
        ),
        tr("让请求少取一些；确实需要这么大的答复时，把 environments.yaml 的 max_reply_mb 调大"),
    )


def truncated(at: RequestInfo, coding: str) -> CutShortError:
    """Return the error for a reply whose compressed content ends early."""
    return _cut_short(
        tr(
            "{request}：答复声明 Content-Encoding: {coding}，但压缩内容不完整",
            request=at.request,
            coding=coding,
        ),
    )


def too_many_redirects(at: RequestInfo, limit: int) -> TransportError:
    """Return the error for a chain of more than *limit* redirects."""
    return TransportError.of(
        "too-many-redirects",
        tr("{request}：重定向超过 {limit} 次", request=at.request, limit=limit),
        tr("多半是循环；写 allow_redirects: false 可以检查第一个答复"),
    )


def several_locations(at: RequestInfo, locations: Sequence[str]) -> TransportError:
    """Return the error for a redirect to several addresses."""
    shown = tr("、").join(visible(cut(location, 200, "…")) for location in locations)
    return TransportError.of(
        "several-locations",
        tr("{request}：答复里有几个不同的 Location：{locations}", request=at.request, locations=shown),
        tr("不知道该去哪里；写 allow_redirects: false 可以检查这个答复"),
    )


def blocked(method: str, url: str, hop: bool) -> BlockedError:
    """Return the error for a host that the environment does not name. *hop*: a redirect led to it."""
    url = re.sub(r"//[^/?#]*@", "//***@", url)  # user information may hold a password
    if hop:
        return BlockedError.of(
            "blocked-redirect",
            tr("重定向到没有写明的地址 {url}，没有跟过去，令牌也没有发给它", url=url),
            tr("确认它可信之后，把主机写进 environments.yaml 的 hosts；或写 allow_redirects: false"),
        )
    return BlockedError.of(
        "blocked-host",
        tr("{method} {url}：environments.yaml 没有写明这个主机，没有发送", method=method, url=url),
        tr("确认它可信之后，把主机写进 environments.yaml 的 hosts（别的端口写成 主机:端口）"),
    )


def secret_blocked(method: str, url: str, names: tuple[str, ...]) -> BlockedError:
    """Return the error for a request that would send secrets to a host that may not receive them."""
    return BlockedError.of(
        "blocked-secret",
        tr(
            "{method} {url}：请求里带着密钥 {names}，它不能发给这个主机，没有发送",
            method=method,
            url=url,
            names=tr("、").join(names),
        ),
        tr(
            "密钥只发给 environments.yaml 写明的 base_url：核对 --base-url；请求别的主机（附件）时写 "
            "without: [headers.Token]"
        ),
    )
