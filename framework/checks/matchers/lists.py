"""The judges of a list of values: order, repetition, totals, and relations to another list."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.equality import identity, is_number, kind_of, kinds_apart, same
from framework.checks.matchers.values import unequal
from framework.checks.outcome import PASS, Outcome, Violation, failed, judged, kind_name, mismatch
from framework.checks.shown import short

_INFINITE = (math.inf, -math.inf)
"""Python reads 1e999 as infinity."""
SortKeys = list[tuple[str, bool]]
"""Member names with whether they descend; one empty name for the value itself."""


# -- one list


def unique(values: list[Json], _true: bool) -> Outcome:
    first: dict[Any, int] = {}
    again = [
        (at, first[key]) for at, key in enumerate(map(identity, values)) if first.setdefault(key, at) != at
    ]
    return judged(
        [
            Violation(tr("不重复"), short(values[at]), tr("与 {peer} 相同", peer="{peer}"), at, peer=peer)
            for at, peer in again
        ]
    )


def all_equal(values: list[Json], _true: bool) -> Outcome:
    return judged(
        [
            violation
            for at in range(1, len(values))
            if not same(values[0], values[at])
            for violation in unequal(values[0], values[at], at)
        ]
    )


def count(values: list[Json], wanted: int) -> Outcome:
    return PASS if len(values) == wanted else failed(Violation(str(wanted), str(len(values))))


def sum_of(values: list[Json]) -> int | float | Outcome:
    """Add as the numbers are written: 0.1 and 0.2 are 0.3."""
    wrong = next((at for at, value in enumerate(values) if not is_number(value) or value in _INFINITE), None)
    if wrong is not None:
        return mismatch(tr("有限的数字"), values[wrong], wrong)
    if all(type(value) is int for value in values):
        return sum(values)
    exact = sum(Fraction(repr(value)) for value in values)
    try:
        return float(exact)
    except OverflowError:
        return math.inf


def total(values: list[Json], wanted: float) -> Outcome:
    found = sum_of(values)
    if isinstance(found, Outcome):
        return found
    return PASS if found == wanted else failed(Violation(short(wanted), short(found)))


def is_sorted(values: list[Json], keys: SortKeys) -> Outcome:
    rows: list[list[Json]] = []
    for at, value in enumerate(values):
        row = [_member(value, name) for name, _ in keys]
        wrong = next(
            (
                cell
                for cell, top in zip(row, rows[0] if rows else row, strict=True)
                if not _orderable(cell, top)
            ),
            None,
        )
        if wrong is not None or None in row:
            return mismatch(tr("可比较的同类数字或文字"), value if wrong is None else wrong, at)
        rows.append(row)
    pairs = ((at, _inverted(rows[at - 1], rows[at], keys)) for at in range(1, len(rows)))
    return judged([_inversion(at, rows, keys, column) for at, column in pairs if column is not None])


def _member(value: Json, name: str) -> Json:
    for part in name.split(".") if name else ():
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _orderable(cell: Json, top: Json) -> bool:
    return kind_of(cell) == kind_of(top) and (isinstance(cell, str) or is_number(cell))


def _inverted(before: list[Any], after: list[Any], keys: SortKeys) -> int | None:
    for column, (_, descending) in enumerate(keys):
        if before[column] != after[column]:
            return column if (before[column] < after[column]) == descending else None
    return None


def _inversion(at: int, rows: list[list[Json]], keys: SortKeys, column: int) -> Violation:
    name, descending = keys[column]
    limit = short(rows[at - 1][column])
    expected = (
        tr("不大于前一项 {limit}", limit=limit) if descending else tr("不小于前一项 {limit}", limit=limit)
    )
    return Violation(
        expected,
        short(rows[at][column]),
        tr("与 {peer} 次序颠倒", peer="{peer}"),
        at,
        tuple(name.split(".")) if name else (),
        at - 1,
    )


# -- two lists


def same_sequence_as(values: list[Json], others: list[Json]) -> Outcome:
    at = next(
        (at for at, (left, right) in enumerate(zip(values, others, strict=False)) if not same(left, right)),
        min(len(values), len(others)),
    )
    if at == len(values) == len(others):
        return PASS
    lengths = tr("期望共 {expected} 项，实际共 {actual} 项", expected=len(others), actual=len(values))
    if at == len(values):
        return failed(
            Violation(
                short(others[at]), tr("没有"), tr("第 {n} 项起缺少；{lengths}", n=at + 1, lengths=lengths)
            )
        )
    if at < len(others) and _is_same_record(others[at], values[at]):
        return judged(unequal(others[at], values[at], at))
    expected = short(others[at]) if at < len(others) else tr("没有")
    return failed(
        Violation(
            expected, short(values[at]), tr("第 {n} 项起不同；{lengths}", n=at + 1, lengths=lengths), at
        )
    )


def _is_same_record(left: Json, right: Json) -> bool:
    """Return whether both are objects that differ in few members: the difference is inside, not the order."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return False
    equal = sum(key in right and same(value, right[key]) for key, value in left.items())
    return 2 * equal >= max(len(left), len(right))


def same_items_as(values: list[Json], others: list[Json]) -> Outcome:
    found, wanted = Counter(map(identity, values)), Counter(map(identity, others))
    if found == wanted:
        return PASS
    missing = (
        Violation(
            _times(short(other), wanted[key]),
            _times("", found[key]),
            tr("缺少 {n} 个", n=wanted[key] - found[key]),
        )
        for other, key in _distinct(others)
        if found[key] < wanted[key]
    )
    return judged([*_surplus(values, found, wanted), *missing])


def _surplus(values: list[Json], found: Counter[Any], wanted: Counter[Any]) -> Iterator[Violation]:
    seen: Counter[Any] = Counter()
    for at, (value, key) in enumerate((value, identity(value)) for value in values):
        seen[key] += 1
        if seen[key] == wanted[key] + 1:
            n = found[key] - wanted[key]
            yield Violation(
                _times("", wanted[key]), _times(short(value), found[key]), tr("多出 {n} 个", n=n), at
            )


def _times(shown: str, n: int) -> str:
    return tr("{shown} 共 {n} 个", shown=shown, n=n).strip()


def _distinct(values: list[Json]) -> list[tuple[Json, Any]]:
    return [(value, key) for key, value in {identity(value): value for value in reversed(values)}.items()][
        ::-1
    ]


def subset_of(values: list[Json], others: list[Json]) -> Outcome:
    """Compare as sets: it does not count how often a value is in either list."""
    allowed = set(map(identity, others))
    return judged([Violation(at=at) for at, value in enumerate(values) if identity(value) not in allowed])


def superset_of(values: list[Json], others: list[Json]) -> Outcome:
    found = set(map(identity, values))
    return judged(
        [
            Violation(short(other), tr("没有"), tr("缺少"))
            for other, key in _distinct(others)
            if key not in found
        ]
    )


def disjoint_from(values: list[Json], others: list[Json]) -> Outcome:
    if values and kinds_apart(values, others):
        return mismatch(tr("含{kind}的列表", kind=kind_name(others[0])), values)
    unwanted = set(map(identity, others))
    return judged([Violation(at=at) for at, value in enumerate(values) if identity(value) in unwanted])
