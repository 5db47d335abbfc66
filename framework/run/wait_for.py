"""Runs a step with ``wait_for``: sends its request until the reply passes the checks of ``until``."""

from __future__ import annotations

from dataclasses import replace

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Step, WaitFor
from framework.cases.template import Scope
from framework.checks.evaluate import evaluate
from framework.checks.result import CheckResult, Finding
from framework.run.context import RunContext
from framework.run.judge_step import any_failed, judge_step
from framework.run.rejections import rejected_credentials
from framework.run.sending import send_request
from framework.run.verdict import StepResult
from framework.tape.miss import TapeMiss


def run_until(step: Step, wait: WaitFor, context: RunContext, scope: Scope, rendered: Json) -> StepResult:
    """Send the request until ``until`` holds or the time is over, then judge the last reply.

    Raises:
        TapeMiss: no recorded reply passes, and the tape has no further one.
    """
    started = context.clock()
    sent = 0
    while True:
        exchange = send_request(rendered, step, context)
        sent += 1
        results = evaluate(wait.until, exchange, scope, context.checks)
        waited = context.clock() - started
        if not any_failed(results) or waited + wait.interval > wait.timeout:
            break
        if rejected_credentials([exchange], context):
            break  # they stay rejected, however long one waits
        if exchange.answered_before:
            raise TapeMiss(Problem("tape-wait", tr("录制数据里没有 until 成立的答复")))
        context.sleep(wait.interval)
    waiting = _waiting_result(wait, results, sent, waited)
    exchange = replace(exchange, attempts=sent + exchange.attempts - 1)
    return judge_step(step, StepResult("", "passed", exchange, results=(waiting,)), scope, context)


def _waiting_result(wait: WaitFor, results: tuple[CheckResult, ...], sent: int, waited: float) -> CheckResult:
    title = tr("wait_for：{checks}", checks=tr("、").join(result.title for result in results))
    evaluated = sum(result.evaluated for result in results)
    if not any_failed(results):
        return CheckResult(title, "passed", evaluated, (), wait.span)
    findings = tuple(finding for result in results for finding in result.findings) or (
        Finding("wait_for", tr("until 成立"), tr("不成立")),
    )
    what = tr("等了 {waited:.1f} 秒、问了 {n} 次仍不成立", waited=waited, n=sent)
    first = replace(findings[0], what=tr("；").join(filter(None, (what, findings[0].what))))
    return CheckResult(title, "failed", evaluated, (first, *findings[1:]), wait.span)
