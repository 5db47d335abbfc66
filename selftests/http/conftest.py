"""A server that sends raw bytes, valid HTTP or not, and keeps the requests that it received."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

Answer = bytes | Callable[[socket.socket], None]


class RawServer:
    """Listens on a free port of *host*.

    ``received`` holds the whole requests in order, ``connections`` counts the opened connections.
    """

    def __init__(self, answer: Answer | Callable[[bytes], Answer], host: str, port: int = 0) -> None:
        self._answer = answer
        self._listener = socket.create_server((host, port))
        self.host = host
        self.port = self._listener.getsockname()[1]
        self.received: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def close(self) -> None:
        self.stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the accept that waits
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve_connection, args=(connection,), daemon=True).start()

    def _serve_connection(self, connection: socket.socket) -> None:
        with connection:
            try:
                while request := _read_request(connection):
                    self.received.append(request)
                    answer = self._answer
                    if isinstance(answer, dict):
                        answer = answer[request.split(b" ")[1].decode()]
                    if not isinstance(answer, bytes):
                        answer(connection)
                        return
                    connection.sendall(answer)
            except OSError:
                return  # the client closed the connection


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        if not block:
            return b""
        data += block
    head = data.partition(b"\r\n\r\n")[0]
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(data) < len(head) + 4 + int(length[1]):
        data += connection.recv(65536)
    return data


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Start servers: ``serve(bytes)``, ``serve(function of the socket)``, ``serve({path: either})``."""
    servers: list[RawServer] = []

    def start(answer, host="127.0.0.1"):
        servers.append(RawServer(answer, host))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """Return the bytes of a well-formed reply: ``reply(body, *fields, status=…)``."""

    def build(body: bytes = b"{}", *fields: str, status: str = "200 OK") -> bytes:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""]
        return "\r\n".join(lines).encode() + body

    return build
