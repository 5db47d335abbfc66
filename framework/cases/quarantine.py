"""Parses ``quarantine: {reason, until}``: until then a failure of the case is reported but does not count.

The day ends at midnight, China Standard Time. After it the quarantine is a mistake of the case file even if
the case passes, because a quarantine that nobody ends would hide the case for good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from framework.base.clock import CHINA
from framework.base.cutting import cut
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reader import Reader
from framework.cases.yaml.nodes import Node

_KEYS = ("reason", "until")
_EXAMPLE = "例如 {reason: 排序不稳, until: 2026-12-31}"
# From Python 3.11 on, date.fromisoformat also accepts 20261231 and 2026-W53-4.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A quarantine; ``until`` is its last day."""

    reason: str
    until: date
    span: Span

    def expired(self, moment: float) -> bool:
        """Return whether the quarantine had ended at *moment*, in seconds since the epoch."""
        return datetime.fromtimestamp(moment, CHINA).date() > self.until


def parse_quarantine(node: Node | None, reader: Reader) -> Quarantine | None:
    """Return the quarantine of *node*; None if there is none, or after a report if it has a mistake."""
    mapping = reader.mapping(node, "quarantine", _KEYS)
    if mapping is None:
        return None
    reason, until = (reader.text(mapping.get(name), name) for name in _KEYS)
    day = _parse_day(until)
    place = mapping.get("until")
    if until and day is None and place is not None:
        reader.problem(
            "quarantine-day",
            tr("until 要写成日期 yyyy-MM-dd，得到 {text}", text=cut(until, 40)),
            tr(_EXAMPLE),
            place.span,
        )
    if mapping.get("reason") is None or place is None:
        reader.problem(
            "quarantine", tr("隔离要写 reason（原因）和 until（最后一天）"), tr(_EXAMPLE), mapping.span
        )
    return Quarantine(reason, day, mapping.span) if reason and day else None


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
