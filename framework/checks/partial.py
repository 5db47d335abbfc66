"""The result of a part of a check: of one matcher on some records, or of one branch of a combination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.logic import CombinationKind, State, combined
from framework.checks.result import Alternative, CheckResult, CheckStatus, Finding
from framework.checks.shown import shorten

MOST_FINDINGS = 1000
_MOST_PER_BRANCH = 3
_STATUS: dict[State, CheckStatus] = {
    "held": "passed",
    "unrecorded": "unrecorded",
    "violated": "failed",
    "unjudgeable": "failed",
}


@dataclass(frozen=True, slots=True)
class PartialResult:
    """``title`` is the part in words; ``evaluated`` counts the judged values; the rest as in CheckResult.

    ``unjudgeable``: a value has a type that the matcher cannot judge, or nothing was selected. ``pending``
    and ``unaccepted`` as in Outcome.
    """

    title: str
    span: Span | None
    evaluated: int = 0
    findings: tuple[Finding, ...] = ()
    unrecorded: bool = False
    unjudgeable: bool = False
    notes: tuple[Finding, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    pending: tuple[Finding, ...] = ()
    unaccepted: bool = False

    @property
    def state(self) -> State:
        if self.unjudgeable:
            return "unjudgeable"
        if self.findings:
            return "violated"
        return "unrecorded" if self.unrecorded else "held"

    @property
    def _status(self) -> CheckStatus:
        if self.state == "held" and self.unaccepted:
            return "unaccepted"
        return "pending" if self.state == "held" and self.pending else _STATUS[self.state]

    def result(self) -> CheckResult:
        """Return the result for people, with at most 1,000 findings and how many more there are."""
        findings = self.findings or self.pending
        if len(findings) > MOST_FINDINGS:
            rest = Finding("", "", "", tr("另有 {n} 处，没有列出", n=len(findings) - MOST_FINDINGS))
            findings = (*findings[:MOST_FINDINGS], rest)
        notes = self.notes[:MOST_FINDINGS]
        status = self._status
        return CheckResult(
            shorten(self.title),
            status,
            self.evaluated,
            findings,
            self.span,
            notes=notes,
            alternatives=self.alternatives if status == "passed" else (),
        )


def add_up(title: str, span: Span | None, parts: Sequence[PartialResult]) -> PartialResult:
    """Return parts that must all hold as one part."""
    return PartialResult(
        title,
        span,
        evaluated=sum(part.evaluated for part in parts),
        findings=tuple(finding for part in parts for finding in part.findings),
        unrecorded=any(part.unrecorded for part in parts),
        unjudgeable=any(part.unjudgeable for part in parts),
        notes=tuple(note for part in parts for note in part.notes),
        alternatives=tuple(held for part in parts for held in part.alternatives),
        pending=tuple(each for part in parts for each in part.pending),
        unaccepted=any(part.unaccepted for part in parts),
    )


def combine_parts(
    kind: CombinationKind,
    title: str,
    span: Span,
    branches: Sequence[Sequence[PartialResult]],
    place: str,
    *,
    alternatives: Sequence[Alternative] = (),
) -> PartialResult:
    """Return the part that a combination makes of its branches; *place* is the place of a failed ``not``.

    *alternatives* has one for each branch if they have names.
    """
    state = combined(kind, [[part.state for part in branch] for branch in branches])
    added = [add_up(title, span, branch) for branch in branches]
    everything = add_up(title, span, added)
    if kind == "all_of":
        return everything
    if kind == "any_of" and state == "held":
        number, branch = next(
            (number, branch) for number, branch in enumerate(added) if branch.state == "held"
        )
        named = (alternatives[number],) if alternatives else ()
        return replace(branch, alternatives=(*named, *branch.alternatives))
    if state == "held":
        return PartialResult(title, span, everything.evaluated)
    if state == "unrecorded":
        return replace(everything, findings=())
    if kind == "any_of":
        return replace(everything, findings=tuple(_by_branch(added, alternatives)))
    if state == "violated":
        return replace(everything, findings=(Finding(place, title, tr("全部成立")),))
    return everything


def _by_branch(branches: Iterable[PartialResult], alternatives: Sequence[Alternative]) -> Iterable[Finding]:
    for number, branch in enumerate(branches, 1):
        name = tr("“{name}”", name=alternatives[number - 1].name) if alternatives else ""
        name = name or tr("第 {n} 种", n=number)
        for finding in branch.findings[:_MOST_PER_BRANCH]:
            what = tr("{name}：{what}", name=name, what=finding.what).rstrip("：: ")
            yield replace(finding, what=what, branch=number)
        more = len(branch.findings) - _MOST_PER_BRANCH
        if more > 0:
            yield Finding("", "", "", tr("{name}另有 {rest} 处", name=name, rest=more))
