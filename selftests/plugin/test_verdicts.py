"""One run with a case of every kind, as shown by pytest, JUnit, Allure, the terminal and the log."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

ROWS = [{"id": str(1000 + n), "title": f"政策 {n}", "type": 4} for n in range(190)]
BAD = (3, 77, 189)
SUITE = """
  - id: good
    name: 首页返回 ${n} 条
    variables: {n: 190}
    tags: [smoke]
    description: 说明
    request: {url: /list}
    validate: {$.data.result: {length: "${n}"}}
  - id: bad
    name: 类型都是 4
    tags: [filtering]
    request: {url: /list}
    validate:
      $.data.result[*].type: 4
      $.success: true
      $.code: "1"
  - id: rows
    name: 第 ${x} 行
    parametrize: [{id: one, x: 1}, {id: 二, x: 2}]
    request: {url: /list}
    validate: {$.success: true}
  - id: hung-up
    name: 连接断开
    request: {url: /hang}
    validate: {$.success: true}
  - id: server-error
    name: 服务出错
    request: {url: /broken}
    validate: {$.success: true}
  - id: no-value
    name: 变量没有值
    steps:
      - request: {url: /list}
        extract: {first: "$.data.result[0]"}
      - name: 次步
        request: {url: "/list/${first.gone}"}
        validate: {$.success: true}
      - name: 末步
        request: {url: /list}
        validate: {$.success: true}
  - id: skipped
    name: 暂不运行
    skip: 等服务端修复
    request: {url: /list}
    validate: {$.success: true}
  - id: elsewhere
    only_in: [standin]
    request: {url: /list}
    validate: {$.success: true}
  - id: needs
    requires: [expired_token]
    request: {url: /list}
    validate: {$.success: true}
  - id: intrusive
    tags: [intrusive]
    request: {url: /list}
    validate: {$.success: true}
