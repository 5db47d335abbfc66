"""Several replies looked at together: the pages of a walk, the replies of a repetition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from framework.audit.places import Place
from framework.base.jsonpath import Json, Path
from framework.cases.case import Walk
from framework.http.exchange import Exchange, NotJsonError
from framework.http.paginate import Page, Walked, ending_of, read_page, start_of

_WHOLE: tuple[Place, ...] = (("items",), ("pages",), ("total",), ("requests",))


def walked_again(walk: Walk, request: Mapping[str, Json], exchanges: Sequence[Exchange]) -> Walked:
    """Return the walk over these replies; it ends where it would have ended, at the latest where the
    recording does.
    """
    first, size = start_of(request, walk)
    pages: list[Page] = []
    for number, exchange in enumerate(exchanges, first):
        pages.append(read_page(walk, number, exchange))
        if ending_of(walk, pages, size):
            break
    return Walked(walk, first, size, tuple(pages), ending_of(walk, pages, size))


def repeated(exchanges: Sequence[Exchange]) -> Json:
    """Return what the checks of ``repeat`` look at."""
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


def together_places(walk: Walk | None, place: Place) -> Iterator[Place]:
    """Yield where a place of one reply stands in what the checks of all look at."""
    if walk is None:
        yield from (("replies", None, *place), ("statuses",), ("elapsed_ms",))
        return
    items = plain(walk.items)
    if (
        items is not None
        and place[: len(items)] == items
        and len(place) > len(items) + 1
        and place[len(items) + 1] != walk.key
    ):
        yield ("items", None, *place[len(items) + 1 :])
        yield ("pages", None, *place)
    elif items is not None and _meets_nothing(place, walk, items):
        yield ("pages", None, *place)
    else:
        yield from _WHOLE


def _meets_nothing(place: Place, walk: Walk, items: Place) -> bool:
    """Whether a walk does not look at the place: it is neither above nor below what it reads."""
    read = (items, plain(walk.more), plain(walk.total))
    return all(path is not None and place[: len(path)] != path[: len(place)] for path in read)


def plain(path: Path) -> Place | None:
    """Return a path of names as a place; None where it has anything else."""
    names = [next(iter(names)) for names in path.shape if names is not None and len(names) == 1]
    return tuple(names) if len(names) == len(path.query.segments) else None
