"""Walks: which page to ask for next, and when a walk has ended. Pure; the requests are sent by the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Path
from framework.base.messages import tr
from framework.cases.case import Walk
from framework.http.exchange import Exchange, NotJsonError

Ending = Literal["", "complete", "unreadable", "repeated", "empty", "endless", "max_pages"]
"""Why a walk ended: it is complete where a page says that no more follow; every other ending is a fault of
the service.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. ``problem`` says why it could not be: then ``items`` is empty. ``total`` None: not
    digits.
    """

    number: int
    document: Json
    items: tuple[Json, ...] = ()
    more: bool = False
    total: int | None = None
    problem: str = ""

    def keys(self, key: str) -> tuple[Json, ...]:
        """Return what identifies the items, None for an item without it."""
        return tuple(item.get(key) if isinstance(item, dict) else None for item in self.items)

    def identities(self, key: str) -> tuple[str, ...]:
        """Return a text for each item to compare pages by: its key, or the whole item if it has none."""
        pairs = zip(self.items, self.keys(key), strict=True)
        # repr keeps apart what == does not: 1, 1.0 and true
        return tuple(repr(item if found is None else found) for item, found in pairs)


@dataclass(frozen=True, slots=True)
class Walked:
    """A walk that has ended. ``size`` is the page size that was asked for."""

    walk: Walk
    first: int
    size: int
    pages: tuple[Page, ...]
    ending: Ending

    @property
    def document(self) -> Json:
        """What the checks of a walk look at: ``{items, pages, total, requests}``."""
        return {
            "items": [item for page in self.pages for item in page.items],
            "pages": [page.document for page in self.pages],
            "total": self.pages[0].total if self.pages else None,
            "requests": len(self.pages),
        }


def page_request(rendered: Mapping[str, Json], walk: Walk, number: int) -> dict[str, Json]:
    """Return the rendered request with the page number set."""
    return _with(rendered, walk.page, number)


def _with(node: Mapping[str, Json], address: Sequence[str], value: Json) -> dict[str, Json]:
    name, rest = address[0], address[1:]
    return {**node, name: _with(node[name], rest, value) if rest else value}


def start_of(rendered: Mapping[str, Json], walk: Walk) -> tuple[int, int]:
    """Return the number of the first page (1 where the request names none) and the page size.

    Raises:
        UnresolvedError: the request has no whole number for them.
    """
    written = _at(rendered, walk.page)
    first = 1 if written is None else written
    size = _at(rendered, walk.size)
    for name, value in ((walk.page, first), (walk.size, size)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            what = tr("翻页要求 {name} 是正整数,现在是 {value}", name=".".join(name), value=value)
            raise UnresolvedError(Problem("walk-number", what, tr("在 request 里写它"), walk.span))
    return first, size


def _at(node: Json, address: Sequence[str]) -> Json:
    for name in address:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def read_page(walk: Walk, number: int, exchange: Exchange) -> Page:
    """Return what a reply says as a page of *walk*."""
    try:
        document = exchange.reply.json
    except NotJsonError as error:
        return Page(number, None, problem=str(error))
    items, more, total = _one(walk.items, document), _one(walk.more, document), _one(walk.total, document)
    if not isinstance(items, list):
        return Page(number, document, problem=tr("{path} 不是列表", path=walk.items.text))
    if not isinstance(more, bool):
        return Page(number, document, problem=tr("{path} 不是 true 或 false", path=walk.more.text))
    return Page(number, document, tuple(items), more, _digits(total))


def _one(path: Path, document: Json) -> Json:
    found = path.select(document)
    return found[0].value if found else None


def _digits(value: Json) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
        else None
    )


def ending_of(walk: Walk, pages: Sequence[Page], size: int) -> Ending:
    """Return why the walk ends after *pages*, an empty text where it goes on.

    It takes no more than one request beyond what the first page's total calls for.
    """
    last = pages[-1]
    if last.problem:
        return "unreadable"
    if not last.more:
        return "complete"
    if not last.items:
        return "empty"
    identities = last.identities(walk.key)
    if any(page.identities(walk.key) == identities for page in pages[:-1]):
        return "repeated"
    total = pages[0].total
    if total is not None and len(pages) > -(-total // size):
        return "endless"
    return "max_pages" if len(pages) >= walk.max_pages else ""
