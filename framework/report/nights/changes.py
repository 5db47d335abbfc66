"""Compares a night with the nights before: which cases broke, recovered, still fail or are flaky.

A case is compared with the last night on which it was judged. A night on which the service could not be
reached is no evidence for or against it.

A case is flaky if its verdict changes both ways on one release of the service, also if another release ran
in between, while its suite stays the same. If the release of the service is not known
(HARNESS_SERVICE_VERSION), that may be a bug and its repair, so three changes within the window are needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from framework.report.case_record import JUDGED, CaseRecord
from framework.report.nights.cause_history import compare_causes
from framework.report.nights.record import (
    CaseChange,
    NightChanges,
    TrendPoint,
    is_whole,
    night_name,
    red_cases,
)
from framework.report.run_record import RunRecord, verdict_of

WINDOW = 10
"""The number of nights in a case's record, this night included."""
_TREND = 30
_CHANGES_WITHOUT_RELEASE = 3
_MARKS = {"passed": "✓", "failed": "✗", "broken": "!", "skipped": "-", "known": "✓", "warned": "△"}
# A failure in quarantine is a warning, and as flaky as before.
_BAD = ("failed", "warned")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A case as it was on one night. ``number``: the night's index."""

    number: int
    night: RunRecord
    case: CaseRecord


def compare(run: RunRecord, nights: Sequence[RunRecord]) -> NightChanges:
    """Compare *run* with the *nights* before it, oldest first."""
    by_night = [({case.id: case for case in night.cases}, night) for night in (*nights, run)]
    groups: dict[str, list[CaseChange]] = {"broke": [], "still": [], "recovered": [], "flaky": []}
    for case in sorted(run.cases, key=lambda case: case.id):
        entries = [
            _Entry(number, night, cases[case.id])
            for number, (cases, night) in enumerate(by_night)
            if case.id in cases
        ]
        record = "".join(
            _MARKS[cases[case.id].status] if case.id in cases else "·" for cases, _ in by_night[-WINDOW:]
        )
        kind = _change_kind(case, entries)
        if kind:
            groups[kind].append(CaseChange(case, _since(kind, entries), record))
        if _is_flaky([entry for entry in entries if entry.number >= len(by_night) - WINDOW]):
            groups["flaky"].append(CaseChange(case, "", record))
    causes = compare_causes(run, nights)
    found = NightChanges(
        last=nights[-1] if nights else None,
        broke=tuple(groups["broke"]),
        still=tuple(groups["still"]),
        recovered=tuple(groups["recovered"]),
        flaky=tuple(groups["flaky"]),
        causes_new=causes.new,
        causes_still=causes.still,
        causes_fixed=causes.fixed,
        causes_hidden=causes.hidden,
        trend=tuple(_trend_point(each) for each in (*nights, run)[-_TREND:]),
    )
    return _with_other_changes(run, nights, found)


def with_lost_cases(run: RunRecord, nights: Sequence[RunRecord]) -> RunRecord:
    """Return *run* with the ids of cases that failed on the *nights* before and are no longer judged."""
    return replace(run, no_longer_judged=_lost(run, _open_failures(nights)))


def _lost(run: RunRecord, failures: Mapping[str, str]) -> tuple[str, ...]:
    still_open = _after_night(failures, run)
    cases = {case.id: case for case in run.cases}
    # A case that was not selected tonight is not lost: the next whole night judges it.
    unjudged = (
        name
        for name in still_open
        if (cases[name].status not in JUDGED if name in cases else not run.selection)
    )
    return tuple(sorted(unjudged))


def _open_failures(nights: Sequence[RunRecord]) -> dict[str, str]:
    """Return the cases whose last judgement is a failure, with the name of the night on which it began."""
    # The failures that an older, removed night had recorded.
    failures = dict.fromkeys(nights[0].no_longer_judged, night_name(nights[0])) if nights else {}
    for night in nights:
        failures = _after_night(failures, night)
        for case in night.of("failed"):
            failures.setdefault(case.id, night_name(night))
    return failures


def _after_night(failures: Mapping[str, str], night: RunRecord) -> dict[str, str]:
    """Return the *failures* that are still open after *night*: failing again, or not judged by accident."""
    cases = {case.id: case for case in night.cases}
    return {name: since for name, since in failures.items() if _is_open(name, cases.get(name), night)}


def _is_open(name: str, case: CaseRecord | None, night: RunRecord) -> bool:
    if case is not None:
        closed = case.deliberate or case.quarantine is not None
        return case.status == "failed" or (case.status not in JUDGED and not closed)
    # A case that is not in a complete night was deleted; its file must have loaded to be sure.
    files = [problem.id for problem in night.collection]
    complete = not night.selection and is_whole(replace(night, collection=()))
    return not complete or any(name.partition("::")[0] == file for file in files)


def _change_kind(case: CaseRecord, entries: Sequence[_Entry]) -> str:
    """Return ``broke``, ``still`` (failing) or ``recovered``; empty for any other case."""
    judged_before = [entry.case.status for entry in entries[:-1] if entry.case.status in JUDGED]
    before = judged_before[-1] if judged_before else ""
    if case.status == "failed":
        return "still" if before == "failed" else "broke"
    return "recovered" if before == "failed" and case.status == "passed" else ""


