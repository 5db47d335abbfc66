"""Checks that cannot fail, or cannot pass, whatever the service replies (rule 1 of the case language).

A check is evaluated on representatives of all values that its subject can have. The matchers marked ``exact``
compare, order and measure, so between two of the constants in the check they judge all values alike: the
constants, their neighbours and one fresh value of each type represent the rest. A ``self_contained`` matcher
is judged on the constants themselves, and on values of a type that it cannot judge. Any other may hold or
not. So a check is refused only if no value could change its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Final

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import (
    Call,
    Check,
    CheckNode,
    CombinedCalls,
    CombinedChecks,
    Each,
    MatcherCall,
    Measure,
    Subject,
    Vocabulary,
)
from framework.cases.logic import State, combined
from framework.cases.request import MISSING, Missing
from framework.cases.subjects import SubjectRow
from framework.cases.template import Constant, Reference, references

States = frozenset[State]
_EITHER: Final[States] = frozenset({"held", "violated"})
_FRESH: Final = "\x00 a text that no case compares with"
_HUGE: Final = 1e300
"""A number beyond this does not occur in a reply; it bounds the representatives."""

COUNTS: Final = SubjectRow("", "body", lambda *_: None, "", "", least=0, most=10**8)
"""The numbers that ``length`` and ``count`` measure."""

_NOT_OF_ITSELF: Final = frozenset({"unique", "sorted", "all_equal", "count", "sum", "datetime", "schema"})


def constant_check(subject: Subject, call: Call, matchers: Vocabulary) -> Problem | None:
    """Return why the result of *call* on *subject* is always the same; None if a reply can change it."""
    itself = _reference_to_itself(subject, call)
    if itself is not None:
        what = tr("{subject} 与它自己比较，永远成立", subject=subject.text)
        how = tr("另一边写期望的值；只要求有这个字段就写 type")
        return Problem("never-fails", what, how, itself.span)
    if nothing := _compared_with_nothing(subject, call):
        return nothing
    if not _worth_evaluating(subject, call):
        return None
    found: set[State] = set()
    for value in _representatives(subject, call):
        states = _states(call, value, matchers)
        found |= states
        if isinstance(call, CombinedCalls) and value is not MISSING and "unjudgeable" in states:
            found.add("violated")  # a value of another type fails all alternatives
    name = _name(call)
    where = call.argument.span if isinstance(call, MatcherCall) else call.span
    if "violated" not in found and "held" in found:
        what = tr("{subject} 无论是什么值，{name} 都成立，这条检查永远成立", subject=subject.text, name=name)
        return Problem("never-fails", what, _possible_values(subject), where)
    if "held" not in found:
        what = tr(
            "{subject} 无论是什么值，{name} 都不成立，这条检查永远不会通过", subject=subject.text, name=name
        )
        return Problem("never-passes", what, _possible_values(subject), where)
    return None


def _compared_with_nothing(subject: Subject, call: Call) -> Problem | None:
    """Return the problem of a list that is compared with an empty one: then nothing is in it."""
    if not isinstance(call, MatcherCall) or call.name != "subset_of":
        return None
    if not isinstance(call.argument, Constant) or call.argument.value != []:
        return None
    what = tr("{subject} 与空列表比较：有任何一项都不成立", subject=subject.text)
    return Problem("never-passes", what, tr("要求一项也没有就写 {{count: 0}}", x=""), call.argument.span)


def contradiction(subject: Subject, calls: Sequence[Call], matchers: Vocabulary) -> Problem | None:
    """Return why the *calls* under one subject can never hold together; None if some value fits them all."""
    if len(calls) < 2 or any(_asks_for_absence(call, matchers) for call in calls):
        # A path that selects nothing fits absent, and count: 0 as well.
        return None
    together = CombinedCalls("all_of", (tuple(calls),), subject.span)
    if any("held" in _states(together, value, matchers) for value in _representatives(subject, together)):
        return None
    what = tr("{subject} 的这几个要求不能同时成立，这条检查永远不会通过", subject=subject.text)
    return Problem("never-passes", what, tr("只要成立一个就写 any_of"), subject.span)


def _asks_for_absence(call: Call, matchers: Vocabulary) -> bool:
    matcher = matchers.get(call.name) if isinstance(call, MatcherCall) else None
    return matcher is not None and matcher.kind == "presence"


def constant_combination(node: CombinedChecks, matchers: Vocabulary) -> Problem | None:
    """Return why a combination of whole checks has always the same result, if all are of one subject."""
    subjects = {check.subject.text: check.subject for check in _checks_in(node)}
    if len(subjects) != 1:
        return None
    (subject,) = subjects.values()
    return constant_check(subject, _as_call(node), matchers)


def _checks_in(node: CheckNode) -> Iterator[Check]:
    if isinstance(node, Check):
        yield node
    else:
        for branch in node.branches:
            for inner in branch:
                yield from _checks_in(inner)


def _as_call(node: CombinedChecks) -> CombinedCalls:
    branches = []
    for branch in node.branches:
        calls: list[Call] = []
        for inner in branch:
            calls += inner.calls if isinstance(inner, Check) else [_as_call(inner)]
        branches.append(tuple(calls))
    return CombinedCalls(node.kind, tuple(branches), node.span)


def _name(call: Call) -> str:
    if isinstance(call, (MatcherCall, Measure)):
        return call.name
    return "each" if isinstance(call, Each) else call.kind


def _possible_values(subject: Subject) -> str:
    row = subject.row
    if row is None or not (row.values or row.numeric):
        return ""
    if row.values:
        return tr("它的值是：{values}", values=tr("、").join(row.values))
    if row.most is not None and row.most < 1000:
        return tr("它是 {least} 到 {most} 的整数", least=row.least, most=row.most)
    return tr("它是不小于 {least} 的数字", least=row.least)


def _worth_evaluating(subject: Subject, call: Call) -> bool:
    """Return whether the result could be constant; a plain comparison of a path never is."""
    if subject.row is not None or not isinstance(call, MatcherCall):
        return not isinstance(call, Each)
    constants = call.argument.value if isinstance(call.argument, Constant) else None
    return call.name == "type" or any(abs(number) >= 1e100 for number in _numbers([constants]))


# -- a check that compares a value with itself


def _reference_to_itself(subject: Subject, call: Call) -> Reference | None:
    if isinstance(call, MatcherCall):
        if call.name in _NOT_OF_ITSELF:
            return None
        named = references(call.argument)
        return next((reference for reference in named if _is_subject(reference, subject)), None)
    inner = call.calls if isinstance(call, Measure) else ()
    if isinstance(call, CombinedCalls):
        inner = tuple(one for branch in call.branches for one in branch)
    return next(filter(None, (_reference_to_itself(subject, one) for one in inner)), None)


def _is_subject(reference: Reference, subject: Subject) -> bool:
    """Return whether *reference* is the value of *subject*, or the list whose items *subject* selects."""
    path = subject.path.fixed if subject.path is not None else None
    if path is None:
        return False
    if subject.kind == "variable":
        same_root = reference.origin == "variable" and reference.name == subject.name
    else:  # Inside ``each`` no path starts with $.
        same_root = reference.origin == ("reply" if subject.text.startswith(("$", "schema")) else "record")
    if not same_root:
        return False
    selected, named = str(path.query), str(reference.path.query)
    return selected == named or (selected.startswith(named) and set(selected[len(named) :]) <= set("[*]"))


# -- the states that a call can have on one value


def _states(call: Call, value: Json | Missing, matchers: Vocabulary) -> States:
    if isinstance(call, CombinedCalls):
        return _combined_states(call, value, matchers)
    if isinstance(call, MatcherCall):
        return _matcher_states(call, value, matchers)
    if isinstance(call, Measure) and value is not MISSING:
        return _measure_states(call, value, matchers)
    return frozenset({"unjudgeable"}) if value is MISSING else _EITHER


def _matcher_states(call: MatcherCall, value: Json | Missing, matchers: Vocabulary) -> States:
    matcher = matchers.get(call.name)
    if matcher is None:
        return _EITHER
    if matcher.kind == "presence":
        return frozenset({"held" if value is MISSING else "violated"})
    if value is MISSING:
        return frozenset({"unjudgeable"})
    if not isinstance(call.argument, Constant) or matcher.kind == "list":
        return _EITHER
    state = matcher.state_of(value, call.argument.value)
    if state is None or not (
        matcher.exact or _is_known(value) or (_is_text(value) and state == "unjudgeable")
    ):
        return _EITHER
    return frozenset({state})


def _is_known(value: Json) -> bool:
    """Return whether *value* stands for itself, or for numbers: no text or list of unknown content."""
    if isinstance(value, str):
        return "\x00" not in value
    return not _has_length(value) or _FRESH not in value


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _combined_states(call: CombinedCalls, value: Json | Missing, matchers: Vocabulary) -> States:
    branches = [[_states(inner, value, matchers) for inner in branch] for branch in call.branches]
    sizes = [len(branch) for branch in branches]
    flat = [states for branch in branches for states in branch]
    if sum(len(states) > 1 for states in flat) > _MOST_UNKNOWN:
        return _EITHER
    return frozenset(combined(call.kind, _split(choice, sizes)) for choice in product(*flat))


_MOST_UNKNOWN: Final = 8
"""More matchers that may hold or not are not tried in all combinations."""


def _split(states: Sequence[State], sizes: Iterable[int]) -> list[Sequence[State]]:
    branches, start = [], 0
    for size in sizes:
        branches.append(states[start : start + size])
        start += size
    return branches


def _measure_states(call: Measure, value: Json, matchers: Vocabulary) -> States:
    """Return the states over all numbers that the measure can be; of a known value, it is known."""
    together = CombinedCalls("all_of", (call.calls,), call.span)
    matcher = matchers.get(call.name)
    if matcher is not None and matcher.kind == "value" and (_is_known(value) or not _has_length(value)):
        number = matcher.measure_of(value)
        return frozenset({"unjudgeable"}) if number is None else _states(together, number, matchers)
    found: set[State] = set()
    for number in _of_row(COUNTS, call.calls) if call.name != "sum" else _any_number(call.calls):
        found |= _combined_states(together, number, matchers)
    return frozenset(found)


def _has_length(value: Json) -> bool:
    return isinstance(value, (str, list, dict))


# -- representatives


def _representatives(subject: Subject, call: Call) -> Iterator[Json | Missing]:
    row = subject.row
    if row is not None and row.numeric:
        yield from _of_row(row, [call])
    elif row is not None and row.values:
        yield from row.values
    elif row is not None:
        texts = [constant for constant in _constants([call]) if isinstance(constant, str)]
        yield from (text for text in (*texts, _FRESH, "") if text or row.may_be_empty)
        if row.named:
            yield MISSING
    else:
        yield from _any_value(call)


def _any_value(call: Call) -> Iterator[Json | Missing]:
    yield from (True, False, None, _FRESH, "", [], [_FRESH], {}, {_FRESH: 1})
    yield from _any_number([call])
    for constant in _constants([call]):
        yield constant
        if isinstance(constant, str):
            yield constant + "\x00"  # the next text
    yield MISSING


def _any_number(calls: Iterable[Call]) -> Iterator[Json]:
    yield from (0, 1, -1, 0.5, _HUGE, -_HUGE)
    for number in _near_constants(calls):
        if abs(number) <= _HUGE:
            yield number


def _of_row(row: SubjectRow, calls: Iterable[Call]) -> Iterator[Json]:
    """Yield representatives of a number with bounds; a continuous one is never exactly a constant."""
    least, most = row.least or 0, row.most or 10**12
    yield from (least, most)
    constants = set(_numbers(_constants(calls)))
    for near in _near_constants(calls):
        if least <= near <= most and not (row.continuous and near in constants):
            yield near if row.continuous else int(near // 1)


def _near_constants(calls: Iterable[Call]) -> Iterator[float]:
    """Yield the constants, their neighbours, the integers around them, and a number between each two."""
    constants = sorted(set(_numbers(_constants(calls))))
    for number in constants:
        yield from (number - 1, number - 0.5, number, number + 0.5, number + 1)
        if abs(number) < _HUGE:
            yield from (number // 1, number // 1 + 1)
    for lower, upper in pairwise(constants):
        yield lower / 2 + upper / 2


def _numbers(constants: Iterable[Json]) -> Iterator[float]:
    for constant in constants:
        if isinstance(constant, (int, float)) and not isinstance(constant, bool):
            yield constant
        elif isinstance(constant, list):
            yield from _numbers(constant)
        elif isinstance(constant, Mapping):
            yield from _close_to(constant)


def _close_to(argument: Mapping[str, Json]) -> Iterator[float]:
    """Yield the bounds of ``close_to: {value, within}``."""
    value, within = argument.get("value"), argument.get("within")
    if isinstance(value, (int, float)) and isinstance(within, (int, float)):
        yield from (value - within, value, value + within)


def _constants(calls: Iterable[Call]) -> Iterator[Json]:
    """Yield the constants that a value of the subject is compared with, and the items of lists of them."""
    for call in calls:
        if isinstance(call, CombinedCalls):
            for branch in call.branches:
                yield from _constants(branch)
        elif isinstance(call, MatcherCall) and isinstance(call.argument, Constant):
            value = call.argument.value
            yield value
            if isinstance(value, list):
                yield from value
