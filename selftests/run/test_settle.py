"""The meaning of a verdict: known defects stay green only while exactly they last; a warning is not red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from framework.base.clock import CHINA
from framework.base.source import Source, Span
from framework.cases.case import Case, KnownDefect
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.quarantine import Quarantine
from framework.cases.template import Binding, Constant, Scope
from framework.checks.result import CheckResult, Finding
from framework.run.settle import excused_by, settle, used_variables
from framework.run.verdict import StepResult, UsedVariable, Verdict
from selftests.project_matchers import MATCHERS

HERE = Span(Source("a.yaml", "x"), 1, 1, 1, 2)
THERE = Span(Source("a.yaml", "x\nx"), 2, 1, 2, 2)
CASE = Case("a", Constant("a", HERE), "s", HERE, ())
TITLE = Finding("$.data.result[3].policyTitle", "x", "y", record=(3, "177"), rule="matches")
TEXT = Finding("$.data.result[4].policyText", "x", "y", record=(4, "178"), rule="head")
GOOD = CheckResult("status_code 等于 200", "passed", 1, span=HERE)
SHARED = CheckResult("$.success 等于 true", "passed", 1, span=Span(Source("_shared.yaml", "x"), 1, 1, 1, 2))
NOWHERE = CheckResult("status_code 等于 200", "passed", 1)
UNSEEN = CheckResult("elapsed_ms 小于 1", "unrecorded")
UNACCEPTED = CheckResult("$ 与认可时一样", "unaccepted", span=HERE)
PENDING = CheckResult("$ 与认可时一样", "pending", span=HERE)
BARE = CheckResult("any_of", "failed", 1)


def verdict(*findings, more=(GOOD,)):
    results = tuple(CheckResult("c", "failed", 1, (finding,)) for finding in findings)
    status = "failed" if any(result.status == "failed" for result in (*more, *results)) else "passed"
    return Verdict("a", "a", status, (StepResult("s", status, results=(*more, *results)),))


def defect(reason="旧账", link="", **place):
    return KnownDefect(reason, link, HERE, **place)


def settled(judged, *defects, level="error", quarantine=None):
    case = replace(CASE, known_defects=defects, level=level, quarantine=quarantine)
    return settle(case, judged, 1.0, 2.0)


def test_a_verdict_that_needs_no_settling_gets_its_times_only():
    assert settled(verdict()) == replace(verdict(), started=1.0, stopped=2.0)
    assert settled(verdict(TITLE)) == replace(verdict(TITLE), started=1.0, stopped=2.0)


@pytest.mark.parametrize(
    ("place", "assumes"),
    [(HERE, ("页码从 1 开始",)), (Span(Source("_shared.yaml", "x"), 1, 1, 1, 2), ()), (None, ())],
    ids=["own", "shared", "no-place"],
)
def test_a_failed_check_of_the_case_itself_rests_on_its_assumptions(place, assumes):
    case = replace(CASE, assumes=("页码从 1 开始",))
    failed = CheckResult("c", "failed", 1, (TITLE,), place)
    step = StepResult("s", "failed", results=(GOOD, failed))
    assert settle(case, Verdict("a", "a", "failed", (step,)), 1.0, 2.0).assumes == assumes


def test_only_a_failure_rests_on_assumptions():
    case = replace(CASE, assumes=("页码从 1 开始",))
    failed = CheckResult("c", "failed", 1, (TITLE,), HERE)
    broken = Verdict("a", "a", "broken", (StepResult("s", "broken", results=(failed,)),))
    assert settle(case, broken, 1.0, 2.0).assumes == ()
    unexplained = Verdict("a", "a", "failed", (StepResult("s", "failed", results=(GOOD,)),))
    assert settle(case, unexplained, 1.0, 2.0).assumes == ()


# -- known defects


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"path": "$.data.result[*].policyTitle"},
        {"path": "$.data.result[3].policyTitle"},
        {"rule": "matches"},
        {"id": "177"},
        {"path": "$.data.result[*].policyTitle", "rule": "matches", "id": "177"},
    ],
)
def test_a_failure_that_is_known_is_not_red(place):
    assert settled(verdict(TITLE), defect(**place)).status == "known"
    assert excused_by([defect(id="9"), defect(**place)], TITLE)


@pytest.mark.parametrize(
    "place",
    [
        {"path": "$.data.result[*].id"},
        {"path": "$.data.result[2].policyTitle"},
        {"path": "$.data.result[3].policyTitl"},
        {"path": "$.data.result[3].policyTitl."},
        {"path": "$.data.*[3].policyTitle"},
        {"rule": "equals"},
        {"id": "178"},
        {"id": "3"},
        {"path": "$.data.result[*].policyTitle", "id": "178"},
        {"path": "$.data.result[*].policyTitle", "rule": "equals", "id": "177"},
        {"path": "$.data.result[*].id", "rule": "matches", "id": "177"},
    ],
)
def test_every_part_of_a_known_defect_must_fit(place):
    judged = settled(verdict(TITLE), defect(**place))
    assert judged.status == "failed"
    assert judged.results[-1].findings[0].actual == "没有找到它"
    assert not excused_by([defect(**place)], TITLE)


def test_an_index_of_any_length_fits_a_star():
    deep = replace(TITLE, path="$.data.result[120].parts[7]")
    assert excused_by([defect(path="$.data.result[*].parts[*]")], deep)
    assert not excused_by(
        [defect(path="$.data.result[*].parts[*]")], replace(deep, path="$.data.result[x].parts[7]")
    )


def test_a_finding_without_a_record_is_no_defect_of_a_record():
    assert not excused_by([defect(id="177")], replace(TITLE, record=None))


def test_no_defects_excuse_nothing():
    assert not excused_by([], TITLE)


def test_a_known_verdict_gives_the_reasons_and_links():
    judged = settled(
        verdict(TITLE), defect("标题有误", "https://bugs/1", id="177"), defect("同上", rule="matches")
    )
    assert judged.reason == "已知缺陷：标题有误 https://bugs/1；同上"
    assert judged.results == ()


def test_any_other_failure_is_red():
    assert settled(verdict(TITLE, TEXT), defect(id="177")) == replace(
        verdict(TITLE, TEXT), started=1.0, stopped=2.0
    )
    assert settled(verdict(TITLE, TEXT), defect(id="177"), defect(rule="head")).status == "known"


def test_a_failure_that_names_no_place_is_red():
    judged = settled(verdict(TITLE, more=(BARE,)), defect(id="177"))
    assert (judged.status, judged.results) == ("failed", ())


def test_a_note_of_a_passed_check_is_no_failure():
    noted = replace(GOOD, findings=(TITLE,))
    assert settled(verdict(more=(noted,)), defect(id="177")).results[0].title == "已知缺陷仍在"


def test_a_defect_that_is_gone_is_red_with_its_own_message():
    judged = settled(verdict(), defect("旧账", path="$.a", rule="head", id="177"))
    finding = Finding(
        "$.a head 177", "缺陷还在：旧账", "没有找到它", "已知缺陷已消失：修好了就删去 known_defect"
    )
    assert judged.status == "failed"
    assert judged.results == (CheckResult("已知缺陷仍在", "failed", 1, (finding,), HERE),)


def test_a_defect_that_is_gone_is_named_by_what_it_says():
    assert settled(verdict(), defect(rule="head")).results[0].findings[0].path == "head"
    assert settled(verdict(), defect(path="$.a", id="1")).results[0].findings[0].path == "$.a 1"


def test_results_of_the_case_itself_are_kept_beside_defects_that_are_gone():
    own = CheckResult("own", "passed", 1, span=HERE)
    judged = settled(
        replace(verdict(TITLE), results=(own,)), defect(id="177"), defect(id="1"), defect(id="2")
    )
    assert [result.title for result in judged.results] == ["own", "已知缺陷仍在", "已知缺陷仍在"]
    assert [result.findings[0].path for result in judged.results[1:]] == ["1", "2"]


def test_a_defect_that_a_tape_cannot_show_is_not_gone():
    assert settled(verdict(more=(GOOD, UNSEEN)), defect(rule="less_than")).status == "passed"
    assert settled(verdict(TITLE, more=(UNSEEN,)), defect(rule="less_than")).status == "failed"
    assert settled(verdict(TITLE, more=(UNSEEN,)), defect(id="177"), defect(id="1")).status == "known"


@pytest.mark.parametrize("status", ["broken", "skipped"])
def test_an_outage_never_becomes_a_known_defect(status):
    judged = settled(replace(verdict(TITLE), status=status), defect(id="177"))
    assert judged == replace(verdict(TITLE), status=status, started=1.0, stopped=2.0)


# -- the level


def test_a_warning_reports_without_failing():
    assert settled(verdict(TITLE), level="warning").status == "warned"
    assert settled(verdict(), level="warning").status == "passed"
    assert settled(replace(verdict(), status="broken"), level="warning").status == "broken"
    assert settled(verdict(TITLE), defect(id="177"), level="warning").status == "known"
    assert settled(verdict(), defect(id="177"), level="warning").status == "warned"


# -- quarantine

UNTIL = date(2024, 2, 29)
LAST_MOMENT = datetime(2024, 2, 29, 23, 59, 59, tzinfo=CHINA).timestamp()
HELD = Quarantine("排序不稳", UNTIL, THERE)


def held(judged, *defects, stopped=LAST_MOMENT, level="error"):
    return settle(replace(CASE, known_defects=defects, level=level, quarantine=HELD), judged, 1.0, stopped)


def test_a_failure_under_quarantine_is_a_warning_until_the_last_day_is_over():
    judged = held(verdict(TITLE))
    assert (judged.status, judged.reason) == ("warned", "隔离至 2024-02-29：排序不稳")
    assert held(verdict(TITLE), stopped=LAST_MOMENT + 1).status == "failed"


@pytest.mark.parametrize("status", ["passed", "broken", "skipped"])
def test_a_quarantine_changes_nothing_but_a_failure(status):
    judged = held(replace(verdict(), status=status))
    assert (judged.status, judged.reason, judged.error) == (status, "", None)


def test_a_known_defect_under_quarantine_stays_known():
    judged = held(verdict(TITLE), defect(id="177"))
    assert (judged.status, judged.reason) == ("known", "已知缺陷：旧账")


def test_a_defect_that_is_gone_is_a_warning_under_quarantine():
    assert held(verdict(), defect(id="177")).status == "warned"


def test_a_quarantine_that_has_ended_breaks_a_case_that_passes():
    judged = held(verdict(), stopped=LAST_MOMENT + 1)
    assert judged.status == "broken"
    (problem,) = judged.error.problems
    assert problem.code == "quarantine-expired"
    assert problem.what == "隔离已于 2024-02-29 到期：排序不稳"
    assert problem.how == "修好了就删去 quarantine；没有修好就改 until"
    assert problem.span == THERE


def test_a_quarantine_that_has_ended_breaks_a_known_defect_too():
    assert held(verdict(TITLE), defect(id="177"), stopped=LAST_MOMENT + 1).status == "broken"


@pytest.mark.parametrize("status", ["failed", "broken", "skipped"])
def test_a_quarantine_that_has_ended_leaves_red_and_skipped_cases_as_they_are(status):
    judged = held(replace(verdict(TITLE), status=status), stopped=LAST_MOMENT + 1)
    assert (judged.status, judged.error) == (status, None)


# -- parts that a tape did not record


def test_shared_checks_do_not_make_up_for_what_a_tape_did_not_record():
    judged = settled(verdict(more=(SHARED, UNSEEN)))
    assert (judged.status, judged.reason) == ("skipped", "录制数据没有记下这个用例要检查的内容，没有评判")
    assert settled(verdict(more=(NOWHERE, UNSEEN))).status == "skipped"
    assert settled(verdict(more=(SHARED,))).status == "passed"
    assert settled(verdict(more=(GOOD, UNSEEN))).status == "passed"


def test_a_case_of_which_nothing_was_recorded_is_not_passed():
    assert settled(verdict(more=(UNSEEN,))).status == "skipped"
    assert settled(verdict(more=())).status == "skipped"
    assert settled(verdict(TITLE, more=(UNSEEN,))).status == "failed"
    assert settled(replace(verdict(more=()), status="broken")).status == "broken"


# -- values that were not accepted yet


def test_a_case_that_only_compares_with_what_was_accepted_is_skipped_until_then():
    judged = settled(verdict(more=(SHARED, UNACCEPTED)))
    how = "未认可：看过这一次的答复就运行 python -m framework accept，下一次起与它相比"
    assert (judged.status, judged.reason) == ("skipped", how)
    assert settled(verdict(more=(GOOD, UNACCEPTED))).status == "passed"


def test_a_case_with_values_that_wait_for_acceptance_is_a_warning():
    judged = settled(verdict(more=(GOOD, PENDING)))
    assert judged == replace(
        verdict(more=(GOOD, PENDING)), status="warned", reason="待认可", started=1.0, stopped=2.0
    )
    assert settled(verdict(more=(PENDING,))).status == "warned"
    assert settled(verdict(TITLE, more=(PENDING,))).status == "failed"
    assert settled(replace(verdict(more=(PENDING,)), status="broken")).status == "broken"


# -- the variables that failing checks used

SUITE = """
suite: 列表
variables: {size: 10, city: 重庆, most: 20, unused: x, expected: {a: 1}}
cases:
  - id: a
    name: 列表
    steps:
      - name: "${city}的第一页"
        request: {method: POST, url: /list, json: {size: "${size}"}}
        validate:
          status_code: 200
          $.size: {equals: "${size}"}
          $.most: {at_most: "${most}", at_least: 1}
          $.now: {equals: "${now}"}
          $.whole: "${expected}"
          any_of:
            - $.a: {equals: "${most}"}
            - $.b: {equals: 1}
