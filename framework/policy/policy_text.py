"""The matcher ``policy_text``: judges a policyText by the rules for official documents.

Errors fail the check; warnings and notes are only reported, unless the case names their rule under ``fail``.
A finding names its place: the paragraph among those that are not empty, and the character in it, both counted
from 1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from framework.base import clock
from framework.base.cutting import cut, masked_slice
from framework.base.errors import did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import (
    AcceptedValues,
    LearnedValue,
    Outcome,
    Sources,
    Violation,
    kind_name,
    mismatch,
)
from framework.checks.shown import short, shorten
from framework.policy.accepted import AcceptedFinding, accepted_for_policy, load_accepted
from framework.policy.datafiles import path_problem
from framework.policy.document import Document, RuleFinding
from framework.policy.rule import Rule
from framework.policy.rules import RULES

MAX_ERRORS: Final = 20
MAX_NOTES: Final = 5
_MOST_KNOWN: Final = 2000
_LONGEST_QUOTE: Final = 60
Findings = tuple[RuleFinding, ...]
_KEYS = ("rules", "fail", "except", "accepted", "baseline")
_LABELS = {"error": "错误", "warning": "警告", "info": "提示"}


@dataclass(frozen=True, slots=True)
class PreparedRules:
    """The argument after preparation: the rules to apply, the accepted findings, the day of the run, and the
    names of the rules of which every finding fails. ``baseline``: the findings that were accepted by command,
    None if the check does not use them.
    """

    rules: tuple[Rule, ...]
    accepted: tuple[AcceptedFinding, ...]
    today: date
    failing: frozenset[str] = frozenset()
    baseline: AcceptedValues | None = None


# -- the argument


def accepts(argument: Json) -> str | None:
    """Return the problem with the argument, or None.

    Valid are true, a list of rule names, and ``{rules, fail, except, accepted}``; at least one rule must be
    able to fail.
    """
    if argument is True:
        return None
    if isinstance(argument, list):
        return _rule_names_problem(argument) or _cannot_fail_problem(argument, [])
    if not isinstance(argument, dict) or not argument:
        return tr(
            "需要 true、规则名的列表，或 {{rules: […], fail: […], except: […], accepted: 文件,"
            " baseline: true}}，现是{kind}",
            kind=kind_name(argument),
        )
    for key in argument:
        if key not in _KEYS:
            suggestion = did_you_mean(key, _KEYS)
            return tr("没有 {key} 这个键", key=key) + (tr("：") + suggestion if suggestion else "")
    for key in ("rules", "fail", "except"):
        is_all_rules = key == "rules" and argument.get(key) is True
        if key in argument and not is_all_rules:
            problem = _rule_names_problem(argument[key])
            if problem:
                return problem
    if argument.get("baseline", True) is not True:
        return tr("baseline 写 true；不用就删去这一项")
    if "accepted" in argument:
        problem = path_problem(argument["accepted"])
        if problem:
            return problem
    applied = {rule.name for rule in select_rules(argument.get("rules", True), argument.get("except", []))}
    idle = [name for name in argument.get("fail", ()) if name not in applied]
    if idle:
        return tr("fail 里的 {name} 不在要用的规则里", name=idle[0])
    return _cannot_fail_problem(
        argument.get("rules", True), argument.get("except", []), argument.get("fail", ())
    )


def _rule_names_problem(names: Json) -> str | None:
    if not isinstance(names, list) or not names:
        return tr("需要规则名的列表，例如 [head, tail, numbering]")
    for name in names:
        if not isinstance(name, str) or name not in RULES:
            hint = did_you_mean(name, RULES) if isinstance(name, str) else ""
            return tr(
                "没有叫 {name} 的规则。{hint}",
                name=short(name, 40),
                hint=hint or tr("规则有：{names}", names=tr("、").join(RULES)),
            )
    return None


def _cannot_fail_problem(names: Json, excluded: Sequence[str], failing: Sequence[str] = ()) -> str | None:
    rules = select_rules(names, excluded)
    if any(rule.severity == "error" or rule.name in failing for rule in rules):
        return None
    if not rules:
        return tr("except 去掉了全部规则")
    return tr(
        "这几条规则都只提示、不判为不符，这条检查永远成立；要判为不符，写 {{rules: […], fail: [{name}]}}",
        name=rules[0].name,
    )


def select_rules(names: Json, excluded: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the named rules (all of them if *names* is true) in the order of the table."""
    selected = RULES.values() if names is True else [rule for rule in RULES.values() if rule.name in names]
    return tuple(rule for rule in selected if rule.name not in excluded)


