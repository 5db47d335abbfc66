"""The picture and the code cannot drift: who may import whom, and the houses the code keeps.

The rooms are read from the table in ARCHITECTURE.md where there is one (its columns are ``room | modules | may import | third
party``), else they are the ones below.
"""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "ARCHITECTURE.md"
PACKAGES = ("framework", "standin")
MOST_LINES = 300
LONGEST_FUNCTION = 60
DOORS = ("plugin", "collection", "harness", "hookspecs", "suites", "matchers", "lint/", "__main__")
ROOMS = {
    "ground": (("errors", "source", "messages", "jsonpath", "filelock"), ()),
    "cases": (("cases/",), ("ground",)),
    "engine": (("engine/",), ("ground", "cases")),
    "checks": (("checks/",), ("ground", "cases", "engine", "policy")),
    "policy": (("policy/",), ("ground", "cases", "engine", "checks")),
    "run": (("run", "steps", "settle"), ("ground", "cases", "engine", "checks", "policy")),
    "evidence": (("evidence/",), ("ground", "cases", "engine", "checks", "policy", "run")),
    "doors": (DOORS, ("ground", "cases", "engine", "checks", "policy", "run", "evidence")),
}
"""Room: its modules (a folder ends with a slash), and the rooms it may import besides itself."""
THIRD_PARTY = {
    "allure_commons": {"framework.evidence.allure"},
    "attr": {"framework.evidence.allure"},
    "dotenv": {"framework.cases.environments"},
    "jsonpath_rfc9535": {"framework.jsonpath"},
    "jsonschema": {"framework.checks.schema"},
    "referencing": {"framework.checks.schema"},
    "loguru": {"framework.evidence.log"},
    "requests": {"framework.engine.transport"},
    "urllib3": {"framework.engine.connections"},
    "yaml": {"framework.cases.yamlfile"},
    "pytest": {"framework.plugin", "framework.collection", "framework.hookspecs", "framework.evidence.allure", "framework.evidence.log",
               "framework.evidence.terminal"},
}
"""A package and the modules that import it: one each, pytest's own side apart."""


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


def rooms() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the rooms: those of the document where it has a table, else those above."""
    if not DOCUMENT.is_file():
        return ROOMS
    lines = [line.strip() for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    header = next((number for number, row in enumerate(cells) if row[:3] == ["room", "modules", "may import"]), None)
    if header is None:
        return ROOMS
    table = {}
    for row in cells[header + 2:]:
        if len(row) != len(cells[header]):
            break
        name, modules, may = (cell.replace("`", "") for cell in row[:3])
        table[name] = (_words(modules), _words(may))
    return table


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(",") if word.strip(" —-"))


def room_of(name: str) -> str:
    """Return the room of a module of the harness."""
    rest = name.removeprefix("framework.").replace(".", "/")
    found = [room for room, (modules, _) in rooms().items()
             if any(rest == module or (module.endswith("/") and f"{rest}/".startswith(module)) for module in modules)]
    assert len(found) == 1, f"{name} stands in {found or 'no room'}"
    return found[0]


HARNESS = [name for name in FILES if name.startswith("framework.")]


@pytest.mark.parametrize("name", HARNESS)
def test_imports_run_downwards_only(name: str) -> None:
    room = room_of(name)
    allowed = {room, *rooms()[room][1]}
    wrong = {other: room_of(other) for other in IMPORTS[name] if other.startswith("framework.") and room_of(other) not in allowed}
    assert not wrong, f"{name} ({room}) imports {wrong}"


def test_harness_and_standin_never_import_each_other() -> None:
    for name, others in IMPORTS.items():
        stranger = "standin" if name.startswith("framework") else "framework"
        assert not [other for other in others if other.split(".")[0] == stranger], name


def test_every_third_party_package_has_one_importing_module() -> None:
    known = {*sys.stdlib_module_names, *PACKAGES}
    found: dict[str, set[str]] = {}
    for name in HARNESS:
        for other in IMPORTS[name]:
            if other.split(".")[0] not in known:
                found.setdefault(other.split(".")[0], set()).add(name)
    assert found == {package: modules for package, modules in THIRD_PARTY.items() if package in found}
    assert {package for package, modules in THIRD_PARTY.items() if len(modules) > 1} == {"pytest"}


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
