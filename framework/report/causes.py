"""Finds the causes of a case that is not green: a place and a kind of difference, without the data.

Two cases have the same cause if its text is the same. The text leaves out details that differ between rows
and cases: indexes, ids, numbers and values. One of the values is kept beside it, as an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from framework.base.cutting import masked
from framework.base.errors import (
    BlockedError,
    ConfigError,
    ConnectError,
    CredentialError,
    HarnessError,
    InternalError,
    LoginError,
    TeardownError,
    TransportError,
)
from framework.base.jsonpath import Json, compile_path
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.settings import SHIPPED
from framework.checks.equality import kind_of
from framework.checks.invariants import RULE as WALK_RULE
from framework.checks.invariants import UNREADABLE
from framework.checks.matchers import MATCHERS
from framework.checks.result import CheckResult, Finding
from framework.http.exchange import Reply
from framework.report.case_record import CauseRecord
from framework.report.dead_ends import dead_end
from framework.report.explain import finding_values
from framework.report.result_files import document_of, is_json
from framework.report.words import cut_at_word
from framework.run.alternatives import RULE as ALTERNATIVE
from framework.run.verdict import StepResult, Verdict

Category = Literal[
    "contract",
    "content",
    "paging",
    "mismatch",
    "credentials",
    "environment",
    "teardown",
    "case",
    "internal",
    "known",
    "pending",
    "drift",
    "warning",
]
WORDS: dict[Category, str] = {
    "contract": "契约不符",
    "content": "内容缺陷",
    "paging": "分页错误",
    "mismatch": "不符",
    "credentials": "令牌失效",
    "environment": "环境故障",
    "teardown": "清理失败",
    "case": "用例错误",
    "internal": "框架故障",
    "known": "已知缺陷",
    "pending": "待认可",
    "drift": "与认可时不同",
    "warning": "警告",
}
_BY_RULE: dict[str, Category] = {
    "schema": "contract",
    WALK_RULE: "paging",
    **dict.fromkeys((*SHIPPED, ALTERNATIVE), "drift"),
}
_KINDS = {
    "type": "类型不对，是{kind}",
    "missing": "没有值",
    "extra": "多出来了",
    "value": "值不对",
    "count": "个数不对",
    "repeated": "有重复",
    "order": "次序不对",
    "members": "成员不对",
    "unfit": "无法比较",
    "gone": "不再有已知的缺陷",
    "changed": "与认可时不同",
    "removed": "有的被撤下",
    "mass": "一次改动太多",
    "shape-breaking": "结构变了",
    "shape-additive": "结构里有新的东西",
}
_RULE_KINDS = {
    "type": "type",
    "absent": "extra",
    **dict.fromkeys(("length", "empty", "not_empty", "count"), "count"),
    "unique": "repeated",
    **dict.fromkeys(("sorted", "same_sequence_as"), "order"),
    **dict.fromkeys(("same_items_as", "subset_of", "superset_of", "disjoint_from", "all_equal"), "members"),
}
_TYPES = {
    "string": "字符串",
    "number": "数字",
    "boolean": "布尔值",
    "null": "空值（null）",
    "array": "列表",
    "object": "对象",
}
_LIST_KINDS = ("count", "repeated", "order", "members")
"""Which records a list has, and in what order: one fault of paging shows itself in all of these."""
_KEY = "id"
_NOTHING = re.compile(r"\[\]|(?:\D* )?0")
_VAGUE = ("body", "for_each")
"""Subjects that do not say where the reply is wrong."""
_PATH_IN_TEXT = re.compile(r"\$[\w.]+")
_MOST = 12  # causes of a case; a case that fails everywhere says nothing more with the thirteenth
_LONGEST_EXAMPLE = 160
# METHOD URL, up to the colon before the Chinese description of the problem
_ADDRESS_IN_TEXT = re.compile(r"[A-Z]+ https?://\S+?(?=\uff1a|: |:(?:[\d.]+ )?[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class _Failed:
    """A failed check and its step; None for the checks after the last step."""

    result: CheckResult
    step: StepResult | None

    def document(self, rule: str) -> Json:
        """Return the reply that a finding of *rule* is about: for those of a walk, its last page."""
        step = self._step_of(rule)
        return None if step is None else document_of(step)

    def reply(self, rule: str) -> Reply | None:
        """Return the HTTP reply that a finding of *rule* is about; None if it is about none or several."""
        step = self._step_of(rule)
        return step.exchange.reply if step is not None and step.exchange else None

    def _step_of(self, rule: str) -> StepResult | None:
        return _last_page(self.step) if rule == WALK_RULE and self.step is not None else self.step


def causes_of(verdict: Verdict) -> tuple[CauseRecord, ...]:
    """Return the causes of a failed, broken, known or warned case, the first one first; () for any other."""
    if verdict.status == "broken" and verdict.error is not None:
        text = _without_long_numbers(_without_query(verdict.error))
        how = _first_line(verdict.error.problems[0].how)
        remedy = tr("改法：{how}", how=how) if how else ""
        example = visible(cut_at_word(remedy, _LONGEST_EXAMPLE))
        return (CauseRecord(_broken_category(verdict, verdict.error), visible(text), example),)
    if verdict.status == "known":
        return (CauseRecord("known", visible(verdict.reason)),)
    if verdict.status not in ("failed", "warned"):
        return ()
    found = _distinct(list(_failed_results(verdict)))
    if verdict.status == "warned":
        category = "pending" if verdict.waits_for_acceptance else "warning"
        return tuple(replace(cause, category=category) for cause in found)
    return found


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _failed_results(verdict: Verdict) -> Iterator[_Failed]:
    wanted = "pending" if verdict.waits_for_acceptance else "failed"
    for step in verdict.flat():
        yield from (_Failed(result, step) for result in step.results if result.status == wanted)
    yield from (_Failed(result, None) for result in verdict.results if result.status == wanted)


def _last_page(step: StepResult) -> StepResult | None:
    """Return the part that ended a walk: if one of its pages cannot be read, it is the last."""
    return next((part for part in reversed(step.parts) if part.exchange), None)


def category_word(category: str) -> str:
    """Return the word for a category in the language of the run."""
    return tr(WORDS[category]) if category in WORDS else category


def _distinct(failed: list[_Failed]) -> tuple[CauseRecord, ...]:
    """Return one cause for each place and kind.

    If a combination is not the only check that failed, it fails for the same reason as the others, and its
    alternatives would only distract.
    """
    plain = [each for each in failed if not any(finding.branch for finding in each.result.findings)]
    found: dict[str, CauseRecord] = {}
    for each in plain or failed:
        for cause in _of_result(each):
            found.setdefault(cause.text, cause)
    return tuple(list(found.values())[:_MOST])


def _of_result(failed: _Failed) -> Iterator[CauseRecord]:
    result = failed.result
    category = _failure_category(result)
    first_branch = [finding for finding in result.findings if finding.branch <= 1]
    findings = [finding for finding in first_branch if finding.path] or first_branch
    if not findings:
        yield CauseRecord(category, visible(masked(result.title)))
    for finding in findings:
        text, family = _described(finding, failed)
        yield CauseRecord(
            category, visible(masked(text)), cut_at_word(finding_values(finding), _LONGEST_EXAMPLE), family
        )


def _described(finding: Finding, failed: _Failed) -> tuple[str, str]:
    """Return the text and the family of a finding's cause."""
    if _is_about_no_json(finding, failed):
        return tr("答复不是 JSON"), "unreadable"
    end = _dead_end(finding, failed)
    if end is not None:
        place, kind = end
        member = place.partition("[*].")[2]
        shown = tr("每条的 {member}", member=member) if member else place
        family = "empty" if kind in _LIST_KINDS else f"row:{member}" if member else ""
        return f"{shown} {_words_of_kind(kind)}", family
    if finding.rule == WALK_RULE:
        return failed.result.title, "list"
    kind = finding.kind or _RULE_KINDS.get(finding.rule, "")
    return f"{_place(finding)} {_kind_words(finding, kind)}", _family(finding, kind)


