"""Faults 15 to 27: paging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.faults.fault import Fault, in_data, in_rows, total_in
from standin.hooks import Hooks
from standin.paging import Page
from standin.query import Select


def _without_deleted_check(select: Select) -> Select:
    return replace(select, visible=tuple(c for c in select.visible if c.name != "deleted"))


def _first_page_past_the_end(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=0) if select.offset >= total else select


def _page_count(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "totalNum": str(-(-total_in(data) // page.size))}


def _next_on_last_full_page(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "hasNext": page.number * page.size <= total_in(data)}


PAGES = (
    in_rows(15, "size-plus-one", "每页多一条", lambda s, p, _: replace(s, limit=s.limit + 1)),
    in_rows(16, "size-minus-one", "每页少一条", lambda s, p, _: replace(s, limit=s.limit - 1)),
    in_rows(
        17, "offset-minus-one", "页首重复上页末条", lambda s, p, _: replace(s, offset=max(0, s.offset - 1))
    ),
    in_rows(
        18, "record-skipped", "两页之间漏一条", lambda s, p, _: replace(s, offset=s.offset + p.number - 1)
    ),
    in_rows(
        19,
        "page-2-is-page-1",
        "第 2 页与第 1 页相同",
        lambda s, p, _: replace(s, offset=0) if p.number == 2 else s,
    ),
    in_data(20, "total-is-pages", "totalNum 为页数", _page_count),
    Fault(21, "total-with-deleted", "totalNum 含已删除", lambda: Hooks(count=(_without_deleted_check,))),
    in_data(22, "has-next-on-last-full-page", "末页满页时仍称有下一页", _next_on_last_full_page),
    in_data(23, "has-next-never", "hasNext 恒为 false", lambda d, _: {**d, "hasNext": False}),
    in_rows(24, "page-from-zero", "页码从 0 起算", lambda s, p, _: replace(s, offset=p.number * p.size)),
    in_rows(
        25,
        "size-ignored",
        "pageSize 无效, 恒为 10",
        lambda s, p, _: replace(s, limit=10, offset=(p.number - 1) * 10),
    ),
    in_rows(26, "past-end-is-page-1", "超出末页返回第 1 页", _first_page_past_the_end),
    Fault(
        27,
        "size-uncapped",
        "pageSize 无上限",
        lambda: Hooks(limits=(lambda asked, p: replace(p, size=asked.size),)),
    ),
)
