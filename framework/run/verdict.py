"""The results of steps, and the verdict of a case.

A check never raises: it returns a CheckResult. One failing case raises one CaseFailed, made from its verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from framework.base.errors import HarnessError
from framework.base.jsonpath import Json
from framework.cases.case import Step
from framework.cases.template import Scope
from framework.checks.result import CheckResult
from framework.http.exchange import Exchange

CaseStatus = Literal["passed", "failed", "broken", "skipped", "known", "warned"]
"""``known``: only known defects failed; ``warned``: it failed, and its level is warning. Both are shown and
are not red.
"""


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step as it ran. It is ``skipped`` if an earlier step stopped the case. Times are epoch seconds.

    A step that sends several requests has them as ``parts``: the rounds of ``for_each``, the pages of a walk,
    the replies of ``repeat``. Its own ``results`` are then about all of them together. ``step`` and ``scope``
    are the checks that were evaluated, and their variables and request; None if no check was evaluated.
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

    def flat(self) -> Iterator[StepResult]:
        """Yield the parts, in the order in which they ran, then the step."""
        for part in self.parts:
            yield from part.flat()
        yield self


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """A variable that a failing check or a broken request used; ``origin`` is its scope and line."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of a case. ``reason``: why it was skipped. Times are epoch seconds."""

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

    def flat(self) -> Iterator[StepResult]:
        """Yield every step and part of a step, in the order in which they ran."""
        for step in self.steps:
            yield from step.flat()

    @property
    def all_results(self) -> tuple[CheckResult, ...]:
        return tuple(result for step in self.flat() for result in step.results) + self.results


class CaseFailed(AssertionError):
    """The service is wrong. The text is the whole explanation, masked; *mask* masks texts of ``verdict``."""

    def __init__(self, text: str, verdict: Verdict, mask: Callable[[str], str] = str) -> None:
        super().__init__(text)
        self.verdict = verdict
        self.mask = mask
