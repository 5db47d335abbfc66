"""Finds the filters and slices of a path that never select anything, whatever the reply is, and the values
that a filter lets through.

A filter is tried on records that stand for all others: between the constants that a filter compares with, all
values are alike. A filter with functions, or with paths beside plain members, is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Final

from jsonpath_rfc9535 import filter_expressions as expressions
from jsonpath_rfc9535.segments import JSONPathChildSegment
from jsonpath_rfc9535.selectors import FilterSelector, NameSelector, SliceSelector

from framework.base.jsonpath import Json, Path, compile_path, steps_of

_MISSING: Final = object()
_FRESH: Final = "\x00 a text that no filter compares with"
_MOST_RECORDS: Final = 5000

_Members = tuple[str, ...]


class _NotJudged(Exception):
    """The filter has a part whose meaning is not known here."""


def contradictory_filter(path: Path) -> str:
    """Return the first filter of *path* that selects nothing from any reply; "" if there is none."""
    for segment in path.query.segments:
        for selector in segment.selectors:
            if isinstance(selector, FilterSelector) and _never_selects(selector):
                return f"[{selector}]"
    return ""


def empty_slice(path: Path) -> str:
    """Return the first slice of *path* that selects nothing from any list; "" if there is none."""
    for segment in path.query.segments:
        for selector in segment.selectors:
            if isinstance(selector, SliceSelector) and _is_empty(selector.slice):
                return f"[{selector}]"
    return ""


@dataclass(frozen=True, slots=True)
class FilteredMember:
    """A member of the records that a filter selects: the ``b`` of ``$.a[?@.b > 5].b``.

    ``member`` is () for a record that is itself compared, ``$.a[?@ > 5]``. ``constants`` are those that the
    filter compares with, and values next to them.
    """

    selector: str
    member: _Members
    others: tuple[_Members, ...]
    constants: tuple[Json, ...]

    def can_be(self, value: Json) -> bool:
        """Return whether the filter selects some record in which the member is *value*."""
        if not self.member:
            return bool(compile_path(f"$[{self.selector}]").select([value]))
        names = (self.member, *self.others)
        possible = list(_values(self.constants))
        made = (_record(names, (value, *chosen)) for chosen in product(possible, repeat=len(self.others)))
        return bool(compile_path(f"$[{self.selector}]").select([one for one in made if one is not None]))


def filtered_member(path: Path) -> FilteredMember | None:
    """Return the member that *path* ends with, if the filter before it limits its values; else None."""
    return _filtered_member(path.text)


@lru_cache(maxsize=256)
def _filtered_member(text: str) -> FilteredMember | None:
    segments = compile_path(text).query.segments
    filters = [at for at, segment in enumerate(segments) if _filter_of(segment) is not None]
    if not filters:
        return None
    selector = _filter_of(segments[filters[-1]])
    names = [_name_of(segment) for segment in segments[filters[-1] + 1 :]]
    member = tuple(name for name in names if name is not None)
    members: set[_Members] = set()
    constants: list[Json] = []
    try:
        _collect(selector.expression.expression, members, constants)
    except _NotJudged:
        return None
    others = tuple(sorted(members - {member}))
    values = list(_values(constants))
    if () in members and others:
        return None
    if len(member) < len(names) or member not in members or len(values) ** len(others) > _MOST_RECORDS:
        return None
    near = tuple(value for value in values if value not in (_MISSING, _FRESH, {}))
    return FilteredMember(str(selector), member, others, near)


def _filter_of(segment: Any) -> Any:
    (selector, *more) = segment.selectors
    return selector if not more and isinstance(selector, FilterSelector) else None


def _name_of(segment: Any) -> str | None:
    (selector, *more) = segment.selectors
    is_name = not more and isinstance(selector, NameSelector) and isinstance(segment, JSONPathChildSegment)
    return selector.name if is_name else None


def _is_empty(part: slice) -> bool:
    if part.step == 0:
        return True
    # Lengths near the bounds show it: on any longer list, the slice behaves as on one of these.
    bounds = [0, *(abs(bound) for bound in (part.start, part.stop) if bound is not None)]
    lengths = {max(0, bound + more) for bound in (*bounds, sum(bounds)) for more in (-1, 0, 1)}
    return not any(range(length)[part] for length in lengths)


def _never_selects(selector: FilterSelector) -> bool:
    members: set[_Members] = set()
    constants: list[Json] = []
    try:
        _collect(selector.expression.expression, members, constants)
    except _NotJudged:
        return False
    values = list(_values(constants))
    if len(values) ** len(members) > _MOST_RECORDS:
        return False
    if members == {()}:
        records = [value for value in values if value is not _MISSING]
    elif () in members:
        return False
    else:
        names = sorted(members)
        made = (_record(names, chosen) for chosen in product(values, repeat=len(names)))
        records = [record for record in made if record is not None]
    return not compile_path(f"$[{selector}]").select(records)


def _collect(expression: Any, members: set[_Members], constants: list[Json]) -> None:
    """Add the members and the constants of *expression*.

    Raises:
        _NotJudged: it has another part.
    """
    if isinstance(expression, (expressions.LogicalExpression, expressions.ComparisonExpression)):
        _collect(expression.left, members, constants)
        _collect(expression.right, members, constants)
    elif isinstance(expression, expressions.PrefixExpression):
        _collect(expression.right, members, constants)
    elif isinstance(expression, expressions.RelativeFilterQuery):
        steps = steps_of(expression.query)
        if steps is None or not all(isinstance(step, str) for step in steps):
            raise _NotJudged
        members.add(tuple(map(str, steps)))
    elif isinstance(expression, expressions.FilterExpressionLiteral):
        constants.append(expression.value)
    else:
        raise _NotJudged


def _values(constants: Sequence[Json]) -> Iterator[Json]:
    yield from (_MISSING, None, True, False, _FRESH, "", {})
    for constant in dict.fromkeys(constants):
        yield constant
        if isinstance(constant, str):
            yield constant + "\x00"  # the next text
        elif isinstance(constant, (int, float)) and not isinstance(constant, bool):
            yield from (constant - 1, constant - 0.5, constant + 0.5, constant + 1)


def _record(names: Sequence[_Members], chosen: Sequence[Json]) -> Json | None:
    """Return the record with these values; None if they do not fit into one record."""
    record: dict[str, Json] = {}
    for name, value in zip(names, chosen, strict=True):
        if value is _MISSING:
            continue
        holder = record
        for step in name[:-1]:
            inner = holder.setdefault(step, {})
            if not isinstance(inner, dict):
                return None
            holder = inner
        holder[name[-1]] = value
    return record
