"""All matchers that the cases of a project may use: the harness's own, those of libraries, the team's.

pytest.ini names a library and its matchers (``matchers = framework.policy.snowflake: snowflake_time_of``),
so the library is imported only when a case uses one of them. The team's are in ``testcases/matchers.py``.
Both are functions with the decorator of ``declare``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from framework.base.errors import CaseFileError, ConfigError, Problem
from framework.base.messages import tr
from framework.cases.parse_checks import STRUCTURE
from framework.cases.settings import Settings
from framework.cases.yaml.textfile import read_source
from framework.checks.declare import brief, declaration_of, mistakes, problem, row_of
from framework.checks.matchers import MATCHERS
from framework.checks.outcome import Matcher
from framework.checks.team_files import import_file, source_of

FILE: Final = "matchers.py"


class MatcherTable(Mapping[str, Matcher]):
    """Matchers by name. A library's are imported when they are first looked up; ``in`` imports nothing.

    ``own`` has the names of the team's matchers, ``libraries`` the module of each library matcher.
    """

    def __init__(
        self, rows: Mapping[str, Matcher], libraries: Mapping[str, str], own: frozenset[str]
    ) -> None:
        self._rows = dict(rows)
        self.libraries = dict(libraries)
        self.own = own

    def __getitem__(self, name: str) -> Matcher:
        if name not in self._rows and name in self.libraries:
            self._rows[name] = _from_library(self.libraries[name], name)
        return self._rows[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows or name in self.libraries

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*MATCHERS, *self.libraries, *self._rows)))

    def __len__(self) -> int:
        return len({*self._rows, *self.libraries})


def matcher_table(settings: Settings) -> MatcherTable:
    """Return the matchers of a project.

    Raises:
        ConfigError: pytest.ini or a ``matchers.py`` is wrong; all problems at once.
    """
    problems = [
        Problem("matcher-taken", tr("匹配器 {name} 已经有了", name=name), tr("换一个名字"))
        for name in settings.libraries
        if name in MATCHERS
    ]
    rows: dict[str, Matcher] = {**MATCHERS}
    for path in (folder / FILE for folder in settings.folders):
        if path.is_file():
            try:
                for row in _team(path, settings, rows, problems):
                    rows[row.name] = row
            except CaseFileError as error:
                problems += error.problems
    if problems:
        raise ConfigError(*problems)
    return MatcherTable(rows, settings.libraries, frozenset(rows) - frozenset(MATCHERS))


# -- libraries --


def _from_library(module: str, name: str) -> Matcher:
    """Import a library's matcher.

    Raises:
        ConfigError: there is no such module, or it has no such matcher.
    """
    where = tr("pytest.ini 的 matchers")
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        what = tr(
            "{where}：没有 {module} 的匹配器 {name}（{error}）",
            where=where,
            module=module,
            name=name,
            error=brief(error),
        )
        raise ConfigError(Problem("matcher-library", what, tr("改正这一行，或删去它"))) from None
    declared = declaration_of(function)
    if declared is None:
        what = tr("{where}：{module} 的 {name} 不是匹配器", where=where, module=module, name=name)
        raise ConfigError(Problem("matcher-library", what, tr("给函数加上 @matcher(…)")))
    path = Path(function.__code__.co_filename)
    return row_of(function, declared, read_source(path, path.name))


# -- the team's file --


def _team(
    path: Path, settings: Settings, taken: Mapping[str, Matcher], problems: list[Problem]
) -> Iterator[Matcher]:
    source = source_of(path, settings.root)
    for function in list(vars(import_file(path, source)).values()):
        declared = declaration_of(function)
        if declared is None:
            continue
        found = list(mistakes(function, declared, source))
        if function.__name__ in (*taken, *settings.libraries, *STRUCTURE):
            what = tr("匹配器 {name} 已经有了", name=function.__name__)
            line = function.__code__.co_firstlineno
            found.insert(0, problem(source, "matcher-taken", what, tr("换一个名字"), line))
        problems += found
        if not found:
            yield row_of(function, declared, source, is_limited=True)
