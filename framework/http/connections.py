"""Connections whose calls never block longer than the exchange may last. Only this module imports urllib3.

urllib3's timeouts hold for each read on its own, so a server that sends a byte a second never times out. Here
each blocking call is given the time left until the deadline. The deadline is a context variable, because it
belongs to the current exchange and not to a connection that is kept for the next one.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import BadStatusLine
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from ssl import SSLEOFError, SSLSession, SSLSocket
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, InsecureRequestWarning, NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.response import HTTPResponse
from urllib3.util import SKIP_HEADER, Timeout
from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs

from framework.http.failures import ConnectPhaseError, HandshakeEndedError, HandshakeTimeoutError
from framework.http.framing import StrictResponse

__all__ = [
    "SKIP_HEADER",
    "HTTPError",
    "InsecureRequestWarning",
    "StaleConnectionError",
    "bound",
    "deadline",
    "left",
    "timeout_of",
    "used_by",
]

_READ_BUFFER = 64 * 1024
_LEAST_TIMEOUT = 0.001
"""Seconds. A timeout of zero would make a socket non-blocking."""

_due: ContextVar[float] = ContextVar("due")
_connect_due: ContextVar[float] = ContextVar("connect_due")
_user: ContextVar[object] = ContextVar("user", default=None)
_session: ContextVar[SSLSession | None] = ContextVar("session", default=None)
Address = tuple[Any, ...]


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything inside must end in *seconds*."""
    token = _due.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _due.reset(token)


def left() -> float:
    """Return the seconds left.

    Raises:
        TimeoutError: there are none.
    """
    seconds = _due.get() - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def timeout_of(connect: float) -> Timeout:
    """Return the library's own record of the time limits: *connect* seconds, and the remaining time."""
    seconds = left()
    return Timeout(connect=min(connect, seconds), read=seconds)


@contextmanager
def used_by(user: object) -> Iterator[None]:
    """Use no connection inside that was opened for another *user*."""
    token = _user.set(user)
    try:
        yield
    finally:
        _user.reset(token)


def bound(manager: PoolManager) -> None:
    """Make every connection of *manager* one of ours."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _TimedReader(RawIOBase):
    """A socket's reading end with the remaining time as the limit of each read.

    ``ended``: it returns no further bytes. ``is_torn``: a TLS connection ended without its closing alert, so
    nobody can say whether the other side wanted it to end there (RFC 9112 section 9.8).
    """

    ended = False
    is_torn = False

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile(
            "rb", buffering=0
        )  # counted by the socket, so a closed connection can still be read out

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return 0
        self._sock.settimeout(left())
        try:
            return self._raw.readinto(buffer)
        except SSLEOFError:
            self.is_torn = True
            return 0

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _ReplyReader(BufferedReader):
    """Reads one reply. Once that is closed, ``surplus`` has the bytes that arrived beyond it."""

    def __init__(self, reader: _TimedReader, report_surplus: Callable[[], None]) -> None:
        super().__init__(reader, _READ_BUFFER)
        self._reader = reader
        self._report_surplus = report_surplus
        self.surplus = b""

    @property
    def is_torn(self) -> bool:
        return self._reader.is_torn

    def close(self) -> None:
        if not self.closed:
            self._reader.ended = True  # so that peek only looks at the buffer
            self.surplus = self.peek(1)
            if self.surplus:
                self._report_surplus()
        super().close()


class _TimedSocket:
    """A connected socket, plain or TLS, whose calls end with the deadline; the rest is the socket's own."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._has_surplus = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the deadline is the only time limit."""

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(left())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> BufferedReader:
        return _ReplyReader(_TimedReader(self._sock), self._mark_surplus)

    def is_clean(self) -> bool:
        """Return whether no bytes have arrived that belong to no reply."""
        is_decrypted_left = isinstance(self._sock, SSLSocket) and self._sock.pending() > 0
        return not self._has_surplus and not is_decrypted_left

    def _mark_surplus(self) -> None:
        self._has_surplus = True


class StaleConnectionError(OSError):
    """A kept connection ended, or turned out to hold foreign bytes, before the first byte of a reply."""


