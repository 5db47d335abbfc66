"""The stub server for both sides: prepared replies, keep-alive, loopback only, a process of its own.

``python -m benchmarks.stub --size 10000 --bodies 20`` prints its port and serves until its standard input
ends. Every POST gets the next reply. ``GET /count`` returns the number of POSTs.
"""

from __future__ import annotations

import argparse
import itertools
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from benchmarks.replies import WRONG, bodies, ids, parts_around_id

_MAX_REQUEST = 64 * 1024
_END = b"\r\n\r\n"


class Replies:
    """Returns whole HTTP replies in turn and counts them."""

    def __init__(self, contents: list[bytes], *, differ: bool, status: int = 200) -> None:
        self.served = 0
        self._status = status
        self._next = (
            self._different(contents)
            if differ
            else itertools.cycle([_message(body, status) for body in contents]).__next__
        )

    def _different(self, contents: list[bytes]) -> Callable[[], bytes]:
        parts = itertools.cycle([parts_around_id(_message(body, self._status)) for body in contents])
        fresh = ids()

        def make() -> bytes:
            return next(fresh).join(next(parts))

        return make

    def take(self) -> bytes:
        self.served += 1
        return self._next()


def _message(body: bytes, status: int = 200) -> bytes:
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def serve(replies: Replies) -> int:
    """Listen on a port that the system chooses, in threads; return the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, replies), daemon=True).start()
    return int(listener.getsockname()[1])


def _accept(listener: socket.socket, replies: Replies) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_talk, args=(connection, replies), daemon=True).start()


def _talk(connection: socket.socket, replies: Replies) -> None:
    pending = b""
    # A load test that is over cuts its connections.
    with connection, suppress(ConnectionError):
        while len(pending) < _MAX_REQUEST:
            received = connection.recv(_MAX_REQUEST)
            if not received:
                return
            pending += received
            while (size := _request_size(pending)) is not None:
                request, pending = pending[:size], pending[size:]
                counted = request.startswith(b"GET /count ")
                connection.sendall(_message(str(replies.served).encode()) if counted else replies.take())


def _request_size(data: bytes) -> int | None:
    """Return the length of the first request in *data*; None if it is incomplete."""
    end = data.find(_END)
    if end < 0:
        return None
    fields = (line.partition(b":") for line in data[:end].lower().split(b"\r\n")[1:])
    length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
    size = end + len(_END) + length
    return size if len(data) >= size else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stub", description=__doc__)
    parser.add_argument("--size", type=int, required=True, help="bytes of a reply")
    parser.add_argument(
        "--bodies", type=int, default=20, help="how many different replies there are; 0: no two are alike"
    )
    parser.add_argument("--wrong", choices=("status", *WRONG), default="", help="what is wrong with a reply")
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        help="only each so-many-th reply is wrong; not for the status (default: every one)",
    )
    options = parser.parse_args()
    contents = bodies(options.size, options.bodies or 20, options.wrong, options.every)
    replies = Replies(contents, differ=not options.bodies, status=500 if options.wrong == "status" else 200)
    print(serve(replies), flush=True)
    sys.stdin.read()  # the parent has the other end, so the server ends with it
    os._exit(0)


if __name__ == "__main__":
    main()
