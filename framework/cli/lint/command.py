"""``python -m framework lint``: reads a project and prints its problems and warnings."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from framework.base.errors import Problem, render
from framework.base.messages import tr
from framework.cases.parse import SHARED_FILE
from framework.cases.suites import SUFFIXES
from framework.cli.lint.environment_names import environment_names
from framework.cli.lint.orphaned_baselines import orphaned_baselines
from framework.cli.lint.redundant_types import redundant_types
from framework.cli.lint.repeated_cases import repeated_cases
from framework.cli.lint.unused import unused
from framework.run.project import Project, find_root, read_project

MAX_LINES = 6
CLEAN, PROBLEMS, USAGE = 0, 1, 2
WARNING_CHECKS: tuple[Callable[[Project], Iterator[Problem]], ...] = (
    redundant_types,
    unused,
    repeated_cases,
    environment_names,
    orphaned_baselines,
)


def lint_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Lint the project around the working directory.

    Returns 1 if there are problems, or with ``--strict`` warnings, else 0.
    """
    parser = argparse.ArgumentParser(
        "python -m framework lint", description=tr("检查用例、环境与契约的写法；不发请求，不需要密钥")
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help=tr("套件文件或文件夹；省略就是全部"))
    parser.add_argument("--strict", action="store_true", help=tr("有警告也返回 1"))
    options = parser.parse_args(arguments)
    if "" in options.paths:
        parser.error(tr("有一个路径是空的"))
    paths = [Path(path).absolute() for path in options.paths]
    for path in paths:
        if not path.is_dir() and not (path.is_file() and path.suffix in SUFFIXES):
            parser.error(tr("没有这个套件文件或文件夹：{path}", path=path.name))
    for path in paths:
        if path.name == SHARED_FILE:
            say(
                tr(
                    "{file} 由文件夹共用：检查的是 {folder}/ 里的全部套件",
                    file=path.name,
                    folder=path.parent.name,
                )
            )
    with _without_collector():
        project = read_project(find_root(Path.cwd()), paths, lambda problem: say(_first_lines(problem)))
        warnings = warnings_of(project)
    for warning in warnings:
        say(_first_lines(replace(warning, what=tr("警告：{what}", what=warning.what))))
    say(summary(project, warnings))
    return PROBLEMS if project.problems or (options.strict and warnings) else CLEAN


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector away: all that is read lives to the end, and is scanned again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def warnings_of(project: Project) -> list[Problem]:
    """Return the warnings, each once, in the order of the files."""
    # A suspicious definition in a shared file is found once for each case that sees it.
    found = dict.fromkeys(problem for check in WARNING_CHECKS for problem in check(project))
    return sorted(found, key=_place)


def summary(project: Project, warnings: Sequence[Problem]) -> str:
    """Return the last line of the output: the numbers of files, cases, problems and warnings."""
    counts = {"files": len(project.files), "cases": len(project.cases), "problems": len(project.problems)}
    line = tr("{files} 个文件，{cases} 个用例，{problems} 个问题", **counts)
    return line + tr("，{n} 个警告", n=len(warnings)) if warnings else line


def _first_lines(problem: Problem) -> str:
    return "\n".join(render(problem).splitlines()[:MAX_LINES])


def _place(problem: Problem) -> tuple[str, int, int]:
    if problem.span is None:
        return ("", 0, 0)
    return (problem.span.source.name, problem.span.line, problem.span.column)
