"""The measurements of a load test so far. The results of several processes can be added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from framework.base.jsonpath import Json

Outcome = str
"""``passed``, ``failed``, ``broken``, ``slow`` or ``skipped``. Slow: only checks of ``elapsed_ms`` failed."""
RED: Final = ("failed", "broken")
JUDGED: Final = ("passed", "failed", "broken", "slow")
MOST_CAUSES: Final = 200
"""Causes of one process. A service can have a new text in every error."""
OTHER: Final = ("", "")
"""The cause of those that are not kept."""
_REST: Final = ("starts", "late", "latest", "seconds", "cpu", "busy", "cut", "reason")


@dataclass
class Times:
    """How long replies took: how many took how many tenths of a millisecond.

    From 100 ms on, three digits are kept, so an hour has no more values than a minute.
    """

    counts: Counter[int] = field(default_factory=Counter)

    def add(self, milliseconds: float) -> None:
        tenths = round(milliseconds * 10)
        if tenths >= 1000:
            step = 10 ** (len(str(tenths)) - 3)
            tenths = round(tenths / step) * step
        self.counts[tenths] += 1

    @property
    def total(self) -> int:
        return self.counts.total()

    def quantile(self, q: float) -> float:
        """Return the least time in milliseconds within which the share *q* of the replies came; 0 of none."""
        wanted, seen = q * self.total, 0
        for tenths in sorted(self.counts):
            seen += self.counts[tenths]
            if seen >= wanted:
                return tenths / 10
        return 0.0


@dataclass
class Numbers:
    """The runs of one case, or of all cases in one stretch of time."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    times: Times = field(default_factory=Times)
    users: int = 0

    @property
    def judged(self) -> int:
        return sum(self.outcomes[outcome] for outcome in JUDGED)

    @property
    def red(self) -> int:
        return sum(self.outcomes[outcome] for outcome in RED)

    def add(self, other: Numbers) -> None:
        self.outcomes.update(other.outcomes)
        self.times.counts.update(other.times.counts)
        self.users = max(self.users, other.users)


@dataclass
class Cause:
    """How often a cause came, with its first example. ``first`` and ``last``: seconds since the start."""

    count: int
    case: str
    example: str
    trace_id: str
    first: float
    last: float


@dataclass
class Results:
    """All that one or several processes measured.

    Attributes:
        stretch: how many seconds one point of the time line is.
        line: the time line, by the number of the stretch.
        starts, late, latest: with a constant throughput, how many cases were started, how many of them too
            late, and the worst delay in seconds.
        seconds: how long the test took.
        cpu: seconds of CPU time that the processes used.
        busy: the share of one core that the busiest process used, 0 to 1.
        cut: runs that had not ended when the test ended.
        reason: why the test ended early; empty if it did not.
    """

    stretch: float = 1.0
    cases: dict[str, Numbers] = field(default_factory=dict)
    line: dict[int, Numbers] = field(default_factory=dict)
    causes: dict[tuple[str, str], Cause] = field(default_factory=dict)
    starts: int = 0
    late: int = 0
    latest: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    busy: float = 0.0
    cut: int = 0
    reason: str = ""

    def add_run(self, case: str, outcome: Outcome, at: float, elapsed: Iterable[float]) -> None:
        """Add one run of a case that ended *at* seconds; *elapsed*: milliseconds of each reply."""
        for numbers in (self.of_case(case), self.at(at)):
            numbers.outcomes[outcome] += 1
            for milliseconds in elapsed:
                numbers.times.add(milliseconds)

    def add_cause(self, category: str, text: str, cause: Cause) -> None:
        key = (category, text)
        if key not in self.causes and len(self.causes) >= MOST_CAUSES:
            key = OTHER
        known = self.causes.get(key)
        if known is None:
            self.causes[key] = cause
            return
        known.count += cause.count
        known.last = max(known.last, cause.last)
        if cause.first < known.first:
            known.first, known.case = cause.first, cause.case
            known.example, known.trace_id = cause.example, cause.trace_id

    def add_start(self, delay: float, tolerance: float) -> None:
        """Add the start of a case that came *delay* seconds after it should have."""
        self.starts += 1
        self.late += delay > tolerance
        self.latest = max(self.latest, delay)

    def of_case(self, case: str) -> Numbers:
        return self.cases.setdefault(case, Numbers())

    def at(self, seconds: float) -> Numbers:
        return self.line.setdefault(int(seconds / self.stretch), Numbers())

    @property
    def total(self) -> Numbers:
        total = Numbers()
        for numbers in self.line.values():
            total.add(numbers)
        return total

    def add(self, other: Results) -> None:
        """Add the measurements of another process at the same time."""
        for case, numbers in other.cases.items():
            self.of_case(case).add(numbers)
        for index, numbers in other.line.items():
            self.line.setdefault(index, Numbers()).add(numbers)
        for (category, text), cause in other.causes.items():
            self.add_cause(category, text, cause)
        self.starts += other.starts
        self.late += other.late
        self.latest = max(self.latest, other.latest)
        self.seconds = max(self.seconds, other.seconds)
        self.cpu += other.cpu
        self.busy = max(self.busy, other.busy)
        self.cut += other.cut
        self.reason = self.reason or other.reason

    def as_plain(self) -> dict[str, Json]:
        """Return the results as lists and texts, for a message to another process."""
        return {
            "cases": [[name, *_plain(numbers)] for name, numbers in self.cases.items()],
            "line": [[index, *_plain(numbers)] for index, numbers in self.line.items()],
            "causes": [[*key, asdict(cause)] for key, cause in self.causes.items()],
            "rest": {name: getattr(self, name) for name in _REST},
        }


def results_of(plain: dict[str, Any]) -> Results:
    """Return what ``as_plain`` returned as results again."""
    results = Results(
        cases={name: _numbers(*values) for name, *values in plain["cases"]},
        line={int(index): _numbers(*values) for index, *values in plain["line"]},
        causes={(category, text): Cause(**cause) for category, text, cause in plain["causes"]},
    )
    return replace(results, **plain["rest"])


def _plain(numbers: Numbers) -> list[Json]:
    return [list(numbers.outcomes.items()), list(numbers.times.counts.items()), numbers.users]


def _numbers(outcomes: Any, times: Any, users: int) -> Numbers:
    return Numbers(
        Counter(dict(map(tuple, outcomes))), Times(Counter({int(key): n for key, n in times})), users
    )
