"""A reply told around its failing places: those in full and marked, everything else in a line.

A page of ten policies is a quarter of a megabyte; what a reader needs of it is the rows that are wrong, in
their surroundings.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from framework.base.jsonpath import Json, format_location
from framework.base.messages import tr
from framework.base.source import visible
from framework.checks.result import Finding

MAX_LINES = 400
MAX_TEXT = 200
_MARK = "  ◀ "


def marked(document: Json, findings: Iterable[Finding]) -> str:
    """Return *document* as indented JSON in which every failing place carries what was expected."""
    marks: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        marks[finding.path].append(
            visible(" ".join(filter(None, (finding.what, tr("期望 {expected}", expected=finding.expected)))))
        )
    around = {prefix for path in marks for prefix in _prefixes(path)}
    lines = list(_lines(document, (), "", "", marks, around))
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], tr("… 另有 {n} 行", n=len(lines) - MAX_LINES)]
    return "\n".join(lines)


def _prefixes(path: str) -> Iterator[str]:
    """Yield every place on the way to *path*, as places are written."""
    yield path
    for index, char in enumerate(path):
        if char in ".[":
            yield path[:index]


def _lines(
    value: Json,
    location: tuple[int | str, ...],
    indent: str,
    key: str,
    marks: Mapping[str, list[str]],
    around: set[str],
) -> Iterator[str]:
    place = format_location(location)
    mark = _MARK + tr(";").join(marks[place]) if place in marks else ""
    inside = any(other in around for other in _children(value, location)) if place in around else False
    if not inside:
        yield f"{indent}{key}{_brief(value)}{mark}"
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    yield f"{indent}{key}{opening}{mark}"
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        label = f"{json.dumps(name, ensure_ascii=False)}: " if isinstance(name, str) else f"[{name}] "
        yield from _lines(item, (*location, name), indent + "  ", label, marks, around)
    yield f"{indent}{closing}"


def _children(value: Json, location: tuple[int | str, ...]) -> Iterator[str]:
    names: Iterable[int | str] = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return (format_location((*location, name)) for name in names)


def _brief(value: Json) -> str:
    if isinstance(value, dict):
        key = f" id={value['id']}" if isinstance(value.get("id"), str) else ""
        return visible(tr("{{… {n} 个成员{key}}}", n=len(value), key=key))
    if isinstance(value, list):
        return tr("[… {n} 项]", n=len(value))
    text = json.dumps(value, ensure_ascii=False)
    return visible(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…({len(text)})")
