"""Writes to the terminal: the log of each case with ``-v``, and the numbers and causes of the run at the end.

Only the process that owns the run writes. It gets the summaries of xdist's workers as plain data on the
reports.
"""

from __future__ import annotations

import io
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from framework.base.messages import tr
from framework.base.source import display_width, visible
from framework.report.causes import group_by_cause
from framework.report.sink import SinkContext

NAME = "harness-terminal"
Progress = Callable[[str, int, int], None]
_WORDS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "known": "已知缺陷",
    "warned": "警告",
    "skipped": "跳过",
}
_SLOWEST = 3
_CAUSES = 20
_LONG_WALK = 10  # pages; shorter walks end before anyone reads a progress line
_MAX_NAMED_FILES = 5
_MAX_NAMED_CASES = 3


@dataclass
class RunCounts:
    """The summaries of the cases of a run, and the case files with collection errors."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    collection_errors: list[str] = field(default_factory=list)

    def of(self, status: str) -> int:
        return sum(case["status"] == status for case in self.cases)

    @property
    def judged_nothing(self) -> bool:
        return bool(self.cases) and not any(
            self.of(status) for status in ("passed", "failed", "known", "warned")
        )


def _escape_unknown_characters() -> None:
    """Let a console escape only the characters that it lacks.

    pytest itself would escape the whole text, including the ends of lines.
    """
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    if encoding != "utf8" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def install(config: pytest.Config, _context: SinkContext) -> None:
    """Register the terminal's hooks, except in an xdist worker."""
    if not hasattr(config, "workerinput"):
        _escape_unknown_characters()
        config.pluginmanager.register(Terminal(config), NAME)


def counts_of(config: pytest.Config) -> RunCounts | None:
    """Return the counts of this run; None in an xdist worker."""
    terminal: Terminal | None = config.pluginmanager.get_plugin(NAME)
    return terminal.counts if terminal else None


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
        self.counts = RunCounts()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, Any] | None:
        """Show a broken case as B (BROKEN), because F (FAILED) means that the service is wrong."""
        summary = getattr(report, "harness", None)
        if summary and summary["status"] == "broken" and report.failed:
            return "failed", "B", ("BROKEN", {"red": True})
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        summary = getattr(report, "harness", None)
        if summary is None:
            return
        self.counts.cases.append({**summary, "duration": report.duration})
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

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        is_case_file = report.nodeid.endswith((".yaml", ".yml"))
        if report.failed and is_case_file and report.nodeid not in self.counts.collection_errors:
            self.counts.collection_errors.append(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        files = self.counts.collection_errors
        if not self.counts.cases and not files:
            return
        terminalreporter.section(tr("接口回归"), sep="-")
        if files:
            named = _named(files, _MAX_NAMED_FILES)
            line = tr("用例文件有误,其中的用例没有运行: {n} 个({named})", n=len(files), named=named)
            terminalreporter.write_line(line, red=True)
        for line in summary_lines(self.counts):
            terminalreporter.write_line(line)
        for line in cause_lines(self.counts):
            terminalreporter.write_line(line)
        if self.counts.judged_nothing:
            terminalreporter.write_line(tr("没有任何用例得到评判,这不算通过"), red=True)


def summary_lines(counts: RunCounts) -> list[str]:
    """Return the numbers of the run: cases by verdict, checks, requests, durations and the slowest cases."""
    cases = counts.cases
    elapsed = sorted(value for case in cases for value in case.get("elapsed", ()))
    total = {
        key: sum(case.get(key, 0) for case in cases)
        for key in ("checks", "unrecorded", "requests", "received")
    }
    verdicts = tr(",").join(
        f"{counts.of(status)} {tr(word)}" for status, word in _WORDS.items() if counts.of(status)
    )
    lines = [
        _row(tr("用例"), tr("{n}({verdicts})", n=len(cases), verdicts=verdicts)),
        _row(tr("检查"), _checks_text(total)),
        _row(tr("请求"), _requests_text(total)),
    ]
    if elapsed:
        p50, p95 = quantile(elapsed, 0.5), quantile(elapsed, 0.95)
        lines.append(_row(tr("耗时"), f"p50 {p50:.0f} ms, p95 {p95:.0f} ms"))
        slowest = sorted(cases, key=_slowest_request, reverse=True)[:_SLOWEST]
        shown = (f"{visible(case['case'])} {_slowest_request(case):.0f} ms" for case in slowest)
        lines.append(_row(tr("最慢"), tr(";").join(shown)))
    return lines


def _slowest_request(case: dict[str, Any]) -> float:
    return float(max(case.get("elapsed") or [0]))


def _requests_text(total: dict[str, int]) -> str:
    if not total["received"]:
        return tr("{n} 个,大小未记录", n=total["requests"])
    return tr("{n} 个,共 {size}", n=total["requests"], size=size_text(total["received"]))


def cause_lines(counts: RunCounts) -> list[str]:
    """Return a line for each cause of the cases that are not green, with the number of its cases."""
    groups = group_by_cause(
        (case["category"], case["cause"], case["case"]) for case in counts.cases if case.get("category")
    )
    if not groups:
        return []
    lines = [_row(tr("原因"), tr("{n} 个", n=len(groups)))]
    for word, signature, cases in groups[:_CAUSES]:
        named = _named([visible(case) for case in cases], _MAX_NAMED_CASES)
        lines.append(f"  {len(cases):>4} × [{word}] {visible(signature)} ({named})")
    if len(groups) > _CAUSES:
        lines.append("  " + tr("… 另有 {n} 个原因", n=len(groups) - _CAUSES))
    return lines


def _named(names: list[str], most: int) -> str:
    joined = tr("、").join(names[:most])
    return joined + tr(" 等") if len(names) > most else joined


def _checks_text(total: dict[str, int]) -> str:
    unrecorded = tr("(其中 {n} 项未记录,没有评判)", n=total["unrecorded"]) if total["unrecorded"] else ""
    return f"{total['checks']}{unrecorded}"


def _row(name: str, value: str) -> str:
    return name + " " * max(1, 8 - display_width(name)) + value


def quantile(values: list[float], q: float) -> float:
    """Return the *q*-quantile (0 to 1) of sorted values, interpolated; of one value, that value."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[round(q * 100) - 1]


def size_text(size: int) -> str:
    """Return a size in bytes with a readable unit."""
    if size < 10_000:
        return f"{size} B"
    return f"{size / 1000:.0f} KB" if size < 10_000_000 else f"{size / 1_000_000:.1f} MB"