"""


@pytest.fixture
def parsed():
    (case,) = parse_suite(Source("suite.yaml", SUITE), (), ParseContext(MATCHERS, {}, {}))
    return case


BINDINGS = {
    "size": Binding(10, "suite suite.yaml:3:13"),
    "city": Binding("重庆", "suite suite.yaml:3:23"),
    "most": Binding("长" * 200, "suite suite.yaml:3:33"),
    "expected": Binding({"a": 1}, "here"),
}
CITY = UsedVariable("city", "重庆", "suite suite.yaml:3:23")
SIZE = UsedVariable("size", "10", "suite suite.yaml:3:13")
MOST = UsedVariable("most", "长" * 48 + "…" + "长" * 31, "suite suite.yaml:3:33")
WHOLE = UsedVariable("expected", '{"a":1}', "here")


def used(case, *spans, status="failed", bindings=BINDINGS):
    results = tuple(CheckResult("c", "failed", 1, (), span) for span in spans)
    judged = Verdict("a", "a", status, (StepResult("s", status, results=(GOOD, *results)),))
    found = used_variables(case, judged, bindings)
    assert replace(found, variables=()) == judged
    return found.variables


def checks_of(case):
    """Return the checks of the suite's step by the key under which it writes them."""
    names = ("status", "$.size", "$.most", "$.now", "$.whole", "any_of")
    return dict(zip(names, case.steps[0].checks, strict=True))


