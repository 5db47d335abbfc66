"""Values that stand for all values that the subject of a check can have.

Between two of the constants in a check, the matchers that compare and measure judge all values alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from framework.base.filters import FilteredMember, filtered_member
from framework.base.jsonpath import Json
from framework.cases.case import Call, CombinedCalls, MatcherCall, Subject
from framework.cases.request import MISSING, Missing
from framework.cases.subjects import REDIRECT_STATUS, SubjectRow
from framework.cases.template import Constant

FRESH: Final = "\x00 a text that no case compares with"
_HUGE: Final = 1e300
"""A number beyond this does not occur in a reply; it bounds the representatives."""

COUNTS: Final = SubjectRow("", "body", lambda *_: None, "", "", least=0, most=10**8)
"""The numbers that ``length`` and ``count`` measure."""


def representatives(subject: Subject, call: Call) -> Iterator[Json | Missing]:
    row = row_of(subject)
    if row is not None and row.numeric:
        yield from numbers_of_row(row, [call])
    elif row is not None and row.values:
        yield from row.values
    elif row is not None:
        texts = [constant for constant in constants_of([call]) if isinstance(constant, str)]
        yield from filter(row.can_be, (*texts, ""))
        yield FRESH
        if row.named:
            yield MISSING
    else:
        yield from _selectable(subject, call)


def filtered(subject: Subject) -> FilteredMember | None:
    """Return the member that the path of *subject* selects, if a filter limits its values; else None."""
    path = subject.path.fixed if subject.path is not None else None
    return filtered_member(path) if path is not None and "?" in path.text else None


def _selectable(subject: Subject, call: Call) -> Iterator[Json | Missing]:
    """Yield the representatives that the filter of *subject* lets through, if it has one."""
    member = filtered(subject)
    if member is None:
        yield from _any_value(call)
        return
    yield from filter(member.can_be, member.constants)
    yield from (value for value in _any_value(call) if value is MISSING or member.can_be(value))


def row_of(subject: Subject) -> SubjectRow | None:
    """Return the row with the values that *subject* can have; None if they can be any."""
    if subject.kind == "redirects" and subject.text.endswith(".status"):
        return REDIRECT_STATUS
    return subject.row


def _any_value(call: Call) -> Iterator[Json | Missing]:
    yield from (True, False, None, FRESH, "", [], [FRESH], {}, {FRESH: 1})
    yield from any_number([call])
    for constant in constants_of([call]):
        yield constant
        if isinstance(constant, str):
            yield constant + "\x00"  # the next text
    yield MISSING


def any_number(calls: Iterable[Call]) -> Iterator[Json]:
    yield from (0, 1, -1, 0.5, _HUGE, -_HUGE)
    for number in _nearconstants_of(calls):
        if abs(number) <= _HUGE:
            yield number


def numbers_of_row(row: SubjectRow, calls: Iterable[Call]) -> Iterator[Json]:
    """Yield representatives of a number with bounds; a continuous one is never exactly a constant."""
    least, most = row.least or 0, row.most or 10**12
    yield from (least, most)
    constants = set(numbers_in(constants_of(calls)))
    for near in _nearconstants_of(calls):
        if least <= near <= most and not (row.continuous and near in constants):
            yield near if row.continuous else int(near // 1)


def _nearconstants_of(calls: Iterable[Call]) -> Iterator[float]:
    """Yield the constants, their neighbours, the integers around them, and a number between each two."""
    constants = sorted(set(numbers_in(constants_of(calls))))
    for number in constants:
        yield from (number - 1, number - 0.5, number, number + 0.5, number + 1)
        if abs(number) < _HUGE:
            yield from (number // 1, number // 1 + 1)
    for lower, upper in pairwise(constants):
        yield lower / 2 + upper / 2


def numbers_in(constants: Iterable[Json]) -> Iterator[float]:
    for constant in constants:
        if isinstance(constant, (int, float)) and not isinstance(constant, bool):
            yield constant
        elif isinstance(constant, list):
            yield from numbers_in(constant)
        elif isinstance(constant, Mapping):
            yield from _close_to(constant)


def _close_to(argument: Mapping[str, Json]) -> Iterator[float]:
    """Yield the bounds of ``close_to: {value, within}``."""
    value, within = argument.get("value"), argument.get("within")
    if isinstance(value, (int, float)) and isinstance(within, (int, float)):
        yield from (value - within, value, value + within)


def constants_of(calls: Iterable[Call]) -> Iterator[Json]:
    """Yield the constants that a value of the subject is compared with, and the items of lists of them."""
    for call in calls:
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                yield from constants_of(branch)
        elif isinstance(call, MatcherCall) and isinstance(call.argument, Constant):
            value = call.argument.value
            yield value
            if isinstance(value, list):
                yield from value
