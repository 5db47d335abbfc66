"""Runs a case: its steps in order, then the checks over the whole case. The result is a Verdict.

This module knows nothing of pytest, of files or of reports.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from framework.base.errors import HarnessError, UnresolvedError
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Case, Definition, Step
from framework.cases.environments import environment_definitions
from framework.cases.template import Binding, Constant, Scope, render
from framework.cases.variables import overlay_definitions, resolve_definitions, variables_needed
from framework.checks.evaluate import evaluate
from framework.run.alternatives import compared_with_accepted
from framework.run.context import Bindings, RunContext
from framework.run.cookies import with_cookies
from framework.run.judge_step import any_failed
from framework.run.missing_secrets import refuse_missing_secrets
from framework.run.settle import settle, used_variables
from framework.run.steps import bind_given, run_step, title_of
from framework.run.teardown import run_teardown
from framework.run.teardown_result import with_teardown
from framework.run.verdict import CaseStatus, StepResult, Verdict


def run_case(case: Case, context: RunContext, fixtures: Mapping[str, object] | None = None) -> Verdict:
    """Run *case* and return its verdict. A HarnessError is never raised; it makes the verdict broken.

    *fixtures* become variables of their names, unless their values are not JSON.
    """
    verdict = _run_case(case, context, fixtures or {})
    # Whichever case needed it first has the login in its log: every request is in one.
    return replace(verdict, login=context.session.take_steps()) if context.session else verdict


def _run_case(case: Case, context: RunContext, fixtures: Mapping[str, object]) -> Verdict:
    started = time.time()
    if fixtures:
        context.changed()  # their effect is unknown
    try:
        bindings: Bindings = _initial_bindings(case, context, _json_values(fixtures))
    except HarnessError as error:
        return Verdict(case.id, case.id, "broken", (), error=error, started=started, stopped=time.time())
    progress = _Progress(bindings)
    context = with_cookies(context)
    try:
        _run_steps(case, context, progress)
    except BaseException:  # an interrupt, most likely: the teardown still removes the data of the case
        run_teardown(case.teardown, context, progress.bindings)
        raise
    teardown = run_teardown(case.teardown, context, progress.bindings)
    verdict = _verdict_of(case, case_title(case, bindings), progress.steps, progress.bindings, context)
    verdict = compared_with_accepted(verdict, context)
    verdict = settle(case, used_variables(case, verdict, progress.bindings), started, time.time())
    return with_teardown(verdict, teardown)


@dataclass
class _Progress:
    """The state of a case that runs: its variables and the results of its steps so far."""

    bindings: Bindings
    steps: list[StepResult] = field(default_factory=list)


def _run_steps(case: Case, context: RunContext, progress: _Progress) -> None:
    for step in case.steps:
        if _first_not_passed(progress.steps) is not None:
            progress.steps.append(StepResult(_step_name(step, progress.bindings), "skipped"))
            continue
        result, progress.bindings = run_step(step, context, progress.bindings)
        progress.steps.append(result)


def case_title(case: Case, bindings: Bindings) -> str:
    """Return the case's name with its references filled in; the case's id if one of them has no value."""
    try:
        return str(render(case.name, Scope(bindings)))
    except UnresolvedError:
        return case.id


def _initial_bindings(case: Case, context: RunContext, fixtures: Mapping[str, Json]) -> dict[str, Binding]:
    """Return the variables of the environment and the case, and the fixtures among them.

    Raises:
        ConfigError: a request needs a secret that is not set.
        LoginError: it needs a session, and the login failed.
    """
    environment = context.environment
    definitions = overlay_definitions(environment_definitions(environment), case.definitions)
    refuse_missing_secrets(case.all_steps, case.checks, definitions, environment)
    definitions = {**definitions, **_session_definitions(case, context, definitions)}
    given = {
        name: Definition(name, Constant(value, case.fixtures[name]), "fixture", case.fixtures[name])
        for name, value in fixtures.items()
    }
    bindings = resolve_definitions(overlay_definitions(definitions, given))
    # Like an extract, a fixture's value is masked as soon as it is sent as a credential.
    return {**bindings, **{name: replace(bindings[name], is_extracted=True) for name in given}}


def _session_definitions(
    case: Case, context: RunContext, definitions: Mapping[str, Definition]
) -> dict[str, Definition]:
    """Return the values of the session, if a request of the case needs one.

    Raises:
        LoginError: the login failed.
    """
    names = {
        name
        for name in context.environment.session_names
        if name in definitions and definitions[name].scope == "environment"
    }
    templates = [step.request for step in case.all_steps]
    templates += [step.call.arguments for step in case.all_steps if step.call]
    if context.session is None or not any(variables_needed(one, definitions) & names for one in templates):
        return {}
    values = context.session.needed_values()
    return {
        name: replace(definitions[name], value=Constant(value, case.span))
        for name, value in values.items()
        if name in names
    }


def _json_values(fixtures: Mapping[str, object]) -> dict[str, Json]:
    """Return the values that are JSON. Another may be a connection, which the case only wants to be open."""
    found: dict[str, Json] = {}
    for name, value in fixtures.items():
        with suppress(TypeError, ValueError, RecursionError):
            found[name] = json.loads(json.dumps(value, allow_nan=False))
    return found


def _step_name(step: Step, bindings: Bindings) -> str:
    try:
        return title_of(step, bind_given(step.use, bindings))
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
    return tr("；").join(filter(None, (problem.what, problem.how)))
