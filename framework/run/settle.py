"""Settles a verdict: known defects, quarantine and the level of a case decide how its status counts.

The order matters. A known defect that is gone fails the case first, then a quarantine may hold that failure
back, and at last a case of level ``warning`` turns it into a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Case, CheckNode, KnownDefect
from framework.cases.quarantine import Quarantine
from framework.cases.template import Binding, Reference, format_value, references
from framework.cases.traverse import check_references
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import shorten
from framework.run.verdict import UsedVariable, Verdict


def settle(case: Case, verdict: Verdict, started: float, stopped: float) -> Verdict:
    """Return the final verdict: a case fails for new findings, and for a known defect that is gone.

    *started* and *stopped* are epoch seconds.
    """
    verdict = replace(verdict, started=started, stopped=stopped)
    if verdict.status == "passed" and not _judged(case, verdict.all_results):
        return replace(verdict, status="skipped", reason=_why_not_judged(verdict.all_results))
    if verdict.status == "passed" and any(result.status == "pending" for result in verdict.all_results):
        return replace(verdict, status="warned", reason=tr("待认可"))
    if case.known_defects and verdict.status in ("passed", "failed"):
        verdict = _with_known_defects(case.known_defects, verdict)
    if verdict.status == "failed" and case.assumes:
        verdict = _with_assumptions(case, verdict)
    if case.quarantine is not None:
        verdict = _with_quarantine(case.quarantine, verdict)
    if verdict.status == "failed" and case.level == "warning":
        return replace(verdict, status="warned")
    return verdict


def _why_not_judged(results: Sequence[CheckResult]) -> str:
    if any(result.status == "unaccepted" for result in results):
        return tr("未认可：看过这一次的答复就运行 python -m framework accept，下一次起与它相比")
    return tr("录制数据没有记下这个用例要检查的内容，没有评判")


def _judged(case: Case, results: Sequence[CheckResult]) -> bool:
    """Return whether anything was judged that counts.

    If a tape lacks a part of the reply, or nothing was accepted yet, only checks of the case's own file
    count: shared checks say nothing about this case.
    """
    passed = [result for result in results if result.status in ("passed", "pending")]
    if not any(result.status in ("unrecorded", "unaccepted") for result in results):
        return bool(passed)
    own_file = case.span.source.name
    return any(result.span is not None and result.span.source.name == own_file for result in passed)


def _with_assumptions(case: Case, verdict: Verdict) -> Verdict:
    """Return the verdict with the assumptions of the case, if its first failed check is its own.

    The checks of a folder or a walk hold for every reply, whatever the case assumes.
    """
    first = next((result for result in verdict.all_results if result.status == "failed"), None)
    own = first is not None and first.span is not None and first.span.source.name == case.span.source.name
    return replace(verdict, assumes=case.assumes) if own else verdict


def _with_quarantine(quarantine: Quarantine, verdict: Verdict) -> Verdict:
    """Return a warning instead of a failure until the quarantine ends, and an error after it.

    The error comes even if the case passes: a quarantine that nobody removes would hide the next failure.
    """
    if not quarantine.expired(verdict.stopped):
        if verdict.status != "failed":
            return verdict
        reason = tr("隔离至 {until}：{reason}", until=quarantine.until, reason=quarantine.reason)
        return replace(verdict, status="warned", reason=reason)
    if verdict.status in ("failed", "broken", "skipped"):
        return verdict
    what = tr("隔离已于 {until} 到期：{reason}", until=quarantine.until, reason=quarantine.reason)
    how = tr("修好了就删去 quarantine；没有修好就改 until")
    problem = Problem("quarantine-expired", what, how, quarantine.span)
    return replace(verdict, status="broken", error=CaseFileError(problem))


def _with_known_defects(defects: Sequence[KnownDefect], verdict: Verdict) -> Verdict:
    failed = [result for result in verdict.all_results if result.status == "failed"]
    findings = [finding for result in failed for finding in result.findings]
    # a defect that is not seen may be in a part that the tape did not record
    unrecorded = any(result.status == "unrecorded" for result in verdict.all_results)
    gone = [] if unrecorded else [defect for defect in defects if not _is_found(defect, findings)]
    if gone:
        results = (*verdict.results, *map(_gone_result, gone))
        return replace(verdict, status="failed", results=results)
    # a failure without findings names no place that a defect could excuse
    nameless = any(not result.findings for result in failed)
    new = any(not excused_by(defects, finding) for finding in findings)
    if nameless or new or not findings:
        return verdict
    reasons = tr("；").join(f"{defect.reason} {defect.link}".strip() for defect in defects)
    return replace(verdict, status="known", reason=tr("已知缺陷：{reasons}", reasons=reasons))


def excused_by(defects: Iterable[KnownDefect], finding: Finding) -> bool:
    """Return whether a finding is one of the known defects."""
    return any(_matches(defect, finding) for defect in defects)


def _is_found(defect: KnownDefect, findings: Iterable[Finding]) -> bool:
    return any(_matches(defect, finding) for finding in findings)


def _matches(defect: KnownDefect, finding: Finding) -> bool:
    """Return whether every part that the defect names fits the finding."""
    if defect.path and not _path_pattern(defect.path).fullmatch(finding.path):
        return False
    if defect.rule and defect.rule != finding.rule:
        return False
    if not defect.id:
        return True
    return finding.record is not None and finding.record[1] == defect.id


@lru_cache(maxsize=256)
def _path_pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\[\*\]", r"\[\d+\]"))


def _gone_result(defect: KnownDefect) -> CheckResult:
    place = " ".join(filter(None, (defect.path, defect.rule, defect.id)))
    finding = Finding(
        place,
        tr("缺陷还在：{reason}", reason=defect.reason),
        tr("没有找到它"),
        tr("已知缺陷已消失：修好了就删去 known_defect"),
        kind="gone",
    )
    return CheckResult(tr("已知缺陷仍在"), "failed", 1, (finding,), defect.span)


def used_variables(case: Case, verdict: Verdict, bindings: Mapping[str, Binding]) -> Verdict:
    """Return the verdict with the variables that its failing checks used, each with its scope and line."""
    if verdict.status != "failed":
        return verdict
    spans = {result.span for result in verdict.all_results if result.status == "failed"}
    names = dict.fromkeys(
        reference.name for reference in _references(case, spans) if reference.origin == "variable"
    )
    seen = {**bindings, **_seen_by_failed_step(verdict)}
    used = (
        UsedVariable(name, shorten(format_value(seen[name].value), 80), seen[name].origin)
        for name in names
        if name in seen
    )
    return replace(verdict, variables=tuple(used))


def _seen_by_failed_step(verdict: Verdict) -> Mapping[str, Binding]:
    """Return the variables of the first failed step, with those that only it knows."""
    steps = (step for step in verdict.flat() if step.status == "failed" and step.scope is not None)
    first = next(steps, None)
    return first.scope.variables if first is not None and first.scope is not None else {}


def _references(case: Case, spans: set[Span | None]) -> Iterator[Reference]:
    """Yield the references of the checks whose results have one of *spans*, then those of the step names."""
    groups = [case.checks]
    for step in case.steps:
        groups += [step.each_reply, step.checks, step.wait_for.until if step.wait_for else ()]
    for check in chain.from_iterable(groups):
        inside = [reference for reference, _ in check_references([check])]
        if not spans.isdisjoint(_spans_of(check, inside)):
            yield from inside
    for step in case.steps:
        yield from references(step.name)


def _spans_of(check: CheckNode, inside: Iterable[Reference]) -> Iterator[Span]:
    """Yield the places that a result of *check* may have: of the check, a matcher or a reference."""
    yield check.span
    for call in getattr(check, "calls", ()):
        yield call.span
    for reference in inside:
        yield reference.span
