"""More faults of pages, totals, filters, order and caches, most of which do not show on page 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standin.contract import MAX_PAGE_SIZE
from standin.faults.fault import Fault, in_data, in_query, in_rows, total_in, with_fields
from standin.faults.queries import by_priority, with_filter, without, without_filters
from standin.hooks import Hooks
from standin.paging import Criteria, Page
from standin.policy import Policy
from standin.query import Condition, Select

WINDOW = 100
"""The number of rows that a search index returns if nobody raised its limit."""


def _late_page_starts_early(select: Select, page: Page, total: int) -> Select:
    return replace(select, offset=select.offset - 1) if page.number >= 15 else select


def _all_but_last(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=max(0, min(select.limit, total - 1 - select.offset)))


def _empty_after_window(select: Select, page: Page, total: int) -> Select:
    return select if select.offset < WINDOW else replace(select, limit=0)


def _window() -> Hooks:
    def rows(select: Select, page: Page, total: int) -> Select:
        return replace(select, limit=max(0, min(select.limit, WINDOW - select.offset)))

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        total = min(WINDOW, total_in(reply["data"]))
        has_next = page.number * page.size < total
        return {**reply, "data": {**reply["data"], "totalNum": str(total), "hasNext": has_next}}

    return Hooks(rows=(rows,), envelope=(envelope,))


def _next_if_full(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "hasNext": len(data["result"]) == page.size}


def _next_of_unfiltered() -> Hooks:
    """Compute ``hasNext`` from the total of the last request without filters, if that is larger."""
    unfiltered_total = 0

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        nonlocal unfiltered_total
        total = total_in(reply["data"])
        if page.criteria == Criteria():
            unfiltered_total = total
        has_next = page.number * page.size < max(unfiltered_total, total)
        return {**reply, "data": {**reply["data"], "hasNext": has_next}}

    return Hooks(envelope=(envelope,))


def _total_of_first_query() -> Hooks:
    cached: dict[str, str] = {}

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        total = cached.setdefault("total", reply["data"]["totalNum"])
        return {**reply, "data": {**reply["data"], "totalNum": total}}

    return Hooks(envelope=(envelope,))


def _page_number_from_zero(data: dict[str, Any], page: Page) -> dict[str, Any]:
    return {**data, "pageNo": data["pageNo"] - 1}


def _zero_is_all(page: Page) -> Page:
    return replace(page, size=MAX_PAGE_SIZE) if page.size <= 0 else page


def _at_most_20_rows(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=min(select.limit, 20))


def _unfiltered_after_page_1(select: Select, page: Page, total: int) -> Select:
    return select if page.number == 1 else without_filters(select)


def _filtered_after_paging() -> Hooks:
    def unfiltered(select: Select, page: Page, total: int) -> Select:
        return without_filters(select)

    def filtered(policies: list[Policy], page: Page) -> list[Policy]:
        return [policy for policy in policies if _matches(policy, page.criteria)]

    return Hooks(rows=(unfiltered,), policies=(filtered,))


def _matches(policy: Policy, criteria: Criteria) -> bool:
    if criteria.type not in (None, policy.type) or criteria.level not in (None, policy.level):
        return False
    return (criteria.title or "") in policy.title


def _by_prefix(condition: Condition) -> Condition:
    return replace(condition, sql="CAST(type AS TEXT) LIKE ? || '%'")


def _at_the_start(condition: Condition) -> Condition:
    patterns = [str(pattern).removeprefix("%") for pattern in condition.parameters]
    return replace(condition, parameters=tuple(patterns))


def _joined(select: Select) -> Select:
    """Let a filter by type join a table that has no row for some policies."""
    if not any(condition.name == "type" for condition in select.filters):
        return select
    # Policies of priority 5 act as those without a row, because it is spread over all types.
    return replace(select, visible=(*select.visible, Condition("join", "priority <> 5")))


def _filtered_ascending(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=("publish_time ASC", "id ASC")) if select.filters else select


def _newest_last(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=("publish_time > '2024-04-12'", *select.order))


def _cache_without_filter() -> Hooks:
    cached: dict[tuple[int, int], Page] = {}
    return Hooks(page=(lambda page: cached.setdefault((page.number, page.size), page),))


def _cache_across_tenants() -> Hooks:
    cached: dict[object, tuple[Condition, ...]] = {}

    def count(select: Select) -> Select:
        key = (select.limit, select.offset, select.filters)
        return replace(select, visible=cached.setdefault(key, select.visible))

    def rows(select: Select, page: Page, total: int) -> Select:
        return count(select)

    return Hooks(rows=(rows,), count=(count,))


EXTRA_PAGES = (
    in_rows(67, "late-offset", "第 15 页起, 页首重复上页末条", _late_page_starts_early),
    in_rows(68, "last-row-lost", "最后一条永远翻不到", _all_but_last),
    in_rows(69, "deep-pages-empty", "第 100 条之后的页为空", _empty_after_window),
    Fault(70, "window-of-100", "总条数与翻页都止于 100 条", _window),
    in_data(71, "has-next-if-full", "本页满即称有下一页", _next_if_full),
    Fault(72, "has-next-unfiltered", "hasNext 按未筛选的总条数算", _next_of_unfiltered),
    Fault(73, "total-of-first-query", "totalNum 缓存自第一次查询", _total_of_first_query),
    in_data(74, "size-echo-wrong", "回显的 pageSize 恒为 10", with_fields(pageSize=10)),
    in_data(75, "page-echo-from-zero", "回显的 pageNo 从 0 起算", _page_number_from_zero),
    Fault(76, "size-zero-is-all", "pageSize 为 0 或负数时返回全部", lambda: Hooks(page=(_zero_is_all,))),
    in_rows(77, "size-capped-silently", "每页至多 20 条, 而回显所求的条数", _at_most_20_rows),
    in_query(78, "level-ignored", "policyLevel 无效", without("level")),
    in_rows(79, "filter-lost-on-page-2", "第 2 页起不再筛选", _unfiltered_after_page_1),
    Fault(80, "filter-after-paging", "先分页后筛选", _filtered_after_paging),
    in_query(81, "type-by-prefix", "类型 1 也匹配类型 10", with_filter("type", _by_prefix)),
    in_query(82, "keyword-at-start-only", "关键字只匹配标题开头", with_filter("title", _at_the_start)),
    in_query(83, "type-filter-drops-rows", "按类型筛选时丢掉一部分政策", _joined),
    in_rows(84, "filtered-ascending", "筛选时按时间升序", _filtered_ascending),
    in_rows(85, "priority-first", "先按优先级排序", by_priority),
    in_rows(86, "newest-first-lost", "最新一条排到最后", _newest_last),
    Fault(87, "cache-without-filter", "缓存键不含筛选条件", _cache_without_filter),
    Fault(88, "cache-across-tenants", "缓存键不含租户", _cache_across_tenants),
)
