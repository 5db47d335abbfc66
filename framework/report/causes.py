"""Why cases are red, in few lines: failures that share a cause are one entry with a count.

A cause is a category and a signature. The signature leaves out what differs from row to row and case to case:
indexes, ids, page numbers and long values; so two hundred failures of five causes read as five.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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
from framework.checks.invariants import RULE as WALK
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
    "mismatch": "断言不符",
    "credentials": "令牌失效",
    "environment": "环境故障",
    "case": "用例错误",
    "internal": "框架故障",
    "known": "已知缺陷",
    "warning": "警告",
}
_BY_RULE: dict[str, Category] = {"schema": "contract", WALK: "paging"}
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Cause:
    """``signature`` is for people too: a place and what is wrong there."""

    category: Category
    signature: str

    @property
    def word(self) -> str:
        return tr(WORDS[self.category])


def cause_of(verdict: Verdict) -> Cause | None:
    """Return why the case is red (or known, or a warning); None where it is neither."""
    if verdict.status == "broken" and verdict.error is not None:
        return Cause(_category_of(verdict.error), visible(_without_numbers(_without_query(verdict.error))))
    if verdict.status == "known":
        return Cause("known", visible(verdict.reason))
    if verdict.status not in ("failed", "warned"):
        return None
    result = next(result for result in verdict.all_results if result.status == "failed")
    signature = _signature(result)
    return Cause("warning" if verdict.status == "warned" else _category(result), signature)


def _category_of(error: HarnessError) -> Category:
    kinds: tuple[tuple[type[HarnessError], Category], ...] = (
        (CredentialError, "credentials"),
        (TransportError, "environment"),
        (ConfigError, "environment"),
        (InternalError, "internal"),
    )
    return next((category for kind, category in kinds if isinstance(error, kind)), "case")


def _without_query(error: HarnessError) -> str:
    """A host that cannot be reached is one cause whatever was asked of it; what goes wrong later is one for
    each path.
    """
    whole = isinstance(error, ConnectError) or error.problems[0].code == "connect-timeout"
    return re.sub(
        r"[A-Z]+ https?://\S+?(?=[:\uff1a](?:[\d.]+ )?[^\x00-\x7f])",
        lambda at: _address(at[0], whole),
        error.problems[0].what,
        count=1,
    )


def _address(request: str, whole: bool) -> str:
    bare = re.split(r"[?#]", request, maxsplit=1)[0]
    return "/".join(bare.partition(" ")[2].split("/")[:3]) if whole else bare


def _category(result: CheckResult) -> Category:
    rules = {finding.rule for finding in result.findings}
    for rule, category in _BY_RULE.items():
        if rule in rules:
            return category
    texts = any(finding.path.endswith(("policyText", "policyTitle")) for finding in result.findings)
    return "content" if texts else "mismatch"


def _signature(result: CheckResult) -> str:
    if not result.findings:
        return result.title
    first = result.findings[0]
    if first.rule == WALK:
        return result.title
    place = re.sub(r"\[\d+\]", "[*]", first.path)
    if first.record is not None:  # the same row is $.data.result[3] on a page and $.items[103] on a walk
        place = "[*]" + place.partition("[*]")[2]
    return visible(" ".join(filter(None, (place, _what(first)))))


def _what(finding: Finding) -> str:
    if finding.what:
        return _without_numbers(finding.what)[:60]
    expected = _without_numbers(finding.expected)[:60]
    brief = len(finding.actual) <= _SHORT and not re.search(r"\d{5}", finding.actual)
    return (
        tr("期望 {expected},实际 {actual}", expected=expected, actual=finding.actual)
        if brief
        else tr("期望 {expected}", expected=expected)
    )


def _without_numbers(text: str) -> str:
    return re.sub(r"\d{5,}", "…", text)


def grouped(causes: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, list[str]]]:
    """Group (category word, signature, case) into (word, signature, cases), the most frequent first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for word, signature, case in causes:
        groups.setdefault((word, signature), []).append(case)
    return sorted(
        ((word, signature, cases) for (word, signature), cases in groups.items()),
        key=lambda group: -len(group[2]),
    )
