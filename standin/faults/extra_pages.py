"""Faults 67 to 88: more of what goes wrong with pages, totals, filters, order and caches. Most do not show on
page 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from standin.contract import MAX_PAGE_SIZE
from standin.faults.fault import Fault, in_data, in_query, in_rows, total_in
from standin.faults.queries import BY_PRIORITY, without
from standin.hooks import Hooks
from standin.paging import Criteria, Page
from standin.policy import Policy
from standin.query import Condition, Select

WINDOW = 100
"""How many rows a search index gives out at most, where nobody raised its limit."""


def _all_but_last(select: Select, page: Page, total: int) -> Select:
    return replace(select, limit=max(0, min(select.limit, total - 1 - select.offset)))


def _window() -> Hooks:
    def rows(select: Select, page: Page, total: int) -> Select:
        return replace(select, limit=max(0, min(select.limit, WINDOW - select.offset)))

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        total = min(WINDOW, total_in(reply["data"]))
        return {
            **reply,
            "data": {**reply["data"], "totalNum": str(total), "hasNext": page.number * page.size < total},
        }

    return Hooks(rows=(rows,), envelope=(envelope,))


def _next_of_everything() -> Hooks:
    seen = {"total": 0}

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        if page.criteria == Criteria():
            seen["total"] = total_in(reply["data"])
        more = page.number * page.size < max(seen["total"], total_in(reply["data"]))
        return {**reply, "data": {**reply["data"], "hasNext": more}}

    return Hooks(envelope=(envelope,))


def _first_total() -> Hooks:
    seen: dict[str, str] = {}

    def envelope(reply: dict[str, Any], page: Page) -> dict[str, Any]:
        return {
            **reply,
            "data": {**reply["data"], "totalNum": seen.setdefault("total", reply["data"]["totalNum"])},
        }

    return Hooks(envelope=(envelope,))


def _zero_is_all(page: Page) -> Page:
    return replace(page, size=MAX_PAGE_SIZE) if page.size <= 0 else page


def _filtered_in_memory() -> Hooks:
    def kept(policies: list[Policy], page: Page) -> list[Policy]:
        return [policy for policy in policies if _fits(policy, page.criteria)]

    return Hooks(rows=(lambda s, p, t: replace(s, filters=()),), policies=(kept,))


def _fits(policy: Policy, wanted: Criteria) -> bool:
    numbers = ((wanted.type, policy.type), (wanted.level, policy.level))
    return all(asked in (None, own) for asked, own in numbers) and (wanted.title or "") in policy.title


def _changed(name: str, change: Callable[[Condition], Condition]) -> Callable[[Select], Select]:
    return lambda select: replace(
        select, filters=tuple(change(c) if c.name == name else c for c in select.filters)
    )


def _by_prefix(condition: Condition) -> Condition:
    return replace(condition, sql="CAST(type AS TEXT) LIKE ? || '%'")


def _at_the_start(condition: Condition) -> Condition:
    return replace(condition, parameters=tuple(str(p).removeprefix("%") for p in condition.parameters))


def _joined(select: Select) -> Select:
    """A type filter that joins a table in which some policies have no row."""
    if not any(condition.name == "type" for condition in select.filters):
        return select
    return replace(select, visible=(*select.visible, Condition("join", "priority <> 5")))


def _filtered_ascending(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=("publish_time ASC", "id ASC")) if select.filters else select


def _cache_without_filter() -> Hooks:
    kept: dict[tuple[int, int], Page] = {}
    return Hooks(page=(lambda page: kept.setdefault((page.number, page.size), page),))


def _cache_across_tenants() -> Hooks:
    kept: dict[object, tuple[Condition, ...]] = {}

    def first_asker(select: Select) -> Select:
        return replace(
            select, visible=kept.setdefault((select.limit, select.offset, select.filters), select.visible)
        )

    return Hooks(rows=(lambda s, p, t: first_asker(s),), count=(first_asker,))


EXTRA_PAGES = (
    in_rows(
        67,
        "late-offset",
        "第 15 页起, 页首重复上页末条",
        lambda s, p, _: replace(s, offset=s.offset - (p.number >= 15)),
    ),
    in_rows(68, "last-row-lost", "最后一条永远翻不到", _all_but_last),
    in_rows(
        69,
        "deep-pages-empty",
        "第 100 条之后的页为空",
        lambda s, p, _: replace(s, limit=s.limit if s.offset < WINDOW else 0),
    ),
    Fault(70, "window-of-100", "总条数与翻页都止于 100 条", _window),
    in_data(
        71,
        "has-next-if-full",
        "本页满即称有下一页",
        lambda d, p: {**d, "hasNext": len(d["result"]) == p.size},
    ),
    Fault(72, "has-next-unfiltered", "hasNext 按未筛选的总条数算", _next_of_everything),
    Fault(73, "total-of-first-query", "totalNum 缓存自第一次查询", _first_total),
    in_data(74, "size-echo-wrong", "回显的 pageSize 恒为 10", lambda d, _: {**d, "pageSize": 10}),
    in_data(
        75, "page-echo-from-zero", "回显的 pageNo 从 0 起算", lambda d, _: {**d, "pageNo": d["pageNo"] - 1}
    ),
    Fault(76, "size-zero-is-all", "pageSize 为 0 或负数时返回全部", lambda: Hooks(page=(_zero_is_all,))),
    in_rows(
        77,
        "size-capped-silently",
        "每页至多 20 条, 而回显所求的条数",
        lambda s, p, _: replace(s, limit=min(s.limit, 20)),
    ),
    in_query(78, "level-ignored", "policyLevel 无效", without("level")),
    in_rows(
        79,
        "filter-lost-on-page-2",
        "第 2 页起不再筛选",
        lambda s, p, _: replace(s, filters=s.filters if p.number == 1 else ()),
    ),
    Fault(80, "filter-after-paging", "先分页后筛选", _filtered_in_memory),
    in_query(81, "type-by-prefix", "类型 1 也匹配类型 10", _changed("type", _by_prefix)),
    in_query(82, "keyword-at-start-only", "关键字只匹配标题开头", _changed("title", _at_the_start)),
    in_query(83, "type-filter-drops-rows", "按类型筛选时丢掉一部分政策", _joined),
    in_rows(84, "filtered-ascending", "筛选时按时间升序", _filtered_ascending),
    in_rows(85, "priority-first", "先按优先级排序", lambda s, p, _: replace(s, order=BY_PRIORITY)),
    in_rows(
        86,
        "newest-first-lost",
        "最新一条排到最后",
        lambda s, p, total: replace(s, order=("publish_time > '2024-04-12'", *s.order)),
    ),
    Fault(87, "cache-without-filter", "缓存键不含筛选条件", _cache_without_filter),
    Fault(88, "cache-across-tenants", "缓存键不含租户", _cache_across_tenants),
)
