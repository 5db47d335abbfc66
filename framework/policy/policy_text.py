"""``policy_text``: a policyText judged by the rules of an official document.

Errors fail, warnings and notes are reported. A finding says where: ¶n is the n-th ``<p>`` counted from 0,
then the character in it, counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from framework.base.errors import did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.template import CHINA
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Sources, Violation, kind_name, mismatch
from framework.checks.shown import short, shorten
from framework.policy.accepted import Accepted, load_accepted, of_policy
from framework.policy.datafiles import path_problem
from framework.policy.document import Document, Slip
from framework.policy.rules import RULES, Rule

MOST_ERRORS: Final = 20
MOST_NOTES: Final = 5
_KEYS = ("rules", "except", "accepted")
_LABELS = {"error": "错误", "warning": "警告", "info": "提示"}


@dataclass(frozen=True, slots=True)
class Prepared:
    rules: tuple[Rule, ...]
    accepted: tuple[Accepted, ...]
    today: date


# -- the argument


def accepts(argument: Json) -> str | None:
    """True, a list of rules, or ``{rules, except, accepted}``; at least one rule that can fail."""
    if argument is True:
        return None
    if isinstance(argument, list):
        return _names_problem(argument) or _harmless(argument, [])
    if not isinstance(argument, dict) or not argument:
        return tr(
            "需要 true、规则名的列表,或 {{rules: […], except: […], accepted: 文件}},现在是{kind}",
            kind=kind_name(argument),
        )
    for key in argument:
        if key not in _KEYS:
            return tr("没有 {key} 这个键", key=key) + (
                tr(":") + did_you_mean(key, _KEYS) if did_you_mean(key, _KEYS) else ""
            )
    for key in ("rules", "except"):
        if key in argument and not (key == "rules" and argument[key] is True):
            wrong = _names_problem(argument[key])
            if wrong:
                return wrong
    if "accepted" in argument and (wrong := path_problem(argument["accepted"])):
        return wrong
    return _harmless(argument.get("rules", True), argument.get("except", []))


def _names_problem(names: Json) -> str | None:
    if not isinstance(names, list) or not names:
        return tr("需要规则名的列表,例如 [head, tail, numbering]")
    for name in names:
        if not isinstance(name, str) or name not in RULES:
            hint = did_you_mean(name, RULES) if isinstance(name, str) else ""
            return tr(
                "没有叫 {name} 的规则。{hint}",
                name=short(name, 40),
                hint=hint or tr("规则有:{names}", names=tr("、").join(RULES)),
            )
    return None


def _harmless(names: Json, without: Sequence[str]) -> str | None:
    rules = chosen(names, without)
    if any(rule.severity == "error" for rule in rules):
        return None
    return tr("这几条规则都只提示、不判失败,这条检查永远不会失败") if rules else tr("except 去掉了全部规则")


def chosen(names: Json, without: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the rules by name (all for true), in the order of the table."""
    return tuple(
        rule for rule in RULES.values() if (names is True or rule.name in names) and rule.name not in without
    )


def prepare(argument: Json, sources: Sources) -> Prepared:
    """Return what judging needs.

    Raises:
        CaseFileError: the file of accepted findings cannot be read.
    """
    options = argument if isinstance(argument, dict) else {"rules": argument}
    accepted = load_accepted(sources.folder, options["accepted"]) if "accepted" in options else ()
    return Prepared(
        chosen(options.get("rules", True), options.get("except", ())), accepted, datetime.now(CHINA).date()
    )


def show(argument: Json) -> str:
    if argument is True:
        return tr("全部规则")
    if isinstance(argument, list):
        return tr("、").join(map(str, argument))
    parts = [show(argument.get("rules", True))]
    parts += [tr("{names} 除外", names=tr("、").join(argument["except"]))] if "except" in argument else []
    parts += [tr("{file} 里的除外", file=argument["accepted"])] if "accepted" in argument else []
    return tr(",").join(parts)


# -- judging


