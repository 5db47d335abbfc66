"""Groups failures by cause, so that two hundred failures with five causes are five entries.

A cause is a category and a signature. The signature leaves out the parts that differ between rows and cases:
indexes, ids, page numbers and long values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from framework.base.cutting import cut, masked
from framework.base.errors import (
    ConfigError,
    ConnectError,
    CredentialError,
    HarnessError,
    InternalError,
    TransportError,
)
from framework.base.messages import tr
from framework.base.source import visible
from framework.checks.invariants import RULE as WALK_RULE
from framework.checks.matchers import MATCHERS
from framework.checks.result import CheckResult, Finding
from framework.run.verdict import Verdict

Category = Literal[
    "contract",
    "content",
    "paging",
    "mismatch",
    "credentials",
    "environment",
    "case",
    "internal",
    "known",
    "warning",
]
WORDS: dict[Category, str] = {
    "contract": "契约不符",
    "content": "内容缺陷",
    "paging": "分页错误",
    "mismatch": "不符",
    "credentials": "令牌失效",
    "environment": "环境故障",
    "case": "用例错误",
    "internal": "框架故障",
    "known": "已知缺陷",
    "warning": "警告",
}
_BY_RULE: dict[str, Category] = {"schema": "contract", WALK_RULE: "paging"}
_MAX_SHOWN_VALUE = 24
_MAX_DESCRIPTION = 60
# METHOD URL, up to the colon before the Chinese text that says what went wrong
_ADDRESS_IN_TEXT = re.compile(r"[A-Z]+ https?://\S+?(?=[:\uff1a](?:[\d.]+ )?[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Cause:
    """``signature``: the place and the fault there. It is a key for grouping and a text for people."""

    category: Category
    signature: str

    @property
    def word(self) -> str:
        return tr(WORDS[self.category])


def cause_of(verdict: Verdict) -> Cause | None:
    """Return the cause of a failed, broken, known or warned case; None for any other."""
    if verdict.status == "broken" and verdict.error is not None:
        signature = _without_long_numbers(_without_query(verdict.error))
        return Cause(_error_category(verdict.error), visible(signature))
    if verdict.status == "known":
        return Cause("known", visible(verdict.reason))
    if verdict.status not in ("failed", "warned"):
        return None
    result = next(result for result in verdict.all_results if result.status == "failed")
    category = "warning" if verdict.status == "warned" else _failure_category(result)
    return Cause(category, _signature(result))


def _error_category(error: HarnessError) -> Category:
    kinds: tuple[tuple[type[HarnessError], Category], ...] = (
        (CredentialError, "credentials"),
        (TransportError, "environment"),
        (ConfigError, "environment"),
        (InternalError, "internal"),
    )
    return next((category for kind, category in kinds if isinstance(error, kind)), "case")


def _without_query(error: HarnessError) -> str:
    """Return the first problem with a shorter address in it.

    A host that cannot be reached is one cause for all of its paths. A later failure is one cause for each
    path.
    """
    problem = error.problems[0]
    host_only = isinstance(error, ConnectError) or problem.code == "connect-timeout"
    return _ADDRESS_IN_TEXT.sub(lambda match: _short_address(match[0], host_only), problem.what, count=1)


def _short_address(request: str, host_only: bool) -> str:
    """Shorten ``METHOD URL`` to the URL's scheme and host, or cut its query."""
    without_query = re.split(r"[?#]", request, maxsplit=1)[0]
    if not host_only:
        return without_query
    url = without_query.partition(" ")[2]
    return "/".join(url.split("/")[:3])


def _failure_category(result: CheckResult) -> Category:
    rules = {finding.rule for finding in result.findings}
    for rule, category in _BY_RULE.items():
        if rule in rules:
            return category
    # The rules of the domain and of the team judge the content of the data. The core matchers only compare
    # it.
    content_rules = rules - MATCHERS.keys() - {""}
    return "content" if content_rules else "mismatch"


def _signature(result: CheckResult) -> str:
    if not result.findings:
        return result.title
    first = result.findings[0]
    if first.rule == WALK_RULE:
        return result.title
    place = re.sub(r"\[\d+\]", "[*]", first.path)
    if first.record is not None:
        # The same row is $.data.result[3] on a page and $.items[103] on a walk, so the way to the row is left
        # out.
        place = "[*]" + place.partition("[*]")[2]
    parts = (place, _description(first))
    return visible(" ".join(part for part in parts if part))


def _description(finding: Finding) -> str:
    if finding.what:
        return cut(_without_long_numbers(finding.what), _MAX_DESCRIPTION)
    expected = cut(_without_long_numbers(finding.expected), _MAX_DESCRIPTION)
    has_long_number = re.search(r"\d{5}", finding.actual) is not None
    if len(finding.actual) <= _MAX_SHOWN_VALUE and not has_long_number:
        return tr("期望 {expected}，实际 {actual}", expected=expected, actual=finding.actual)
    return tr("期望 {expected}", expected=expected)


def category_word(category: str) -> str:
    """Return the word for a category in the language of the run."""
    return tr(WORDS[category]) if category in WORDS else category


def _without_long_numbers(text: str) -> str:
    """Replace numbers that differ from record to record, such as ids."""
    return re.sub(r"\d{5,}", "…", masked(text))


def group_by_cause(causes: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, list[str]]]:
    """Group (category word, signature, case) into (word, signature, cases), the most frequent first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for word, signature, case in causes:
        groups.setdefault((word, signature), []).append(case)
    rows = [(word, signature, cases) for (word, signature), cases in groups.items()]
    return sorted(rows, key=lambda row: -len(row[2]))
