"""Causes: a place and a kind of difference without data, grouped so that one fault is one entry."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from framework.base.errors import CredentialError, Problem
from framework.checks.invariants import RULE as WALK_RULE
from framework.checks.result import CheckResult, Finding
from framework.report.case_record import CaseRecord, CauseRecord
from framework.report.cause_groups import group_by_cause
from framework.report.causes import causes_of
from framework.report.dead_ends import dead_end
from framework.report.words import cut_at_word
from framework.run.verdict import Verdict


def causes(*results: CheckResult, status: str = "failed") -> tuple[CauseRecord, ...]:
    return causes_of(Verdict("a", "a", status, (), results=results))


def failed(*findings: Finding, title: str = "检查") -> CheckResult:
    return CheckResult(title, "failed", findings=findings)


@pytest.mark.parametrize(
    ("rule", "category"),
    [
        ("schema", "contract"),
        (WALK_RULE, "paging"),
        ("equals", "mismatch"),
        ("", "mismatch"),  # a combination of matchers has no rule
        ("numbering", "content"),  # a rule of a library's matcher
        ("divisible_by", "content"),  # a matcher of the team
    ],
)
def test_the_category_of_a_failure(rule: str, category: str) -> None:
    (cause,) = causes(failed(Finding("$.data.result[0].policyText", "期望", "实际", rule=rule)))
    assert cause.category == category


TYPE = "type:number"
ROW = {"record": (3, "1003")}


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        (Finding("$.total", "字符串", "数字 190", rule="schema", kind=TYPE), "$.total 类型不对，是数字"),
        (Finding("$.total", '"0"', "39", rule="equals", kind=TYPE), "$.total 类型不对，是数字"),
        (Finding("$.a[3].b[17]", "4", "1", rule="equals"), "$.a[*].b[*] 值不对"),
        (Finding("$.data.result[3].type", "4", "1", record=(3, "1003"), rule="equals"), "每条的 type 值不对"),
        (Finding("$.items[103].type", "4", "9", record=(103, "2003"), rule="one_of"), "每条的 type 值不对"),
        (Finding("$.items[3]", "4", "9", record=(3, "2003"), rule="sorted"), "每条 次序不对"),
        (Finding("$.items[3].text", "编号连续", "（三）", rule="numbering", **ROW), "每条的 text 编号连续"),
        (Finding("$.items[3].text", "是 2024-04-12", "", rule="snowflake", **ROW), "每条的 text snowflake"),
        (Finding("status_code", "200", "500", rule="equals"), "status_code 值不对"),
        (Finding("$.a", "缺陷还在：旧账", "没有找到它", kind="gone"), "$.a 不再有已知的缺陷"),
    ],
)  # fmt: skip
def test_the_text_of_a_cause_has_no_data(finding: Finding, text: str) -> None:
    (cause,) = causes(failed(finding))
    assert cause.text == text
    assert cause.example == f"期望 {finding.expected}，实际 {finding.actual}"


@pytest.mark.parametrize(
    ("finding", "family"),
    [
        (Finding("$.items[3].id", "字符串", "数字 7", rule="schema", kind=TYPE, **ROW), "list"),
        (Finding("$.data.id", "1", '"1"', rule="equals"), "list"),
        (Finding("$.data.title", "甲", "乙", rule="equals"), "row:title"),
        (Finding("$.data.result", "不为空", "[]", rule="not_empty"), "empty"),
        (Finding("$.data.result", "长度 10", "0", rule="length"), "empty"),
        (Finding("$.data.result[?@.n > 3].id", "条数 不小于 1", "条数 0", rule="count"), "empty"),
        (Finding("$.data.result", "长度 10", "长度 20", rule="length"), "list"),
    ],
)
def test_the_family_of_a_cause(finding: Finding, family: str) -> None:
    (cause,) = causes(failed(finding))
    assert cause.family == family


@pytest.mark.parametrize("body", ["\ufeff{}", "<html>", "", '{"a": 1, "a": 2}'])
def test_a_reply_that_is_no_json_is_one_cause(project, body: str) -> None:
    project.service.replies["/list"] = body.encode()
    project.suite("""
  - id: two
    request: {url: /list}
    validate: {$.success: true, "$.data.result[*].id": {unique: true}, "$.data.result": {not_empty: true}}
