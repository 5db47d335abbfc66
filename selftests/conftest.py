"""A project of its own with a service of its own, run by a real pytest in a process of its own: how the
harness is tested whole.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, settings

from framework.base import messages
from selftests.inner import run_pytest
from selftests.shipped import WITHOUT_PLUGINS, shipped_ini

os.environ.pop(messages.VARIABLE, None)  # a developer's own choice
for _variable in ("CI", "BUILD_NUMBER"):  # pytest writes whole messages into its summary when one is set
    os.environ.pop(_variable, None)
# A shell ignores the interrupt for processes that it starts in the background, and nohup the hang-up; tests
# send
# both to their own runs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
# Whether a property holds must not depend on how busy the machine is, nor on luck: the same commit gives the
# same verdict. The profile "explore" is for finding new examples.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("selftests", settings.get_profile("explore"), derandomize=True, database=None)
settings.load_profile("selftests")

pytest_plugins = ["selftests.small_project"]
ROOT = Path(__file__).parents[1]
# every character is written in another way by JSON, a URL, a header or a repr
TOKEN = 'TOKEN-"\\/é中+& 0123456789'
PLAIN_TOKEN = "TOKEN-abcdef-0123456789"
CONFTEST = 'pytest_plugins = ["framework.plugin"]\n'


class Service:
    """Answers on a free port of 127.0.0.1. ``replies``: path to a JSON value, bytes, a function of the
    request, or None to hang up; a status may come first, and a list of header fields last.
    """

    def __init__(self) -> None:
        self.replies: dict[str, Any] = {}
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.partition("?")[0]
                service.received.append((self.command, self.path, dict(self.headers), body))
                reply = service.replies.get(path, (404, {"message": "not found"}))
                reply = reply(dict(self.headers), body) if callable(reply) else reply
                if reply is None:
                    self.close_connection = True
                    return
                status, content, *fields = reply if isinstance(reply, tuple) else (200, reply)
                data = (
                    content
                    if isinstance(content, bytes)
                    else json.dumps(content, ensure_ascii=False).encode()
                )
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in fields[0] if fields else ():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class Outcome:
    """The result of a run: its exit code, its text, and its reports as they were when it ended.

    A later run in the same folder does not change them.
    """

    code: int
    out: str
    folder: Path
    files: Mapping[str, bytes]
    """Path from the folder, with slashes, to content: all of ``reports`` and ``.pytest_cache``."""
    logs: tuple[bytes, ...]
    """The structured logs that this run began."""

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """Allure's results by the id of the case."""
        found = {}
        for name, content in self.files.items():
            if fnmatch(name, "reports/allure-results/*-result.json"):
                result = json.loads(content)
                found[result["fullName"].partition("#")[2]] = result
        return found

    @property
    def statuses(self) -> dict[str, str]:
        return {name: result["status"] for name, result in self.results.items()}

    @cached_property
    def junit(self) -> dict[str, str]:
        """The result of each case in JUnit's report: passed, failure, error or skipped."""
        tree = ElementTree.fromstring(self.files["reports/junit.xml"])
        return {
            case.get("name", ""): next(
                (child.tag for child in case if child.tag in ("failure", "error", "skipped")), "passed"
            )
            for case in tree.iter("testcase")
        }

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        """Every line of the structured log; a line that is not JSON is an error."""
        (content,) = self.logs
        return [json.loads(line) for line in content.split(b"\n") if line]

    def everything(self) -> dict[str, bytes]:
        """All bytes that the run wrote or said."""
        return {**self.files, "stdout": self.out.encode()}


SHUFFLED = """
import random

def pytest_collection_modifyitems(items):
    random.Random(7).shuffle(items)
"""
"""A plugin, ``-p shuffled``: the cases in another order, the same in every process of a run."""


class Project:
    """A folder with a conftest.py, an environments.yaml and suites; ``run`` runs pytest in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.service = Service()
        self.variables = {"POLICY_TOKEN": PLAIN_TOKEN}
        self.write("pytest.ini", shipped_ini())
        self.write("conftest.py", CONFTEST)
        self.write("shuffled.py", SHUFFLED)
        self.environments(
            f"  test: {{base_url: '{self.service.url}', secrets: {{token: POLICY_TOKEN}}, allow: [write]}}"
        )

    def environments(self, text: str) -> None:
        """Write environments.yaml; the default is called test."""
        self.write("environments.yaml", f"default: test\nenvironments:\n{text}\n")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".py":  # bytecode of the same second and size would be taken for this text's
            shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
        return path

    def suite(self, cases: str, name: str = "list.yaml", head: str = "") -> None:
        """Write a suite from the text of its cases, indented by two."""
        self.write(f"testcases/{name}", f"suite: 列表\n{head}cases:\n{cases}")

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> Outcome:
        inherited = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTEST", "COV", "POLICY", "ALLURE", "HARNESS_LANG"))
        }
        variables = {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            **self.variables,
            **(env or {}),
        }
        earlier = set(self._written("reports/logs"))
        done = run_pytest([*WITHOUT_PLUGINS, *arguments], self.folder, variables)
        text = done.stdout + done.stderr
        files = self._written("reports") | self._written(".pytest_cache")
        logs = [name for name in files if fnmatch(name, "reports/logs/*.jsonl") and name not in earlier]
        return Outcome(done.returncode, text, self.folder, files, tuple(files[name] for name in logs))

    def _written(self, folder: str) -> dict[str, bytes]:
        paths = sorted(path for path in (self.folder / folder).rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}

    def close(self) -> None:
        self.service.close()


@pytest.fixture(autouse=True)
def language_of_messages() -> None:
    """Begin each test in Chinese: a command that ran in this process may have chosen another language."""
    messages.set_language("zh")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A fresh project."""
    made = Project(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def module_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project that the tests of a module share, so that they can look at one run."""
    made = Project(tmp_path_factory.mktemp("project"))
    yield made
    made.close()


@pytest.fixture
def token() -> str:
    return PLAIN_TOKEN


@pytest.fixture
def page() -> Callable[..., dict[str, Any]]:
    """``page(rows)``: a reply with a list of rows."""
    return lambda rows=(): {
        "success": True,
        "code": "0",
        "data": {"result": list(rows), "total": str(len(rows))},
    }
