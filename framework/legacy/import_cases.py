"""The command ``import-cases``: converts an old case file into a suite, with remarks on the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.base.errors import CaseFileError, ConfigError, Problem, render
from framework.base.messages import tr
from framework.base.source import Source
from framework.cases.parse import parse_suite
from framework.cases.parse_checks import STRUCTURE
from framework.cases.suites import read_project_file, shared_files
from framework.cases.yaml.textfile import read_source
from framework.legacy.suite import Imported, import_suite
from framework.run.project import Project, find_root, read_around

COMPLETE, PARTIAL, NOTHING = 0, 1, 2


def import_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Convert one file; return 0 if everything was carried over, 1 if not, 2 if nothing was.

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
    imported = import_suite(
        read_source(options.old, options.old.as_posix()),
        project.parse_context.definitions,
        (*project.parse_context.vocabulary, *STRUCTURE),
    )
    # Without cases there is no suite to write.
    invalid: tuple[Problem, ...] = ()
    if imported.cases:
        invalid = _invalid_parts(imported, options.to, project)
        _write_suite(imported.text, options.to, say)
    _write_remarks(imported, invalid)
    if not imported.cases:
        return NOTHING
    return PARTIAL if imported.remarks or invalid else COMPLETE


def _parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m framework import-cases", description=tr("把旧框架的用例文件转换成套件；带不过来的逐行说明")
    )
    parser.add_argument("old", type=Path, metavar="OLD.yaml", help=tr("旧的用例文件"))
    parser.add_argument("--to", type=Path, metavar="NEW.yaml", help=tr("新的套件文件；省略就打印出来"))
    return parser.parse_args(arguments)


def _write_remarks(imported: Imported, invalid: tuple[Problem, ...]) -> None:
    """Write the remarks to stderr, because stdout may be the new suite."""
    for problem in (*imported.remarks, *imported.reviews, *invalid):
        sys.stderr.write(render(problem) + "\n")
    summary = tr(
        "{cases} 个用例，{refused} 处没有带过来，{remarks} 处请看一眼",
        cases=imported.cases,
        refused=len(imported.remarks) + len(invalid),
        remarks=len(imported.reviews),
    )
    sys.stderr.write(summary + "\n")


def _write_suite(text: str, to: Path | None, say: Callable[[str], None]) -> None:
    if to is None:
        say(text.rstrip())
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, "utf-8")


def _invalid_parts(imported: Imported, to: Path | None, project: Project) -> tuple[Problem, ...]:
    """Return the problems of the new text itself, read with the ``_shared.yaml`` files above its place."""
    path = to.absolute() if to else None
    try:
        shared = (
            tuple(read_project_file(file, project.root) for file in shared_files(path, project.root))
            if path
            else ()
        )
        parse_suite(
            Source(to.as_posix() if to else tr("新文件"), imported.text), shared, project.parse_context
        )
    except CaseFileError as error:
        return error.problems
    return ()
