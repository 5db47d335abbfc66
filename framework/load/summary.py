"""Writes the texts of a load test in the terminal: the progress, and the summary at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from framework.base.messages import tr
from framework.base.source import display_width, visible
from framework.load.judging import Threshold, percent
from framework.load.results import OTHER, Cause, Results
from framework.report.causes import category_word

BUSY: Final = 0.9
"""The share of a core from which on this machine, not the service, may be what is slow."""
_MOST_CAUSES: Final = 10


@dataclass(frozen=True)
class LoadReport:
    """A finished load test.

    Attributes:
        facts: the facts about the test, by name.
        throughput: the cases a second that were asked for; 0 if none were.
        code: the exit code.
    """

    facts: dict[str, str]
    results: Results
    throughput: float
    thresholds: tuple[Threshold, ...]
    code: int

    @property
    def verdict(self) -> str:
        if self.code == 0:
            return tr("通过：所有的界限都守住了")
        broken = sum(not threshold.held for threshold in self.thresholds)
        return tr("不通过：{n} 条界限没有守住", n=broken) if broken else tr("没有任何用例得到评判")

    @property
    def causes(self) -> list[tuple[str, Cause]]:
        """The causes in words, the most frequent first."""
        found = sorted(self.results.causes.items(), key=lambda item: -item[1].count)
        return [(cause_text(*key), cause) for key, cause in found]


def cause_text(category: str, text: str) -> str:
    """Return a cause in words."""
    if (category, text) == OTHER:
        return tr("其余的原因")
    return f"[{category_word(category)}] {visible(text)}"


def progress_line(results: Results, seconds: float, users: int) -> str:
    """Return the progress *seconds* after the start."""
    total = results.total
    return tr(
        "{seconds:>5.0f} 秒  用户 {users}  用例 {n}（失败 {red}）  {rate:.1f} 个/秒  p95 {p95:.0f} ms",
        seconds=seconds,
        users=users,
        n=total.judged,
        red=total.red,
        rate=total.judged / seconds if seconds else 0.0,
        p95=total.times.quantile(0.95),
    )


def number_rows(report: LoadReport) -> list[tuple[str, str]]:
    """Return the numbers of the whole test, each with its name."""
    results, total = report.results, report.results.total
    times, seconds = total.times, report.results.seconds or 1.0
    outcomes = total.outcomes
    rows = [
        (
            tr("用例"),
            tr(
                "{n} 次：通过 {passed}，不符 {failed}，故障 {broken}，超时限 {slow}",
                n=total.judged,
                passed=outcomes["passed"],
                failed=outcomes["failed"],
                broken=outcomes["broken"],
                slow=outcomes["slow"],
            ),
        ),
        (
            tr("吞吐"),
            tr(
                "{cases:.1f} 个用例/秒，{requests:.1f} 个答复/秒",
                cases=total.judged / seconds,
                requests=times.total / seconds,
            ),
        ),
        (tr("耗时"), _times_text(report)),
    ]
    if report.throughput:
        rows.append((tr("起跑"), _starts_text(report)))
    if outcomes["skipped"]:
        rows.append((tr("跳过"), tr("{n} 次", n=outcomes["skipped"])))
    if results.cut:
        rows.append((tr("未完"), tr("{n} 次，结束时还没有跑完，不算失败", n=results.cut)))
    rows.append((tr("发压机"), _busy_text(results.busy)))
    return rows


def _times_text(report: LoadReport) -> str:
    times = report.results.total.times
    if not times.total:
        return tr("没有答复")
    return ", ".join(f"p{round(q * 100)} {times.quantile(q):.1f} ms" for q in (0.5, 0.95, 0.99))


def _starts_text(report: LoadReport) -> str:
    results = report.results
    return tr(
        "要 {wanted:g} 个/秒，做到 {reached:.1f} 个/秒；晚了 {late} 次，占 {share}，最多晚 {latest:.2f} 秒",
        wanted=report.throughput,
        reached=results.starts / (report.results.seconds or 1.0),
        late=results.late,
        share=percent(results.late / results.starts if results.starts else 0.0),
        latest=results.latest,
    )


def _busy_text(busy: float) -> str:
    text = tr("用了一个核的 {share:.0f}%", share=busy * 100)
    if busy < BUSY:
        return text
    return tr("{text}：慢的可能是它，不是服务；减少用户，或加 worker", text=text)


def terminal_lines(report: LoadReport) -> Iterator[str]:
    """Yield the lines of the summary."""
    yield ""
    for name, value in number_rows(report):
        yield name + " " * max(1, 8 - display_width(name)) + value
    causes = report.causes
    for text, cause in islice(causes, _MOST_CAUSES):
        yield tr(
            "  {n:>6} × {text}（{case}，第 {first:.0f} 到 {last:.0f} 秒）",
            n=cause.count,
            text=text,
            case=visible(cause.case),
            first=cause.first,
            last=cause.last,
        )
    if len(causes) > _MOST_CAUSES:
        yield "  " + tr("… 另有 {n} 个原因", n=len(causes) - _MOST_CAUSES)
    for threshold in report.thresholds:
        yield ("✓ " if threshold.held else "✗ ") + visible(threshold.text)
    yield report.verdict
