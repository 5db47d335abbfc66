"""The mutations of a walk: faults between pages, with every page valid by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from framework.audit.combined import as_place
from framework.audit.places import with_edits
from framework.base.jsonpath import Json
from framework.cases.case import Walk
from framework.checks.equality import same

Pages = list[list[Json]]
PLACE: Final = "翻页"


@dataclass(frozen=True, slots=True)
class WalkMutation:
    """One mutation. ``make`` takes and returns the items of every page: two pages at least, none empty."""

    name: str
    words: str
    severity: int
    make: Callable[[Pages], Pages]


def mutated_pages(walk: Walk, documents: Sequence[Json], mutation: WalkMutation) -> dict[int, Json]:
    """Return the pages that the mutation changes, by index; none if the items of a page cannot be found."""
    items_place = as_place(walk.items)
    selected = [walk.items.select(document) for document in documents]
    complete = all(found and isinstance(found[0].value, list) and found[0].value for found in selected)
    if not items_place or len(documents) < 2 or not complete:
        return {}
    before = [found[0].value for found in selected]
    after = mutation.make(before)
    name = str(items_place[-1])
    return {
        index: with_edits(documents[index], [(selected[index][0].location, {name: items})])
        for index, items in enumerate(after)
        if not same(items, before[index])
    }


def _page_repeated(pages: Pages) -> Pages:
    return [pages[0], pages[0], *pages[2:]]


def _row_lost(pages: Pages) -> Pages:
    """Move the rows after the first page up by one. The pages stay full, and one row is on none of them."""
    rows = [row for page in pages[1:] for row in page][1:]
    return [pages[0], *_split(rows, [len(page) for page in pages[1:]])]


def _row_twice(pages: Pages) -> Pages:
    """Move the rows after the first page down by one. Its last row is repeated, the very last one lost."""
    rows = [pages[0][-1], *(row for page in pages[1:] for row in page)]
    return [pages[0], *_split(rows, [len(page) for page in pages[1:]])]


def _split(rows: list[Json], sizes: Sequence[int]) -> Pages:
    pages = []
    for size in sizes:
        pages.append(rows[:size])
        rows = rows[size:]
    return pages


def _pages_swapped(pages: Pages) -> Pages:
    # A short last page in the middle would be another fault.
    return [pages[1], pages[0], *pages[2:]] if len(pages[0]) == len(pages[1]) else pages


WALK_MUTATIONS: Final = (
    WalkMutation("page_repeated", "第二页又是第一页", 5, _page_repeated),
    WalkMutation("row_lost_between", "两页之间漏了一条", 5, _row_lost),
    WalkMutation("row_twice_between", "前一页的末条又出现在下一页", 4, _row_twice),
    WalkMutation("pages_swapped", "两页的内容对调", 3, _pages_swapped),
)
