"""The command ``import-cases``: converts an old case file into a suite, with remarks on the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from framework.base.errors import CaseFileError, ConfigError, Problem, render
from framework.base.messages import tr
from framework.base.source import Source, visible
from framework.cases.parse import parse_suite
from framework.cases.parse_checks import STRUCTURE
from framework.cases.suites import read_project_file, shared_files
from framework.legacy.old_yaml import read_old_source
from framework.legacy.suite import Imported, Surroundings, Validate, import_suite
from framework.run.project import Project, find_root, read_around

COMPLETE, PARTIAL, NOTHING_READ = 0, 1, 2
"""As ``import-log``: 1 if anything is named that was not carried over, even if that is all."""


def import_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Convert one file; return 0 if everything was carried over, 1 if not, 2 if there is nothing in it.

    Raises:
        CaseFileError: the old file cannot be read.
        ConfigError: the new file exists already.
    """
    options = _parse_arguments(arguments)
    if options.to is not None and options.to.exists():
        raise ConfigError(
            Problem("file-exists", tr("{name} 已经存在，不覆盖", name=options.to.name), tr("换一个名字"))
        )
    project, _ = read_around(find_root(Path.cwd()))
    source, encoding = read_old_source(options.old, options.old.as_posix())
    surroundings = Surroundings(
        project.parse_context.definitions,
        (*project.parse_context.vocabulary, *STRUCTURE),
        _origins(project),
        _suite_validator(options.to, project),
    )
    imported = import_suite(source, surroundings)
    if encoding != "UTF-8":
        sys.stderr.write(tr("按 {encoding} 读取", encoding=encoding) + "\n")
    # Without cases there is no suite to write.
    invalid: tuple[Problem, ...] = ()
    if imported.cases:
        invalid = surroundings.validate(imported.text)
        _write_suite(imported.text, options.to, say)
    _write_remarks(imported, invalid)
    if imported.remarks or invalid:
        return PARTIAL
    return COMPLETE if imported.cases else NOTHING_READ


def _origins(project: Project) -> frozenset[str]:
    """Return the origins of the environments' base URLs that have no path."""
    bases = (urlsplit(environment.declared_base) for environment in project.environments.values())
    return frozenset(
        # The embedded stand-in has no address until a run starts it.
        f"{base.scheme}://{base.netloc}".lower()
        for base in bases
        if base.netloc and base.path in ("", "/")
    )


def _parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m framework import-cases", description=tr("把旧框架的用例文件转换成套件；带不过来的逐行说明")
    )
    parser.add_argument("old", type=Path, metavar="OLD.yaml", help=tr("旧的用例文件"))
    parser.add_argument("--to", type=Path, metavar="NEW.yaml", help=tr("新的套件文件；省略就打印出来"))
    return parser.parse_args(arguments)


def _write_remarks(imported: Imported, invalid: tuple[Problem, ...]) -> None:
    """Write the remarks to stderr, because stdout may be the new suite."""
    for remark in imported.remarks:
        sys.stderr.write(_render_remark(remark) + "\n")
    for problem in (*imported.reviews, *invalid):
        sys.stderr.write(render(problem) + "\n")
    summary = tr(
        "{cases} 个用例，{refused} 处没有带过来，{remarks} 处请看一眼",
        cases=imported.cases,
        refused=len(imported.remarks) + len(invalid),
        remarks=len(imported.reviews),
    )
    sys.stderr.write(summary + "\n")


def _render_remark(remark: Problem) -> str:
    """Return the remark with every line of the old file that it is about."""
    whole, without_fix = render(remark), render(replace(remark, how=""))
    span = remark.span
    more = ""
    if span is None:
        return whole
    for number in range(span.line + 1, span.end_line + 1):
        more += f"\n{number:>4} | {visible(span.source.lines[number - 1])}"
    return without_fix + more + whole[len(without_fix) :]


def _write_suite(text: str, to: Path | None, say: Callable[[str], None]) -> None:
    if to is None:
        say(text.rstrip())
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, "utf-8")


def _suite_validator(to: Path | None, project: Project) -> Validate:
    """Return a function for the problems of a suite's text, read with the ``_shared.yaml`` files above it."""
    name = to.as_posix() if to else tr("新文件")
    shared = _shared_files(to.absolute(), project) if to else ()

    def problems_of(text: str) -> tuple[Problem, ...]:
        try:
            parse_suite(Source(name, text), shared, project.parse_context)
        except CaseFileError as error:
            # Mistakes in shared files are there without the new suite too; lint names them.
            return tuple(
                problem for problem in error.problems if not problem.span or problem.span.source.name == name
            )
        return ()

    return problems_of


def _shared_files(path: Path, project: Project) -> tuple[Source, ...]:
    try:
        return tuple(read_project_file(file, project.root) for file in shared_files(path, project.root))
    except CaseFileError:
        return ()
