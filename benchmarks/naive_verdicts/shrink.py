"""Makes a pair smaller as long as it keeps a property."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from benchmarks.naive_verdicts.generate import Pair

COMBINATIONS = ("not", "all_of", "any_of", "each")


def shrunk(pair: Pair, still_differs: Callable[[Pair], bool]) -> Pair:
    """The first smaller pair that still differs, again and again."""
    while True:
        smaller = next((candidate for candidate in _smaller_pairs(pair) if still_differs(candidate)), None)
        if smaller is None:
            return pair
        pair = smaller


def _smaller_pairs(pair: Pair) -> Iterator[Pair]:
    for checks in _smaller_values(pair.checks):
        if isinstance(checks, dict) and checks:
            yield replace(pair, checks=checks)
    for document in _smaller_values(pair.reply.document):
        yield replace(pair, reply=replace(pair.reply, document=document))


def _smaller_values(value: Any) -> Iterator[Any]:
    """*value* without a part, with a part in place of the combination around it, or with a smaller part."""
    if isinstance(value, dict):
        for name, member in value.items():
            rest = {other: part for other, part in value.items() if other != name}
            yield rest
            yield from _unwrapped(name, member, rest)
            for smaller in _smaller_values(member):
                yield {**value, name: smaller}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            for smaller in _smaller_values(item):
                yield [*value[:index], smaller, *value[index + 1 :]]


def _unwrapped(name: str, member: Any, rest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if name in COMBINATIONS:
        for part in member if isinstance(member, list) else [member]:
            if isinstance(part, dict):
                yield {**rest, **part}
