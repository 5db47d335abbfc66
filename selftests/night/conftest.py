"""Runs written by hand, and nights made from them without pytest and Allure."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from framework.base.clock import CHINA
from framework.base.process import ProcessResult
from framework.night import command as night_module
from framework.night import files as night_files
from framework.report.case_record import CaseRecord
from framework.report.html_report import ReportOutcome
from framework.report.record_file import dump
from framework.report.run_record import CollectionProblem, RunRecord
from framework.report.text_file import write_text

FIRST = datetime(2026, 11, 16, 2, 15, tzinfo=CHINA)
LETTERS = {"P": "passed", "F": "failed", "B": "broken", "S": "skipped", "K": "known", "W": "warned"}


def case(name: str, letter: str = "P", **given: object) -> CaseRecord:
    """Return a case whose status is given by a letter: P, F, B, S, K or W."""
    status = LETTERS[letter]
    blame = {"failed": ("mismatch", "$.success 期望 true"), "broken": ("environment", "连接被拒绝")}.get(
        status, ("", "")
    )
    made = CaseRecord(
        f"testcases/a.yaml::{name}",
        f"标题 {name}",
        status,
        f"结论 {name}",
        *blame,
        elapsed=(5.0,),
        checks=1,
        requests=1,
        source="s",
    )
    return replace(made, **given)


def run_of(cases: Mapping[str, str] | list[CaseRecord], night: int = 0, **given: object) -> RunRecord:
    """Return the run of the *night*-th night."""
    listed = cases if isinstance(cases, list) else [case(name, letter) for name, letter in cases.items()]
    red = any(item.status in ("failed", "broken") for item in listed) or given.get("collection")
    started = (FIRST + timedelta(days=night)).isoformat(timespec="milliseconds")
    made = RunRecord(
        f"run-{night}",
        "test",
        started,
        started,
        1.0,
        1 if red else 0,
        collected=len(listed),
        cases=tuple(listed),
    )
    return replace(made, **given)


def problem(name: str = "testcases/bad.yaml", text: str = "bad.yaml:3:1: 不认识的键") -> CollectionProblem:
    return CollectionProblem(name, text)


class Receiver:
    """A chat service on 127.0.0.1. ``status``: its reply. While ``hold`` is set, it does not reply."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.status = 200
        self.hold = threading.Event()
        self.let_go = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.received.append(body.decode("utf-8"))
                if receiver.hold.is_set():
                    receiver.let_go.wait(120)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Write nothing to stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/hook-SECRET-0123456789"

    @property
    def texts(self) -> list[dict[str, str]]:
        return [json.loads(body) for body in self.received]

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


PATIENT = ("--notify-seconds", "300")
"""A notification that can be sent is sent, however slow the machine is."""


class Nights:
    """A project with a fake pytest, which writes the given run record."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.reports = folder / "reports"
        self.report = ReportOutcome(
            "made", "HTML 报告： reports/html/index.html", self.reports / "html" / "index.html"
        )
        self.shown: dict[str, str] = {}
        self.run: RunRecord | str | None = None
        self.code: int | None = None
        monkeypatch.chdir(folder)
        for name in ("HARNESS_NOTIFY_URL", "GITHUB_STEP_SUMMARY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(night_module, "_run_pytest", self._pytest)
        monkeypatch.setattr(night_files, "build_report", self._build)
        (folder / "environments.yaml").write_text(
            "default: test\nenvironments:\n  test: {base_url: http://127.0.0.1:1}\n", encoding="utf-8"
        )

    def _pytest(self, _options: object, _say: object) -> ProcessResult:
        return ProcessResult(self._pytest_code())

    def _pytest_code(self) -> int:
        if self.run is None:
            return 4 if self.code is None else self.code
        text = self.run if isinstance(self.run, str) else dump(self.run)
        write_text(self.reports / "run.json", text)
        (self.reports / "allure-results").mkdir(exist_ok=True)
        return self.code if self.code is not None else self.run.exit if isinstance(self.run, RunRecord) else 0

    def _build(self, results: Path, html: Path, *, variables: dict[str, str], **_: object) -> ReportOutcome:
        self.shown = variables
        return self.report

    def night(self, run: RunRecord | str | None, *arguments: str, code: int | None = None) -> int:
        self.run, self.code = run, code
        return night_module.night_command((*PATIENT, *arguments), print)

    @property
    def summary(self) -> str:
        return (self.reports / "summary.md").read_text(encoding="utf-8")

    def history(self, environment: str = "test") -> list[str]:
        return sorted(path.name for path in (self.reports / "history" / environment).iterdir())


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(tmp_path, monkeypatch)


@pytest.fixture
def record() -> Callable[..., RunRecord]:
    return run_of
