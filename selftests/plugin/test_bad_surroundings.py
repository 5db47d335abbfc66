"""A full disk, a folder that cannot be written, two runs at once, leftovers, a kill: a clear word or the
right work, never a mixed report.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from framework.report.html_report import build_report
from framework.report.results_folder import BusyError, hold_folder

ROOT = Path(__file__).parents[2]
PLUGIN = 'pytest_plugins = ["framework.plugin"]\n'
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX limits and signals")
BIG = {"rows": [{"id": str(number), "name": "名" * 100} for number in range(30)]}


def cases(count: int) -> str:
    return "".join(
        f"""
  - id: case-{number}
    request: {{url: /list, params: {{n: "{number}"}}}}
    validate: {{"$.rows[*].name": 好}}
"""
        for number in range(count)
    )


def lines_of(folder: Path) -> list[dict]:
    (path,) = (folder / "reports" / "logs").glob("*.jsonl")
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


# A place that takes nothing


def test_a_file_in_the_place_of_the_folder_is_told_in_one_sentence(project) -> None:
    project.suite(cases(1))
    project.write("reports", "a file")
    run = project.run()
    assert run.code == 4
    assert "reports/allure-results 不能写" in run.out and "Traceback" not in run.out
    assert not project.service.received


def test_clearing_a_place_that_cannot_be_written_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    said = framework("clear", "reports/allure-results", cwd=tmp_path)
    assert said.returncode == 2
    assert "不能写" in said.stderr and "Traceback" not in said.stderr


@posix
@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_full_disk_stops_the_run_and_says_that_the_evidence_is_not_whole(
    project, limit: int, workers: tuple[str, ...]
) -> None:
    project.service.replies["/list"] = BIG
    # Python does not notice that the limit cuts its bytecode files, and no later run could import them.
    project.write(
        "conftest.py",
        f"{PLUGIN}import os, resource, sys\nos.environ['PYTHONDONTWRITEBYTECODE'] = '1'\n"
        "sys.dont_write_bytecode = True\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n",
    )
    project.suite(cases(40))
    run = project.run("-p", "no:cacheprovider", *workers)
    assert run.code in (2, 3), run.out
    assert "证据写不下去了" in run.out
    assert "INTERNALERROR" not in run.out
    assert len(project.service.received) < 40


@posix
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_full_disk_under_a_recording_ends_the_run_and_no_verdict_changes(
    project, workers: tuple[str, ...]
) -> None:
    project.service.replies["/list"] = BIG
    project.write(
        "conftest.py",
        f"""{PLUGIN}
import framework.tape.recorder as recorder

def full(path, value):
    raise OSError(28, "No space left on device", str(path))

