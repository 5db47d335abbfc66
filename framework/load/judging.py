"""The thresholds of a load test, and its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from framework.base.messages import tr
from framework.load.results import Results

GREEN: Final = 0
RED: Final = 1
NOTHING: Final = 5
"""No case was judged, as with pytest."""
SLOW_SHARE: Final = 0.05
"""The share of a case's runs that may exceed its ``elapsed_ms``: a p95 of each case."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold in words, and whether it was held."""

    text: str
    held: bool


def thresholds(results: Results, most_failed: float, p95: float) -> tuple[Threshold, ...]:
    """Return every threshold; *p95* is in milliseconds, 0 for none."""
    total = results.total
    share = total.red / total.judged if total.judged else 0.0
    found = [
        Threshold(
            tr(
                "失败 {n} 次，占 {share}；最多 {most}",
                n=total.red,
                share=percent(share),
                most=percent(most_failed),
            ),
            share <= most_failed,
        )
    ]
    if p95:
        measured = total.times.quantile(0.95)
        text = tr("全部答复的 p95 {measured:.0f} ms；最多 {limit:g} ms", measured=measured, limit=p95)
        found.append(Threshold(text, measured <= p95 and total.times.total > 0))
    for name, numbers in results.cases.items():
        slow = numbers.outcomes["slow"]
        if slow:
            share = slow / numbers.judged
            text = tr(
                "{case}：超出 elapsed_ms {n} 次，占 {share}；最多 5%", case=name, n=slow, share=percent(share)
            )
            found.append(Threshold(text, share <= SLOW_SHARE))
    if results.reason:
        found.append(Threshold(results.reason, held=False))
    return tuple(found)


def exit_code(results: Results, held: tuple[Threshold, ...]) -> int:
    """Return the exit code of a test with these results."""
    if not results.total.judged:
        return NOTHING
    return GREEN if all(threshold.held for threshold in held) else RED


def percent(share: float) -> str:
    """Return a share in words. A number above zero is never shown as zero."""
    if 0 < share < 0.0001:
        return "<0.01%"
    return f"{share * 100:.3g}%"
