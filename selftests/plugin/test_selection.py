"""Selecting the cases that run: wrong files, tags, titles, the last failures, parallel processes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

SUITE = """
  - id: first-page
    name: 首页返回两条
    tags: [smoke]
    request: {url: /list}
    validate: {$.success: true}
  - id: size
    name: 每页 ${size} 条
    tags: [paging]
    parametrize: [{id: one, size: 1}, {id: many, size: 50}]
    request: {url: /list}
    validate: {$.success: true}
  - id: wrong
    name: 代码不对
    request: {url: /list}
    validate: {$.code: "1"}
"""
TYPO = (
    "suite: 坏的\ncases:\n  - id: a\n    request: {url: /list}\n    validat: {status_code: 200}\n    "
    "validate: {$.a: {lenght: 1}}\n"
)


@pytest.fixture
def listed(project, page: Callable):
    project.service.replies = {"/list": page([{"id": "1"}, {"id": "2"}])}
    project.suite(SUITE)
    return project


def ran(outcome) -> set[str]:
    return set(outcome.statuses)


def test_a_run_without_cases_reports_plain_zeros(project) -> None:
    project.write("testcases/broken.yaml", TYPO)
    outcome = project.run()
    assert outcome.code != 0
    assert re.search("^用例 +0$", outcome.out, re.MULTILINE)
    assert re.search("^请求 +0$", outcome.out, re.MULTILINE)


def test_one_bad_file_fails_the_run_and_the_others_still_run(listed) -> None:
    listed.write("testcases/broken.yaml", TYPO)
    outcome = listed.run("--deselect", "testcases/list.yaml::wrong")
    assert outcome.code == 1
    assert ran(outcome) - {"collection"} == {"first-page", "size[one]", "size[many]"}
    assert outcome.statuses["collection"] == "broken"  # otherwise the front page of the report would be green
    assert "用例文件有误，其中的用例没有运行：1 个（testcases/broken.yaml）" in outcome.out
    for words in (
        "testcases/broken.yaml:5:5: ",
        "你是不是要写 validate？",
        "testcases/broken.yaml:6:22: ",
        "你是不是要写 length？",
        "^^^^^^",
    ):
        assert words in outcome.out
    assert "Traceback" not in outcome.out and "framework/" not in outcome.out
    (seen,) = (listed.folder / "reports" / "allure-results").glob("*-globals.json")
    assert "validat" in json.dumps(json.loads(seen.read_text(encoding="utf-8")), ensure_ascii=False)


def test_an_undeclared_tag_is_an_error_where_it_is_written(listed) -> None:
    listed.suite("  - id: a\n    tags: [smok]\n    request: {url: /list}\n    validate: {status_code: 200}\n")
    outcome = listed.run()
    assert outcome.code != 0
    assert "testcases/list.yaml:4:11: 标签 smok 没有声明" in outcome.out
    assert "你是不是要写 smoke？" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-k", "first-page"], {"first-page"}),
        (["-k", "many"], {"size[many]"}),
        (["-k", "首页返回两条"], {"first-page"}),
        (["-k", "首页"], {"first-page"}),
        (["-m", "smoke"], {"first-page"}),
        (["-m", "smoke or paging"], {"first-page", "size[one]", "size[many]"}),
        (["testcases/list.yaml::size[many]"], {"size[many]"}),
        (["testcases/list.yaml", "-k", "not size"], {"first-page", "wrong"}),
    ],
)
def test_selection(listed, arguments: list[str], expected: set[str]) -> None:
    assert ran(listed.run(*arguments)) == expected


def test_only_the_last_failures_run(listed) -> None:
    assert ran(listed.run()) == {"first-page", "size[one]", "size[many]", "wrong"}
    again = listed.run("--lf")
    assert ran(again) == {"wrong"}  # no result of the previous run is left


def test_parallel_processes_give_the_same_verdicts_and_identities(listed) -> None:
    def identities(outcome) -> dict[str, tuple[str, str, str]]:
        return {
            name: (result["status"], result["historyId"], result["testCaseId"])
            for name, result in outcome.results.items()
        }

    alone = listed.run()
    before = identities(alone)
    folder = listed.folder / "reports" / "logs"
    (first,) = folder.glob("*.jsonl")
    together = listed.run("-n", "2")
    assert together.code == alone.code == 1
    assert identities(together) == before
    assert "4（3 通过，1 不符）" in together.out
    (log,) = (path for path in folder.glob("*.jsonl") if path != first)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {line["worker"] for line in lines if line["event"] == "exchange"} <= {"gw0", "gw1"}
    assert sum(line["event"] == "run.finished" for line in lines) == 1


def test_identity_does_not_depend_on_titles_values_expectations_or_order(listed) -> None:
    before = {name: result["historyId"] for name, result in listed.run().results.items()}
    listed.suite("""
  - {id: wrong, name: 新的标题, request: {url: /list}, validate: {$.code: "0"}}
  - id: size
    parametrize: [{id: many, size: 49}, {id: zero, size: 0}, {id: one, size: 2}]
    request: {url: /list}
    validate: {$.success: true}
  - {id: first-page, name: 首页, request: {url: /list}, validate: {$.success: true}}
""")
    after = {name: result["historyId"] for name, result in listed.run().results.items()}
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == len(after)


def test_yaml_outside_the_suites_is_not_collected(listed) -> None:
    listed.write("schemas/x.yaml", "a: 1\n")
    listed.write("testcases/_draft.yaml", "a: 1\n")
    assert "4（" in listed.run(".").out


def test_a_python_test_beside_the_cases_still_runs(listed) -> None:
    listed.write("testcases/test_more.py", "def test_more():\n    assert True\n")
    outcome = listed.run("-k", "more or first-page")
    assert outcome.code == 0
    assert "2 passed" in outcome.out


def test_collect_only_starts_no_service_and_keeps_the_results(listed) -> None:
    listed.run("-k", "first-page")
    kept = sorted(path.name for path in (listed.folder / "reports" / "allure-results").iterdir())
    listed.environments("  test: {}")
    listed.write(
        "conftest.py",
        """
import socket
pytest_plugins = ["framework.plugin"]

def refuse(*_, **__):
    raise SystemExit("a socket was opened")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse

def pytest_harness_embedded_service(config, environment):
    from framework.run.plan import EmbeddedService
    return EmbeddedService(lambda: refuse())
""",
    )
    listed.service.received.clear()
    outcome = listed.run("--collect-only", "-q")
    assert outcome.code == 0
    assert "testcases/list.yaml::size[many]" in outcome.out
    assert listed.service.received == []
    assert sorted(path.name for path in (listed.folder / "reports" / "allure-results").iterdir()) == kept


def test_stale_results_are_removed_and_other_files_stay(listed) -> None:
    folder = listed.folder / "reports" / "allure-results"
    folder.mkdir(parents=True)
    (folder / "old-result.json").write_text("{}", encoding="utf-8")
    (folder / "old-attachment.txt").write_text("x", encoding="utf-8")
    (folder / "executor.json").write_text("{}", encoding="utf-8")
    outcome = listed.run("-k", "first-page")
    assert ran(outcome) == {"first-page"}
    assert not (folder / "old-attachment.txt").exists()
    assert (folder / "executor.json").exists()


@pytest.mark.parametrize("option", ["--help", "--markers", "--fixtures"])
def test_what_only_explains_pytest_leaves_the_results_of_the_last_run(listed, option) -> None:
    before = ran(listed.run("--deselect", "testcases/list.yaml::wrong"))
    assert ran(listed.run(option)) == before
