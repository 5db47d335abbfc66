"""From the runs of the suite to a verdict on each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from standin.audit.old_assertion import Baseline
from standin.audit.suite import Red, RunSuite, SuiteError
from standin.faults.fault import Fault

ONLY_SMOKE = frozenset({"slow"})
"""Each reply is held back for seconds: the smoke cases are enough to tell, and the whole suite would take half an hour."""


@dataclass(frozen=True)
class Verdict:
    """Whether the suite notices a fault: ``by`` which cases, and what the first of them ``says``. ``old``: the old assertion."""

    fault: Fault
    by: tuple[str, ...]
    says: str
    old: str

    @property
    def caught(self) -> bool:
        return bool(self.by)


def audit(faults: Sequence[Fault], unsound: Sequence[Red], run: RunSuite, baseline: Baseline, jobs: int) -> Iterator[Verdict]:
    """Yield a verdict on each fault, in order. A case of *unsound* fails on the sound service too: it proves nothing."""
    excused = frozenset(red.case for red in unsound)
    judge: Callable[[Fault], Verdict] = lambda fault: _judged(fault, excused, run, baseline)  # noqa: E731
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(judge, faults)


def _judged(fault: Fault, excused: frozenset[str], run: RunSuite, baseline: Baseline) -> Verdict:
    old = baseline(fault.name)
    try:
        ran = run(f"--fault {fault.name}", "smoke" if fault.name in ONLY_SMOKE else "")
    except SuiteError as error:
        return Verdict(fault, (), str(error), old)
    red = [one for one in ran.red if one.case not in excused and counts(one, fault)]
    return Verdict(fault, tuple(one.case for one in red), telling(red), old)


def counts(red: Red, fault: Fault) -> bool:
    """Whether a red case means that the fault was noticed: it failed; where no complete reply comes, it is broken (rule 9)."""
    return red.broken is fault.incomplete


def telling(red: Sequence[Red]) -> str:
    """Return the first line that names what was expected and what was there; the first line at all where none does."""
    lines = [one.says for one in red]
    return next((line for line in lines if "期望" in line and "实际" in line), lines[0] if lines else "")
