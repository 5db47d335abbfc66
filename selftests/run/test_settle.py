"""What a verdict means: known defects stay green only while exactly they last; a warning is not red."""

from dataclasses import replace

import pytest

from framework.base.source import Source, Span
from framework.cases.case import Case, KnownDefect
from framework.cases.template import Constant
from framework.checks.result import CheckResult, Finding
from framework.run.settle import settle
from framework.run.verdict import StepResult, Verdict

HERE = Span(Source("a.yaml", "x"), 1, 1, 1, 2)
CASE = Case("a", Constant("a", HERE), "s", HERE, ())
TITLE = Finding("$.data.result[3].policyTitle", "x", "y", record=(3, "177"), rule="matches")
TEXT = Finding("$.data.result[4].policyText", "x", "y", record=(4, "178"), rule="head")
GOOD = CheckResult("status_code 等于 200", "passed", 1, span=HERE)
SHARED = CheckResult("$.success 等于 true", "passed", 1, span=Span(Source("_shared.yaml", "x"), 1, 1, 1, 2))


def verdict(*findings, more=(GOOD,)):
    results = tuple(CheckResult("c", "failed", 1, (finding,)) for finding in findings)
    status = "failed" if results else "passed"
    return Verdict("a", "a", status, (StepResult("s", status, results=(*more, *results)),))


def defect(**where):
    return KnownDefect("旧账", "", HERE, **where)


def settled(judged, *defects, level="error"):
    return settle(replace(CASE, known_defects=defects, level=level), judged, 1.0, 2.0)


@pytest.mark.parametrize(
    "where",
    [
        {"path": "$.data.result[*].policyTitle"},
        {"path": "$.data.result[3].policyTitle"},
        {"rule": "matches"},
        {"id": "177"},
        {"path": "$.data.result[*].policyTitle", "rule": "matches", "id": "177"},
    ],
)
def test_a_failure_that_is_known_is_not_red(where):
    assert settled(verdict(TITLE), defect(**where)).status == "known"


@pytest.mark.parametrize(
    "where",
    [
        {"path": "$.data.result[*].id"},
        {"path": "$.data.result[2].policyTitle"},
        {"rule": "equals"},
        {"id": "178"},
        {"path": "$.data.result[*].policyTitle", "id": "178"},
    ],
)
def test_every_word_of_a_known_defect_must_fit(where):
    told = settled(verdict(TITLE), defect(**where))
    assert told.status == "failed" and "没有找到它" in told.results[-1].findings[0].actual


def test_any_other_failure_is_red():
    assert settled(verdict(TITLE, TEXT), defect(id="177")).status == "failed"
    assert settled(verdict(TITLE, TEXT), defect(id="177"), defect(rule="head")).status == "known"


def test_a_defect_that_is_gone_is_red_with_its_own_message():
    told = settled(verdict(), defect(rule="head"))
    assert (
        told.status == "failed"
        and "已消失" in told.results[0].findings[0].what
        and told.results[0].span == HERE
    )


def test_a_defect_that_a_tape_cannot_show_is_not_gone():
    unseen = CheckResult("elapsed_ms 小于 1", "unrecorded")
    assert settled(verdict(more=(GOOD, unseen)), defect(rule="less_than")).status == "passed"
    assert settled(verdict(TITLE, more=(unseen,)), defect(rule="less_than")).status == "failed"


def test_an_outage_never_becomes_a_known_defect():
    broken = replace(verdict(), status="broken")
    assert settled(broken, defect(rule="head")).status == "broken"


def test_a_warning_reports_without_failing():
    assert settled(verdict(TITLE), level="warning").status == "warned"
    assert settled(verdict(), level="warning").status == "passed"


def test_what_a_tape_did_not_record_is_not_made_up_for_by_the_shared_checks():
    unseen = CheckResult("body.size 大于 1", "unrecorded")
    assert settled(verdict(more=(SHARED, unseen))).status == "skipped"
    assert settled(verdict(more=(SHARED,))).status == "passed"


def test_a_case_of_which_nothing_was_recorded_is_not_passed():
    assert settled(verdict(more=(CheckResult("elapsed_ms 小于 1", "unrecorded"),))).status == "skipped"
