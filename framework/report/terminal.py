"""The terminal: quiet when green, the old log's lines with ``-v``, and a summary in numbers at the end.

Only the process that owns the terminal writes; what xdist's workers know reaches it as plain data on the reports.
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
from framework.report.causes import grouped
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
_LONG_WALK = 10


@dataclass
class Counts:
    """What the cases of a run came to; ``unread``: the case files that did not load."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def of(self, status: str) -> int:
        return sum(case["status"] == status for case in self.cases)

    @property
    def judged_nothing(self) -> bool:
        return bool(self.cases) and not any(
            self.of(status) for status in ("passed", "failed", "known", "warned")
        )


def _bear_any_text() -> None:
    """A console that lacks a character shows that one escaped; pytest would escape the whole text, line ends included."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    if encoding != "utf8" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register the terminal's hooks where this process owns the terminal."""
    if not hasattr(config, "workerinput"):
        _bear_any_text()
        config.pluginmanager.register(Terminal(config), NAME)


def counts_of(config: pytest.Config) -> Counts | None:
    """Return the counts of this run, None in an xdist worker."""
    terminal: Terminal | None = config.pluginmanager.get_plugin(NAME)
    return terminal.counts if terminal else None


def progress_of(config: pytest.Config) -> Progress:
    """Return what is told of long walks; nothing in an xdist worker, which has no terminal."""
    terminal: Terminal | None = config.pluginmanager.get_plugin(NAME)
    return terminal.progress if terminal else lambda title, done, total: None


class Terminal:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.counts = Counts()

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, Any] | None:
        """Two kinds of red: B (BROKEN) is a matter of the run, F (FAILED) of the service."""
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
                reporter.write_line(f"    {visible(line)}")

    def progress(self, title: str, done: int, total: int) -> None:
        """Show how far a long walk is, on a terminal that can take the line back; pytest's capture is lifted for the moment."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        capture = self.config.pluginmanager.get_plugin("capturemanager")
        if total < _LONG_WALK or reporter is None or capture is None or not reporter.isatty:
            return
        with capture.global_and_fixture_disabled():
            line = f" {title} {done}/{total}"
            reporter.write(line + "\b" * display_width(line), flush=True)
            if done >= total:
                reporter.write(" " * display_width(line) + "\b" * display_width(line), flush=True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if (
            report.failed
            and report.nodeid.endswith((".yaml", ".yml"))
            and report.nodeid not in self.counts.unread
        ):
            self.counts.unread.append(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.counts.cases and not self.counts.unread:
            return
        terminalreporter.section(tr("接口回归"), sep="-")
        if self.counts.unread:
            named = tr("、").join(self.counts.unread[:5]) + (tr(" 等") if len(self.counts.unread) > 5 else "")
            terminalreporter.write_line(
                tr(
                    "用例文件有误,其中的用例没有运行: {n} 个({named})", n=len(self.counts.unread), named=named
                ),
                red=True,
            )
        for line in summary_lines(self.counts):
            terminalreporter.write_line(line)
        for line in cause_lines(self.counts):
            terminalreporter.write_line(line)
        if self.counts.judged_nothing:
            terminalreporter.write_line(tr("没有任何用例得到评判,这不算通过"), red=True)


def summary_lines(counts: Counts) -> list[str]:
    """Return the numbers of the run: cases by verdict, checks, requests, times in milliseconds, bytes, the slowest."""
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
        _row(tr("检查"), _checks(total)),
    ]
    received = tr("{n} 个,共 {size}", n=total["requests"], size=size_text(total["received"]))
    lines.append(
        _row(tr("请求"), received if total["received"] else tr("{n} 个,大小未记录", n=total["requests"]))
    )
    if elapsed:
        p50, p95 = quantile(elapsed, 0.5), quantile(elapsed, 0.95)
        lines.append(_row(tr("耗时"), f"p50 {p50:.0f} ms, p95 {p95:.0f} ms"))
        slow = sorted(cases, key=lambda case: -max(case.get("elapsed") or [0]))[:_SLOWEST]
        lines.append(
            _row(
                tr("最慢"),
                tr(";").join(
                    f"{visible(case['case'])} {max(case.get('elapsed') or [0]):.0f} ms" for case in slow
                ),
            )
        )
    return lines


def cause_lines(counts: Counts) -> list[str]:
    """Return what is not green, by cause: failures that share one are one line with a count."""
    groups = grouped(
        (case["category"], case["cause"], case["case"]) for case in counts.cases if case.get("category")
    )
    if not groups:
        return []
    lines = [_row(tr("原因"), tr("{n} 个", n=len(groups)))]
    for word, signature, cases in groups[:_CAUSES]:
        named = tr("、").join(visible(case) for case in cases[:3]) + (tr(" 等") if len(cases) > 3 else "")
        lines.append(f"  {len(cases):>4} × [{word}] {visible(signature)} ({named})")
    return (
        lines if len(groups) <= _CAUSES else [*lines, "  " + tr("… 另有 {n} 个原因", n=len(groups) - _CAUSES)]
    )


def _checks(total: dict[str, int]) -> str:
    unrecorded = tr("(其中 {n} 项未记录,没有评判)", n=total["unrecorded"]) if total["unrecorded"] else ""
    return f"{total['checks']}{unrecorded}"


def _row(name: str, value: str) -> str:
    return name + " " * max(1, 8 - display_width(name)) + value


def quantile(values: list[float], q: float) -> float:
    """Return the q-quantile (0 to 1) of sorted values, interpolated; the median of one value is that value."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[round(q * 100) - 1]


def size_text(size: int) -> str:
    """Return a size in bytes as people read it."""
    if size < 10_000:
        return f"{size} B"
    return f"{size / 1000:.0f} KB" if size < 10_000_000 else f"{size / 1_000_000:.1f} MB"
