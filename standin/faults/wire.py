"""Faults 63 to 66: transport."""

from __future__ import annotations

from dataclasses import replace

from standin.faults.fault import Fault
from standin.hooks import Hooks
from standin.paging import Page

SLOW_S = 3.0
"""How long a slow reply is held back."""


def _stale_cache() -> Hooks:
    """A cache whose key is the page number alone: size and filters of the first asker are served to all."""
    kept: dict[int, Page] = {}
    return Hooks(page=(lambda page: kept.setdefault(page.number, page),))


WIRE = (
    Fault(
        63,
        "html-type",
        "Content-Type 为 text/html",
        lambda: Hooks(reply=(lambda r: replace(r, content_type="text/html;charset=UTF-8"),)),
    ),
    Fault(
        64,
        "stream-cut",
        "回应中途断开",
        lambda: Hooks(reply=(lambda r: replace(r, cut_at=len(r.body) // 2),)),
        incomplete=True,
    ),
    Fault(65, "slow", "回应迟缓 3 秒", lambda: Hooks(reply=(lambda r: replace(r, delay_s=SLOW_S),))),
    Fault(66, "stale-cache", "缓存键只有页码, 返回旧结果", _stale_cache),
)
