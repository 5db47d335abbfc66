"""The states that a check can have on one value, of which not everything is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Final

from framework.base.jsonpath import Json
from framework.cases.case import Call, CombinedCalls, Each, MatcherCall, Measure, Vocabulary
from framework.cases.logic import State, all_hold, combined
from framework.cases.possible_values import COUNTS, FRESH, any_number, numbers_of_row
from framework.cases.request import MISSING, Missing
from framework.cases.template import Constant

States = frozenset[State]
_EITHER: Final[States] = frozenset({"held", "violated"})


def call_name(call: Call) -> str:
    if isinstance(call, (MatcherCall, Measure)):
        return call.name
    return "each" if isinstance(call, Each) else call.kind


def possible_states(call: Call, value: Json | Missing, matchers: Vocabulary) -> States:
    """Return all states of *call* on *value*: what is not known of the value may be this way or that."""
    unknown = _Unknown(value, matchers)
    unknown.collect(call)
    if prod(map(len, unknown.candidates.values())) > _MOST_WAYS:
        return _EITHER
    names = list(unknown.candidates)
    ways = product(*unknown.candidates.values())
    return frozenset(_state(call, value, matchers, dict(zip(names, way, strict=True))) for way in ways)


_MOST_WAYS: Final = 4096
_Fact = tuple[str, str]
"""A matcher and its argument, or a measure and nothing."""
_NEGATED: Final = {"not_contains": "contains"}
_NOT: Final[dict[State, State]] = {"held": "violated", "violated": "held"}


@dataclass
class _Unknown:
    """What the result of a call depends on beside the value: each fact with the ways in which it can be.

    A fact that several matchers are about is the same for all of them.
    """

    value: Json | Missing
    matchers: Vocabulary
    candidates: dict[_Fact, tuple[Json, ...]] = field(default_factory=dict)

    def collect(self, call: Call) -> None:
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                for inner in branch:
                    self.collect(inner)
        elif self.value is MISSING or _known_state(call, self.value, self.matchers) is not None:
            return
        elif isinstance(call, Measure):
            numbers = numbers_of_row(COUNTS, call.calls) if call.name != "sum" else any_number(call.calls)
            before = self.candidates.get(_fact(call), ())
            self.candidates[_fact(call)] = tuple(dict.fromkeys((*before, *numbers)))
            for inner in call.calls:
                self._collect_in_measure(inner)
        else:
            self.candidates[_fact(call)] = ("held", "violated")

    def _collect_in_measure(self, call: Call) -> None:
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                for inner in branch:
                    self._collect_in_measure(inner)
        elif _known_state(call, 0, self.matchers) is None:
            self.candidates[_fact(call)] = ("held", "violated")


def _fact(call: Call) -> _Fact:
    if isinstance(call, MatcherCall) and isinstance(call.argument, Constant):
        return _NEGATED.get(call.name, call.name), json.dumps(call.argument.value, default=str)
    return call_name(call), "" if isinstance(call, Measure) else str(id(call))


def _state(call: Call, value: Json | Missing, matchers: Vocabulary, facts: Mapping[_Fact, Json]) -> State:
    if isinstance(call, CombinedCalls):
        branches = [[_state(inner, value, matchers, facts) for inner in branch] for branch in call.branches]
        return combined(call.kind, branches)
    known = _known_state(call, value, matchers)
    if known is not None:
        return known
    fact = facts[_fact(call)]
    if isinstance(call, Measure):
        return all_hold(_state(inner, fact, matchers, facts) for inner in call.calls)
    state: State = fact
    return _NOT[state] if isinstance(call, MatcherCall) and call.name in _NEGATED else state


def _known_state(call: Call, value: Json | Missing, matchers: Vocabulary) -> State | None:
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
    number = matcher.measure_of(value)
    states = [_state_of_number(inner, number, matchers) for inner in call.calls]
    return None if None in states else all_hold(state for state in states if state is not None)


def _state_of_number(call: Call, number: Json, matchers: Vocabulary) -> State | None:
    """Return the state of a matcher on a measured number, or None if it is not known; no number: it fails."""
    if number is None:
        return "unjudgeable"
    if not isinstance(call, CombinedCalls):
        return _known_state(call, number, matchers)
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
    state = matcher.state_of(value, call.argument.value)
    decides = matcher.exact or _is_known(value) or (isinstance(value, str) and state == "unjudgeable")
    return state if decides else None


def _is_known(value: Json) -> bool:
    """Return whether *value* stands for itself, or for numbers: no text or list of unknown content."""
    if isinstance(value, str):
        return "\x00" not in value
    return not _has_length(value) or FRESH not in value


def _has_length(value: Json) -> bool:
    return isinstance(value, (str, list, dict))
