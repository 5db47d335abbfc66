"""Snowflake ids and the times inside them (evidenced by all ids and file ids of the recorded reply).

An id is ``milliseconds << 22 | datacentre << 17 | worker << 12 | sequence``, with milliseconds since
Twitter's epoch. ``publishTime`` is that instant in China Standard Time, rounded half up to the second.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

EPOCH_MS = 1288834974657
CHINA = timezone(timedelta(hours=8))
# The same in all recorded ids.
DATACENTRE = 23
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


def make_id(unix_ms: int, worker: int, sequence: int = 0) -> int:
    """Return the 19-digit snowflake of an instant in Unix milliseconds."""
    return (unix_ms - EPOCH_MS) << 22 | DATACENTRE << 17 | worker << 12 | sequence


def unix_ms(snowflake: int) -> int:
    """Return the Unix milliseconds inside a snowflake."""
    return (snowflake >> 22) + EPOCH_MS


def publish_time(snowflake: int) -> str:
    """Return ``yyyy-MM-dd HH:mm:ss`` in China Standard Time, rounded half up to the second."""
    seconds = (unix_ms(snowflake) + 500) // 1000
    return datetime.fromtimestamp(seconds, CHINA).strftime(TIME_FORMAT)
