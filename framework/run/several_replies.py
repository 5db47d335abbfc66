"""Runs steps that send several requests: a walk over pages, and ``repeat``.

Each reply is first checked alone (``each_reply``). Then the step's checks judge one document made of all
replies.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Step, Walk
from framework.cases.template import Scope
from framework.checks.evaluate import evaluate
from framework.checks.invariants import invariants
from framework.checks.result import Finding
from framework.http.exchange import Exchange, NotJsonError
from framework.http.paginate import LARGEST_PAGE, Walker
from framework.run.context import RunContext
from framework.run.judge_step import any_failed, judge_step
from framework.run.sending import send_request
from framework.run.verdict import CaseStatus, StepResult
from framework.tape.miss import TapeMiss

_ITEM = re.compile(r"\$\.(?:items|replies|statuses|elapsed_ms)\[(\d+)\]")


def run_walk(step: Step, walk: Walk, context: RunContext, scope: Scope, rendered: Json) -> StepResult:
    """Request one page after the other until the walk ends, then judge all pages together."""
    walker = Walker(walk, rendered, largest_page(scope))
    parts: list[StepResult] = []
    while not walker.ending:
        title = tr("第 {number} 页", number=walker.number)
        part = _run_part(step, title, walker.next_request(), context, scope)
        parts.append(part)
        assert part.exchange is not None
        walker.add(part.exchange)
        expected_pages = -(-(walker.pages[0].total or 0) // walker.size) if walker.size else 0  # rounded up
        context.progress(tr("翻页"), len(walker.pages), expected_pages)
    walked = walker.walked
    so_far = StepResult("", "passed", results=invariants(walked), parts=tuple(parts))
    result = judge_step(step, so_far, replace(scope, reply=walked.document), context)
    names = [part.name for part, page in zip(parts, walked.pages, strict=True) for _ in page.items]
    return _with_reply_names(result, names)


def largest_page(scope: Scope) -> Json:
    """Return the most records that the service puts on a page, if the environment declares it."""
    declared = scope.variables.get(LARGEST_PAGE)
    return declared.value if declared is not None else None


def run_repeated(step: Step, context: RunContext, scope: Scope, rendered: Json) -> StepResult:
    """Send the same request ``repeat`` times, then judge the replies together.

    Raises:
        TapeMiss: the replies come from a tape that has fewer.
    """
    parts = tuple(
        _run_part(step, tr("第 {n} 次", n=number), rendered, context, scope)
        for number in range(1, step.repeat + 1)
    )
    exchanges = [part.exchange for part in parts if part.exchange]
    if any(exchange.answered_before for exchange in exchanges):
        # The same recording again proves nothing about the service.
        what = tr("录制数据里的答复不到 {n} 次，重复无从评判", n=step.repeat)
        raise TapeMiss(Problem("tape-repeat", what))
    document = {
        "replies": [_json_or_none(exchange) for exchange in exchanges],
        "statuses": [exchange.reply.status for exchange in exchanges],
        "elapsed_ms": [exchange.reply.elapsed_ms for exchange in exchanges],
    }
    so_far = StepResult("", "passed", parts=parts)
    result = judge_step(step, so_far, replace(scope, reply=document), context)
    return _with_reply_names(result, [part.name for part in parts])


def _run_part(step: Step, name: str, rendered: Json, context: RunContext, scope: Scope) -> StepResult:
    """Send one of several requests and evaluate the checks for each reply."""
    started = time.time()
    exchange = send_request(rendered, step, context)
    part_scope = replace(scope, request=rendered)
    results = evaluate(step.each_reply, exchange, part_scope, context.checks)
    status: CaseStatus = "failed" if any_failed(results) else "passed"
    return StepResult(
        name,
        status,
        exchange,
        results,
        started=started,
        stopped=time.time(),
        step=step,
        scope=part_scope,
    )


def _with_reply_names(result: StepResult, names: Sequence[str]) -> StepResult:
    """Add to each finding the reply that its item comes from; *names* has the reply of each item."""
    if result.status != "failed":
        return result
    return replace(
        result,
        results=tuple(
            replace(check, findings=tuple(_named(finding, names) for finding in check.findings))
            for check in result.results
        ),
    )


def _named(finding: Finding, names: Sequence[str]) -> Finding:
    item = _ITEM.match(finding.path)
    at = int(item[1]) if item else len(names)
    return replace(finding, replies=(names[at],)) if at < len(names) and not finding.replies else finding


def _json_or_none(exchange: Exchange) -> Json:
    try:
        return exchange.reply.json
    except NotJsonError:
        return None
