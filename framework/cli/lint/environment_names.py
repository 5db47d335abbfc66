"""Warns about names that only some environments define, and about unknown environments."""

from __future__ import annotations

from collections.abc import Iterator

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Case
from framework.cases.environments import GATED_TAGS, Environment
from framework.cases.reference_scopes import names_without_value
from framework.run.project import Project


def environment_names(project: Project) -> Iterator[Problem]:
    """Yield a warning for each name that is missing in an environment in which the case runs."""
    if not project.environments:
        return
    secrets = {name for environment in project.environments.values() for name in environment.secrets}
    known = {name: _names(environment, secrets) for name, environment in project.environments.items()}
    for case in project.cases:
        yield from _unknown_environments(case, known)
        runs_in = {
            name: known[name]
            for name, environment in project.environments.items()
            if _runs_in(case, environment, known[name])
        }
        # Names that no environment defines are errors of the case file, which the parser reports.
        yield from _missing_names(case, runs_in, set().union(*known.values()))


def _names(environment: Environment, secrets: set[str]) -> set[str]:
    """Return the names that an environment defines.

    Without a base_url it uses the embedded service, which provides all secrets.
    """
    own_secrets = environment.secrets if environment.base_url else secrets
    return {"base_url", *environment.definitions, *own_secrets, *environment.session_names}


def _unknown_environments(case: Case, known: dict[str, set[str]]) -> Iterator[Problem]:
    for name in case.only_in:
        if name in known:
            continue
        what = tr("only_in 的环境 {name} 并不存在，用例不会在那里运行", name=name)
        listed = tr("environments.yaml 里有：{names}", names=tr("、").join(known))
        yield Problem("unknown-environment", what, did_you_mean(name, known) or listed, case.span)


def _runs_in(case: Case, environment: Environment, names: set[str]) -> bool:
    """Return whether a case runs in an environment with these *names*, if its secrets are set."""
    is_listed = not case.only_in or environment.name in case.only_in
    refused_tags = {*GATED_TAGS} - {*environment.allow}
    return (
        not case.skip and is_listed and names.issuperset(case.requires) and refused_tags.isdisjoint(case.tags)
    )


def _missing_names(
    case: Case, runs_in: dict[str, set[str]], defined_somewhere: set[str]
) -> Iterator[Problem]:
    environments_without: dict[str, list[str]] = {}
    places: dict[str, Span] = {}
    for environment, names in runs_in.items():
        for name, span in names_without_value(case, names).items():
            if name in defined_somewhere:
                environments_without.setdefault(name, []).append(environment)
                places.setdefault(name, span)
    for name, environments in environments_without.items():
        listed = tr("、").join(environments)
        what = tr("环境 {names} 没有变量 {name}，在那里收集会出错", names=listed, name=name)
        how = tr("用例写 requires: [{name}]，或在那个环境里定义它", name=name)
        yield Problem("not-everywhere", what, how, places[name])
