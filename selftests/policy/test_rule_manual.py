"""The manual's page about the rules: complete, up to date, and every example is found by its rule."""

from __future__ import annotations

import pytest

from framework.policy.rule_manual import MANUAL, RECORD, example_text, manual_page
from framework.policy.rules import RULES
from selftests.policy.conftest import found
from selftests.shipped import ROOT

EXAMPLES = [(name, entry.example) for name, entry in MANUAL.items() if entry.example]


def test_every_rule_is_in_the_manual():
    assert list(MANUAL) == list(RULES)
    assert {name for name, entry in MANUAL.items() if not entry.example} == {
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
