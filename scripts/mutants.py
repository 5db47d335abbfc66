"""``scripts/mutants``: mutation testing, one module at a time, each with its own tests only.

mutmut changes one expression of the module and runs the tests, for every change it knows. A change that no
test notices is a survivor. ``selftests/mutants.yaml`` explains each survivor that is equivalent to the code
or not worth a test. An explanation names the function and the changed lines, not their numbers.

Exit code 1: a survivor is not explained, an explanation has no survivor, or too few mutants are killed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
EXPLANATIONS = ROOT / "selftests" / "mutants.yaml"
LEAST_KILLED = 0.92
MINUTES = 30
"""How long one module may take."""
PARTS = ("framework", "selftests", "schemas", "pytest.ini")
"""What the tests of the targets need of the project; mutmut runs them in a copy."""

EVIDENCE = ("selftests/checks/test_matcher_evidence.py",)
TARGETS = {
    "framework/http/paginate.py": ("selftests/http/test_paginate.py",),
    "framework/http/masking.py": ("selftests/http/test_masking_forms.py",),
    "framework/cases/variables.py": ("selftests/cases/test_variables.py",),
    "framework/run/settle.py": ("selftests/run/test_settle.py",),
    "framework/checks/invariants.py": ("selftests/checks/test_invariants.py",),
    "framework/checks/locate.py": ("selftests/checks/test_locate.py", "selftests/checks/test_evaluate.py"),
    "framework/checks/matchers/values.py": EVIDENCE,
    "framework/checks/matchers/lists.py": EVIDENCE,
    "framework/checks/matchers/arguments.py": ("selftests/checks/test_matcher_arguments.py",),
    "framework/checks/matchers/moments.py": ("selftests/checks/test_moments.py",),
}

_KILLED = ("killed", "timeout", "segfault")
_RESULT = re.compile(r"^ {4}(?P<name>\S+): (?P<status>.+)$")
# A method's name in mutmut: xǁClassǁmethod__mutmut_3. A function's: x_function__mutmut_3.
_NAME = re.compile(r"x(?:_|ǁ(?P<owner>\w+)ǁ)(?P<function>\w+)__mutmut_\d+$")


@dataclass(frozen=True)
class Change:
    """What a mutant does: the lines of *function* before and after, without indentation."""

    module: str
    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        was, becomes = (json.dumps(text, ensure_ascii=False) for text in (self.was, self.becomes))
        return f"  - function: {self.function}\n    was: {was}\n    becomes: {becomes}"


@dataclass(frozen=True)
class Outcome:
    """What came of the mutants of one module."""

    killed: int
    survivors: tuple[Change, ...]

    @property
    def share(self) -> float:
        return self.killed / (self.killed + len(self.survivors))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="module", help=f"all when none: {', '.join(TARGETS)}")
    chosen = parser.parse_args(arguments).modules or list(TARGETS)
    if unknown := [module for module in chosen if module not in TARGETS]:
        parser.error(f"not a target: {', '.join(unknown)}")
    explained = read_explanations(EXPLANATIONS)
    sound = [judge(module, mutate(module, TARGETS[module]), explained) for module in chosen]
    return 0 if all(sound) else 1


def read_explanations(path: Path) -> frozenset[Change]:
    """Return the changes that *path* explains.

    Raises:
        SystemExit: one has no reason, or is of a module that is not a target.
    """
    changes = set()
    for module, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        if module not in TARGETS:
            raise SystemExit(f"{path.name}: not a target: {module}")
        for entry in entries:
            if not str(entry["because"]).strip():
                raise SystemExit(f"{path.name}: no reason for {entry}")
            changes.add(Change(module, entry["function"], entry["was"], entry["becomes"]))
    return frozenset(changes)


def judge(module: str, outcome: Outcome, explained: Iterable[Change]) -> bool:
    """Report one module; return whether nothing is wrong with it."""
    survivors = set(outcome.survivors)
    mine = {change for change in explained if change.module == module}
    unexplained = [change for change in outcome.survivors if change not in mine]
    obsolete = mine - survivors
    total = outcome.killed + len(outcome.survivors)
    _say(f"{module}: {outcome.killed} of {total} killed ({outcome.share:.1%})")
    _list("survivors without an explanation", dict.fromkeys(unexplained))
    _list("explanations without a survivor", sorted(obsolete, key=str))
    enough = outcome.share >= LEAST_KILLED
    if not enough:
        _say(f" fewer than {LEAST_KILLED:.0%} killed")
    return enough and not unexplained and not obsolete


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _list(title: str, changes: Iterable[Change]) -> None:
    texts = [str(change) for change in changes]
    if texts:
        _say("\n".join([f" {title}:", *texts]))


# -- mutmut


def mutate(module: str, tests: Sequence[str]) -> Outcome:
    """Run *tests* against every mutant of *module*, in a copy of the project.

    Raises:
        SystemExit: mutmut failed, or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        _copy_project(folder, module, tests)
        log = _mutmut(folder, "run")
        statuses = dict(_statuses(_mutmut(folder, "results", "--all", "true")))
        unknown = set(statuses.values()) - {*_KILLED, "survived", "no tests"}
        if unknown or not statuses:
            raise SystemExit(f"{module}: {', '.join(unknown) or 'no mutants'}\n{log[-3000:]}")
        alive = [mutant for mutant, status in statuses.items() if status not in _KILLED]
        survivors = tuple(_changes(module, _shown(folder, alive))) if alive else ()
        return Outcome(len(statuses) - len(alive), survivors)


