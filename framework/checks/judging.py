"""Applies one matcher call to its selected values or lists, and gives the violations their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from framework.base.jsonpath import Json, Located
from framework.base.messages import tr
from framework.cases.case import Call, Check, MatcherCall, Measure
from framework.checks.context import EvaluationContext
from framework.checks.locate import Selection
from framework.checks.matching import Judge, UnfitArgumentError, fill_in_words, make_judge, matchers_of
from framework.checks.outcome import PASS, Outcome, Violation, mismatch
from framework.checks.partial import PartialResult
from framework.checks.result import Finding
from framework.checks.words import call_words


@dataclass(frozen=True, slots=True)
class CurrentCheck:
    """The check that is evaluated. Titles begin with ``prefix``: the path of the ``each`` that it is in."""

    check: Check
    context: EvaluationContext
    prefix: str

    @property
    def subject(self) -> str:
        return self.prefix + self.check.subject.text

    def title(self, call: Call, selection: Selection) -> str:
        return f"{self.subject} {self.words(call, selection)}"

    def words(self, call: Call, selection: Selection) -> str:
        return call_words(call, selection.target.scope, self.context)


def judge_selections(
    call: Call, selections: Iterable[Selection], current: CurrentCheck, title: str, *, of_list: bool
) -> PartialResult:
    """Judge every selected value, or the list of them, of each selection.

    Raises:
        UnresolvedError: a variable has no value, or one that the matcher cannot take.
    """
    evaluated = 0
    findings: list[Finding] = []
    notes: list[Finding] = []
    pending: list[Finding] = []
    unjudgeable = unaccepted = False
    needs_record = any(matcher.needs_record for matcher in matchers_of(call, current.context))
    rule = call.name if isinstance(call, (MatcherCall, Measure)) else ""
    for selection in selections:
        try:
            is_recorded = not selection.target.unrecorded
            judge = make_judge(
                call,
                selection.target.scope,
                current.context,
                is_recorded=is_recorded,
                subject=current.check.subject.text,
            )
        except UnfitArgumentError as error:
            if selection.target.unrecorded:
                return PartialResult(title, call.span, unrecorded=True)
            findings.append(_not_comparable(selection, current.words(call, selection), str(error)))
            unjudgeable = True
            continue
        if of_list:
            count, outcome = _judge_list(judge, call, selection, current)
            evaluated += count
            outcomes = [(selection.single, outcome)]
        else:
            evaluated += len(selection.values)
            outcomes = _judge_values(judge, selection, needs_record)
        for located, outcome in outcomes:
            if outcome is PASS:
                continue
            unjudgeable = unjudgeable or outcome.type_mismatch
            findings += [_finding(it, selection, located, of_list, rule) for it in outcome.violations]
            notes += [_finding(it, selection, located, of_list, rule) for it in outcome.notes]
            pending += [_finding(it, selection, located, of_list, rule) for it in outcome.pending]
            unaccepted = unaccepted or outcome.unaccepted
    return PartialResult(
        title,
        call.span,
        evaluated,
        tuple(findings),
        unjudgeable=unjudgeable,
        notes=tuple(notes),
        pending=tuple(pending),
        unaccepted=unaccepted,
    )


def _judge_values(
    judge: Judge, selection: Selection, needs_record: bool
) -> list[tuple[Located | None, Outcome]]:
    if not needs_record:
        return [(located, judge(located.value, None)) for located in selection.values]
    return [(located, judge(located.value, selection.record_of(located))) for located in selection.values]


def _judge_list(judge: Judge, call: Call, selection: Selection, current: CurrentCheck) -> tuple[int, Outcome]:
    """Return how many items were judged, and the outcome of the list."""
    single = selection.single
    if single is not None and not isinstance(single.value, list):
        wrong_type = mismatch(tr("列表"), single.value)
        return 1, fill_in_words(wrong_type, current.words(call, selection), single.value)
    values: list[Json] = [located.value for located in selection.items()]
    may_be_empty = current.check.may_be_empty
    if not values and not may_be_empty and _passes_on_nothing(call, current):
        what = tr("列表是空的，没有可检查的；空是对的就写 may_be_empty: true")
        return 0, Outcome(False, True, (Violation(tr("至少一项"), "[]", what),))
    return max(len(values), 0 if may_be_empty else 1), judge(values, None)


def _passes_on_nothing(call: Call, current: CurrentCheck) -> bool:
    """Return whether the call could never fail on an empty list."""
    return any(matcher.nothing_to_judge for matcher in matchers_of(call, current.context))


def _not_comparable(selection: Selection, words: str, why: str) -> Finding:
    row = selection.row(selection.single or selection.start)
    return Finding(selection.asked, words, tr("无法比较"), selection.target.problem or why, row, kind="unfit")


def _finding(
    violation: Violation, selection: Selection, located: Located | None, of_list: bool, rule: str
) -> Finding:
    peer = ""
    if of_list and violation.peer is not None:
        peer = selection.place(_item(selection, violation.peer))
    if of_list and violation.at is not None:
        located = _item(selection, violation.at)
    return Finding(
        selection.place(located, violation.below) if located else selection.asked,
        violation.expected or "",
        violation.actual or "",
        violation.what.replace("{peer}", peer),
        selection.row(located, violation.below),
        violation.rule or rule,
        violation.kind,
    )


def _item(selection: Selection, index: int) -> Located:
    single = selection.single
    if single is None:
        return selection.values[index]
    return Located((*single.location, index), single.value[index])