class _BoundedConnection(HTTPConnection):
    """A connection that is established within its connect timeout, over all addresses of its host.

    urllib3 resolves names itself and gives each address the whole timeout. Therefore it gets one address at a
    time as the host, and the host's own name is put back before the request is written.
    """

    response_class = StrictResponse

    def __init__(self, host: str, *arguments: Any, **options: Any) -> None:
        super().__init__(host, *arguments, **options)
        self._host_name = host  # as given: a trailing dot matters to the resolver, and the property drops it
        self._is_kept = False
        self._user: object = None
        self._address: Address | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the connection can be used for the next request; the pool asks before it does so."""
        is_ours = self._user is _user.get()
        return is_ours and super().is_connected and cast(_TimedSocket, self.sock).is_clean()

    def request(self, *arguments: Any, **options: Any) -> None:
        with self._as_stale():
            super().request(*arguments, **options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3
        with self._as_stale():
            response = super().getresponse()
        self._is_kept = True
        return response

    @contextmanager
    def _as_stale(self) -> Iterator[None]:
        """Mark an error that only says that a kept connection was not usable any more."""
        try:
            yield
        except (ConnectionError, BadStatusLine) as error:
            if self._is_kept and _is_before_reply(error):
                raise StaleConnectionError from error
            raise

    def connect(self) -> None:
        self._is_kept = False
        self._user = _user.get()
        due = time.monotonic() + min(cast(float, self.timeout), left())
        token = _connect_due.set(due)
        try:
            if not self._connects_again(due):
                self._connect_to_any(_resolve(self._host_name, self.port, due), due)
        except OSError as error:
            raise ConnectPhaseError from error
        finally:
            _connect_due.reset(token)
            self.host = self._host_name
        self.sock = cast(socket.socket, _TimedSocket(cast(socket.socket, self.sock)))

    def _connects_again(self, due: float) -> bool:
        """Connect to the address that accepted the last time, so that no name is looked up for each case."""
        address, self._address = self._address, None
        if address is None:
            return False
        try:
            self._connect_to(address, _until(due) / 2)
        except (NewConnectionError, ConnectTimeoutError):
            return False  # the service may have moved
        return True

    def _connect_to_any(self, addresses: list[Address], due: float) -> None:
        failure = OSError("no address")
        for index, address in enumerate(addresses):
            # An address that swallows packets must not take the time of those after it.
            try:
                self._connect_to(address, _until(due) / (len(addresses) - index))
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error))
            else:
                return
        raise failure

    def _connect_to(self, address: Address, seconds: float) -> None:
        self.host, self.timeout = address[0], max(seconds, _LEAST_TIMEOUT)
        super().connect()
        self._address = address


class _BoundedTlsConnection(_BoundedConnection, HTTPSConnection):
    """The same over TLS."""

    _tls_session: SSLSession | None = None

    def connect(self) -> None:
        if self.server_hostname is None:
            # The certificate is the name's, not the address's; through a proxy it is that of the service.
            self.server_hostname = cast(Any, self)._tunnel_host or self.host
        if self.ssl_context is None:
            self.ssl_context = create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs))
            self.ssl_context.sslsocket_class = _TimedTlsSocket
        token = _session.set(self._tls_session)
        try:
            super().connect()
        finally:
            _session.reset(token)
        if self.proxy is None or self.proxy.scheme != "https":
            # The context has them now. To read the usual authorities again takes longer than all the rest.
            self.ca_certs = self.ca_cert_dir = self.cert_file = self.key_file = None

    def close(self) -> None:
        self._tls_session = getattr(self.sock, "session", None)  # none before TLS has begun
        super().close()


class _TimedTlsSocket(SSLSocket):
    """A TLS socket whose handshake has the rest of the connect timeout, not a share of its own."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(_until(_connect_due.get()))
        if session := _session.get():
            self.session = session
        try:
            super().do_handshake(block)
        except TimeoutError as error:
            raise HandshakeTimeoutError from error
        except (ConnectionError, SSLEOFError) as error:
            raise HandshakeEndedError from error
        self.suppress_ragged_eofs = False


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTlsConnection


def _is_before_reply(error: ConnectionError | BadStatusLine) -> bool:
    """Return whether *error* occurred before the first byte of a reply."""
    if isinstance(error, BadStatusLine) and not isinstance(error, ConnectionError):
        return not str(error.args[0]).startswith("H")  # bytes that belong to the reply before
    return True


def _until(moment: float) -> float:
    return max(moment - time.monotonic(), _LEAST_TIMEOUT)


def _addresses(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return [entry[4] for entry in found]


def _resolve(host: str, port: int, due: float) -> list[Address]:
    """Return the addresses of *host*. The system's resolver takes no time limit, so it is waited for in
    another thread; an address needs no resolver.
    """
    with suppress(ValueError):
        ip_address(host.strip("[]"))
        return _addresses(host, port)
    answers: SimpleQueue[list[Address] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_addresses(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(
                error if isinstance(error, OSError) else socket.gaierror(socket.EAI_NONAME, "not a host name")
            )

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=_until(due))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
