"""The picture and the code cannot drift: who may import whom, and the houses the code keeps.

The rooms are read from the table in ARCHITECTURE.md whose columns are ``room | modules | may import | third party``.
"""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
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
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}


def imported(name: str) -> Iterator[str]:
    """Yield every module that *name* imports, wherever in its text; what is only imported for its types counts too."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in FILES else str(node.module)


IMPORTS = {name: sorted(set(imported(name))) for name in FILES}


class Room(NamedTuple):
    """``modules``: names inside framework, of files or of folders; ``may_import``: rooms; ``third_party``: packages."""

    modules: tuple[str, ...]
    may_import: tuple[str, ...]
    third_party: tuple[str, ...]


def rooms() -> dict[str, Room]:
    lines = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| room | modules | may import | third party |"))
    table = {}
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        name, *cells = (cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|"))
        table[name] = Room(*(tuple(word.strip() for word in cell.split(",") if word.strip()) for cell in cells))
    return table


ROOMS = rooms()


def room_of(name: str) -> str:
    """Return the room of a module of the harness."""
    rest = name.removeprefix("framework.")
    found = [room for room, (modules, _, _) in ROOMS.items() if any(f"{rest}.".startswith(f"{module}.") for module in modules)]
    assert len(found) == 1, f"{name} stands in {found or 'no room'}"
    return found[0]


HARNESS = [name for name in FILES if name.startswith("framework.")]


@pytest.mark.parametrize("name", HARNESS)
def test_imports_run_downwards_only(name: str) -> None:
    room = room_of(name)
    allowed = {room, *ROOMS[room].may_import}
    wrong = {other: room_of(other) for other in IMPORTS[name] if other.startswith("framework.") and room_of(other) not in allowed}
    assert not wrong, f"{name} ({room}) imports {wrong}"


def test_harness_and_standin_never_import_each_other() -> None:
    for name, others in IMPORTS.items():
        stranger = "standin" if name.startswith("framework") else "framework"
        assert not [other for other in others if other.split(".")[0] == stranger], name


def third_party() -> dict[str, set[str]]:
    """Return every package that is neither ours nor Python's, with the modules that import it."""
    known = {*sys.stdlib_module_names, *PACKAGES}
    found: dict[str, set[str]] = {}
    for name in HARNESS:
        for other in IMPORTS[name]:
            if other.split(".")[0] not in known:
                found.setdefault(other.split(".")[0], set()).add(name)
    return found


def test_every_third_party_package_has_one_importing_module() -> None:
    assert {package for package, modules in third_party().items() if len(modules) > 1} <= {"pytest"}


def test_third_party_packages_stand_in_the_rooms_that_the_document_says() -> None:
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for package, modules in third_party().items():
        for module in modules:
            found[room_of(module)].add(package)
    assert found == {name: set(room.third_party) for name, room in ROOMS.items()}


def test_the_rooms_lie_below_one_another() -> None:
    assert {other for room in ROOMS.values() for other in room.may_import} <= set(ROOMS)
    assert {name for name in ROOMS if not ROOMS[name].may_import} == {"ground"}


def test_nothing_private_of_pytest_is_imported() -> None:
    assert not [name for name, others in IMPORTS.items() if any(other.split(".")[0] == "_pytest" for other in others)]


def test_no_import_cycles() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name):], name))
        if name in done:
            return
        for other in imports_at_load(name):
            visit(other, (*path, name))
        done.add(name)

    for name in FILES:
        visit(name, ())


def imports_at_load(name: str) -> Iterator[str]:
    """Yield the modules of ours that are loaded when *name* is: those its functions import are not."""
    for node in TREES[name].body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from (other for other in ([whole] if whole in FILES else [node.module]) if other in FILES and other != name)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in FILES)


def test_no_module_is_named_for_everything() -> None:
    assert not [name for name in FILES if name.rpartition(".")[2] in ("utils", "util", "helpers", "common", "misc")]


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_stay_small(name: str) -> None:
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    long = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in ast.walk(TREES[name])
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION}
    assert not long


@pytest.mark.parametrize("name", FILES)
def test_every_module_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(TREES[name])


@pytest.mark.parametrize("name", FILES)
def test_nothing_evaluates_text_as_code(name: str) -> None:
    calls = {node.func.id for node in ast.walk(TREES[name]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"eval", "exec", "compile", "__import__"}
