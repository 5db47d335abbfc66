"""Settling a verdict: a known defect must fail exactly as described, and a warning is not red."""

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
def test_a_known_failure_is_not_red(where):
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
def test_every_condition_of_a_known_defect_must_match(where):
    result = settled(verdict(TITLE), defect(**where))
    assert result.status == "failed" and "没有找到它" in result.results[-1].findings[0].actual


def test_any_other_failure_is_red():
    assert settled(verdict(TITLE, TEXT), defect(id="177")).status == "failed"
    assert settled(verdict(TITLE, TEXT), defect(id="177"), defect(rule="head")).status == "known"


def test_a_repaired_defect_is_red_with_its_own_message():
    result = settled(verdict(), defect(rule="head"))
    assert (
        result.status == "failed"
        and "已消失" in result.results[0].findings[0].what
        and result.results[0].span == HERE
    )


def test_a_defect_that_a_tape_did_not_record_is_not_repaired():
    unseen = CheckResult("elapsed_ms 小于 1", "unrecorded")
    assert settled(verdict(more=(GOOD, unseen)), defect(rule="less_than")).status == "passed"
    assert settled(verdict(TITLE, more=(unseen,)), defect(rule="less_than")).status == "failed"


def test_an_outage_is_never_a_known_defect():
    broken = replace(verdict(), status="broken")
    assert settled(broken, defect(rule="head")).status == "broken"


def test_a_warning_reports_without_failing():
    assert settled(verdict(TITLE), level="warning").status == "warned"
    assert settled(verdict(), level="warning").status == "passed"


def test_shared_checks_do_not_replace_unrecorded_own_checks():
    unseen = CheckResult("body.size 大于 1", "unrecorded")
    assert settled(verdict(more=(SHARED, unseen))).status == "skipped"
    assert settled(verdict(more=(SHARED,))).status == "passed"


def test_an_unrecorded_case_does_not_pass():
    assert settled(verdict(more=(CheckResult("elapsed_ms 小于 1", "unrecorded"),))).status == "skipped"
