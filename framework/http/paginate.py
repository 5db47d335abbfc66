"""Walks over a paged list: the next request, a reply read as a page, and when a walk ends.

Nothing is sent here: the run sends the requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urljoin

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Path
from framework.base.messages import tr
from framework.cases.case import ReplyPlace, Walk
from framework.http.exchange import Exchange, NotJsonError

Ending = Literal["", "complete", "unreadable", "repeated", "empty", "endless", "looping", "lost", "max_pages"]
"""Why a walk ended, or an empty text while it goes on.

A walk is complete when a page says that it is the last. Every other ending is a fault of the service.
"""

LARGEST_PAGE = "largest_page"
"""The variable by which an environment declares the most records that its service puts on a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read.

    Attributes:
        number: its place among the pages of the list, from 1.
        more: whether it says that more pages follow.
        total: None if it is not a number, or not declared.
        problem: why the reply is not a page; ``items`` is empty then.
        following: the cursor or the address of the next page; None on the last one.
        echoed: the page size that the service says it used.
        before: how many records the list has before this page; None if the style cannot say.
    """

    number: int
    document: Json
    items: tuple[Json, ...] = ()
    more: bool = False
    total: int | None = None
    problem: str = ""
    following: str | int | None = field(default=None, compare=False)
    echoed: int | None = field(default=None, compare=False)
    before: int | None = field(default=None, compare=False)

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
    # repr distinguishes values that == does not: 1, 1.0 and true
    return repr(item if member is None else member)


@dataclass(frozen=True, slots=True)
class Walked:
    """A walk that has ended. ``size`` is the page size that was asked for, or its declared cap; 0 if none.

    ``first`` is the number of the first page that was asked for.
    """

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


class Walker:
    """Goes through a list page by page: ask for ``next_request``, ``add`` its reply, until ``ending`` is set.

    *rendered* is the request of the first page, *cap* the most records that the service puts on a page, if
    the environment declares it.

    Raises:
        UnresolvedError: the request's page number, offset or size is not a whole number.
    """

    def __init__(self, walk: Walk, rendered: Mapping[str, Json], cap: Json = None) -> None:
        self.walk = walk
        self.rendered = rendered
        self.start, asked = start_of(rendered, walk)
        self.size = min(asked, cap) if isinstance(cap, int) and cap > 0 and asked else asked
        self.pages: list[Page] = []
        self.ending: Ending = ""
        self._count = 0
        self._seen: set[tuple[str, ...]] = set()
        self._followed: set[str] = set()

    @property
    def number(self) -> int:
        """The number of the page that comes next, among the pages of the list."""
        first = self.start - self.walk.first + 1 if self.walk.style == "page" else 1
        return first + len(self.pages)

    def next_request(self) -> dict[str, Json]:
        """Return the rendered request of the next page."""
        walk, rendered = self.walk, self.rendered
        if walk.style == "page":
            return with_value(rendered, walk.position, self.start + len(self.pages))
        if walk.style == "offset":
            return with_value(rendered, walk.position, self.start + self._skipped())
        if not self.pages:
            return dict(rendered)
        following = self.pages[-1].following
        if walk.style == "cursor":
            return with_value(rendered, walk.position, following)
        # The address has its own query.
        return {**{name: value for name, value in rendered.items() if name != "params"}, "url": following}

    def _skipped(self) -> int:
        return len(self.pages) * self.size if self.size else self._count

    def add(self, exchange: Exchange) -> Page:
        """Read the reply of the last request as a page, and set ``ending`` if the walk does not go on."""
        page = replace(read_page(self.walk, self.number, exchange), before=self._before())
        self._count += len(page.items)
        if not page.problem and self.walk.more is None and self.walk.following is None:
            page = replace(page, more=self._derived_more(page))
        self.pages.append(page)
        self.ending = self._ending_after(page)
        return page

    def _before(self) -> int | None:
        if self.walk.style == "page":
            return (self.number - 1) * self.size
        return self.start - self.walk.first + self._skipped() if self.walk.style == "offset" else None

    def _derived_more(self, page: Page) -> bool:
        """Return whether more pages must follow, if no flag says it."""
        if page.total is not None:
            before = page.before or 0
            return before + (self.size or len(page.items)) < page.total
        return len(page.items) >= self.size if self.size else bool(page.items)

    def _ending_after(self, page: Page) -> Ending:
        """Return why the walk ends after *page*, or an empty text if it goes on.

        A service that always says that more pages follow is sent one request more than its first total
        needs. That page is the evidence.
        """
        if page.problem:
            return "unreadable"
        if not page.more:
            return "complete"
        if self.walk.following is not None and page.following is None:
            return "lost"
        if not page.items and self.walk.following is None:
            return "empty"
        if self._is_repeated(page):
            return "repeated"
        if self._is_looping(page):
            return "looping"
        if self._is_past_total():
            return "endless"
        return "max_pages" if len(self.pages) >= self.walk.max_pages else ""

    def _is_repeated(self, page: Page) -> bool:
        identities = page.identities(self.walk.key)
        if not identities:
            return False  # a cursor may lead through empty pages
        is_repeated = identities in self._seen
        self._seen.add(identities)
        return is_repeated

    def _is_looping(self, page: Page) -> bool:
        if page.following is None:
            return False
        is_looping = repr(page.following) in self._followed
        self._followed.add(repr(page.following))
        return is_looping

    def _is_past_total(self) -> bool:
        total = self.pages[0].total
        if total is None:
            return False
        if self.size and self.walk.following is None:
            return len(self.pages) > -(-total // self.size)
        return self._count > total

    @property
    def walked(self) -> Walked:
        """The walk so far."""
        is_later = self.walk.style == "offset" and self.start != self.walk.first
        first = self.number - len(self.pages) + int(is_later)
        return Walked(self.walk, first, self.size, tuple(self.pages), self.ending)


def walk_over(walk: Walk, rendered: Mapping[str, Json], exchanges: Iterable[Exchange], cap: Json) -> Walked:
    """Return the walk over these replies. It ends as a real walk would, or at the last reply."""
    walker = Walker(walk, rendered, cap)
    for exchange in exchanges:
        walker.add(exchange)
        if walker.ending:
            break
    return walker.walked


def with_value(node: Mapping[str, Json], address: Sequence[str], value: Json) -> dict[str, Json]:
    """Return *node* with *value* at the address; a mapping on the way that is missing is made."""
    name, rest = address[0], address[1:]
    below = node.get(name)
    return {
        **node,
        name: with_value(below if isinstance(below, Mapping) else {}, rest, value) if rest else value,
    }


def start_of(rendered: Mapping[str, Json], walk: Walk) -> tuple[int, int]:
    """Return the number or offset of the first page (the walk's own if the request has none) and the size.

    The size is 0 if the walk has none.

    Raises:
        UnresolvedError: one of them is not a whole number that fits.
    """
    start, size = walk.first, 0
    if walk.style in ("page", "offset"):
        written = _value_at(rendered, walk.position)
        start = walk.first if written is None else _whole(written, walk.position, walk.first, walk)
    if walk.size:
        size = _whole(_value_at(rendered, walk.size), walk.size, 1, walk)
    return start, size


def _whole(value: Json, name: Sequence[str], least: int, walk: Walk) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    kind = tr("正整数") if least else tr("不小于 0 的整数")
    wanted = {"name": ".".join(name), "kind": kind}
    if value is None:
        problem = tr("翻页要求 {name} 是{kind}，请求里没有它", **wanted)
    else:
        problem = tr(
            "翻页要求 {name} 是{kind}，现在是 {value}", **wanted, value=json.dumps(value, ensure_ascii=False)
        )
    raise UnresolvedError(Problem("walk-number", problem, tr("在 request 里写它"), walk.span))


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
    if not isinstance(items, list):
        return Page(
            number, document, problem=_unfit(walk.items, document, tr("{path} 不是列表", path="{path}"))
        )
    flag = _first_value(walk.more, document) if walk.more else None
    if walk.more is not None and not isinstance(flag, bool):
        return Page(
            number,
            document,
            problem=_unfit(walk.more, document, tr("{path} 不是 true 或 false", path="{path}")),
        )
    following, problem = (
        _following(walk.following, exchange, document, walk) if walk.following else (None, "")
    )
    if problem:
        return Page(number, document, problem=problem)
    more = flag is not walk.inverted if isinstance(flag, bool) else following is not None
    total = whole_number(_value_of(walk.total, exchange, document, walk)) if walk.total else None
    echoed = whole_number(_first_value(walk.echoed, document)) if walk.echoed else None
    return Page(number, document, tuple(items), more, total, following=following, echoed=echoed)


def _unfit(path: Path, document: Json, text: str) -> str:
    """Describe the mistake in the value at *path*; if there is none, the service or the walk may be wrong."""
    return text.format(path=path.text) if path.select(document) else missing_path(path)


def missing_path(path: Path) -> str:
    """Return both readings of a reply that lacks a value the walk reads."""
    return tr("答复里没有 {path}：服务少了它，或者 walks 里的路径写错了", path=path.text)


def _following(
    place: ReplyPlace, exchange: Exchange, document: Json, walk: Walk
) -> tuple[str | int | None, str]:
    """Return the cursor or the address of the next page, None on the last page; and its problem, if any."""
    value = _value_of(place, exchange, document, walk)
    if value is None or value == "":
        return None, ""
    if walk.style == "cursor":
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return value, ""
        return None, tr("{path} 不是游标（文本或整数）", path=place.text)
    address = urljoin(exchange.reply.url, value) if isinstance(value, str) else ""
    if not address.startswith(("http://", "https://")):
        return None, tr("{path} 不是下一页的地址", path=place.text)
    return address, ""


def _value_of(place: ReplyPlace, exchange: Exchange, document: Json, walk: Walk) -> Json:
    if place.path is not None:
        return _first_value(place.path, document)
    written = exchange.reply.header(place.header)
    if walk.style != "next" or place.header.lower() != "link":
        return written
    from framework.http.links import next_link  # noqa: PLC0415  # few lists are walked by it

    return next_link(written or "")


def _first_value(path: Path, document: Json) -> Json:
    found = path.select(document)
    return found[0].value if found else None


def whole_number(value: Json) -> int | None:
    """Return a count that is a number or ASCII digits; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    # isdigit alone also accepts superscripts and the digits of other scripts. Nineteen digits are an id.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return None
