"""Keeps the rate of requests within the environment's limit, over all processes that send to it.

A file holds the time of the next free slot, and its lock is a second file. A process that wants to send takes
the slot under the lock, writes the next one, releases the lock and waits for its own slot. So all workers of
xdist share one rate, and so do two runs. The clock is the monotonic one, which all processes of a machine
share and nobody can set back.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from framework.base.filelock import locked
from framework.cases.request import Request
from framework.http.exchange import Exchange, Send
from framework.http.hosts import origin_of

Take = Callable[[float, float], float]
"""Takes a slot: the time now and the interval between two, to the time of the slot."""

_LONGEST = 64
"""Characters of a file that are read: a number has at most 20."""

_MOST_AHEAD = 256
"""A slot further ahead than this many intervals is no queue: it is what was written before the machine
started anew.
"""


class Slots:
    """The slots of one process."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def __call__(self, now: float, interval: float) -> float:
        slot = max(now, self._free_at)
        self._free_at = slot + interval
        return slot


class SharedSlots:
    """The slots of all processes that use the same file. If the file cannot be used, each process keeps to
    its *share* of the rate.
    """

    def __init__(self, path: Path, share: int = 1) -> None:
        self._path = path
        self._share = share
        self._own = Slots()

    def __call__(self, now: float, interval: float) -> float:
        try:
            with locked(self._path.with_name(f"{self._path.name}.lock")):
                free_at = _read(self._path)
                slot = free_at if now < free_at <= now + _MOST_AHEAD * interval else now
                self._path.write_text(f"{slot + interval:.6f}\n", encoding="ascii")
                return slot
        except OSError:
            return self._own(now, interval * self._share)


def _read(path: Path) -> float:
    """Return the moment that *path* holds, or 0 if it holds none."""
    try:
        with path.open(encoding="ascii") as file:
            return float(file.read(_LONGEST))
    except (FileNotFoundError, ValueError):  # decoding errors are ValueErrors
        return 0.0


def pace_file(root: Path, base_url: str) -> Path:
    """Return the file of everyone who, from the project at *root*, sends to the service of *base_url*."""
    return root / ".cache" / "pace" / hashlib.sha256(repr(origin_of(base_url)).encode()).hexdigest()[:16]


def paced(
    send: Send,
    rate: float,
    take: Take,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Send:
    """Return *send* held to *rate* requests a second (0: not held)."""
    if not rate:
        return send

    def held(request: Request) -> Exchange:
        now = clock()
        slot = take(now, 1 / rate)
        if slot > now:
            sleep(slot - now)
        return send(request)

    return held
