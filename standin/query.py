"""Turns a page into an SQL query, kept as data so that a fault can replace any part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from standin.paging import Criteria, Page

Parameter = str | int

Order = tuple[str, ...]

LONGEST_KEYWORD = 1000

# The full-width forms of ASCII, and the ideographic space.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

ORDER = ("publish_time DESC", "priority DESC", "id DESC")
"""That publishTime comes first is evidenced only for records of priority 0; the rest is assumed."""


@dataclass(frozen=True)
class Condition:
    """One term of a WHERE clause and its parameters; faults find it by its ``name``."""

    name: str
    sql: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Select:
    """A query for one page. The conditions ``visible`` are combined by AND, ``filters`` by ``joiner``."""

    visible: tuple[Condition, ...]
    filters: tuple[Condition, ...]
    order: tuple[str, ...]
    limit: int
    offset: int
    joiner: str = " AND "

    def rows(self) -> tuple[str, tuple[Parameter, ...]]:
        """Return the SQL that selects the ids of the page, and its parameters."""
        condition, parameters = self._condition()
        order = ", ".join(self.order)
        # The values are bound.
        sql = f"SELECT id FROM policy WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        return sql, (*parameters, self.limit, self.offset)

    def count(self) -> tuple[str, tuple[Parameter, ...]]:
        """Return the SQL that counts the rows of all pages, and its parameters."""
        condition, parameters = self._condition()
        return f"SELECT count(*) FROM policy WHERE {condition}", parameters  # noqa: S608 - values are bound

    def _condition(self) -> tuple[str, tuple[Parameter, ...]]:
        terms = [condition.sql for condition in self.visible]
        if self.filters:
            terms.append(f"({self.joiner.join(condition.sql for condition in self.filters)})")
        parameters = [p for condition in (*self.visible, *self.filters) for p in condition.parameters]
        return " AND ".join(terms) or "1", tuple(parameters)


def order_of(seed: int | None) -> Order:
    """Return the service's order, or one that differs from it only among policies of the same second.

    The order is the same for all requests. There is no evidence how the real service orders ties, except that
    the order must not change.
    """
    # Only policies of the same second are reordered; the time stays first.
    return ORDER if seed is None else ("publish_time DESC", shuffled(seed))


def shuffled(seed: int) -> str:
    """Return an SQL term that orders ids at random; the same seed gives the same order."""
    return f"(id / 4096 % 1000003) * {seed * 7919 % 997 + 2} % 10007, id"


def select(page: Page, tenant: str, order: Order = ORDER) -> Select:
    """Return the query for a page, after its limits, of the policies that a tenant may see."""
    return Select(
        visible=(
            Condition("tenant", "tenant = ?", (tenant,)),
            Condition("draft", "draft = 0"),
            Condition("deleted", "deleted = 0"),
        ),
        filters=_filters(page.criteria),
        order=order,
        limit=page.size,
        offset=(page.number - 1) * page.size,
    )


def _filters(criteria: Criteria) -> tuple[Condition, ...]:
    found = []
    if criteria.title is not None:
        found.append(_title_contains(to_half_width(criteria.title.strip())))
    if criteria.type is not None:
        found.append(Condition("type", "type = ?", (criteria.type,)))
    if criteria.level is not None:
        found.append(Condition("level", "level = ?", (criteria.level,)))
    return tuple(found)


def _title_contains(keyword: str) -> Condition:
    # The condition 0 matches nothing.
    if not _can_be_in_a_title(keyword):
        return Condition("title", "0")
    return Condition("title", r"title_key LIKE ? ESCAPE '\'", (f"%{escape_wildcards(keyword)}%",))


def _can_be_in_a_title(keyword: str) -> bool:
    # SQLite ends a pattern at NUL, and refuses lone surrogates and patterns of 50,000 bytes.
    return (
        len(keyword) <= LONGEST_KEYWORD and "\0" not in keyword and not re.search("[\ud800-\udfff]", keyword)
    )


def escape_wildcards(keyword: str) -> str:
    """Make LIKE's wildcards literal, for ``ESCAPE '\\'``."""
    return keyword.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def to_half_width(text: str) -> str:
    """Replace full-width letters, digits and punctuation, so that both widths compare equal (assumed).

    Only the full-width forms of ASCII are replaced: compatibility normalization would change other
    characters, too.
    """
    return text.translate(_HALF_WIDTH)
