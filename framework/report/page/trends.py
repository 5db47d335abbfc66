"""The trends of the front page as the coordinates of small charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from framework.base.messages import tr
from framework.report.nights.record import TrendPoint

WIDTH, HEIGHT = 240, 40
_GAP = 1
_LEAST_HEIGHT = 2
_COLOURS = {"green": "#1f7a3d", "red": "#c62828", "amber": "#9a5b00"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One night: a rectangle, the class of its colour, and its value in words. Without a value it is flat."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str

    @property
    def colour(self) -> str:
        """The colour if the style is not loaded, as under Jenkins' default policy."""
        return _COLOURS[self.kind]


@dataclass(frozen=True, slots=True)
class Trend:
    """A chart. ``said``: its newest and its worst value in words, for whoever does not see it."""

    title: str
    said: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class _Measure:
    """The contents of a chart: its name, the value of a night, how to write it, and the worst of several."""

    title: str
    value: Callable[[TrendPoint], float | None]
    text: Callable[[float], str]
    worst: Callable[[Sequence[float]], float]
    worst_word: str


def trends_of(points: Sequence[TrendPoint]) -> tuple[Trend, ...]:
    """Return the trend of the pass rate and of the 95th percentile; nothing of a single night."""
    if len(points) < 2:
        return ()
    measures = (
        _Measure(tr("通过率"), lambda point: point.passed, _percent, min, tr("最低")),
        _Measure("p95", lambda point: point.p95, lambda value: f"{value:.0f} ms", max, tr("最高")),
    )
    return tuple(_trend(points, measure) for measure in measures if any(map(measure.value, points)))


def _percent(share: float) -> str:
    """Round down, so that one failure in ten thousand cases is not 100 %."""
    return f"{int(share * 1000) / 10:.1f} %"


def _trend(points: Sequence[TrendPoint], measure: _Measure) -> Trend:
    values = [measure.value(point) for point in points]
    known = [value for value in values if value is not None]
    texts = [tr("没有") if value is None else measure.text(value) for value in values]
    said = tr(
        "{newest}；{n} 夜里{word} {worst}",
        newest=texts[-1],
        n=len(values),
        word=measure.worst_word,
        worst=measure.text(measure.worst(known)),
    )
    step = WIDTH / len(values)
    top = max(known) or 1.0
    bars = []
    for index, (point, value) in enumerate(zip(points, values, strict=True)):
        height = 0.0 if value is None else max(_LEAST_HEIGHT, value / top * HEIGHT)
        kind = {0: "green", 1: "red"}.get(point.verdict, "amber")
        place = (round(index * step, 1), round(HEIGHT - height, 1), round(step - _GAP, 1), round(height, 1))
        bars.append(Bar(*place, kind, f"{point.night} {texts[index]}"))
    return Trend(measure.title, said, tuple(bars))
