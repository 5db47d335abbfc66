"""From the runs of the suite to a verdict on each fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from standin.faults.fault import Fault
from standin.survey.old_assertion import Baseline
from standin.survey.suite import Red, RunSuite, SuiteError

ONLY = {"slow": "budget", "slow-with-size": "budget"}
"""Replies are held back for seconds: the cases of the budgets are enough to tell, and the whole suite would
take half an hour.
"""

ONE_OF_SEVERAL = re.compile(r" 第 \d 种")
"""A line of ``any_of`` tells why the first way does not hold, which is seldom the one that was meant to."""


@dataclass(frozen=True)
class Verdict:
    """Whether the suite notices a fault: ``by`` which cases, and what the first of them ``says``. ``old``:
    the old assertion.
    """

    fault: Fault
    by: tuple[str, ...]
    says: str
    old: str

    @property
    def caught(self) -> bool:
        return bool(self.by)


def audit(
    faults: Sequence[Fault], unsound: Sequence[Red], run: RunSuite, baseline: Baseline, jobs: int
) -> Iterator[Verdict]:
    """Yield a verdict on each fault, in order. A case of *unsound* fails on the sound service too: it proves
    nothing.
    """
    excused = frozenset(red.case for red in unsound)
    judge: Callable[[Fault], Verdict] = lambda fault: _judged(fault, excused, run, baseline)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(judge, faults)


def _judged(fault: Fault, excused: frozenset[str], run: RunSuite, baseline: Baseline) -> Verdict:
    old = baseline(fault.name)
    try:
        ran = run(fault.name, ONLY.get(fault.name, ""))
    except SuiteError as error:
        return Verdict(fault, (), str(error), old)
    red = [one for one in ran.red if one.case not in excused and counts(one, fault)]
    return Verdict(fault, tuple(one.case for one in red), telling(red), old)


def counts(red: Red, fault: Fault) -> bool:
    """Whether a red case means that the fault was noticed: it failed; where no complete reply comes, it is
    broken (rule 9).
    """
    return red.broken is fault.incomplete


def telling(red: Sequence[Red]) -> str:
    """Return the line that tells most: the first with what was expected and what was there, of one way only
    if it can be had.
    """
    return min((one.says for one in red), key=_vague, default="")


def _vague(says: str) -> int:
    if "期望" not in says or "实际" not in says:
        return 2
    return 1 if ONE_OF_SEVERAL.search(says) or "抽取" in says else 0
