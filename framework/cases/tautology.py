"""Checks that cannot fail, or cannot pass, whatever the service replies (rule 1 of the case language).

A check is evaluated on representatives of all values that its subject can have. The matchers marked ``exact``
compare, order and measure, so between two of the constants in the check they judge all values alike: the
constants, their neighbours and one fresh value of each type represent the rest. A ``self_contained`` matcher
is judged on the constants themselves, and on values of a type that it cannot judge. Any other may hold or
not. So a check is refused only if no value could change its result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from framework.base.errors import Problem
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
from framework.cases.logic import State
from framework.cases.possible_states import call_name, may_measure, possible_states
from framework.cases.possible_values import (
    COUNTS,
    filtered,
    numbers_in,
    numbers_of_row,
    representatives,
    row_of,
)
from framework.cases.request import MISSING
from framework.cases.template import Constant, Reference, references

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
    found = _states(subject, call, matchers)
    name = call_name(call)
    where = call.argument.span if isinstance(call, MatcherCall) else call.span
    # What a filter lets through is no assertion: the path may also select nothing, and then the check fails.
    if "violated" not in found and "held" in found and filtered(subject) is None:
        what = tr("{subject} 无论是什么值，{name} 都成立，这条检查永远成立", subject=subject.text, name=name)
        return Problem("never-fails", what, _possible_values(subject), where)
    if "held" not in found:
        what = tr(
            "{subject} 无论是什么值，{name} 都不成立，这条检查永远不会通过", subject=subject.text, name=name
        )
        return Problem("never-passes", what, _possible_values(subject), where)
    return None


def _states(subject: Subject, call: Call, matchers: Vocabulary) -> frozenset[State]:
    """Return all states that *call* can have; of a matcher with a constant, they are found once in a process.

    Ten thousand cases have few different checks, and evaluating each took a third of their collection.
    """
    if not isinstance(call, MatcherCall) or not isinstance(call.argument, Constant):
        return _evaluated_states(subject, call, matchers)
    row, spec = subject.row, matchers.get(call.name)
    key = subject.kind, subject.text, id(row), id(spec), call.name, repr(call.argument.value)
    if key not in _found:
        if len(_found) >= _MOST_FOUND:
            _found.clear()
        # The objects are kept, so their ids stay their own.
        _found[key] = _evaluated_states(subject, call, matchers), row, spec
    return _found[key][0]


_found: Final[dict[tuple[object, ...], tuple[frozenset[State], object, object]]] = {}
_MOST_FOUND: Final = 4096


def _evaluated_states(subject: Subject, call: Call, matchers: Vocabulary) -> frozenset[State]:
    found: set[State] = set()
    for value in representatives(subject, call):
        states = possible_states(call, value, matchers, subject)
        found |= states
        if isinstance(call, CombinedCalls) and value is not MISSING and "unjudgeable" in states:
            found.add("violated")  # a value of another type fails all alternatives
    return frozenset(found)


def _compared_with_nothing(subject: Subject, call: Call) -> Problem | None:
    """Return the problem of a list that is compared with an empty one: then nothing is in it."""
    if not isinstance(call, MatcherCall) or call.name != "subset_of":
        return None
    if not isinstance(call.argument, Constant) or call.argument.value != []:
        return None
    what = tr("{subject} 与空列表比较：有任何一项都不成立", subject=subject.text)
    return Problem("never-passes", what, tr("要求一项也没有就写 {count: 0}"), call.argument.span)


def contradiction(subject: Subject, calls: Sequence[Call], matchers: Vocabulary) -> Problem | None:
    """Return why the *calls* under one subject can never hold together; None if some value fits them all."""
    if len(calls) < 2:
        return None
    if any(_asks_for_absence(call, matchers) for call in calls):
        # A path that selects nothing fits absent, and count: 0 as well; no value matcher holds of nothing.
        of_value = any(_needs_a_value(call, matchers) for call in calls)
        return _never_together(subject) if of_value and subject.singular else None
    together = CombinedCalls("all_of", (tuple(calls),), subject.span)
    if any(
        "held" in possible_states(together, value, matchers, subject)
        for value in representatives(subject, together)
    ):
        return None
    return _never_together(subject)


def nothing_to_judge(subject: Subject, calls: Sequence[Call], matchers: Vocabulary) -> Problem | None:
    """Return the problem of a list that must be empty, while another matcher needs something in it."""
    counts = [call for call in calls if call_name(call) == "count"]
    others = [call for call in calls if _needs_a_value(call, matchers) or _looks_at_items(call, matchers)]
    if subject.singular or not counts or not others:
        return None
    inner = [one for call in counts for one in (call.calls if isinstance(call, Measure) else (call,))]
    some = (number for number in numbers_of_row(COUNTS, inner) if number > 0)
    if any(all(may_measure(call, number, matchers) for call in counts) for number in some):
        return None
    return _never_together(subject)


def _looks_at_items(call: Call, matchers: Vocabulary) -> bool:
    name = call_name(call)
    return name in matchers and matchers[name].kind == "list" and name != "count"


def _never_together(subject: Subject) -> Problem:
    what = tr("{subject} 的这几个要求不能同时成立，这条检查永远不会通过", subject=subject.text)
    return Problem("never-passes", what, tr("只要成立一个就写 any_of"), subject.span)


def _needs_a_value(call: Call, matchers: Vocabulary) -> bool:
    matcher = matchers.get(call.name) if isinstance(call, (MatcherCall, Measure)) else None
    return matcher is not None and matcher.kind == "value"


def _asks_for_absence(call: Call, matchers: Vocabulary) -> bool:
    matcher = matchers.get(call.name) if isinstance(call, MatcherCall) else None
    return matcher is not None and matcher.kind == "presence"


def constant_combination(node: CombinedChecks, matchers: Vocabulary) -> Problem | None:
    """Return why a combination of whole checks has always the same result, if all are of one subject.

    Of ``all_of``, the checks of each subject must fit together.
    """
    subjects = {check.subject.text: check.subject for check in _checks_in(node)}
    if len(subjects) != 1:
        return _contradiction_in(node, subjects, matchers) if node.kind == "all_of" else None
    (subject,) = subjects.values()
    return constant_check(subject, _as_call(node), matchers)


def _contradiction_in(
    node: CombinedChecks, subjects: Mapping[str, Subject], matchers: Vocabulary
) -> Problem | None:
    checks = [inner for branch in node.branches for inner in branch if isinstance(inner, Check)]
    found = (
        contradiction(
            subject,
            [call for check in checks if check.subject.text == text for call in check.calls],
            matchers,
        )
        for text, subject in subjects.items()
    )
    return next(filter(None, found), None)


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


def _possible_values(subject: Subject) -> str:
    row = row_of(subject)
    if row is None or not (row.values or row.numeric):
        return ""
    if row.values:
        return tr("它的值是：{values}", values=tr("、").join(row.values))
    if row.most is not None and row.most < 1000:
        return tr("它是 {least} 到 {most} 的整数", least=row.least, most=row.most)
    return tr("它是不小于 {least} 的数字", least=row.least)


def _worth_evaluating(subject: Subject, call: Call) -> bool:
    """Return whether the result could be constant; a plain comparison of a path never is."""
    if row_of(subject) is not None or not isinstance(call, MatcherCall) or filtered(subject) is not None:
        return not isinstance(call, Each)
    constants = call.argument.value if isinstance(call.argument, Constant) else None
    return call.name == "type" or any(abs(number) >= 1e100 for number in numbers_in([constants]))


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