def _since(kind: str, entries: Sequence[_Entry]) -> str:
    """Return the first night of the failure, whether it lasts or has ended."""
    judged = [entry for entry in entries if entry.case.status in JUDGED]
    failing = judged[:-1] if kind == "recovered" else judged
    first = failing[-1]
    for entry in reversed(failing):
        if entry.case.status != "failed":
            break
        first = entry
    return night_name(first.night)


def _is_flaky(entries: Sequence[_Entry]) -> bool:
    judged = [entry for entry in entries if entry.case.status in JUDGED]
    unknown = [pair for pair in pairwise(judged) if not (pair[0].night.service and pair[1].night.service)]
    if sum(_ways(unknown).values()) >= _CHANGES_WITHOUT_RELEASE:
        return True
    releases = {entry.night.service for entry in judged} - {""}
    return any(
        len(_ways(pairwise(entry for entry in judged if entry.night.service == release))) == 2
        for release in releases
    )


def _ways(pairs: Iterable[tuple[_Entry, _Entry]]) -> Counter[bool]:
    """Count the changes to bad (True) and to good (False) of a case whose suite was not edited meanwhile."""
    ways: Counter[bool] = Counter()
    for before, after in pairs:
        became_bad = after.case.status in _BAD
        if (before.case.status in _BAD) != became_bad and before.case.source == after.case.source:
            ways[became_bad] += 1
    return ways


def _case_or_absent(run: RunRecord, name: str) -> CaseRecord:
    found = next((case for case in run.cases if case.id == name), None)
    return found or CaseRecord(name, name, "skipped")


def _with_other_changes(run: RunRecord, nights: Sequence[RunRecord], found: NightChanges) -> NightChanges:
    """Add the changes that are not verdicts of cases.

    A case counts as gone or new only if both nights were to run the same cases and ran to their end.
    """
    last = found.last
    failures = _open_failures(nights)
    closed = {name for name in failures if name not in _after_night(failures, run)}
    judged_good = {case.id for case in run.of("passed")}
    found = replace(
        found,
        lost=tuple(
            CaseChange(_case_or_absent(run, name), failures.get(name, ""), "")
            for name in run.no_longer_judged
        ),
        closed=tuple(sorted(closed - judged_good)),
    )
    if last is None:
        return replace(found, new_problems=tuple(problem.id for problem in run.collection))
    gone, new = _gone_and_new(run, nights)
    known = {(problem.id, problem.text) for problem in last.collection}
    problems = tuple(problem.id for problem in run.collection if (problem.id, problem.text) not in known)
    lost_changed = run.no_longer_judged != last.no_longer_judged
    uncovered = _uncovered(run, nights)
    cases_changed = bool(found.broke or found.recovered or found.closed or problems or gone or uncovered)
    causes_changed = bool(found.causes_new or found.causes_fixed) or _causes(run) != _causes(last)
    verdict_changed = verdict_of(run)[0] != verdict_of(last)[0] or run.internal != last.internal
    return replace(
        found,
        gone=gone,
        new=new,
        new_problems=problems,
        uncovered=uncovered,
        is_news=cases_changed or lost_changed or verdict_changed or causes_changed,
    )


def _uncovered(run: RunRecord, nights: Sequence[RunRecord]) -> tuple[CaseRecord, ...]:
    """Return the cases that were judged before and are skipped now, for a reason of their own.

    Cases that an outage kept from running have a cause, and are counted there.
    """
    lost = set(run.no_longer_judged)
    waiting = {
        case.id: case
        for case in run.of("skipped")
        if not case.deliberate and not case.all_causes and case.id not in lost
    }
    judged: set[str] = set()
    found = set(waiting)
    for night in reversed(nights):
        for case in night.cases:
            # An outage says nothing about a case, so the night before it counts.
            if (
                case.id in found
                and case.status != "broken"
                and not (case.status == "skipped" and case.category)
            ):
                found.discard(case.id)
                judged |= {case.id} if case.status in JUDGED else set()
    return tuple(case for name, case in waiting.items() if name in judged)


def _causes(run: RunRecord) -> set[str]:
    return {cause.text for case in red_cases(run) for cause in case.all_causes}


def _trend_point(run: RunRecord) -> TrendPoint:
    # A case that an outage or an expired token kept from being judged has not passed.
    to_judge = len(run.of(*JUDGED)) + len(run.kept_from_judging)
    share = len(run.of("passed", "known", "warned")) / to_judge if to_judge else None
    return TrendPoint(night_name(run), verdict_of(run)[0], share, run.p95)


def _gone_and_new(run: RunRecord, nights: Sequence[RunRecord]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the cases that only the last comparable night had, and of those that only this has.

    A night that did not run to its end is passed over: cases that vanish after it are named all the same.
    """
    same = (night for night in reversed(nights) if night.selection == run.selection and is_whole(night))
    last = next(same, None)
    if last is None or not is_whole(run):
        return (), ()
    now = {case.id for case in run.cases}
    before = {case.id for case in last.cases}
    return tuple(sorted(before - now)), tuple(sorted(now - before))
