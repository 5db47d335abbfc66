"""Names that only some environments define, and environments that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.environments import Environment
from framework.cases.traverse import variables_in_effect, variables_in_titles
from framework.run.project import Project


def environment_names(project: Project) -> Iterator[Problem]:
    """Yield a warning for each use that an environment, in which the case runs, cannot serve."""
    if not project.environments:
        return
    secrets = {name for environment in project.environments.values() for name in environment.secrets}
    known = {name: _names(environment, secrets) for name, environment in project.environments.items()}
    for case in project.cases:
        yield from _unknown_environments(case, known)
        yield from _not_everywhere(case, known)


def _names(environment: Environment, secrets: set[str]) -> set[str]:
    """An environment without an address is served by an embedded service, which knows its own secrets."""
    return {"base_url", *environment.definitions, *(environment.secrets if environment.base_url else secrets)}


def _unknown_environments(case: Case, known: dict[str, set[str]]) -> Iterator[Problem]:
    for name in case.only_in:
        if name not in known:
            how = did_you_mean(name, known) or tr(
                "environments.yaml 里有:{names}", names=tr("、").join(known)
            )
            yield Problem(
                "unknown-environment",
                tr("only_in 的环境 {name} 并不存在,用例不会在那里运行", name=name),
                how,
                case.span,
            )


def _not_everywhere(case: Case, known: dict[str, set[str]]) -> Iterator[Problem]:
    where = [name for name in known if not case.only_in or name in case.only_in]
    everywhere = set().union(*known.values())
    for name, span in {**variables_in_titles(case), **variables_in_effect(case)}.items():
        lacking = [environment for environment in where if name not in known[environment]]
        if lacking and name in everywhere and name not in case.definitions and name not in case.requires:
            what = tr(
                "环境 {names} 没有变量 {name},在那里收集会出错", names=tr("、").join(lacking), name=name
            )
            yield Problem(
                "not-everywhere", what, tr("用例写 requires: [{name}],或在那个环境里定义它", name=name), span
            )
