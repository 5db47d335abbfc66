"""One matcher on what a check selects: each value, or the values as a list; what failed becomes findings with
their places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from framework.base.jsonpath import Json, Located
from framework.base.messages import tr
from framework.cases.case import Call, Check, MatcherCall, Measure
from framework.checks.calls import (
    ArgumentFault,
    Bench,
    Test,
    asks_for_record,
    make_test,
    names,
    worded,
    words,
)
from framework.checks.locate import Base, Selection
from framework.checks.outcome import PASS, Fault, Outcome, mismatch
from framework.checks.result import Finding
from framework.checks.tally import Tally

Pair = tuple[Base, Selection]
"""Where a check starts, and what it selects there."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The check that is evaluated, with what, and what its titles begin with."""

    check: Check
    bench: Bench
    within: str

    @property
    def subject(self) -> str:
        return self.within + self.check.subject.text

    def title(self, call: Call, base: Base) -> str:
        return f"{self.subject} {words(call, base.scope, self.bench)}"

    def vacuous(self, call: Call) -> bool:
        """Return whether the call could never fail on an empty list."""
        return any(
            name in self.bench.matchers and self.bench.matchers[name].nothing_to_judge for name in names(call)
        )


def tested(call: Call, pairs: Iterable[Pair], spot: Spot, title: str, *, of_list: bool) -> Tally:
    """Judge every selected value, or the list of them, on every base.

    Raises:
        UnresolvedError: a variable has no value, or one that the matcher cannot take.
    """
    evaluated = 0
    findings: list[Finding] = []
    notes: list[Finding] = []
    unjudgeable = False
    recorded = asks_for_record(call, spot.bench)
    rule = call.name if isinstance(call, (MatcherCall, Measure)) else ""
    for base, selection in pairs:
        try:
            test = make_test(call, base.scope, spot.bench)
        except ArgumentFault as fault:
            if base.unrecorded:
                return Tally(title, call.span, unrecorded=True)
            findings.append(_unfit(selection, base, words(call, base.scope, spot.bench), str(fault)))
            unjudgeable = True
            continue
        if of_list:
            count, outcome = _list_outcome(test, call, selection, spot, base)
            evaluated += count
            judged = [(_owner(selection), outcome)]
        else:
            evaluated += len(selection.values)
            judged = [
                (located, test(located.value, _record(base, selection, located) if recorded else None))
                for located in selection.values
            ]
        for located, outcome in judged:
            if outcome is PASS:
                continue
            unjudgeable = unjudgeable or outcome.type_mismatch
            findings += [
                replace(_finding(fault, selection, located, of_list), rule=fault.rule or rule)
                for fault in outcome.faults
            ]
            notes += [
                replace(_finding(note, selection, located, of_list), rule=note.rule or rule)
                for note in outcome.notes
            ]
    return Tally(title, call.span, evaluated, tuple(findings), unjudgeable=unjudgeable, notes=tuple(notes))


def _record(base: Base, selection: Selection, located: Located) -> Json:
    """Return the record at hand inside ``each``, else the object that the value stands in, else None."""
    if isinstance(base.scope.record, dict):
        return base.scope.record
    holder = selection.holder(located)
    return holder if isinstance(holder, dict) else None


def _unfit(selection: Selection, base: Base, wanted: str, why: str) -> Finding:
    return Finding(
        selection.asked,
        wanted,
        tr("无法比较"),
        base.problem or why,
        selection.row(_owner(selection) or selection.start),
    )


def _owner(selection: Selection) -> Located | None:
    return selection.values[0] if selection.singular and selection.values else None


def _list_outcome(
    test: Test, call: Call, selection: Selection, spot: Spot, base: Base
) -> tuple[int, Outcome]:
    values = [located.value for located in selection.values]
    if selection.singular:
        if not isinstance(values[0], list):
            return 1, worded(mismatch(tr("列表"), values[0]), words(call, base.scope, spot.bench), values[0])
        values = values[0]
    if not values and not spot.check.may_be_empty and spot.vacuous(call):
        return 0, Outcome(
            False,
            True,
            (Fault(tr("至少一项"), "[]", tr("列表是空的,没有可检查的;空是对的就写 may_be_empty: true")),),
        )
    return max(len(values), 0 if spot.check.may_be_empty else 1), test(values, None)


def _finding(fault: Fault, selection: Selection, located: Located | None, of_list: bool) -> Finding:
    peer = ""
    if of_list:
        if fault.peer is not None:
            peer = selection.place(_item(selection, fault.peer))
        located = located if fault.at is None else _item(selection, fault.at)
    place = selection.place(located, fault.below) if located else selection.asked
    return Finding(
        place,
        fault.expected or "",
        fault.actual or "",
        fault.what.replace("{peer}", peer),
        selection.row(located, fault.below),
    )


def _item(selection: Selection, index: int) -> Located:
    if not selection.singular:
        return selection.values[index]
    whole = selection.values[0]
    return Located((*whole.location, index), whole.value[index])
