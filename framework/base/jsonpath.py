"""RFC 9535 JSONPath: compiles a path, and selects the values of a document together with their locations.

The only module that imports a JSONPath library. A location is a tuple of member names and indexes from the
root.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonpath_rfc9535 as rfc9535

from framework.base.messages import tr

MAX_LENGTH = 2000
Json = Any
Location = tuple[int | str, ...]


class PathSyntaxError(ValueError):
    """The text is not an RFC 9535 path. ``position`` is the 0-based offset of the first wrong character."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Located:
    """One selected value and its location in the document."""

    location: Location
    value: Json


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path.

    Attributes:
        singular: it selects at most one value (no wildcard, slice, filter or ``..``).
        steps: member names and indexes from the root, None for ``[*]``; None as a whole if the path has any
            other selector.
    """

    text: str
    singular: bool
    query: rfc9535.JSONPathQuery
    steps: tuple[int | str | None, ...] | None

    def select(self, document: Json) -> list[Located]:
        """Return the selected values in document order; empty if the path selects nothing.

        Raises:
            RecursionError: the path has ``..`` and the document is nested too deeply.
        """
        if self.steps is not None:
            return _walked(document, self.steps)
        try:
            return [Located(node.location, node.value) for node in self.query.finditer(document)]
        except rfc9535.JSONPathRecursionError:
            raise RecursionError from None

    @property
    def shape(self) -> tuple[frozenset[str] | None, ...]:
        """The member names that the path selects at each level; None for a level at which any child fits.

        The shape ends at the first filter or ``..``, since from there on the path reads everything below.
        """
        levels: list[frozenset[str] | None] = []
        for segment in self.query.segments:
            if _reads_everything_below(segment):
                break
            names = [
                selector.name
                for selector in segment.selectors
                if isinstance(selector, rfc9535.selectors.NameSelector)
            ]
            only_names = len(names) == len(segment.selectors)
            levels.append(frozenset(names) if only_names else None)
        return tuple(levels)

    @property
    def parent(self) -> Path | None:
        """The path without its last segment, which selects the containers of the values; None for ``$``."""
        segments = self.query.segments
        return _shortened(self.query, len(segments) - 1) if segments else None

    @property
    def container_types(self) -> tuple[type, ...]:
        """The Python types of the values that the last segment can select from."""
        if not self.query.segments:
            return ()
        last = self.query.segments[-1]
        if isinstance(last, rfc9535.segments.JSONPathRecursiveDescentSegment):
            return (dict, list)
        types: set[type] = set()
        for selector in last.selectors:
            if not isinstance(selector, (rfc9535.selectors.IndexSelector, rfc9535.selectors.SliceSelector)):
                types.add(dict)
            if not isinstance(selector, rfc9535.selectors.NameSelector):
                types.add(list)
        return tuple(types)

    @property
    def trunk(self) -> Path:
        """The longest singular path at the start: ``$.data.result`` of ``$.data.result[*].id``."""
        length = 0
        while length < len(self.query.segments) and _shortened(self.query, length + 1).singular:
            length += 1
        return _shortened(self.query, length)


class _OtherSelector:
    """A segment that is not a single name, index or wildcard."""


def _reads_everything_below(segment: rfc9535.segments.JSONPathSegment) -> bool:
    if isinstance(segment, rfc9535.segments.JSONPathRecursiveDescentSegment):
        return True
    return any(isinstance(selector, rfc9535.selectors.FilterSelector) for selector in segment.selectors)


def _walked(document: Json, steps: Iterable[int | str | None]) -> list[Located]:
    """Select by names, indexes and ``[*]``, as almost every path does: faster than the library."""
    found: list[tuple[Location, Json]] = [((), document)]
    for step in steps:
        found = [child for location, value in found for child in _children(location, value, step)]
    return [Located(location, value) for location, value in found]


def _children(location: Location, value: Json, step: int | str | None) -> Iterable[tuple[Location, Json]]:
    if isinstance(value, dict):
        if step is None:
            return [((*location, name), member) for name, member in value.items()]
        return (((*location, step), value[step]),) if isinstance(step, str) and step in value else ()
    if isinstance(value, list):
        if step is None:
            return [((*location, index), item) for index, item in enumerate(value)]
        if isinstance(step, int) and -len(value) <= step < len(value):
            return (((*location, step % len(value)), value[step]),)
    return ()


def steps_of(query: rfc9535.JSONPathQuery) -> tuple[int | str | None, ...] | None:
    """Return the names and indexes of *query*, None for ``[*]``; None if it has any other selector."""
    steps: list[int | str | None] = []
    for segment in query.segments:
        step = _simple_step(segment)
        if isinstance(step, _OtherSelector):
            return None
        steps.append(step)
    return tuple(steps)


def _simple_step(segment: rfc9535.segments.JSONPathSegment) -> int | str | _OtherSelector | None:
    if not isinstance(segment, rfc9535.segments.JSONPathChildSegment) or len(segment.selectors) != 1:
        return _OtherSelector()
    selector = segment.selectors[0]
    if isinstance(selector, rfc9535.selectors.NameSelector):
        return str(selector.name)
    if isinstance(selector, rfc9535.selectors.IndexSelector):
        return int(selector.index)
    return None if isinstance(selector, rfc9535.selectors.WildcardSelector) else _OtherSelector()


def _shortened(query: rfc9535.JSONPathQuery, length: int) -> Path:
    shorter = rfc9535.JSONPathQuery(env=query.env, segments=query.segments[:length])
    return _path(str(shorter), shorter)


def _path(text: str, query: rfc9535.JSONPathQuery) -> Path:
    return Path(text, query.singular_query(), query, steps_of(query))


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Compile *text*. Compiled paths are cached, since every row of a suite uses the same few.

    Raises:
        PathSyntaxError: *text* is not an RFC 9535 path.
    """
    if len(text) > MAX_LENGTH:
        raise PathSyntaxError(tr("路径超过 {limit} 个字符", limit=MAX_LENGTH), 0)
    try:
        query = rfc9535.compile(text)
    except rfc9535.JSONPathError as error:
        position = error.token.index if error.token else 0
        raise PathSyntaxError(str(error.args[0] if error.args else error), position) from None
    except RecursionError:
        raise PathSyntaxError("nested too deeply", 0) from None
    return _path(text, query)


def format_location(location: Iterable[int | str], root: str = "$") -> str:
    """Return *location* as a path, such as ``$.data.result[3].id``; unusual names are quoted."""
    return root + "".join(map(_format_step, location))


def _format_step(part: int | str) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if part.isidentifier() else f"[{json.dumps(part, ensure_ascii=False)}]"
