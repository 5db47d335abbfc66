"""Whole nights with a real pytest: command line, signals, time limit, workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from html import unescape
from pathlib import Path

import pytest

from selftests.shipped import WITHOUT_PLUGINS

ROOT = Path(__file__).parents[2]
SUITE = """
  - id: one
    request: {url: /list}
    validate: {$.success: true}
  - id: rows
    parametrize: {n: [1, 2, 3, 4]}
    request: {url: "/list?n=${n}"}
    validate: {$.success: true}
"""
SLOW = """
  - id: first
    request: {url: /list}
    validate: {$.success: true}
  - id: slow
    request: {url: /slow}
    validate: {$.success: true}
  - id: last
    request: {url: /list}
    validate: {$.success: true}
"""


def start(project, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "HARNESS", "GITHUB"))
    }
    environment = {**inherited, **project.variables, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables}
    environment["PYTEST_ADDOPTS"] = " ".join(WITHOUT_PLUGINS)
    command = [
        sys.executable,
        "-m",
        "framework",
        "night",
        "--no-install",
        "--notify-seconds",
        "300",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    return subprocess.Popen(
        command,
        cwd=project.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def night(project, *arguments: str, **variables: str) -> tuple[int, str]:
    process = start(project, *arguments, **variables)
    out, _ = process.communicate(timeout=300)
    return process.returncode, out


def record(project) -> dict:
    return json.loads((project.folder / "reports" / "run.json").read_text(encoding="utf-8"))


def summary(project) -> str:
    return (project.folder / "reports" / "summary.md").read_text(encoding="utf-8")


@pytest.fixture
def slow(project):
    """A project whose second case waits. ``begun`` is set when it starts waiting."""
    begun, let_go = threading.Event(), threading.Event()

    def wait(*_: object) -> dict:
        begun.set()
        let_go.wait(120)
        return {"success": True}

    project.service.replies = {"/list": {"success": True}, "/slow": wait}
    project.suite(SLOW)
    project.begun = begun
    yield project
    let_go.set()


def test_two_parallel_nights_send_one_notification_each(project, receiver) -> None:
    pytest.importorskip("apprise")
    project.service.replies["/list"] = {"success": True}
    project.suite(SUITE)
    address = {"HARNESS_NOTIFY_URL": receiver.address}
    code, out = night(project, "-n", "2", "-p", "shuffled", **address)
    assert code == 0, out
    project.service.replies["/list"] = {"success": False}
    code, out = night(project, "-n", "2", "-p", "shuffled", **address)
    assert code == 1, out
    last = out.splitlines()[-1]
    assert last.startswith("夜间回归 test（http://127.0.0.1:")
    assert last.endswith("：服务有错（退出码 1）")
    assert [text["title"] for text in receiver.texts] == [
        "接口回归 test：全部通过（退出码 0）",
        "接口回归 test：服务有错（退出码 1）",
    ]
    assert "### 新出现的原因" in summary(project)
    everything = b"".join(
        path.read_bytes() for path in (project.folder / "reports").rglob("*") if path.is_file()
    )
    assert b"SECRET-0123456789" not in everything and "SECRET-0123456789" not in out


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_night_reports_its_finished_cases(slow, number: int) -> None:
    process = start(slow, "-p", "no:randomly")
    assert slow.begun.wait(120)
    process.send_signal(number)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 2, out
    assert record(slow)["counts"]["passed"] == 1
    assert "运行中断" in summary(slow)


def test_a_run_over_its_time_limit_is_ended(slow) -> None:
    for minutes in ("0.05", "0.1", "0.2", "0.3"):  # long enough to begin, too short for the request to end
        code, out = night(slow, "--minutes", minutes, "-p", "no:randomly")
        if slow.begun.is_set():
            break
    assert code == 2, out
    assert "中断了它" in out and "运行中断" in summary(slow)


def test_a_wrong_case_file_is_exit_code_3(project) -> None:
    project.service.replies["/list"] = {"success": True}
    project.suite(SUITE)
    project.write("testcases/bad.yaml", "suite: 坏\ncases:\n  - id: a\n    valdate: {}\n")
    code, out = night(project)
    assert code == 3, out
    assert "testcases/bad.yaml" in summary(project)


def test_a_night_that_judges_nothing_is_exit_code_2(project) -> None:
    project.service.replies["/list"] = {"success": True}
    project.suite(SUITE)
    code, out = night(project, "-k", "no-such-case")
    assert code == 2, out
    assert "没有任何用例得到评判" in summary(project)


IMPORT = "import no_such_module\n"
LEAK = "import os\nraise RuntimeError(os.environ['POLICY_TOKEN'])\n"


@pytest.mark.parametrize(
    ("arguments", "conftest", "reason"),
    [
        (["--env", "tset"], "", "没有叫 tset 的环境"),
        (["--no-such-option"], "", "unrecognized arguments: --no-such-option"),
        ([], IMPORT, "ModuleNotFoundError: No module named 'no_such_module'"),
        ([], LEAK, "RuntimeError: ***token***"),
    ],
    ids=["environment", "option", "import", "secret"],
)
def test_a_night_that_dies_in_its_first_second_says_why(
    project, arguments: list[str], conftest: str, reason: str
) -> None:
    project.suite(SUITE)
    if conftest:
        project.write("conftest.py", conftest)
    code, out = night(project, *arguments)
    assert code == 2, out
    reports = project.folder / "reports"
    page = unescape((reports / "index.html").read_text(encoding="utf-8"))
    assert f"请运维或框架的维护者看：pytest 没有留下记录就结束了：{reason}" in page
    (log,) = (reports / "logs").glob("*.jsonl")
    assert f'href="logs/{log.name}"' in page and 'href="run.json"' in page
    event = json.loads(log.read_text(encoding="utf-8"))
    assert (event["event"], event["exit"]) == ("run.ended_early", 4)
    assert reason in " ".join(event["output"])
    assert record(project)["internal"]
    everything = [out, summary(project), *(path.read_text("utf-8") for path in reports.rglob("*.*"))]
    assert not [text for text in everything[1:] if project.variables["POLICY_TOKEN"] in text]


def test_an_unreachable_service_is_exit_code_2_and_sent_once(project) -> None:
    project.suite(SUITE)
    project.service.close()
    code, out = night(project)
    assert code == 2, out
    causes = summary(project).partition("### 原因（1）")[2]
    assert causes.count("- **") == 1
    assert "连接被拒绝（5 个用例）" in causes
