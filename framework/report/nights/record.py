"""The changes of a night, as the front page, the summary and the chat message show it."""

from __future__ import annotations

from dataclasses import dataclass

from framework.report.case_record import CaseRecord
from framework.report.cause_groups import CauseGroup
from framework.report.run_record import RunRecord


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
class CauseChange:
    """A cause with its cases, those of tonight or, if it is over, those that it had.

    ``since``: the first night that had it. ``nights``: the number of nights from then on; this one counts
    unless the cause is ``over``.
    """

    group: CauseGroup
    since: str
    nights: int
    over: bool = False


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A night in the trend.

    ``passed``: the share of the cases that were judged or should have been, None without any. ``p95``: in ms.
    """

    night: str
    verdict: int
    passed: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class NightChanges:
    """The differences between a night and the nights before.

    ``last``: the night before, None on the first night. ``new_problems``: case files with a new collection
    error. ``lost``: cases that failed and are no longer judged. ``closed``: ids of failing cases that are no
    longer judged on purpose, listed once. ``uncovered``: cases that the last night judged and this one did
    not, for a reason of their own. ``causes_new``, ``causes_still``, ``causes_fixed``: of the failed and
    broken cases. ``causes_hidden``: causes that are not seen, though none of their cases passed. ``is_news``:
    whether a reader of the last night's message learns anything new.
    """

    last: RunRecord | None
    broke: tuple[CaseChange, ...] = ()
    still: tuple[CaseChange, ...] = ()
    recovered: tuple[CaseChange, ...] = ()
    flaky: tuple[CaseChange, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    new_problems: tuple[str, ...] = ()
    lost: tuple[CaseChange, ...] = ()
    closed: tuple[str, ...] = ()
    uncovered: tuple[CaseRecord, ...] = ()
    causes_new: tuple[CauseChange, ...] = ()
    causes_still: tuple[CauseChange, ...] = ()
    causes_fixed: tuple[CauseChange, ...] = ()
    causes_hidden: tuple[CauseChange, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    is_news: bool = True


def night_name(run: RunRecord) -> str:
    """Return the name of the night: the time at which it began."""
    return run.started[:16].replace("T", " ")


def is_whole(run: RunRecord) -> bool:
    """Return whether every case that was to run did, and every file loaded."""
    return bool(run.cases) and not (run.interrupted or run.internal or run.not_run or run.collection)


def red_cases(run: RunRecord) -> list[CaseRecord]:
    """Return the cases that are not judged or not as expected, except for those in quarantine.

    Cases that an outage kept from running are among them.
    """
    found = (case for case in run.of("failed", "broken", "skipped") if case.all_causes)
    return [case for case in found if case.quarantine is None or case.quarantine.expired]
