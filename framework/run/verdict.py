"""The records of a finished case: the results of its steps, and its verdict.

A check never raises; it returns a CheckResult. The plugin raises one CaseFailed for a failed case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.cases.case import Step
from framework.cases.request import MISSING, Missing
from framework.cases.template import Scope
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange

CaseStatus = Literal["passed", "failed", "broken", "skipped", "known", "warned"]
"""``known``: only known defects failed. ``warned``: the case failed, but it is a warning or quarantined.

Reports show both, and neither makes the run red.
"""


@dataclass(frozen=True, slots=True)
class StepResult:
    """The result of one step. Times are in epoch seconds.

    A step that sends several requests has one part for each: a round of ``for_each``, a page of a walk, a
    reply of ``repeat``. Its own ``results`` then concern all of them together.

    Attributes:
        status: ``skipped`` also if an earlier step ended the case.
        step, scope: the checks that were evaluated and the variables and request that they saw; None if the
            step ended before that.
        left_behind: data that a failed step of a teardown should have removed, as ``name=value``.
        returned: the JSON that the function of a ``call`` returned.
    """

    name: str
    status: CaseStatus
    exchange: Exchange | None = None
    results: tuple[CheckResult, ...] = ()
    extracted: Mapping[str, Json] = field(default_factory=dict)
    error: HarnessError | None = None
    started: float = 0.0
    stopped: float = 0.0
    parts: tuple[StepResult, ...] = ()
    step: Step | None = None
    scope: Scope | None = None
    left_behind: tuple[str, ...] = ()
    returned: Json | Missing = MISSING

    def flat(self) -> Iterator[StepResult]:
        """Yield all parts in the order in which they ran, then the step itself."""
        for part in self.parts:
            yield from part.flat()
        yield self


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """A variable used by a failed check or a broken request. ``origin``: scope and line of its definition."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a case. ``reason``: why it is skipped, known or warned. Times are in epoch seconds.

    ``assumes``: the assumptions about the service that the first failed check rests on.
    ``login`` and ``teardown`` are apart from ``steps``: the service is judged by the steps alone. ``login``
    has the steps of the logins that the case was the first to need.
    """

    case_id: str
    title: str
    status: CaseStatus
    steps: tuple[StepResult, ...]
    results: tuple[CheckResult, ...] = ()
    error: HarnessError | None = None
    reason: str = ""
    started: float = 0.0
    stopped: float = 0.0
    variables: tuple[UsedVariable, ...] = ()
    login: tuple[StepResult, ...] = ()
    teardown: tuple[StepResult, ...] = ()
    assumes: tuple[str, ...] = ()

    def flat(self) -> Iterator[StepResult]:
        """Yield every step and part of a step, in the order in which they ran."""
        for step in self.steps:
            yield from step.flat()

    def flat_all(self) -> Iterator[StepResult]:
        """Yield the same as ``flat`` of the login, the steps and the teardown."""
        for step in (*self.login, *self.steps, *self.teardown):
            yield from step.flat()

    @property
    def waits_for_acceptance(self) -> bool:
        """Whether it is a warning only because of differences from the baseline."""
        results = self.all_results
        return self.status == "warned" and not any(result.status == "failed" for result in results)

    @property
    def all_results(self) -> tuple[CheckResult, ...]:
        """The results of all steps and their parts, then those of the case's own checks."""
        return tuple(result for step in self.flat() for result in step.results) + self.results


class CaseFailed(AssertionError):
    """The service is wrong.

    Args:
        text: the whole explanation, already masked.
        verdict: the record behind it, not masked.
        mask: masks texts taken from *verdict*.
    """

    def __init__(self, text: str, verdict: Verdict, mask: Callable[[str], str] = str) -> None:
        super().__init__(text)
        self.verdict = verdict
        self.mask = mask
