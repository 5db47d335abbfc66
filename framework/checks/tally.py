"""What the evaluation of one matcher adds up to, before it becomes a CheckResult; and how branches combine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import CombinationKind
from framework.checks.outcome import PASS, Fault, Outcome
from framework.checks.result import CheckResult, CheckStatus, Finding
from framework.checks.shown import short, shorten

MOST_FINDINGS = 1000
_PER_BRANCH = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """``unjudgeable``: a wrong type, or nothing to judge; ``not`` does not turn that into a pass."""

    title: str
    span: Span | None
    evaluated: int = 0
    findings: tuple[Finding, ...] = ()
    unrecorded: bool = False
    unjudgeable: bool = False
    notes: tuple[Finding, ...] = ()

    @property
    def status(self) -> CheckStatus:
        return "failed" if self.findings else "unrecorded" if self.unrecorded else "passed"

    def result(self) -> CheckResult:
        findings = self.findings
        if len(findings) > MOST_FINDINGS:
            rest = Finding("", "", "", tr("另有 {n} 处,没有列出", n=len(findings) - MOST_FINDINGS))
            findings = (*findings[:MOST_FINDINGS], rest)
        return CheckResult(
            shorten(self.title),
            self.status,
            self.evaluated,
            findings,
            self.span,
            notes=self.notes[:MOST_FINDINGS],
        )


def merged(title: str, span: Span | None, tallies: Sequence[Tally]) -> Tally:
    """Add up tallies of the same check on several records."""
    return Tally(
        title,
        span,
        sum(tally.evaluated for tally in tallies),
        tuple(finding for tally in tallies for finding in tally.findings),
        any(tally.unrecorded for tally in tallies),
        any(tally.unjudgeable for tally in tallies),
        tuple(note for tally in tallies for note in tally.notes),
    )


def combine(
    kind: CombinationKind, title: str, span: Span, branches: Sequence[Sequence[Tally]], place: str
) -> Tally:
    """Return what ``not``, ``all_of`` or ``any_of`` makes of its branches; *place* is where a failed ``not``
    stands.
    """
    whole = [merged(title, span, branch) for branch in branches]
    everything = merged(title, span, whole)
    if kind == "all_of":
        return everything
    if kind == "not":
        if everything.unjudgeable or everything.unrecorded:
            return everything
        if everything.findings:
            return Tally(title, span, everything.evaluated)
        return replace(everything, findings=(Finding(place, title, tr("全部成立")),))
    passing = next((branch for branch in whole if branch.status == "passed"), None)
    if passing:
        return passing
    if everything.unrecorded:
        return replace(everything, findings=())
    return replace(everything, findings=tuple(_labelled(whole)))


def _labelled(branches: Iterable[Tally]) -> Iterable[Finding]:
    for number, branch in enumerate(branches, 1):
        for finding in branch.findings[:_PER_BRANCH]:
            yield replace(finding, what=tr("第 {n} 种:{what}", n=number, what=finding.what).rstrip(": "))
        if len(branch.findings) > _PER_BRANCH:
            yield Finding(
                "", "", "", tr("第 {n} 种另有 {rest} 处", n=number, rest=len(branch.findings) - _PER_BRANCH)
            )


def combine_outcomes(
    kind: CombinationKind, branches: Sequence[Sequence[Outcome]], words: str, value: Json
) -> Outcome:
    """The same for the outcomes of one value; every fault already has its words."""
    outcomes = [outcome for branch in branches for outcome in branch]
    faults = tuple(fault for outcome in outcomes for fault in outcome.faults)
    wrong_type = any(outcome.type_mismatch for outcome in outcomes)
    if kind == "all_of":
        return Outcome(
            not faults, wrong_type, faults, tuple(note for outcome in outcomes for note in outcome.notes)
        )
    if kind == "not":
        if wrong_type:
            return Outcome(
                False,
                True,
                tuple(fault for outcome in outcomes if outcome.type_mismatch for fault in outcome.faults),
            )
        return PASS if faults else Outcome(False, faults=(Fault(words, short(value)),))
    if any(all(outcome.ok for outcome in branch) for branch in branches):
        return PASS
    return Outcome(False, wrong_type, (Fault(words, short(value), _reason(faults)),))


def _reason(faults: Sequence[Fault]) -> str:
    return next((fault.what for fault in faults if fault.what), "") if len(faults) == 1 else ""
