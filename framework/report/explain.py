"""Explains a verdict as text: 结论, 期望, 实际, 位置, 复现. The caller masks the text and writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framework.base.errors import HarnessError, TeardownError, render
from framework.base.messages import tr
from framework.base.source import excerpt, visible
from framework.checks.result import CheckResult, Finding
from framework.report.reproduction import reproduction_lines
from framework.run.teardown_result import teardown_lines
from framework.run.verdict import CaseFailed, StepResult, Verdict

MAX_RESULTS = 5
MAX_FINDINGS = 5
MAX_VARIABLES = 3
_MAX_LINE = 90
_STATUS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "skipped": "未执行",
    "unrecorded": "未记录",
    "unaccepted": "未认可",
    "pending": "待认可",
    "known": "已知缺陷",
    "warned": "警告",
}


def status_word(status: str) -> str:
    """Return 通过, 不符, 故障, 未执行 or 未记录."""
    return tr(_STATUS[status])


def headline(verdict: Verdict) -> str:
    """Return the verdict with its first fault in one line, for summaries, chat messages and lists."""
    if verdict.status in ("known", "skipped") and verdict.reason:
        return visible(verdict.reason)
    if verdict.error is not None:
        return visible(verdict.error.problems[0].what)
    total = len(verdict.all_results)
    failed = [result for result in verdict.all_results if result.status == "failed"]
    if verdict.waits_for_acceptance:
        return _pending_line(verdict)
    if not failed:
        unrecorded = sum(result.status == "unrecorded" for result in verdict.all_results)
        line = tr("全部 {n} 项检查通过", n=total - unrecorded)
        return line + tr("，另有 {n} 项未记录，没有评判", n=unrecorded) if unrecorded else line
    first = failed[0].findings[0] if failed[0].findings else None
    shown = finding_line(first) if first else failed[0].title
    if verdict.status == "warned" and verdict.reason:
        shown = f"{visible(verdict.reason)}{tr('；')}{shown}"
    line = tr("{shown}（{total} 项检查中 {n} 项不符）", shown=shown, total=total, n=len(failed))
    if not verdict.assumes:
        return line
    assumed = visible(tr("；").join(verdict.assumes))
    return tr("假定“{assumed}”不成立，或者服务有错：{line}", assumed=assumed, line=line)


def _pending_line(verdict: Verdict) -> str:
    found = [it for result in verdict.all_results if result.status == "pending" for it in result.findings]
    line = tr("待认可：{shown}", shown=finding_line(found[0]))
    return line + (tr("（共 {n} 处）", n=len(found)) if len(found) > 1 else "")


def failure_text(verdict: Verdict, requests: Sequence[tuple[str, str]] = ()) -> str:
    """Return the block that a failing case shows: about twenty lines at most, however large the reply was.

    *requests*: the curl lines that reproduce it, each with the name of its reply, or "".
    """
    failed = _failed_results(verdict)
    lines = [
        tr("结论：{headline}", headline=headline(verdict)),
        tr("用例：{title}", title=visible(verdict.title)),
    ]
    if verdict.assumes:
        how = tr("服务约定的是另一种做法，就改这个用例的 assumes 与检查，例如 any_of 加一项；否则是服务有错")
        lines.append(tr("改法：{how}", how=how))
    last_step = ""
    for step_name, result in failed[:MAX_RESULTS]:
        if step_name and step_name != last_step:
            lines.append(tr("步骤：{name}", name=visible(step_name)))
            last_step = step_name
        lines += _result_lines(result, MAX_FINDINGS if len(failed) == 1 else 2)
    if len(failed) > MAX_RESULTS:
        lines.append(tr("… 另有 {n} 项检查不符", n=len(failed) - MAX_RESULTS))
    lines += [
        tr(
            "变量：{name} = {value}，来自 {origin}",
            name=used.name,
            value=visible(used.value),
            origin=used.origin,
        )
        for used in verdict.variables[:MAX_VARIABLES]
    ]
    lines += teardown_lines(verdict)
    lines += reproduction_lines(requests)
    return "\n".join(lines)


def _failed_results(verdict: Verdict) -> list[tuple[str, CheckResult]]:
    """Return the failed checks with the names of their steps; the name is empty if the case has one step."""
    steps = list(verdict.flat())
    found = [
        (step.name if len(steps) > 1 else "", result)
        for step in steps
        for result in step.results
        if result.status == "failed"
    ]
    return found + [("", result) for result in verdict.results if result.status == "failed"]


def _result_lines(result: CheckResult, most: int) -> Iterator[str]:
    yield f"✗ {result.title}"
    for finding in result.findings[:most]:
        yield from (f"    {line}" for line in finding_lines(finding))
    if len(result.findings) > most:
        yield "    " + tr("… 另有 {n} 处", n=len(result.findings) - most)
    if result.span is not None:
        yield "    " + tr("位置：{place}", place=result.span.place)


def finding_lines(finding: Finding) -> list[str]:
    """Return place, expected and actual; as one line if they are short."""
    if len(finding.expected) + len(finding.actual) <= _MAX_LINE:
        return [finding_line(finding)]
    return [
        _sentence(f"{finding.path}{_record_name(finding)}", finding.what),
        "  " + tr("期望：{expected}", expected=finding.expected),
        "  " + tr("实际：{actual}", actual=finding.actual),
    ]


def finding_line(finding: Finding) -> str:
    """Return a finding as one sentence."""
    said = tr("；").join(part for part in (finding.what, finding_values(finding)) if part)
    return _sentence(f"{finding.path}{_record_name(finding)}", said)


def finding_values(finding: Finding) -> str:
    """Return the expected and the actual value; empty if the finding has neither."""
    if not (finding.expected or finding.actual):
        return ""
    return tr("期望 {expected}，实际 {actual}", expected=finding.expected, actual=finding.actual)


def _sentence(subject: str, said: str) -> str:
    return tr("：").join(part for part in (subject, said) if part)


def note_lines(notes: Sequence[Finding], most: int = 20) -> Iterator[str]:
    """Yield a line for each note, a finding that does not fail its check."""
    for note in notes[:most]:
        yield tr("提示：{note}", note=finding_line(note))
    if len(notes) > most:
        yield tr("… 另有 {n} 处", n=len(notes) - most)


def _record_name(finding: Finding) -> str:
    """Return the record as people count, with the replies that it is in: the first one is 第 1 条."""
    parts = [name for name in finding.replies if name not in finding.path and name not in finding.actual]
    if finding.record:
        index, record_id = finding.record
        parts.append(tr("第 {number} 条", number=index + 1))
        parts.append(f"id={record_id}")
    return tr("（{parts}）", parts=tr("，").join(parts)) if parts else ""


def broken_text(verdict: Verdict, error: HarnessError) -> str:
    """Return the block that a broken case shows: the problem, how to solve it, and the data that its
    teardown left behind.
    """
    step = next((step for step in verdict.flat() if step.status == "broken"), None)
    lines = [error_text(error, step)]
    if not isinstance(error, TeardownError):
        lines += teardown_lines(verdict)
    return "\n".join(lines)


def error_text(error: HarnessError, step: StepResult | None = None) -> str:
    """Return the problem of a broken case and how to solve it."""
    first, *others = error.problems
    lines = [tr("故障：{what}", what=visible(first.what))]
    if first.how:
        lines.append(tr("改法：{how}", how=first.how))
    if step is not None:
        lines.append(tr("步骤：{name}", name=visible(step.name)))
    if first.span is not None:
        lines += [tr("位置：{place}", place=first.span.place), *excerpt(first.span)]
    if isinstance(error, TeardownError):
        return "\n".join([*lines, tr("检查都已完成，没有不符；没有完成的是清理"), *map(render, others)])
    return "\n".join([*lines, tr("服务没有得到评判：问题在网络、环境、密钥或用例"), *map(render, others)])


def check_title(result: CheckResult) -> str:
    """Return the check in words, with the named alternative of it that held."""
    if not result.alternatives:
        return result.title
    names = tr("、").join(held.name for held in result.alternatives)
    return tr("{title}，成立的是：{names}", title=result.title, names=names)


def findings_table(findings: Sequence[Finding]) -> str:
    """Return the findings as CSV, which Allure shows as a table."""
    rows = [(tr("位置"), tr("第几条"), "id", tr("期望"), tr("实际"), tr("说明"))]
    for finding in findings:
        number = str(finding.record[0] + 1) if finding.record else ""
        key = finding.record[1] if finding.record else ""
        rows.append((finding.path, number, key, finding.expected, finding.actual, finding.what))
    return "\n".join(",".join(_csv_cell(cell) for cell in row) for row in rows)


def _csv_cell(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def case_file_places(error: CaseFailed | HarnessError) -> str:
    """Return the places in the case files that the error is about, one on each line."""
    if isinstance(error, CaseFailed):
        found = [
            result.span.place
            for result in error.verdict.all_results
            if result.status == "failed" and result.span
        ]
    else:
        found = [problem.span.place for problem in error.problems if problem.span]
    return "\n".join(dict.fromkeys(found))
