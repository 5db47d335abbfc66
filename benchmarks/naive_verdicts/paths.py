"""A small JSONPath after RFC 9535: names, indices, slices, wildcards and filters with one comparison."""

from __future__ import annotations

import json
import operator
import re
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"""\.?(?P<star>\*)
      | \.?(?P<name>[^\W\d]\w*)
      | \['(?P<quoted>[^']*)'\]
      | \[(?P<index>-?\d+)\]
      | \[(?P<start>-?\d*):(?P<stop>-?\d*)\]
      | \[(?P<any>\*)\]
      | \[\?(?P<filter>@[^\]]*)\]
    """,
    re.VERBOSE,
)
FILTER = re.compile(r"@(?:\.(\w+))?(?:\s*(==|!=|<=|>=|<|>)\s*(.+))?")
NOTHING = object()


@dataclass(frozen=True)
class Segment:
    """``kind`` is ``name``, ``index``, ``slice``, ``wildcard`` or ``filter``."""

    kind: str
    argument: Any = None

    @property
    def is_singular(self) -> bool:
        return self.kind in ("name", "index")

    def can_be_in(self, parent: Any) -> bool:
        """Members are in objects, indices and slices in lists, wildcards and filters in both."""
        if self.kind == "name":
            return isinstance(parent, dict)
        if self.kind in ("index", "slice"):
            return isinstance(parent, list)
        return isinstance(parent, (dict, list))


@dataclass(frozen=True)
class Selection:
    """The values that a path selects.

    ``is_legitimately_empty``: there are no values because a list (or an object) has no entry that fits, not
    because a member is missing. ``has_list``: the list (or object) that a path with a wildcard, a slice or a
    filter goes through first is there.
    """

    values: tuple[Any, ...]
    is_singular: bool
    is_legitimately_empty: bool = False
    has_list: bool = False


def kind_of(value: Any) -> str:
    """The JSON type; all numbers are one type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def same(left: Any, right: Any) -> bool:
    """JSON equality: types differ means unequal, 1 is 1.0, the order of members does not matter."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(
            same(one, other) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def parse_path(text: str) -> list[Segment]:
    """The segments of *text*, which is written without its ``$`` or ``@``."""
    segments = []
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"not in the subset: {text!r}")
        segments.append(_segment(match))
        position = match.end()
    return segments


def _segment(match: re.Match[str]) -> Segment:
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    if "star" in found or "any" in found:
        return Segment("wildcard")
    if "name" in found or "quoted" in found:
        return Segment("name", found.get("name", found.get("quoted")))
    if "index" in found:
        return Segment("index", int(found["index"]))
    if "filter" in found:
        return Segment("filter", found["filter"])
    bounds = [int(found[name]) if found[name] else None for name in ("start", "stop")]
    return Segment("slice", slice(*bounds))


def select(document: Any, segments: list[Segment]) -> Selection:
    values = [document]
    is_legitimately_empty = False
    is_singular = True
    has_list = False
    for segment in segments:
        if is_singular and not segment.is_singular:
            is_singular = False
            has_list = any(isinstance(value, (list, dict)) for value in values)
        if values:
            is_legitimately_empty = not is_singular and has_list and may_have_nothing(values, segment)
        values = [child for value in values for child in children(value, segment)]
    return Selection(tuple(values), is_singular, not values and is_legitimately_empty, has_list)


def may_have_nothing(values: list[Any], segment: Segment) -> bool:
    """Whether *segment* may find nothing in *values*: null is nothing, a list may have no such item."""
    present = [value for value in values if value is not None]
    return not present or (segment.kind != "name" and any(segment.can_be_in(value) for value in present))


def children(value: Any, segment: Segment) -> list[Any]:
    if segment.kind == "name":
        return [value[segment.argument]] if isinstance(value, dict) and segment.argument in value else []
    if segment.kind == "index":
        is_inside = isinstance(value, list) and -len(value) <= segment.argument < len(value)
        return [value[segment.argument]] if is_inside else []
    if segment.kind == "slice":
        return value[segment.argument] if isinstance(value, list) else []
    entries = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if segment.kind == "filter":
        return [entry for entry in entries if passes_filter(entry, segment.argument)]
    return entries


def passes_filter(entry: Any, text: str) -> bool:
    match = FILTER.fullmatch(text)
    if match is None:
        raise ValueError(f"not in the subset: {text!r}")
    name, comparison, literal = match.groups()
    value = entry
    if name is not None:
        value = entry[name] if isinstance(entry, dict) and name in entry else NOTHING
    if comparison is None:
        return value is not NOTHING
    return compare(value, comparison, json.loads(literal.replace("'", '"')))


def compare(left: Any, comparison: str, right: Any) -> bool:
    """RFC 9535, 2.3.5.2.2: a missing value equals no literal; only numbers and texts have an order."""
    is_equal = left is not NOTHING and same(left, right)
    if comparison == "==":
        return is_equal
    if comparison == "!=":
        return not is_equal
    order = {"<": operator.lt, ">": operator.gt, "<=": operator.lt, ">=": operator.gt}[comparison]
    if "=" in comparison and is_equal:
        return True
    if left is NOTHING or kind_of(left) != kind_of(right) or kind_of(left) not in ("number", "string"):
        return False
    return bool(order(left, right))
