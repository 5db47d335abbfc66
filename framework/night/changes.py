"""This night beside the nights before: what broke, what recovered, since when, and which cases cannot make up
their mind.

A case is compared with the last night on which it was judged: a night on which the service was away says
nothing of it.

Flaky is a case that changes its verdict while nothing else changed: the suite it is written in is the same,
and the service is. Where the service's release is known (HARNESS_SERVICE_VERSION) one change is enough; where
it is not, a change may be a bug and its repair, so it takes three within the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from framework.report.run_record import JUDGED, CaseRecord, RunRecord, verdict_of

WINDOW = 10
"""So many nights, this one included, make a case's record."""
_WITHOUT_RELEASE = 3
_MARKS = {"passed": "✓", "failed": "✗", "broken": "!", "skipped": "-", "known": "✓", "warned": "△"}
_BAD = ("failed", "warned")


@dataclass(frozen=True, slots=True)
class Change:
    """One case. ``since``: the night its present verdict began, for a recovered case the one its failure
    began; ``record``: a mark for each of the last nights, the newest last.
    """

    case: CaseRecord
    since: str
    record: str


@dataclass(frozen=True, slots=True)
class Changes:
    """``last``: the night before, None on the first. ``new_problems``: files that did not load; ``unjudged``:
    broken cases whose cause the night before did not have.
    """

    last: RunRecord | None
    broke: tuple[Change, ...] = ()
    still: tuple[Change, ...] = ()
    recovered: tuple[Change, ...] = ()
    flaky: tuple[Change, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    new_problems: tuple[str, ...] = ()
    unjudged: tuple[CaseRecord, ...] = ()
    news: bool = True
    """Whether there is anything to tell who read of the night before."""


@dataclass(frozen=True, slots=True)
class _Entry:
    night: RunRecord
    case: CaseRecord


def night_name(run: RunRecord) -> str:
    """Return how people call the night: when it began."""
    return run.started[:16].replace("T", " ")


def compare(run: RunRecord, nights: Sequence[RunRecord]) -> Changes:
    """Compare *run* with the *nights* before it, oldest first."""
    by_night = [({case.id: case for case in night.cases}, night) for night in (*nights, run)]
    groups: dict[str, list[Change]] = {"broke": [], "still": [], "recovered": [], "flaky": []}
    for case in sorted(run.cases, key=lambda case: case.id):
        entries = [_Entry(night, cases[case.id]) for cases, night in by_night if case.id in cases]
        record = "".join(
            _MARKS[cases[case.id].status] if case.id in cases else "·" for cases, _ in by_night[-WINDOW:]
        )
        if kind := _movement(case, entries):
            groups[kind].append(Change(case, _since(kind, entries), record))
        if _flaky(entries[-WINDOW:]):
            groups["flaky"].append(Change(case, "", record))
    last = nights[-1] if nights else None
    broke, still, recovered, flaky = (
        tuple(groups[name]) for name in ("broke", "still", "recovered", "flaky")
    )
    return _with_news(run, Changes(last, broke, still, recovered, flaky))


def _movement(case: CaseRecord, entries: Sequence[_Entry]) -> str:
    """Return ``broke``, ``still`` (failing), ``recovered``, or nothing."""
    before = next((entry.case.status for entry in reversed(entries[:-1]) if entry.case.status in JUDGED), "")
    if case.status == "failed":
        return "still" if before == "failed" else "broke"
    return "recovered" if before == "failed" and case.status in JUDGED else ""


def _since(kind: str, entries: Sequence[_Entry]) -> str:
    """Return the first night of the failure that lasts, or that has ended."""
    judged = [entry for entry in entries if entry.case.status in JUDGED]
    failing = judged[:-1] if kind == "recovered" else judged
    first = failing[-1]
    for entry in reversed(failing):
        if entry.case.status != "failed":
            break
        first = entry
    return night_name(first.night)


def _flaky(entries: Sequence[_Entry]) -> bool:
    judged = [entry for entry in entries if entry.case.status in JUDGED]
    sure = maybe = 0
    for before, after in pairwise(judged):
        if (before.case.status in _BAD) == (
            after.case.status in _BAD
        ) or before.case.source != after.case.source:
            continue
        if before.night.service and after.night.service:
            sure += before.night.service == after.night.service
        else:
            maybe += 1
    return bool(sure) or maybe >= _WITHOUT_RELEASE


def _with_news(run: RunRecord, found: Changes) -> Changes:
    """Add what changed besides the verdicts of cases. Cases are missing only where both nights were to run
    the same ones.
    """
    last = found.last
    if last is None:
        return replace(
            found,
            new_problems=tuple(problem.id for problem in run.collection),
            unjudged=_new_away(run, frozenset()),
        )
    comparable = run.selection == last.selection and not (
        run.interrupted or last.interrupted or run.collection or last.collection
    )
    now, before = ({case.id for case in night.cases} for night in (run, last))
    known = {(problem.id, problem.text) for problem in last.collection}
    problems = tuple(problem.id for problem in run.collection if (problem.id, problem.text) not in known)
    gone, new = (
        (tuple(sorted(before - now)), tuple(sorted(now - before)))
        if comparable and now and before
        else ((), ())
    )
    unjudged = _new_away(run, _away(last))
    moved = bool(found.broke or found.recovered or problems or gone)
    return replace(
        found,
        gone=gone,
        new=new,
        new_problems=problems,
        unjudged=unjudged,
        news=moved or verdict_of(run)[0] != verdict_of(last)[0] or _away(run) != _away(last),
    )


def _new_away(run: RunRecord, known: frozenset[tuple[str, str]]) -> tuple[CaseRecord, ...]:
    return tuple(
        case for case in run.of("broken") if not case.quarantine and (case.category, case.cause) not in known
    )


def _away(run: RunRecord) -> frozenset[tuple[str, str]]:
    """What kept cases from being judged."""
    return frozenset((case.category, case.cause) for case in run.of("broken") if not case.quarantine)
