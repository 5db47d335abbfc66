"""Runs a case: its steps in order, then the checks over the whole case. The result is a Verdict.

This module knows nothing of pytest, of files or of reports.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from framework.base.errors import ConfigError, HarnessError, Problem, UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Case, Step
from framework.cases.environments import environment_definitions
from framework.cases.template import Binding, Scope, render
from framework.cases.variables import overlay_definitions, resolve_definitions, variables_needed
from framework.checks.evaluate import evaluate
from framework.run.context import Bindings, RunContext
from framework.run.judge_step import any_failed
from framework.run.settle import settle, used_variables
from framework.run.steps import run_step
from framework.run.verdict import CaseStatus, StepResult, Verdict


def run_case(case: Case, context: RunContext) -> Verdict:
    """Run *case* and return its verdict. A HarnessError is never raised; it makes the verdict broken."""
    started = time.time()
    try:
        bindings: Bindings = _initial_bindings(case, context)
    except HarnessError as error:
        return Verdict(case.id, case.id, "broken", (), error=error, started=started, stopped=time.time())
    title = case_title(case, bindings)
    steps: list[StepResult] = []
    for step in case.steps:
        if _first_not_passed(steps) is not None:
            steps.append(StepResult(_step_name(step, bindings), "skipped"))
            continue
        result, bindings = run_step(step, context, bindings)
        steps.append(result)
    verdict = _verdict_of(case, title, steps, bindings, context)
    return settle(case, used_variables(case, verdict, bindings), started, time.time())


def case_title(case: Case, bindings: Bindings) -> str:
    """Return the case's name with its references filled in; the case's id if one of them has no value."""
    try:
        return str(render(case.name, Scope(bindings)))
    except UnresolvedError:
        return case.id


def _initial_bindings(case: Case, context: RunContext) -> dict[str, Binding]:
    """Return the variables of the environment and the case.

    Raises:
        ConfigError: a request needs a secret that is not set.
    """
    environment = context.environment
    definitions = overlay_definitions(environment_definitions(environment), case.definitions)
    for step in case.steps:
        missing = variables_needed(step.request, definitions) & set(environment.missing_secrets)
        if missing:
            raise ConfigError(_missing_secret(min(missing), step, context))
    return resolve_definitions(definitions)


def _missing_secret(name: str, step: Step, context: RunContext) -> Problem:
    variable = context.environment.secrets[name]
    return Problem(
        "secret-missing",
        tr("环境 {env} 的密钥 {name} 没有值", env=context.environment.name, name=name),
        tr("设置环境变量 {variable},或在 .env 里写 {variable}=…", variable=variable),
        step.span,
    )


def _step_name(step: Step, bindings: Bindings) -> str:
    try:
        return str(render(step.name, Scope(bindings)))
    except UnresolvedError:
        return tr("步骤")


def _first_not_passed(steps: Sequence[StepResult]) -> StepResult | None:
    return next((step for step in steps if step.status != "passed"), None)


def _verdict_of(
    case: Case, title: str, steps: Sequence[StepResult], bindings: Bindings, context: RunContext
) -> Verdict:
    """Return the verdict of the finished steps; if all passed, it depends on the checks of the case."""
    decisive = _first_not_passed(steps)
    if decisive is not None:
        reason = _skip_reason(decisive)
        return Verdict(case.id, title, decisive.status, tuple(steps), error=decisive.error, reason=reason)
    try:
        results = evaluate(case.checks, None, Scope(bindings), context.checks) if case.checks else ()
    except HarnessError as error:
        return Verdict(case.id, title, "broken", tuple(steps), error=error)
    status: CaseStatus = "failed" if any_failed(results) else "passed"
    return Verdict(case.id, title, status, tuple(steps), results)


def _skip_reason(step: StepResult) -> str:
    if step.status != "skipped" or step.error is None:
        return ""
    problem = step.error.problems[0]
    return tr(";").join(filter(None, (problem.what, problem.how)))