"""
PASSED = {"good", "rows[one]", "rows[二]"}
FAILED = {"bad", "server-error"}
BROKEN = {"hung-up", "no-value"}
SKIPPED = {
    "skipped": "等服务端修复",
    "elsewhere": "只在环境 standin 运行",
    "needs": "环境 test 没有 expired_token",
    "intrusive": "环境 test 不允许 intrusive 的用例",
}


@pytest.fixture(scope="module")
def run(module_project):
    module_project.service.replies = {
        "/list": {
            "success": True,
            "code": "0",
            "data": {"result": [{**row, "type": 1} if n in BAD else row for n, row in enumerate(ROWS)]},
        },
        "/hang": None,
        "/broken": (500, b"<html>Internal Server Error</html>"),
    }
    module_project.suite(
        SUITE, head="allure: {epic: 青创政策, feature: 政策列表, severity: critical, owner: 测试组}\n"
    )
    return module_project.run("-rs")


def test_the_run_is_red(run) -> None:
    assert run.code == 1


def test_every_case_has_its_status_in_allure(run) -> None:
    expected = (
        dict.fromkeys(PASSED, "passed")
        | dict.fromkeys(FAILED, "failed")
        | dict.fromkeys(BROKEN, "broken")
        | dict.fromkeys(SKIPPED, "skipped")
    )
    assert run.statuses == expected


def test_every_case_has_its_status_in_junit(run) -> None:
    expected = (
        dict.fromkeys(PASSED, "passed")
        | dict.fromkeys(FAILED | BROKEN, "failure")
        | dict.fromkeys(SKIPPED, "skipped")
    )
    assert run.junit == expected


def test_the_terminal_distinguishes_failed_and_broken(run) -> None:
    letters = re.search(r"list\.yaml (\S+)", run.out).group(1)
    assert letters == ".F..BFBssss"
    assert "11（3 通过，2 不符，2 故障，4 跳过）" in run.out


@pytest.mark.parametrize(("case", "reason"), SKIPPED.items())
def test_a_skipped_case_shows_its_reason_and_place(run, case: str, reason: str) -> None:
    assert re.search(rf"SKIPPED \[1\] testcases/list\.yaml(:\d+)?: {re.escape(reason)}", run.out)
    assert reason in run.results[case]["statusDetails"]["message"]


def test_exactly_the_three_bad_rows_of_190_are_reported(run) -> None:
    text = run.results["bad"]["statusDetails"]["message"]
    rows = re.findall(r"\$\.data\.result\[(\d+)\]\.type（第 (\d+) 条，id=(\d+)）：期望 4，实际 1", text)
    assert {int(row[0]) for row in rows} >= set(BAD[:2])
    (attached,) = [step for step in run.results["bad"]["steps"] if step["attachments"]]
    csv = next(item for item in attached["attachments"] if item["type"] == "text/csv")
    lines = (
        (run.folder / "reports" / "allure-results" / csv["source"])
        .read_text(encoding="utf-8")
        .splitlines()[1:]
    )
    assert [line for line in lines if "].type" in line] == [
        f'"$.data.result[{n}].type","{n + 1}","{1000 + n}","4","1",""' for n in BAD
    ]


def test_a_failure_shows_expected_actual_place_and_curl(run) -> None:
    text = run.results["bad"]["statusDetails"]["message"]
    for words in (
        "结论：",
        "用例：类型都是 4",
        '期望 "1"，实际 "0"',
        "位置：testcases/list.yaml:",
        "复现：curl ",
        "id=1003",
    ):
        assert words in text
    assert text in run.out.replace("\r\n", "\n")
    assert len(text.splitlines()) <= 20


@pytest.mark.parametrize("case", sorted(FAILED | BROKEN))
def test_no_output_contains_a_traceback(run, case: str) -> None:
    details = run.results[case]["statusDetails"]
    assert "Traceback" not in details["message"] + (details.get("trace") or "")
    assert ".py" not in details["message"] + (details.get("trace") or "")


def test_the_terminal_shows_no_code_of_the_harness(run) -> None:
    assert "framework/" not in run.out
    assert "Traceback" not in run.out


def test_a_broken_case_reports_that_nothing_was_judged(run) -> None:
    assert run.out.count("服务没有得到评判") == len(BROKEN)
    assert "${first.gone} 没有选中任何值" in run.results["no-value"]["statusDetails"]["message"]


def test_titles_labels_and_description_in_allure(run) -> None:
    good = run.results["good"]
    labels = {(label["name"], label["value"]) for label in good["labels"]}
    assert good["name"] == "首页返回 190 条"
    assert {
        ("epic", "青创政策"),
        ("feature", "政策列表"),
        ("story", "列表"),
        ("severity", "critical"),
        ("suite", "列表"),
        ("owner", "测试组"),
        ("tag", "smoke"),
    } <= labels
    assert "说明" in good["description"] and "testcases/list.yaml:" in good["description"]
    assert run.results["rows[二]"]["name"] == "第 2 行"


def test_every_check_is_a_step_with_its_own_verdict(run) -> None:
    (request,) = run.results["bad"]["steps"]
    checks = [(step["name"], step["status"]) for step in request["steps"]]
    assert [status for _, status in checks] == ["passed", "failed", "passed", "failed"]
    assert "2xx" in checks[0][0]
    assert "$.code" in checks[3][0]


def test_steps_that_did_not_run_are_shown_as_skipped(run) -> None:
    assert [
        (re.split("[（：]", step["name"])[0], step["status"]) for step in run.results["no-value"]["steps"]
    ] == [("步骤 1", "passed"), ("次步", "broken"), ("末步", "skipped")]


def test_the_exchange_is_attached(run) -> None:
    (step,) = run.results["server-error"]["steps"]
    attachment = next(
        item for item in step["attachments"] if item["type"] == "application/vnd.allure.http+json"
    )
    text = (run.folder / "reports" / "allure-results" / attachment["source"]).read_text(encoding="utf-8")
    assert '"status": 500' in text
    assert "Internal Server Error" in text


def test_row_values_are_parameters_excluded_from_identity(run) -> None:
    (parameter,) = run.results["rows[二]"]["parameters"]
    assert (parameter["name"], parameter["value"], parameter["excluded"]) == ("x", "2", True)


def test_the_report_shows_its_environment(run) -> None:
    lines = (
        (run.folder / "reports" / "allure-results" / "environment.properties")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    facts = dict(line.split(" = ", 1) for line in lines)
    assert facts["环境"] == "test"
    assert facts["地址"].startswith("http://127.0.0.1:")
    assert facts["运行编号"] == run.log[0]["run"]


def test_every_log_line_has_time_event_and_case(run) -> None:
    assert all({"time", "level", "run", "worker", "event"} <= line.keys() for line in run.log)
    assert {line["run"] for line in run.log} == {run.log[0]["run"]}
    cases = {line["case"] for line in run.log if line["event"] == "case.finished"}
    assert cases >= {f"testcases/list.yaml::{case}" for case in PASSED | FAILED | BROKEN}
    exchanges = [line for line in run.log if line["event"] == "exchange"]
    assert all(
        re.fullmatch(r"sha256:[0-9a-f]{16}", line["body_digest"]) and line["http.response.body.size"] > 0
        for line in exchanges
    )
    (finished,) = [line for line in run.log if line["event"] == "run.finished"]
    assert {key: value for key, value in finished["verdicts"].items() if value} == {
        "passed": 3,
        "failed": 2,
        "broken": 2,
        "skipped": 4,
    }


def test_the_log_contains_no_body(run) -> None:
    assert all(len(str(line)) < 20_000 for line in run.log)
    assert "政策 5" not in str(run.log)


def test_the_summary_ends_with_numbers(run, page: Callable) -> None:
    for words in ("检查", "请求", "耗时", "p50", "p95", "最慢"):
        assert words in run.out
