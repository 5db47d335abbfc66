"""docs/first-contact.md as a story: its commands are run in order, against a service with its own address.

A block with the note ``run`` is run; ``run; code: 5`` ends with that exit code, ``run; fault: NAME`` runs
against a service with this fault. The text block right after it has lines that the command prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from selftests.docs.documents import FOLDER, ROOT, Block, blocks_of
from selftests.shipped import WITHOUT_PLUGINS, shipped_ini
from standin.process import StandinProcess
from standin.tokens import DEFAULT_TOKEN

PAGE = ROOT / "docs" / "first-contact.md"
TEST_ADDRESS = "https://app.youth.cq.cqyl.org.cn"


def option(block: Block, name: str) -> str:
    found = re.search(rf"{name}: ([\w-]+)", block.note)
    return found[1] if found else ""


def commands(block: Block) -> list[list[str]]:
    """Return the commands of pytest and of the harness; those of git need no test of ours."""
    split = [shlex.split(line) for line in block.text.splitlines()]
    python = {"pytest": [sys.executable, "-m", "pytest", *WITHOUT_PLUGINS], "python": [sys.executable]}
    return [[*python[words[0]], *words[1:]] for words in split if words[0] in python]


class Project:
    """The shipped project, with an environment ``test`` whose service is a stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "testcases", folder / "testcases")
        shutil.copytree(ROOT / "schemas", folder / "schemas")
        shutil.copy(ROOT / "conftest.py", folder)
        (folder / "pytest.ini").write_text(shipped_ini(), encoding="utf-8")

    def run(self, block: Block) -> str:
        """Run the commands of *block* and return their output."""
        service = StandinProcess(["--fault", option(block, "fault")] if option(block, "fault") else [])
        service.start()
        try:
            self._serve_at(service.url)
            return "".join(self._call(words, block) for words in commands(block))
        finally:
            service.stop()

    def _serve_at(self, url: str) -> None:
        text = (ROOT / "environments.yaml").read_text(encoding="utf-8")
        assert TEST_ADDRESS in text
        text = text.replace(TEST_ADDRESS, url).replace("https://youth.cq.cqyl.org.cn", url)
        text = text.replace("max_rps: 5 ", "max_rps: 10000 ")
        (self.folder / "environments.yaml").write_text(text, encoding="utf-8")

    def _call(self, words: list[str], block: Block) -> str:
        given = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        done = subprocess.run(
            words,
            cwd=self.folder,
            env={**given, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "POLICY_TOKEN": DEFAULT_TOKEN},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        output = done.stdout + done.stderr
        assert done.returncode == int(option(block, "code") or 0), output
        return output


def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    blocks = blocks_of(PAGE)
    ran = 0
    for block, after in pairwise([*blocks, blocks[-1]]):
        if not block.note.startswith("run"):
            continue
        ran += 1
        printed = project.run(block)
        lines = after.text.splitlines() if after.language == "text" and not after.note else []
        for line in lines:
            assert line in printed, f"{block.id}: {line!r} is not in\n{printed}"
    assert ran == 6
    assert (project.folder / "baselines" / "test" / FOLDER).is_dir()
