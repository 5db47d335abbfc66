"""The code keeps to its architecture: which package may import which, and the house rules.

The packages are read from the table in ARCHITECTURE.md.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("framework", "standin")
MOST_LINES = 300
LONGEST_FUNCTION = 60


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


# Only when a test asks: every process of a run collects this module.
@cache
def tree(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def _imported(name: str) -> Iterator[str]:
    """Yield every module that *name* imports, wherever in its text; imports for types count too."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in FILES else str(node.module)


@cache
def imports(name: str) -> tuple[str, ...]:
    return tuple(sorted(set(_imported(name))))


def all_imports() -> dict[str, tuple[str, ...]]:
    return {name: imports(name) for name in FILES}


class Package(NamedTuple):
    """A row of the table: a folder of ``framework/``, the packages below that it may import, its third-party
    packages.
    """

    may_import: tuple[str, ...]
    third_party: tuple[str, ...]


def packages() -> dict[str, Package]:
    lines = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("| package | purpose | may import | third party |")
    table = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        name, _, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        table[name] = Package(
            *(tuple(word.strip() for word in cell.split(",") if word.strip()) for cell in cells)
        )
    return table


TABLE = packages()
ENTRY = ("framework", "framework.__main__")
"""The package's own face and the command line's entry, which may import any package."""


def package_of(name: str) -> str:
    """Return the folder of a module of the harness."""
    return name.split(".")[1]


HARNESS = [name for name in FILES if name.startswith("framework") and name not in ENTRY]


def test_nothing_is_loose_in_the_framework_folder() -> None:
    assert {path.name for path in (ROOT / "framework").glob("*.py")} == {"__init__.py", "__main__.py"}


def test_every_package_has_a_row_and_every_row_a_package() -> None:
    assert {path.parent.name for path in (ROOT / "framework").glob("*/__init__.py")} == set(TABLE)


def test_the_rows_are_layers() -> None:
    order = list(TABLE)
    upwards = [
        (name, other)
        for name, row in TABLE.items()
        for other in row.may_import
        if order.index(other) <= order.index(name)
    ]
    assert not upwards


@pytest.mark.parametrize("name", HARNESS)
def test_imports_run_downwards_only(name: str) -> None:
    package = package_of(name)
    allowed = {package, *TABLE[package].may_import}
    wrong = [
        other
        for other in imports(name)
        if other.startswith("framework.") and package_of(other) not in allowed
    ]
    assert not wrong, f"{name} imports {wrong}"


def test_no_row_allows_more_than_the_code_uses() -> None:
    used = {name: set[str]() for name in TABLE}
    for name in HARNESS:
        used[package_of(name)] |= {
            package_of(other) for other in imports(name) if other.startswith("framework.")
        }
    assert {name: used[name] - {name} for name in TABLE} == {
        name: set(row.may_import) for name, row in TABLE.items()
    }


def test_harness_and_standin_never_import_each_other() -> None:
    for name, others in all_imports().items():
        stranger = "standin" if name.startswith("framework") else "framework"
        assert not [other for other in others if other.split(".")[0] == stranger], name


def third_party() -> dict[str, set[str]]:
    """Return every package that is neither ours nor Python's, with the modules that import it."""
    known = {*sys.stdlib_module_names, *PACKAGES}
    found: dict[str, set[str]] = {}
    for name in HARNESS:
        for other in imports(name):
            if other.split(".")[0] not in known:
                found.setdefault(other.split(".")[0], set()).add(name)
    return found


def test_every_third_party_package_has_one_importing_folder() -> None:
    folders = {package: {package_of(name) for name in modules} for package, modules in third_party().items()}
    assert {package for package, importing in folders.items() if len(importing) > 1} <= {"pytest"}


def test_third_party_packages_are_where_the_document_says() -> None:
    found = {name: set[str]() for name in TABLE}
    for third, modules in third_party().items():
        for module in modules:
            found[package_of(module)].add(third)
    assert found == {name: set(row.third_party) for name, row in TABLE.items()}


def test_nothing_private_of_pytest_is_imported() -> None:
    assert not [
        name
        for name, others in all_imports().items()
        if any(other.split(".")[0] == "_pytest" for other in others)
    ]


def test_no_import_cycles() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name in done:
            return
        for other in imports_of(name):
            visit(other, (*path, name))
        done.add(name)

    for name in FILES:
        visit(name, ())


def imports_of(name: str) -> Iterator[str]:
    """Yield the modules of ours that *name* imports, within functions too: that would only hide a cycle."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from (
                    other
                    for other in ([whole] if whole in FILES else [node.module])
                    if other in FILES and other != name
                )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)


def test_no_module_is_named_for_everything() -> None:
    assert not [
        name for name in FILES if name.rpartition(".")[2] in ("utils", "util", "helpers", "common", "misc")
    ]


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_stay_small(name: str) -> None:
    lines = FILES[name].read_text(encoding="utf-8").splitlines()
    assert sum(1 for line in lines if line.strip()) <= MOST_LINES
    long = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(tree(name))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("name", FILES)
def test_every_module_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(tree(name))


@pytest.mark.parametrize("name", FILES)
def test_nothing_evaluates_text_as_code(name: str) -> None:
    calls = {
        node.func.id
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"eval", "exec", "compile", "__import__"}
