"""The category of a failure follows from the rule of its findings."""

from __future__ import annotations

import pytest

from framework.checks.invariants import RULE as WALK_RULE
from framework.checks.result import CheckResult, Finding
from framework.report.causes import cause_of
from framework.run.verdict import Verdict


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
    finding = Finding("$.data.result[0].policyText", "期望", "实际", rule=rule)
    result = CheckResult("检查", "failed", findings=(finding,))
    cause = cause_of(Verdict("a", "a", "failed", (), results=(result,)))
    assert cause is not None and cause.category == category
