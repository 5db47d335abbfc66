"""The events of the structured log, the lines of the old log, and the number of logs that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from framework.base.errors import Problem, TimedOutError
from framework.cases.request import Request
from framework.checks.result import CheckResult, Finding
from framework.http.exchange import Exchange, Reply
from framework.report.log import KEPT_RUNS, prune_logs, readable_lines
from framework.report.log_events import body_digest, verdict_events
from framework.run.verdict import StepResult, Verdict

BODY = '{"data": "正文"}'.encode()
REQUEST = Request("POST", "http://127.0.0.1/list", headers={"Token": "x"}, json={"pageNo": 1, "词": "条例"})
EXCHANGE = Exchange(REQUEST, Reply("http://127.0.0.1/list", 200, (), BODY, 12.34), 1_700_000_000.0)
FAULT = CheckResult("$.code 等于 0", "failed", 1, (Finding("$.code", "0", "1"),))
FINE = CheckResult("status_code 等于 200", "passed", 1)
FAILED = Verdict(
    "a",
    "首页",
    "failed",
    (StepResult("首页", "failed", EXCHANGE, (FINE, FAULT)), StepResult("次页", "skipped")),
    started=1.0,
    stopped=1.5,
)
BROKEN = Verdict(
    "b",
    "断开",
    "broken",
    (StepResult("首页", "broken", error=TimedOutError(Problem("timeout", "没有收完"))),),
    error=TimedOutError(Problem("timeout", "没有收完")),
)


def test_events_are_in_order_and_have_no_body() -> None:
    logged = list(verdict_events(FAILED))
    assert [(event, level) for event, level, _ in logged] == [
        ("exchange", "INFO"),
        ("checks", "ERROR"),
        ("case.finished", "ERROR"),
    ]
    exchange, checks, finished = (fields for _, _, fields in logged)
    assert (
        exchange["http.response.status_code"],
        exchange["duration_ms"],
        exchange["http.response.body.size"],
    ) == (200, 12.3, len(BODY))
    assert exchange["body_digest"] == body_digest(EXCHANGE.reply)
    assert [check["status"] for check in checks["checks"]] == ["passed", "failed"]
    assert checks["checks"][1]["findings"][0]["actual"] == "1"
    assert (finished["verdict"], finished["duration_ms"]) == ("failed", 500.0)
    assert "正文" not in json.dumps(logged, ensure_ascii=False)


def test_a_broken_step_logs_its_error() -> None:
    stopped = next(fields for event, _, fields in verdict_events(BROKEN) if event == "step.stopped")
    assert (stopped["error"], stopped["what"]) == ("TimedOutError", "没有收完")


def test_logged_findings_are_bounded() -> None:
    many = CheckResult("x", "failed", 500, tuple(Finding(f"$[{n}]", "1", "2") for n in range(500)))
    checks = next(
        fields
        for event, _, fields in verdict_events(
            Verdict("a", "a", "failed", (StepResult("s", "failed", EXCHANGE, (many,)),))
        )
        if event == "checks"
    )
    assert len(checks["checks"][0]["findings"]) == 20


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("接口测试开始 首页", FAILED),
        ("yaml 检查通过 a", FAILED),
        ("请求名称：首页", FAILED),
        ("请求方式：POST  请求路径：http://127.0.0.1/list", FAILED),
        ('请求json参数：{"pageNo": 1, "词": "条例"}', FAILED),
        ("预期结果：✓ status_code 等于 200", FAILED),
        ("预期结果：✗ $.code 等于 0 不符", FAILED),
        ("请求名称：次页（未执行）", FAILED),
        ("接口测试结束", FAILED),
        ("故障：没有收完", BROKEN),
        ("接口测试失败：没有收完", BROKEN),
    ],
)
def test_every_line_of_the_old_log_has_a_successor(line: str, given: Verdict) -> None:
    assert line in readable_lines(given)


def test_the_result_line_has_status_duration_size_and_digest() -> None:
    (line,) = [line for line in readable_lines(FAILED) if line.startswith("实际结果")]
    assert line == f"实际结果：HTTP 200，12 ms，{len(BODY)} B {body_digest(EXCHANGE.reply)}"


def test_thirty_runs_are_kept(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"20240101T0000{number:02}-abc.jsonl").touch()
    prune_logs(tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == KEPT_RUNS - 1
    assert left[-1].startswith("20240101T000039")


@pytest.mark.parametrize(("body", "digest"), [(None, None), (b"", "sha256:e3b0c44298fc1c14")])
def test_different_bodies_have_different_digests(body: bytes | None, digest: str | None) -> None:
    def of(data: bytes | None) -> str | None:
        return body_digest(Reply("http://127.0.0.1/list", 200, (), data))

    assert of(body) == digest
    assert of(b"a") != of(b"b")
