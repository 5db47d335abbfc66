"""Turns the record of a run and its changes into the texts of the front page, ready to be laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.cause_notes import STATES, CauseNote, note_of
from framework.report.case_record import CaseRecord
from framework.report.cause_groups import group_by_cause
from framework.report.causes import category_word
from framework.report.nights.record import CauseChange, NightChanges, night_name, red_cases
from framework.report.page.trends import Trend, trends_of
from framework.report.run_record import GREEN, RunRecord, verdict_of
from framework.report.verdict_words import (
    age_text,
    changes_sentence,
    counts_text,
    drift_sentence,
    has_drift,
    verdict_sentence,
    waiting,
    who_lines,
    who_words,
)
from framework.report.words import cut_at_word


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the page shows, so that it stays small whatever the run was."""

    causes: int = 40
    cases: int = 20
    lines: int = 20
    text: int = 240


@dataclass(frozen=True, slots=True)
class PageInput:
    """Everything that the page is made of.

    ``changes``: None if the run was not compared with past nights. ``links``: the address of each case in
    the whole report, empty without one. ``report``: the address of the whole report. ``remarks``: problems
    in reading or writing. ``pages``: the pages of other commands beside this one.
    """

    run: RunRecord
    changes: NightChanges | None = None
    causes: tuple[CauseNote, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    report: str = ""
    log: str = ""
    remarks: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a list: a name, which may be a link, and its text.

    ``lines``: the entries of which the same is to be said, under their number; ``more``: those not shown.
    ``output``: lines to show as they are.
    """

    name: str
    said: str = ""
    address: str = ""
    lines: tuple[Line, ...] = ()
    more: int = 0
    output: str = ""


@dataclass(frozen=True, slots=True)
class CauseView:
    """One cause. Empty texts are not shown."""

    text: str
    word: str
    count: str
    age: str
    owner: str
    state: str
    link: str
    note: str
    example: Line
    request: str
    place: str
    curl: str
    cases: tuple[Line, ...]
    more: int
    beneath: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading. It has causes or lines, and ``more`` that are not shown."""

    id: str
    title: str
    causes: tuple[CauseView, ...] = ()
    lines: tuple[Line, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page. ``tone``: green, red or amber."""

    verdict: str
    tone: str
    who: tuple[str, ...]
    changed: str
    facts: tuple[str, ...]
    counts: str
    trends: tuple[Trend, ...]
    sections: tuple[Section, ...]
    report: str
    log: str
    pages: tuple[str, ...]


def page_view(given: PageInput, limits: Limits) -> PageView:
    """Return the contents of the page within *limits*."""
    run = given.run
    code = verdict_of(run)[0]
    return PageView(
        verdict_sentence(run),
        "amber" if code == GREEN and waiting(run) else {0: "green", 1: "red"}.get(code, "amber"),
        tuple(_short(line, limits) for line in _who(run)),
        _changed(given),
        tuple(_facts(run)),
        counts_text(run),
        trends_of(given.changes.trend) if given.changes else (),
        tuple(section for section in _sections(given, limits) if section.causes or section.lines),
        given.report,
        given.log,
        given.pages,
    )


def _changed(given: PageInput) -> str:
    changes = given.changes
    if changes is None:
        return ""
    if changes.last is None:
        return changes_sentence(changes)
    return tr(
        "比上一夜（{night}）：{changes}", night=night_name(changes.last), changes=changes_sentence(changes)
    )


def _who(run: RunRecord) -> list[str]:
    """Return who must act, without the reason if the heading above has it: the number of failed cases."""
    reasons = verdict_of(run)[1]
    return who_words(run) if len(reasons) == 1 and run.of("failed") else who_lines(run)


def _facts(run: RunRecord) -> Iterable[str]:
    yield tr("环境 {environment}", environment=visible(run.environment or tr("未知")))
    if run.address:
        yield visible(run.address)
    yield tr("{moment}（北京时间）", moment=night_name(run))
    yield tr("历时 {seconds:.0f} 秒", seconds=run.duration)
    if run.service:
        yield tr("服务版本 {service}", service=visible(run.service))
    if run.selection:
        yield tr("只运行了一部分：{selection}", selection=visible(run.selection))
    yield tr("运行编号 {run}", run=visible(run.run))


def _sections(given: PageInput, limits: Limits) -> Iterable[Section]:
    run, changes = given.run, given.changes
    outputs = [_remark(text, limits) for text in given.remarks if "\n" in text]
    yield Section("output", tr("没有留下记录的运行"), lines=tuple(outputs))
    if changes is None or changes.last is None:
        groups = group_by_cause(red_cases(run))
        found: Sequence[CauseChange] = [CauseChange(group, night_name(run), 1) for group in groups]
        yield _causes("new", tr("原因"), found, given, limits)
    else:
        yield _causes("new", tr("新出现"), changes.causes_new, given, limits)
        yield _causes("still", tr("仍然存在"), changes.causes_still, given, limits)
    files = [Line(_short(item.id, limits), _short(_first_line(item.text), limits)) for item in run.collection]
    yield _lines("files", tr("没有载入的文件"), files, limits)
    if changes is not None:
        yield from _closed_matters(changes, given, limits)
    told = {case.id for case in changes.uncovered} | set(run.no_longer_judged) if changes else set()
    yield from _standing(given, limits, told)
    others = [_remark(text, limits) for text in given.remarks if "\n" not in text]
    yield _lines("remarks", tr("其他"), others, limits)


def _closed_matters(changes: NightChanges, given: PageInput, limits: Limits) -> Iterable[Section]:
    """Yield the causes that are over, and those that are not judged any more."""
    lost = [
        Line(
            _short(change.case.id, limits),
            tr(
                "自 {since} 起不符；{why}", since=change.since, why=change.case.headline or tr("今夜没有评判")
            ),
            given.links.get(change.case.id, ""),
        )
        for change in changes.lost
    ]
    lost += [_case_line(case, given, limits) for case in changes.uncovered]
    lost += [Line(_short(name, limits), tr("上一夜有，今夜没有")) for name in changes.gone]
    closed = tr("有意不再追：列为已知缺陷、隔离、跳过，或者删去了；只列这一次")
    lost += [Line(_short(name, limits), closed, given.links.get(name, "")) for name in changes.closed]
    yield _grouped("unjudged", tr("不再评判"), lost, limits)
    yield _causes("hidden", tr("没有再出现，但相关用例还没有通过"), changes.causes_hidden, given, limits)
    yield _causes("fixed", tr("已修好"), changes.causes_fixed, given, limits)
    fixed = {case.id for change in changes.causes_fixed for case in change.group.cases}
    recovered = [
        Line(
            _short(change.case.id, limits),
            tr("自 {since} 起不符，现在通过", since=change.since),
            given.links.get(change.case.id, ""),
        )
        for change in changes.recovered
        if change.case.id not in fixed
    ]
    yield _lines("recovered", tr("恢复的用例"), recovered, limits)
    flaky = [
        Line(_short(change.case.id, limits), change.record, given.links.get(change.case.id, ""))
        for change in changes.flaky
    ]
    yield _grouped("flaky", tr("时好时坏"), flaky, limits)
    new = [Line(_short(name, limits)) for name in changes.new]
    yield _lines("added", tr("新用例"), new, limits)


def _standing(given: PageInput, limits: Limits, told: Set[str]) -> Iterable[Section]:
    """Yield the problems that do not make the run red, without the skipped cases that are *told* above."""
    run = given.run
    known = [_case_line(case, given, limits) for case in run.of("known")]
    yield _lines("known", tr("已知缺陷"), known, limits)
    held = [
        Line(
            _short(case.id, limits),
            _short(tr("至 {until}：{reason}", until=held.until, reason=held.reason), limits),
            given.links.get(case.id, ""),
        )
        for case in run.cases
        for held in (case.quarantine,)
        if held is not None
    ]
    yield _lines("quarantine", tr("隔离中"), held, limits)
    yield _drift(given, limits)
    others = [case for case in run.of("warned") if case.quarantine is None and case.category != "pending"]
    warned = [_case_line(case, given, limits) for case in others]
    yield _lines("warned", tr("警告"), warned, limits)
    others = [case for case in run.of("skipped") if not case.category and case.id not in told]
    skipped = [_case_line(case, given, limits) for case in others]
    title = tr("其余跳过的") if told else tr("跳过")
    yield _grouped("skipped", title, skipped, limits)


def _drift(given: PageInput, limits: Limits) -> Section:
    """Return the differences from the baselines: the numbers of records, and the cases that saw them."""
    cases = list(filter(has_drift, given.run.cases))
    lines = tuple(_case_line(case, given, limits) for case in cases[: limits.lines])
    return Section("drift", drift_sentence(given.run), lines=lines, more=len(cases) - len(lines))


def _case_line(case: CaseRecord, given: PageInput, limits: Limits) -> Line:
    return Line(
        _short(case.id, limits), _short(case.headline or case.title, limits), given.links.get(case.id, "")
    )


def _lines(name: str, title: str, lines: Sequence[Line], limits: Limits) -> Section:
    shown = tuple(lines[: limits.lines])
    return Section(name, _counted(title, len(lines)), lines=shown, more=len(lines) - len(shown))


def _grouped(name: str, title: str, lines: Sequence[Line], limits: Limits) -> Section:
    """Return a section in which cases with the same text are one entry, the smallest first.

    A text about a single case is news among texts about thirty.
    """
    said: dict[str, list[Line]] = {}
    for line in lines:
        said.setdefault(line.said, []).append(line)
    entries = [_entry(text, group, limits) for text, group in sorted(said.items(), key=lambda it: len(it[1]))]
    shown = tuple(entries[: limits.lines])
    left = len(lines) - sum(max(1, len(entry.lines) + entry.more) for entry in shown)
    return Section(name, _counted(title, len(lines)), lines=shown, more=left)


def _entry(said: str, lines: Sequence[Line], limits: Limits) -> Line:
    if len(lines) == 1:
        return lines[0]
    within = tuple(replace(line, said="") for line in lines[: limits.cases])
    return Line(tr("{n} 个用例", n=len(lines)), said, lines=within, more=len(lines) - len(within))


def _remark(text: str, limits: Limits) -> Line:
    """Return a remark. Its first line describes the problem; the others are quoted."""
    first, _, others = text.partition("\n")
    lines = [_short(line, limits) for line in others.splitlines()[-limits.lines :]]
    return Line(_short(first, limits), output="\n".join(lines))


def _causes(
    name: str, title: str, changes: Sequence[CauseChange], given: PageInput, limits: Limits
) -> Section:
    shown = tuple(_cause(change, given, limits) for change in changes[: limits.causes])
    return Section(name, _counted(title, len(changes)), shown, more=len(changes) - len(shown))


def _counted(title: str, n: int) -> str:
    return tr("{title}（{n}）", title=title, n=n)


def _cause(change: CauseChange, given: PageInput, limits: Limits) -> CauseView:
    group = change.group
    first = group.first
    evidence = first.evidence
    note = note_of(group.text, given.causes)
    cases = tuple(
        Line(_short(case.id, limits), _short(case.title, limits), given.links.get(case.id, ""))
        for case in group.cases[: limits.cases]
    )
    return CauseView(
        _short(group.text, limits),
        category_word(group.category),
        tr("{n} 个用例", n=len(group.cases)),
        age_text(change),
        _short(note.owner, limits) if note else "",
        tr(STATES[note.state]) if note and note.state else "",
        note.link if note else "",
        _short(note.note, limits) if note else "",
        Line(_short(first.id, limits), _short(group.example, limits), given.links.get(first.id, "")),
        _short(evidence.request, limits) if evidence else "",
        _short(evidence.place, limits) if evidence else "",
        visible(evidence.curl) if evidence and len(evidence.curl) <= limits.text * 5 else "",
        cases,
        len(group.cases) - len(cases),
        tuple(
            tr("{n} × {text}", n=len(inner.cases), text=_short(inner.text, limits))
            for inner in group.beneath[: limits.lines]
        ),
    )


def _short(text: str, limits: Limits) -> str:
    return cut_at_word(visible(text), limits.text)


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")
