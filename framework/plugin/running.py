"""Runs the case of an item, gives its verdict to every sink, and masks pytest's report about it."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import pytest

from framework.base.errors import HarnessError, InternalError, Problem, TapeError
from framework.base.messages import tr
from framework.base.source import Source
from framework.plugin.interrupts import hold_interrupts
from framework.plugin.items import CaseItem
from framework.plugin.state import harness_of, plan_of
from framework.report.case_record import CauseRecord
from framework.report.case_reports import raised_line
from framework.report.causes import causes_of
from framework.report.explain import broken_text, failure_text, headline
from framework.report.log import readable_lines
from framework.report.reproduction import requests_of_failure
from framework.report.summary import summarize
from framework.run.acceptable import why_not_acceptable
from framework.run.harness import Harness
from framework.run.verdict import CaseFailed, Verdict

VERDICT = pytest.StashKey[Verdict]()
OUTAGE = pytest.StashKey[tuple[CauseRecord, ...]]()
"""The causes for which the run stopped before the case was sent."""


def run_item(item: CaseItem, fixtures: Mapping[str, object]) -> None:
    """Run the case of *item*, give its verdict to every sink, then raise it as pytest expects.

    *fixtures*: the values of the pytest fixtures that the case names.
    """
    __tracebackhide__ = True
    from framework.run.case_run import run_case  # noqa: PLC0415  # imports modules that only a run needs

    harness = harness_of(item.config)
    if harness.breaker.opened_by is not None:
        item.stash[OUTAGE] = causes_of(harness.breaker.opened_by)
        pytest.skip(harness.masker.text(harness.breaker.reason))
    harness.begin(item.nodeid)
    item.ihook.pytest_harness_case_started(item=item, case=item.case)
    try:
        verdict = run_case(item.case, harness.run_context, fixtures)
    except Exception as error:
        raise InternalError(_internal_problem(item, harness, error)) from None
    hold_interrupts(item.config)
    item.stash[VERDICT] = verdict
    _end(item, harness)
    harness.breaker.observe(verdict)
    harness.shared_replies.end(verdict.status == "passed")
    harness.baselines.end(why_not_acceptable(verdict))
    item.ihook.pytest_harness_case_finished(
        item=item, case=item.case, verdict=verdict, masker=harness.masker, curl=harness.curl
    )
    _raise_verdict(verdict, harness)


def _end(item: CaseItem, harness: Harness) -> None:
    """End the case. If its recording cannot be written, the run ends; the verdict of the case stays."""
    try:
        harness.end()
    except TapeError as error:
        why = tr("{what}；运行到此为止，录制不完整", what=harness.masker.text(error.problems[0].what))
        item.session.shouldstop = item.session.shouldstop or why


def _internal_problem(item: CaseItem, harness: Harness, error: Exception) -> Problem:
    import traceback  # noqa: PLC0415  # needed only for a bug

    trace = harness.masker.text("".join(traceback.format_exception(error)))
    return Problem(
        "internal",
        tr("框架自身出错，服务没有得到评判：{error}", error=harness.masker.text(repr(error))),
        trace,
        item.case.span,
    )


def _raise_verdict(verdict: Verdict, harness: Harness) -> None:
    """Raise the exception that makes pytest report the status of *verdict*; return if it passed."""
    __tracebackhide__ = True
    mask = harness.masker.text
    if verdict.status == "failed":
        text = failure_text(verdict, _curls_of_failure(verdict, harness))
        raise CaseFailed(mask(text), verdict, mask)
    if verdict.status == "skipped":
        pytest.skip(mask(verdict.reason))
    if verdict.status == "known":
        pytest.xfail(mask(verdict.reason))
    if verdict.status == "warned":
        line = headline(verdict)
        pytest.xfail(mask(line if verdict.waits_for_acceptance else tr("警告：{headline}", headline=line)))
    if verdict.error is not None:
        # A new error of the same type: the original, with its unmasked text, stays out of pytest's reports.
        masked = type(verdict.error)(*verdict.error.problems)
        raise masked.with_text(mask(broken_text(verdict, verdict.error)))


def _curls_of_failure(verdict: Verdict, harness: Harness) -> list[tuple[str, str]]:
    """Return the masked curl lines that reproduce the failure, each with the name of its reply."""
    return [(name, harness.curl(exchange)) for name, exchange in requests_of_failure(verdict)]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Forget each case after its run: the session keeps all items until its end."""
    result = yield
    if isinstance(item, CaseItem):
        del item.case
    return result


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _mask_report(report, item)
    if isinstance(item, CaseItem):
        summary = _summary_of(item, call, report)
        if summary is not None:
            # Plain data, which xdist can send from a worker.
            report.harness = summary  # type: ignore[attr-defined]
    else:
        _describe_python_test(item, call, report)
    if call.when == "teardown" and VERDICT in item.stash:
        del item.stash[VERDICT]  # it holds whole replies, and the session keeps all items until its end
    return report


