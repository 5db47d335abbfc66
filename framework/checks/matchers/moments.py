"""Time written as text. Without an offset it is China Standard Time."""

from __future__ import annotations

import re
from datetime import datetime

from framework.base.clock import CHINA
from framework.base.jsonpath import Json

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:(Z)|([+-][0-9]{2}):?([0-9]{2}))?"
)


def written_moment(value: Json) -> datetime | None:
    """Return the moment of a text that is exactly ``yyyy-MM-dd HH:mm:ss`` (rule 14); None for any other."""
    return _real(value) if isinstance(value, str) and _WRITTEN.fullmatch(value) else None


def moment(value: Json) -> datetime | None:
    """Return the moment of ``yyyy-MM-dd HH:mm:ss``, of a date (its midnight) or of ISO 8601 with a ``T``."""
    if not isinstance(value, str):
        return None
    if _WRITTEN.fullmatch(value) or _DATE.fullmatch(value):
        return _real(value)
    if not (found := _ISO.fullmatch(value)):
        return None
    date, time, fraction, utc, hours, minutes = found.groups()
    # Python 3.10 reads neither Z nor a fraction that has not exactly six digits.
    microseconds = int(f"{fraction or '0':0<9}") // 1000
    zone = "+00:00" if utc else f"{hours}:{minutes}" if hours else ""
    return _real(f"{date} {time}.{microseconds:06}{zone}")


def moment_of(value: Json) -> datetime | None:
    """Return the moment of a text, as ``moment``, or of a timestamp of 10 (seconds) or 13 digits (ms)."""
    if not isinstance(value, int) or isinstance(value, bool):
        return moment(value)
    divisor = {10: 1, 13: 1000}.get(len(str(value)))
    if divisor is None or value < 0:
        return None
    return datetime.fromtimestamp(value / divisor, CHINA)


def moment_in(value: Json, written: str | None) -> datetime | None:
    """Return the moment of a text in the format *written*; without one, the same as ``moment_of``."""
    if written is None:
        return moment_of(value)
    return moment_of_format(value, written) if isinstance(value, str) else None


def moment_of_format(value: str, written: str) -> datetime | None:
    """Return the moment of a text in a format of ``strptime``, None for any other. Digits are ASCII only."""
    if any(letter.isdigit() and not letter.isascii() for letter in value):
        return None
    try:
        found = datetime.strptime(value, written)  # the zone, if any, is in the format
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)


def _real(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=CHINA)
    except ValueError:
        return None
