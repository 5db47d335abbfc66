"""The judges of one value: equality, numbers, texts, types, sizes, times, contracts."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from itertools import islice

from framework.base.cutting import masked
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.equality import ABSENT, Absent, differences, is_number, kind_of, kinds_apart, same
from framework.checks.lookalike import difference_in_code_points
from framework.checks.matchers.moments import moment_in, moment_of_format, written_moment
from framework.checks.outcome import (
    FAIL,
    PASS,
    Contract,
    IsAccepted,
    Outcome,
    Violation,
    failed,
    judged,
    kind_name,
    mismatch,
    passed,
    type_kind,
)
from framework.checks.regex import Pattern
from framework.checks.shown import BUDGET, short, text_difference

_MOST_DIFFERENCES = 20


# -- equality


def equals(value: Json, expected: Json) -> Outcome:
    if same(value, expected):
        return PASS
    if kinds_apart([value], [expected]):
        what = tr(
            "类型不同：期望{expected}，实际{actual}", expected=kind_name(expected), actual=kind_name(value)
        )
        violation = Violation(short(expected), short(value), what, kind=type_kind(value))
        return Outcome(ok=False, type_mismatch=True, violations=(violation,))
    return failed(*islice(unequal(expected, value), _MOST_DIFFERENCES))


def unequal(expected: Json, actual: Json, at: int | None = None) -> list[Violation]:
    """Return a violation for each place where two values differ."""
    return [
        _difference(left, right, at, below)
        for below, left, right in islice(differences(expected, actual), _MOST_DIFFERENCES)
    ]


def _difference(
    expected: Json | Absent, actual: Json | Absent, at: int | None, below: tuple[int | str, ...]
) -> Violation:
    if isinstance(expected, str) and isinstance(actual, str) and max(len(expected), len(actual)) > BUDGET:
        left, right, what = text_difference(expected, actual)
        return Violation(left, right, difference_in_code_points(expected, actual) or what, at, below)
    what = ""
    if isinstance(expected, str) and isinstance(actual, str):
        what = difference_in_code_points(expected, actual)
    return Violation(_side(expected), _side(actual), what, at, below)


def _side(value: Json | Absent) -> str:
    return tr("没有") if value is ABSENT else short(value)


def not_equals(value: Json, unwanted: Json) -> Outcome:
    return _kindless(value, [unwanted]) or passed(not same(value, unwanted))


def one_of(value: Json, choices: list[Json]) -> Outcome:
    if any(same(value, choice) for choice in choices):
        return PASS
    return _kindless(value, choices) or FAIL


def none_of(value: Json, choices: list[Json]) -> Outcome:
    return _kindless(value, choices) or passed(not any(same(value, choice) for choice in choices))


def _kindless(value: Json, others: list[Json]) -> Outcome | None:
    return mismatch(kind_name(others[0]), value) if kinds_apart([value], others) else None


# -- numbers


def less_than(value: Json, limit: float) -> Outcome:
    return passed(value < limit) if is_number(value) else _no_number(value)


def at_most(value: Json, limit: float) -> Outcome:
    return passed(value <= limit) if is_number(value) else _no_number(value)


def greater_than(value: Json, limit: float) -> Outcome:
    return passed(value > limit) if is_number(value) else _no_number(value)


def at_least(value: Json, limit: float) -> Outcome:
    return passed(value >= limit) if is_number(value) else _no_number(value)


def between(value: Json, bounds: list[float]) -> Outcome:
    return passed(bounds[0] <= value <= bounds[1]) if is_number(value) else _no_number(value)


def close_to(value: Json, near: dict[str, float]) -> Outcome:
    if not is_number(value):
        return _no_number(value)
    try:
        return passed(abs(_written(value) - _written(near["value"])) <= _written(near["within"]))
    except ValueError:  # Python reads 1e999 as infinity, which is not a fraction.
        return FAIL


def _written(number: float) -> Fraction:
    """Return a number of a case as it was written: 0.1 is a tenth."""
    return Fraction(repr(number))


def _no_number(value: Json) -> Outcome:
    return mismatch(tr("数字"), value)


# -- texts, lists, objects


def contains(value: Json, wanted: Json) -> Outcome:
    if isinstance(value, list):
        return _other_kinds(value, wanted) or passed(any(same(item, wanted) for item in value))
    return _part_of(value, wanted) or passed(wanted in value)


def not_contains(value: Json, unwanted: Json) -> Outcome:
    if isinstance(value, list):
        return _other_kinds(value, unwanted) or passed(not any(same(item, unwanted) for item in value))
    return _part_of(value, unwanted) or passed(unwanted not in value)


def _other_kinds(values: list[Json], wanted: Json) -> Outcome | None:
    """Return the outcome for a list without an item of the wanted kind; an empty list has no other kind."""
    if values and kinds_apart(values, [wanted]):
        return mismatch(tr("含{kind}的列表", kind=kind_name(wanted)), values)
    return None


def _part_of(value: Json, part: Json) -> Outcome | None:
    if not isinstance(value, (str, dict)):
        return mismatch(tr("字符串、列表或对象"), value)
    return (
        None if isinstance(part, str) else mismatch(tr("列表（要找的是{kind}）", kind=kind_name(part)), value)
    )


def starts_with(value: Json, start: str) -> Outcome:
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    return PASS if value.startswith(start) else failed(Violation(actual=short(masked(value)[:BUDGET])))


def ends_with(value: Json, end: str) -> Outcome:
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    return PASS if value.endswith(end) else failed(Violation(actual=short(masked(value)[-BUDGET:])))


def matches(value: Json, pattern: Pattern) -> Outcome:
    return passed(pattern.search(value)) if isinstance(value, str) else mismatch(tr("字符串"), value)


# -- types and sizes


def type_is(value: Json, names: str | list[str]) -> Outcome:
    """Judge the JSON type; 1.0 is an integer, as in JSON Schema 2020-12."""
    wanted = [names] if isinstance(names, str) else names
    kind = kind_of(value)
    if kind in wanted:
        return PASS
    if "integer" in wanted and kind == "number" and value == value // 1:
        return PASS
    shown = tr("{kind} {value}", kind=kind_name(value), value=short(value, 60))
    return failed(Violation(actual=shown, kind=type_kind(value)))


def length_of(value: Json) -> int | Outcome:
    """Count code points, items or members."""
    return len(value) if isinstance(value, (str, list, dict)) else mismatch(tr("字符串、列表或对象"), value)


def length(value: Json, wanted: int) -> Outcome:
    found = length_of(value)
    if isinstance(found, Outcome):
        return found
    return PASS if found == wanted else failed(Violation(str(wanted), str(found)))


def empty(value: Json, _true: bool) -> Outcome:
    found = length_of(value)
    return found if isinstance(found, Outcome) else passed(found == 0)


def not_empty(value: Json, _true: bool) -> Outcome:
    found = length_of(value)
    return found if isinstance(found, Outcome) else passed(found > 0)


# -- times, contracts


Recent = tuple[datetime, datetime, str | None]
"""The first and the last moment that still count as recent, and the format of the value if it has one."""
Limit = tuple[datetime, str | None]
"""A moment, and the format of the value if it has one."""


def is_datetime(value: Json, written: bool | str) -> Outcome:
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    if isinstance(written, bool):
        return passed(written_moment(value) is not None)
    return passed(moment_of_format(value, written) is not None)


def within_last(value: Json, recent: Recent) -> Outcome:
    first, last, written = recent
    found = moment_in(value, written)
    if found is None:
        return _no_moment(value, written)
    return passed(first <= found <= last)


def before(value: Json, limit: Limit) -> Outcome:
    bound, written = limit
    found = moment_in(value, written)
    return passed(found < bound) if found else _no_moment(value, written)


def after(value: Json, limit: Limit) -> Outcome:
    bound, written = limit
    found = moment_in(value, written)
    return passed(found > bound) if found else _no_moment(value, written)


def _no_moment(value: Json, written: str | None) -> Outcome:
    if written:
        return mismatch(tr("写成 {format} 的时间", format=written), value)
    if isinstance(value, str) and re.search(r"\d", value):
        return mismatch(tr("时间（写法不同的要加 format）"), value)
    return mismatch(tr("时间"), value)


def schema(value: Json, given: tuple[Contract, IsAccepted | None]) -> Outcome:
    contract, is_accepted = given
    return judged(contract.violations(value, is_accepted))
