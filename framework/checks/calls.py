"""Calls of matchers to tests: functions of a value (or of a list of values) to an Outcome with all its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Call, CombinedCalls, Each, MatcherCall, Measure
from framework.cases.template import (
    Constant,
    ListTemplate,
    MappingTemplate,
    Reference,
    Scope,
    Template,
    references,
    render,
    resolve,
)
from framework.checks.locate import about_reply
from framework.checks.outcome import Contract, ContractSource, Matcher, Outcome
from framework.checks.regex import MORE_DEFINITE, SlowPatternError, told_slow
from framework.checks.shown import short
from framework.checks.tally import combine_outcomes

Test = Callable[[Json, Json], Outcome]
"""Takes what is judged, and the record it stands in (None where there is none, or where no matcher asks for it)."""


class ArgumentFault(Exception):
    """The service did not give what an argument refers to, or gave what the matcher cannot take."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What tests are made with."""

    matchers: Mapping[str, Matcher]
    contracts: ContractSource
    root: Path = Path()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a matcher may ask for besides the value and its argument; ``name``: of the file the call stands in."""

    bench: Bench
    name: str

    def contract(self, name: str) -> Contract:
        return self.bench.contracts.contract(name)

    @property
    def folder(self) -> Path:
        return (self.bench.root / self.name).parent


def judges(call: Call, bench: Bench) -> Literal["value", "list", "presence", "whole"]:
    """Return what the call looks at; branches that look at different things look at the selection as a whole."""
    if isinstance(call, Each):
        return "whole"
    if isinstance(call, CombinedCalls):
        kinds = {judges(inner, bench) for branch in call.branches for inner in branch}
        only = kinds.pop() if len(kinds) == 1 else "whole"
        return only if only in ("value", "list") else "whole"
    return bench.matchers[call.name].kind


def asks_for_record(call: Call, bench: Bench) -> bool:
    """Return whether a matcher of the call looks at the record beside the value."""
    return any(name in bench.matchers and bench.matchers[name].needs_record for name in names(call))


def names(call: Call) -> set[str]:
    """Return the matchers that judge the selection itself, those inside branches included."""
    if isinstance(call, CombinedCalls):
        return {name for branch in call.branches for inner in branch for name in names(inner)}
    return {"each"} if isinstance(call, Each) else {call.name}


def make_test(call: Call, scope: Scope, bench: Bench) -> Test:
    """Return the test of a call that judges values, or lists.

    Raises:
        ArgumentFault: the service's fault.
        UnresolvedError: the case's fault.
    """
    if isinstance(call, MatcherCall):
        return _matcher_test(call, scope, bench)
    if isinstance(call, Measure):
        return _measure_test(call, scope, bench)
    if isinstance(call, CombinedCalls):
        return _combined_test(call, scope, bench)
    raise TypeError(call)


def _matcher_test(call: MatcherCall, scope: Scope, bench: Bench) -> Test:
    matcher = bench.matchers[call.name]
    value = argument(call, matcher, scope)
    judge, prepared = matcher.judge, matcher.prepare(value, Shelf(bench, call.span.source.name))

    def test(judged: Json, record: Json) -> Outcome:
        try:
            outcome = judge(judged, prepared, record) if matcher.needs_record else judge(judged, prepared)
        except SlowPatternError as error:
            raise UnresolvedError(
                Problem("pattern-slow", told_slow(error), tr(MORE_DEFINITE), call.argument.span)
            ) from None
        return (
            outcome
            if outcome.ok
            else worded(outcome, tr(matcher.words, argument=matcher.show(value)), judged)
        )

    return test


def _measure_test(call: Measure, scope: Scope, bench: Bench) -> Test:
    measure = bench.matchers[call.name].measure
    tests = [make_test(inner, scope, bench) for inner in call.calls]
    wanted = words(call, scope, bench)
    if measure is None:
        raise TypeError(call)

    def test(judged: Json, _record: Json) -> Outcome:
        number = measure(judged)
        if isinstance(number, Outcome):
            return worded(number, wanted, judged)
        outcome = combine_outcomes("all_of", [[inner(number, None) for inner in tests]], wanted, number)
        # the faults are about the number, which stands nowhere in the reply: their place is the value itself
        return (
            outcome
            if outcome.ok
            else replace(outcome, faults=tuple(replace(fault, at=None, below=()) for fault in outcome.faults))
        )

    return test


def _combined_test(call: CombinedCalls, scope: Scope, bench: Bench) -> Test:
    branches = [[make_test(inner, scope, bench) for inner in branch] for branch in call.branches]
    wanted = words(call, scope, bench)

    def test(judged: Json, record: Json) -> Outcome:
        return combine_outcomes(
            call.kind, [[inner(judged, record) for inner in branch] for branch in branches], wanted, judged
        )

    return test


def worded(outcome: Outcome, wanted: str, judged: Json) -> Outcome:
    """Return *outcome* with expected and actual filled in where the matcher left them to its words and the
    value.
    """
    faults = tuple(
        fault
        if fault.expected is not None and fault.actual is not None
        else replace(
            fault,
            expected=wanted if fault.expected is None else fault.expected,
            actual=short(judged if fault.at is None else judged[fault.at])
            if fault.actual is None
            else fault.actual,
        )
        for fault in outcome.faults
    )
    return replace(outcome, faults=faults)


# -- arguments --


def argument(call: MatcherCall, matcher: Matcher, scope: Scope) -> Json:
    """Return the rendered argument; one that came out unfit is the fault of whoever gave it."""
    if isinstance(call.argument, Constant):
        return call.argument.value
    value = _rendered(call.argument, scope)
    wrong = matcher.accepts(value)
    if wrong is None:
        return value
    told = tr("{name} 的值不对:{wrong}", name=call.name, wrong=wrong)
    if any(map(about_reply, references(call.argument))):
        raise ArgumentFault(told)
    raise UnresolvedError(Problem("matcher-argument", told, "", call.argument.span))


def _rendered(template: Template, scope: Scope) -> Json:
    try:
        return render(template, scope)
    except UnresolvedError:
        blame(references(template), scope)
        raise


def blame(named: Iterable[Reference], scope: Scope) -> None:
    """Raise ArgumentFault where the first reference without a value is about the reply; return where it is
    not.
    """
    for reference in named:
        try:
            resolve(reference, scope)
        except UnresolvedError as error:
            if about_reply(reference):
                raise ArgumentFault(error.problems[0].what) from None
            return


# -- words


def words(call: Call, scope: Scope, bench: Bench) -> str:
    """Return what the call says of its subject, in words; what differs from record to record stands as it was
    written.
    """
    if isinstance(call, MatcherCall):
        matcher = bench.matchers[call.name]
        return tr(matcher.words, argument=_shown(call.argument, matcher, scope))
    if isinstance(call, Measure):
        return tr(bench.matchers[call.name].words, argument="(" + _joined(call.calls, scope, bench) + ")")
    if isinstance(call, Each):
        return tr("每条都符合")
    branches = [_joined(branch, scope, bench) for branch in call.branches]
    if call.kind == "not":
        return tr("不满足({branch})", branch=branches[0])
    return (tr(" 或 ") if call.kind == "any_of" else tr(" 且 ")).join(f"({branch})" for branch in branches)


def _joined(calls: tuple[Call, ...], scope: Scope, bench: Bench) -> str:
    return tr(" 且 ").join(words(call, scope, bench) for call in calls)


def _shown(template: Template, matcher: Matcher, scope: Scope) -> str:
    if isinstance(template, Constant):
        return matcher.show(template.value)
    if any(reference.origin == "record" for reference in references(template)):
        return as_written(template)
    try:
        value = render(template, scope)
    except UnresolvedError:
        return as_written(template)
    return matcher.show(value) if matcher.accepts(value) is None else short(value)


def as_written(template: Template) -> str:
    """Return a template with its references unresolved."""
    if isinstance(template, Constant):
        return short(template.value, 60)
    if isinstance(template, Reference):
        return "${" + template.text + "}"
    if isinstance(template, ListTemplate):
        return "[" + ", ".join(map(as_written, template.items)) + "]"
    if isinstance(template, MappingTemplate):
        return "{" + ", ".join(f"{key}: {as_written(value)}" for key, value in template.fields) + "}"
    return "".join(part if isinstance(part, str) else as_written(part) for part in template.parts)
