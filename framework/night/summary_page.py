"""Writes reports/summary.md: the night on one page, changes first, failures with the same cause together.

Text from replies is untrusted. It is escaped, so that no Markdown viewer reads it as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from framework.base.messages import tr
from framework.base.source import visible
from framework.report.case_record import CaseRecord
from framework.report.causes import category_word
from framework.report.nights.changes import WINDOW
from framework.report.nights.record import CaseChange, CauseChange, NightChanges, night_name
from framework.report.run_record import RunRecord
from framework.report.verdict_words import (
    age_text,
    changes_sentence,
    counts_text,
    drift_sentence,
    has_drift,
    status_word,
    verdict_line,
    who_lines,
)

MOST = 20
_SLOWEST = 5
_NAMED = 3
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
        _changes,
        _collection_errors,
        _flaky_cases,
        _quarantined_cases,
        _known_and_warned,
        _slowest_requests,
        _other_notes,
    )
    parts = ("\n".join(section(night)) for section in sections)
    return "\n\n".join(part for part in parts if part) + "\n"


def _header(night: Night) -> list[str]:
    run = night.run
    counts = counts_text(run)
    title = tr(
        "# 夜间回归 {environment}（{address}）：{verdict}",
        environment=escape_markdown(run.environment),
        address=escape_markdown(run.address or tr("地址未知")),
        verdict=verdict_line(run),
    )
    lines = [title, "", *(f"- **{escape_markdown(line)}**" for line in who_lines(run))]
    lines.append(
        tr(
            "- 开始 {started}，历时 {seconds:.0f} 秒，运行编号 {run}",
            started=night_name(run),
            seconds=run.duration,
            run=escape_markdown(run.run),
        )
    )
    if run.service:
        lines.append(tr("- 服务版本 {service}", service=escape_markdown(run.service)))
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


def _changes(night: Night) -> list[str]:
    """Return the causes and cases that changed since the night before."""
    changes = night.changes
    lines = _changes_head(night)
    lines += _causes(tr("### 新出现的原因") if changes.last else tr("### 原因"), changes.causes_new)
    lines += _causes(tr("### 仍然存在"), changes.causes_still)
    lines += _causes(tr("### 已修好"), changes.causes_fixed)
    lines += _causes(tr("### 没有再出现，但相关用例还没有通过"), changes.causes_hidden)
    lines += _titled_list(
        tr("### 恢复"),
        [
            f"{_case_line(change)} {tr('（自 {since} 起不符）', since=change.since)}"
            for change in changes.recovered
        ],
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
        tr("### 上一夜评判了、今夜没有"),
        [f"{_as_code(case.id)} {escape_markdown(case.headline)}" for case in changes.uncovered],
    )
    lines += _titled_list(
        tr("### 有意不再评判的不符（只列这一次）"), [_as_code(case) for case in changes.closed]
    )
    lines += _titled_list(tr("### 新的没有载入的用例文件"), [_as_code(file) for file in changes.new_problems])
    lines += _titled_list(tr("### 上一夜有、今夜没有的用例"), [_as_code(case) for case in changes.gone])
    lines += _titled_list(tr("### 新用例"), [_as_code(case) for case in changes.new])
    return lines


def _changes_head(night: Night) -> list[str]:
    changes = night.changes
    title = tr("## 与上一夜相比")
    if changes.last is None:
        return [title, "", tr("这个环境没有可以相比的上一夜。")]
    lines = [tr("{title}（{night}）", title=title, night=night_name(changes.last))]
    before, now = verdict_line(changes.last), verdict_line(night.run)
    if before != now:
        lines += ["", tr("结论：{before} → {now}", before=before, now=now)]
    return [*lines, "", tr("{changes}。", changes=changes_sentence(changes))]


def _causes(title: str, changes: Sequence[CauseChange]) -> list[str]:
    if not changes:
        return []
    lines = ["", tr("{title}（{n}）", title=title, n=len(changes)), ""]
    for change in changes[:MOST]:
        group = change.group
        age = age_text(change)
        count = tr("（{n} 个用例{age}）", n=len(group.cases), age=tr("，") + age if age else "")
        word = escape_markdown(category_word(group.category))
        lines.append(f"- **{word}** {escape_markdown(group.text)}{count}")
        if group.example:
            example = escape_markdown(group.example)
            lines.append(f"  - {tr('例如')} {_as_code(group.first.id)}{tr('：')}{example}")
        names = [_as_code(case.id) for case in group.cases[:_NAMED]]
        more = tr(" 等 {n} 个", n=len(group.cases)) if len(group.cases) > _NAMED else ""
        lines.append(f"  - {tr('、').join(names)}{more}")
    if len(changes) > MOST:
        lines.append(f"- {tr('… 另有 {n} 个原因', n=len(changes) - MOST)}")
    return lines


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
    by_record: dict[str, list[CaseChange]] = {}
    for change in night.changes.flaky:
        by_record.setdefault(change.record, []).append(change)
    entries = [
        _case_line(group[0]) if len(group) == 1 else f"{record} {_several(group)}"
        for record, group in sorted(by_record.items(), key=lambda item: len(item[1]))
    ]
    if not entries:
        return []
    n = len(night.changes.flaky)
    return [tr("{title}（{n}）", title=title, n=n), "", *(f"- {entry}" for entry in entries[:MOST])]


def _several(changes: Sequence[CaseChange]) -> str:
    """Return the number and the first names of cases of which the same is to be said."""
    names = tr("、").join(_as_code(change.case.id) for change in changes[:_NAMED])
    more = tr(" 等 {n} 个", n=len(changes))
    return names + more


def _quarantined_cases(night: Night) -> list[str]:
    cases = [(case, case.quarantine) for case in night.run.cases if case.quarantine is not None]
    lines: list[str] = []
    for case, quarantine in sorted(cases, key=lambda pair: pair[1].until):
        if quarantine.expired:
            period = tr("已于 {until} 到期，修好了就删去", until=quarantine.until)
        else:
            period = tr("至 {until}", until=quarantine.until)
        word = tr("（{word}）", word=status_word(case.status))
        lines.append(f"{_as_code(case.id)} {period}{tr('：')}{escape_markdown(quarantine.reason)}{word}")
    return _section(tr("## 隔离中"), lines)


def _known_and_warned(night: Night) -> list[str]:
    def case_lines(cases: Iterable[CaseRecord]) -> list[str]:
        return [f"{_as_code(case.id)} {escape_markdown(case.headline)}" for case in cases]

    warned = [case for case in night.run.of("warned") if case.quarantine is None]
    return [
        *_section(tr("## 已知缺陷"), case_lines(night.run.of("known"))),
        *_section(f"## {drift_sentence(night.run)}", case_lines(filter(has_drift, night.run.cases))),
        *_section(tr("## 警告"), case_lines(case for case in warned if not has_drift(case))),
    ]


def _slowest_requests(night: Night) -> list[str]:
    timed = [case for case in night.run.cases if case.elapsed]
    slowest = sorted(timed, key=lambda case: max(case.elapsed), reverse=True)[:_SLOWEST]
    return _section(
        tr("## 最慢的请求"), [f"{_as_code(case.id)} {max(case.elapsed):.0f} ms" for case in slowest]
    )


def _other_notes(night: Night) -> list[str]:
    return _section(tr("## 其他"), [_note(note) for note in night.notes])


def _note(note: str) -> str:
    """Return the first line of a note, and the others as a block of code, which needs no escapes."""
    first, *others = note.splitlines()
    block = "".join(f"\n      {visible(line)}" for line in others)
    return escape_markdown(first) + (f"\n{block}" if block else "")


def _section(title: str, items: Sequence[str]) -> list[str]:
    """Return a section with a list; nothing if the list is empty."""
    return _titled_list(title, items)[1:]


def _case_line(change: CaseChange) -> str:
    return f"{_as_code(change.case.id)} {escape_markdown(change.case.title)} {change.record}"


def _as_code(text: str) -> str:
    # A backtick in the text would end the code.
    return f"`{visible(text).replace('`', chr(0x2019)).strip()}`"


def escape_markdown(text: str) -> str:
    """Return the text as one line of Markdown without any markup."""
    plain = visible(" ".join(text.split()))
    return _SPECIAL.sub(r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
