"""Writes reports/load.html: one page without a script and without any other file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Final

from framework.base.messages import language, tr
from framework.base.source import visible
from framework.load.judging import percent
from framework.load.results import Numbers
from framework.load.summary import LoadReport, number_rows

WIDTH: Final = 720
HEIGHT: Final = 120
_LEFT: Final = 48
_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d5dae0;
  --red: #c62828; --green: #1f7a3d; --blue: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --text: #e8eaed; --quiet: #a6b0bb;
  --line: #39414b; --red: #ff7b72; --green: #5fd08a; --blue: #8ab4f8; } }
body { margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 70rem; background: var(--ground);
  color: var(--text); font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.06rem; border-bottom: 1px solid var(--line); }
.red { color: var(--red); } .green { color: var(--green); } .quiet { color: var(--quiet); }
table { border-collapse: collapse; } td, th { padding: .15rem .8rem .15rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; } td.n, th.n { text-align: right; white-space: nowrap; }
td.t { min-width: 10rem; } .wide, figure { overflow-x: auto; }
figure { margin: .8rem 0; } figcaption { color: var(--quiet); }
svg { max-width: 100%; min-width: 32rem; height: auto; }
svg text { font-size: 11px; fill: var(--quiet); } polyline { fill: none; stroke-width: 1.5; }
polyline.red { stroke: var(--red); } polyline.green { stroke: var(--green); }
polyline.blue { stroke: var(--blue); }
line { stroke: var(--line); }
"""
_TAGS: Final = {"zh": "zh-CN"}


def page(report: LoadReport) -> str:
    """Return the whole page."""
    title = tr("压力测试")
    tone = "green" if report.code == 0 else "red"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{_TAGS.get(language(), language())}"><head><meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(report.verdict)} · {_text(title)}</title><style>{_STYLE}</style></head><body>",
        f'<header><p class="quiet">{_text(title)}</p><h1 class="{tone}">{_text(report.verdict)}</h1>',
        f'<p class="quiet">{_text(" · ".join(map(" ".join, report.facts.items())))}</p>',
        "</header><main>",
        *_thresholds(report),
        _table((), [(_text(name), _text(value)) for name, value in number_rows(report)]),
        *_charts(report),
        *_causes(report),
        *_cases(report),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _text(text: str) -> str:
    return escape(visible(text))


def _thresholds(report: LoadReport) -> Iterator[str]:
    yield "<ul>"
    for threshold in report.thresholds:
        tone, mark = ("green", "✓") if threshold.held else ("red", "✗")
        yield f'<li class="{tone}">{mark} {_text(threshold.text)}</li>'
    yield "</ul>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> str:
    """Return a table; the cells are HTML. *numbers*: the columns that are never broken into lines."""
    lines = ['<div class="wide"><table>']
    if head:
        lines.append(_row("th", [_text(cell) for cell in head], numbers))
    lines += [_row("td", row, numbers) for row in rows]
    return "\n".join([*lines, "</table></div>"])


def _row(tag: str, cells: Sequence[str], numbers: Collection[int]) -> str:
    def kind(at: int) -> str:
        return "" if not numbers else ' class="n"' if at in numbers else ' class="t"'

    written = (f"<{tag}{kind(at)}>{cell}</{tag}>" for at, cell in enumerate(cells))
    return f"<tr>{''.join(written)}</tr>"


def _causes(report: LoadReport) -> Iterator[str]:
    if not report.causes:
        return
    yield f"<h2>{_text(tr('失败的原因'))}</h2>"
    head = [tr("次数"), tr("原因"), tr("例子"), tr("用例"), tr("秒"), "trace id"]
    rows = [
        [
            str(cause.count),
            _text(text),
            _text(cause.example),
            _text(cause.case),
            f"{cause.first:.0f}–{cause.last:.0f}",
            _text(cause.trace_id),
        ]
        for text, cause in report.causes
    ]
    yield _table(head, rows, (0, 4))


