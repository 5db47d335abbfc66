"""A verdict told to people: 结论, 期望, 实际, 位置, 复现. Pure text; the caller masks it and decides where it
goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from framework.base.errors import HarnessError, render
from framework.base.messages import tr
from framework.base.source import excerpt, visible
from framework.checks.result import CheckResult, Finding
from framework.run.verdict import CaseFailed, StepResult, Verdict

MAX_RESULTS = 5
MAX_FINDINGS = 5
MAX_VARIABLES = 3
_STATUS = {
    "passed": "通过",
    "failed": "不符",
    "broken": "故障",
    "skipped": "未执行",
    "unrecorded": "未记录",
    "known": "已知缺陷",
    "warned": "警告",
}


def status_word(status: str) -> str:
    """Return 通过, 不符, 故障, 未执行 or 未记录."""
    return tr(_STATUS[status])


def headline(verdict: Verdict) -> str:
    """Return the verdict in one line, the first fault with it: what a summary, a chat message or a list
    shows.
    """
    if verdict.status in ("known", "skipped") and verdict.reason:
        return visible(verdict.reason)
    if verdict.error is not None:
        return visible(verdict.error.problems[0].what)
    total = len(verdict.all_results)
    failed = [result for result in verdict.all_results if result.status == "failed"]
    if not failed:
        unrecorded = sum(result.status == "unrecorded" for result in verdict.all_results)
        told = tr("全部 {n} 项检查通过", n=total - unrecorded)
        return told + (tr(",另有 {n} 项未记录,没有评判", n=unrecorded) if unrecorded else "")
    first = failed[0].findings[0] if failed[0].findings else None
    shown = finding_line(first) if first else failed[0].title
    if verdict.status == "warned" and verdict.reason:
        shown = f"{visible(verdict.reason)}{tr(';')}{shown}"
    return tr("{shown}({total} 项检查中 {n} 项不符)", shown=shown, total=total, n=len(failed))


def failure_text(verdict: Verdict, curl: str = "") -> str:
    """Return the block a failing case shows: at most some twenty lines, whatever the reply was."""
    several = sum(1 for _ in verdict.flat()) > 1
    failed = [
        (step.name if several else "", result)
        for step in verdict.flat()
        for result in step.results
        if result.status == "failed"
    ]
    failed += [("", result) for result in verdict.results if result.status == "failed"]
    lines = [
        tr("结论: {headline}", headline=headline(verdict)),
        tr("用例: {title}", title=visible(verdict.title)),
    ]
    told = ""
    for name, result in failed[:MAX_RESULTS]:
        if name and name != told:
            lines.append(tr("步骤: {name}", name=visible(name)))
            told = name
        lines += _result_lines(result, MAX_FINDINGS if len(failed) == 1 else 2)
    if len(failed) > MAX_RESULTS:
        lines.append(tr("… 另有 {n} 项检查不符", n=len(failed) - MAX_RESULTS))
    lines += [
        tr(
            "变量: {name} = {value},来自 {origin}",
            name=used.name,
            value=visible(used.value),
            origin=used.origin,
        )
        for used in verdict.variables[:MAX_VARIABLES]
    ]
    if curl:
        lines.append(tr("复现: {curl}", curl=curl))
    return "\n".join(lines)


def _result_lines(result: CheckResult, most: int) -> Iterator[str]:
    yield f"✗ {result.title}"
    for finding in result.findings[:most]:
        yield from (f"    {line}" for line in finding_lines(finding))
    if len(result.findings) > most:
        yield "    " + tr("… 另有 {n} 处", n=len(result.findings) - most)
    if result.span is not None:
        yield "    " + tr("位置: {place}", place=result.span.place)


def finding_lines(finding: Finding) -> list[str]:
    """Return where, then expected and actual, as one line where they are short."""
    if len(finding.expected) + len(finding.actual) <= 90:
        return [finding_line(finding)]
    head = f"{finding.path}{_record(finding)} {finding.what}".rstrip()
    return [
        head,
        "  " + tr("期望: {expected}", expected=finding.expected),
        "  " + tr("实际: {actual}", actual=finding.actual),
    ]


def finding_line(finding: Finding) -> str:
    """Return a finding as one line."""
    values = (
        tr("期望 {expected},实际 {actual}", expected=finding.expected, actual=finding.actual)
        if finding.expected or finding.actual
        else ""
    )
    return " ".join(filter(None, (f"{finding.path}{_record(finding)}", finding.what, values)))


def note_lines(notes: Sequence[Finding], most: int = 20) -> Iterator[str]:
    """Yield what fails nothing and is worth a look, a line each."""
    for note in notes[:most]:
        yield tr("提示: {note}", note=finding_line(note))
    if len(notes) > most:
        yield tr("… 另有 {n} 处", n=len(notes) - most)


def _record(finding: Finding) -> str:
    return (
        tr("(序号 {index},id={id})", index=finding.record[0], id=finding.record[1]) if finding.record else ""
    )


def error_text(error: HarnessError, step: StepResult | None = None) -> str:
    """Return the block a broken case shows: what, and what to do."""
    first, *others = error.problems
    lines = [tr("故障: {what}", what=visible(first.what))]
    lines += [tr("改法: {how}", how=first.how)] if first.how else []
    lines += [tr("步骤: {name}", name=visible(step.name))] if step is not None else []
    lines += (
        [tr("位置: {place}", place=first.span.place), *excerpt(first.span)] if first.span is not None else []
    )
    return "\n".join([*lines, tr("服务没有得到评判:问题在网络、环境、密钥或用例"), *map(render, others)])


def table(findings: Sequence[Finding]) -> str:
    """Return the findings as CSV, for a report that renders it as a table."""
    rows = [(tr("位置"), tr("序号"), "id", tr("期望"), tr("实际"), tr("说明"))]
    for finding in findings:
        index, key = finding.record or ("", "")
        rows.append((finding.path, str(index), key, finding.expected, finding.actual, finding.what))
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)


def places(error: CaseFailed | HarnessError) -> str:
    """Return where it is written what went wrong, a line each."""
    if isinstance(error, CaseFailed):
        found = [
            result.span.place
            for result in error.verdict.all_results
            if result.status == "failed" and result.span
        ]
    else:
        found = [problem.span.place for problem in error.problems if problem.span]
    return "\n".join(dict.fromkeys(found))
