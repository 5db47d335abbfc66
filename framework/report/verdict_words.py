"""The words for a run: its verdict, its numbers and its changes, the same for every reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framework.base.messages import tr
from framework.report.case_record import STATUSES, CaseRecord
from framework.report.run_record import GREEN, RunRecord, verdict_of

if TYPE_CHECKING:
    from framework.report.nights.record import NightChanges

_STATUS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "skipped": "跳过",
    "known": "已知缺陷",
    "warned": "警告",
}
_VERDICTS = {0: "全部通过", 1: "服务有错", 2: "环境或框架的问题，没有完整评判", 3: "用例文件有错"}


def status_word(status: str) -> str:
    return tr(_STATUS[status])


def verdict_word(run: RunRecord) -> str:
    """Return the verdict; a run with differences that nobody has accepted is not called green."""
    code = verdict_of(run)[0]
    return tr("没有不符，有待认可的变化") if code == GREEN and waiting(run) else tr(_VERDICTS[code])


def waiting(run: RunRecord) -> list[CaseRecord]:
    """Return the cases whose differences from what was accepted wait for somebody to accept them."""
    return [case for case in run.of("warned") if case.category == "pending"]


def verdict_line(run: RunRecord) -> str:
    """Return the verdict in words, with the exit code."""
    code = verdict_of(run)[0]
    return tr("{verdict}（退出码 {code}）", verdict=verdict_word(run), code=code)


def verdict_sentence(run: RunRecord) -> str:
    """Return the verdict with the number of all cases, and of those that did not simply pass."""
    parts = [tr("{n} 个用例", n=len(run.cases))]
    failed, unjudged = len(run.of("failed")), len(run.kept_from_judging)
    wrong = len(run.of("broken")) - sum(case.status == "broken" for case in run.kept_from_judging)
    parts += [tr("{n} 个不符", n=failed)] if failed else []
    parts += [tr("{n} 个没有评判", n=unjudged)] if unjudged else []
    parts += [tr("{n} 个用例写错了", n=wrong)] if wrong else []
    parts += [tr("{n} 个没有运行", n=run.not_run)] if run.not_run else []
    skipped = sum(case.status == "skipped" and not case.category for case in run.cases)
    parts += [tr("{n} 个跳过", n=skipped)] if skipped else []
    parts += [tr("{n} 个待认可", n=len(waiting(run)))] if waiting(run) else []
    word = verdict_word(run)
    return tr("{verdict}：{numbers}", verdict=word, numbers=tr("，").join(parts))


def drift_sentence(run: RunRecord) -> str:
    """Return the number of records that are not as they were accepted."""
    added, changed, removed = (sum(case.drift[kind] for case in run.cases) for kind in range(3))
    numbers = {"added": added, "changed": changed, "removed": removed}
    return tr("自上次认可以来：新增 {added}，改动 {changed}，撤下 {removed}", **numbers)


def has_drift(case: CaseRecord) -> bool:
    """Return whether the case saw something that is not as it was accepted, or waits to be accepted."""
    return any(case.drift) or case.category == "pending"


def counts_text(run: RunRecord) -> str:
    """Return the number of cases of each status."""
    numbers = ((len(run.of(status)), status) for status in STATUSES)
    return tr("，").join(f"{n} {status_word(status)}" for n, status in numbers if n)


def changes_sentence(changes: NightChanges) -> str:
    """Return the number of changes of each kind in one line."""
    if changes.last is None:
        return tr("第一夜，没有可以相比的")
    numbers = (
        (len(changes.causes_new), tr("个新原因")),
        (len(changes.causes_fixed), tr("个已修好")),
        (len(changes.causes_still), tr("个仍然存在")),
        (len(changes.causes_hidden), tr("个没有再出现也没有得到证实")),
        (len(changes.lost) + len(changes.uncovered), tr("个用例不再评判")),
        (len(changes.new_problems), tr("个文件没有载入")),
    )
    return tr("，").join(f"{n} {word}" for n, word in numbers if n) or tr("没有变化")
