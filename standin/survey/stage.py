"""Stand-ins kept running while faults are switched on and off in them: starting one for each fault would cost
more than a run.
"""

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


class Stage:
    """Some stand-ins, each lent to one run at a time."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._key = secrets.token_hex(16)
        self._stack = ExitStack()
        self._free: Queue[StandinProcess] = Queue()

    def __enter__(self) -> Stage:
        for _ in range(self._places):
            self._free.put(self._stack.enter_context(StandinProcess(("--control-key", self._key))))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def on(self, fault: str) -> Iterator[StandinProcess]:
        """Lend a stand-in with this fault alone, as fresh as if just started; "" for a sound one."""
        standin = self._free.get()
        try:
            self._switch(standin, [fault] if fault else [])
            yield standin
        finally:
            self._free.put(standin)

    def _switch(self, standin: StandinProcess, faults: list[str]) -> None:
        connection = http.client.HTTPConnection(urlsplit(standin.url).netloc, timeout=TIMEOUT_S)
        try:
            connection.request("POST", CONTROL_PATH, json.dumps({"faults": faults}), {KEY_HEADER: self._key})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != 200:
            raise RuntimeError(f"the stand-in refused to switch its faults: HTTP {status}")
