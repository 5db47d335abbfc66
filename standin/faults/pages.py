"""Faults of paging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.faults.fault import Fault, in_data, in_rows, total_in, with_fields
from standin.hooks import Hooks
from standin.paging import Page
from standin.query import Select


def _longer_by_one(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=select.limit + 1)


def _shorter_by_one(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=select.limit - 1)


def _one_row_earlier(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=max(0, select.offset - 1))


def _one_row_skipped_for_each_page(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=select.offset + page.number - 1)


def _second_page_is_first(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=0) if page.number == 2 else select


def _numbered_from_zero(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=page.number * page.size)


def _always_ten_rows(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=10, offset=(page.number - 1) * 10)


def _first_page_past_the_end(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=0) if select.offset >= total else select


def _without_deleted_check(select: Select) -> Select:
    visible = [condition for condition in select.visible if condition.name != "deleted"]
    return replace(select, visible=tuple(visible))


def _page_count(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "totalNum": str(-(-total_in(data) // page.size))}


def _next_on_last_full_page(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "hasNext": page.number * page.size <= total_in(data)}


def _unlimited_size(limited: Page, requested: Page) -> Page:
    return replace(limited, size=requested.size)


PAGES = (
    in_rows(15, "size-plus-one", "每页多一条", _longer_by_one),
    in_rows(16, "size-minus-one", "每页少一条", _shorter_by_one),
    in_rows(17, "offset-minus-one", "页首重复上页末条", _one_row_earlier),
    in_rows(18, "record-skipped", "两页之间漏一条", _one_row_skipped_for_each_page),
    in_rows(19, "page-2-is-page-1", "第 2 页与第 1 页相同", _second_page_is_first),
    in_data(20, "total-is-pages", "totalNum 为页数", _page_count),
    Fault(21, "total-with-deleted", "totalNum 含已删除", lambda: Hooks(count=(_without_deleted_check,))),
    in_data(22, "has-next-on-last-full-page", "末页满页时仍称有下一页", _next_on_last_full_page),
    in_data(23, "has-next-never", "hasNext 恒为 false", with_fields(hasNext=False)),
    in_rows(24, "page-from-zero", "页码从 0 起算", _numbered_from_zero),
    in_rows(25, "size-ignored", "pageSize 无效, 恒为 10", _always_ten_rows),
    in_rows(26, "past-end-is-page-1", "超出末页返回第 1 页", _first_page_past_the_end),
    Fault(27, "size-uncapped", "pageSize 无上限", lambda: Hooks(limits=(_unlimited_size,))),
)
