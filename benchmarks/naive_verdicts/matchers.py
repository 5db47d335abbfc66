"""Each matcher of the manual as the plainest function that its line allows.

A function returns True, False, or None if the value has the wrong type to be judged: ``not`` swaps True and
False, and None fails either way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeAlias

from benchmarks.naive_verdicts.paths import kind_of, same

Verdict: TypeAlias = "bool | None"


def all_hold(verdicts: list[Verdict]) -> Verdict:
    """All of them; one that cannot be judged makes the whole impossible to judge."""
    if None in verdicts:
        return None
    return False not in verdicts


def any_holds(verdicts: list[Verdict]) -> Verdict:
    if True in verdicts:
        return True
    return None if None in verdicts else False


def negated(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


def types_apart(values: list[Any], others: list[Any]) -> bool:
    """No value has the type of one of *others*, so that they differ says nothing; null is of every type."""
    wanted = {kind_of(other) for other in others}
    return "null" not in wanted and wanted.isdisjoint(kind_of(value) for value in values)


def is_in(value: Any, items: list[Any]) -> bool:
    return any(same(value, item) for item in items)


# -- looking at each value --


def equals(value: Any, wanted: Any) -> Verdict:
    return None if types_apart([value], [wanted]) else same(value, wanted)


def _number(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Verdict]:
    def judged(value: Any, wanted: Any) -> Verdict:
        return test(value, wanted) if kind_of(value) == kind_of(wanted) == "number" else None

    return judged


def between(value: Any, bounds: list[Any]) -> Verdict:
    return bounds[0] <= value <= bounds[1] if kind_of(value) == "number" else None


def close_to(value: Any, wanted: dict[str, Any]) -> Verdict:
    return abs(value - wanted["value"]) <= wanted["within"] if kind_of(value) == "number" else None


def contains(value: Any, wanted: Any) -> Verdict:
    if isinstance(value, str):
        return wanted in value if isinstance(wanted, str) else None
    if isinstance(value, list):
        return None if value and types_apart(value, [wanted]) else is_in(wanted, value)
    if isinstance(value, dict):
        return wanted in value if isinstance(wanted, str) else None
    return None


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], Verdict]:
    def judged(value: Any, wanted: Any) -> Verdict:
        return test(value, wanted) if kind_of(value) == kind_of(wanted) == "string" else None

    return judged


def _matches(value: str, pattern: str) -> bool:
    ascii_pattern = pattern.replace(r"\d", "[0-9]").replace("$", r"\Z")
    return re.search(ascii_pattern, value) is not None


def one_of(value: Any, options: list[Any]) -> Verdict:
    return None if types_apart([value], options) else is_in(value, options)


def type_(value: Any, names: Any) -> Verdict:
    own = {kind_of(value)}
    if kind_of(value) == "number" and value == int(value):
        own.add("integer")
    return not own.isdisjoint([names] if isinstance(names, str) else names)


def length(value: Any, wanted: Any) -> Verdict:
    return number_fits(len(value), wanted) if isinstance(value, (str, list, dict)) else None


def empty(value: Any, wanted: bool) -> Verdict:
    return not value if isinstance(value, (str, list, dict)) else None


def parse_time(text: Any) -> datetime | None:
    """A time as ``datetime`` wants it, or a date."""
    return parse_moment(text + " 00:00:00") or parse_moment(text) if isinstance(text, str) else None


def parse_moment(text: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}", text):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def datetime_(value: Any, wanted: bool) -> Verdict:
    return parse_moment(value) is not None if isinstance(value, str) else None


def _time(test: Callable[[datetime, datetime], bool]) -> Callable[[Any, Any], Verdict]:
    def judged(value: Any, wanted: Any) -> Verdict:
        moment, given = parse_time(value), parse_time(wanted)
        return None if moment is None or given is None else test(moment, given)

    return judged


def number_fits(number: Any, wanted: Any) -> Verdict:
    """``length``, ``count`` and ``sum`` take a number or a mapping of value matchers."""
    if not isinstance(wanted, dict):
        return equals(number, wanted)
    return all_hold([VALUE_MATCHERS[name](number, argument) for name, argument in wanted.items()])


VALUE_MATCHERS: dict[str, Callable[[Any, Any], Verdict]] = {
    "equals": equals,
    "not_equals": lambda value, wanted: negated(equals(value, wanted)),
    "less_than": _number(lambda value, wanted: value < wanted),
    "at_most": _number(lambda value, wanted: value <= wanted),
    "greater_than": _number(lambda value, wanted: value > wanted),
    "at_least": _number(lambda value, wanted: value >= wanted),
    "between": between,
    "close_to": close_to,
    "contains": contains,
    "not_contains": lambda value, wanted: negated(contains(value, wanted)),
    "starts_with": _text(str.startswith),
    "ends_with": _text(str.endswith),
    "matches": _text(_matches),
    "one_of": one_of,
    "none_of": lambda value, options: negated(one_of(value, options)),
    "type": type_,
    "length": length,
    "empty": empty,
    "not_empty": lambda value, wanted: negated(empty(value, wanted)),
    "datetime": datetime_,
    "before": _time(lambda moment, given: moment < given),
    "after": _time(lambda moment, given: moment > given),
}


# -- looking at the whole list; only count judges a list without items --


def unique(items: list[Any], wanted: bool) -> Verdict:
    return not any(is_in(item, items[:index]) for index, item in enumerate(items))


def sorted_(items: list[Any], order: Any) -> Verdict:
    if not isinstance(order, dict):
        return _is_ordered([[item] for item in items], [order])
    keys = [key.split() for key in order["by"]]
    names = [key[0] for key in keys]
    if not all(isinstance(item, dict) and all(name in item for name in names) for item in items):
        return None
    rows = [[item[name] for name in names] for item in items]
    return _is_ordered(rows, ["descending" if key[-1] == "desc" else "ascending" for key in keys])


def _is_ordered(rows: list[list[Any]], orders: list[str]) -> Verdict:
    for column in zip(*rows, strict=True):
        kinds = {kind_of(value) for value in column}
        if kinds not in ({"number"}, {"string"}):
            return None
    return all(_is_pair_ordered(one, other, orders) for one, other in pairwise(rows))


def _is_pair_ordered(one: list[Any], other: list[Any], orders: list[str]) -> bool:
    for left, right, order in zip(one, other, orders, strict=True):
        if left != right:
            return bool(left < right) == (order == "ascending")
    return True


def sum_(items: list[Any], wanted: Any) -> Verdict:
    if any(kind_of(item) != "number" for item in items):
        return None
    return number_fits(sum(items), wanted)


def all_equal(items: list[Any], wanted: bool) -> Verdict:
    return all(same(item, items[0]) for item in items)


def same_items_as(items: list[Any], others: list[Any]) -> Verdict:
    rest = list(others)
    for item in items:
        equal = [index for index, other in enumerate(rest) if same(item, other)]
        if not equal:
            return False
        del rest[equal[0]]
    return not rest


def disjoint_from(items: list[Any], others: list[Any]) -> Verdict:
    if items and types_apart(items, others):
        return None
    return not any(is_in(item, others) for item in items)


LIST_MATCHERS: dict[str, Callable[[list[Any], Any], Verdict]] = {
    "unique": unique,
    "sorted": sorted_,
    "count": lambda items, wanted: number_fits(len(items), wanted),
    "sum": sum_,
    "all_equal": all_equal,
    "same_sequence_as": same,
    "same_items_as": same_items_as,
    "subset_of": lambda items, others: all(is_in(item, others) for item in items),
    "superset_of": lambda items, others: all(is_in(other, items) for other in others),
    "disjoint_from": disjoint_from,
}
