"""Faults 28 to 35, 48 and 49: order, filters, and rows that should not show."""

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
    """Leave one condition out, wherever it is."""

    def left_out(select: Select) -> Select:
        visible, filters = (
            [c for c in terms if c.name != name] for terms in (select.visible, select.filters)
        )
        return replace(select, visible=tuple(visible), filters=tuple(filters))

    return left_out


def _changed_title(change: Callable[[Condition], Condition]) -> Callable[[Select], Select]:
    def changed(select: Select) -> Select:
        return replace(select, filters=tuple(change(c) if c.name == "title" else c for c in select.filters))

    return changed


def _in_text(condition: Condition) -> Condition:
    return replace(condition, sql=condition.sql.replace("title_key", "text"))


def _unescaped(condition: Condition) -> Condition:
    patterns = (str(p).replace("\\%", "%").replace("\\_", "_") for p in condition.parameters)
    return replace(condition, parameters=tuple(patterns))


def _ascending(select: Select, page: Page, total: int) -> Select:
    return replace(select, order=tuple(term.replace("DESC", "ASC") for term in select.order))


def _sorted_within(policies: list[Policy], page: Page) -> list[Policy]:
    return sorted(policies, key=lambda p: (p.publish_time, p.priority, p.id), reverse=True)


def _broken_across_pages() -> Hooks:
    return Hooks(rows=(lambda s, p, t: replace(s, order=BY_PRIORITY),), policies=(_sorted_within,))


def _random_ties() -> Hooks:
    """Another order for each request; by a generator of its own, so that two runs of the same requests see
    the same.
    """
    rng = Random("ties")  # noqa: S311 - repeatable on purpose
    return Hooks(
        rows=(lambda s, p, t: replace(s, order=("publish_time DESC", shuffled(rng.randrange(10**6)))),)
    )


QUERIES = (
    in_rows(28, "ascending", "按时间升序", _ascending),
    Fault(29, "random-ties", "同秒政策次序随机", _random_ties),
    Fault(30, "order-across-pages", "页内有序, 跨页无序", _broken_across_pages),
    in_query(31, "type-ignored", "policyType 无效", without("type")),
    in_query(32, "or-for-and", "条件之间为或", lambda s: replace(s, joiner=" OR ")),
    in_query(33, "keyword-in-text", "关键字匹配正文而非标题", _changed_title(_in_text)),
    Fault(
        34,
        "total-unfiltered",
        "totalNum 不随条件变化",
        lambda: Hooks(count=(lambda s: replace(s, filters=()),)),
    ),
    in_query(35, "percent-wildcard", "% 与 _ 被当作通配符", _changed_title(_unescaped)),
    in_query(48, "draft-shown", "草稿外露", without("draft")),
    in_query(49, "tenant-leak", "可见其他租户的政策", without("tenant")),
)
