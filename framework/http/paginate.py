"""Walks over a paged list: the next request, a reply read as a page, and when a walk ends.

The functions are pure. The run sends the requests.
"""

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
"""Why a walk ended, or an empty text while it goes on.

A walk is complete when a page says that it is the last. Every other ending is a fault of the service.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read.

    If the reply is not a page, ``problem`` says why and ``items`` is empty. ``total`` is None if it is
    not a number.
    """

    number: int
    document: Json
    items: tuple[Json, ...] = ()
    more: bool = False
    total: int | None = None
    problem: str = ""

    def keys(self, key: str) -> tuple[Json, ...]:
        """Return the member *key* of each item, None for an item that does not have it."""
        return tuple(_member(item, key) for item in self.items)

    def identities(self, key: str) -> tuple[str, ...]:
        """Return a text for each item to compare pages by: its key, or the whole item if it has none."""
        return tuple(_identity(item, key) for item in self.items)


def _member(item: Json, key: str) -> Json:
    return item.get(key) if isinstance(item, dict) else None


def _identity(item: Json, key: str) -> str:
    member = _member(item, key)
    # repr keeps apart what == does not: 1, 1.0 and true
    return repr(item if member is None else member)


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
        """The JSON value that the checks of a walk select from: ``{items, pages, total, requests}``."""
        return {
            "items": [item for page in self.pages for item in page.items],
            "pages": [page.document for page in self.pages],
            "total": self.pages[0].total if self.pages else None,
            "requests": len(self.pages),
        }


def page_request(rendered: Mapping[str, Json], walk: Walk, number: int) -> dict[str, Json]:
    """Return the rendered request with the page number set."""
    return _with_value(rendered, walk.page, number)


def _with_value(node: Mapping[str, Json], address: Sequence[str], value: Json) -> dict[str, Json]:
    name, rest = address[0], address[1:]
    return {**node, name: _with_value(node[name], rest, value) if rest else value}


def start_of(rendered: Mapping[str, Json], walk: Walk) -> tuple[int, int]:
    """Return the number of the first page (1 if the request has none) and the page size.

    Raises:
        UnresolvedError: one of them is not a positive whole number.
    """
    written = _value_at(rendered, walk.page)
    first = 1 if written is None else written
    size = _value_at(rendered, walk.size)
    for name, value in ((walk.page, first), (walk.size, size)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            problem = tr("翻页要求 {name} 是正整数，现在是 {value}", name=".".join(name), value=value)
            raise UnresolvedError(Problem("walk-number", problem, tr("在 request 里写它"), walk.span))
    return first, size


def _value_at(node: Json, address: Sequence[str]) -> Json:
    for name in address:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def read_page(walk: Walk, number: int, exchange: Exchange) -> Page:
    """Return a reply as page *number* of *walk*. A reply that is not a page is returned with its problem."""
    try:
        document = exchange.reply.json
    except NotJsonError as error:
        return Page(number, None, problem=str(error))
    items = _first_value(walk.items, document)
    more = _first_value(walk.more, document)
    total = _first_value(walk.total, document)
    if not isinstance(items, list):
        return Page(number, document, problem=tr("{path} 不是列表", path=walk.items.text))
    if not isinstance(more, bool):
        return Page(number, document, problem=tr("{path} 不是 true 或 false", path=walk.more.text))
    return Page(number, document, tuple(items), more, _whole_number(total))


def _first_value(path: Path, document: Json) -> Json:
    found = path.select(document)
    return found[0].value if found else None


def _whole_number(value: Json) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    # isdigit alone also accepts superscripts and the digits of other scripts. Nineteen digits are an id.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return None


def ending_of(walk: Walk, pages: Sequence[Page], size: int) -> Ending:
    """Return why the walk ends after *pages*, or an empty text if it goes on.

    A service that always says that more pages follow is sent one request more than its first total needs.
    That page is the evidence.
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
    if total is not None and len(pages) > _pages_needed(total, size):
        return "endless"
    return "max_pages" if len(pages) >= walk.max_pages else ""


def _pages_needed(total: int, size: int) -> int:
    return -(-total // size)