def test_a_failing_check_names_the_variables_that_it_used(parsed):
    checks = checks_of(parsed)
    assert used(parsed, checks["$.size"].span) == (SIZE, CITY)
    assert used(parsed, checks["$.most"].span) == (MOST, CITY)
    assert used(parsed, checks["$.whole"].span) == (WHOLE, CITY)
    assert used(parsed, checks["any_of"].span) == (MOST, CITY)
    assert used(parsed, checks["$.size"].span, checks["$.whole"].span) == (SIZE, WHOLE, CITY)


def test_a_check_without_variables_leaves_those_of_the_step_name(parsed):
    assert used(parsed, checks_of(parsed)["status"].span) == (CITY,)
    assert used(parsed, checks_of(parsed)["$.now"].span) == (CITY,)
    assert used(parsed, None) == (CITY,)
    assert used(parsed, HERE) == (CITY,)


def test_a_result_with_the_place_of_a_matcher_or_of_its_argument_belongs_to_the_check(parsed):
    most = checks_of(parsed)["$.most"]
    for call in most.calls:
        assert used(parsed, call.span) == (MOST, CITY)
    assert used(parsed, most.calls[0].argument.span) == (MOST, CITY)
    branch = checks_of(parsed)["any_of"].branches[0][0]
    assert used(parsed, branch.calls[0].argument.span) == (MOST, CITY)


