"""From a page to SQL, as data: a later stage runs it, and a fault can replace any one part of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from standin.paging import Criteria, Page

Parameter = str | int

Order = tuple[str, ...]

LONGEST_KEYWORD = 1000

ORDER = ("publish_time DESC", "priority DESC", "id DESC")
"""publishTime first is evidenced only as far as priority is 0 throughout; the rest is assumed."""


@dataclass(frozen=True)
class Condition:
    """One term of a WHERE clause with its parameters, under a name by which it can be found."""

    name: str
    sql: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Select:
    """A query for one page. ``visible`` always combine by AND, ``filters`` by ``joiner``."""

    visible: tuple[Condition, ...]
    filters: tuple[Condition, ...]
    order: tuple[str, ...]
    limit: int
    offset: int
    joiner: str = " AND "

    def rows(self) -> tuple[str, tuple[Parameter, ...]]:
        """The SQL that gives the ids of the page, and its parameters."""
        where, parameters = self._where()
        sql = f"SELECT id FROM policy WHERE {where} ORDER BY {', '.join(self.order)} LIMIT ? OFFSET ?"  # noqa: S608 - values are bound
        return sql, (*parameters, self.limit, self.offset)

    def count(self) -> tuple[str, tuple[Parameter, ...]]:
        """The SQL that gives the total, and its parameters."""
        where, parameters = self._where()
        return f"SELECT count(*) FROM policy WHERE {where}", parameters  # noqa: S608 - values are bound

    def _where(self) -> tuple[str, tuple[Parameter, ...]]:
        terms = [condition.sql for condition in self.visible]
        if self.filters:
            terms.append(f"({self.joiner.join(condition.sql for condition in self.filters)})")
        parameters = [p for condition in (*self.visible, *self.filters) for p in condition.parameters]
        return " AND ".join(terms) or "1", tuple(parameters)


def order_of(seed: int | None) -> Order:
    """Return the service's order, or one that differs from it among policies of the same second alone.

    It is the same for all requests: nothing evidenced says how a real service orders ties, only that it must
    not change.
    """
    return ORDER if seed is None else ("publish_time DESC", shuffled(seed))


def shuffled(seed: int) -> str:
    """Return an SQL term that orders ids by chance, the same chance for the same seed."""
    return f"(id / 4096 % 1000003) * {seed * 7919 % 997 + 2} % 10007, id"


def select(page: Page, tenant: str, order: Order = ORDER) -> Select:
    """The query for an effective page of what a tenant may see."""
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
        found.append(_title_holds(narrow(criteria.title.strip())))
    if criteria.type is not None:
        found.append(Condition("type", "type = ?", (criteria.type,)))
    if criteria.level is not None:
        found.append(Condition("level", "level = ?", (criteria.level,)))
    return tuple(found)


def _title_holds(keyword: str) -> Condition:
    if not _can_be_in_a_title(keyword):
        return Condition("title", "0")
    return Condition("title", r"title_key LIKE ? ESCAPE '\'", (f"%{escaped(keyword)}%",))


def _can_be_in_a_title(keyword: str) -> bool:
    # SQLite ends a pattern at NUL, takes no lone surrogate and refuses a pattern of 50,000 bytes.
    return (
        len(keyword) <= LONGEST_KEYWORD and "\0" not in keyword and not re.search("[\ud800-\udfff]", keyword)
    )


def escaped(keyword: str) -> str:
    """Make LIKE's wildcards literal, for ``ESCAPE '\\'``."""
    return keyword.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def narrow(text: str) -> str:
    """Write full-width letters, digits and punctuation half-width, so that both widths compare equal
    (assumed).

    Only the block of full-width ASCII is touched: compatibility folding would change other characters too.
    """
    return "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else " " if c == "\u3000" else c
        for c in text
    )
