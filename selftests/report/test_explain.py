"""The text of a verdict: headline, places, bounded length, and a CSV table that can be read back."""

from __future__ import annotations

import csv
import io

import pytest

from framework.base.errors import ConfigError, Problem, TimedOutError
from framework.base.source import Source, Span
from framework.checks.result import CheckResult, Finding
from framework.report.explain import (
    error_text,
    failure_text,
    finding_lines,
    findings_table,
    headline,
    status_word,
)
from framework.run.verdict import StepResult, Verdict

SPAN = Span(Source("testcases/list.yaml", "\n\n\nabc"), 4, 1, 4, 4)
BAD_ROW = Finding("$.data.result[3].type", "4", "1", record=(3, "1003"))
HOSTILE = "\x1b[31m\n假的一行"


def verdict(*results: CheckResult, status: str = "failed", **more: object) -> Verdict:
    step = StepResult("首页", status, None, results)
    return Verdict("list[one]", "首页返回十条", status, (step,), **more)


def failed(*findings: Finding, title: str = "类型 等于 4") -> CheckResult:
    return CheckResult(title, "failed", len(findings), findings, SPAN)


PASSED = CheckResult("status_code 是 2xx", "passed", 1)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (verdict(PASSED, PASSED, status="passed"), "全部 2 项检查通过"),
        (
            verdict(PASSED, failed(BAD_ROW)),
            "$.data.result[3].type（第 4 条，id=1003）：期望 4，实际 1（2 项检查中 1 项不符）",
        ),
        (verdict(failed()), "类型 等于 4（1 项检查中 1 项不符）"),
        (
            verdict(status="broken", error=TimedOutError(Problem("timeout", "20 秒内没有收完答复"))),
            "20 秒内没有收完答复",
        ),
        (
            verdict(PASSED, failed(BAD_ROW), status="known", reason="已知缺陷：标题有空格"),
            "已知缺陷：标题有空格",
        ),
        (verdict(status="skipped", reason="等修复"), "等修复"),
    ],
)
def test_the_headline_is_one_line_with_the_first_fault(given: Verdict, line: str) -> None:
    assert headline(given) == line


def test_a_red_that_rests_on_an_assumption_says_so_first_and_what_to_do() -> None:
    given = verdict(PASSED, failed(BAD_ROW), assumes=("类型都是 4", "页码从 1 开始"))
    first, second, third, *_ = failure_text(given).splitlines()
    assert first.startswith(
        "结论：假定“类型都是 4；页码从 1 开始”不成立，或者服务有错：$.data.result[3].type"
    )
    assert second.startswith("用例：")
    assert third.startswith("改法：服务约定的是另一种做法，就改这个用例的 assumes 与检查")


def test_unrecorded_checks_do_not_count_as_passed() -> None:
    given = verdict(PASSED, CheckResult("elapsed_ms 小于 5", "unrecorded"), status="passed")
    assert headline(given) == "全部 1 项检查通过，另有 1 项未记录，没有评判"


def test_a_failure_shows_verdict_title_place_and_curl() -> None:
    assert failure_text(verdict(PASSED, failed(BAD_ROW)), [("", "curl http://x")]).splitlines() == [
        "结论：$.data.result[3].type（第 4 条，id=1003）：期望 4，实际 1（2 项检查中 1 项不符）",
        "用例：首页返回十条",
        "✗ 类型 等于 4",
        "    $.data.result[3].type（第 4 条，id=1003）：期望 4，实际 1",
        "    位置：testcases/list.yaml:4:1",
        "复现：curl http://x",
    ]


@pytest.mark.parametrize(("results", "findings"), [(1, 1), (1, 500), (30, 1), (30, 500)])
def test_the_text_of_a_failure_is_bounded(results: int, findings: int) -> None:
    rows = tuple(Finding(f"$[{n}]", "4", "1") for n in range(findings))
    text = failure_text(verdict(*[failed(*rows) for _ in range(results)]), [("", "curl x")])
    assert len(text.splitlines()) <= 30
    assert ("… 另有" in text) is (results > 5 or findings > 5)


def test_long_values_are_on_lines_of_their_own() -> None:
    lines = finding_lines(Finding("$.a", "x" * 60, "y" * 60, "第 3 个字起不同"))
    assert lines == ["$.a：第 3 个字起不同", "  期望：" + "x" * 60, "  实际：" + "y" * 60]


def test_a_broken_case_shows_the_remedy_and_that_nothing_was_judged() -> None:
    error = ConfigError(
        Problem("secret-missing", "环境 test 的密钥 token 没有值", "设置环境变量 POLICY_TOKEN", SPAN)
    )
    text = error_text(error, StepResult("首页", "broken"))
    for words in (
        "故障：环境 test 的密钥 token 没有值",
        "改法：设置环境变量 POLICY_TOKEN",
        "步骤：首页",
        "testcases/list.yaml:4:1",
        "服务没有得到评判",
    ):
        assert words in text


def test_texts_of_a_reply_cannot_forge_lines_or_colour_the_terminal() -> None:
    given = Verdict(
        "a",
        HOSTILE,
        "failed",
        (StepResult(HOSTILE, "passed"), StepResult(HOSTILE, "failed", None, (failed(BAD_ROW),))),
    )
    text = failure_text(given) + error_text(ConfigError(Problem("x", HOSTILE)), StepResult(HOSTILE, "broken"))
    assert "\x1b" not in text
    assert not [line for line in text.splitlines() if line.startswith("假的")]


def test_the_table_can_be_read_back() -> None:
    findings = (BAD_ROW, Finding('$["a,b"]', 'say "x"', "两\n行", "说明"))
    rows = list(csv.reader(io.StringIO(findings_table(findings))))
    assert rows == [
        ["位置", "第几条", "id", "期望", "实际", "说明"],
        ["$.data.result[3].type", "4", "1003", "4", "1", ""],
        ['$["a,b"]', "", "", 'say "x"', "两\n行", "说明"],
    ]


@pytest.mark.parametrize("status", ["passed", "failed", "broken", "skipped", "unrecorded", "known", "warned"])
def test_every_status_has_a_word(status: str) -> None:
    assert status_word(status) not in ("", status)
