"""Turns pytest's reports about a case into the record of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.report.case_record import (
    NO_DRIFT,
    CaseRecord,
    CauseRecord,
    Evidence,
    HeldAlternative,
    Quarantine,
    Status,
)

PHASES = ("setup", "call", "teardown")
"""A report about another phase is xdist's report about a worker that crashed."""


def case_of(report: pytest.TestReport, before: CaseRecord | None) -> CaseRecord | None:
    """Return the record of the case that *report* is about; None if the report does not decide it.

    *before* is the record that earlier reports of the case gave. A report without a summary of the harness
    can decide too: a worker crashed, a tear-down failed, or the test is not a case in YAML. A test that is
    run again has the record of its last attempt.
    """
    summary: Mapping[str, Any] | None = getattr(report, "harness", None)
    if summary is not None:
        return _checked(_record_of_summary(report, summary), report)
    if report.outcome not in ("passed", "failed", "skipped"):
        return None  # "rerun": the next attempt decides
    if report.when == "setup" and report.passed:
        return None
    if report.when not in ("setup", "call"):
        return _after_call(report, before)
    return _record_of_python_test(report)


def _after_call(report: pytest.TestReport, before: CaseRecord | None) -> CaseRecord | None:
    """Return the record after a tear-down or a crash. It does not hide a failure of the service."""
    if not report.failed or (before is not None and before.status == "failed"):
        return None
    # xdist's own text names worker and case, so each crash would be a cause of its own.
    crash = tr("运行这个用例的进程意外结束：被杀死，或者崩溃了")
    case = before or _fresh(report, "broken")
    if report.when in PHASES:
        return broken_case(case, raised_line(report), "environment")
    return broken_case(case, crash)


def _record_of_python_test(report: pytest.TestReport) -> CaseRecord:
    if report.failed:
        # Only an assertion says that the service is wrong; anything else is a fault of the test.
        failed = report.when == "call" and not getattr(report, "harness_broken", False)
        case = _fresh(report, "failed" if failed else "broken")
        message = last_line(report)
        category = "mismatch" if failed else "internal"
        return replace(case, headline=message, category=category, cause=message)
    if report.skipped and hasattr(report, "wasxfail"):
        reason = str(report.wasxfail)
        return replace(_fresh(report, "known"), headline=reason, category="known", cause=reason)
    case = _fresh(report, "skipped" if report.skipped else "passed")
    return replace(case, deliberate=bool(getattr(report, "harness_deliberate", False)))


def _fresh(report: pytest.TestReport, status: Status) -> CaseRecord:
    return CaseRecord(report.nodeid, report.nodeid, status, duration=round(report.duration, 3))


def _record_of_summary(report: pytest.TestReport, summary: Mapping[str, Any]) -> CaseRecord:
    quarantine = summary.get("quarantine")
    return CaseRecord(
        report.nodeid,
        summary["title"],
        summary["status"],
        summary.get("headline", "") or summary.get("cause", ""),
        summary.get("kind", ""),
        summary.get("cause", ""),
        round(report.duration, 3),
        tuple(summary.get("elapsed", ())),
        summary.get("checks", 0),
        summary.get("requests", 0),
        Quarantine(**quarantine) if quarantine else None,
        summary.get("source", ""),
        summary.get("unrecorded", 0),
        summary.get("received", 0),
        summary.get("deliberate", False),
        tuple(CauseRecord(**cause) for cause in summary.get("causes", ())),
        Evidence(**summary["evidence"]) if summary.get("evidence") else None,
        summary.get("shared", 0),
        tuple(HeldAlternative(**held) for held in summary.get("alternatives", ())),
        _drift(summary.get("drift", NO_DRIFT)),
    )


def _drift(numbers: Sequence[int]) -> tuple[int, int, int]:
    """Return the numbers, which xdist sends as a list."""
    added, changed, removed = numbers
    return added, changed, removed


def _checked(case: CaseRecord, report: pytest.TestReport) -> CaseRecord:
    """Return *case* as pytest reports it: a hook of the project may have failed or skipped it."""
    if report.failed and case.status not in ("failed", "broken"):
        return broken_case(case, last_line(report))
    if report.skipped and case.status == "passed":
        return replace(case, status="skipped")
    return case


def broken_case(case: CaseRecord, message: str, category: str = "internal") -> CaseRecord:
    causes = (CauseRecord(category, message),)
    return replace(case, status="broken", headline=message, category=category, cause=message, causes=causes)


_RAISED = "E   "
"""What pytest writes before the lines of an exception."""


def raised_line(report: pytest.TestReport) -> str:
    """Return the first line of the exception that ended a fixture, or else the last line of the text."""
    lines = ["", *(line for line in report.longreprtext.splitlines() if line.strip())]
    starts = [
        line.removeprefix(_RAISED).strip()
        for before, line in pairwise(lines)
        if line.startswith(_RAISED) and not before.startswith(_RAISED)
    ]
    return cut(starts[-1], 300) if starts else last_line(report)


def last_line(report: pytest.TestReport) -> str:
    """Return the last line of the report's text, or its outcome if it has no text."""
    lines = [line for line in report.longreprtext.splitlines() if line.strip()]
    return cut(lines[-1], 300) if lines else str(report.outcome)
