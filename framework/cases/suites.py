"""Finds the suite files of a project and reads a suite with the ``_shared.yaml`` files above it.

pytest's collection and ``lint`` both use this module, so they accept the same suites.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from framework.base.source import Source
from framework.cases.case import Case
from framework.cases.datafile import find_data_file, read_data
from framework.cases.parse import SHARED_FILE, ParseContext, parse_suite
from framework.cases.yaml.textfile import read_source

SUFFIXES = (".yaml", ".yml")
SCHEMAS = "schemas"
GRAMMAR = "case"


def is_suite(path: Path) -> bool:
    """Return whether the name of *path* is that of a suite file."""
    # A leading underscore marks shared files; editors write hidden files beside the one that is open.
    return path.suffix in SUFFIXES and not path.name.startswith(("_", "."))


def find_suites(paths: Iterable[Path]) -> list[Path]:
    """Return the suites among *paths* and below them, in a stable order.

    For a ``_shared.yaml`` these are the suites of its folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        start = path.parent if path.name == SHARED_FILE else path
        below = sorted(start.rglob("*")) if start.is_dir() else [start]
        found.update(dict.fromkeys(file for file in below if is_suite(file) and file.is_file()))
    return list(found)


def shared_files(path: Path, root: Path) -> list[Path]:
    """Return the ``_shared.yaml`` files from the root down to the folder of *path*."""
    folders = [folder for folder in path.parents if folder == root or root in folder.parents]
    return [folder / SHARED_FILE for folder in reversed(folders) if (folder / SHARED_FILE).is_file()]


def read_project_file(path: Path, root: Path) -> Source:
    """Read a file; its name in problems is its path relative to *root*, if it is inside of it."""
    shown = path.relative_to(root) if root in path.parents else path
    return read_source(path, shown.as_posix())


def read_suite(path: Path, root: Path, folders: Iterable[Path], context: ParseContext) -> tuple[Case, ...]:
    """Return the cases of a suite; *folders* are the folders of suites that its data files may not leave.

    Raises:
        CaseFileError: all the problems of the suite and of its shared files.
    """
    boundary = next((folder for folder in folders if folder in path.parents), path.parent)
    shared = tuple(read_project_file(file, root) for file in shared_files(path, root))
    with_data = replace(
        context,
        read_data=partial(read_data, path.parent, boundary),
        find_file=partial(find_data_file, path.parent, boundary),
    )
    return parse_suite(read_project_file(path, root), shared, with_data)


def contract_names(root: Path) -> tuple[str, ...]:
    """Return the names of the contracts in schemas/; the grammar of case files is not one of them."""
    names = (path.name.removesuffix(".schema.json") for path in (root / SCHEMAS).glob("*.schema.json"))
    return tuple(sorted(name for name in names if name != GRAMMAR))


def walk_up(start: Path) -> Iterator[Path]:
    """Yield *start* and the folders above it."""
    yield from (start, *start.parents)
