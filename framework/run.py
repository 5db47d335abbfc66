"""The one loop: a case, a ``send`` function and the checks become a verdict.

Knows nothing of pytest, of files or of what people read: it returns a record.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from framework.cases.case import Case, Extract, Retry, Step
from framework.cases.environments import Environment, environment_definitions
from framework.cases.request import MISSING, Request, build_request
from framework.cases.template import Binding, Scope, render
from framework.cases.variables import layer, needed, resolve_definitions
from framework.checks.evaluate import Context, evaluate
from framework.checks.locate import base_of, locate
from framework.checks.verdict import CaseStatus, CheckResult, Finding, StepResult, Verdict
from framework.engine.exchange import Exchange, Send
from framework.engine.tape import TapeMiss
from framework.errors import (
    ConfigError,
    ConnectError,
    CredentialError,
    HarnessError,
    Problem,
    TimedOutError,
    TransportError,
    UnresolvedError,
)
from framework.jsonpath import Json, format_location
from framework.messages import tr


@dataclass(frozen=True, slots=True)
class Run:
    """What all cases of a run share."""

    send: Send
    context: Context
    environment: Environment
    sleep: Callable[[float], None] = time.sleep


def run_case(case: Case, run: Run) -> Verdict:
    """Run the case and return what came of it; raises nothing of ours."""
    started = time.time()
    try:
        bindings = _bindings(case, run)
    except HarnessError as fault:
        return Verdict(case.id, case.id, "broken", (), error=fault, started=started, stopped=time.time())
    title = case_title(case, bindings)
    steps: list[StepResult] = []
    for step in case.steps:
        if steps and steps[-1].status != "passed":
            steps.append(StepResult(_name(step, bindings), "skipped"))
            continue
        result = _run_step(step, run, bindings)
        steps.append(result)
        bindings = {**bindings, **_extracted(step, result)}
    last = _stopped_at(steps)
    results = evaluate(case.checks, None, Scope(bindings), run.context) if last is None and case.checks else ()
    status, error = _outcome(last, results)
    return Verdict(case.id, title, status, tuple(steps), results, error, _reason(status, error), started, time.time())


def case_title(case: Case, bindings: Mapping[str, Binding]) -> str:
    """Return the case's name with its references filled in; its id where they cannot be."""
    try:
        return str(render(case.name, Scope(bindings)))
    except UnresolvedError:
        return case.id


def _bindings(case: Case, run: Run) -> dict[str, Binding]:
    definitions = layer(environment_definitions(run.environment), case.definitions)
    for step in case.steps:
        missing = needed(step.request, definitions) & set(run.environment.missing_secrets)
        for name in sorted(missing):
            variable = run.environment.secrets[name]
            raise ConfigError(Problem("secret-missing", tr("环境 {env} 的密钥 {name} 没有值", env=run.environment.name, name=name),
                                      tr("设置环境变量 {variable},或在 .env 里写 {variable}=…", variable=variable), step.span))
    return resolve_definitions(definitions)


def _stopped_at(steps: Sequence[StepResult]) -> StepResult | None:
    return next((step for step in steps if step.status not in ("passed",)), None)


def _outcome(stopped: StepResult | None, results: tuple[CheckResult, ...]) -> tuple[CaseStatus, HarnessError | None]:
    if stopped is not None:
        return stopped.status, stopped.error
    return ("failed" if any(result.status == "failed" for result in results) else "passed"), None


def _reason(status: CaseStatus, error: HarnessError | None) -> str:
    return error.problems[0].what if status == "skipped" and error else ""


# -- one step ----------------------------------------------------------------------------------------------------------


def _name(step: Step, bindings: Mapping[str, Binding]) -> str:
    try:
        return str(render(step.name, Scope(bindings)))
    except UnresolvedError:
        return tr("步骤")