def _is_about_no_json(finding: Finding, failed: _Failed) -> bool:
    """Return whether the reply is not JSON, and the finding is that a place in it has no value."""
    is_missing = finding.kind == (UNREADABLE if finding.rule == WALK_RULE else "missing")
    reply = failed.reply(finding.rule) if is_missing else None
    return reply is not None and not is_json(reply)


def _family(finding: Finding, kind: str) -> str:
    member = re.split(r"[.\[]", _member(finding))[0] or _member_of_a_detail(finding)
    if finding.kind == "unfit" or finding.path.startswith(_VAGUE):
        return "vague"
    if kind == "count" and _NOTHING.fullmatch(finding.actual):
        return "empty"
    if kind in _LIST_KINDS or member == _KEY:
        return "list"
    if member:
        return f"row:{member}"
    return "vague" if finding.actual.startswith(("{", "[")) else ""


def _member_of_a_detail(finding: Finding) -> str:
    """Return the member of a record that is a whole reply, below an envelope or not: $.data.publishTime."""
    names = re.findall(r"\.([^\W\d]\w*)", finding.path) if finding.record is None else []
    return names[min(1, len(names) - 1)] if names else ""


def _dead_end(finding: Finding, failed: _Failed) -> tuple[str, str] | None:
    document = failed.document(finding.rule)
    if document is None:
        return None
    if finding.rule != WALK_RULE:
        return dead_end(finding.path, document) if finding.kind == "missing" else None
    named = _PATH_IN_TEXT.search(f"{finding.expected} {finding.what}")
    if named is None or finding.kind != UNREADABLE:
        return None
    end = dead_end(named[0], document)
    if end is not None:
        return end
    found = compile_path(named[0]).select(document)
    return (named[0], f"type:{kind_of(found[0].value)}") if found else None


