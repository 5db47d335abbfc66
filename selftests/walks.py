"""A walk over a list and pages as a service returns them, for the tests of walks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from framework.base.jsonpath import compile_path
from framework.base.source import Source, Span
from framework.cases.case import ReplyPlace, Walk
from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.http.paginate import Page, Walked, Walker, read_page

HERE = Span(Source("walk.yaml", "walk: list"), 1, 1, 1, 11)


def make_walk(**fields: Any) -> Walk:
    """Return a walk whose request and replies look like those of the policy list.

    A path is given as text, None for one that the walk does not have.
    """
    written = {"more": "$.data.hasNext", "items": "$.data.result", "echoed": None}
    total = fields.pop("total", "$.data.total")
    paths = {name: fields.pop(name, path) for name, path in written.items()}
    paths = {name: compile_path(path) if path else None for name, path in paths.items()}
    defaults = {
        "name": "list",
        "style": "page",
        "position": ("json", "pageNum"),
        "size": ("json", "pageSize"),
        "key": "id",
        "max_pages": 9,
        "total": body_place(total) if total else None,
        "span": HERE,
    }
    return Walk(**{**defaults, **paths, **fields})


def exchange_of(document: Any = None, body: bytes | None = None) -> Exchange:
    """Return the exchange whose reply is *document*, or *body*."""
    sent = json.dumps(document).encode() if body is None else body
    return Exchange(Request("POST", "http://x/list"), Reply("http://x/list", 200, (), sent), 0.0)


def body_place(path: str) -> ReplyPlace:
    """Return the place in a reply's body at which a walk finds the next page."""
    return ReplyPlace(path, compile_path(path))


def page_document(ids: Sequence[Any], *, total: Any, more: Any) -> dict[str, Any]:
    """Return a reply with a record for each id."""
    records = [{"id": identifier} for identifier in ids]
    return {"data": {"result": records, "total": total, "hasNext": more}}


def pages_of(walk: Walk, *documents: Any, first: int = 1) -> tuple[Page, ...]:
    """Return the pages that *documents* are read as."""
    numbered = enumerate(documents, first)
    return tuple(read_page(walk, number, exchange_of(document)) for number, document in numbered)


def walk_through(*documents: Any, asked: int = 2, first: int = 1, **fields: Any) -> Walked:
    """Return the walk over *documents* as the run does it: it stops at the first page that ends it."""
    walker = Walker(make_walk(**fields), {"json": {"pageNum": first, "pageSize": asked}})
    for document in documents:
        assert not walker.ending, f"the walk ends before its last document: {walker.ending}"
        walker.add(exchange_of(document))
    return walker.walked
