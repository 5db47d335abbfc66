"""All checks of one reply to their results. Every check is evaluated, whatever the others say (rule 8).

A check is evaluated over a list of bases: the one reply, or all records of an ``each``; so each matcher gives
one result, with the findings of all rows. Nothing the service did raises: that is what a result is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from framework.base.errors import UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Call, Check, CheckNode, CombinedCalls, CombinedChecks, Each, Subject
from framework.cases.template import Scope, references
from framework.checks.calls import ArgumentFault, Bench, blame, judges, names
from framework.checks.judging import Pair, Spot, tested
from framework.checks.locate import Base, Selection, base_of, locate, records, unable
from framework.checks.outcome import ContractSource, Matcher
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.checks.tally import Tally, combine, merged
from framework.http.exchange import Exchange

_OF_NOTHING = frozenset({"absent", "count"})


@dataclass(frozen=True, slots=True)
class Context:
    """What judging needs besides the value: the compiled contracts, the table of matchers, the folder that
    case files are named from.
    """

    contracts: ContractSource
    matchers: Mapping[str, Matcher]
    root: Path = Path()


def evaluate(
    checks: Sequence[CheckNode], exchange: Exchange | None, scope: Scope, context: Context
) -> tuple[CheckResult, ...]:
    """Return a result for each matcher of each check, in the order written; an implied status check stands
    first.

    *scope* has the variables and the request; the reply and the record at hand are added here. *exchange* is
    None for the checks after the last step.

    Raises:
        UnresolvedError: a variable in a check has no value, or one that its matcher cannot take.
        CaseFileError: a contract cannot be read.
    """
    base = base_of(exchange, scope)
    bench = Bench(context.matchers, context.contracts, context.root)
    results = [tally.result() for node in checks for tally in _node(node, [base], bench, "")]
    if exchange is not None and not any(map(_asks_status, checks)):
        results.insert(0, implied_status_check(exchange))
    return tuple(results)


def implied_status_check(exchange: Exchange) -> CheckResult:
    """Return the check that stands where no other looks at the status: 2xx (rule 9)."""
    title, status = tr("status_code 是 2xx(默认)"), exchange.reply.status
    if status is None:
        return CheckResult(title, "unrecorded", implied=True)
    if 200 <= status <= 299:
        return CheckResult(title, "passed", 1, implied=True)
    return CheckResult(title, "failed", 1, (Finding("status_code", "2xx", str(status)),), implied=True)


def _asks_status(node: CheckNode) -> bool:
    if isinstance(node, Check):
        return node.subject.kind == "status_code"
    return any(_asks_status(inner) for branch in node.branches for inner in branch)


def _node(node: CheckNode, bases: Sequence[Base], bench: Bench, within: str) -> list[Tally]:
    if isinstance(node, CombinedChecks):
        return [_combined_checks(node, bases, bench, within)]
    try:
        pairs = [(base, _located(node.subject, base)) for base in bases]
        return _calls(node.calls, pairs, Spot(node, bench, within))
    except RecursionError:
        finding = Finding(node.subject.text, "", "", tr("答复嵌套过深,无法检查"))
        return [Tally(within + node.subject.text, node.span, findings=(finding,), unjudgeable=True)]


def _combined_checks(node: CombinedChecks, bases: Sequence[Base], bench: Bench, within: str) -> Tally:
    tallies = []
    title = ""
    for base in bases:
        branches = [
            [tally for inner in branch for tally in _node(inner, [base], bench, "")]
            for branch in node.branches
        ]
        title = title or within + _branch_titles(node, branches)
        place = Selection(base.root).place(base.at)
        tallies.append(combine(node.kind, title, node.span, branches, place))
    return merged(title, node.span, tallies)


def _branch_titles(node: CombinedChecks, branches: Sequence[Sequence[Tally]]) -> str:
    texts = [tr("、").join(tally.title for tally in branch) for branch in branches]
    if node.kind == "not":
        return tr("不满足({branch})", branch=texts[0])
    return (tr(" 或 ") if node.kind == "any_of" else tr(" 且 ")).join(f"({text})" for text in texts)


def _located(subject: Subject, base: Base) -> Selection:
    try:
        return locate(subject, base)
    except UnresolvedError:
        try:
            blame(references(subject.path) if subject.path else (), base.scope)
        except ArgumentFault as fault:
            return unable(subject, base, base.problem or str(fault))
        raise


# -- the calls of one check


def _calls(calls: Sequence[Call], pairs: Sequence[Pair], spot: Spot) -> list[Tally]:
    """Evaluate *calls* on the selections; a selection that cannot be judged is told once, with the first
    call.
    """
    teller = next((call for call in calls if not names(call) & _OF_NOTHING), calls[0])
    return [tally for call in calls for tally in _call(call, call is teller, pairs, spot)]


def _call(call: Call, tells: bool, pairs: Sequence[Pair], spot: Spot) -> list[Tally]:
    ready = [pair for pair in pairs if _judgeable(call, spot.check, pair[1])]
    rest = (
        [pair for pair in pairs if not _judgeable(call, spot.check, pair[1])]
        if len(ready) < len(pairs)
        else []
    )
    unrecorded = any(selection.unrecorded for _, selection in rest)
    findings = (
        tuple(_nothing(selection) for _, selection in rest if not selection.unrecorded) if tells else ()
    )
    tallies = _ready(call, ready, spot) if ready else []
    if not tallies and (unrecorded or findings):
        tallies = [Tally(spot.title(call, pairs[0][0]), call.span)]
    if tallies and rest:
        first = tallies[0]
        tallies[0] = replace(
            first,
            findings=findings + first.findings,
            unrecorded=unrecorded or first.unrecorded,
            unjudgeable=bool(findings) or first.unjudgeable,
        )
    return tallies


def _judgeable(call: Call, check: Check, selection: Selection) -> bool:
    if selection.values:
        return True
    if selection.problem or selection.unrecorded:
        return False
    if check.may_be_empty and selection.held and not selection.singular and not selection.lacking:
        return True
    found = names(call)
    return "absent" in found or ("count" in found and selection.held and not selection.singular)


def _nothing(selection: Selection) -> Finding:
    if selection.problem:
        return Finding(
            selection.asked, tr("有值"), tr("无法检查"), selection.problem, selection.row(selection.start)
        )
    return Finding(
        selection.asked, tr("有值"), tr("没有"), tr("没有选中任何值"), selection.row(selection.start)
    )


def _ready(call: Call, pairs: Sequence[Pair], spot: Spot) -> list[Tally]:
    kind = judges(call, spot.bench)
    if isinstance(call, Each):
        return _each(call, pairs, spot)
    title = spot.title(call, pairs[0][0])
    if kind == "whole" and isinstance(call, CombinedCalls):
        return [merged(title, call.span, [_whole(call, pair, spot, title) for pair in pairs])]
    if kind == "presence":
        return [merged(title, call.span, [_absent(call, selection, spot, title) for _, selection in pairs])]
    return [tested(call, pairs, spot, title, of_list=kind == "list")]


def _whole(call: CombinedCalls, pair: Pair, spot: Spot, title: str) -> Tally:
    branches = [_calls(branch, [pair], replace(spot, within="")) for branch in call.branches]
    return combine(call.kind, title, call.span, branches, pair[1].place())


def _absent(call: Call, selection: Selection, spot: Spot, title: str) -> Tally:
    if selection.values:
        findings = tuple(
            Finding(
                selection.place(located), tr("不存在"), short(located.value), record=selection.row(located)
            )
            for located in selection.values
        )
        return Tally(title, call.span, len(findings), findings)
    if selection.parents or (spot.check.may_be_empty and selection.held):
        return Tally(title, call.span, selection.parents)
    missing = Finding(
        selection.asked,
        tr("不存在,而上一级存在"),
        tr("没有上一级"),
        tr("上一级不在,无从谈起"),
        selection.row(selection.start),
    )
    return Tally(title, call.span, 0, (missing,), unjudgeable=True)


def _each(call: Each, pairs: Sequence[Pair], spot: Spot) -> list[Tally]:
    groups = [records(selection, base) for base, selection in pairs]
    bases = [record for group in groups for record in group]
    label = tr("{subject} 每条的 ", subject=spot.subject)
    empty = (
        ()
        if spot.check.may_be_empty
        else tuple(
            _no_record(selection) for (_, selection), group in zip(pairs, groups, strict=True) if not group
        )
    )
    tallies = (
        [tally for inner in call.checks for tally in _node(inner, bases, spot.bench, label)] if bases else []
    )
    first = tallies[0] if tallies else Tally(spot.subject + " " + tr("每条都符合"), call.span)
    return [
        replace(first, findings=empty + first.findings, unjudgeable=bool(empty) or first.unjudgeable),
        *tallies[1:],
    ]


def _no_record(selection: Selection) -> Finding:
    return Finding(
        selection.asked, tr("至少一条"), tr("没有"), tr("一条记录也没有"), selection.row(selection.start)
    )
