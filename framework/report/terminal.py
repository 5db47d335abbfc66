"""Writes to the terminal: the log of each case with ``-v``, and the numbers and causes of the run at the end.

Only the process that owns the run writes. It counts nothing: the numbers are those of the run's record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from typing import Any

import pytest

from framework.base.console import adapt_console
from framework.base.messages import tr
from framework.base.source import display_width, visible
from framework.report.case_record import CaseRecord
from framework.report.cause_groups import CauseGroup, group_by_cause
from framework.report.causes import category_word
from framework.report.numbers import quantile, size_text
from framework.report.run_file import record_of
from framework.report.run_record import RunRecord
from framework.report.sink import SinkContext
from framework.report.verdict_words import counts_text, drift_sentence, has_drift, waiting

NAME = "harness-terminal"
Progress = Callable[[str, int, int], None]
_CI = ("CI", "BUILD_NUMBER")
"""The variables by which pytest recognizes CI."""
_SLOWEST = 3
_CAUSES = 20
_BENEATH = 3
_LONG_WALK = 10  # pages; shorter walks end before anyone reads a progress line
_MAX_NAMED_FILES = 5
_MAX_NAMED_CASES = 3


def install(config: pytest.Config, _context: SinkContext) -> None:
    """Register the terminal's hooks, except in an xdist worker."""
    if not hasattr(config, "workerinput"):
        adapt_console()
        config.pluginmanager.register(Terminal(config), NAME)


def progress_of(config: pytest.Config) -> Progress:
    """Return the function that shows the progress of long walks. In an xdist worker it does nothing."""
    terminal: Terminal | None = config.pluginmanager.get_plugin(NAME)
    return terminal.progress if terminal else _no_progress


def _no_progress(_title: str, _done: int, _total: int) -> None:
    pass


class Terminal:
    """The hooks that write to the terminal."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_sessionstart(self) -> None:
        """In CI, leave out pytest's short summary, which would print every failure whole a second time."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        is_default = self.config.option.reportchars in ("", "fE")
        if reporter is not None and is_default and any(os.environ.get(name) for name in _CI):
            reporter.reportchars = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, Any] | None:
        """Show a broken case as B (BROKEN), because F (FAILED) means that the service is wrong."""
        summary = getattr(report, "harness", None)
        if summary and summary["status"] == "broken" and report.failed:
            return "failed", "B", ("BROKEN", {"red": True})
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        summary = getattr(report, "harness", None) or {}
        if self.config.get_verbosity() > 0 and summary.get("log"):
            self._write_lines(summary["log"])

    def _write_lines(self, lines: list[str]) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            for line in lines:
                reporter.write_line(f"    {visible(line)}")  # a reply may contain control characters

    def progress(self, title: str, done: int, total: int) -> None:
        """Show the progress of a long walk on a line that is overwritten later. Needs a real terminal."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        capture = self.config.pluginmanager.get_plugin("capturemanager")
        if total < _LONG_WALK or reporter is None or capture is None or not reporter.isatty:
            return
        line = f" {title} {done}/{total}"
        width = display_width(line)
        with capture.global_and_fixture_disabled():
            reporter.write(line + "\b" * width, flush=True)
            if done >= total:
                reporter.write(" " * width + "\b" * width, flush=True)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> Generator[None, object, object]:
        """Write the numbers after an INTERNALERROR too. pytest itself ends without a summary then."""
        result = yield
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR and reporter is not None:
            self.pytest_terminal_summary(reporter)
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        run = record_of(self.config)
        if run is None or not (run.cases or run.collection):
            return
        terminalreporter.section(tr("接口回归"), sep="-")
        if run.collection:
            files = [problem.id for problem in run.collection]
            named = _named(files, _MAX_NAMED_FILES)
            line = tr("用例文件有误，其中的用例没有运行：{n} 个（{named}）", n=len(files), named=named)
            terminalreporter.write_line(line, red=True)
        for line in summary_lines(run):
            terminalreporter.write_line(line)
        for line in cause_lines(run):
            terminalreporter.write_line(line)
        if run.judged_nothing:
            terminalreporter.write_line(tr("没有任何用例得到评判，这不算通过"), red=True)


def summary_lines(run: RunRecord) -> list[str]:
    """Return the numbers of the run: cases by verdict, checks, requests, durations and the slowest cases."""
    elapsed = sorted(value for case in run.cases for value in case.elapsed)
    verdicts = counts_text(run)
    cases = tr("{n}（{verdicts}）", n=len(run.cases), verdicts=verdicts) if verdicts else "0"
    lines = [
        _row(tr("用例"), cases),
        _row(tr("检查"), _checks_text(run)),
        _row(tr("请求"), _requests_text(run)),
    ]
    if elapsed:
        p50, p95 = quantile(elapsed, 0.5), quantile(elapsed, 0.95)
        lines.append(_row(tr("耗时"), f"p50 {p50:.0f} ms, p95 {p95:.0f} ms"))
        slowest = sorted(run.cases, key=_slowest_request, reverse=True)[:_SLOWEST]
        shown = (f"{visible(case.name)} {_slowest_request(case):.0f} ms" for case in slowest)
        lines.append(_row(tr("最慢"), tr("；").join(shown)))
    if any(map(has_drift, run.cases)):
        how = tr("；看过差异再 python -m framework accept") if waiting(run) else ""
        lines.append(_row(tr("认可"), drift_sentence(run) + how))
    return lines


def _slowest_request(case: CaseRecord) -> float:
    return max(case.elapsed, default=0.0)


def _requests_text(run: RunRecord) -> str:
    requests = sum(case.requests for case in run.cases)
    received = sum(case.received for case in run.cases)
    shared = sum(case.shared for case in run.cases)
    if not requests:
        return "0"
    if not received:
        return tr("{n} 个，大小未记录", n=requests)
    text = tr("{n} 个，共 {size}", n=requests, size=size_text(received))
    return text + (tr("；另有 {n} 个与先问的用例共用答复", n=shared) if shared else "")


def cause_lines(run: RunRecord) -> list[str]:
    """Return a line for each cause of the cases that are not green, with the number of its cases.

    The smaller causes of the same cases are listed beneath it.
    """
    groups = group_by_cause(run.cases)
    if not groups:
        return []
    lines = [_row(tr("原因"), tr("{n} 个", n=len(groups)))]
    for group in groups[:_CAUSES]:
        lines.append(_cause_line(group))
        lines += [f"      └ {len(inner.cases)} × {visible(inner.text)}" for inner in group.beneath[:_BENEATH]]
        if len(group.beneath) > _BENEATH:
            lines.append("      └ " + tr("… 另有 {n} 个原因", n=len(group.beneath) - _BENEATH))
    if len(groups) > _CAUSES:
        lines.append("  " + tr("… 另有 {n} 个原因", n=len(groups) - _CAUSES))
    return lines


def _cause_line(group: CauseGroup) -> str:
    named = _named([visible(case.name) for case in group.cases], _MAX_NAMED_CASES)
    return f"  {len(group.cases):>4} × [{category_word(group.category)}] {visible(group.text)} ({named})"


def _named(names: list[str], most: int) -> str:
    joined = tr("、").join(names[:most])
    return joined + tr(" 等") if len(names) > most else joined


def _checks_text(run: RunRecord) -> str:
    checks = sum(case.checks for case in run.cases)
    unrecorded = sum(case.unrecorded for case in run.cases)
    return f"{checks}" + (tr("（其中 {n} 项未记录，没有评判）", n=unrecorded) if unrecorded else "")


def _row(name: str, value: str) -> str:
    return name + " " * max(1, 8 - display_width(name)) + value
