"""Faults of the order, of the filters, and rows that should not be visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from standin.faults.fault import Fault, in_query, in_rows
from standin.hooks import Hooks
from standin.paging import Page
from standin.policy import Policy
from standin.query import Condition, Select, shuffled

BY_PRIORITY = ("priority DESC", "publish_time DESC", "id DESC")


def without(name: str) -> Callable[[Select], Select]:
    """Return a change of a query that removes the condition called *name*."""

    def removed(select: Select) -> Select:
        visible = [condition for condition in select.visible if condition.name != name]
        filters = [condition for condition in select.filters if condition.name != name]
        return replace(select, visible=tuple(visible), filters=tuple(filters))

    return removed


def with_filter(name: str, change: Callable[[Condition], Condition]) -> Callable[[Select], Select]:
    """Return a change of a query that changes the filter called *name*."""

    def changed(select: Select) -> Select:
        filters = [change(condition) if condition.name == name else condition for condition in select.filters]
        return replace(select, filters=tuple(filters))

    return changed


def without_filters(select: Select) -> Select:
    return replace(select, filters=())


def by_priority(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=BY_PRIORITY)


def _in_text(condition: Condition) -> Condition:
    return replace(condition, sql=condition.sql.replace("title_key", "text"))


def _unescaped(condition: Condition) -> Condition:
    patterns = [str(pattern).replace("\\%", "%").replace("\\_", "_") for pattern in condition.parameters]
    return replace(condition, parameters=tuple(patterns))


def _ascending(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=tuple(term.replace("DESC", "ASC") for term in select.order))


def _sorted_within_page(policies: list[Policy], page: Page) -> list[Policy]:
    return sorted(policies, key=lambda p: (p.publish_time, p.priority, p.id), reverse=True)


def _broken_across_pages() -> Hooks:
    return Hooks(rows=(by_priority,), policies=(_sorted_within_page,))


def _random_ties() -> Hooks:
    """Order ties differently in each request; two runs of the same requests get the same orders."""
    # A generator of its own, independent of all other randomness.
    rng = Random("ties")  # noqa: S311 - repeatable on purpose

    def reordered(select: Select, page: Page, total: int) -> Select:
        return replace(select, order=("publish_time DESC", shuffled(rng.randrange(10**6))))

    return Hooks(rows=(reordered,))


def _joined_by_or(select: Select) -> Select:
    return replace(select, joiner=" OR ")


QUERIES = (
    in_rows(28, "ascending", "按时间升序", _ascending),
    Fault(29, "random-ties", "同秒政策次序随机", _random_ties),
    Fault(30, "order-across-pages", "页内有序, 跨页无序", _broken_across_pages),
    in_query(31, "type-ignored", "policyType 无效", without("type")),
    in_query(32, "or-for-and", "条件之间为或", _joined_by_or),
    in_query(33, "keyword-in-text", "关键字匹配正文而非标题", with_filter("title", _in_text)),
    Fault(
        34,
        "total-unfiltered",
        "totalNum 不随条件变化",
        lambda: Hooks(count=(without_filters,)),
    ),
    in_query(35, "percent-wildcard", "% 与 _ 被当作通配符", with_filter("title", _unescaped)),
    in_query(48, "draft-shown", "草稿外露", without("draft")),
    in_query(49, "tenant-leak", "可见其他租户的政策", without("tenant")),
)
