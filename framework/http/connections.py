"""Connections on which nothing can block for longer than the exchange may last. The only module that imports urllib3.

urllib3's timeouts hold for each read on its own, so a byte a second never times out. Here each blocking call is given what is
left until the deadline. The deadline is a context variable: it belongs to the exchange at hand, not to a kept connection.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BufferedReader, RawIOBase
from queue import Empty, SimpleQueue
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, InsecureRequestWarning
from urllib3.poolmanager import PoolManager
from urllib3.util import SKIP_HEADER, Timeout
from urllib3.util.connection import create_connection

from framework.http.failures import ConnectPhaseError

__all__ = ["SKIP_HEADER", "HTTPError", "InsecureRequestWarning", "bound", "deadline", "left", "timeout_of"]

_READ_BUFFER = 64 * 1024
_due: ContextVar[float] = ContextVar("due")
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
    """Return the library's own record of the time limits: *connect* seconds, and what is left."""
    seconds = left()
    return Timeout(connect=min(connect, seconds), read=seconds)


def bound(manager: PoolManager) -> None:
    """Make every connection of *manager* one of ours."""
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _TimedReader(RawIOBase):
    """A socket's reading end that is given what is left of the time at each read."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile(
            "rb", buffering=0
        )  # counted by the socket, so a closed connection can still be read out

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedSocket:
    """A connected socket, plain or TLS, whose calls end with the deadline; anything else is the socket's own."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: the deadline is the only time limit."""

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(left())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(_TimedReader(self._sock), _READ_BUFFER)


class _Bounded(HTTPConnection):
    """What both kinds of connection have of ours."""

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise ConnectPhaseError from error
        self.sock = cast(socket.socket, _TimedSocket(cast(socket.socket, self.sock)))

    def _new_conn(self) -> socket.socket:
        due = time.monotonic() + min(cast(float, self.timeout), left())
        addresses = _resolve(self._dns_host, self.port, due)
        failure: OSError = OSError("no address")
        for index, address in enumerate(addresses):
            # An address that swallows packets must not take the time of those after it.
            share = (due - time.monotonic()) / (len(addresses) - index)
            try:
                sock = create_connection(address[:2], max(share, 0.001), socket_options=self.socket_options)
            except OSError as error:
                failure = error
            else:
                sock.settimeout(max(due - time.monotonic(), 0.001))  # TLS comes next, in the same time
                return sock
        raise failure


class _TlsBounded(_Bounded, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Bounded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsBounded


def _resolve(host: str, port: int, due: float) -> list[Address]:
    """Return the addresses of *host*. The system's resolver takes no time limit, so it is waited for in
    another thread.
    """
    answers: SimpleQueue[list[Address] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
            answers.put([entry[4] for entry in found])
        except (OSError, UnicodeError) as error:
            answers.put(
                error if isinstance(error, OSError) else socket.gaierror(socket.EAI_NONAME, "not a host name")
            )

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=max(due - time.monotonic(), 0.001))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
