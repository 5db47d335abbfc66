"""The manual's page about the rules: complete, up to date, and every example is found by its rule."""

from __future__ import annotations

import pytest

from framework.policy.rule_manual import RECORD, example_text, manual_page
from framework.policy.rules import RULES
from selftests.policy.conftest import found
from selftests.shipped import ROOT

EXAMPLES = [(name, rule.manual.example) for name, rule in RULES.items() if rule.manual.example]


def test_only_rules_about_the_record_have_no_example():
    assert {name for name, rule in RULES.items() if not rule.manual.example} == {
        "title_cut",
        "title_blanks",
        "issue_number",
        "file_name",
    }


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_is_found_by_its_rule(name, example):
    findings = found(example_text(example), RECORD, RULES[name].severity)
    assert name in {rule for rule, _ in findings}


def test_the_page_is_up_to_date():
    page = (ROOT / "docs" / "text-rules.md").read_text(encoding="utf-8")
    assert page == manual_page(), "run python -m framework check-text --markdown docs/text-rules.md"
