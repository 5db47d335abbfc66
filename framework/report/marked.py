"""Prints a reply with its failing places marked and everything else abbreviated.

A page of ten records can have a quarter of a megabyte. A reader needs only the rows that are wrong and their
context.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from framework.base.cutting import cut
from framework.base.jsonpath import Json, format_location
from framework.base.messages import tr
from framework.base.source import visible
from framework.checks.result import Finding

MAX_LINES = 400
MAX_TEXT = 200
_MARK = "  ◀ "


class _Marks(NamedTuple):
    """The texts for each failing path, and all paths that contain one of these."""

    texts: Mapping[str, list[str]]
    opened: set[str]


def marked_reply(document: Json, findings: Iterable[Finding]) -> str:
    """Return *document* as indented JSON with the expected value beside each failing place."""
    marks: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        parts = (finding.what, tr("期望 {expected}", expected=finding.expected))
        marks[finding.path].append(visible(" ".join(part for part in parts if part)))
    opened = {prefix for path in marks for prefix in _prefixes(path)}
    lines = list(_lines(document, (), "", "", _Marks(marks, opened)))
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], tr("… 另有 {n} 行", n=len(lines) - MAX_LINES)]
    return "\n".join(lines)


def _prefixes(path: str) -> Iterator[str]:
    """Yield *path* and the paths of everything that contains its place."""
    yield path
    for index, char in enumerate(path):
        if char in ".[":
            yield path[:index]


def _lines(
    value: Json,
    location: tuple[int | str, ...],
    indent: str,
    key: str,
    marks: _Marks,
) -> Iterator[str]:
    place = format_location(location)
    mark = _MARK + tr("；").join(marks.texts[place]) if place in marks.texts else ""
    has_marks_inside = place in marks.opened and any(
        child in marks.opened for child in _children(value, location)
    )
    if not has_marks_inside:
        yield f"{indent}{key}{_abbreviated(value)}{mark}"
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield f"{indent}{key}{opening}{mark}"
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        label = f"{json.dumps(name, ensure_ascii=False)}: " if isinstance(name, str) else f"[{name}] "
        yield from _lines(item, (*location, name), indent + "  ", label, marks)
    yield f"{indent}{closing}"


def _children(value: Json, location: tuple[int | str, ...]) -> Iterator[str]:
    names: Iterable[int | str] = ()
    if isinstance(value, dict):
        names = value
    elif isinstance(value, list):
        names = range(len(value))
    return (format_location((*location, name)) for name in names)


def _abbreviated(value: Json) -> str:
    if isinstance(value, dict):
        key = f" id={value['id']}" if isinstance(value.get("id"), str) else ""
        return visible(tr("{{… {n} 个成员{key}}}", n=len(value), key=key))
    if isinstance(value, list):
        return tr("[… {n} 项]", n=len(value))
    text = json.dumps(value, ensure_ascii=False)
    return visible(cut(text, MAX_TEXT, f"…({len(text)})"))
