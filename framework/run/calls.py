"""Runs a step that calls a function of the team: the JSON that it returns takes the place of a reply."""

from __future__ import annotations

from dataclasses import replace

from framework.cases.case import HookCall, Step
from framework.cases.template import Scope, render
from framework.run.context import RunContext
from framework.run.judge_step import judge_step
from framework.run.verdict import StepResult


def run_call(step: Step, call: HookCall, context: RunContext, scope: Scope) -> StepResult:
    """Call the function with its ``with``, then judge its result.

    Raises:
        HookError: the function raised, or returned no JSON or too much of it.
    """
    function = context.hooks("functions")[call.name]
    arguments = render(call.arguments, scope)
    limit = context.environment.max_reply
    if not step.read_only:
        context.changed()
    returned = context.taped_call(call.name, lambda: function.json(function(**arguments), limit))
    so_far = StepResult("", "passed", returned=returned)
    return judge_step(step, so_far, replace(scope, reply=returned), context)
