"""Refuses to send a request that needs a secret without a value; the empty text would be sent in its
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import CheckNode, Definition, Step
from framework.cases.environments import Environment
from framework.cases.template import references
from framework.cases.traverse import check_references, names_in_step, subject_variables


def refuse_missing_secrets(
    steps: Sequence[Step],
    checks: Sequence[CheckNode],
    definitions: Mapping[str, Definition],
    environment: Environment,
) -> None:
    """Look at everything that *steps* and the *checks* after them need, directly or through variables.

    Raises:
        ConfigError: a secret among it has no value.
    """
    if not environment.missing_secrets:
        return
    own = {name for step in steps for name in _named_by(step)}
    missing = {
        name
        for name in environment.missing_secrets
        if name not in own and name in definitions and definitions[name].scope == "environment"
    }
    if not missing:
        return
    for step in steps:
        _refuse(_needed(names_in_step(step), definitions) & missing, step.span, environment)
    names = {reference.name for reference, _ in check_references(checks) if reference.origin == "variable"}
    names |= {subject.name for subject in subject_variables(checks)}
    for check in checks[:1]:
        _refuse(_needed(names, definitions) & missing, check.span, environment)


def _named_by(step: Step) -> set[str]:
    given = {name for layer in (step.use.given if step.use else ()) for name in layer}
    looped = {step.for_each.name} if step.for_each else set[str]()
    return {step.name_after(extract.name) for extract in step.extracts} | given | looped


def _needed(names: Iterable[str], definitions: Mapping[str, Definition]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in definitions:
            needed = references(definitions[name].value)
            waiting += [reference.name for reference in needed if reference.origin == "variable"]
    return found


def _refuse(missing: set[str], span: Span, environment: Environment) -> None:
    if not missing:
        return
    name = min(missing)
    what = tr("环境 {env} 的密钥 {name} 没有值", env=environment.name, name=name)
    how = tr("设置环境变量 {variable}，或在 .env 里写 {variable}=…", variable=environment.secrets[name])
    raise ConfigError(Problem("secret-missing", what, how, span))
