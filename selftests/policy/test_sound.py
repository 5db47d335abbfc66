"""No rule reports an error in a sound document, with half-width or full-width punctuation."""

from __future__ import annotations

import pytest

from selftests.policy.conftest import found, policies, record_of
from selftests.policy.sound import SOUND, WIDE, html


@pytest.mark.parametrize("width", ["half", "full"])
@pytest.mark.parametrize("name", SOUND)
def test_a_sound_document_has_no_error(name, width):
    title, text = SOUND[name]
    record = {"id": "1", "policyTitle": title, "issueNumber": "", "publishTime": "2024-12-01 00:00:00"}
    assert found(html(text.translate(WIDE) if width == "full" else text), record) == []


def test_documents_of_the_stand_in_have_no_findings_except_blanks_in_recorded_titles():
    assert len(policies()) >= 190
    for policy in policies():
        record = record_of(policy)
        assert found(policy.text, record) == []
        assert {rule for rule, _ in found(policy.text, record, "warning")} <= {"title_blanks"}
