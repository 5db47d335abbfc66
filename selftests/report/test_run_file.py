"""reports/run.json of real runs: documented, masked, the same in any order and number of processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jsonschema
import pytest

from framework.report.record_file import load

ROOT = Path(__file__).parents[2]
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
)
SUITE = """
  - id: good
    request: {url: /list}
    validate: {any_of: [{name: 拒绝, $.success: false}, {name: 无码, $.code: {absent: true}}]}
  - id: bad
    request: {url: /list}
    validate: {$.success: false}
  - id: warned
    level: warning
    request: {url: /list}
    validate: {$.success: false}
  - id: defect
    known_defect: [{path: $.success, reason: 已报}]
    request: {url: /list}
    validate: {$.success: false}
  - id: hung-up
    request: {url: /hang}
    validate: {$.success: true}
  - id: skipped
    skip: 等修复
    request: {url: /list}
    validate: {$.success: true}
  - id: rows
    parametrize: {n: [1, 2, 3]}
    request: {url: "/list?n=${n}"}
    validate: {$.n: {absent: true}}
  - id: held
    quarantine: {reason: 不稳, until: 2999-01-01}
    request: {url: /list}
    validate: {$.success: false}
  - id: held-too-long
    quarantine: {reason: 不稳, until: 2020-01-01}
    request: {url: /list}
    validate: {$.success: true}
