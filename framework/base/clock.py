"""The current time and new random ids. A recording notes them, and its replay returns the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the time and random ids come from."""

    now: Callable[[], datetime] = lambda: datetime.now(CHINA)
    uuid: Callable[[], str] = lambda: str(uuid.uuid4())


_LIVE = Sources()
_current = [_LIVE]


def use_sources(sources: Sources | None) -> None:
    """Take the time and the ids from *sources* from now on; from the machine if it is None."""
    _current[0] = sources or _LIVE


@contextmanager
def live_sources() -> Iterator[None]:
    """Take the time and the ids from the machine inside this block."""
    before = _current[0]
    use_sources(None)
    try:
        yield
    finally:
        use_sources(before)


def now() -> datetime:
    """Return the current time in China Standard Time."""
    return _current[0].now()


def new_uuid() -> str:
    """Return a new random UUID."""
    return _current[0].uuid()
