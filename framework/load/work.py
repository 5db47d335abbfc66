"""Runs the cases of a load test, one after the other for each user, and measures them. Knows no Locust."""

from __future__ import annotations

import itertools
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from framework.base.errors import CredentialError, InternalError, LoginError, Problem
from framework.base.messages import tr
from framework.cases.case import Case
from framework.load.results import Cause, Outcome, Results
from framework.report.causes import causes_of
from framework.run.case_run import run_case
from framework.run.harness import Harness
from framework.run.verdict import Verdict

PAUSE: Final = 1.0
"""Seconds that a user waits after a broken case. Without it, a host that is down would cost all CPU."""
TOLERANCE: Final = 0.05
"""Seconds. A case that starts later than this after its time is late."""
_ELAPSED: Final = "elapsed_ms"
_GREEN: Final = ("passed", "known", "warned")


@dataclass
class Work:
    """The cases, and the measurements of all users of this process.

    Attributes:
        cases: with their node ids.
        interval: seconds from one case of a user to its next; 0 if the next starts at once.
        running: how many cases are running.
        clock: a time in seconds that never goes back.
    """

    harness: Harness
    cases: Sequence[tuple[str, Case]]
    interval: float = 0.0
    stretch: float = 1.0
    running: int = 0
    clock: Callable[[], float] = time.perf_counter
    results: Results = field(init=False)
    _began: float = field(init=False)
    _runs: Iterator[int] = field(default_factory=itertools.count, init=False)
    _users: Iterator[int] = field(default_factory=itertools.count, init=False)

    def __post_init__(self) -> None:
        self.results = Results(self.stretch)
        self.begin()

    def begin(self) -> None:
        """The test starts now."""
        self._began = self.clock()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self.clock() - self._began

    def take_results(self) -> Results:
        """Return the measurements since the last call."""
        taken, self.results = self.results, Results(self.stretch)
        return taken

    def new_user(self) -> UserSchedule:
        """Return the order and the times of the cases of one more user."""
        random = Random(next(self._users))  # noqa: S311  # any order will do, but the same in every test
        order = list(self.cases)
        random.shuffle(order)
        return UserSchedule(
            itertools.cycle(order), self.interval, self.clock() + random.random() * self.interval
        )

    def run_next(self, schedule: UserSchedule) -> float:
        """Run the next case of a user; return how many seconds the user should wait after it."""
        if schedule.interval:
            self.results.add_start(self.clock() - schedule.due, TOLERANCE)
        self.running += 1
        pause = self._run(*next(schedule.order))
        self.running -= 1
        return schedule.next_wait(self.clock()) if schedule.interval else pause

    def _run(self, name: str, case: Case) -> float:
        """Run a case and measure it; return the pause that a person would make after it."""
        harness, hidden = self.harness, list[tuple[str, str]]()
        harness.tracer.begin(f"{name}#{next(self._runs)}")
        # The values that a case extracts are masked in its own texts only: the run's masker would grow with
        # every run.
        context = replace(harness.run_context, hide=lambda key, value: hidden.append((key, value)))
        try:
            verdict = run_case(case, context)
        except Exception as error:
            problem = Problem("internal", repr(error), traceback.format_exc(), case.span)
            verdict = Verdict(case.id, case.id, "broken", (), error=InternalError(problem))
        outcome = outcome_of(verdict)
        at = self.seconds
        elapsed = [
            step.exchange.reply.elapsed_ms or 0.0 for step in verdict.flat_all() if step.exchange is not None
        ]
        self.results.add_run(name, outcome, at, elapsed)
        if outcome not in ("passed", "skipped"):
            self._add_causes(name, verdict, at, hidden)
        if isinstance(verdict.error, (CredentialError, LoginError)):
            self.results.reason = tr("令牌或登录被拒绝，再压下去没有意义")
        return PAUSE if outcome == "broken" else 0.0

    def _add_causes(self, name: str, verdict: Verdict, at: float, hidden: list[tuple[str, str]]) -> None:
        trace_id = next((step.exchange.trace_id for step in verdict.flat() if step.exchange), "")
        for cause in causes_of(verdict):
            text, example = (self._masked(part, hidden) for part in (cause.text, cause.example))
            self.results.add_cause(cause.category, text, Cause(1, name, example, trace_id, at, at))

    def _masked(self, text: str, hidden: list[tuple[str, str]]) -> str:
        for name, value in hidden:
            text = text.replace(value, f"***{name}***")
        return self.harness.masker.text(text)


@dataclass
class UserSchedule:
    """The next case of one user, and when it should have started."""

    order: Iterator[tuple[str, Case]]
    interval: float
    due: float

    def first_wait(self, now: float) -> float:
        """Return how many seconds after *now* the first case is due."""
        return max(self.due - now, 0.0)

    def next_wait(self, now: float) -> float:
        """Return how many seconds after *now* the next case is due; 0 if it should have started already."""
        self.due += self.interval
        return max(self.due - now, 0.0)


def outcome_of(verdict: Verdict) -> Outcome:
    """Return how a load test counts *verdict*."""
    if verdict.status in _GREEN:
        return "passed"
    if verdict.status != "failed":
        return verdict.status
    failed = [result for step in verdict.flat() for result in step.results if result.status == "failed"]
    failed += [result for result in verdict.results if result.status == "failed"]
    findings = [finding for result in failed for finding in result.findings]
    only_slow = bool(findings) and all(finding.path.startswith(_ELAPSED) for finding in findings)
    return "slow" if only_slow else "failed"