"""
STATUSES = {
    "good": "passed",
    "bad": "failed",
    "warned": "warned",
    "defect": "known",
    "hung-up": "broken",
    "skipped": "skipped",
    "rows[1]": "passed",
    "rows[2]": "passed",
    "rows[3]": "passed",
    "held": "warned",
    "held-too-long": "broken",
}


def record(folder: Path) -> dict:
    text = (folder / "reports" / "run.json").read_text(encoding="utf-8")
    document = json.loads(text)
    SCHEMA.validate(document)
    load(text)
    return document


def case(document: dict, name: str) -> dict:
    return next(item for item in document["cases"] if item["id"].endswith(f"::{name}"))


@pytest.fixture(scope="module")
def run(module_project):
    module_project.service.replies = {"/list": {"success": True}, "/hang": None}
    module_project.suite(SUITE)
    module_project.write("testcases/broken.yaml", "suite: 坏\ncases:\n  - id: a\n    valdate: {}\n")
    return module_project


@pytest.fixture(scope="module")
def alone(run):
    # Which case sends a question that several ask depends on their order and on the processes.
    outcome = run.run("--no-sharing")
    return outcome, record(run.folder)


def test_every_verdict_is_recorded(alone) -> None:
    _, document = alone
    assert {item["id"].partition("::")[2]: item["status"] for item in document["cases"]} == STATUSES
    assert document["counts"] == {
        "collected": 11,
        "passed": 4,
        "failed": 1,
        "broken": 2,
        "skipped": 1,
        "known": 1,
        "warned": 2,
    }
    assert [item["id"] for item in document["collection"]] == ["testcases/broken.yaml"]
    assert "valdate" in document["collection"][0]["text"]
    assert (document["exit"], document["verdict"], document["environment"]) == (1, 1, "test")
    assert document["run"] in str(alone[0].log[0])


def test_every_case_that_is_not_green_has_its_cause(alone) -> None:
    _, document = alone
    assert case(document, "bad")["category"] == "mismatch"
    assert "$.success" in case(document, "bad")["headline"] and "$.success" in case(document, "bad")["cause"]
    assert case(document, "hung-up")["category"] == "environment"
    assert len(case(document, "bad")["elapsed"]) == 1 and case(document, "hung-up")["elapsed"] == []


def test_the_alternative_that_held_is_in_the_record_the_log_and_allures_results(alone) -> None:
    outcome, document = alone
    assert case(document, "good")["alternatives"] == [{"place": "any_of", "name": "无码"}]
    assert case(document, "bad")["alternatives"] == []
    logged = [check for line in outcome.log for check in line.get("checks", ()) if "alternatives" in check]
    assert [check["alternatives"] for check in logged] == [["无码"]]
    words = "（拒绝）或（无码），成立的是：无码"
    assert any(words in data.decode() for name, data in outcome.files.items() if name.endswith("result.json"))


def test_an_expired_quarantine_is_a_mistake_in_the_case_file(alone) -> None:
    outcome, document = alone
    held, late = case(document, "held"), case(document, "held-too-long")
    assert held["quarantine"] == {"reason": "不稳", "until": "2999-01-01", "expired": False}
    assert "隔离至 2999-01-01：不稳" in held["headline"]
    assert (late["category"], late["quarantine"]["expired"]) == ("case", True)
    assert "隔离已于 2020-01-01 到期" in outcome.out and "修好了就删去 quarantine" in outcome.out


def test_the_same_record_from_two_processes_in_another_order(run, alone) -> None:
    run.run("--no-sharing", "-n2", "-p", "shuffled", "-p", "no:cacheprovider")
    document = record(run.folder)
    volatile = {"run", "started", "stopped", "duration", "p95_ms"}
    same = [
        {key: value for key, value in found.items() if key not in volatile | {"cases"}}
        for found in (alone[1], document)
    ]
    assert same[0] == same[1]
    cases = [
        [{**item, "duration": 0, "elapsed": len(item["elapsed"])} for item in found["cases"]]
        for found in (alone[1], document)
    ]
    assert cases[0] == cases[1]


def test_listing_cases_writes_no_record(project) -> None:
    project.suite(SUITE)
    project.run("--collect-only")
    assert not (project.folder / "reports" / "run.json").exists()


def test_nothing_selected_is_not_green(project) -> None:
    project.suite(SUITE)
    project.run("-k", "no-such-case")
    assert record(project.folder)["verdict"] == 2


def test_an_unreachable_service_is_tried_three_times_and_never_green(project) -> None:
    project.suite(SUITE)
    project.service.close()
    project.run()
    document = record(project.folder)
    assert document["verdict"] == 2
    assert {item["status"] for item in document["cases"]} == {"broken", "skipped"}
    assert sum(item["status"] == "broken" for item in document["cases"]) == 3


def test_an_interrupted_run_records_its_finished_cases(project) -> None:
    begun, let_go = threading.Event(), threading.Event()
    project.service.replies = {
        "/list": {"success": True},
        "/slow": lambda *_: (begun.set(), let_go.wait(120))[0],
    }
    project.suite("""
  - id: first
    request: {url: /list}
    validate: {$.success: true}
  - id: slow
    request: {url: /slow}
    validate: {$.success: true}
  - id: last
    request: {url: /list}
    validate: {$.success: true}
""")
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:randomly"],
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **project.variables, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    assert begun.wait(120)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 2
    let_go.set()
    document = record(project.folder)
    assert (document["interrupted"], document["verdict"], document["collected"]) == (True, 2, 3)
    assert case(document, "first")["status"] == "passed"
    assert any("2 个用例没有运行" in reason for reason in document["reasons"])


@pytest.mark.parametrize(("budget", "code"), [(1, 1), (60_000, 0)])
def test_a_run_over_the_budget_fails_with_its_own_reason(project, budget: int, code: int) -> None:
    project.environments(f"  test: {{base_url: '{project.service.url}', budget: {{p95_ms: {budget}}}}}")
    project.service.replies["/list"] = lambda *_: (time.sleep(0.002), {"success": True})[1]
    project.suite("""
  - id: rows
    parametrize: {n: [1, 2, 3, 4, 5]}
    repeat: 4
    request: {url: "/list?n=${n}"}
    validate: {status_code: 200}
""")
    run = project.run()
    document = record(project.folder)
    assert (run.code, document["verdict"], document["counts"]["passed"]) == (code, code, 5)
    assert ("耗时超出预算：p95" in run.out) is bool(code)
