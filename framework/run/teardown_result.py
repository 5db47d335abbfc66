"""Reports the result of a teardown: in the verdict of its case, and in a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from framework.base.errors import Problem, TeardownError
from framework.base.messages import tr
from framework.base.source import Span
from framework.run.verdict import StepResult, Verdict


def with_teardown(verdict: Verdict, teardown: tuple[StepResult, ...]) -> Verdict:
    """Return the verdict with the results of its teardown.

    A red verdict stays as it is. Any other becomes broken if the teardown did not succeed: data may be left
    behind, and the next cases may depend on it.
    """
    verdict = replace(verdict, teardown=teardown)
    failed = [step for step in teardown if step.status in ("failed", "broken")]
    if not failed or verdict.status in ("failed", "broken"):
        return verdict
    problems = [_problem(step) for step in failed]
    return replace(verdict, status="broken", error=TeardownError(*problems))


def teardown_lines(verdict: Verdict) -> Iterator[str]:
    """Yield a line for each step of the teardown that was not sent or did not succeed."""
    for step in verdict.teardown:
        if step.status in ("failed", "broken"):
            problem = _problem(step)
            yield tr("；").join(filter(None, (problem.what, problem.how)))
        elif step.error is not None:
            yield f"{step.name}{tr('：')}{step.error.problems[0].what}"


def _problem(step: StepResult) -> Problem:
    what = tr("{step} 没有成功：{reason}", step=step.name, reason=reason_of(step))
    how = ""
    if step.left_behind:
        how = tr("可能留下了数据，请手工清理：{data}", data=tr("、").join(step.left_behind))
    return Problem("teardown", what, how, _span(step))


def reason_of(step: StepResult) -> str:
    """Return in a few words why a step did not pass."""
    error = next((part.error for part in step.flat() if part.error is not None), None)
    if error is not None:
        return error.problems[0].what
    failed = [result for part in step.flat() for result in part.results if result.status == "failed"]
    findings = [finding for result in failed for finding in result.findings]
    if not findings:
        return failed[0].title if failed else tr("没有通过")
    first = findings[0]
    said = tr("期望 {expected}，实际 {actual}", expected=first.expected, actual=first.actual)
    return f"{first.path}{tr('：')}{first.what or said}"


def _span(step: StepResult) -> Span | None:
    error = next((part.error for part in step.flat() if part.error is not None), None)
    if error is not None:
        return error.problems[0].span
    spans = (result.span for part in step.flat() for result in part.results if result.status == "failed")
    return next(spans, None)