def _member(finding: Finding) -> str:
    """Return the member of the record that the finding is about; empty if it is about none."""
    if finding.record is None:
        return ""
    # The same row is $.data.result[3] on a page and $.items[103] on a walk: the way to it is left out.
    return re.sub(r"\[\d+\]", "[*]", finding.path).partition("[*]")[2].lstrip(".")


def _place(finding: Finding) -> str:
    if finding.record is None:
        return re.sub(r"\[\d+\]", "[*]", finding.path)
    member = _member(finding)
    return tr("每条的 {member}", member=member) if member else tr("每条")


def _kind_words(finding: Finding, kind: str) -> str:
    if not kind and finding.rule and finding.rule not in MATCHERS:
        # A rule of the domain has a title, which it gives as its expectation.
        return finding.expected if _is_plain(finding.expected) else finding.rule
    return _words_of_kind(kind)


def _words_of_kind(kind: str) -> str:
    name, _, value = kind.partition(":")
    return tr(_KINDS.get(name, _KINDS["value"]), kind=tr(_TYPES.get(value, "别的类型")))


def _is_plain(text: str) -> bool:
    """Return whether a text has no data in it, as far as one can see."""
    return 0 < len(text) <= 20 and not re.search(r"[\d\"'“$]", text)


def _broken_category(verdict: Verdict, error: HarnessError) -> Category:
    if not isinstance(error, TeardownError):
        return _error_category(error)
    errors = [step.error for step in verdict.teardown if step.status == "broken" and step.error is not None]
    refused = any(step.status == "failed" for step in verdict.teardown)
    return _error_category(errors[0]) if errors and not refused else "teardown"


def _error_category(error: HarnessError) -> Category:
    if isinstance(error, LoginError):
        # A login that fails may have many reasons, and a token that has expired is none of them.
        return "credentials" if error.problems[0].code == "session-rejected" else "environment"
    kinds: tuple[tuple[type[HarnessError], Category], ...] = (
        (CredentialError, "credentials"),
        (TransportError, "environment"),
        (ConfigError, "environment"),
        (InternalError, "internal"),
    )
    return next((category for kind, category in kinds if isinstance(error, kind)), "case")


def _without_query(error: HarnessError) -> str:
    """Return the first problem with a shorter address in it.

    A host that cannot be reached, or that is not declared, is one cause for all of its paths. A later failure
    is one cause for each path.
    """
    problem = error.problems[0]
    host_only = isinstance(error, (BlockedError, ConnectError)) or problem.code == "connect-timeout"
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


def _without_long_numbers(text: str) -> str:
    """Replace numbers that differ from record to record, such as ids, and sizes in bytes."""
    return re.sub(r"\d{5,}|\d+(?= (?:字节|bytes?))", "…", masked(text))
