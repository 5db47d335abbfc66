"""A record as a baseline keeps it: without members that may change, and one paragraph of a text a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from framework.base.jsonpath import Json

_PARAGRAPH_END: Final = re.compile(r"(?:</(?:p|div|li|h[1-6]|tr|table|ul|ol)>|<br\s*/?>|\n)+", re.IGNORECASE)
_LINES: Final = "lines"
_PLAIN: Final = "plain"


@dataclass(frozen=True, slots=True)
class RecordForm:
    """The argument of ``same_as_accepted``. ``text`` and ``ignore`` are members, also of inner objects.

    ``key`` identifies a record; ``label`` is the member that people call it by.
    """

    key: str
    text: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    label: str = ""

    def kept(self, record: Mapping[str, Json]) -> Json:
        """Return the part of *record* that is compared."""
        value: Json = dict(record)
        for path in self.ignore:
            value = without_member(value, path.split("."))
        return value

    def written(self, record: Json) -> Json:
        """Return a kept record as a file has it: a text as the list of its paragraphs."""
        for path in self.text:
            record = changed_member(record, path.split("."), _as_lines)
        return record

    def read(self, written: Json) -> Json:
        """Return the kept record from the content of a file."""
        for path in self.text:
            written = changed_member(written, path.split("."), _as_text)
        return written

    def name_of(self, record: Json) -> str:
        """Return the name of the record for people; empty if it has no such name."""
        name = record.get(self.label) if isinstance(record, dict) else None
        return name if isinstance(name, str) else ""


def paragraph_lines(text: str) -> list[str]:
    """Split *text* after each paragraph, so that the pieces joined are the text."""
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text)]
    edges = [0, *ends, len(text)]
    pieces = (text[start:end] for start, end in pairwise(edges))
    return [piece for piece in pieces if piece]


def _as_lines(value: Json) -> Json:
    return {_LINES: paragraph_lines(value)} if isinstance(value, str) else {_PLAIN: value}


def _as_text(value: Json) -> Json:
    if isinstance(value, dict) and isinstance(value.get(_LINES), list):
        return "".join(map(str, value[_LINES]))
    return value.get(_PLAIN) if isinstance(value, dict) else value


def without_member(value: Json, path: Sequence[str]) -> Json:
    """Return a copy of *value* without a member; lists on the way are walked through."""
    if isinstance(value, list):
        return [without_member(item, path) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    if len(path) == 1:
        return {key: item for key, item in value.items() if key != path[0]}
    return {**value, path[0]: without_member(value[path[0]], path[1:])}


def changed_member(value: Json, path: Sequence[str], change: Callable[[Json], Json]) -> Json:
    """Return a copy of *value* with *change* applied to a member; lists on the way are walked through."""
    if isinstance(value, list):
        return [changed_member(item, path, change) for item in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    inner = value[path[0]]
    return {**value, path[0]: change(inner) if len(path) == 1 else changed_member(inner, path[1:], change)}


def member_names(value: Json, before: str = "") -> Iterator[str]:
    """Yield the name of every member, inner ones as ``files.fileKey``; a name may come more than once."""
    if isinstance(value, list):
        for item in value:
            yield from member_names(item, before)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield before + key
            yield from member_names(item, f"{before}{key}.")
