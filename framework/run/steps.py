"""Runs one step: renders its request, sends it once or for each item, and judges the replies."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from framework.base.errors import HarnessError, Problem, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import ForEach, Step, Use
from framework.cases.template import Binding, Scope, render, with_extracts
from framework.cases.variables import describe_origin
from framework.checks.extract import gather
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.run.calls import run_call
from framework.run.context import Bindings, RunContext
from framework.run.credentials import hide_sent
from framework.run.judge_step import judge_step
from framework.run.sending import send_request
from framework.run.several_replies import run_repeated, run_walk
from framework.run.verdict import CaseStatus, StepResult
from framework.run.wait_for import run_until
from framework.tape.miss import TapeMiss

MAX_ROUNDS = 1000


def run_step(step: Step, context: RunContext, bindings: Bindings) -> tuple[StepResult, Bindings]:
    """Run *step* and return its result, and *bindings* with the values that it extracted."""
    if step.for_each is not None:
        result = _run_for_each(step, step.for_each, context, bindings)
    else:
        result = _run_round(step, context, bindings)
    extracted = {
        step.name_after(wanted.name): Binding(
            result.extracted[wanted.name],
            f"extract {wanted.span.place}",
            is_extracted=True,
            is_public=wanted.secret is False,
        )
        for wanted in step.extracts
        if wanted.name in result.extracted
    }
    return result, with_extracts(bindings, extracted)


# -- rounds of for_each


def _run_for_each(step: Step, for_each: ForEach, context: RunContext, bindings: Bindings) -> StepResult:
    """Run the step once for each item.

    The rounds go on after a failed one, since each may show another defect. They end after a broken one,
    since the cause would most likely break the others too.
    """
    started = time.time()
    try:
        is_inside = step.use is not None and not step.use.loops
        values = _for_each_values(for_each, bind_given(step.use, bindings) if is_inside else bindings)
    except HarnessError as error:
        name = tr("for_each {name}", name=for_each.name)
        return StepResult(name, "broken", error=error, started=started, stopped=time.time())
    rounds: list[StepResult] = []
    for value in values:
        item = Binding(value, f"for_each {for_each.span.place}")
        rounds.append(_run_round(step, context, {**bindings, for_each.name: item}))
        if rounds[-1].status in ("broken", "skipped"):
            break
    return StepResult(
        tr("for_each {name}：{n} 轮", name=for_each.name, n=len(rounds)),
        status=_worst_status([result.status for result in rounds]) if rounds else "failed",
        results=() if rounds else (_no_round_result(for_each),),
        extracted=gather(step.extracts, [result.extracted for result in rounds]),
        error=next((result.error for result in rounds if result.error), None),
        started=started,
        stopped=time.time(),
        parts=tuple(rounds),
        step=step,
    )


def _for_each_values(for_each: ForEach, bindings: Bindings) -> list[Json]:
    values = render(for_each.values, Scope(bindings))
    if not isinstance(values, list):
        what = tr("for_each 要一个列表，得到 {value}", value=short(values))
        raise UnresolvedError(Problem("for-each-list", what, "", for_each.span))
    if len(values) > MAX_ROUNDS:
        what = tr("for_each 有 {n} 轮，上限 {limit}", n=len(values), limit=MAX_ROUNDS)
        raise UnresolvedError(Problem("for-each-long", what, "", for_each.span))
    return values


def _no_round_result(for_each: ForEach) -> CheckResult:
    # A loop over nothing checks nothing, so it must not pass.
    finding = Finding("for_each", tr("至少一项"), tr("空列表"))
    return CheckResult(tr("for_each 至少一轮"), "failed", 0, (finding,), for_each.span)


def _worst_status(statuses: Sequence[CaseStatus]) -> CaseStatus:
    worst_first: tuple[CaseStatus, ...] = ("broken", "skipped", "failed")
    return next((status for status in worst_first if status in statuses), "passed")


# -- one round


def _run_round(step: Step, context: RunContext, bindings: Bindings) -> StepResult:
    """Run the step once; errors become its status.

    A HarnessError makes the step broken. A request that a tape does not hold makes it skipped: nothing was
    judged.
    """
    started = time.time()
    name = tr("步骤")
    try:
        bindings = bind_given(step.use, bindings)
        name = title_of(step, bindings)
        rendered = render(step.request, Scope(bindings))
        hide_sent(rendered, bindings, step.span, context)
        result = _send_and_judge(step, context, Scope(bindings, request=rendered), rendered)
    except TapeMiss as error:
        result = StepResult(name, "skipped", error=error)
    except HarnessError as error:
        result = StepResult(name, "broken", error=error)
    return replace(result, name=name, started=started, stopped=time.time())


def bind_given(use: Use | None, bindings: Bindings) -> Bindings:
    """Return *bindings* with the variables of ``with``, which hide all others but those of ``--var``.

    Raises:
        UnresolvedError: a reference in them has no value.
    """
    for layer in use.given if use else ():
        scope = Scope(bindings)
        given = {
            name: Binding(render(definition.value, scope), describe_origin(definition))
            for name, definition in layer.items()
        }
        bindings = with_extracts(bindings, given)
    return bindings


def title_of(step: Step, bindings: Bindings) -> str:
    """Return the name of *step* with its references filled in, and with its part of the case.

    Raises:
        UnresolvedError: a reference in it has no value.
    """
    name = str(render(step.name, Scope(bindings)))
    if step.phase == "setup":
        return tr("准备：{name}", name=name)
    return tr("清理：{name}", name=name) if step.phase == "teardown" else name


def _send_and_judge(step: Step, context: RunContext, scope: Scope, rendered: Json) -> StepResult:
    if step.call is not None:
        return run_call(step, step.call, context, scope)
    if step.walk is not None:
        return run_walk(step, step.walk, context, scope, rendered)
    if step.repeat > 1:
        return run_repeated(step, context, scope, rendered)
    if step.wait_for is not None:
        return run_until(step, step.wait_for, context, scope, rendered)
    exchange = send_request(rendered, step, context)
    return judge_step(step, StepResult("", "passed", exchange), scope, context)
