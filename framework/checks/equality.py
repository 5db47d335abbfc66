"""JSON's own equality: "0" is not 0, true is not 1, 1 is 1.0 (rule 3 of the case language), at any depth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Literal

from framework.base.jsonpath import Json, Location
from framework.base.numbers import ExactNumber

Kind = Literal["string", "number", "boolean", "null", "array", "object"]

_KINDS: dict[type, Kind] = {
    str: "string",
    int: "number",
    float: "number",
    ExactNumber: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
}


def kind_of(value: Json) -> Kind:
    """Return the JSON kind; 1 and 1.0 are one kind."""
    return _KINDS[type(value)]


def is_number(value: Json) -> bool:
    """Return whether a value is a JSON number; a Python bool is not."""
    kind = type(value)
    return kind is int or kind is float or kind is ExactNumber


def same(left: Json, right: Json) -> bool:
    """Return whether two JSON values are equal."""
    kind = type(left)
    if kind is str or right is None or left is None:
        return bool(left == right)
    if kind is bool or type(right) is bool:
        return left is right
    if kind is list:
        return type(right) is list and len(left) == len(right) and all(map(same, left, right))
    if kind is dict:
        return (
            type(right) is dict
            and left.keys() == right.keys()
            and all(same(value, right[key]) for key, value in left.items())
        )
    return bool(left == right)


def identity(value: Json) -> Hashable:
    """Return a hashable key that two values share if and only if they are ``same``."""
    kind = type(value)
    if kind is bool:
        return ("boolean", value)
    if kind is list:
        return ("array", tuple(map(identity, value)))
    if kind is dict:
        return ("object", frozenset((key, identity(item)) for key, item in value.items()))
    hashable: Hashable = value
    return hashable


class Absent:
    """The mark for 'nothing here' on one side of a difference."""


ABSENT = Absent()


def differences(
    expected: Json, actual: Json, at: Location = ()
) -> Iterator[tuple[Location, Json | Absent, Json | Absent]]:
    """Yield each difference of two values in document order: its location, expected, actual.

    A side that has nothing at the location is ABSENT.
    """
    if type(expected) is dict and type(actual) is dict:
        for key in [*expected, *(key for key in actual if key not in expected)]:
            yield from _sides(expected.get(key, ABSENT), actual.get(key, ABSENT), (*at, key))
    elif type(expected) is list and type(actual) is list:
        for index in range(max(len(expected), len(actual))):
            yield from _sides(_item(expected, index), _item(actual, index), (*at, index))
    elif not same(expected, actual):
        yield at, expected, actual


def _sides(
    expected: Json | Absent, actual: Json | Absent, at: Location
) -> Iterator[tuple[Location, Json | Absent, Json | Absent]]:
    if expected is ABSENT or actual is ABSENT:
        yield at, expected, actual
    else:
        yield from differences(expected, actual, at)


def _item(values: list[Json], index: int) -> Json | Absent:
    return values[index] if index < len(values) else ABSENT


def kinds_apart(values: Iterable[Json], others: Iterable[Json]) -> bool:
    """Return whether no value has the kind of one of the others, so that it says nothing that they differ.

    A null among the others counts as every kind: whether a text is null is a real question.
    """
    wanted = {kind_of(other) for other in others}
    return bool(wanted) and "null" not in wanted and wanted.isdisjoint(kind_of(value) for value in values)
