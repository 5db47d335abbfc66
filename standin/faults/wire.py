"""Faults of the transport."""

from __future__ import annotations

from dataclasses import replace

from standin.faults.fault import Fault, in_reply
from standin.hooks import Hooks, Reply
from standin.paging import Page

SLOW_S = 3.0
"""The delay of a slow reply."""


def _stale_cache() -> Hooks:
    """Cache pages by their number alone, so that later requests get the size and the filters of the first."""
    kept: dict[int, Page] = {}
    return Hooks(page=(lambda page: kept.setdefault(page.number, page),))


def _as_html(reply: Reply) -> Reply:
    return replace(reply, content_type="text/html;charset=UTF-8")


def _cut_in_half(reply: Reply) -> Reply:
    return replace(reply, cut_at=len(reply.body) // 2)


def _delayed(reply: Reply) -> Reply:
    return replace(reply, delay_s=SLOW_S)


WIRE = (
    in_reply(63, "html-type", "Content-Type 为 text/html", _as_html),
    in_reply(64, "stream-cut", "回应中途断开", _cut_in_half, incomplete=True),
    in_reply(65, "slow", "回应迟缓 3 秒", _delayed),
    Fault(66, "stale-cache", "缓存键只有页码, 返回旧结果", _stale_cache),
)
