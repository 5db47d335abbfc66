"""Splits the documents into blocks, and makes a project in which their examples are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from selftests.inner import run_pytest
from selftests.shipped import ROOT, WITHOUT_PLUGINS, shipped_environments, shipped_ini

FOLDER = "testcases/policy_list"
_BLOCK = re.compile(
    r"^(?:<!-- (?P<note>[^\n]*?) -->\n+)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEAD = re.compile(r"_{3,} .+ _{3,}")
_NEXT = re.compile(r"([-_=])\1* .+ [-_=]+")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``note`` is the HTML comment above it, which readers do not see."""

    path: Path
    line: int
    note: str
    language: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks_of(path: Path) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(
            path,
            text.count("\n", 0, found.start("text")),
            found["note"] or "",
            found["language"],
            found["text"],
        )
        for found in _BLOCK.finditer(text)
    ]


def suite_of(text: str) -> str:
    """Return a complete suite for a suite, a list of cases or a few checks."""
    first = next(line for line in text.splitlines() if not line.startswith("#"))
    if first.startswith("suite:"):
        return text
    if first.startswith("- id:"):
        return "suite: 例\ncases:\n" + _indented(text, 2)
    return "suite: 例\ncases:\n  - id: example\n    validate:\n" + _indented(text, 6)


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


class Project:
    """A project like a user's: our settings, contracts and shared requests, and a stand-in with the given
    faults.
    """

    def __init__(self, folder: Path, faults: tuple[str, ...] = ()) -> None:
        self.folder = folder
        (folder / FOLDER).mkdir(parents=True)
        for name in ("conftest.py", f"{FOLDER}/_shared.yaml"):
            shutil.copy(ROOT / name, folder / name)
        (folder / "pytest.ini").write_text(shipped_ini(), encoding="utf-8")
        (folder / "environments.yaml").write_text(shipped_environments(), encoding="utf-8")
        shutil.copytree(ROOT / "schemas", folder / "schemas")
        self.options = [f"--standin={' '.join(f'--fault {fault}' for fault in faults)}"] if faults else []

    def write(self, name: str, text: str) -> None:
        (self.folder / FOLDER / name).write_text(text, encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run pytest as a user would, on a terminal of 80 columns."""
        given = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "POLICY_"))
        }
        variables = {**given, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80", **environment}
        return run_pytest([*WITHOUT_PLUGINS, *self.options, *arguments], self.folder, variables)


def failure_of(output: str) -> str:
    """Return the printed block of the first failure of a run, without the parts that vary from run to run."""
    lines = output.splitlines()
    start = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line)), None)
    assert start is not None, output
    length = next(at for at, line in enumerate(lines[start + 1 :]) if _NEXT.fullmatch(line))
    return re.sub(
        r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", "\n".join(lines[start + 1 : start + 1 + length]) + "\n"
    )


def same_as_printed(block: Block, printed: str) -> None:
    """Compare a block with the printed text; with UPDATE_GOLDEN set, write the text into the document."""
    if os.environ.get("UPDATE_GOLDEN") and block.text != printed:
        text = block.path.read_text(encoding="utf-8")
        assert text.count(f"\n{block.text}```") == 1, f"{block.id}: the text is there more than once"
        block.path.write_text(text.replace(f"\n{block.text}```", f"\n{printed}```"), encoding="utf-8")
        return
    assert block.text == printed
