"""Reads JSON exactly (RFC 8259): a text that two readers could understand differently is not read at all."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from framework.base.jsonpath import Json, Location, format_location
from framework.base.messages import tr
from framework.base.numbers import read_number
from framework.base.source import visible

_SHOWN_CHARACTERS = 60
_MAX_PLACE = 80


class NotJsonError(ValueError):
    """The text is not one JSON text in UTF-8 (RFC 8259). The message names the first wrong place.

    ``at`` is that place if the syntax is right, None otherwise; ``fault`` describes the mistake there.
    """

    def __init__(self, message: str, at: Location | None = None, fault: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.fault = fault


def read_json(text: str, name: str = "") -> Json:
    """Return the value of a JSON text. *name* is its name in messages; a reply, if it is empty.

    Raises:
        NotJsonError: the text is not JSON, repeats a key in an object, or has a number that cannot be read.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_read_object, parse_float=read_number, parse_constant=_reject_constant
        )
    except (ValueError, ArithmeticError, RecursionError):
        # Python does not report the place of most of these faults, so a second and slower reading finds it.
        raise _explained(text, name or tr("答复")) from None


def _read_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _reject_constant(name: str) -> Any:
    # Python reads NaN and Infinity; JSON has neither.
    raise ValueError(name)


# -- the place of a fault


@dataclass(frozen=True, slots=True)
class _Fault:
    """Replaces a value that cannot be read. A repeated key is part of the fault's place."""

    message: str
    key: tuple[str, ...] = ()


def _explained(text: str, name: str) -> NotJsonError:
    if not text.strip():
        return NotJsonError(tr("{name}是空的，不是 JSON", name=name))
    try:
        document = json.loads(
            text,
            object_pairs_hook=_mark_object,
            parse_float=_mark_number,
            parse_int=_mark_integer,
            parse_constant=_mark_constant,
        )
    except RecursionError:
        return NotJsonError(tr("{name}嵌套过深，无法解析", name=name))
    except json.JSONDecodeError as error:
        return NotJsonError(_syntax_message(text, error, name))
    location, fault = _first_fault(document)
    at = (*location, *fault.key)
    place = _shorten(format_location(at, "$"), _MAX_PLACE)
    message = tr("{name}不能当作 JSON 读：{place} {fault}", name=name, place=place, fault=fault.message)
    return NotJsonError(message, at, fault.message)


def _syntax_message(text: str, error: json.JSONDecodeError, name: str) -> str:
    return tr(
        "{name}不是 JSON：第 {line} 行第 {column} 列读不懂；{name}是“{shown}”",
        name=name,
        line=error.lineno,
        column=error.colno,
        shown=_shorten(text.strip(), _SHOWN_CHARACTERS),
    )


def _shorten(text: str, budget: int) -> str:
    return visible(text[:budget]) + ("…" if len(text) > budget else "")


def _mark_object(pairs: list[tuple[str, Json]]) -> Any:
    seen: set[str] = set()
    for key, _value in pairs:
        if key in seen:
            return _Fault(
                tr("这个键在同一个对象里写了不止一次，取哪个值没有定论（RFC 8259 第 4 节）"), (key,)
            )
        seen.add(key)
    return dict(pairs)


def _mark_number(text: str) -> Any:
    try:
        return read_number(text)
    except OverflowError:
        return _Fault(tr("是 {number}，超出双精度数的范围", number=_shorten(text, _SHOWN_CHARACTERS)))


def _mark_integer(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return _Fault(tr("是超过 {limit} 位的整数，不读", limit=sys.get_int_max_str_digits()))


def _mark_constant(name: str) -> Any:
    return _Fault(tr("是 {name}，JSON 里没有这个数", name=name))


def _first_fault(document: Any) -> tuple[Location, _Fault]:
    """Return the first fault in document order."""
    stack: list[tuple[Location, Any]] = [((), document)]
    while stack:
        location, value = stack.pop()
        if isinstance(value, _Fault):
            return location, value
        if isinstance(value, dict):
            stack += [((*location, key), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            stack += [((*location, index), value[index]) for index in range(len(value) - 1, -1, -1)]
    raise AssertionError("no fault")