def _run_step(step: Step, run: Run, bindings: Mapping[str, Binding]) -> StepResult:
    started = time.time()
    name = _name(step, bindings)
    exchange: Exchange | None = None
    results: tuple[CheckResult, ...] = ()
    try:
        rendered = render(step.request, Scope(bindings))
        request = build_request(rendered, run.environment.base_url, step.span)
        exchange = _send(request, step.retry, run)
        scope = Scope(bindings, request=rendered)
        results = evaluate(step.checks, exchange, scope, run.context)
        extracted, misses = _extract(step, exchange, scope) if not _failed(results) else ({}, ())
        results += misses
        if _failed(results):
            _refused_credentials(exchange, run.environment)
    except TapeMiss as error:
        return StepResult(name, "skipped", exchange, results, error=error, started=started, stopped=time.time())
    except HarnessError as error:
        return StepResult(name, "broken", exchange, results, error=error, started=started, stopped=time.time())
    status: CaseStatus = "failed" if _failed(results) else "passed"
    return StepResult(name, status, exchange, results, extracted, None, started, time.time())


def _failed(results: Sequence[CheckResult]) -> bool:
    return any(result.status == "failed" for result in results)


def _send(request: Request, retry: Retry | None, run: Run) -> Exchange:
    attempts = retry.attempts if retry else 1
    for attempt in range(1, attempts + 1):
        try:
            exchange = run.send(request)
        except TransportError as error:
            if attempt == attempts or retry is None or not _retries(error, retry):
                raise
        else:
            if attempt == attempts or retry is None or exchange.reply.status not in retry.on:
                return replace(exchange, attempts=attempt)
        run.sleep(retry.interval)
    raise AssertionError("unreachable")


def _retries(error: TransportError, retry: Retry) -> bool:
    return ("timeout" in retry.on and isinstance(error, TimedOutError)) or ("connection" in retry.on and isinstance(error, ConnectError))


def _refused_credentials(exchange: Exchange, environment: Environment) -> None:
    """Raise where the environment says that this status means: the credentials, not the service, are at fault."""
    status = exchange.reply.status
    if status not in environment.rejected_credentials:
        return
    for name, value in environment.secret_values.items():
        if value and any(value in field for field in exchange.request.headers.values()):
            variable = environment.secrets.get(name) or name
            raise CredentialError(Problem("credentials-rejected", tr("服务拒绝了密钥 {name}:HTTP {status}", name=name, status=status),
                                          tr("令牌可能过期:更新环境变量 {variable}", variable=variable)))


# -- extracts ----------------------------------------------------------------------------------------------------------


def _extract(step: Step, exchange: Exchange, scope: Scope) -> tuple[dict[str, Json], tuple[CheckResult, ...]]:
    """Return the extracted values, and a failed result for each extract that found nothing."""
    values: dict[str, Json] = {}
    misses: list[CheckResult] = []
    for extract in step.extracts:
        value, finding = _extract_one(extract, exchange, scope)
        if finding is None:
            values[extract.name] = value
        else:
            misses.append(CheckResult(tr("抽取 {name}", name=extract.name), "failed", 0, (finding,), extract.span))
    return values, tuple(misses)


def _extract_one(extract: Extract, exchange: Exchange, scope: Scope) -> tuple[Json, Finding | None]:
    selection = locate(extract.subject, base_of(exchange, scope))
    path, wanted = extract.subject.text, tr("有值可以抽取")
    if selection.unrecorded:
        return None, Finding(path, wanted, tr("未记录"))
    if selection.problem or (not selection.values and extract.subject.singular):
        return None, Finding(path, wanted, selection.problem or tr("路径没有选中任何值"))
    converted = []
    for located in selection.values:
        value = _convert(located.value, extract.convert)
        if value is MISSING:
            return None, Finding(format_location(located.location), tr("可以转换为 {kind}", kind=extract.convert), repr(located.value)[:80])
        if not (extract.distinct and value in converted):
            converted.append(value)
    return (converted[0] if extract.subject.singular and not extract.distinct else converted), None


def _convert(value: Json, kind: str | None) -> Json:
    if kind is None:
        return value
    if kind == "text":
        return value if isinstance(value, str) else str(value)
    try:
        return int(value) if kind == "integer" else float(value)
    except (TypeError, ValueError):
        return MISSING


def _extracted(step: Step, result: StepResult) -> dict[str, Binding]:
    return {extract.name: Binding(result.extracted[extract.name], f"extract {extract.span.place}")
            for extract in step.extracts if extract.name in result.extracted}
