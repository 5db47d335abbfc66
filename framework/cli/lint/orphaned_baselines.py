"""Warns about baselines whose case or environment is gone or renamed: nothing is compared with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from framework.base.errors import Problem, did_you_mean
from framework.base.messages import tr
from framework.baseline.accepting import accepted_cases
from framework.run.project import Project


def orphaned_baselines(project: Project) -> Iterator[Problem]:
    """Yield a warning for each. Suites that were not read, or are wrong, may still have their cases."""
    suites = {_name(path, project.root): cases for path, cases in project.valid_suites.items()}
    for environment, accepted in accepted_cases(project.root):
        suite, _, case = accepted.partition("::")
        place = f"baselines/{environment}/{suite}/{case}"
        how = tr("用 git mv 改到新的名字，或删去这个文件夹")
        if project.environments and environment not in project.environments:
            what = tr("{place} 的环境 {name} 不在 environments.yaml 里", place=place, name=environment)
            yield Problem("baseline-orphan", what, did_you_mean(environment, project.environments) or how)
        elif suite in suites:
            names = {each.id for each in suites[suite]}
            if case not in names:
                what = tr("{place} 的用例不在套件里了，没有什么与它相比", place=place)
                yield Problem("baseline-orphan", what, did_you_mean(case, names) or how)
        elif not (project.root / suite).is_file():
            what = tr("{place} 的套件 {suite} 没有了，没有什么与它相比", place=place, suite=suite)
            yield Problem("baseline-orphan", what, did_you_mean(suite, suites) or how)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
