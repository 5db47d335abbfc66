"""The places of a document by class, and documents with some places changed.

Places that differ only by index are one class: ``$.data.result[*].id``. A changed document shares everything
that was not changed with the original, which is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from framework.base.jsonpath import Json, Location, format_location

Place = tuple[int | str | None, ...]
"""A class of places, None for any index; or one place."""
MOST_NODES = 200_000
"""A document with more values than this is looked at as far as this: its later rows are as its earlier ones.
"""


class Removed:
    """The mark for a member that is taken away."""


REMOVED = Removed()
Edit = Mapping[int | str, Json | Removed]
"""What becomes of the members of a value's holder: the value itself, and for a swap its sibling."""


@dataclass(frozen=True, slots=True)
class Site:
    """A value where it stands; ``holder`` and ``key`` are None for a whole document."""

    value: Json
    key: int | str | None = None
    holder: Json = None


def classes(document: Json) -> dict[Place, list[Location]]:
    """Return the classes of places with their places, in document order of their first ones."""
    found: dict[Place, list[Location]] = defaultdict(list)
    waiting: list[tuple[Place, Location, Json]] = [((), (), document)]
    seen = 0
    while waiting and seen < MOST_NODES:
        place, location, value = waiting.pop()
        found[place].append(location)
        seen += 1
        if isinstance(value, dict):
            waiting += [((*place, key), (*location, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*place, None), (*location, at), value[at]) for at in reversed(range(len(value)))]
    return found


def site(document: Json, location: Location) -> Site:
    """Return the value at *location*, with what it stands in."""
    if not location:
        return Site(document)
    holder = document
    for part in location[:-1]:
        holder = holder[part]
    return Site(holder[location[-1]], location[-1], holder)


def rebuilt(document: Json, edits: Iterable[tuple[Location, Edit]]) -> Json:
    """Return the document with *edits* made, each at the place of a value; a whole document's edit is under
    the key ``""``.
    """
    copies: dict[Location, Json] = {}
    for location, edit in edits:
        if not location:
            return edit[""]
        holder = _copy(document, location[:-1], copies)
        for key, value in edit.items():
            if isinstance(value, Removed):
                del holder[key]
            else:
                holder[key] = value
    return copies.get((), document)


def _copy(document: Json, location: Location, copies: dict[Location, Json]) -> Json:
    """Return the copy of the container at *location*, made once, as are those above it."""
    if location not in copies:
        if not location:
            copies[()] = document.copy()
        else:
            above = _copy(document, location[:-1], copies)
            copies[location] = above[location[-1]] = above[location[-1]].copy()
    return copies[location]


def touched(place: Sequence[int | str | None], edit: Edit) -> list[Place]:
    """Return the places that *edit*, made at *place*, changes."""
    return [(*place[:-1], key) if place else () for key in edit] if len(edit) > 1 else [tuple(place)]


def written(place: Place) -> str:
    """Return a class of places as a path: ``$.data.result[*].id``."""
    return "$" + "".join("[*]" if part is None else format_location((part,), "") for part in place)