def test_a_variable_without_a_value_is_left_out(parsed):
    most = checks_of(parsed)["$.most"]
    assert used(parsed, most.span, bindings={}) == ()
    assert used(parsed, most.span, bindings={"city": BINDINGS["city"]}) == (CITY,)


@pytest.mark.parametrize("status", ["passed", "broken", "skipped", "known"])
def test_a_case_that_did_not_fail_names_no_variables(parsed, status):
    assert used(parsed, checks_of(parsed)["$.size"].span, status=status) == ()


def test_checks_of_the_case_and_of_each_reply_count_too(parsed):
    size, most = checks_of(parsed)["$.size"], checks_of(parsed)["$.most"]
    (step,) = parsed.steps
    moved = replace(parsed, checks=(most,), steps=(replace(step, each_reply=(size,), checks=()),))
    assert used(moved, size.span) == (SIZE, CITY)
    assert used(moved, most.span) == (MOST, CITY)
    assert used(moved, size.span, most.span) == (MOST, SIZE, CITY)


def test_a_variable_that_only_the_failed_step_knows_is_named_with_its_value_there(parsed):
    passed, failed, later = (
        StepResult(
            "s",
            status,
            results=(CheckResult("c", status, 1, (), checks_of(parsed)["$.size"].span),),
            scope=Scope({"size": Binding(value, "for_each")}) if value else None,
        )
        for status, value in (("passed", 1), ("failed", 2), ("failed", 3))
    )
    unsent = StepResult("s", "failed")
    for steps in ((passed, failed, later), (unsent, failed, later)):
        judged = Verdict("a", "a", "failed", steps)
        found = used_variables(parsed, judged, BINDINGS).variables
        assert found[0] == UsedVariable("size", "2", "for_each")


def test_a_failing_check_of_wait_for_names_its_variables():
    text = (
        "suite: 列表\nvariables: {size: 10}\ncases:\n  - id: a\n    request: {url: /list}\n"
        '    wait_for: {until: {$.size: "${size}"}, timeout: 10, interval: 1}\n    validate: {$.a: 1}\n'
    )
    (case,) = parse_suite(Source("suite.yaml", text), (), ParseContext(MATCHERS, {}, {}))
    (check,) = case.steps[0].wait_for.until
    assert [variable.name for variable in used(case, check.span)] == ["size"]


def test_a_known_defect_that_is_gone_is_a_kind_of_its_own():
    kinds = [
        finding.kind for result in settled(verdict(), defect()).all_results for finding in result.findings
    ]
    assert kinds == ["gone"]
