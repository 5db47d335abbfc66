"""A pytest plugin with a small project on disk, for the tests of commands: fixtures ``small_project``,
``service``, ``regress``.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from framework.cli.commands import main
from selftests.inner import run_pytest

ROOT = Path(__file__).resolve().parents[1]
REPLY = {
    "success": True,
    "data": {"result": [{"id": "1", "size": 10}, {"id": "2", "size": 12}], "totalNum": "2"},
}
ENVIRONMENTS = "default: test\nenvironments:\n  test: {base_url: http://127.0.0.1:9, allow: [write]}\n"
INI = (
    "[pytest]\naddopts = -p framework.plugin -p no:cacheprovider -p no:randomly -p no:anyio -p no:"
    "hypothesispytest\nmarkers =\n    smoke: 冒烟\n"
)


@dataclass(frozen=True)
class Project:
    """Files are written relative to its root; ``run`` is ``python -m framework`` there, giving exit code,
    output and errors.
    """

    root: Path
    run: Callable[..., tuple[int, str, str]]

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def contract(self, name: str, schema: Mapping[str, Any]) -> None:
        self.write(f"schemas/{name}.schema.json", json.dumps(schema, ensure_ascii=False, indent=1))

    def suite(self, *lines: str, name: str = "suite") -> None:
        """Write a suite of one case, ``one``; *lines* are of the case."""
        self.write(
            f"testcases/{name}.yaml",
            "\n".join([f"suite: {name}", "cases:", "  - id: one", *(f"    {line}" for line in lines)]) + "\n",
        )


@pytest.fixture
def small_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Project:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(list(arguments))
        except SystemExit as stop:  # argparse's own usage errors
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    made = Project(tmp_path, run)
    made.write("environments.yaml", ENVIRONMENTS)
    made.write("pytest.ini", INI)
    return made


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(REPLY).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """The address of a service that answers every POST with REPLY."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def regress(small_project: Project, service: str) -> Callable[..., pytest.RunResult]:
    """Run pytest in the project against the service, in a process of its own."""

    def run(*arguments: str, forked: bool = True) -> pytest.RunResult:
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        options = ["--base-url", service, *arguments]
        done = run_pytest(options, small_project.root, variables, forked=forked)
        return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0)

    return run
