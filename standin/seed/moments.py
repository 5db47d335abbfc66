"""The times of publication: working days before the recorded ten policies, with some shared seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from standin.snowflake import CHINA, make_id, publish_time

# Before the oldest of the recorded ten policies.
NEWEST = datetime(2024, 4, 2, 17, 40, tzinfo=CHINA)
HIDDEN_NEWEST = datetime(2024, 4, 30, 17, 40, tzinfo=CHINA)
"""Later than the visible policies, so that some hidden rows would be on page 1 if they leaked."""

# The workers in the recorded ids of policies and files.
POLICY_WORKERS = (11, 21)
FILE_WORKER = 8

TIED_RANKS = frozenset({12, 20, 37, 38, 57, 80, 95, 133, 134, 171})
"""Ranks, from 0 after the recorded ten, of policies that share their second with the policy before.

20 and 80 are at a border between pages of ten, 95 between pages of five; 37 and 38 make three in one second.
"""


@dataclass(frozen=True)
class Moment:
    """The ids of one policy and of its file, and the policy's publish time."""

    id: int
    file_id: int

    @property
    def published(self) -> str:
        return publish_time(self.id)


def moments(rng: Random, newest: datetime = NEWEST) -> Iterator[Moment]:
    """Yield moments before *newest*, back in time and without end."""
    at, rank, left = newest, 0, 0
    while True:
        left -= 1
        if left <= 0:
            # A working day has a few policies, minutes apart.
            at, left = _day_before(at, rng), rng.randint(3, 12)
        at -= timedelta(milliseconds=rng.randint(45_000, 900_000))
        yield _moment(at, rng)
        rank += 1
        while rank in TIED_RANKS:
            at = _same_second(at)
            yield _moment(at, rng)
            rank += 1


def _day_before(at: datetime, rng: Random) -> datetime:
    """Return a time in office hours on an earlier working day."""
    day = at - timedelta(days=rng.randint(1, 30))
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day.replace(hour=rng.choice((11, 12, 16, 17)), minute=rng.randrange(60), second=rng.randrange(60))


def _same_second(at: datetime) -> datetime:
    """Return an earlier instant that is rounded to the same second."""
    # Rounding half up begins a second at its half, so shift by 500 ms.
    into_second = (at.microsecond // 1000 + 500) % 1000
    step = max(1, into_second // 3)
    return at - timedelta(milliseconds=step)


def _moment(at: datetime, rng: Random) -> Moment:
    ms = round(at.timestamp() * 1000)
    # A file is uploaded some seconds before its policy is saved.
    file_ms = ms - rng.randint(1_500, 8_600)
    return Moment(make_id(ms, rng.choice(POLICY_WORKERS)), make_id(file_ms, FILE_WORKER))
