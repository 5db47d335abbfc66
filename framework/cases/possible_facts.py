"""Decides which facts about a value of unknown content can be true together.

A fact is a matcher with a constant argument that holds or does not, or a measure with its number. Some
follow from others: a text that starts with ``abc`` contains ``b`` and has at least three characters. Only
facts that are certain rule something out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import inf
from typing import Final

from framework.base.jsonpath import Json
from framework.cases.case import Vocabulary

Fact = tuple[str, str]
"""A matcher and its argument as JSON, or a measure and nothing."""
Facts = Mapping[Fact, Json]
UNKNOWN: Final = "?"
"""Instead of an argument that is not known before the run."""
_DATETIME: Final = "dddd-dd-dd dd:dd:dd"
LENGTH_OF_DATETIME: Final = len(_DATETIME)
_DIGITS: Final = frozenset("0123456789")
_OF_ANY_ORDER: Final = frozenset(
    ("unique", "all_equal", "same_items_as", "subset_of", "superset_of", "disjoint_from")
)
_WHOLE_LISTS: Final = ("subset_of", "same_items_as", "same_sequence_as")
_OF_ONE_ORDER: Final = _OF_ANY_ORDER | {"sorted", "same_sequence_as"}


def can_be(value: Json, facts: Facts, matchers: Vocabulary) -> bool:
    """Return whether *facts* can all be true: of *value*, and of the list that it is, or that it is in."""
    if isinstance(value, str) and not _of_a_text(facts, matchers):
        return False
    return _of_a_list(facts, matchers)


def is_of_one_length(facts: Facts) -> bool:
    """Return whether *facts* about one list give it one length: ``length`` and ``count`` are the same."""
    length, count = facts.get(("length", "")), facts.get(("count", ""))
    return length is None or count is None or length == count


def _arguments(facts: Facts, name: str, state: str) -> list[Json]:
    return [
        json.loads(argument)
        for (fact, argument), it in facts.items()
        if fact == name and it == state and not argument.startswith(UNKNOWN)
    ]


def _texts(facts: Facts, name: str, state: str) -> list[str]:
    return [argument for argument in _arguments(facts, name, state) if isinstance(argument, str)]


def _of_a_text(facts: Facts, matchers: Vocabulary) -> bool:
    starts, ends = _texts(facts, "starts_with", "held"), _texts(facts, "ends_with", "held")
    parts = [*starts, *ends, *_texts(facts, "contains", "held")]
    length = facts.get(("length", ""))
    is_written = bool(_arguments(facts, "datetime", "held").count(True))
    return not (
        any(not (one.startswith(two) or two.startswith(one)) for one, two in combinations(starts, 2))
        or any(not (one.endswith(two) or two.endswith(one)) for one, two in combinations(ends, 2))
        or any(one.startswith(two) for two in _texts(facts, "starts_with", "violated") for one in starts)
        or any(one.endswith(two) for two in _texts(facts, "ends_with", "violated") for one in ends)
        or any(two in one for two in _texts(facts, "contains", "violated") for one in parts)
        or (isinstance(length, (int, float)) and any(len(part) > length for part in parts))
        or (is_written and not _fits_datetime(starts, ends, length))
    ) and _of_a_moment(facts, matchers, is_time=is_written)


def _fits_datetime(starts: Iterable[str], ends: Iterable[str], length: Json) -> bool:
    pairs = [*((start, _DATETIME) for start in starts), *((end[::-1], _DATETIME[::-1]) for end in ends)]
    return length in (None, LENGTH_OF_DATETIME) and all(
        len(text) <= len(shape)
        and all(
            char in _DIGITS if wanted == "d" else char == wanted
            for char, wanted in zip(text, shape, strict=False)
        )
        for text, shape in pairs
    )


def _of_a_moment(facts: Facts, matchers: Vocabulary, *, is_time: bool) -> bool:
    """Return whether a moment can be after all its lower bounds and before all its upper ones."""
    before = matchers.get("before")
    if before is None:
        return True
    befores, afters = _texts(facts, "before", "held"), _texts(facts, "after", "held")
    not_befores, not_afters = _texts(facts, "before", "violated"), _texts(facts, "after", "violated")
    apart = [(low, high) for low in afters for high in befores]
    # A moment that is not before another one is at it or after it.
    apart += [(low, high) for low in not_befores for high in befores]
    apart += [(low, high) for low in afters for high in not_afters]
    is_time = is_time or bool(befores or afters)
    touching = [(low, high) for low in not_befores for high in not_afters] if is_time else []
    return all(before.state_of(low, high) == "held" for low, high in apart) and not any(
        before.state_of(high, low) == "held" for low, high in touching
    )


def _of_a_list(facts: Facts, matchers: Vocabulary) -> bool:
    names = {name for name, _ in facts}
    if not names & (_OF_ONE_ORDER | {"count", "sum"}):
        return True
    for name, known_of in (("same_sequence_as", _OF_ONE_ORDER), ("same_items_as", _OF_ANY_ORDER)):
        for items in _lists(facts, name, "held"):
            if not all(_agrees(fact, it, items, known_of, matchers) for fact, it in facts.items()):
                return False
    return _of_a_partly_known_list(facts, matchers)


def _lists(facts: Facts, name: str, state: str) -> list[list[Json]]:
    return [argument for argument in _arguments(facts, name, state) if isinstance(argument, list)]


def _agrees(
    fact: Fact, state: Json, items: list[Json], known_of: frozenset[str], matchers: Vocabulary
) -> bool:
    """Return whether a fact can be true of the list *items*."""
    name, argument = fact
    matcher = matchers.get(name)
    if matcher is None or argument.startswith(UNKNOWN):
        return True
    if name in ("count", "sum"):
        return bool(matcher.measure_of(items) == state)
    if name not in known_of or not items:
        return True
    found = matcher.state_of(items, json.loads(argument))
    return found is None or (found == "held") == (state == "held")


def _of_a_partly_known_list(facts: Facts, matchers: Vocabulary) -> bool:
    def judged(name: str, items: list[Json], argument: Json, wanted: str) -> bool:
        matcher = matchers.get(name)
        return matcher is not None and matcher.state_of(items, argument) == wanted

    required, allowed = _lists(facts, "superset_of", "held"), _lists(facts, "subset_of", "held")
    excluded = _lists(facts, "disjoint_from", "held")
    unique = facts.get(("unique", "true")) == "held"
    all_equal = facts.get(("all_equal", "true")) == "held"
    counted = facts.get(("count", ""))
    least = max((len(items) for items in required if judged("unique", items, True, "held")), default=0)
    most = min(map(len, allowed), default=inf) if unique else inf
    count = counted if isinstance(counted, (int, float)) else None
    return not (
        any(judged("subset_of", items, others, "violated") for items in required for others in allowed)
        or any(
            judged("disjoint_from", items, others, "violated") for items in required for others in excluded
        )
        or any(
            items and judged("subset_of", items, others, "held") for items in allowed for others in excluded
        )
        or (all_equal and any(judged("all_equal", items, True, "violated") for items in required))
        or (count is not None and not least <= count <= most)
        or (count is not None and count > 1 and all_equal and unique)
    )


def can_be_an_item(value: Json, facts: Facts, matchers: Vocabulary) -> bool:
    """Return whether *value* can be in the list of which *facts* are true."""
    one_of = matchers.get("one_of")
    lists = [items for name in _WHOLE_LISTS for items in _lists(facts, name, "held")]
    return one_of is None or all(one_of.state_of(value, items) == "held" for items in lists)
