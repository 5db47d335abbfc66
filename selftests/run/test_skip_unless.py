"""``skip_unless``: too little data skips a case and says why; a wrong reply never does."""

from __future__ import annotations

import json

import pytest

SUITE = """
  - id: one
    request: {url: /list}
    extract: {total: {path: $.total, as: integer}}
    skip_unless: {reason: 至少要有 50 条, "${total}": {at_least: 50}}
    validate: {$.code: "0"}
  - id: in-a-step
    steps:
      - use: how-many
        skip_unless: {reason: 没有第二页, "${total}": {greater_than: 10}}
      - name: 第二页
        request: {url: /list}
        validate: {$.code: "1"}
  - id: nothing-to-extract
    request: {url: /list}
    extract: {second: "$.items[1]"}
    skip_unless: {reason: 至少要有两条, $.items: {length: {at_least: 2}}}
    validate: {$.code: "0"}
"""
SHARED = """
shared_steps:
  how-many:
    request: {url: /list}
    extract: {total: {path: $.total, as: integer}}
"""


def statuses(project, reply) -> dict[str, tuple[str, str]]:
    project.service.replies = {"/list": reply}
    project.write("testcases/_shared.yaml", SHARED)
    project.suite(SUITE)
    outcome = project.run("--no-sharing")
    cases = json.loads(outcome.files["reports/run.json"])["cases"]
    return {item["id"].partition("::")[2]: (item["status"], item["headline"]) for item in cases}


def test_too_little_data_skips_the_case_and_says_why(project):
    found = statuses(project, {"code": "0", "total": "3", "items": [1]})
    assert found["one"] == ("skipped", "至少要有 50 条（${total}：3）")
    assert found["in-a-step"] == ("skipped", "没有第二页（${total}：3）")
    assert found["nothing-to-extract"] == ("skipped", "至少要有两条（$.items：条数 1）")


def test_enough_data_is_judged(project):
    found = statuses(project, {"code": "0", "total": "50", "items": [1, 2]})
    assert {name: status for name, (status, _) in found.items()} == {
        "one": "passed",
        "in-a-step": "failed",
        "nothing-to-extract": "passed",
    }


@pytest.mark.parametrize(
    "reply",
    [
        {"code": "0", "total": "many", "items": "none"},
        {"code": "0", "items": None},
        {"code": "0", "total": [], "items": 5},
    ],
    ids=["other-types", "missing", "containers"],
)
def test_a_wrong_reply_fails_and_is_no_reason_to_skip(project, reply):
    assert {status for status, _ in statuses(project, reply).values()} == {"failed"}