def _describe_python_test(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Add the facts for the run record to the report of a test in Python, as plain data for xdist."""
    error = call.excinfo.value if call.excinfo else None
    if report.failed and error is not None:
        is_failure = isinstance(error, (AssertionError, pytest.fail.Exception))
        report.harness_broken = not is_failure  # type: ignore[attr-defined]
    if report.skipped:
        report.harness_deliberate = item.get_closest_marker("skip") is not None  # type: ignore[attr-defined]


def _summary_of(
    item: CaseItem, call: pytest.CallInfo[None], report: pytest.TestReport
) -> dict[str, Any] | None:
    """Return the summary for the report that decides the case, None for its other reports."""
    verdict = item.stash.get(VERDICT, None)
    if call.when == "call" and verdict is not None:
        return _judged_summary(item, verdict)
    if call.when == "call" or (call.when == "setup" and not report.passed):
        return _unjudged_summary(item, call, report)
    return None


def _judged_summary(item: CaseItem, verdict: Verdict) -> dict[str, Any]:
    curls = _curls_of_failure(verdict, harness_of(item.config)) if verdict.status == "failed" else []
    numbers = summarize(verdict, curls[0][1] if curls else "")
    summary = {
        **numbers._asdict(),
        "causes": [asdict(cause) for cause in numbers.causes],
        "alternatives": [asdict(held) for held in numbers.alternatives],
        "evidence": asdict(numbers.evidence) if numbers.evidence else None,
        "source": _source_digest(item),
        "judged": verdict.status,
    }
    quarantine = item.case.quarantine
    if quarantine is not None:
        summary["quarantine"] = {
            "reason": quarantine.reason,
            "until": str(quarantine.until),
            "expired": quarantine.expired(verdict.stopped),
        }
    if item.config.get_verbosity() > 0:
        summary["log"] = readable_lines(verdict)
    masker = plan_of(item.config).masker
    return {name: masker.json(value) for name, value in summary.items()}


def _unjudged_summary(
    item: CaseItem, call: pytest.CallInfo[None], report: pytest.TestReport
) -> dict[str, Any]:
    """Return the summary of a case that did not run: it was skipped, or its setup failed."""
    summary: dict[str, Any] = {
        "case": item.case.id,
        "title": item.case.id,
        "source": _source_digest(item),
        "status": "skipped" if report.skipped else "broken",
        "deliberate": report.skipped and bool(item.case.skip or item.case.only_in),
    }
    if not report.skipped:
        summary["kind"] = "environment"
        summary["cause"] = raised_line(report)
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, HarnessError):
            (cause,) = causes_of(Verdict(item.case.id, item.case.id, "broken", (), error=error))
            masked = plan_of(item.config).masker.json(asdict(cause))
            summary |= {"kind": masked["category"], "cause": masked["text"], "causes": [masked]}
        return summary
    if isinstance(report.longrepr, tuple):
        summary["headline"] = str(report.longrepr[2]).removeprefix("Skipped: ")
    for cause in item.stash.get(OUTAGE, ()):
        masked = plan_of(item.config).masker.json(asdict(cause))
        summary |= {"kind": masked["category"], "cause": masked["text"], "causes": [masked]}
    return summary


def _source_digest(item: CaseItem) -> str:
    """Return a digest of the suite's text, by which a later run sees whether the suite was edited."""
    return _digest(item.case.span.source)


@lru_cache(maxsize=4)
def _digest(source: Source) -> str:
    return hashlib.sha256(source.text.encode()).hexdigest()[:12]


def _mask_report(report: pytest.TestReport, item: pytest.Item) -> None:
    masker = plan_of(item.config).masker
    if report.longrepr is not None and not isinstance(report.longrepr, tuple):
        text = str(report.longrepr)
        masked = masker.text(text)
        if masked != text:
            report.longrepr = masked
    if report.skipped and isinstance(report.longrepr, tuple):
        place = report.longrepr[:2]
        if isinstance(item, CaseItem):
            # pytest would show the line of the harness that calls pytest.skip.
            place = (item.case.span.source.name, item.case.span.line)
        report.longrepr = (*place, masker.text(report.longrepr[2]))
    report.sections = [(name, masker.text(text)) for name, text in report.sections]
