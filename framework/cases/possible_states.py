"""Finds the states that a check can have on one value that is only partly known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final

from framework.base.jsonpath import Json
from framework.cases.case import Call, CombinedCalls, Each, MatcherCall, Measure, Subject, Vocabulary
from framework.cases.logic import State, all_hold, combined
from framework.cases.possible_facts import (
    LENGTH_OF_DATETIME,
    UNKNOWN,
    Fact,
    Facts,
    can_be,
    can_be_an_item,
    is_of_one_length,
)
from framework.cases.possible_values import COUNTS, FRESH, any_number, constants_of, numbers_of_row
from framework.cases.request import MISSING, Missing
from framework.cases.template import Constant

States = frozenset[State]
_EITHER: Final[States] = frozenset({"held", "violated"})


def call_name(call: Call) -> str:
    if isinstance(call, (MatcherCall, Measure)):
        return call.name
    return "each" if isinstance(call, Each) else call.kind


def possible_states(call: Call, value: Json | Missing, matchers: Vocabulary, subject: Subject) -> States:
    """Return all states of *call* on *value*: each unknown fact of the value may be true or false."""
    judge = _Judge(value, matchers, subject)
    judge.collect(call)
    judge.add_measures_of(constants_of([call]))
    if prod(map(len, judge.candidates.values())) > _MOST_WAYS:
        return _EITHER
    names = list(judge.candidates)
    ways = (dict(zip(names, way, strict=True)) for way in product(*judge.candidates.values()))
    found: set[State] = set()
    for way in ways:
        state = judge.state(call, way)
        if state not in found and judge.can_be(way):
            found.add(state)
    return frozenset(found)


_MOST_WAYS: Final = 1024
_NEGATED: Final = {"not_contains": "contains"}
_PARTS: Final = ("contains", "starts_with", "ends_with")
_NOT: Final[dict[State, State]] = {"held": "violated", "violated": "held"}


@dataclass
class _Judge:
    """Judges calls on a value of which not everything is known.

    ``candidates`` has what the result depends on beside the value: each fact with the ways in which it can
    be. A fact that several matchers are about is the same for all of them.
    """

    value: Json | Missing
    matchers: Vocabulary
    subject: Subject
    candidates: dict[Fact, tuple[Json, ...]] = field(default_factory=dict)
    # By the identity of the call, because many ways are tried.
    _measures: dict[int, Call] = field(default_factory=dict)
    _facts: dict[int, Fact] = field(default_factory=dict)
    _states: dict[tuple[int, str], State | None] = field(default_factory=dict)

    def collect(self, call: Call) -> None:
        call = self._as_measure(call)
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                for inner in branch:
                    self.collect(inner)
        elif self.value is MISSING or self._known_state(call) is not None:
            return
        elif isinstance(call, Measure):
            numbers = numbers_of_row(COUNTS, call.calls) if call.name != "sum" else any_number(call.calls)
            before = self.candidates.get(_fact(call), ())
            # The empty ones are values of their own.
            possible = (number for number in numbers if number != 0 or call.name != "length")
            self.candidates[_fact(call)] = tuple(dict.fromkeys((*before, *possible)))
            for inner in call.calls:
                self._collect_in_measure(inner)
        else:
            self.candidates[_fact(call)] = ("violated",) if self._never_occurs(call) else ("held", "violated")

    def add_measures_of(self, constants: Iterable[Json]) -> None:
        """Let each measure also be that of a constant: a list can be the same as one, or hold all of it."""
        measured = [constant for constant in constants if isinstance(constant, (str, list))]
        numbers: dict[str, set[Json]] = {"count": set(), "length": {LENGTH_OF_DATETIME}, "sum": set()}
        for name, found in numbers.items():
            matcher = self.matchers.get(name)
            lists = (it for it in measured if name == "length" or isinstance(it, list))
            found |= {matcher.measure_of(it) for it in lists if matcher is not None and it} - {None}
        for one, other in (("count", "length"), ("length", "count")):
            numbers[one] |= set(self.candidates.get((other, ""), ())) | numbers[other]
        for name, found in numbers.items():
            if (name, "") in self.candidates:
                self.candidates[name, ""] = tuple(dict.fromkeys((*self.candidates[name, ""], *found)))

    def _as_measure(self, call: Call) -> Call:
        """Return ``length: 3`` as ``length: {equals: 3}``, and any other call as it is."""
        if id(call) not in self._measures:
            self._measures[id(call)] = self._make_measure(call)
        return self._measures[id(call)]

    def _make_measure(self, call: Call) -> Call:
        matcher = self.matchers.get(call.name) if isinstance(call, MatcherCall) else None
        if matcher is None or not matcher.measures or not isinstance(call, MatcherCall):
            return call
        if not isinstance(call.argument, Constant):
            return call
        return Measure(call.name, (MatcherCall("equals", call.argument, call.span),), call.span)

    def _never_occurs(self, call: Call) -> bool:
        row = self.subject.row
        if row is None or not isinstance(call, MatcherCall) or not isinstance(call.argument, Constant):
            return False
        text = call.argument.value
        return isinstance(text, str) and _fact(call)[0] in _PARTS and any(char in text for char in row.never)

    def _collect_in_measure(self, call: Call) -> None:
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                for inner in branch:
                    self._collect_in_measure(inner)
        elif _state_of_single(call, 0, self.matchers) is None:
            self.candidates[_fact(call)] = ("held", "violated")

    def can_be(self, facts: Facts) -> bool:
        """Return whether the value can be such that all *facts* are true."""
        if self.value is MISSING:
            return True
        is_item = self.subject.kind == "path" and not self.subject.singular
        if is_item and not can_be_an_item(self.value, facts, self.matchers):
            return False
        if self._is_alone and isinstance(self.value, list) and not is_of_one_length(facts):
            return False
        row = self.subject.row
        if row is None or not row.starts or self.value != FRESH:
            return can_be(self.value, facts, self.matchers)
        known: list[Facts] = [{("starts_with", json.dumps(start)): "held"} for start in row.starts]
        return any(
            # A matcher that contradicts a known fact cannot be true.
            not any(facts.get(fact) == "violated" for fact in more)
            and can_be(self.value, {**facts, **more}, self.matchers)
            for more in known
        )

    def state(self, call: Call, facts: Facts) -> State:
        return self._state(call, self.value, facts)

    def _state(self, call: Call, value: Json | Missing, facts: Facts) -> State:
        call = self._as_measure(call)
        if isinstance(call, CombinedCalls):
            branches = [[self._state(inner, value, facts) for inner in branch] for branch in call.branches]
            return combined(call.kind, branches)
        known = self._cached_state(call, value)
        if known is not None:
            return known
        if id(call) not in self._facts:
            self._facts[id(call)] = _fact(call)
        fact = facts[self._facts[id(call)]]
        if isinstance(call, Measure):
            return all_hold(self._state(inner, fact, facts) for inner in call.calls)
        state: State = fact
        return _NOT[state] if isinstance(call, MatcherCall) and call.name in _NEGATED else state

    def _cached_state(self, call: Call, value: Json | Missing) -> State | None:
        is_own = value is self.value
        key = id(call), "" if is_own else repr(value)
        if key not in self._states:
            own = self._known_state(call) if is_own else _state_of_single(call, value, self.matchers)
            self._states[key] = own
        return self._states[key]

    def _known_state(self, call: Call) -> State | None:
        """Return the state of a single matcher or measure if the value decides it; None if it does not."""
        value, matchers = self.value, self.matchers
        if value is MISSING or not self._is_of_list(call):
            return _state_of_single(call, value, matchers)
        if not self._is_alone or isinstance(call, Each):
            return None
        if not isinstance(value, list):
            return "unjudgeable"  # a list matcher looks at the array under a singular path
        matcher = matchers[call_name(call)]
        if not value or not _is_known(value):
            return None
        if isinstance(call, Measure):
            return _state_of_measure(call, matcher.measure_of(value), matchers)
        if not isinstance(call, MatcherCall) or not isinstance(call.argument, Constant):
            return None
        return matcher.state_of(value, call.argument.value)

    @property
    def _is_alone(self) -> bool:
        return (
            self.subject.singular and self.subject.kind in ("path", "variable") and self.subject.row is None
        )

    def _is_of_list(self, call: Call) -> bool:
        matcher = self.matchers.get(call_name(call))
        return matcher is not None and matcher.kind == "list"


def _fact(call: Call) -> Fact:
    if isinstance(call, MatcherCall) and isinstance(call.argument, Constant):
        return _NEGATED.get(call.name, call.name), json.dumps(call.argument.value, default=str)
    return call_name(call), "" if isinstance(call, Measure) else f"{UNKNOWN}{id(call)}"


def _state_of_single(call: Call, value: Json | Missing, matchers: Vocabulary) -> State | None:
    """Return the state of a single matcher or measure if the value decides it; None if it does not."""
    if value is MISSING:
        is_presence = isinstance(call, MatcherCall) and _is_presence(call, matchers)
        return "held" if is_presence else "unjudgeable"
    if isinstance(call, MatcherCall):
        return _known_state_of_matcher(call, value, matchers)
    matcher = matchers.get(call.name) if isinstance(call, Measure) else None
    if matcher is None or not isinstance(call, Measure) or matcher.kind != "value":
        return None
    if _has_length(value) and not _is_known(value):
        return None
    return _state_of_measure(call, matcher.measure_of(value), matchers)


def _state_of_measure(call: Measure, number: Json, matchers: Vocabulary) -> State | None:
    states = [_state_of_number(inner, number, matchers) for inner in call.calls]
    return None if None in states else all_hold(state for state in states if state is not None)


def may_measure(call: Call, number: Json, matchers: Vocabulary) -> bool:
    """Return whether a measure, or ``count: 3``, may hold if it measures *number*."""
    if isinstance(call, Measure):
        return _state_of_measure(call, number, matchers) in (None, "held")
    if not isinstance(call, MatcherCall) or not isinstance(call.argument, Constant):
        return True
    return _state_of_number(MatcherCall("equals", call.argument, call.span), number, matchers) == "held"


def _state_of_number(call: Call, number: Json, matchers: Vocabulary) -> State | None:
    """Return the state of a matcher on a measured number, or None if it is not known; no number: it fails."""
    if number is None:
        return "unjudgeable"
    if not isinstance(call, CombinedCalls):
        return _state_of_single(call, number, matchers)
    branches = [[_state_of_number(inner, number, matchers) for inner in branch] for branch in call.branches]
    if any(state is None for branch in branches for state in branch):
        return None
    return combined(call.kind, [[state for state in branch if state is not None] for branch in branches])


def _is_presence(call: MatcherCall, matchers: Vocabulary) -> bool:
    matcher = matchers.get(call.name)
    return matcher is not None and matcher.kind == "presence"


def _known_state_of_matcher(call: MatcherCall, value: Json, matchers: Vocabulary) -> State | None:
    matcher = matchers.get(call.name)
    if matcher is None:
        return None
    if matcher.kind == "presence":
        return "violated"
    if not isinstance(call.argument, Constant) or matcher.kind == "list":
        return None
    argument = call.argument.value
    state = matcher.state_of(value, argument)
    if matcher.exact or _is_known(value):
        return state
    if state != "unjudgeable" or isinstance(argument, dict):  # a text that fits a format is not made up here
        return None
    # No content makes it judgeable: neither this one nor the argument itself.
    text = str(argument)
    filled: Json = text if isinstance(value, str) else [argument] if isinstance(value, list) else {text: 1}
    return state if matcher.state_of(filled, argument) == "unjudgeable" else None


def _is_known(value: Json) -> bool:
    """Return whether *value* stands for itself, or for numbers: no text or list of unknown content."""
    if isinstance(value, str):
        return "\x00" not in value
    return not _has_length(value) or FRESH not in value


def _has_length(value: Json) -> bool:
    return isinstance(value, (str, list, dict))
