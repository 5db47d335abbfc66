"""Keeps the one record of a run, and writes it to reports/run.json when the run ends, however it ends.

This is the only place that counts pytest's reports. Terminal, log, Allure and the exit code read the record.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from framework.base.clock import CHINA
from framework.base.messages import tr
from framework.baseline.store import keep_as_last_look
from framework.report import junit
from framework.report.case_record import CaseRecord
from framework.report.case_reports import broken_case, case_of
from framework.report.disk import write_failure
from framework.report.last_words import reason_in
from framework.report.record_file import dump
from framework.report.run_record import CollectionProblem, RunRecord
from framework.report.sink import SinkContext
from framework.report.text_file import write_text

NAME = "harness-run-file"
PLACE = Path("reports") / "run.json"


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register the record if this process owns the run."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RunFile(config, context), NAME)


def record_of(config: pytest.Config) -> RunRecord | None:
    """Return the record of the run so far; None in an xdist worker."""
    plugin: RunFile | None = config.pluginmanager.get_plugin(NAME)
    return plugin.record(0, plugin.collected) if plugin else None


def close_record(session: pytest.Session) -> RunRecord | None:
    """Complete the record of the run, to which no more reports come; return None in an xdist worker."""
    plugin: RunFile | None = session.config.pluginmanager.get_plugin(NAME)
    if plugin is None:
        return None
    plugin.close(session.testscollected)
    return plugin.record(0, plugin.collected)


class RunFile:
    """Collects the record of the run in the process that owns the run."""

    def __init__(self, config: pytest.Config, context: SinkContext) -> None:
        self.config = config
        self.path = config.rootpath / PLACE
        self.run_id = context.run_id
        self.target = context.target
        self.masker = context.masker
        self.started = datetime.now(CHINA)
        self.clock_at_start = time.monotonic()
        self.cases: dict[str, CaseRecord] = {}
        self.problems: dict[str, CollectionProblem] = {}
        self.lines: dict[str, int] = {}
        self.running: list[str] = []
        self.interrupted = False
        self.internal = ""
        self.collected = 0

    @property
    def writes(self) -> bool:
        return not self.config.option.collectonly and bool(self.config.getini("record"))

    def pytest_sessionstart(self) -> None:
        """Remove record and page of an earlier run: if this run is killed, they are not taken for its own."""
        if self.writes:
            for path in (self.path, self.path.with_name("index.html")):
                path.unlink(missing_ok=True)
            keep_as_last_look(self.config.rootpath)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems[report.nodeid] = CollectionProblem(report.nodeid, report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.running.append(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if nodeid in self.running:
            self.running.remove(nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        self.lines[report.nodeid] = (report.location[1] or 0) + 1
        case = case_of(report, self.cases.get(report.nodeid))
        if case is not None:
            summary = getattr(report, "harness", None) or {}
            self._keep(case, report.when or "", known=summary.get("judged") == case.status)
        result = yield
        # pytest keeps all reports until the end, and the record has the facts of the summary.
        report.__dict__.pop("harness", None)
        return result

    def _keep(self, case: CaseRecord, phase: str, *, known: bool) -> None:
        self.cases[case.id] = case
        self.config.hook.pytest_harness_case_recorded(config=self.config, case=case, phase=phase, known=known)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object) -> None:
        self.internal = "INTERNALERROR"
        with suppress(Exception):  # without a plan there is no masker, and then no text either
            self.internal = reason_in(self.masker().text(str(excrepr)))

    def close(self, collected: int) -> None:
        """Complete the record when no more reports come: a case that an internal error ended is broken."""
        self.collected = collected
        undecided = [name for name in self.running if name not in self.cases]
        if self.internal and not self.interrupted:
            for name in undecided:
                self._keep(broken_case(CaseRecord(name, name, "broken"), self.internal), "", known=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Write the record after all other hooks, because they may change the exit code.

        An OSError of another hook, for example of JUnit's writer, is reported here too.
        """
        try:
            result = yield
            if not self.writes:
                return result
            junit.complete_junit(self.config, self.cases, self.lines)
            write_text(self.path, dump(self.record(int(session.exitstatus), self.collected)))
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
            self.internal,
            shard=target.shard,
        )


def _iso_text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