""")
    run = project.run()
    (case,) = json.loads((run.folder / "reports" / "run.json").read_text("utf-8"))["cases"]
    assert [cause["text"] for cause in case["causes"]] == ["答复不是 JSON"]


def test_a_fault_of_the_environment_says_what_to_do() -> None:
    error = CredentialError(Problem("rejected", "服务拒绝了密钥 token", "更新 POLICY_TOKEN\n再试"))
    (cause,) = causes_of(Verdict("a", "a", "broken", (), error=error))
    assert (cause.category, cause.text) == ("credentials", "服务拒绝了密钥 token")
    assert cause.example == "改法：更新 POLICY_TOKEN"


def test_the_evidence_of_an_outage_is_a_case_that_ran() -> None:
    cause = CauseRecord("credentials", "令牌失效", "改法：更新 POLICY_TOKEN")
    skipped = CaseRecord("a.yaml::a", "a", "skipped", causes=(replace(cause, example=""),))
    ran = CaseRecord("a.yaml::b", "b", "broken", causes=(cause,))
    (group,) = group_by_cause([skipped, ran])
    assert (group.first.name, group.example) == ("b", "改法：更新 POLICY_TOKEN")


def test_a_case_has_each_of_its_causes_once() -> None:
    wrong = Finding("$.data.result[3].type", "4", "1", record=(3, "1"), rule="equals")
    found = causes(
        failed(wrong, wrong), failed(wrong), failed(Finding("$.code", '"0"', '"1"', rule="equals"))
    )
    assert [cause.text for cause in found] == ["每条的 type 值不对", "$.code 值不对"]


def test_the_alternatives_of_any_of_are_no_causes_beside_others() -> None:
    other = Finding("status_code", "在 [400, 499] 之间", "200", rule="between", branch=2)
    first = Finding("$.success", "true", "false", rule="equals", branch=1)
    assert [cause.text for cause in causes(failed(first, other))] == ["$.success 值不对"]
    beside = failed(Finding("$.code", '"0"', '"1"', rule="equals"))
    assert [cause.text for cause in causes(failed(first, other), beside)] == ["$.code 值不对"]


DOCUMENT = {"data": {"result": [{"id": "1", "files": []}], "none": None, "empty": []}, "code": "0"}


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("$.data.result[*].id", None),
        ("$.data.records[*].id", ("$.data.records", "missing")),
        ("$.data.none[*].id", ("$.data.none", "type:null")),
        ("$.data.none.total", ("$.data.none", "type:null")),
        ("$.data.empty[*].id", ("$.data.empty", "count")),
        ("$.data.result[7].id", ("$.data.result", "count")),
        ("$.data.result[*].files[*].name", ("$.data.result[*].files", "count")),
        ("$.data.result[?@.type == 1].id", ("$.data.result", "members")),
        ("$.code.data", ("$.code", "type:string")),
        ("$['data']['no']", ("$['data']['no']", "missing")),
    ],
)
def test_where_a_path_stops(path: str, end: tuple[str, str] | None) -> None:
    assert dead_end(path, DOCUMENT) == end


def case(name: str, *texts: str, family: str = "") -> CaseRecord:
    found = tuple(CauseRecord("mismatch", text, f"例 {name}", family) for text in texts)
    return CaseRecord(f"a.yaml::{name}", name, "failed", causes=found)


def shape(*cases: CaseRecord) -> list[tuple[str, int, list[str]]]:
    groups = group_by_cause(cases)
    return [(group.text, len(group.cases), [inner.text for inner in group.beneath]) for group in groups]


def test_a_case_counts_under_each_of_its_causes() -> None:
    assert shape(case("a", "A", "B"), case("b", "A"), case("c", "B"), case("d", "A")) == [
        ("A", 3, []),
        ("B", 2, []),
    ]


def test_a_cause_whose_cases_all_have_a_larger_one_is_beneath_it() -> None:
    assert shape(case("a", "A", "B"), case("b", "A"), case("c", "C")) == [("A", 2, ["B"]), ("C", 1, [])]


def test_of_two_equal_causes_the_first_one_met_is_on_top() -> None:
    assert shape(case("a", "A", "B"), case("b", "A", "B")) == [("A", 2, ["B"])]


def test_causes_of_one_family_are_one_entry() -> None:
    cases = [
        case("a", "次序", family="list"),
        case("b", "个数", family="list"),
        case("c", "个数", family="list"),
    ]
    assert shape(*cases, case("d", "别的")) == [("个数", 3, ["次序"]), ("别的", 1, [])]


def test_a_check_of_the_whole_body_is_beneath_what_says_where() -> None:
    assert shape(case("a", "A"), case("b", "body", family="vague")) == [("A", 2, ["body"])]
    assert shape(case("b", "body", family="vague")) == [("body", 1, [])]


def test_an_empty_list_is_beneath_what_is_wrong_with_its_records() -> None:
    empty, title = case("a", "空", family="empty"), case("b", "标题", family="row:policyTitle")
    assert shape(empty, title, case("c", "空", family="empty")) == [("标题", 3, ["空"])]
    assert shape(empty, case("d", "别的")) == [("别的", 1, []), ("空", 1, [])]


def test_a_cause_that_makes_a_case_red_is_no_warning() -> None:
    warned = [replace(case(name, "A"), causes=(CauseRecord("warning", "A"),)) for name in "abc"]
    red = replace(case("d", "A"), causes=(CauseRecord("mismatch", "A"),))
    (group,) = group_by_cause([*warned, red])
    assert group.cause.category == "mismatch"


def test_the_first_case_of_a_cause_is_one_with_few_causes() -> None:
    (group,) = group_by_cause([case("a", "A", "B"), case("b", "A")])
    assert (group.first.name, group.example) == ("b", "例 b")


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("短", 5, "短"),
        ("实际 渝人社发〔2020〕53号 与别的文字", 14, "实际 渝人社发〔2020〕…"),
        ("期望 1778690715361914880 之后", 12, "期望 17786907…"),  # one long word, there is no better place
        ("see policyTitle", 10, "see polic…"),
        ("全部 policyTitle 都不对", 12, "全部 policyTi…"),
        ("一二三四五六 policyTitle", 12, "一二三四五六…"),
    ],
)
def test_texts_are_cut_between_words(text: str, limit: int, cut: str) -> None:
    assert cut_at_word(text, limit) == cut
    assert len(cut) <= limit
