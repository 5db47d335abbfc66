"""Judges a step after its replies have arrived: extracts values, evaluates checks, decides the status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from framework.base.errors import HarnessError, NotAskedError, Problem, UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Step
from framework.cases.template import Binding, Scope, with_extracts
from framework.checks.evaluate import checks_status, evaluate, judge_together
from framework.checks.extract import extract
from framework.checks.result import CheckResult
from framework.run.context import RunContext
from framework.run.credentials import hide_extracted
from framework.run.rejections import rejected_credentials
from framework.run.verdict import CaseStatus, StepResult


def judge_step(step: Step, so_far: StepResult, scope: Scope, context: RunContext) -> StepResult:
    """Complete *so_far*, the step with its replies, by extracted values, check results and a status.

    If a check fails because the service rejected our credentials, the step is broken, not failed.
    """
    # Extracts come first, so that a check may use a value that its own step extracted.
    try:
        extracted, misses = extract(step.extracts, so_far.exchange, scope, context.hooks)
        hide_extracted(step.extracts, extracted, context)
    except HarnessError as error:
        return replace(so_far, status="broken", error=error)
    bindings = {name: Binding(value, "extract") for name, value in extracted.items()}
    check_scope = replace(scope, variables=with_extracts(scope.variables, bindings))
    try:
        missing_data = _missing_data(step, so_far, check_scope, context)
        if missing_data is not None:
            return replace(so_far, status="skipped", extracted=extracted, error=missing_data)
        checked = evaluate(
            step.checks, so_far.exchange, check_scope, context.checks, status_is_checked=_until_status(step)
        )
    except HarnessError as error:
        if not misses:
            return replace(so_far, status="broken", error=error)
        # Probably a check used a value that could not be extracted. The miss is the clearer message.
        checked = ()
    results = so_far.results + checked
    if not any_failed(checked):
        # Otherwise a miss would only repeat the news of a failed check.
        results += misses
    failed = any_failed(results) or any(part.status == "failed" for part in so_far.parts)
    rejection = _find_rejection(so_far, context) if failed else None
    status: CaseStatus = "passed"
    if failed:
        status = "broken" if rejection else "failed"
    return replace(
        so_far, status=status, results=results, extracted=extracted, error=rejection, step=step, scope=scope
    )


def _missing_data(step: Step, so_far: StepResult, scope: Scope, context: RunContext) -> NotAskedError | None:
    """Return why the case makes no sense with the data of the service; None if it does.

    It is also None if the reply is wrong in itself: then the checks judge it, so that a fault never skips the
    case that would show it.
    """
    replies = (*so_far.results, *(result for part in so_far.parts for result in part.results))
    if step.skip_unless is None or any_failed(replies):
        return None
    try:
        state, results = judge_together(step.skip_unless.conditions, so_far.exchange, scope, context.checks)
    except UnresolvedError:  # a value could not be extracted
        return None
    if state != "violated":
        return None
    finding = next(finding for result in results for finding in result.findings)
    why = step.skip_unless.reason
    reason = tr("{reason}（{place}：{actual}）", reason=why, place=finding.path, actual=finding.actual)
    return NotAskedError(Problem("not-asked", reason, "", step.skip_unless.span))


def _until_status(step: Step) -> bool:
    return step.wait_for is not None and checks_status(step.wait_for.until)


def any_failed(results: Sequence[CheckResult]) -> bool:
    return any(result.status == "failed" for result in results)


def _find_rejection(result: StepResult, context: RunContext) -> HarnessError | None:
    exchanges = [part.exchange for part in result.flat() if part.exchange]
    return rejected_credentials(exchanges, context)
