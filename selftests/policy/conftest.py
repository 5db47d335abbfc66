"""Shared by the tests of policy texts: the findings of a text, and the sound documents of the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from framework.policy.document import Document
from framework.policy.rules import RULES
from standin.policy import Policy
from standin.seed.catalogue import others
from standin.seed.recorded import recorded


def found(text: str, record: dict[str, Any] | None = None, severity: str = "error") -> list[tuple[str, str]]:
    """Return the rule and the message of every finding of one severity."""
    document = Document(text, record)
    return [
        (rule.name, finding.message)
        for rule in RULES.values()
        if (document.has_paragraphs or not rule.needs_paragraphs)
        and (document.record or not rule.needs_record)
        for finding in rule.find(document)
        if (finding.severity or rule.severity) == severity
    ]


def record_of(policy: Policy, text: str | None = None) -> dict[str, Any]:
    return {
        "id": str(policy.id),
        "policyTitle": policy.title,
        "issueNumber": policy.issue_number,
        "policyText": policy.text if text is None else text,
        "publishTime": policy.publish_time,
        "files": [{"fileName": policy.attachment.name}],
    }


@cache
def policies() -> tuple[Policy, ...]:
    return tuple(policy for policy in (*recorded(), *others()) if not (policy.draft or policy.deleted))


@pytest.fixture
def find() -> Callable[..., list[tuple[str, str]]]:
    return found
