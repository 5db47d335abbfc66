"""``load``: puts load on the service of a project, in a process of its own, for a second or two."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.conftest import Project

ROOT = Path(__file__).parents[2]
CASES = """\
  - id: list
    name: 列表
    tags: [smoke]
    request: {url: /list}
    validate: {$.code: "0"}
  - id: other
    name: 另一个
    request: {url: /other}
    validate: {$.code: "0"}
"""


@dataclass(frozen=True)
class Loaded:
    """The result of a load test: exit code, text, and its page."""

    code: int
    out: str
    page: str


def start(project: Project, *arguments: str) -> subprocess.Popen[str]:
    """Start a load test in the folder of *project*."""
    return _start(project, "-m", "framework", "load", *arguments)


def run_python(project: Project, *arguments: str) -> str:
    """Run the interpreter in the folder of *project* and return what it prints."""
    return _start(project, *arguments).communicate(timeout=120)[0]


def _start(project: Project, *arguments: str) -> subprocess.Popen[str]:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "HARNESS"))
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=project.folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **project.variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def end(project: Project, process: subprocess.Popen[str]) -> Loaded:
    """Wait for the end of a load test."""
    out = process.communicate(timeout=120)[0]
    page = project.folder / "reports" / "load.html"
    return Loaded(process.returncode, out, page.read_text(encoding="utf-8") if page.is_file() else "")


@pytest.fixture
def service_of_two(project: Project) -> Project:
    """A project with two cases, which pass. Its event ``arrived`` is set by the first request."""
    project.suite(CASES)
    project.arrived = threading.Event()

    def answer(*_: object) -> dict[str, str]:
        project.arrived.set()
        return {"code": "0"}

    project.service.replies = {"/list": answer, "/other": answer}
    return project


@pytest.fixture
def load(service_of_two: Project) -> Callable[..., Loaded]:
    """Put load on the service for a second, with three users unless *arguments* say otherwise."""

    def run(*arguments: str) -> Loaded:
        least = ("--users", "3", "--run-time", "1s")
        return end(service_of_two, start(service_of_two, *least, *arguments))

    return run
