"""Writes reports/summary.md: the night on one page, changes first, failures with the same cause together.

Text from replies is untrusted. It is escaped, so that no Markdown viewer reads it as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from framework.base.messages import tr
from framework.base.source import visible
from framework.night.changes import WINDOW, CaseChange, NightChanges, night_name
from framework.report.causes import category_word, group_by_cause
from framework.report.run_record import STATUSES, CaseRecord, RunRecord, verdict_of

MOST = 20
_SLOWEST = 5
_STATUS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "skipped": "跳过",
    "known": "已知缺陷",
    "warned": "警告",
}
_VERDICTS = {0: "全部通过", 1: "服务有错", 2: "环境或框架的问题，没有完整评判", 3: "用例文件有错"}
_SPECIAL = re.compile(r"([\\`*_\[\]|#~])")


@dataclass(frozen=True, slots=True)
class Night:
    """A night to report.

    ``report``: the path of the HTML report, or why there is none. ``notes``: lines about everything that
    could not be read or done.
    """

    run: RunRecord
    changes: NightChanges
    report: str = ""
    notes: tuple[str, ...] = ()


def summary_page(night: Night) -> str:
    """Return the whole page, in Markdown."""
    sections: tuple[Callable[[Night], list[str]], ...] = (
        _header,
        lambda night: changes_section(night).splitlines(),
        _unjudged_cases,
        _collection_errors,
        _flaky_cases,
        _quarantined_cases,
        _known_and_warned,
        _slowest_requests,
        _other_notes,
    )
    parts = ("\n".join(section(night)) for section in sections)
    return "\n\n".join(part for part in parts if part) + "\n"


def verdict_line(run: RunRecord) -> str:
    """Return the verdict in words, with the exit code."""
    code = verdict_of(run)[0]
    return tr("{verdict}（退出码 {code}）", verdict=tr(_VERDICTS[code]), code=code)


def _header(night: Night) -> list[str]:
    run = night.run
    numbers = {status: len(run.of(status)) for status in STATUSES}
    counts = tr("，").join(f"{n} {tr(_STATUS[status])}" for status, n in numbers.items() if n)
    title = tr(
        "# 夜间回归 {environment}（{address}）：{verdict}",
        environment=escape_markdown(run.environment),
        address=escape_markdown(run.address or tr("地址未知")),
        verdict=verdict_line(run),
    )
    lines = [title, "", *(f"- **{escape_markdown(reason)}**" for reason in verdict_of(run)[1])]
    lines.append(
        tr(
            "- 开始 {started}，历时 {seconds:.0f} 秒，运行编号 {run}",
            started=night_name(run),
            seconds=run.duration,
            run=escape_markdown(run.run),
        )
    )
    address = tr("- 地址 {address}", address=escape_markdown(run.address))
    release = tr("，版本 {service}", service=escape_markdown(run.service)) if run.service else ""
    lines.append(address + release)
    lines.append(tr("- 用例 {n} 个：{counts}", n=len(run.cases), counts=counts or tr("一个也没有运行")))
    if run.selection:
        lines.append(tr("- 只运行了一部分：{selection}", selection=escape_markdown(run.selection)))
    if run.p95 is not None:
        requests = sum(case.requests for case in run.cases)
        budget = tr("，预算 {budget:.0f} ms", budget=run.budget_ms) if run.budget_ms else ""
        lines.append(tr("- 请求 {n} 个，p95 {p95:.0f} ms", n=requests, p95=run.p95) + budget)
    if night.report:
        lines.append(tr("- 报告 {report}", report=escape_markdown(night.report)))
    return lines


def changes_section(night: Night) -> str:
    """Return the section about the changes since the night before. The report's front page shows it too."""
    changes = night.changes
    title = tr("## 与上一夜相比")
    if changes.last is None:
        lines = [title, "", tr("这个环境没有可以相比的上一夜。")]
    else:
        all_changes = (
            changes.broke,
            changes.recovered,
            changes.still,
            changes.gone,
            changes.new,
            changes.new_problems,
            changes.lost,
            changes.closed,
        )
        before, now = verdict_line(changes.last), verdict_line(night.run)
        lines = [tr("{title}（{night}）", title=title, night=night_name(changes.last))]
        lines += ["", tr("结论：{before} → {now}", before=before, now=now)] if before != now else []
        lines += ["", tr("没有变化。")] if before == now and not any(all_changes) else []
    lines += _by_cause(tr("### 新出现的不符"), changes.broke)
    lines += _titled_list(
        tr("### 恢复"),
        [
            f"{_case_line(change)} {tr('（自 {since} 起不符）', since=change.since)}"
            for change in changes.recovered
        ],
    )
    lines += _titled_list(
        tr("### 仍然不符"),
        [f"{_case_line(change)} {tr('自 {since} 起', since=change.since)}" for change in changes.still],
    )
    lines += _titled_list(
        tr("### 不再评判的不符"),
        [
            f"{_as_code(change.case.id)} {tr('自 {since} 起不符', since=change.since)}{tr('：')}"
            f"{escape_markdown(change.case.headline or tr('今夜没有评判'))}"
            for change in changes.lost
        ],
    )
    lines += _titled_list(
        tr("### 有意不再评判的不符（只列这一次）"), [_as_code(case) for case in changes.closed]
    )
    lines += _titled_list(tr("### 新的没有载入的用例文件"), [_as_code(file) for file in changes.new_problems])
    lines += _titled_list(tr("### 上一夜有、今夜没有的用例"), [_as_code(case) for case in changes.gone])
    lines += _titled_list(tr("### 新用例"), [_as_code(case) for case in changes.new])
    return "\n".join(lines)


