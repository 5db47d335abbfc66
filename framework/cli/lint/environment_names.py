"""Warns about names that only some environments define, and about unknown environments."""

from __future__ import annotations

from collections.abc import Iterator

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.environments import Environment
from framework.cases.traverse import variables_in_effect, variables_in_titles
from framework.run.project import Project


def environment_names(project: Project) -> Iterator[Problem]:
    """Yield a warning for each name that is missing in an environment in which the case runs."""
    if not project.environments:
        return
    secrets = {name for environment in project.environments.values() for name in environment.secrets}
    known = {name: _names(environment, secrets) for name, environment in project.environments.items()}
    for case in project.cases:
        yield from _unknown_environments(case, known)
        yield from _missing_names(case, known)


def _names(environment: Environment, secrets: set[str]) -> set[str]:
    """Return the names that an environment defines.

    Without a base_url it uses the embedded service, which provides all secrets.
    """
    own_secrets = environment.secrets if environment.base_url else secrets
    return {"base_url", *environment.definitions, *own_secrets}


def _unknown_environments(case: Case, known: dict[str, set[str]]) -> Iterator[Problem]:
    for name in case.only_in:
        if name in known:
            continue
        what = tr("only_in 的环境 {name} 并不存在,用例不会在那里运行", name=name)
        listed = tr("environments.yaml 里有:{names}", names=tr("、").join(known))
        yield Problem("unknown-environment", what, did_you_mean(name, known) or listed, case.span)


def _missing_names(case: Case, known: dict[str, set[str]]) -> Iterator[Problem]:
    used_environments = [name for name in known if not case.only_in or name in case.only_in]
    # Names that no environment defines are errors of the case file, which the parser reports.
    defined_somewhere = set().union(*known.values())
    for name, span in {**variables_in_titles(case), **variables_in_effect(case)}.items():
        is_own = name in case.definitions or name in case.requires
        missing = [environment for environment in used_environments if name not in known[environment]]
        if missing and name in defined_somewhere and not is_own:
            names = tr("、").join(missing)
            what = tr("环境 {names} 没有变量 {name},在那里收集会出错", names=names, name=name)
            how = tr("用例写 requires: [{name}],或在那个环境里定义它", name=name)
            yield Problem("not-everywhere", what, how, span)
