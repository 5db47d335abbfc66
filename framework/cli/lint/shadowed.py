"""Checks of a type that the contract beside them states already, by plain paths only."""

from __future__ import annotations

from collections.abc import Iterator

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.cases.case import Check, CheckNode, Each, MatcherCall
from framework.cases.template import Constant
from framework.checks.contract_facts import types_at
from framework.checks.schema import CompiledContract
from framework.run.project import Project

Steps = tuple[int | str | None, ...]


def shadowed(project: Project) -> Iterator[Problem]:
    """Yield a warning for each ``type`` that cannot fail where the contract holds."""
    for case in project.cases:
        for step in case.steps:
            for checks in (step.checks, step.each_reply):
                for name, root, at in _contracts(checks):
                    yield from _stated(checks, root, name, at.span.source.name, project)


def _contracts(checks: tuple[CheckNode, ...]) -> Iterator[tuple[str, Steps, MatcherCall]]:
    for steps, call in _calls(checks, ()):
        if call.name == "schema" and isinstance(call.argument, Constant):
            yield call.argument.value, steps, call


def _stated(
    checks: tuple[CheckNode, ...], root: Steps, name: str, file: str, project: Project
) -> Iterator[Problem]:
    contract = _contract(project, name)
    for steps, call in _calls(checks, ()) if contract else ():
        # a shared check may stand without the contract in another suite
        if (
            call.name != "type"
            or not isinstance(call.argument, Constant)
            or steps[: len(root)] != root
            or call.span.source.name != file
        ):
            continue
        types = types_at(contract, steps[len(root) :]) if contract else None
        wanted = call.argument.value if isinstance(call.argument.value, list) else [call.argument.value]
        if types and all(kind in wanted or (kind == "integer" and "number" in wanted) for kind in types):
            what = tr("契约 {name} 已经规定这里是 {types}", name=name, types=tr("、").join(sorted(types)))
            yield Problem("shadowed", what, tr("删去 type;要求至少有一条就写 not_empty: true"), call.span)


def _contract(project: Project, name: str) -> CompiledContract | None:
    try:
        return project.contracts.contract(name)
    except CaseFileError:
        return None


def _calls(checks: tuple[CheckNode, ...], base: Steps) -> Iterator[tuple[Steps, MatcherCall]]:
    """Yield each matcher that judges a plain path, with the path; combinations may leave it unjudged, so they
    are left out.
    """
    for check in checks:
        path = (
            check.subject.path.fixed
            if isinstance(check, Check) and check.subject.kind == "path" and check.subject.path
            else None
        )
        if not isinstance(check, Check) or path is None or path.steps is None:
            continue
        steps = (*base, *path.steps)
        for call in check.calls:
            if isinstance(call, MatcherCall):
                yield steps, call
            elif isinstance(call, Each) and not check.subject.singular:
                yield from _calls(call.checks, steps)
