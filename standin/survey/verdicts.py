"""Turns the runs of the suite into a verdict on each fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from standin.faults.fault import Fault
from standin.survey.old_assertion import OldAssertion
from standin.survey.suite_run import RedCase, RunSuite, SuiteError

CASES_FOR_SLOW_FAULTS = {"slow": "budget", "slow-with-size": "budget"}
"""The cases to run, by a part of their names, if a fault delays replies for seconds.

The cases of time budgets are enough to notice it, and the whole suite would take half an hour.
"""

ALTERNATIVE = re.compile(r"：(?:第 \d 种|“[^”]*”)[；：]")
"""Marks the failure of one alternative of ``any_of``, which is seldom the alternative that was meant."""


@dataclass(frozen=True)
class FaultVerdict:
    """Whether the suite notices a fault.

    ``noticed_by`` has the names of the cases, ``first_line`` the clearest line of their failures, ``old`` the
    result of the old harness's assertion, ``causes`` the number of causes that the run lists.
    """

    fault: Fault
    noticed_by: tuple[str, ...]
    first_line: str
    old: str
    causes: int = 0

    @property
    def noticed(self) -> bool:
        return bool(self.noticed_by)


def survey(
    faults: Sequence[Fault],
    failing_anyway: Sequence[RedCase],
    run: RunSuite,
    old_assertion: OldAssertion,
    jobs: int,
) -> Iterator[FaultVerdict]:
    """Yield a verdict on each fault, in order; *jobs* runs are made at a time.

    The cases of *failing_anyway* fail on the sound service, too, so they are no evidence.
    """
    ignored = frozenset(red.case for red in failing_anyway)

    def judge(fault: Fault) -> FaultVerdict:
        return _judge(fault, ignored, run, old_assertion)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(judge, faults)


def _judge(fault: Fault, ignored: frozenset[str], run: RunSuite, old_assertion: OldAssertion) -> FaultVerdict:
    old = old_assertion(fault.name)
    try:
        result = run(fault.name, CASES_FOR_SLOW_FAULTS.get(fault.name, ""))
    except SuiteError as error:
        return FaultVerdict(fault, (), str(error), old)
    evidence = [red for red in result.red if red.case not in ignored and is_evidence(red, fault)]
    cases = tuple(red.case for red in evidence)
    return FaultVerdict(fault, cases, clearest_line(evidence), old, result.causes)


def is_evidence(red: RedCase, fault: Fault) -> bool:
    """Whether a red case shows that the fault was noticed.

    It must have failed; or it must be broken if the fault prevents complete replies (rule 9).
    """
    # rule 9: failed means that the service is wrong, broken that there was no complete reply.
    return red.broken is fault.incomplete


def clearest_line(evidence: Sequence[RedCase]) -> str:
    """Return the clearest line: with an expected and an actual value, and if possible not of ``any_of``."""
    return min((red.first_line for red in evidence), key=_vagueness, default="")


def _vagueness(line: str) -> int:
    if "期望" not in line or "实际" not in line:
        return 2
    return 1 if ALTERNATIVE.search(line) or "抽取" in line else 0
