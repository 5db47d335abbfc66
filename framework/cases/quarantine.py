"""``quarantine: {reason, until}``: a case that cannot be trusted for now runs and is reported, and fails nothing until a day.

The day ends at midnight of the service's clock. After it the quarantine is a mistake of the case file, even where the case
passes: one that nobody ends would hide a case for good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reader import Reader
from framework.cases.template import CHINA
from framework.cases.yaml.nodes import Node

_KEYS = ("reason", "until")
_EXAMPLE = "例如 {{reason: 排序不稳, until: 2026-12-31}}"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """``until`` is the last day of it."""

    reason: str
    until: date
    span: Span

    def expired(self, moment: float) -> bool:
        """Tell whether it had ended at *moment*, in epoch seconds."""
        return datetime.fromtimestamp(moment, CHINA).date() > self.until


def parse_quarantine(node: Node | None, reader: Reader) -> Quarantine | None:
    """Return the quarantine that *node* says, None where it says none or says it wrongly (which is reported)."""
    mapping = reader.mapping(node, "quarantine", _KEYS)
    if mapping is None:
        return None
    reason, until = (reader.text(mapping.get(name), name) for name in _KEYS)
    day = _day(until)
    place = mapping.get("until")
    if until and day is None and place is not None:
        reader.problem(
            "quarantine-day",
            tr("until 要写成日期 yyyy-MM-dd,得到 {text}", text=until[:40]),
            tr(_EXAMPLE, x=""),
            place.span,
        )
    if mapping.get("reason") is None or place is None:
        reader.problem(
            "quarantine", tr("隔离要写 reason(原因)和 until(最后一天)"), tr(_EXAMPLE, x=""), mapping.span
        )
    return Quarantine(reason, day, mapping.span) if reason and day else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
