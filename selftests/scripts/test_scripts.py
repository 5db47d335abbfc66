"""The scripts that people and CI call: arguments, exit codes and stamps.

A stub replaces pip and pytest, so no network is used.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    "scripts/bootstrap",
    "scripts/lock",
    "scripts/mutants",
    "scripts/nightly",
    "scripts/regress",
    "scripts/test",
    "scripts/translate",
    "scripts/versions",
    ".ci/run",
]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the scripts need a POSIX shell")

# Replaces .venv/bin/python: records its arguments and behaves like pip, pytest and the report.
STUB = """#!/bin/sh
case "$*" in
-c*) exec {python} "$@" ;;
esac
for argument in "$@"; do printf '%s\\n' "$argument"; done >> "$STUB_LOG"
echo -- >> "$STUB_LOG"
case "$*" in
*"framework clear"*) [ "${{CLEAR_EXIT:-0}}" = 0 ] || exit "$CLEAR_EXIT"; shift 3; rm -rf "$@"; exit ;;
*pip*)
    until [ -z "$PIP_WAITS_FOR" ] || [ -e "$PIP_WAITS_FOR" ]; do sleep 0.05; done
    echo "$PIP_ERROR" >&2
    exit "${{PIP_EXIT:-0}}" ;;
*framework*) exit "${{REPORT_EXIT:-0}}" ;;
*)
    mkdir -p reports/allure-results
    touch reports/allure-results/new-result.json reports/junit.xml
    if [ -n "$PYTEST_RUNS" ]; then
        trap 'exit 2' TERM
        touch "$PYTEST_RUNS"
        while :; do sleep 0.05; done
    fi
    exit "${{PYTEST_EXIT:-0}}" ;;