def _copy_project(folder: Path, module: str, tests: Sequence[str]) -> None:
    """Copy what the tests need, with a pyproject.toml for this one module."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, folder / part)
    settings = {
        "source_paths": ["framework"],
        "only_mutate": [module],
        "also_copy": PARTS[1:],
        "pytest_add_cli_args_test_selection": tests,
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    (folder / "pyproject.toml").write_text("\n".join(["[tool.mutmut]", *lines, ""]), encoding="utf-8")


def _mutmut(folder: Path, *arguments: str) -> str:
    return _python(folder, "-m", "mutmut", *arguments)


def _shown(folder: Path, mutants: Sequence[str]) -> str:
    """Return what ``mutmut show`` prints for each of *mutants*, all from one process."""
    program = (
        "import sys; from mutmut.__main__ import cli\n"
        "for name in sys.argv[1:]: cli(['show', name], standalone_mode=False)"
    )
    return _python(folder, "-c", program, *mutants)


def _python(folder: Path, *arguments: str) -> str:
    # With CI set, hypothesis draws the same examples each time and keeps no database.
    environment = {**os.environ, "CI": "1", "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=MINUTES * 60, check=False
        )
    except subprocess.TimeoutExpired:
        raise SystemExit(f"mutmut took longer than {MINUTES} minutes") from None
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        error = done.stderr.decode("utf-8", "replace")
        raise SystemExit(f"mutmut failed\n{out[-3000:]}{error[-3000:]}")
    return out


def _statuses(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if match := _RESULT.match(line):
            yield match["name"], match["status"]


def _changes(module: str, shown: str) -> Iterator[Change]:
    """Read the diffs of ``mutmut show``, each below a line ``# name: status``."""
    for part in re.split(r"^# (?=\S+__mutmut_\d+: )", shown, flags=re.MULTILINE)[1:]:
        head, _, diff = part.partition("\n")
        match = _NAME.search(head.partition(":")[0])
        assert match is not None, head
        owner = f"{match['owner']}." if match["owner"] else ""
        yield Change(module, owner + match["function"], _lines(diff, "-"), _lines(diff, "+"))


def _lines(diff: str, sign: str) -> str:
    lines = [line[1:].strip() for line in diff.splitlines() if line.startswith(sign)]
    return " ".join(line for line in lines if not line.startswith(sign * 2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
