"""Combines the pages of a walk, or the replies of a ``repeat``, into the document that checks see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framework.audit.places import Place
from framework.base.jsonpath import Json, Path
from framework.cases.case import Walk
from framework.http.exchange import Exchange, NotJsonError

_WHOLE_WALK: tuple[Place, ...] = (("items",), ("pages",), ("total",), ("requests",))


def repeat_document(exchanges: Sequence[Exchange]) -> Json:
    """Return the document that the checks of a ``repeat`` see."""
    return {
        "replies": [_json(exchange) for exchange in exchanges],
        "statuses": [exchange.reply.status for exchange in exchanges],
        "elapsed_ms": [exchange.reply.elapsed_ms for exchange in exchanges],
    }


def _json(exchange: Exchange) -> Json:
    try:
        return exchange.reply.json
    except NotJsonError:
        return None


def combined_places(walk: Walk | None, place: Place) -> Iterator[Place]:
    """Yield the places in the combined document that depend on a place of one reply."""
    if walk is None:
        yield from (("replies", None, *place), ("statuses",), ("elapsed_ms",))
        return
    items = as_place(walk.items)
    if items is None:
        yield from _WHOLE_WALK
        return
    depth = len(items) + 1
    is_in_item = place[: len(items)] == items and len(place) > depth
    if is_in_item and place[depth] != walk.key:
        yield ("items", None, *place[depth:])
        yield ("pages", None, *place)
    elif _is_not_read_by(walk, items, place):
        yield ("pages", None, *place)
    else:
        yield from _WHOLE_WALK


def _is_not_read_by(walk: Walk, items: Place, place: Place) -> bool:
    """Return whether the place is neither above nor below a path that the walk reads."""
    places = (walk.total, walk.following)
    paths = (walk.more, walk.echoed, *(place.path for place in places if place))
    read = (items, *(as_place(path) for path in paths if path is not None))
    return all(path is not None and place[: len(path)] != path[: len(place)] for path in read)


def as_place(path: Path) -> Place | None:
    """Return a path as a place; None if it has anything but names."""
    names = [next(iter(names)) for names in path.shape if names is not None and len(names) == 1]
    return tuple(names) if len(names) == len(path.query.segments) else None