esac
"""


class Project:
    """A copy of the scripts in a folder with a space in its name, with a stub for the Python of its .venv."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "stub.log"
        (folder / ".venv" / "bin").mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("requirements", "requirements-dev"):
            (folder / f"{name}.txt").write_text("pytest==9.0.3\n")
            (folder / f"{name}.lock").write_text("pytest==9.0.3\n")
        python = folder / ".venv" / "bin" / "python"
        python.write_text(STUB.format(python=sys.executable))
        python.chmod(0o755)

    def start(self, script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "STUB_LOG": str(self.log), "PYTHON": sys.executable, **environment}
        return subprocess.Popen(
            [str(self.folder / "scripts" / script), *arguments],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(script, *arguments, **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of the stub's calls since this property was last read."""
        recorded = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        return [call.split("\n")[:-1] for call in re.split(r"^--\n", recorded, flags=re.MULTILINE) if call]

    def installs(self) -> int:
        return sum("pip" in call for call in self.calls)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "青创 政策")


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_syntax_is_right_and_the_file_can_be_run(script: str) -> None:
    path = ROOT / script
    shell = "bash" if "bash" in path.read_text(encoding="utf-8").splitlines()[0] else "sh"
    subprocess.run([shell, "-n", str(path)], check=True)
    assert os.access(path, os.X_OK)


# The stamp


def test_packages_are_installed_once(project: Project) -> None:
    first = project.run("bootstrap", "requirements.txt")
    assert first.stdout == f"{project.folder}/.venv/bin/python\n"
    assert project.installs() == 1
    assert project.run("bootstrap", "requirements.txt").stderr == ""
    assert project.installs() == 0


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt", "requirements.lock"])
def test_changed_requirements_are_installed_again(project: Project, changed: str) -> None:
    project.run("bootstrap", "requirements-dev.txt")
    (project.folder / changed).write_text("# changed\n")
    project.run("bootstrap", "requirements-dev.txt")
    assert project.installs() == 2


def test_packages_are_installed_from_the_lock_with_hashes(project: Project) -> None:
    project.run("bootstrap", "requirements-dev.txt")
    (call,) = project.calls
    assert call[-3:] == ["--require-hashes", "-r", str(project.folder / "requirements-dev.lock")]


def test_a_failed_install_reports_the_cause_and_is_repeated(project: Project) -> None:
    error = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
    failed = project.run("bootstrap", "requirements.txt", PIP_EXIT="1", PIP_ERROR=error)
    assert failed.returncode == 10 and failed.stdout == ""
    where, reason, remedy, line, log = failed.stderr.splitlines()[-5:]
    assert where.startswith("错误：依赖没有装好：requirements.lock，Python 3.")
    assert "哈希不符" in reason and remedy.startswith("处理：")
    assert line == f"pip：{error}" and log == "日志：.cache/pip.log"
    assert project.run("bootstrap", "requirements.txt").returncode == 0
    assert project.installs() == 2


@pytest.mark.parametrize("locked", ["pytest==9.0.2\n", None], ids=["other-version", "no-lock"])
def test_a_lock_that_does_not_fit_is_not_installed(project: Project, locked: str | None) -> None:
    lock = project.folder / "requirements.lock"
    lock.unlink() if locked is None else lock.write_text(locked)
    refused = project.run("bootstrap", "requirements.txt")
    assert refused.returncode == 10
    assert "requirements.lock" in refused.stderr and "scripts/lock" in refused.stderr
    assert project.installs() == 0


def test_a_killed_install_leaves_no_stamp_and_no_lock(project: Project) -> None:
    gate = project.folder / "gate"
    process = project.start("bootstrap", "requirements.txt", PIP_WAITS_FOR=str(gate))
    wait_for(project.log)
    process.kill()
    gate.touch()  # ends the orphaned installer too
    process.communicate()
    assert not list((project.folder / ".venv").glob(".installed-*"))
    assert project.run("bootstrap", "requirements.txt").returncode == 0


def test_two_runs_at_once_install_once(project: Project) -> None:
    gate = project.folder / "gate"
    first = project.start("bootstrap", "requirements.txt", PIP_WAITS_FOR=str(gate))
    wait_for(project.log)
    second = project.start("bootstrap", "requirements.txt")
    assert "另一个进程正在安装" in second.stderr.readline()
    gate.touch()
    outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert outputs[0] == outputs[1]
    assert project.installs() == 1


def test_a_venv_without_its_python_is_made_again(project: Project) -> None:
    python = project.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    done = project.run("bootstrap")
    assert done.returncode == 0, done.stderr
    assert "建立虚拟环境" in done.stderr
    assert python.resolve().exists()


@pytest.mark.parametrize(
    ("python", "message"),
    [
        ("exit 1", "找不到 Python 3.10"),
        ('case "$2" in *ensurepip*) exit 1 ;; esac', "python3-venv"),
    ],
    ids=["too-old", "without-venv"],
)
def test_an_unusable_python_is_reported_in_one_line(
    project: Project, tmp_path: Path, python: str, message: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    (tools / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (tools / "python3").chmod(0o755)
    done = project.run("bootstrap", "requirements.txt", PATH=str(tools), PYTHON="")
    assert done.returncode == 10
    assert message in done.stderr and done.stderr.count("\n") == 1


# regress


def test_regress_passes_its_arguments_on_unchanged(project: Project) -> None:
    project.run("regress", "-m", "smoke and not slow", "testcases/政策 列表.yaml")
    _, _, pytest_call, report_call = project.calls
    assert pytest_call == ["-m", "pytest", "-m", "smoke and not slow", "testcases/政策 列表.yaml"]
    assert report_call == ["-m", "framework", "report", "--results", "reports/allure-results"]


@pytest.mark.parametrize("code", [0, 1, 2, 5])
@pytest.mark.parametrize("report", ["0", "1"])
def test_regress_returns_the_exit_code_of_pytest_even_if_the_report_fails(
    project: Project, code: int, report: str
) -> None:
    done = project.run("regress", PYTEST_EXIT=str(code), REPORT_EXIT=report)
    assert done.returncode == code
    assert "reports/allure-results" in done.stdout and "reports/junit.xml" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_regress_ends_pytest_and_the_report_is_made(
    project: Project, number: signal.Signals
) -> None:
    running = project.folder / "pytest-runs"
    process = project.start("regress", PYTEST_RUNS=str(running))
    wait_for(running)
    process.send_signal(number)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "reports/junit.xml" in out
    assert ["-m", "framework", "report", "--results", "reports/allure-results"] in project.calls


def test_regress_names_no_reports_if_nothing_was_run(project: Project) -> None:
    done = project.run("regress", PYTEST_EXIT="4")
    assert done.returncode == 4
    assert "reports/" not in done.stdout  # files there may belong to another run


def test_regress_names_only_files_that_exist(project: Project) -> None:
    assert (
        project.run("regress").stdout
        == "Allure 结果：reports/allure-results\nJUnit 结果：reports/junit.xml\n"
    )


def test_regress_that_cannot_prepare_runs_nothing(project: Project) -> None:
    assert project.run("regress", PIP_EXIT="1").returncode == 10
    assert len(project.calls) == 1


@pytest.mark.parametrize(
    "option", ["--help", "-h", "--collect-only", "--co", "--markers", "--fixtures", "--version"]
)
def test_an_option_that_runs_no_case_makes_no_report_and_keeps_the_last_results(
    project: Project, option: str
) -> None:
    old = project.folder / "reports" / "allure-results" / "old-result.json"
    old.parent.mkdir(parents=True)
    old.touch()
    project.run("regress", "-q", option)
    assert [call[1] for call in project.calls] == ["pip", "pytest"]
    assert old.exists()


def test_results_of_an_earlier_run_do_not_enter_the_report(project: Project) -> None:
    old = project.folder / "reports" / "allure-results" / "old-result.json"
    old.parent.mkdir(parents=True)
    old.touch()
    project.run("regress")
    assert [path.name for path in old.parent.iterdir()] == ["new-result.json"]


def test_if_another_run_uses_the_results_nothing_is_run_and_no_report_is_made(project: Project) -> None:
    assert project.run("regress", CLEAR_EXIT="2").returncode == 4
    assert [call[1] for call in project.calls] == ["pip", "framework"]


@pytest.mark.parametrize("arguments", [["--alluredir=my results"], ["--alluredir", "my results"]])
def test_a_requested_results_folder_is_reported_and_not_emptied(
    project: Project, arguments: list[str]
) -> None:
    mine = project.folder / "my results" / "mine.json"
    mine.parent.mkdir()
    mine.touch()
    project.run("regress", *arguments)
    assert project.calls[-1][-1] == "my results"
    assert mine.exists()


def test_the_report_has_the_language_of_the_run(project: Project) -> None:
    for arguments in (["--lang", "en"], ["--lang=en"]):
        out = project.run("regress", *arguments).stdout
        assert "Allure results: reports/allure-results" in out
        assert "JUnit results: reports/junit.xml" in out
    assert "Allure 结果：reports/allure-results" in project.run("regress").stdout


def test_the_newest_log_is_named(project: Project) -> None:
    logs = project.folder / "reports" / "logs"
    logs.mkdir(parents=True)
    for name in ("20261121.jsonl", "20261122.jsonl"):
        (logs / name).touch()
    assert "运行日志：reports/logs/20261122.jsonl" in project.run("regress").stdout


# test


def test_test_runs_all_selftests_unless_some_are_named(project: Project) -> None:
    project.run("test", "-q")
    assert project.calls[-1][-3:] == ["auto", "selftests", "-q"]
    (project.folder / "selftests").mkdir()
    (project.folder / "selftests" / "test_a.py").touch()
    project.run("test", "selftests/test_a.py::test_b")
    assert project.calls[-1][-2:] == ["auto", "selftests/test_a.py::test_b"]


def wait_for(path: Path) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)
