"""Keeps some stand-ins running and switches their faults, which is faster than a start for each fault."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import Queue
from types import TracebackType
from urllib.parse import urlsplit

from standin.control import CONTROL_PATH, KEY_HEADER
from standin.process import StandinProcess

TIMEOUT_S = 30.0


class StandinPool:
    """A number of stand-ins, each lent to one run at a time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._key = secrets.token_hex(16)
        self._stack = ExitStack()
        self._free: Queue[StandinProcess] = Queue()

    def __enter__(self) -> StandinPool:
        for _ in range(self._size):
            process = StandinProcess(("--control-key", self._key))
            self._free.put(self._stack.enter_context(process))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def lend(self, fault: str) -> Iterator[StandinProcess]:
        """Lend a stand-in with only this fault and no memory of earlier requests; "" lends a sound one."""
        standin = self._free.get()
        try:
            self._switch_faults(standin, [fault] if fault else [])
            yield standin
        finally:
            self._free.put(standin)

    def _switch_faults(self, standin: StandinProcess, faults: list[str]) -> None:
        connection = http.client.HTTPConnection(urlsplit(standin.url).netloc, timeout=TIMEOUT_S)
        try:
            body = json.dumps({"faults": faults})
            connection.request("POST", CONTROL_PATH, body, {KEY_HEADER: self._key})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != 200:
            raise RuntimeError(f"the stand-in refused to switch its faults: HTTP {status}")
