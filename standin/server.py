"""Runs uvicorn on a loopback socket, until the parent process is gone if that is wanted."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

# Open connections must not keep the process alive.
GRACE_S = 0.5
"""The time in which a server must end by itself after its parent is gone."""

BACKLOG = 256


class CannotListen(Exception):
    """The address is not loopback or not available. The message is one line for people."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 lets the system choose.

    Only loopback is allowed, because the tokens of the stand-in are public.

    Raises:
        CannotListen: the address is not loopback or not available.
    """
    address = loopback(host)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # asyncio turns Nagle's algorithm off only if the protocol is given; otherwise small replies take 40 ms.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # On Windows this option would let two servers share a port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((str(address), port))
        sock.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        sock.close()
        raise CannotListen(f"cannot listen on {host} port {port}: {_reason(error)}") from None
    return sock


def loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address of a loopback host, which is an IP address or ``localhost``.

    Raises:
        CannotListen: the host is not loopback.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise CannotListen(f"{host} is not an IP address: use 127.0.0.1, ::1 or localhost") from None
    if not address.is_loopback:
        raise CannotListen(f"{host} is not a loopback address: use 127.0.0.1, ::1 or localhost")
    return address


def origin(sock: socket.socket) -> str:
    """Return ``http://host:port`` of a bound socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: ASGIApp, sock: socket.socket, announce: Callable[[], None], until_stdin_closes: bool) -> None:
    """Serve until the process is interrupted or terminated or, with *until_stdin_closes*, until stdin ends.

    ``announce`` is called once, when requests are accepted.
    """
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
        backlog=BACKLOG,
    )
    server = _Server(config, announce)
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
    # uvicorn raises the signal again after its shutdown; there is nothing left to do then.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce
        self.ended = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self.ended.set()


def _end_with_stdin(server: _Server) -> None:
    # If stdin cannot be read, there is no parent either.
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 4096):
            continue
    server.should_exit = True
    server.ended.wait(GRACE_S)
    # A handler that still runs cannot delay the end of the process.
    os._exit(0)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
