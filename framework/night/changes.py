"""Compares a night with the nights before: which cases broke, recovered, still fail or are flaky.

A case is compared with the last night on which it was judged. A night on which the service could not be
reached is no evidence for or against it.

A case is flaky if its verdict changes while its suite and the service stay the same. If the release of the
service is known (HARNESS_SERVICE_VERSION), one such change is enough. If it is not known, a change may be a
bug and its repair, so three changes within the window are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from framework.report.run_record import JUDGED, CaseRecord, RunRecord, verdict_of

WINDOW = 10
"""The number of nights in a case's record, this night included."""
_CHANGES_WITHOUT_RELEASE = 3
_MARKS = {"passed": "✓", "failed": "✗", "broken": "!", "skipped": "-", "known": "✓", "warned": "△"}
# A failure in quarantine is a warning, and as flaky as before.
_BAD = ("failed", "warned")


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case whose verdict is worth reporting.

    ``since``: the night on which the failure began, also if it has ended now. ``record``: a mark for each of
    the last nights, the newest last.
    """

    case: CaseRecord
    since: str
    record: str


@dataclass(frozen=True, slots=True)
class NightChanges:
    """The differences between a night and the nights before.

    ``last``: the night before, None on the first night. ``new_problems``: case files with a new collection
    error. ``unjudged``: broken cases with a cause that the night before did not have. ``lost``: cases that
    failed and are no longer judged. ``closed``: ids of failing cases that are no longer judged on purpose,
    listed once. ``is_news``: whether a reader of the last night's message learns anything new.
    """

    last: RunRecord | None
    broke: tuple[CaseChange, ...] = ()
    still: tuple[CaseChange, ...] = ()
    recovered: tuple[CaseChange, ...] = ()
    flaky: tuple[CaseChange, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    new_problems: tuple[str, ...] = ()
    unjudged: tuple[CaseRecord, ...] = ()
    lost: tuple[CaseChange, ...] = ()
    closed: tuple[str, ...] = ()
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class _Entry:
    """A case as it was on one night."""

    night: RunRecord
    case: CaseRecord


def night_name(run: RunRecord) -> str:
    """Return the name of the night: the time at which it began."""
    return run.started[:16].replace("T", " ")


def compare(run: RunRecord, nights: Sequence[RunRecord]) -> NightChanges:
    """Compare *run* with the *nights* before it, oldest first."""
    by_night = [({case.id: case for case in night.cases}, night) for night in (*nights, run)]
    groups: dict[str, list[CaseChange]] = {"broke": [], "still": [], "recovered": [], "flaky": []}
    for case in sorted(run.cases, key=lambda case: case.id):
        entries = [_Entry(night, cases[case.id]) for cases, night in by_night if case.id in cases]
        record = "".join(
            _MARKS[cases[case.id].status] if case.id in cases else "·" for cases, _ in by_night[-WINDOW:]
        )
        kind = _change_kind(case, entries)
        if kind:
            groups[kind].append(CaseChange(case, _since(kind, entries), record))
        if _is_flaky(entries[-WINDOW:]):
            groups["flaky"].append(CaseChange(case, "", record))
    found = NightChanges(
        last=nights[-1] if nights else None,
        broke=tuple(groups["broke"]),
        still=tuple(groups["still"]),
        recovered=tuple(groups["recovered"]),
        flaky=tuple(groups["flaky"]),
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
    # A case that is not in a complete night was deleted; its file must have loaded to tell.
    files = [problem.id for problem in night.collection]
    complete = not (night.interrupted or night.internal or night.not_run or night.selection) and night.cases
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
    with_same_release = with_unknown_release = 0
    for before, after in pairwise(judged):
        same_verdict = (before.case.status in _BAD) == (after.case.status in _BAD)
        if same_verdict or before.case.source != after.case.source:
            continue
        if before.night.service and after.night.service:
            with_same_release += before.night.service == after.night.service
        else:
            with_unknown_release += 1
    return bool(with_same_release) or with_unknown_release >= _CHANGES_WITHOUT_RELEASE


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
        return replace(
            found,
            new_problems=tuple(problem.id for problem in run.collection),
            unjudged=_broken_for_new_causes(run, frozenset()),
        )
    gone, new = _gone_and_new(run, last)
    known = {(problem.id, problem.text) for problem in last.collection}
    problems = tuple(problem.id for problem in run.collection if (problem.id, problem.text) not in known)
    lost_changed = run.no_longer_judged != last.no_longer_judged
    cases_changed = bool(found.broke or found.recovered or found.closed or problems or gone or lost_changed)
    verdict_changed = verdict_of(run)[0] != verdict_of(last)[0]
    causes_changed = _broken_causes(run) != _broken_causes(last)
    return replace(
        found,
        gone=gone,
        new=new,
        new_problems=problems,
        unjudged=_broken_for_new_causes(run, _broken_causes(last)),
        is_news=cases_changed or verdict_changed or causes_changed,
    )


def _gone_and_new(run: RunRecord, last: RunRecord) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of the cases that only the last night had, and of those that only this one has."""
    incomplete = run.interrupted or last.interrupted or run.collection or last.collection
    now = {case.id for case in run.cases}
    before = {case.id for case in last.cases}
    if incomplete or run.selection != last.selection or not now or not before:
        return (), ()
    return tuple(sorted(before - now)), tuple(sorted(now - before))


def _broken_for_new_causes(run: RunRecord, known: frozenset[tuple[str, str]]) -> tuple[CaseRecord, ...]:
    broken = (case for case in run.of("broken") if not case.quarantine)
    return tuple(case for case in broken if (case.category, case.cause) not in known)


def _broken_causes(run: RunRecord) -> frozenset[tuple[str, str]]:
    """Return category and cause of the cases that could not be judged."""
    return frozenset((case.category, case.cause) for case in run.of("broken") if not case.quarantine)