def changes_line(changes: NightChanges) -> str:
    """Return the number of changes of each kind in one line."""
    if changes.last is None:
        return tr("第一夜")
    numbers = (
        (len(changes.broke), tr("新不符")),
        (len(changes.recovered), tr("恢复")),
        (len(changes.still), tr("仍不符")),
        (len(changes.lost), tr("不再评判")),
        (len(changes.unjudged), tr("没有评判")),
        (len(changes.new_problems), tr("文件没有载入")),
    )
    return tr("，").join(f"{n} {word}" for n, word in numbers if n) or tr("没有变化")


def _by_cause(title: str, changes: Sequence[CaseChange]) -> list[str]:
    if not changes:
        return []
    by_id = {change.case.id: change for change in changes}
    lines = [title, ""]
    causes = ((change.case.category, change.case.cause, change.case.id) for change in changes)
    for category, cause, ids in group_by_cause(causes)[:MOST]:
        count = tr("（{n} 个用例）", n=len(ids))
        lines.append(f"- **{escape_markdown(category_word(category))}** {escape_markdown(cause)}{count}")
        for change in (by_id[case_id] for case_id in ids[:MOST]):
            lines.append(f"  - {_case_line(change)}{tr('：')}{escape_markdown(change.case.headline)}")
        if len(ids) > MOST:
            lines.append(f"  - {tr('… 另有 {n} 个', n=len(ids) - MOST)}")
    return ["", *lines]


def _titled_list(title: str, items: Sequence[str]) -> list[str]:
    """Return a blank line, the title with the number of items, and the items; nothing if there are none."""
    if not items:
        return []
    more = [f"- {tr('… 另有 {n} 个', n=len(items) - MOST)}"] if len(items) > MOST else []
    return [
        "",
        tr("{title}（{n}）", title=title, n=len(items)),
        "",
        *(f"- {item}" for item in items[:MOST]),
        *more,
    ]


def _unjudged_cases(night: Night) -> list[str]:
    """List each cause that kept cases from being judged, with the cases."""
    broken = group_by_cause((case.category, case.cause, case.id) for case in night.run.of("broken"))
    lines = [
        f"- **{escape_markdown(category_word(word))}** "
        f"{escape_markdown(cause)}{tr('（{n} 个用例：{cases}）', n=len(cases), cases=_first_cases(cases))}"
        for word, cause, cases in broken[:MOST]
    ]
    skipped = len(night.run.of("skipped"))
    lines += [tr("- 另有 {n} 个用例跳过", n=skipped)] if lines and skipped else []
    return [tr("## 没有评判"), "", *lines] if lines else []


def _collection_errors(night: Night) -> list[str]:
    problems = night.run.collection
    return _section(
        tr("## 没有载入的用例文件"),
        [
            f"{_as_code(item.id)}{tr('：')}{escape_markdown(item.text.splitlines()[0] if item.text else '')}"
            for item in problems
        ],
    )


def _flaky_cases(night: Night) -> list[str]:
    title = tr("## 不稳定：服务没有变，结论在变（最近 {n} 夜，✗ 不符，! 故障）", n=WINDOW)
    return _section(title, [_case_line(change) for change in night.changes.flaky])


def _quarantined_cases(night: Night) -> list[str]:
    cases = [(case, case.quarantine) for case in night.run.cases if case.quarantine is not None]
    lines: list[str] = []
    for case, quarantine in sorted(cases, key=lambda pair: pair[1].until):
        if quarantine.expired:
            period = tr("已于 {until} 到期，修好了就删去", until=quarantine.until)
        else:
            period = tr("至 {until}", until=quarantine.until)
        word = tr("（{word}）", word=tr(_STATUS[case.status]))
        lines.append(f"{_as_code(case.id)} {period}{tr('：')}{escape_markdown(quarantine.reason)}{word}")
    return _section(tr("## 隔离中"), lines)


def _known_and_warned(night: Night) -> list[str]:
    def case_lines(cases: Iterable[CaseRecord]) -> list[str]:
        return [f"{_as_code(case.id)} {escape_markdown(case.headline)}" for case in cases]

    warned = [case for case in night.run.of("warned") if case.quarantine is None]
    return [
        *_section(tr("## 已知缺陷"), case_lines(night.run.of("known"))),
        *_section(tr("## 警告"), case_lines(warned)),
    ]


def _slowest_requests(night: Night) -> list[str]:
    timed = [case for case in night.run.cases if case.elapsed]
    slowest = sorted(timed, key=lambda case: max(case.elapsed), reverse=True)[:_SLOWEST]
    return _section(
        tr("## 最慢的请求"), [f"{_as_code(case.id)} {max(case.elapsed):.0f} ms" for case in slowest]
    )


def _other_notes(night: Night) -> list[str]:
    return _section(tr("## 其他"), [escape_markdown(note) for note in night.notes])


def _section(title: str, items: Sequence[str]) -> list[str]:
    """Return a section with a list; nothing if the list is empty."""
    return _titled_list(title, items)[1:]


def _case_line(change: CaseChange) -> str:
    return f"{_as_code(change.case.id)} {escape_markdown(change.case.title)} {change.record}"


def _first_cases(cases: Sequence[str]) -> str:
    return tr("、").join(map(_as_code, cases[:3])) + (tr(" 等") if len(cases) > 3 else "")


def _as_code(text: str) -> str:
    # A backtick in the text would end the code.
    return f"`{visible(text).replace('`', chr(0x2019)).strip()}`"


def escape_markdown(text: str) -> str:
    """Return the text as one line of Markdown without any markup."""
    plain = visible(" ".join(text.split()))
    return _SPECIAL.sub(r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