@matcher(
    doc="正文符合公文的规则:true 是全部,也可以列出规则名;错误判失败,警告与提示只报告",
    words="是完整、无误的公文({argument})",
    example="$.data.result[*].policyText: {policy_text: [head, tail, numbering]}",
    accepts=accepts,
    prepare=prepare,
    show=show,
    needs_record=True,
)
def policy_text(value: Json, prepared: Prepared, record: Json) -> Outcome:
    """Judge one text; *record* gives the rules its title, number and times, where it is at hand."""
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    document = Document(value, record)
    listed = of_policy(prepared.accepted, document.field("id"), (rule.name for rule in prepared.rules))
    current = [entry for entry in listed if entry.until is None or entry.until >= prepared.today]
    violations: list[Violation] = []
    notes: list[Violation] = []
    met: set[Accepted] = set()
    for rule in prepared.rules:
        errors, others = _judged(rule, document)
        covered = [
            (slip, next((entry for entry in current if entry.covers(rule.name, slip.quote)), None))
            for slip in errors
        ]
        met.update(entry for _, entry in covered if entry)
        violations += _limited(
            [_fault(rule, slip) for slip, entry in covered if entry is None], MOST_ERRORS, rule
        )
        notes += _limited(
            [_accepted_note(rule, slip, entry) for slip, entry in covered if entry], MOST_ERRORS, rule
        )
        notes += _limited([_fault(rule, slip) for slip in others], MOST_NOTES, rule)
    violations += [_gone(entry) for entry in current if entry not in met]
    violations += [_expired(entry, prepared.today) for entry in listed if entry not in current]
    return Outcome(not violations, violations=tuple(violations), notes=tuple(notes))


def _judged(rule: Rule, document: Document) -> tuple[list[Slip], list[Slip]]:
    """Return the errors of a rule, and the rest; a rule that lacks what it looks at finds nothing."""
    if (rule.whole and not document.readable) or (rule.record and not document.record):
        return [], []
    slips = list(islice(rule.find(document), MOST_ERRORS * 10))
    errors = [slip for slip in slips if (slip.severity or rule.severity) == "error"]
    return errors, [slip for slip in slips if (slip.severity or rule.severity) != "error"]


def _fault(rule: Rule, slip: Slip) -> Violation:
    severity = slip.severity or rule.severity
    label = "" if severity == "error" else f"[{tr(_LABELS[severity])}] "
    place = tr("¶{n} 第 {at} 字:", n=slip.paragraph.index, at=slip.offset) if slip.paragraph else ""
    actual = (
        slip.paragraph.around(slip.offset, len(slip.quote)) if slip.paragraph else shorten(slip.quote, 40)
    )
    return Violation(
        tr(rule.title), actual, f"{label}{rule.name} {place}{shorten(slip.what, 200)}", rule=rule.name
    )


def _limited(violations: list[Violation], most: int, rule: Rule) -> list[Violation]:
    if len(violations) <= most:
        return violations
    rest = Violation(
        tr(rule.title), "", tr("{rule} 另有 {n} 处", rule=rule.name, n=len(violations) - most), rule=rule.name
    )
    return [*violations[:most], rest]


def _accepted_note(rule: Rule, slip: Slip, entry: Accepted) -> Violation:
    violation = _fault(rule, slip)
    until = tr(",到 {day} 为止", day=entry.until) if entry.until else ""
    return Violation(
        violation.expected,
        violation.actual,
        tr(
            "[已接受] {what}({reason}{until})",
            what=violation.what,
            reason=shorten(entry.reason, 80),
            until=until,
        ),
        rule=rule.name,
    )


def _gone(entry: Accepted) -> Violation:
    return Violation(
        tr("“{quote}”还在", quote=shorten(entry.quote, 40)),
        tr("没有找到"),
        tr("{rule} 已接受的缺陷不见了:修好了就从名单里删去", rule=entry.rule),
        rule=entry.rule,
    )


def _expired(entry: Accepted, today: date) -> Violation:
    return Violation(
        tr("到 {day} 为止", day=entry.until),
        str(today),
        tr("{rule} 对“{quote}”的接受已经过期:重新看过再续", rule=entry.rule, quote=shorten(entry.quote, 40)),
        rule=entry.rule,
    )
