"""Collects the cases of a run and writes reports/run.json when the run ends, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.cases.template import CHINA
from framework.report.disk import write_failure
from framework.report.run_record import CaseRecord, CollectionProblem, Quarantine, RunRecord, dump
from framework.report.sink import RunTarget, SinkContext

NAME = "harness-run-file"
PLACE = Path("reports") / "run.json"


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register the writer if this process owns the run and cases are run, not only listed."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(RunFile(config, context.run_id, context.target), NAME)


def record_of(config: pytest.Config) -> RunRecord | None:
    """Return the record of the run so far; None in an xdist worker."""
    plugin: RunFile | None = config.pluginmanager.get_plugin(NAME)
    return plugin.record(0, 0) if plugin else None


class RunFile:
    """Collects the record of the run in the process that owns the run."""

    def __init__(self, config: pytest.Config, run_id: str, target: Callable[[], RunTarget]) -> None:
        self.path = config.rootpath / PLACE
        self.run_id = run_id
        self.target = target
        self.started = datetime.now(CHINA)
        self.clock_at_start = time.monotonic()
        self.cases: dict[str, CaseRecord] = {}
        self.problems: dict[str, CollectionProblem] = {}
        self.interrupted = False

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems[report.nodeid] = CollectionProblem(report.nodeid, report.longreprtext)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        case = case_of(report, self.cases.get(report.nodeid))
        if case is not None:
            self.cases[report.nodeid] = case

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Write the record after all other hooks, because they may change the exit code.

        An OSError of another hook, for example of JUnit's writer, is reported here too.
        """
        try:
            result = yield
            collected = int(getattr(session, "testscollected", 0))
            write_text(self.path, dump(self.record(int(session.exitstatus), collected)))
        except OSError as error:
            # Without its record, the run must not look complete.
            pytest.exit(write_failure(error), returncode=pytest.ExitCode.INTERNAL_ERROR)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        run = self.record(0, 0)
        if run.over_budget:
            terminalreporter.write_line(
                tr(
                    "耗时超出预算：p95 {p95:.0f} ms，预算 {budget:.0f} ms",
                    p95=run.p95 or 0.0,
                    budget=run.budget_ms,
                ),
                red=True,
            )

    def record(self, code: int, collected: int) -> RunRecord:
        """Return the record of the run so far. *code*: pytest's exit code; *collected*: number of cases."""
        target = self.target()
        return RunRecord(
            self.run_id,
            target.environment,
            _iso_text(self.started),
            _iso_text(datetime.now(CHINA)),
            round(time.monotonic() - self.clock_at_start, 3),
            code,
            target.address,
            target.service,
            target.selection,
            self.interrupted,
            collected,
            target.budget_ms,
            tuple(self.cases.values()),
            tuple(self.problems.values()),
        )


def _iso_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def case_of(report: pytest.TestReport, before: CaseRecord | None) -> CaseRecord | None:
    """Return the record of the case that *report* is about; None if the report does not decide it.

    A report without a summary of the harness can decide too: a worker crashed, a teardown failed, or the test
    is not a case in YAML.
    """
    summary: Mapping[str, Any] | None = getattr(report, "harness", None)
    if summary is not None:
        return _record_of_summary(report, summary)
    if report.failed and before is not None and report.when == "teardown":
        # A failure of the service is not hidden by a failing teardown.
        return before if before.status == "failed" else _broken(before, report)
    if report.failed:
        fresh = CaseRecord(
            report.nodeid, report.nodeid, "failed", _last_line(report), duration=report.duration
        )
        return fresh if report.when == "call" else _broken(fresh, report)
    if report.when == "call" or report.skipped:
        return CaseRecord(
            report.nodeid, report.nodeid, "skipped" if report.skipped else "passed", duration=report.duration
        )
    return None


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
    )


def _broken(case: CaseRecord, report: pytest.TestReport) -> CaseRecord:
    message = _last_line(report)
    return replace(case, status="broken", headline=message, category="internal", cause=message)


def _last_line(report: pytest.TestReport) -> str:
    lines = [line for line in report.longreprtext.splitlines() if line.strip()]
    return cut(lines[-1], 300) if lines else str(report.outcome)


def write_text(path: Path, text: str) -> None:
    """Replace the file in one step, so that a reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