recorder.write_json = full
""",
    )
    project.suite(cases(20))
    run = project.run("-p", "no:cacheprovider", "--record", "tape", *workers)
    assert run.code == 2, run.out
    assert "录制不完整" in run.out and "INTERNALERROR" not in run.out
    assert set(run.statuses.values()) == {"failed"}  # and not broken
    assert len(project.service.received) < 20


# Two runs at once


def test_a_second_run_names_the_first_and_leaves_its_results_alone(project) -> None:
    begun, done = threading.Event(), threading.Event()

    def reply(*_: object) -> dict:
        begun.set()
        assert done.wait(120)
        return BIG

    project.service.replies["/list"] = reply
    project.suite(cases(2))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(project.run)
        assert begun.wait(120)
        try:
            second = project.run()
            cleared = framework("clear", "reports/allure-results", cwd=project.folder)
            report = build_report(
                project.folder / "reports" / "allure-results", project.folder / "html", install=False
            )
        finally:
            done.set()
    run = first.result()
    run_id = run.log[0]["run"]
    assert second.code == 4
    assert f"正被另一次运行使用：运行 {run_id}" in second.out
    assert (cleared.returncode, report.status) == (2, "not_made")
    assert run_id in cleared.stderr and run_id in report.text
    assert run.statuses == {"case-0": "failed", "case-1": "failed"}


def test_a_second_run_can_write_elsewhere(project) -> None:
    project.service.replies["/list"] = BIG
    project.suite(cases(1))
    with hold_folder(project.folder / "reports" / "allure-results", "运行 x"):
        assert project.run().code == 4
        assert project.run("--alluredir=elsewhere", "--junitxml=elsewhere/junit.xml").code == 1
        assert project.run("--collect-only").code == 0


def test_who_holds_a_folder_is_told_only_while_it_does(tmp_path: Path) -> None:
    with (
        hold_folder(tmp_path, "运行 a"),
        pytest.raises(BusyError, match="运行 a"),
        hold_folder(tmp_path, "运行 b"),
    ):
        pass
    with hold_folder(tmp_path, "运行 c"):
        assert "运行 c" in (tmp_path / ".holder").read_text("utf-8")
    assert not (tmp_path / ".holder").exists()


# Leftovers


def test_what_an_older_version_or_another_tool_left_does_not_enter(project) -> None:
    project.service.replies["/list"] = BIG
    project.suite(cases(1))
    left = [
        "old-result.json",
        "1-testsuite.xml",
        "TEST-a.xml",
        "cucumber.json",
        "x-attachment",
        "globals.tmp",
    ]
    for name in left:
        project.write(f"reports/allure-results/{name}", '{"uuid": "cut sh')
    project.write("reports/allure-results/notes.bin", "not ours")
    project.write("reports/allure-results/.lock", "{an older lock")
    project.write("reports/allure-results/.holder", "{of a run that was killed")
    project.write("reports/run.json", '{"schema": 0, "cases": "all"}')
    project.write("reports/logs/old.jsonl", "not a log")
    run = project.run()
    names = {path.name for path in (project.folder / "reports" / "allure-results").iterdir()}
    assert run.code == 1 and run.statuses == {"case-0": "failed"}
    assert not names & set(left) and "notes.bin" in names
    assert json.loads((project.folder / "reports" / "run.json").read_text("utf-8"))["counts"]["failed"] == 1


# A kill


@posix
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_killed_run_leaves_every_finished_case_and_blocks_nobody(project, workers: tuple[str, ...]) -> None:
    project.write(
        "conftest.py",
        PLUGIN + "import os, pathlib\n"
        "if 'PYTEST_XDIST_WORKER' not in os.environ: pathlib.Path('pid').write_text(str(os.getpid()))\n",
    )
    project.suite(cases(30))

    def reply(*_: object) -> dict:
        if len(project.service.received) == 20:
            os.kill(int((project.folder / "pid").read_text()), signal.SIGKILL)
        return BIG

    project.service.replies["/list"] = reply
    killed = project.run(*workers)
    finished = {
        line["case"].partition("::")[2]
        for line in lines_of(project.folder)
        if line["event"] == "case.finished"
    }
    assert killed.code == -signal.SIGKILL
    assert len(killed.results) >= 17  # at most the one at hand in each process is not written
    assert set(killed.results) <= finished
    project.service.replies["/list"] = BIG
    assert len(project.run().results) == 30


# The log of several processes


def test_every_line_of_two_workers_is_whole_and_in_one_file(project) -> None:
    project.service.replies["/list"] = BIG
    project.suite(cases(60))
    run = project.run("-n", "2")
    by_worker = {line["worker"] for line in run.log}
    finished = [line["case"] for line in run.log if line["event"] == "case.finished"]
    assert by_worker >= {"main", "gw0", "gw1"}
    assert len(finished) == len(set(finished)) == 60
    assert max(len(json.dumps(line)) for line in run.log) > 8192  # longer than Python writes at once


# Memory


@pytest.mark.parametrize("evidence", ["all", "failed", "none"])
def test_no_verdict_outlives_its_case(project, evidence: str) -> None:
    """It holds whole replies: two thousand of them are half a gigabyte. Python itself keeps the last error
    and its frames.
    """
    project.write(
        "conftest.py",
        PLUGIN
        + """
def pytest_sessionfinish():
    import gc, pathlib
    from framework.run.verdict import Verdict
    gc.collect()
    pathlib.Path("alive").write_text(str(sum(isinstance(each, Verdict) for each in gc.get_objects())))
""",
    )
    project.service.replies["/list"] = BIG
    project.suite(
        cases(10)
        + """
  - id: passes
    request: {url: /list}
    validate: {"$.rows[0].id": "0"}
  - id: breaks
    request: {url: "http://127.0.0.1:9/list"}
    validate: {"$.rows[0].id": "0"}
"""
    )
    assert len(project.run("--evidence", evidence).results) == 12
    assert int((project.folder / "alive").read_text()) <= 2


def framework(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "framework", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