def _cases(report: LoadReport) -> Iterator[str]:
    yield f"<h2>{_text(tr('用例'))}</h2>"
    head = [tr("用例"), tr("次数"), tr("失败"), tr("超时限"), "p50 ms", "p95 ms", "p99 ms"]
    cases = sorted(report.results.cases.items(), key=lambda item: -item[1].times.quantile(0.95))
    rows = [
        [
            _text(name),
            str(numbers.judged),
            f"{numbers.red} · {percent(numbers.red / numbers.judged)}" if numbers.red else "0",
            str(numbers.outcomes["slow"]),
            *(f"{numbers.times.quantile(q):.1f}" for q in (0.5, 0.95, 0.99)),
        ]
        for name, numbers in cases
    ]
    yield _table(head, rows, range(1, len(head)))


# -- charts


def _charts(report: LoadReport) -> Iterator[str]:
    line, stretch = report.results.line, report.results.stretch
    if not line:
        return
    points = [line.get(index, Numbers()) for index in range(max(line) + 1)]

    def rate(count: Callable[[Numbers], int]) -> list[float]:
        return [count(numbers) / stretch for numbers in points]

    yield _chart(
        tr("每秒的用例：跑完的（绿），失败的（红）"),
        {"green": rate(lambda numbers: numbers.judged), "red": rate(lambda numbers: numbers.red)},
        stretch,
    )
    yield _chart(
        tr("答复的耗时，毫秒：p50（绿），p95（蓝），p99（红）"),
        {
            color: [numbers.times.quantile(q) if numbers.times.total else None for numbers in points]
            for color, q in (("red", 0.99), ("blue", 0.95), ("green", 0.5))
        },
        stretch,
    )
    yield _chart(tr("用户"), {"blue": [float(numbers.users) for numbers in points]}, stretch)


def _pieces(values: Sequence[float | None], top: float, step: float) -> Iterator[list[str]]:
    """Yield the points of each piece of a line without a gap. A single point becomes a short line."""
    for is_gap, piece in groupby(enumerate(values), lambda pair: pair[1] is None):
        if is_gap:
            continue
        points = [
            (_LEFT + index * step, HEIGHT - value / top * HEIGHT)
            for index, value in piece
            if value is not None
        ]
        if len(points) == 1:
            points.append((points[0][0] + 1, points[0][1]))
        yield [f"{x:.1f},{y:.1f}" for x, y in points]


def _chart(title: str, lines: Mapping[str, Sequence[float | None]], stretch: float) -> str:
    """Return a chart of values over time. None: there was none, so the line has a gap."""
    top = max((value for values in lines.values() for value in values if value is not None), default=0) or 1
    count = max(len(values) for values in lines.values())
    step = (WIDTH - _LEFT) / max(count - 1, 1)
    drawn = [
        f'<polyline class="{color}" points="{" ".join(points)}"/>'
        for color, values in lines.items()
        for points in _pieces(values, top, step)
    ]
    end = _text(tr("{n:g} 秒", n=count * stretch))
    return (
        f"<figure><figcaption>{_text(title)}</figcaption>"
        f'<svg role="img" aria-label="{_text(title)}" width="{WIDTH}" height="{HEIGHT + 34}" '
        f'viewBox="0 -12 {WIDTH + 24} {HEIGHT + 34}">'
        f'<line x1="{_LEFT}" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}"/>'
        f'<line x1="{_LEFT}" y1="0" x2="{_LEFT}" y2="{HEIGHT}"/>'
        f'<text x="{_LEFT - 6}" y="4" text-anchor="end">{top:.4g}</text>'
        f'<text x="{_LEFT - 6}" y="{HEIGHT}" text-anchor="end">0</text>'
        f'<text x="{_LEFT}" y="{HEIGHT + 16}">0</text>'
        f'<text x="{WIDTH}" y="{HEIGHT + 16}" text-anchor="end">{end}</text>'
        + "".join(drawn)
        + "</svg></figure>"
    )
