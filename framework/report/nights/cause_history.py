"""Follows causes over the nights: which are new, which go on and since when, and which are over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from framework.report.case_record import JUDGED, CaseRecord
from framework.report.cause_groups import CauseGroup, group_by_cause
from framework.report.nights.record import CauseChange, is_whole, night_name, red_cases
from framework.report.run_record import RunRecord

_GREEN = ("passed", "known", "warned")
_OF_THE_SERVICE = ("contract", "content", "paging", "mismatch", "teardown")


@dataclass(slots=True)
class _Open:
    """A cause that has not been seen to end. ``first``: the index of its first night."""

    first: int
    since: str
    category: str
    cases: dict[str, CaseRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CauseChanges:
    """The causes of a night: new, still there, fixed, or hidden because their cases were not judged."""

    new: tuple[CauseChange, ...] = ()
    still: tuple[CauseChange, ...] = ()
    fixed: tuple[CauseChange, ...] = ()
    hidden: tuple[CauseChange, ...] = ()


def compare_causes(run: RunRecord, nights: Sequence[RunRecord]) -> CauseChanges:
    """Compare the causes of *run* with those of the *nights* before it, oldest first."""
    open_causes: dict[str, _Open] = {}
    for index, night in enumerate(nights):
        _end_causes(open_causes, night)
        _note_causes(open_causes, night, index)
    before = dict(open_causes)
    ended, closed = _end_causes(open_causes, run)
    now = {cause.text for case in red_cases(run) for cause in case.all_causes}
    index = len(nights)
    new = now - before.keys()
    still = now & before.keys()
    hidden = before.keys() - now - ended - closed
    tonight = red_cases(run)
    return CauseChanges(
        tuple(CauseChange(group, night_name(run), 1) for group in _groups(tonight, new)),
        tuple(_aged(group, before, index) for group in _groups(tonight, still)),
        tuple(_ended(group, before, index) for group in _groups(_cases_of(before, ended), ended)),
        tuple(_aged(group, before, index) for group in _groups(_cases_of(before, hidden), hidden)),
    )


def _note_causes(open_causes: dict[str, _Open], night: RunRecord, index: int) -> None:
    for case in red_cases(night):
        for cause in case.all_causes:
            known = open_causes.setdefault(cause.text, _Open(index, night_name(night), cause.category))
            known.cases[case.id] = case


def _end_causes(open_causes: dict[str, _Open], night: RunRecord) -> tuple[set[str], set[str]]:
    """Remove the causes that this night shows to be over; return those, and those that nobody asks about.

    A cause is over if one of its cases passes. A cause that kept cases from being judged is over as soon as
    one of them is judged. If its cases were all deleted or are skipped on purpose, nobody asks about it.
    """
    seen = {cause.text for case in red_cases(night) for cause in case.all_causes}
    cases = {case.id: case for case in night.cases}
    complete = is_whole(night) and not night.selection
    ended: set[str] = set()
    closed: set[str] = set()
    for text in open_causes.keys() - seen:
        known = open_causes[text]
        proof = _GREEN if known.category in _OF_THE_SERVICE else JUDGED
        found = [cases[name] for name in known.cases if name in cases]
        if any(case.status in proof for case in found):
            ended.add(text)
        elif all(case.deliberate or case.quarantine for case in found) and (found or complete):
            closed.add(text)
    for text in ended | closed:
        del open_causes[text]
    return ended, closed


def _groups(cases: Iterable[CaseRecord], texts: set[str]) -> tuple[CauseGroup, ...]:
    """Group *cases* by those of their causes that are in *texts*."""
    kept = ((case, tuple(cause for cause in case.all_causes if cause.text in texts)) for case in cases)
    return group_by_cause(
        replace(case, causes=causes, category=causes[0].category, cause=causes[0].text)
        for case, causes in kept
        if causes
    )


def _cases_of(open_causes: dict[str, _Open], texts: set[str]) -> list[CaseRecord]:
    merged = {case.id: case for text in sorted(texts) for case in open_causes[text].cases.values()}
    return list(merged.values())


def _ended(group: CauseGroup, open_causes: dict[str, _Open], index: int) -> CauseChange:
    aged = _aged(group, open_causes, index)
    return replace(aged, nights=aged.nights - 1, over=True)


def _aged(group: CauseGroup, open_causes: dict[str, _Open], index: int) -> CauseChange:
    first = min((open_causes[text] for text in group.texts), key=lambda known: known.first)
    return CauseChange(group, first.since, index - first.first + 1)