def prepare(argument: Json, sources: Sources) -> PreparedRules:
    """Select the rules and read the accepted findings.

    Raises:
        CaseFileError: the file of accepted findings cannot be read.
    """
    options = argument if isinstance(argument, dict) else {"rules": argument}
    rules = select_rules(options.get("rules", True), options.get("except", ()))
    accepted = load_accepted(sources.folder, options["accepted"]) if "accepted" in options else ()
    baseline = sources.accepted_values("findings/policy_text") if options.get("baseline") else None
    today = clock.now().date()
    return PreparedRules(rules, accepted, today, frozenset(options.get("fail", ())), baseline)


def show(argument: Json) -> str:
    """Return the argument as people read it in the title of the check."""
    if argument is True:
        return tr("全部规则")
    if isinstance(argument, list):
        return tr("、").join(map(str, argument))
    parts = [show(argument.get("rules", True))]
    if "fail" in argument:
        parts.append(tr("{names} 也判为不符", names=tr("、").join(argument["fail"])))
    if "except" in argument:
        parts.append(tr("{names} 除外", names=tr("、").join(argument["except"])))
    if "accepted" in argument:
        parts.append(tr("{file} 里的除外", file=argument["accepted"]))
    if "baseline" in argument:
        parts.append(tr("认可过的除外"))
    return tr("，").join(parts)


# -- judging


@matcher(
    doc="正文符合公文的规则：true 是全部，也可以列出规则名；错误判为不符，警告与提示只报告",
    words="是完整、无误的公文（{argument}）",
    example="$.data.result[*].policyText: {policy_text: [head, tail, numbering]}",
    accepts=accepts,
    prepare=prepare,
    show=show,
    needs_record=True,
)
def policy_text(value: Json, prepared: PreparedRules, record: Json) -> Outcome:
    """Judge one text; some rules compare it with the title, the number and the times of *record*."""
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    document = Document(value, record, prepared.today)
    known = _known_findings(document)
    rule_names = (rule.name for rule in prepared.rules)
    listed = accepted_for_policy(prepared.accepted, document.text_field("id"), rule_names)
    current = [entry for entry in listed if entry.until is None or entry.until >= prepared.today]
    violations: list[Violation] = []
    notes: list[Violation] = []
    pending: list[Violation] = []
    found_again: set[AcceptedFinding] = set()
    for rule in prepared.rules:
        rejected: list[Violation] = []
        tolerated: list[Violation] = []
        errors, others = _evaluate_rule(rule, document, known, fails=rule.name in prepared.failing)
        for finding in errors:
            entry = _accepting_entry(current, rule, finding)
            if entry is None:
                state = _state_in_baseline(prepared.baseline, rule, finding, document)
                shown = _violation(rule, finding, document)
                {"rejected": rejected, "pending": pending, "accepted": tolerated}[state].append(shown)
            else:
                found_again.add(entry)
                tolerated.append(_accepted_note(_violation(rule, finding, document), entry))
        violations += _limited(rejected, MAX_ERRORS, rule)
        notes += _limited(tolerated, MAX_ERRORS, rule)
        notes += _limited([_violation(rule, finding, document) for finding in others], MAX_NOTES, rule)
    # An acceptance without a finding must be removed, or it would hide a new defect later.
    violations += [_vanished_violation(entry) for entry in current if entry not in found_again]
    violations += [_expired_violation(entry, prepared.today) for entry in listed if entry not in current]
    return Outcome(
        not violations, violations=tuple(violations), notes=tuple(notes), pending=tuple(pending[:MAX_ERRORS])
    )


def _state_in_baseline(
    baseline: AcceptedValues | None, rule: Rule, finding: RuleFinding, document: Document
) -> str:
    """Return ``accepted``, ``rejected``, or ``pending`` if no finding at all was accepted yet."""
    policy_id = document.text_field("id")
    if baseline is None or not policy_id:
        return "rejected"
    if baseline.is_accepted(LearnedValue(policy_id, rule.name, cut(finding.quote, _LONGEST_QUOTE))):
        return "accepted"
    return "rejected" if baseline.exist else "pending"


