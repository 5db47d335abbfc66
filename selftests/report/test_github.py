"""GitHub's annotations, and the output in CI, from real runs."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

SUITE = """
  - id: one
    request: {url: /list}
    validate: {$.total: "5"}
  - id: two
    request: {url: /list}
    validate: {$.total: "5", $.name: {contains: "甲"}}
  - id: good
    request: {url: /list}
    validate: {$.total: 5}
"""


@pytest.fixture
def project(project):
    project.service.replies = {"/list": {"total": 5, "name": "a\nb"}}
    project.suite(SUITE)
    return project


def annotations(outcome) -> list[str]:
    return [line for line in outcome.out.splitlines() if line.startswith("::")]


def test_each_cause_is_an_annotation_at_its_first_case(project):
    project.write("testcases/broken, 1.yaml", "suite: 坏\ncases: 3\n")
    outcome = project.run(env={"GITHUB_ACTIONS": "true", "CI": "true"})
    file, total = annotations(outcome)  # the cause of one case only is beneath that of both
    assert file.startswith("::error file=testcases/broken%2C 1.yaml,line=1,title=用例文件有误::")
    assert "%0A" in file
    assert total.startswith("::error file=testcases/list.yaml,line=6,title=不符：2 个用例::$.total")


def test_only_github_gets_annotations(project):
    assert annotations(project.run(env={"CI": "true"})) == []


def test_in_ci_each_failure_is_printed_once_and_the_causes_come_last(project):
    outcome = project.run(env={"CI": "true"})
    assert outcome.out.count("用例：one") == 1
    assert outcome.out.count("结论：$.total") == 2
    assert "short test summary" not in outcome.out
    assert outcome.out.index("原因 ") > outcome.out.rindex("复现：")
    assert "short test summary" in project.run().out
    assert "short test summary" in project.run("-rfE", "-ra", env={"CI": "true"}).out


def test_junit_has_file_line_and_a_message_of_one_line(project):
    outcome = project.run()
    cases = {
        case.get("name"): case for case in ET.fromstring(outcome.files["reports/junit.xml"]).iter("testcase")
    }
    assert {name: (case.get("file"), case.get("line")) for name, case in cases.items()} == {
        "one": ("testcases/list.yaml", "4"),
        "two": ("testcases/list.yaml", "7"),
        "good": ("testcases/list.yaml", "10"),
    }
    failure = cases["two"].find("failure")
    assert failure.get("message").startswith("结论：$.total")
    assert "\n" not in failure.get("message")
    assert "$.name" in failure.text
