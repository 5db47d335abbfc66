"""Applies a call of a matcher to a value or a list of values, and returns an Outcome with all its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Call, CombinedCalls, Each, MatcherCall, Measure
from framework.cases.logic import CombinationKind, combined
from framework.cases.template import Constant, Reference, Scope, references, render, resolve
from framework.checks.context import EvaluationContext, MatcherContext
from framework.checks.lookalike import look_alike_in
from framework.checks.outcome import PASS, Matcher, Outcome, Violation
from framework.checks.regex import MORE_DEFINITE, SlowPatternError, slow_pattern_message
from framework.checks.shown import short
from framework.checks.words import call_words

Judge = Callable[[Json, Json], Outcome]
"""Takes the value, and the record that it is part of (None if there is none, or no matcher needs it)."""

JudgedPart = Literal["value", "list", "presence", "whole"]


class UnfitArgumentError(Exception):
    """The service did not give the value that an argument refers to, or gave one that the matcher cannot
    take.
    """


def judged_part(call: Call, context: EvaluationContext) -> JudgedPart:
    """Return which part of a selection the call judges; branches that differ in it judge it as a whole."""
    if isinstance(call, Each):
        return "whole"
    if isinstance(call, CombinedCalls):
        parts = {judged_part(inner, context) for branch in call.branches for inner in branch}
        return parts.pop() if parts in ({"value"}, {"list"}) else "whole"
    return context.matchers[call.name].kind


def matcher_names(call: Call) -> set[str]:
    """Return the names of the matchers that judge the selection itself, those inside branches included."""
    if isinstance(call, CombinedCalls):
        return {name for branch in call.branches for inner in branch for name in matcher_names(inner)}
    return {"each"} if isinstance(call, Each) else {call.name}


def matchers_of(call: Call, context: EvaluationContext) -> list[Matcher]:
    """Return the matchers of ``matcher_names``."""
    return [context.matchers[name] for name in matcher_names(call) if name in context.matchers]


def make_judge(
    call: Call, scope: Scope, context: EvaluationContext, *, is_recorded: bool = True, subject: str = ""
) -> Judge:
    """Return the function that judges one value (or, for list matchers, one list).

    ``is_recorded``: the reply is not a part of a tape that was not kept, so an argument that it does not give
    makes only its own alternative of an ``any_of`` impossible to judge. *subject*: that of the check, as
    written.

    Raises:
        UnfitArgumentError: the service is to blame for the argument.
        UnresolvedError: the case is.
    """
    if isinstance(call, MatcherCall):
        return _matcher_judge(call, scope, context, subject)
    if isinstance(call, Measure):
        return _measure_judge(call, scope, context)
    if isinstance(call, CombinedCalls):
        return _combined_judge(call, scope, context, is_recorded)
    raise TypeError(call)


def _matcher_judge(call: MatcherCall, scope: Scope, context: EvaluationContext, subject: str) -> Judge:
    matcher = context.matchers[call.name]
    argument = _argument(call, matcher, scope)
    prepared = matcher.prepare(argument, MatcherContext(context, call.span.source.name, scope.now, subject))

    def judge(value: Json, record: Json) -> Outcome:
        inputs = (value, prepared, record) if matcher.needs_record else (value, prepared)
        try:
            outcome = matcher.judge(*inputs)
        except SlowPatternError as error:
            problem = Problem(
                "pattern-slow", slow_pattern_message(error), tr(MORE_DEFINITE), call.argument.span
            )
            raise UnresolvedError(problem) from None
        if outcome.ok:
            return outcome
        words = tr(matcher.words, argument=matcher.show(argument))
        return fill_in_words(_name_look_alike(outcome, value, argument), words, value)

    return judge


def _name_look_alike(outcome: Outcome, value: Json, argument: Json) -> Outcome:
    """Say that a text was not found only because of its code points, if the matcher gave no other reason."""
    if len(outcome.violations) != 1 or outcome.violations[0].what:
        return outcome
    what = look_alike_in(value, argument)
    return replace(outcome, violations=(replace(outcome.violations[0], what=what),)) if what else outcome


def _measure_judge(call: Measure, scope: Scope, context: EvaluationContext) -> Judge:
    measure = context.matchers[call.name].measure
    judges = [make_judge(inner, scope, context) for inner in call.calls]
    words = call_words(call, scope, context)
    if measure is None:
        raise TypeError(call)

    def judge(value: Json, _record: Json) -> Outcome:
        number = measure(value)
        if isinstance(number, Outcome):
            return fill_in_words(number, words, value)
        outcome = _combine_outcomes("all_of", [[inner(number, None) for inner in judges]], words, number)
        if outcome.ok:
            return outcome
        violations = tuple(_of_measure(violation, call.name, value) for violation in outcome.violations)
        return replace(outcome, violations=violations)

    return judge


def _of_measure(violation: Violation, name: str, value: Json) -> Violation:
    """Return the violation with the name of the number, which is nowhere in the reply: 条数 10."""
    noun = tr("合计") if name == "sum" else _noun_of_size(value)
    expected, actual = (
        tr("{noun} {number}", noun=noun, number=text) if text else text
        for text in (violation.expected, violation.actual)
    )
    # Its place is the measured value.
    return replace(violation, expected=expected, actual=actual, at=None, below=())


def _noun_of_size(value: Json) -> str:
    if isinstance(value, list):
        return tr("条数")
    return tr("键数") if isinstance(value, dict) else tr("字数")


def _combined_judge(
    call: CombinedCalls, scope: Scope, context: EvaluationContext, is_recorded: bool
) -> Judge:
    branches: list[list[Judge]] = []
    unfit: list[UnfitArgumentError] = []
    for branch in call.branches:
        try:
            judges = [make_judge(inner, scope, context, is_recorded=is_recorded) for inner in branch]
        except UnfitArgumentError as error:
            unfit.append(error)
            judges = [_unjudgeable(str(error))]
        branches.append(judges)
    is_alternative = call.kind == "any_of" and len(unfit) < len(branches)
    if unfit and not (is_alternative and is_recorded):
        raise unfit[0]
    words = call_words(call, scope, context)

    def judge(value: Json, record: Json) -> Outcome:
        outcomes = [[inner(value, record) for inner in branch] for branch in branches]
        return _combine_outcomes(call.kind, outcomes, words, value)

    return judge


def _unjudgeable(why: str) -> Judge:
    return lambda _value, _record: Outcome(False, True, (Violation(what=why),))


def _combine_outcomes(
    kind: CombinationKind, branches: Sequence[Sequence[Outcome]], words: str, value: Json
) -> Outcome:
    """Return the outcome of a combination on one value; every violation already has its words."""
    state = combined(kind, [[outcome.state for outcome in branch] for branch in branches])
    outcomes = [outcome for branch in branches for outcome in branch]
    violations = tuple(violation for outcome in outcomes for violation in outcome.violations)
    unjudgeable = state == "unjudgeable"
    if kind == "all_of":
        notes = tuple(note for outcome in outcomes for note in outcome.notes)
        return Outcome(state == "held", unjudgeable, violations, notes)
    if state == "held":
        return PASS
    if kind == "any_of":
        return Outcome(False, unjudgeable, (Violation(words, short(value), _only_reason(violations)),))
    if unjudgeable:
        wrong = (outcome.violations for outcome in outcomes if outcome.type_mismatch)
        return Outcome(False, True, tuple(violation for found in wrong for violation in found))
    return Outcome(False, violations=(Violation(words, short(value)),))


def _only_reason(violations: Sequence[Violation]) -> str:
    return violations[0].what if len(violations) == 1 else ""


def fill_in_words(outcome: Outcome, words: str, value: Json) -> Outcome:
    """Return *outcome* with expected and actual, if the matcher left them to its words and the value."""

    def filled(violation: Violation) -> Violation:
        if violation.expected is not None and violation.actual is not None:
            return violation
        found = value if violation.at is None else value[violation.at]
        expected = words if violation.expected is None else violation.expected
        actual = short(found) if violation.actual is None else violation.actual
        return replace(violation, expected=expected, actual=actual)

    return replace(outcome, violations=tuple(map(filled, outcome.violations)))


# -- arguments


def _argument(call: MatcherCall, matcher: Matcher, scope: Scope) -> Json:
    """Return the rendered argument; if it does not fit, whoever gave it is to blame."""
    if isinstance(call.argument, Constant):
        return call.argument.value
    try:
        value = render(call.argument, scope)
    except UnresolvedError:
        blame_service(references(call.argument), scope)
        raise
    wrong = matcher.accepts(value)
    if wrong is None:
        return value
    what = tr("{name} 的值不对：{wrong}", name=call.name, wrong=wrong)
    if any(reference.about_reply for reference in references(call.argument)):
        raise UnfitArgumentError(what)
    raise UnresolvedError(Problem("matcher-argument", what, "", call.argument.span))


def blame_service(named: Iterable[Reference], scope: Scope) -> None:
    """Raise UnfitArgumentError if the first reference without a value is about the reply."""
    for reference in named:
        try:
            resolve(reference, scope)
        except UnresolvedError as error:
            if reference.about_reply:
                raise UnfitArgumentError(error.problems[0].what) from None
            return
