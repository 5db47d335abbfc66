"""The words for a run: its verdict, its numbers and its changes, the same for every reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framework.base.messages import tr
from framework.report.case_record import STATUSES, CaseRecord
from framework.report.run_record import (
    CASE_FILE,
    GREEN,
    HARNESS,
    SERVICE,
    RunRecord,
    reasons_by_party,
    verdict_of,
)

if TYPE_CHECKING:
    from framework.report.nights.record import CauseChange, NightChanges

_STATUS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "skipped": "跳过",
    "known": "已知缺陷",
    "warned": "警告",
}
_VERDICTS = {
    GREEN: "全部通过",
    SERVICE: "服务有错",
    HARNESS: "环境或框架的问题，没有完整评判",
    CASE_FILE: "用例文件有错",
}
_WHO = {SERVICE: "请服务的开发看", CASE_FILE: "请写用例的人看", HARNESS: "请运维或框架的维护者看"}


def status_word(status: str) -> str:
    return tr(_STATUS[status])


def verdict_word(run: RunRecord) -> str:
    """Return the verdict; a run with differences that nobody has accepted is not called green."""
    code = verdict_of(run)[0]
    return tr("没有不符，有待认可的变化") if code == GREEN and waiting(run) else tr(_VERDICTS[code])


def waiting(run: RunRecord) -> list[CaseRecord]:
    """Return the cases whose differences from the baseline wait for somebody to accept them."""
    return [case for case in run.of("warned") if case.category == "pending"]


def verdict_line(run: RunRecord) -> str:
    """Return the verdict in words, with the exit code."""
    code = verdict_of(run)[0]
    return tr("{verdict}（退出码 {code}）", verdict=verdict_word(run), code=code)


def verdict_sentence(run: RunRecord) -> str:
    """Return the verdict with the number of all cases, and of those that did not simply pass."""
    return tr("{verdict}：{numbers}", verdict=verdict_word(run), numbers=numbers_text(run))


def numbers_text(run: RunRecord) -> str:
    """Return the number of all cases, and of everything that did not simply pass."""
    wrong = len(run.of("broken")) - sum(case.status == "broken" for case in run.kept_from_judging)
    skipped = sum(case.status == "skipped" and not case.category for case in run.cases)
    # The list of changes has these too; here they count if nothing else is wrong.
    lost = len(run.no_longer_judged) if len(verdict_of(run)[1]) == 1 else 0
    parts = (
        (len(run.of("failed")), tr("个不符")),
        (len(run.kept_from_judging), tr("个没有评判")),
        (wrong, tr("个用例写错了")),
        (len(run.collection), tr("个文件没有载入")),
        (run.not_run, tr("个没有运行")),
        (lost, tr("个此前不符的不再评判")),
        (skipped, tr("个跳过")),
        (len(waiting(run)), tr("个待认可")),
    )
    total = tr("{n} 个用例", n=len(run.cases)) if run.cases else tr("一个用例也没有运行")
    return tr("，").join([total, *(f"{n} {word}" for n, word in parts if n)])


def who_words(run: RunRecord) -> list[str]:
    """Return who must act, the first one first."""
    return [tr(_WHO[code]) for code, reasons in reasons_by_party(run).items() if reasons]


def who_lines(run: RunRecord) -> list[str]:
    """Return who must act, the first one first, each with the reasons."""
    found = {code: reasons for code, reasons in reasons_by_party(run).items() if reasons}
    if not found and waiting(run):
        return [tr("看过差异：改得对就运行 python -m framework accept，改得不对就找发布的人")]
    lines = zip(who_words(run), found.values(), strict=True)
    return [tr("{who}：{reasons}", who=who, reasons=tr("；").join(reasons)) for who, reasons in lines]


def gate_of(run: RunRecord) -> tuple[tuple[str, str], ...]:
    """Return who must act, each with the reasons, as Allure's quality gate shows it."""
    reasons = ["\n".join(found) for found in reasons_by_party(run).values() if found]
    return tuple(zip(who_words(run), reasons, strict=True))


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
    held_up = sum(case.status == "skipped" for case in run.kept_from_judging)
    if not held_up:
        more = ""
    elif held_up == len(run.of("skipped")):
        more = tr("（因故障没有发出）")
    else:
        more = tr("（其中 {n} 个因故障没有发出）", n=held_up)
    return tr("，").join(
        f"{n} {status_word(status)}{more if status == 'skipped' else ''}" for n, status in numbers if n
    )


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


def age_text(change: CauseChange) -> str:
    """Return since when a cause exists and for how many nights; empty for a new one."""
    if change.over:
        return tr("自 {since} 起，共 {n} 夜", since=change.since, n=change.nights)
    return tr("自 {since} 起，第 {n} 夜", since=change.since, n=change.nights) if change.nights > 1 else ""
