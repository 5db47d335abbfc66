"""The one loop: a case, a ``send`` function and the checks become a verdict.

Knows nothing of pytest, of files or of what people read: it returns a record.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from framework.base.errors import ConfigError, HarnessError, Problem, UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Case, Step
from framework.cases.environments import environment_definitions
from framework.cases.template import Binding, Scope, render
from framework.cases.variables import overlay_definitions, resolve_definitions, variables_needed
from framework.checks.evaluate import Context, evaluate
from framework.run.settle import settle, used_variables
from framework.run.steps import Run, run_step
from framework.run.verdict import CaseStatus, StepResult, Verdict


def run_case(case: Case, run: Run) -> Verdict:
    """Run the case and return what came of it; raises nothing of ours."""
    started = time.time()
    try:
        bindings: Mapping[str, Binding] = _bindings(case, run)
    except HarnessError as fault:
        return Verdict(case.id, case.id, "broken", (), error=fault, started=started, stopped=time.time())
    title = case_title(case, bindings)
    steps: list[StepResult] = []
    for step in case.steps:
        if _stopped(steps):
            steps.append(StepResult(_name(step, bindings), "skipped"))
            continue
        result, bindings = run_step(step, run, bindings)
        steps.append(result)
    verdict = _finish(case, title, steps, bindings, run.context)
    return settle(case, used_variables(case, verdict, bindings), started, time.time())


def case_title(case: Case, bindings: Mapping[str, Binding]) -> str:
    """Return the case's name with its references filled in; its id where they cannot be."""
    try:
        return str(render(case.name, Scope(bindings)))
    except UnresolvedError:
        return case.id


def _bindings(case: Case, run: Run) -> dict[str, Binding]:
    definitions = overlay_definitions(environment_definitions(run.environment), case.definitions)
    for step in case.steps:
        for name in sorted(
            variables_needed(step.request, definitions) & set(run.environment.missing_secrets)
        ):
            variable = run.environment.secrets[name]
            raise ConfigError(
                Problem(
                    "secret-missing",
                    tr("环境 {env} 的密钥 {name} 没有值", env=run.environment.name, name=name),
                    tr("设置环境变量 {variable},或在 .env 里写 {variable}=…", variable=variable),
                    step.span,
                )
            )
    return resolve_definitions(definitions)


def _name(step: Step, bindings: Mapping[str, Binding]) -> str:
    try:
        return str(render(step.name, Scope(bindings)))
    except UnresolvedError:
        return tr("步骤")


def _stopped(steps: Sequence[StepResult]) -> StepResult | None:
    return next((step for step in steps if step.status != "passed"), None)


def _finish(
    case: Case, title: str, steps: Sequence[StepResult], bindings: Mapping[str, Binding], context: Context
) -> Verdict:
    """Judge the case after its last step."""
    stopped = _stopped(steps)
    if stopped is not None:
        first = stopped.error.problems[0] if stopped.status == "skipped" and stopped.error else None
        reason = tr(";").join(filter(None, (first.what, first.how))) if first else ""
        return Verdict(case.id, title, stopped.status, tuple(steps), error=stopped.error, reason=reason)
    try:
        results = evaluate(case.checks, None, Scope(bindings), context) if case.checks else ()
    except HarnessError as fault:
        return Verdict(case.id, title, "broken", tuple(steps), error=fault)
    failed = any(result.status == "failed" for result in results)
    status: CaseStatus = "failed" if failed else "passed"
    return Verdict(case.id, title, status, tuple(steps), results)
