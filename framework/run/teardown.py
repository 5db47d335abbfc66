"""Runs the teardown of a case: its steps run whatever happened, and are reported apart from the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from framework.base.errors import Problem, TeardownError
from framework.base.messages import tr
from framework.cases.case import Step
from framework.cases.template import Constant, Template, TextTemplate, references
from framework.cases.traverse import names_in_step
from framework.checks.shown import short
from framework.run.context import Bindings, RunContext
from framework.run.steps import run_step
from framework.run.verdict import StepResult


def run_teardown(steps: Sequence[Step], context: RunContext, bindings: Bindings) -> tuple[StepResult, ...]:
    """Run every step, also after one that did not pass. A step whose names have no value is not sent."""
    results: list[StepResult] = []
    for step in steps:
        missing = _names_without_value(step, bindings)
        if missing:
            results.append(_not_sent(step, missing))
            continue
        result, bindings = run_step(step, context, bindings)
        results.append(result)
        if result.status in ("failed", "broken"):
            results[-1] = replace(result, left_behind=_left_behind(step, bindings))
    return tuple(results)


def _names_without_value(step: Step, bindings: Bindings) -> list[str]:
    """Return the variables of the step that have no value: the step that makes them did not come so far."""
    own = {step.for_each.name} if step.for_each else set()
    own |= {extract.name for extract in step.extracts}
    for layer in step.use.given if step.use else ():
        own |= layer.keys()
    return sorted(names_in_step(step) - own - bindings.keys())


def _not_sent(step: Step, missing: Sequence[str]) -> StepResult:
    what = tr("没有清理：{names} 没有值，请求没有发送", names=tr("、").join(missing))
    name = tr("清理：{name}", name=_as_written(step.name))
    return StepResult(name, "skipped", error=TeardownError(Problem("not-sent", what, "", step.span)))


def _as_written(name: Template) -> str:
    """Return a name as the user wrote it: its references may have no value."""
    if isinstance(name, TextTemplate):
        return "".join(part if isinstance(part, str) else f"${{{part.text}}}" for part in name.parts)
    return str(name.value) if isinstance(name, Constant) else ""


def _left_behind(step: Step, bindings: Bindings) -> tuple[str, ...]:
    """Return the extracted values that the request of a failed step names: the data they name may still
    exist.
    """
    named = {reference.name for reference in references(step.request) if reference.origin == "variable"}
    return tuple(
        f"{name}={short(bindings[name].value)}"
        for name in sorted(named & bindings.keys())
        if bindings[name].is_extracted
    )
