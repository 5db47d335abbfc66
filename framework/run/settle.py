"""What a verdict means: known defects, the level of a case, and which variables a failing check used (rules 5
and 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

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
    """Return the verdict that counts: a case fails for what is new, and for a known defect that is gone."""
    verdict = replace(verdict, started=started, stopped=stopped)
    if verdict.status == "passed" and not _judged(case, verdict.all_results):
        return replace(verdict, status="skipped", reason=tr("录音没有记下这个用例要检查的内容,没有评判"))
    if case.known_defects and verdict.status in ("passed", "failed"):
        verdict = _with_known(case.known_defects, verdict)
    if case.quarantine is not None:
        verdict = _held(case.quarantine, verdict)
    if verdict.status == "failed" and case.level == "warning":
        return replace(verdict, status="warned")
    return verdict


def _judged(case: Case, results: Sequence[CheckResult]) -> bool:
    """Whether what the case itself asks was judged: what a tape did not record is not made up for by the
    shared checks.
    """
    passed = [result for result in results if result.status == "passed"]
    if not any(result.status == "unrecorded" for result in results):
        return bool(passed)
    return any(
        result.span is not None and result.span.source.name == case.span.source.name for result in passed
    )


def _held(quarantine: Quarantine, verdict: Verdict) -> Verdict:
    """A failure under quarantine fails nothing; a quarantine that has ended is told even where the case
    passes.
    """
    if not quarantine.expired(verdict.stopped):
        reason = tr("隔离至 {until}:{reason}", until=quarantine.until, reason=quarantine.reason)
        return replace(verdict, status="warned", reason=reason) if verdict.status == "failed" else verdict
    if verdict.status in ("failed", "broken", "skipped"):
        return verdict
    what = tr("隔离已于 {until} 到期:{reason}", until=quarantine.until, reason=quarantine.reason)
    return replace(
        verdict,
        status="broken",
        error=CaseFileError(
            Problem(
                "quarantine-expired", what, tr("修好了就删去 quarantine;没有修好就改 until"), quarantine.span
            )
        ),
    )


def _with_known(defects: Iterable[KnownDefect], verdict: Verdict) -> Verdict:
    found = [
        (result, finding)
        for result in verdict.all_results
        if result.status == "failed"
        for finding in result.findings
    ]
    bare = [result for result in verdict.all_results if result.status == "failed" and not result.findings]
    unseen = any(
        result.status == "unrecorded" for result in verdict.all_results
    )  # a tape may not hold what would show it
    gone = [
        defect for defect in defects if not unseen and not any(_is(defect, finding) for _, finding in found)
    ]
    new = [finding for _, finding in found if not any(_is(defect, finding) for defect in defects)]
    if gone:
        return replace(
            verdict, status="failed", results=(*verdict.results, *(_gone(defect) for defect in gone))
        )
    if new or bare or not found:
        return verdict
    reasons = tr(";").join(f"{defect.reason} {defect.link}".strip() for defect in defects)
    return replace(verdict, status="known", reason=tr("已知缺陷:{reasons}", reasons=reasons))


def excused_by(defects: Iterable[KnownDefect], finding: Finding) -> bool:
    """Return whether a finding is one of the known defects."""
    return any(_is(defect, finding) for defect in defects)


def _is(defect: KnownDefect, finding: Finding) -> bool:
    return (
        (not defect.path or _pattern(defect.path).fullmatch(finding.path) is not None)
        and (not defect.rule or defect.rule == finding.rule)
        and (not defect.id or (finding.record is not None and finding.record[1] == defect.id))
    )


@lru_cache(maxsize=256)
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\[\*\]", r"\[\d+\]"))


def _gone(defect: KnownDefect) -> CheckResult:
    where = " ".join(filter(None, (defect.path, defect.rule, defect.id)))
    finding = Finding(
        where,
        tr("缺陷还在:{reason}", reason=defect.reason),
        tr("没有找到它"),
        tr("已知缺陷已消失:修好了就删去 known_defect"),
    )
    return CheckResult(tr("已知缺陷仍在"), "failed", 1, (finding,), defect.span)


def used_variables(case: Case, verdict: Verdict, bindings: Mapping[str, Binding]) -> Verdict:
    """Return the verdict with the variables that its failing checks used, each with the scope and line it
    came from.
    """
    if verdict.status != "failed":
        return verdict
    spans = {result.span for result in verdict.all_results if result.status == "failed"}
    names = dict.fromkeys(
        reference.name for reference in _references(case, spans) if reference.origin == "variable"
    )
    used = (
        UsedVariable(name, shorten(format_value(bindings[name].value), 80), bindings[name].origin)
        for name in names
        if name in bindings
    )
    return replace(verdict, variables=tuple(used))


def _references(case: Case, spans: set[Span | None]) -> Iterator[Reference]:
    groups: list[tuple[CheckNode, ...]] = [
        case.checks,
        *(checks for step in case.steps for checks in (step.each_reply, step.checks)),
    ]
    for checks in groups:
        for check in checks:
            inside = [reference for reference, _ in check_references([check])]
            if (
                check.span in spans
                or any(reference.span in spans for reference in inside)
                or _holds(check, spans)
            ):
                yield from inside
    for step in case.steps:
        yield from references(step.name)


def _holds(check: CheckNode, spans: set[Span | None]) -> bool:
    return any(call.span in spans for call in getattr(check, "calls", ()))
