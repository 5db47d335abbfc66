"""Warns about ``type`` checks on plain paths that a contract in the same step already covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.cases.case import Check, CheckNode, Each, MatcherCall
from framework.cases.template import Constant
from framework.checks.contract_facts import types_at
from framework.checks.schema import CompiledContract
from framework.run.project import Project

Steps = tuple[int | str | None, ...]


def redundant_types(project: Project) -> Iterator[Problem]:
    """Yield a warning for each ``type`` check that cannot fail if the contract holds."""
    for case in project.cases:
        for step in case.steps:
            for checks in (step.checks, step.each_reply):
                yield from _covered_types(checks, project)


def _covered_types(checks: tuple[CheckNode, ...], project: Project) -> Iterator[Problem]:
    for name, root, schema_call in _contract_calls(checks):
        contract = _contract(project, name)
        if contract is None:
            continue
        for steps, call in _calls(checks, ()):
            # In another file, the check may be shared with suites that have no contract.
            same_file = call.span.source.name == schema_call.span.source.name
            if call.name != "type" or not same_file or steps[: len(root)] != root:
                continue
            types = types_at(contract, steps[len(root) :])
            if types and _allows(call, types):
                shown = tr("、").join(sorted(types))
                what = tr("契约 {name} 已经规定这里是 {types}", name=name, types=shown)
                yield Problem("shadowed", what, tr("删去 type;要求至少有一条就写 not_empty: true"), call.span)


def _allows(call: MatcherCall, types: Iterable[str]) -> bool:
    """Return whether a ``type`` check passes for all of these types."""
    if not isinstance(call.argument, Constant):
        return False
    argument = call.argument.value
    wanted = argument if isinstance(argument, list) else [argument]
    return all(name in wanted or (name == "integer" and "number" in wanted) for name in types)


def _contract_calls(checks: tuple[CheckNode, ...]) -> Iterator[tuple[str, Steps, MatcherCall]]:
    for steps, call in _calls(checks, ()):
        if call.name == "schema" and isinstance(call.argument, Constant):
            yield call.argument.value, steps, call


def _contract(project: Project, name: str) -> CompiledContract | None:
    try:
        return project.contracts.contract(name)
    except CaseFileError:
        return None


def _calls(checks: tuple[CheckNode, ...], base: Steps) -> Iterator[tuple[Steps, MatcherCall]]:
    """Yield each matcher of a plain path with the path.

    Matchers in combinations are left out, because a combination can pass without them.
    """
    for check in checks:
        if not isinstance(check, Check) or check.subject.kind != "path" or check.subject.path is None:
            continue
        path = check.subject.path.fixed
        if path is None or path.steps is None:
            continue
        steps = (*base, *path.steps)
        for call in check.calls:
            if isinstance(call, MatcherCall):
                yield steps, call
            elif isinstance(call, Each) and not check.subject.singular:
                yield from _calls(call.checks, steps)
