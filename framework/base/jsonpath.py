"""RFC 9535 JSONPath: text to a compiled path, a path and a document to values with their places.

The only module that imports a JSONPath library. A place is a tuple of member names and indexes from the root.
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
    """The text is not an RFC 9535 path; ``position`` is the 0-based offset of the first character that is wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Located:
    """One selected value and where it stands."""

    location: Location
    value: Json


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled path. ``singular``: it can select one value at most (no wildcard, slice, filter or ``..``)."""

    text: str
    singular: bool
    query: rfc9535.JSONPathQuery

    def select(self, document: Json) -> list[Located]:
        """Return the selected values in document order; empty where the path selects nothing.

        Raises:
            RecursionError: ``..`` met a document that is nested too deeply.
        """
        try:
            return [Located(node.location, node.value) for node in self.query.finditer(document)]
        except rfc9535.JSONPathRecursionError:
            raise RecursionError from None

    @property
    def shape(self) -> tuple[frozenset[str] | None, ...]:
        """What the path goes through: at each level the names it takes, None for any child. Where it filters or goes down
        every way (``?``, ``..``) the shape ends: it looks at everything below."""
        levels: list[frozenset[str] | None] = []
        for segment in self.query.segments:
            if isinstance(segment, rfc9535.segments.JSONPathRecursiveDescentSegment) or any(
                isinstance(one, rfc9535.selectors.FilterSelector) for one in segment.selectors
            ):
                break
            names = [one.name for one in segment.selectors if isinstance(one, rfc9535.selectors.NameSelector)]
            levels.append(frozenset(names) if len(names) == len(segment.selectors) else None)
        return tuple(levels)

    @property
    def parent(self) -> Path | None:
        """The path without its last segment: of what the selected values stand in; None for the root."""
        segments = self.query.segments
        return _cut(self.query, len(segments) - 1) if segments else None

    @property
    def steps(self) -> tuple[int | str | None, ...] | None:
        """Member names and indexes from the root, None for every item; None as a whole where the path is not that plain."""
        steps = [_plain_step(segment) for segment in self.query.segments]
        return (
            None
            if any(isinstance(step, Unplain) for step in steps)
            else tuple(step for step in steps if not isinstance(step, Unplain))
        )

    @property
    def trunk(self) -> Path:
        """The longest singular path that this one begins with: of ``$.data.result[*].id``, ``$.data.result``."""
        segments = self.query.segments
        return _cut(
            self.query,
            next((at for at in range(len(segments)) if not _cut(self.query, at + 1).singular), len(segments)),
        )


class Unplain:
    """A step that is neither a name, nor an index, nor a wildcard."""


def _plain_step(segment: rfc9535.segments.JSONPathSegment) -> int | str | Unplain | None:
    if not isinstance(segment, rfc9535.segments.JSONPathChildSegment) or len(segment.selectors) != 1:
        return Unplain()
    selector = segment.selectors[0]
    if isinstance(selector, rfc9535.selectors.NameSelector):
        return str(selector.name)
    if isinstance(selector, rfc9535.selectors.IndexSelector):
        return int(selector.index)
    return None if isinstance(selector, rfc9535.selectors.WildcardSelector) else Unplain()


def _cut(query: rfc9535.JSONPathQuery, length: int) -> Path:
    shorter = rfc9535.JSONPathQuery(env=query.env, segments=query.segments[:length])
    return Path(str(shorter), shorter.singular_query(), shorter)


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Compile *text*.

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
    return Path(text, query.singular_query(), query)


def format_location(location: Iterable[int | str], root: str = "$") -> str:
    """Return a place as people write it: ``$.data.result[3].id``; names that need it are quoted."""
    return root + "".join(_step(part) for part in location)


def _step(part: int | str) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if part.isidentifier() else f"[{json.dumps(part, ensure_ascii=False)}]"
