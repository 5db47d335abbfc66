"""The mutations of a walk as a walk: what goes wrong between pages, every page being sound by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from framework.audit.places import rebuilt
from framework.audit.several import plain
from framework.base.jsonpath import Json
from framework.cases.case import Walk
from framework.checks.equality import same

Pages = list[list[Json]]
PLACE: Final = "翻页"


@dataclass(frozen=True, slots=True)
class WalkMutation:
    """``make`` returns the items of every page; the pages are two at least, none of them empty."""

    name: str
    words: str
    severity: int
    make: Callable[[Pages], Pages]


def mutated_pages(walk: Walk, documents: Sequence[Json], mutation: WalkMutation) -> dict[int, Json]:
    """Return the pages that the mutation changes, by their index; none where the walk cannot be read that
    way.
    """
    at = plain(walk.items)
    found = [walk.items.select(document) for document in documents]
    if (
        not at
        or len(documents) < 2
        or not all(one and isinstance(one[0].value, list) and one[0].value for one in found)
    ):
        return {}
    before = [one[0].value for one in found]
    after = mutation.make(before)
    return {
        index: rebuilt(documents[index], [(found[index][0].location, {str(at[-1]): items})])
        for index, items in enumerate(after)
        if not same(items, before[index])
    }


def _page_repeated(pages: Pages) -> Pages:
    return [pages[0], pages[0], *pages[2:]]


def _row_lost(pages: Pages) -> Pages:
    """The rows after the first page move up by one: pages stay full, one row is on none of them."""
    rows = [row for page in pages[1:] for row in page][1:]
    return [pages[0], *_cut(rows, [len(page) for page in pages[1:]])]


def _row_twice(pages: Pages) -> Pages:
    """The rows after the first page move down by one: its last row comes again, the very last row never."""
    rows = [pages[0][-1], *(row for page in pages[1:] for row in page)]
    return [pages[0], *_cut(rows, [len(page) for page in pages[1:]])]


def _cut(rows: list[Json], sizes: Sequence[int]) -> Pages:
    pages = []
    for size in sizes:
        pages.append(rows[:size])
        rows = rows[size:]
    return pages


def _pages_swapped(pages: Pages) -> Pages:
    return [pages[1], pages[0], *pages[2:]] if len(pages[0]) == len(pages[1]) else pages


WALK_MUTATIONS: Final = (
    WalkMutation("page_repeated", "第二页又是第一页", 5, _page_repeated),
    WalkMutation("row_lost_between", "两页之间漏了一条", 5, _row_lost),
    WalkMutation("row_twice_between", "前一页的末条又出现在下一页", 4, _row_twice),
    WalkMutation("pages_swapped", "两页的内容对调", 3, _pages_swapped),
)
