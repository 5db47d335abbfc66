"""All that a project's files say, read as a run would read them, with every problem met on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import CaseFileError, ConfigError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Case, Definition
from framework.cases.environments import FILE, Environment, environment_definitions, load_environments
from framework.cases.parse import SHARED_FILE, ParseContext
from framework.cases.settings import Settings, read_settings
from framework.cases.suites import (
    SCHEMAS,
    contract_names,
    find_suites,
    read_suite,
    shared_files,
    walk_up,
)
from framework.cases.template import Constant
from framework.checks.matchers import MATCHERS
from framework.checks.outcome import Matcher
from framework.checks.registry import matcher_table
from framework.checks.schema import Contracts

_NOWHERE = Span(Source(FILE, ""), 1, 1, 1, 1)


@dataclass
class Project:
    """What was read. ``sound``: the suites without problems, with their cases; ``environments`` is empty
    where they are wrong.
    """

    root: Path
    folders: tuple[Path, ...]
    contracts: Contracts
    files: dict[Path, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    tell: Callable[[Problem], None] = lambda _: None
    environments: dict[str, Environment] = field(default_factory=dict)
    sound: dict[Path, tuple[Case, ...]] = field(default_factory=dict)
    parse_context: ParseContext = field(default_factory=lambda: ParseContext(MATCHERS))

    @property
    def cases(self) -> list[Case]:
        return [case for cases in self.sound.values() for case in cases]

    def read(self, path: Path) -> None:
        self.files[path] = None

    def refuse(self, error: CaseFileError | ConfigError) -> None:
        """Keep the problems of *error*; what is shared by many suites is wrong once."""
        for problem in error.problems:
            if problem not in self.problems:
                self.problems[problem] = None
                self.tell(problem)


def find_root(start: Path) -> Path:
    """Return the nearest folder upwards that holds a project, *start* where there is none."""
    return next(
        (
            folder
            for folder in walk_up(start)
            if (folder / FILE).is_file() or (folder / "pytest.ini").is_file()
        ),
        start,
    )


def read_around(root: Path, tell: Callable[[Problem], None] = lambda _: None) -> tuple[Project, set[str]]:
    """Read what suites are parsed against; return it, and the problems of suites that only follow from
    mistakes in it.
    """
    settings = read_settings(root)
    project = Project(root, settings.folders, Contracts(root / SCHEMAS), tell=tell)
    definitions = _environments(project)
    matchers = _matchers(project, settings)
    project.parse_context = ParseContext(
        matchers or MATCHERS, definitions, tags=settings.tags, contracts=contract_names(root)
    )
    return project, {
        *(() if project.environments else ("unknown-variable",)),
        *(() if matchers else ("unknown-matcher",)),
    }


def read_project(
    root: Path, paths: Sequence[Path] = (), tell: Callable[[Problem], None] = lambda _: None
) -> Project:
    """Read environments, matchers, contracts, and the suites of *paths* (all where there are none); each
    problem goes to *tell* as soon as its file is read.
    """
    project, untold = read_around(root, tell)
    _contracts(project)
    suites = find_suites(paths or project.folders)
    if not suites:
        folders = project.folders
        names = tr("、").join(f"{folder.name}/" for folder in folders)
        project.refuse(
            CaseFileError(
                Problem("no-suites", tr("没有找到套件"), tr("套件是 {folders} 里的 *.yaml", folders=names))
            )
        )
    for path in suites:
        _suite(project, path, untold)
    return project


def _environments(project: Project) -> dict[str, Definition]:
    project.read(project.root / FILE)
    try:
        _, project.environments = load_environments(project.root)
    except ConfigError as error:
        project.refuse(error)
    found: dict[str, Definition] = {}
    for environment in project.environments.values():
        secrets = {
            name: Definition(name, Constant("", _NOWHERE), "environment") for name in environment.secrets
        }
        found |= {**secrets, **environment_definitions(environment)}
    return found


def _matchers(project: Project, settings: Settings) -> Mapping[str, Matcher]:
    try:
        return matcher_table(settings)
    except ConfigError as error:
        project.refuse(error)
        return {}


def _contracts(project: Project) -> None:
    for name in contract_names(project.root):
        project.read(project.root / SCHEMAS / f"{name}.schema.json")
        try:
            project.contracts.contract(name)
        except CaseFileError as error:
            project.refuse(error)


def _suite(project: Project, path: Path, untold: set[str]) -> None:
    """Read one suite; problems that only follow from another file's, *untold*, are left out."""
    for shared in shared_files(path, project.root):
        project.read(shared)
    project.read(path)
    try:
        project.sound[path] = read_suite(path, project.root, project.folders, project.parse_context)
    except (CaseFileError, ConfigError) as error:
        told = [problem for problem in error.problems if problem.code not in untold]
        if told:
            project.refuse(CaseFileError(*told))


def whole_folders(project: Project) -> list[Path]:
    """Return the ``_shared.yaml`` files that were read and all of whose suites are sound, so that what no
    suite uses is unused.
    """
    return [
        path
        for path in project.files
        if path.name == SHARED_FILE and all(suite in project.sound for suite in find_suites([path]))
    ]
