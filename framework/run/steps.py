"""One step: its request rendered and sent, once or for each item, page or repetition; its checks and
extracts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from framework.base.errors import CredentialError, HarnessError, Problem, TransportError, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Retry, Step, Walk
from framework.cases.environments import Environment
from framework.cases.request import Request, build_request
from framework.cases.template import Binding, Scope, render
from framework.checks.context import EvaluationContext
from framework.checks.evaluate import evaluate
from framework.checks.extract import extract, gather
from framework.checks.invariants import invariants
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.http.exchange import Exchange, NotJsonError, Send
from framework.http.paginate import Page, Walked, ending_of, page_request, read_page, start_of
from framework.http.retry import matches_retry
from framework.run.verdict import CaseStatus, StepResult
from framework.tape.tape import TapeMiss

MAX_ROUNDS = 1000
Bindings = Mapping[str, Binding]


@dataclass(frozen=True, slots=True)
class Run:
    """What all cases of a run share. ``progress`` is told of each page of a long walk: title, pages so far,
    pages in all.
    """

    send: Send
    context: EvaluationContext
    environment: Environment
    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[str, int, int], None] = lambda title, done, total: None


def run_step(step: Step, run: Run, bindings: Bindings) -> tuple[StepResult, Bindings]:
    """Run a step; return what came of it, and the bindings with what it extracted."""
    if step.for_each is not None:
        result = _rounds(step, run, bindings)
    else:
        result = _guarded(step, run, bindings)
    extracted = {
        wanted.name: Binding(result.extracted[wanted.name], f"extract {wanted.span.place}")
        for wanted in step.extracts
        if wanted.name in result.extracted
    }
    return result, {**bindings, **extracted}


def _rounds(step: Step, run: Run, bindings: Bindings) -> StepResult:
    """Run the step for each item; a failed round does not hide the next, a broken one ends them."""
    started = time.time()
    assert step.for_each is not None
    try:
        values = _items(step, bindings)
    except HarnessError as fault:
        return StepResult(
            tr("for_each {name}", name=step.for_each.name),
            "broken",
            error=fault,
            started=started,
            stopped=time.time(),
        )
    parts: list[StepResult] = []
    for value in values:
        parts.append(
            _guarded(
                step,
                run,
                {**bindings, step.for_each.name: Binding(value, f"for_each {step.for_each.span.place}")},
            )
        )
        if parts[-1].status in ("broken", "skipped"):
            break
    results = (_at_least_one(step),) if not values else ()
    status = _worst([part.status for part in parts]) if values else "failed"
    error = next((part.error for part in parts if part.error), None)
    name = tr("for_each {name}:{n} 轮", name=step.for_each.name, n=len(parts))
    return StepResult(
        name,
        status,
        None,
        results,
        gather(step.extracts, [part.extracted for part in parts]),
        error,
        started,
        time.time(),
        tuple(parts),
        step,
    )


def _items(step: Step, bindings: Bindings) -> list[Json]:
    assert step.for_each is not None
    values = render(step.for_each.values, Scope(bindings))
    if not isinstance(values, list):
        raise UnresolvedError(
            Problem(
                "for-each-list",
                tr("for_each 要一个列表,得到 {value}", value=short(values)),
                "",
                step.for_each.span,
            )
        )
    if len(values) > MAX_ROUNDS:
        raise UnresolvedError(
            Problem(
                "for-each-long",
                tr("for_each 有 {n} 轮,上限 {limit}", n=len(values), limit=MAX_ROUNDS),
                "",
                step.for_each.span,
            )
        )
    return values


def _at_least_one(step: Step) -> CheckResult:
    assert step.for_each is not None
    return CheckResult(
        tr("for_each 至少一轮"),
        "failed",
        0,
        (Finding("for_each", tr("至少一项"), tr("空列表")),),
        step.for_each.span,
    )


def _worst(statuses: Sequence[CaseStatus]) -> CaseStatus:
    order: tuple[CaseStatus, ...] = ("broken", "skipped", "failed")
    return next((status for status in order if status in statuses), "passed")


def _guarded(step: Step, run: Run, bindings: Bindings) -> StepResult:
    """Run one round; an error of ours becomes a broken step, a request that a tape does not hold a skipped
    one.
    """
    started = time.time()
    name = tr("步骤")
    try:
        name = str(render(step.name, Scope(bindings)))
        rendered = render(step.request, Scope(bindings))
        result = _round(step, run, Scope(bindings, request=rendered), rendered)
    except TapeMiss as error:
        result = StepResult(name, "skipped", error=error)
    except HarnessError as error:
        result = StepResult(name, "broken", error=error)
    return replace(result, name=name, started=started, stopped=time.time())


def _round(step: Step, run: Run, scope: Scope, rendered: Json) -> StepResult:
    if step.walk is not None:
        return _walk(step, step.walk, run, scope, rendered)
    if step.repeat > 1:
        return _repeat(step, run, scope, rendered)
    return _judged(step, StepResult("", "passed", _send(rendered, step, run)), scope, run)


def _judged(step: Step, so_far: StepResult, scope: Scope, run: Run) -> StepResult:
    """Extract, then check, so that a check may name what its own step extracted; tell a refusal of our
    credentials from a failure of the service.
    """
    extracted, misses = extract(step.extracts, so_far.exchange, scope)
    named = {name: Binding(value, "extract") for name, value in extracted.items()}
    try:
        checked = evaluate(
            step.checks, so_far.exchange, replace(scope, variables={**scope.variables, **named}), run.context
        )
    except HarnessError as error:
        if not misses:  # else the value that is missing is told by its extract
            return replace(so_far, status="broken", error=error)
        checked = ()
    results = so_far.results + checked + (() if _failed(checked) else misses)
    failed = _failed(results) or any(part.status == "failed" for part in so_far.parts)
    refusal = (
        _refusal([part.exchange for part in so_far.flat() if part.exchange], run.environment)
        if failed
        else None
    )
    status: CaseStatus = "broken" if refusal else "failed" if failed else "passed"
    return replace(
        so_far, status=status, results=results, extracted=extracted, error=refusal, step=step, scope=scope
    )


def _failed(results: Sequence[CheckResult]) -> bool:
    return any(result.status == "failed" for result in results)


# -- sending


def _send(rendered: Json, step: Step, run: Run) -> Exchange:
    request = build_request(rendered, run.environment.base_url, step.span)
    if step.retry is None:
        return run.send(request)
    for attempt in range(1, step.retry.attempts):
        outcome = _attempt(run.send, request, step.retry)
        if outcome is not None:
            return replace(outcome, attempts=attempt)
        run.sleep(step.retry.interval)
    return replace(run.send(request), attempts=step.retry.attempts)


def _attempt(send: Send, request: Request, retry: Retry) -> Exchange | None:
    try:
        exchange = send(request)
    except TransportError as error:
        if not matches_retry(retry.on, error):
            raise
        return None
    return None if matches_retry(retry.on, exchange) else exchange


def _refusal(exchanges: Sequence[Exchange], environment: Environment) -> CredentialError | None:
    """Return an error where a failing reply has the status that, the environment says, means rejected
    credentials.
    """
    for exchange in exchanges:
        if exchange.reply.status not in environment.rejected_credentials:
            continue
        for name, value in environment.secret_values.items():
            if value and any(value in field for field in exchange.request.headers.values()):
                variable = environment.secrets.get(name) or name
                what = tr("服务拒绝了密钥 {name}:HTTP {status}", name=name, status=exchange.reply.status)
                return CredentialError(
                    Problem(
                        "credentials-rejected",
                        what,
                        tr("令牌可能过期:更新环境变量 {variable}", variable=variable),
                    )
                )
    return None


# -- several replies


def _part(step: Step, name: str, rendered: Json, run: Run, scope: Scope) -> StepResult:
    started = time.time()
    exchange = _send(rendered, step, run)
    results = evaluate(step.each_reply, exchange, replace(scope, request=rendered), run.context)
    status: CaseStatus = "failed" if _failed(results) else "passed"
    return StepResult(
        name,
        status,
        exchange,
        results,
        started=started,
        stopped=time.time(),
        step=step,
        scope=replace(scope, request=rendered),
    )


def _walk(step: Step, walk: Walk, run: Run, scope: Scope, rendered: Json) -> StepResult:
    first, size = start_of(rendered, walk)
    pages: list[Page] = []
    parts: list[StepResult] = []
    while not pages or not ending_of(walk, pages, size):
        number = first + len(pages)
        part = _part(
            step, tr("第 {number} 页", number=number), page_request(rendered, walk, number), run, scope
        )
        parts.append(part)
        assert part.exchange is not None
        pages.append(read_page(walk, number, part.exchange))
        run.progress(tr("翻页"), len(pages), -(-(pages[0].total or 0) // size))
    walked = Walked(walk, first, size, tuple(pages), ending_of(walk, pages, size))
    together = replace(scope, reply=walked.document)
    return _judged(
        step, StepResult("", "passed", None, invariants(walked), parts=tuple(parts)), together, run
    )


def _repeat(step: Step, run: Run, scope: Scope, rendered: Json) -> StepResult:
    parts = tuple(_part(step, tr("第 {n} 次", n=n), rendered, run, scope) for n in range(1, step.repeat + 1))
    exchanges = [part.exchange for part in parts if part.exchange]
    if any(
        exchange.replayed for exchange in exchanges
    ):  # one recording given out again says nothing of the service
        raise TapeMiss(Problem("tape-repeat", tr("录音只有一次答复,重复 {n} 次无从评判", n=step.repeat)))
    document = {
        "replies": [_json(exchange) for exchange in exchanges],
        "statuses": [exchange.reply.status for exchange in exchanges],
        "elapsed_ms": [exchange.reply.elapsed_ms for exchange in exchanges],
    }
    together = replace(scope, reply=document)
    return _judged(step, StepResult("", "passed", None, parts=parts), together, run)


def _json(exchange: Exchange) -> Json:
    try:
        return exchange.reply.json
    except NotJsonError:
        return None
