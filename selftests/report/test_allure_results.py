"""Allure's results of real runs: words for xfail and skip, and attachments that are not shared."""

from __future__ import annotations

import json

import pytest

SUITE = """
  - id: known
    name: 编号
    request: {url: /list}
    known_defect: [{path: $.total, reason: 待修, link: "https://t.example/1"}]
    validate: {$.total: "5"}
  - id: warned
    name: 提醒
    level: warning
    request: {url: /list}
    validate: {$.total: "5"}
  - id: held
    name: 不稳
    quarantine: {reason: 时好时坏, until: 2999-01-01}
    request: {url: /list}
    validate: {$.total: "5"}
  - id: skipped
    skip: 等接口
    request: {url: /list}
    validate: {$.total: 5}
  - id: needs
    requires: [nothing]
    request: {url: /list}
    validate: {$.total: 5}
"""


@pytest.fixture
def outcome(project):
    project.service.replies = {"/list": {"total": 5}}
    project.suite(SUITE)
    return project.run()


def test_a_case_that_is_red_on_purpose_says_so_in_its_name_without_words_of_python(outcome):
    results = outcome.results
    assert {name: result["name"] for name, result in results.items()} == {
        "known": "【已知缺陷】编号",
        "warned": "【警告】提醒",
        "held": "【隔离】不稳",
        "skipped": "skipped",
        "needs": "needs",
    }
    assert results["known"]["statusDetails"]["message"] == "已知缺陷：待修 https://t.example/1"
    assert results["warned"]["statusDetails"]["message"].startswith("警告：$.total")
    assert results["skipped"]["statusDetails"]["message"] == "等接口"
    assert results["needs"]["statusDetails"]["message"] == "环境 test 没有 nothing"
    texts = json.dumps([result["statusDetails"] for result in results.values()])
    assert not [word for word in ("XFail", "XFAIL", "Skipped", "_pytest", "def ", ".py") if word in texts]


def test_their_identity_does_not_depend_on_what_they_are(project, outcome):
    project.suite(SUITE.replace("    level: warning\n", ""))
    assert project.run().results["warned"]["historyId"] == outcome.results["warned"]["historyId"]


def test_an_equal_reply_is_attached_once_and_named_by_the_others(project):
    project.service.replies = {"/list": {"total": 5, "text": "文" * 40_000}}
    wrong = "    request: {url: /list}\n    validate: {$.total: '5'}\n"
    project.suite(f"  - id: one\n{wrong}  - id: two\n{wrong}")
    results = project.run().results
    whole = {
        name: [
            (attachment["name"], attachment["source"])
            for step in result["steps"]
            for attachment in step["attachments"]
            if attachment["name"].startswith("完整答复")
        ]
        for name, result in results.items()
    }
    assert sorted(map(len, whole.values())) == [0, 1]
    first = next(name for name, found in whole.items() if found)
    assert f"与用例 {first} 附上的那一份相同" in json.dumps(results, ensure_ascii=False)
