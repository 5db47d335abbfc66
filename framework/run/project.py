"""Reads all files of a project as a run would and collects their problems, for lint and the importers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import CaseFileError, ConfigError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Case, Definition
from framework.cases.cause_notes import FILE as CAUSES
from framework.cases.cause_notes import load_cause_notes
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
from framework.checks.team_files import TeamFunctions

_NOWHERE = Span(Source(FILE, ""), 1, 1, 1, 1)


@dataclass
class Project:
    """The files of a project and the problems in them.

    Attributes:
        files, problems: in the order in which they were read; dictionaries, since sets have no order.
        report: called with each new problem.
        environments: empty if environments.yaml is wrong.
        valid_suites: the suites without problems, with their cases.
        parse_context: the names that suites may use but do not define.
    """

    root: Path
    folders: tuple[Path, ...]
    contracts: Contracts
    files: dict[Path, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    report: Callable[[Problem], None] = lambda _: None
    environments: dict[str, Environment] = field(default_factory=dict)
    valid_suites: dict[Path, tuple[Case, ...]] = field(default_factory=dict)
    parse_context: ParseContext = field(default_factory=lambda: ParseContext(MATCHERS))

    @property
    def cases(self) -> list[Case]:
        return [case for cases in self.valid_suites.values() for case in cases]

    def add_file(self, path: Path) -> None:
        self.files[path] = None

    def add_problems(self, error: CaseFileError | ConfigError) -> None:
        """Keep the problems of *error*, each once: every suite reads its shared files again."""
        for problem in error.problems:
            if problem not in self.problems:
                self.problems[problem] = None
                self.report(problem)


def find_root(start: Path) -> Path:
    """Return the nearest folder from *start* upwards that contains a project, else *start*."""
    for folder in walk_up(start):
        if (folder / FILE).is_file() or (folder / "pytest.ini").is_file():
            return folder
    return start


def read_around(root: Path, report: Callable[[Problem], None] = lambda _: None) -> tuple[Project, set[str]]:
    """Read everything that suites refer to: environments, matchers and the names of contracts.

    Returns:
        The project, and the codes of problems that a suite may only have because of mistakes in these files.
    """
    settings = read_settings(root)
    project = Project(root, settings.folders, Contracts(root / SCHEMAS), report=report)
    matchers = _read_matchers(project, settings)
    definitions = _read_environments(project, matchers)
    project.parse_context = ParseContext(
        matchers or MATCHERS,
        definitions,
        tags=settings.tags,
        contracts=contract_names(root),
        hooks=TeamFunctions(settings),
    )
    consequences: set[str] = set()
    if not project.environments:
        consequences.add("unknown-variable")
    if not matchers:
        consequences.add("unknown-matcher")
    return project, consequences


def read_project(
    root: Path, paths: Sequence[Path] = (), report: Callable[[Problem], None] = lambda _: None
) -> Project:
    """Read environments, matchers, contracts and the suites in *paths*, or all suites if *paths* is empty.

    Each problem is passed to *report* as soon as its file has been read.
    """
    project, consequences = read_around(root, report)
    _read_contracts(project)
    suites = find_suites(paths or project.folders)
    if not suites:
        folders = project.folders
        names = tr("、").join(f"{folder.name}/" for folder in folders)
        project.add_problems(
            CaseFileError(
                Problem("no-suites", tr("没有找到套件"), tr("套件是 {folders} 里的 *.yaml", folders=names))
            )
        )
    for path in suites:
        _read_suite(project, path, consequences)
    _read_cause_notes(project)
    return project


def _read_environments(project: Project, matchers: Mapping[str, Matcher]) -> dict[str, Definition]:
    project.add_file(project.root / FILE)
    try:
        _, project.environments = load_environments(project.root, matchers)
    except ConfigError as error:
        project.add_problems(error)
    # A suite may use the variables of any environment, so lint accepts all of them.
    definitions: dict[str, Definition] = {}
    for environment in project.environments.values():
        secrets = {
            name: Definition(name, Constant("", _NOWHERE), "environment") for name in environment.secrets
        }
        definitions |= {**secrets, **environment_definitions(environment)}
    return definitions


def _read_cause_notes(project: Project) -> None:
    if (project.root / CAUSES).is_file():
        project.add_file(project.root / CAUSES)
        try:
            load_cause_notes(project.root)
        except CaseFileError as error:
            project.add_problems(error)


def _read_matchers(project: Project, settings: Settings) -> Mapping[str, Matcher]:
    try:
        return matcher_table(settings)
    except ConfigError as error:
        project.add_problems(error)
        return {}


def _read_contracts(project: Project) -> None:
    for name in contract_names(project.root):
        project.add_file(project.root / SCHEMAS / f"{name}.schema.json")
        try:
            project.contracts.contract(name)
        except CaseFileError as error:
            project.add_problems(error)


def _read_suite(project: Project, path: Path, consequences: set[str]) -> None:
    """Read one suite; leave out problems with a code in *consequences*, whose cause is already reported."""
    for shared in shared_files(path, project.root):
        project.add_file(shared)
    project.add_file(path)
    try:
        project.valid_suites[path] = read_suite(path, project.root, project.folders, project.parse_context)
    except (CaseFileError, ConfigError) as error:
        own_problems = [problem for problem in error.problems if problem.code not in consequences]
        if own_problems:
            project.add_problems(CaseFileError(*own_problems))


def whole_folders(project: Project) -> list[Path]:
    """Return the ``_shared.yaml`` files whose suites are all valid.

    Only for these it is certain that a name which no suite uses is unused.
    """
    shared = [path for path in project.files if path.name == SHARED_FILE]
    return [path for path in shared if all(suite in project.valid_suites for suite in find_suites([path]))]
