"""The record of a run, which every reader of the run shows, and its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from framework.base.messages import tr
from framework.base.source import visible
from framework.report.case_record import JUDGED, CaseRecord
from framework.report.numbers import quantile

MIN_REQUESTS_FOR_P95 = 20
"""With fewer requests the 95th percentile is the slowest request, which means nothing."""
_MAX_NAMED = 1  # the page and the summary list them all


@dataclass(frozen=True, slots=True)
class CollectionProblem:
    """A case file that did not load."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several runs that share the cases. ``plan``: a digest, the same for all; ``cases``: of all."""

    number: int
    shards: int
    plan: str
    cases: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    ``service``: the release of the service, empty if it is not known. ``collected``: the number of cases that
    were to run. ``selection``: the options that selected cases, empty for all cases. ``duration``: seconds.
    ``budget_ms``: the environment's limit for the 95th percentile of the requests' durations, 0 for no limit.
    ``exit``: pytest's exit code. ``internal``: the last line of an INTERNALERROR of pytest, or why it ended
    before it could run anything; empty for neither. ``no_longer_judged``: ids of cases that failed on an
    earlier night and have not been judged since. ``kept_p95``: the 95th percentile of a night whose single
    durations were not kept. ``shard``: the part of the cases that this run had, None for all.
    ``missing_shards``: of a run that was merged.
    """

    run: str
    environment: str
    started: str
    stopped: str
    duration: float
    exit: int
    address: str = ""
    service: str = ""
    selection: str = ""
    interrupted: bool = False
    collected: int = 0
    budget_ms: float = 0.0
    cases: tuple[CaseRecord, ...] = ()
    collection: tuple[CollectionProblem, ...] = field(default=())
    internal: str = ""
    no_longer_judged: tuple[str, ...] = ()
    kept_p95: float | None = None
    shard: Shard | None = None
    missing_shards: tuple[str, ...] = ()

    def of(self, *statuses: str) -> list[CaseRecord]:
        """Return the cases with one of these statuses."""
        return [case for case in self.cases if case.status in statuses]

    @property
    def judged_nothing(self) -> bool:
        return not self.of(*JUDGED)

    @property
    def kept_from_judging(self) -> list[CaseRecord]:
        """The cases that a fault of environment, credentials or harness kept from being judged.

        Cases that were not sent because of an outage are among them.
        """
        judged = ("case", "teardown")
        broken = [case for case in self.of("broken") if case.category not in judged and not case.quarantine]
        return broken + [case for case in self.of("skipped") if case.category]

    @property
    def not_run(self) -> int:
        """The number of cases that were to run and did not."""
        return max(0, self.collected - len(self.cases))

    @property
    def p95(self) -> float | None:
        """The 95th percentile of the requests' durations in milliseconds; None with too few requests."""
        times = sorted(value for case in self.cases for value in case.elapsed)
        return quantile(times, 0.95) if len(times) >= MIN_REQUESTS_FOR_P95 else self.kept_p95

    @property
    def over_budget(self) -> bool:
        return bool(self.budget_ms) and (self.p95 or 0.0) > self.budget_ms


# -- the exit code

GREEN, SERVICE, HARNESS, CASE_FILE = 0, 1, 2, 3


def verdict_of(run: RunRecord) -> tuple[int, list[str]]:
    """Return the exit code of a run that ended, and each reason for it.

    A failure of the service comes first, then a mistake in a case file, then a fault of environment or
    harness. So a file that did not load does not hide a failure, and a host that was unreachable for a moment
    hides neither.
    """
    found = reasons_by_party(run)
    code = next((code for code, reasons in found.items() if reasons), GREEN)
    return code, [reason for reasons in found.values() for reason in reasons]


def reasons_by_party(run: RunRecord) -> dict[int, list[str]]:
    """Return the reasons why a run is not green by the exit code that names who must act, the first first."""
    return {
        SERVICE: list(_service_reasons(run)),
        CASE_FILE: list(_case_file_reasons(run)),
        HARNESS: list(_harness_reasons(run)),
    }


def _service_reasons(run: RunRecord) -> Iterable[str]:
    failed = len(run.of("failed"))
    if failed:
        yield tr("{n} 个用例不符", n=failed)
    left_behind = sum(case.category == "teardown" for case in run.of("broken"))
    if left_behind:
        yield tr("{n} 个用例的清理被服务拒绝，可能留下了数据", n=left_behind)
    if run.over_budget:
        yield tr(
            "耗时超出预算：p95 {p95:.0f} ms，预算 {budget:.0f} ms", p95=run.p95 or 0.0, budget=run.budget_ms
        )


def _case_file_reasons(run: RunRecord) -> Iterable[str]:
    if run.collection:
        yield tr("{n} 个用例文件没有载入", n=len(run.collection))
    wrong = sum(case.category == "case" for case in run.of("broken"))
    if wrong:
        yield tr("{n} 个用例写错了，或隔离已到期", n=wrong)


def _harness_reasons(run: RunRecord) -> Iterable[str]:
    if early_end_text(run):
        yield early_end_text(run)
    if run.kept_from_judging:
        yield tr("{n} 个用例因环境、令牌或框架的故障没有评判", n=len(run.kept_from_judging))
    if run.judged_nothing and not early_end_text(run):
        yield tr("没有任何用例得到评判")
    if run.missing_shards:
        yield tr("缺少分片 {names}", names=tr("、").join(run.missing_shards))
    if run.no_longer_judged:
        yield _no_longer_judged_text(run.no_longer_judged)
    if run.interrupted or run.not_run:
        yield tr("运行中断，{n} 个用例没有运行", n=run.not_run)
    if early_end_text(run):
        return
    if run.internal:
        yield tr("pytest 内部出错：{error}", error=run.internal)
    elif run.interrupted or run.not_run:
        return
    elif not _explains_exit(run):
        yield tr("pytest 以 {code} 结束", code=run.exit)


def early_end_text(run: RunRecord) -> str:
    """Return why pytest ended before it had anything to run; empty if it did not."""
    if run.cases or run.collected or not run.internal:
        return ""
    return tr("pytest 没有留下记录就结束了：{error}", error=run.internal)


def _no_longer_judged_text(cases: tuple[str, ...]) -> str:
    named = tr("、").join(visible(case) for case in cases[:_MAX_NAMED])
    more = tr(" 等") if len(cases) > _MAX_NAMED else ""
    return tr("{n} 个此前不符的用例不再评判：{named}", n=len(cases), named=named + more)


def _explains_exit(run: RunRecord) -> bool:
    """Return whether the record explains pytest's exit code: 1 and 2 by a red case, 5 by no judged case."""
    if run.exit in (1, 2):
        return bool(run.of("failed", "broken") or run.collection or run.over_budget)
    if run.exit == 5:
        return run.judged_nothing
    return run.exit == 0
