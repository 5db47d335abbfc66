"""Finds the places of a document by class, and returns documents with edits.

Places that differ only by index are one class, for example ``$.data.result[*].id``. An edited document shares
all values that were not edited with the original, which never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from framework.base.jsonpath import Json, Location, format_location

Place = tuple[int | str | None, ...]
"""A class of places, with None for any index; or one place."""
MOST_NODES = 200_000
"""Only so many values of a document are examined. The rows behind them are like those before."""


class Removed:
    """Type of ``REMOVED``, the value of a member that an edit removes."""


REMOVED = Removed()
Edit = Mapping[int | str, Json | Removed]
"""New values for members of a container: for the value at hand, and in a swap for its sibling."""


@dataclass(frozen=True, slots=True)
class Site:
    """A value with its container and its key there. Both are None for a whole document."""

    value: Json
    key: int | str | None = None
    holder: Json = None


def place_classes(document: Json) -> dict[Place, list[Location]]:
    """Return the places of the document by class, in document order."""
    found: dict[Place, list[Location]] = defaultdict(list)
    waiting: list[tuple[Place, Location, Json]] = [((), (), document)]
    seen = 0
    # The stack gets the members in reverse, so that they are visited in document order.
    while waiting and seen < MOST_NODES:
        place, location, value = waiting.pop()
        found[place].append(location)
        seen += 1
        if isinstance(value, dict):
            waiting += [((*place, key), (*location, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*place, None), (*location, at), value[at]) for at in reversed(range(len(value)))]
    return found


def site_at(document: Json, location: Location) -> Site:
    """Return the value at *location* with its container."""
    if not location:
        return Site(document)
    holder = document
    for part in location[:-1]:
        holder = holder[part]
    return Site(holder[location[-1]], location[-1], holder)


def with_edits(document: Json, edits: Iterable[tuple[Location, Edit]]) -> Json:
    """Return the document with *edits*, each at the location of a value.

    An edit of the whole document has the key ``""``.
    """
    copies: dict[Location, Json] = {}
    for location, edit in edits:
        if not location:
            return edit[""]
        holder = _copied_container(document, location[:-1], copies)
        for key, value in edit.items():
            if isinstance(value, Removed):
                del holder[key]
            else:
                holder[key] = value
    return copies.get((), document)


def _copied_container(document: Json, location: Location, copies: dict[Location, Json]) -> Json:
    """Return a copy of the container at *location*. It and the containers above it are copied once."""
    if location not in copies:
        if not location:
            copies[()] = document.copy()
        else:
            above = _copied_container(document, location[:-1], copies)
            copies[location] = above[location[-1]] = above[location[-1]].copy()
    return copies[location]


def changed_places(place: Sequence[int | str | None], edit: Edit) -> list[Place]:
    """Return the places that an edit at *place* changes."""
    if len(edit) == 1:
        return [tuple(place)]
    return [(*place[:-1], key) if place else () for key in edit]


def path_text(place: Place) -> str:
    """Return a class of places as a path, for example ``$.data.result[*].id``."""
    parts = ("[*]" if part is None else format_location((part,), "") for part in place)
    return "$" + "".join(parts)