def _evaluate_rule(
    rule: Rule, document: Document, known: dict[str, Findings], *, fails: bool
) -> tuple[list[RuleFinding], list[RuleFinding]]:
    """Return the errors and the other findings of a rule; if it *fails*, all of them are errors.

    *known* has the earlier findings of rules in this document.
    """
    if rule.name not in known:
        known[rule.name] = tuple(_findings(rule, document))
    errors: list[RuleFinding] = []
    others: list[RuleFinding] = []
    for finding in known[rule.name]:
        severity = finding.severity or rule.severity
        (errors if fails or severity == "error" else others).append(finding)
    return errors, others


def _findings(rule: Rule, document: Document) -> Iterable[RuleFinding]:
    """Return the findings of a rule: none, if the document lacks the paragraphs or the record that it
    needs.
    """
    if rule.needs_paragraphs and not document.has_paragraphs:
        return ()
    if rule.needs_record and not document.record:
        return ()
    # A hostile text may have millions of findings; a few more than are reported are enough.
    return islice(rule.find(document), MAX_ERRORS * 10)


_KNOWN: dict[bytes, dict[str, Findings]] = {}
"""What rules found in the documents that were judged last: several cases judge the same ones."""


def _known_findings(document: Document) -> dict[str, Findings]:
    if type(document.record) is not dict:  # one that notes which parts are read, for the audit
        return {}
    parts = json.dumps([document.raw, document.record, str(document.today)])
    digest = hashlib.sha256(parts.encode()).digest()
    if digest not in _KNOWN and len(_KNOWN) >= _MOST_KNOWN:
        del _KNOWN[next(iter(_KNOWN))]
    return _KNOWN.setdefault(digest, {})


def _accepting_entry(
    entries: Sequence[AcceptedFinding], rule: Rule, finding: RuleFinding
) -> AcceptedFinding | None:
    return next((entry for entry in entries if entry.covers(rule.name, finding.quote)), None)


def _violation(rule: Rule, finding: RuleFinding, document: Document) -> Violation:
    severity = finding.severity or rule.severity
    label = "" if severity == "error" else f"[{tr(_LABELS[severity])}] "
    place = ""
    if finding.paragraph is None:
        at = document.raw.find(finding.quote)
        quote = masked_slice(document.raw, at, at + len(finding.quote)) if at >= 0 else finding.quote
        actual = shorten(quote, 40)
    else:
        number, at = document.place_of(finding.paragraph, finding.offset)
        place = tr("第 {n} 段第 {at} 字：", n=number, at=at)
        actual = finding.paragraph.quote_around(finding.offset, len(finding.quote))
    what = f"{label}{rule.name} {place}{shorten(finding.message, 200)}"
    return Violation(tr(rule.title), actual, what, rule=rule.name)


def _limited(violations: list[Violation], limit: int, rule: Rule) -> list[Violation]:
    if len(violations) <= limit:
        return violations
    what = tr("{rule} 另有 {n} 处", rule=rule.name, n=len(violations) - limit)
    return [*violations[:limit], Violation(tr(rule.title), "", what, rule=rule.name)]


def _accepted_note(violation: Violation, entry: AcceptedFinding) -> Violation:
    until = tr("，到 {day} 为止", day=entry.until) if entry.until else ""
    reason = shorten(entry.reason, 80)
    what = tr("[已接受] {what}（{reason}{until}）", what=violation.what, reason=reason, until=until)
    return Violation(violation.expected, violation.actual, what, rule=violation.rule)


def _vanished_violation(entry: AcceptedFinding) -> Violation:
    return Violation(
        tr("“{quote}”还在", quote=shorten(entry.quote, 40)),
        tr("没有找到"),
        tr("{rule} 已接受的缺陷不见了：修好了就从名单里删去", rule=entry.rule),
        rule=entry.rule,
    )


def _expired_violation(entry: AcceptedFinding, today: date) -> Violation:
    return Violation(
        tr("到 {day} 为止", day=entry.until),
        str(today),
        tr("{rule} 对“{quote}”的接受已经过期：重新看过再续", rule=entry.rule, quote=shorten(entry.quote, 40)),
        rule=entry.rule,
    )
