"""The option --replay: a tape answers without a socket, and unrecorded parts never pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framework.cases.request import MISSING, Request
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.tape.tape import write_tape

ORIGIN = "https://api.example"
HEADERS = (("Content-Type", "application/json"),)
SUITE = """
  - id: recorded
    name: 录过的
    request: {method: POST, url: /list, headers: {Token: "${token}"}, json: {pageNo: 1}}
    validate: {$.success: true, elapsed_ms: {less_than: 100}}
  - id: wrong
    request: {method: POST, url: /list, headers: {Token: "${token}"}, json: {pageNo: 2}}
    validate: {$.success: true}
  - id: not-recorded
    request: {method: POST, url: /list, headers: {Token: "${token}"}, json: {pageNo: 3}}
    validate: {$.success: true}
  - id: only-the-document
    request: {url: /document}
    validate:
      $.success: true
      status_code: 200
      headers.Content-Type: {contains: json}
      elapsed_ms: {less_than: 5}
  - id: again-and-again
    request: {method: POST, url: /list, headers: {Token: "${token}"}, json: {pageNo: 1}}
    repeat: 3
    validate: {"$.replies[*]": {all_equal: true}}
  - id: nothing-but-the-unrecorded
    request: {url: /document}
    validate: {elapsed_ms: {less_than: 5}, status_code: 200}
"""
NO_SOCKETS = """
import socket
pytest_plugins = ["framework.plugin"]

def refuse(*_, **__):
    raise SystemExit("a socket was opened")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""


def exchange(path: str, json_body: object = MISSING, **reply: object) -> Exchange:
    headers = {} if json_body is MISSING else {"Token": "TOKEN-abcdef-0123456789"}
    request = Request("GET" if json_body is MISSING else "POST", ORIGIN + path, {}, headers, json_body)
    return Exchange(
        request,
        Reply(ORIGIN + path, **{"status": 200, "headers": HEADERS, "elapsed_ms": 12.0, **reply}),
        1_700_000_000.0,
    )


@pytest.fixture
def taped(project):
    project.write("conftest.py", NO_SOCKETS)
    project.environments(f"  test: {{base_url: '{ORIGIN}', secrets: {{token: POLICY_TOKEN}}}}")
    project.variables = {}
    project.suite(SUITE)
    write_tape(
        project.folder / "tape",
        ORIGIN,
        "run",
        [
            exchange("/list", {"pageNo": 1}, body=b'{"success": true}'),
            exchange("/list", {"pageNo": 2}, body=b'{"success": false}'),
            exchange("/document", status=None, headers=None, elapsed_ms=None, document={"success": True}),
        ],
        Masker({"token": "TOKEN-abcdef-0123456789"}),
    )
    return project


def test_a_tape_answers_without_secrets_and_without_sockets(taped) -> None:
    assert "TOKEN-" not in (taped.folder / "tape" / "tape.jsonl").read_text(encoding="utf-8")
    outcome = taped.run("--replay", "tape", "-rs")
    assert outcome.code == 1
    assert {
        name: outcome.statuses[name] for name in ("recorded", "wrong", "not-recorded", "only-the-document")
    } == {"recorded": "passed", "wrong": "failed", "not-recorded": "skipped", "only-the-document": "passed"}
    assert "a socket was opened" not in outcome.out
    assert "里没有这个请求:POST /list" in outcome.out


def test_unrecorded_parts_are_shown_and_never_pass(taped) -> None:
    outcome = taped.run("--replay", "tape")
    (step,) = outcome.results["only-the-document"]["steps"]
    checks = {check["name"]: check["status"] for check in step["steps"]}
    assert [status for name, status in checks.items() if "未记录" in name] == ["skipped"] * 3
    assert [status for name, status in checks.items() if "未记录" not in name] == ["passed"]
    assert "项未记录,没有评判" in outcome.out


def test_a_case_without_recorded_checks_does_not_pass(taped) -> None:
    outcome = taped.run("--replay", "tape", "-k", "nothing-but")
    assert outcome.statuses == {"nothing-but-the-unrecorded": "skipped"}
    assert outcome.code == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("chosen", ["not-recorded", "again"])
def test_a_replay_that_answers_nothing_is_not_green(taped, chosen: str) -> None:
    outcome = taped.run("--replay", "tape", "-k", chosen)
    assert outcome.code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "没有任何用例得到评判,这不算通过" in outcome.out


def test_replayed_exchanges_are_marked_in_the_log(taped) -> None:
    outcome = taped.run("--replay", "tape", "-k", "recorded")
    lines = [line for line in outcome.log if line["event"] == "exchange"]
    assert lines
    assert all("true" in json.dumps(line).lower() and line.get("replayed") is True for line in lines)


def test_a_folder_without_a_tape_is_one_clear_error(taped) -> None:
    (taped.folder / "tape" / "tape.jsonl").write_text('{"tape": 9}\n', encoding="utf-8")
    outcome = taped.run("--replay", "tape")
    assert outcome.code == pytest.ExitCode.USAGE_ERROR
    assert "tape.jsonl:1: " in outcome.out
    assert "Traceback" not in outcome.out
    assert not Path(taped.folder, "reports", "junit.xml").exists()
