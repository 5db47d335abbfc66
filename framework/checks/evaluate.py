"""Evaluates all checks of one reply. Every check is evaluated, whatever the others say (rule 8).

A check is evaluated on a list of targets: the one reply, or all records of an ``each``. So each matcher gives
one result, with the findings of all rows. Nothing that the service did raises: it becomes a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from framework.base.errors import UnresolvedError
from framework.base.jsonpath import Located
from framework.base.messages import tr
from framework.cases.case import Call, Check, CheckNode, CombinedCalls, CombinedChecks, Each, Subject
from framework.cases.logic import State, all_hold, combined_words
from framework.cases.template import Scope, references
from framework.checks.context import EvaluationContext
from framework.checks.judging import CurrentCheck, judge_selections
from framework.checks.locate import (
    Selection,
    Target,
    nothing_selectable,
    record_targets,
    select_values,
    target_of,
)
from framework.checks.matching import (
    UnfitArgumentError,
    blame_service,
    judged_part,
    matcher_names,
    matchers_of,
)
from framework.checks.partial import PartialResult, add_up, combine_parts
from framework.checks.result import Alternative, CheckResult, Finding
from framework.checks.shown import short
from framework.http.exchange import Exchange


def evaluate(
    checks: Sequence[CheckNode],
    exchange: Exchange | None,
    scope: Scope,
    context: EvaluationContext,
    *,
    status_is_checked: bool = False,
) -> tuple[CheckResult, ...]:
    """Return a result for each matcher of each check, in the order written.

    An implied status check is first; a body that nothing looked at and nobody can decode is last.

    *scope* has the variables and the request; the reply and the record at hand are added here. *exchange* is
    None for the checks after the last step. If *status_is_checked*, other checks of the same reply look at
    its status, so none is implied.

    Raises:
        UnresolvedError: a variable in a check has no value, or one that its matcher cannot take.
        CaseFileError: a contract cannot be read.
    """
    _, judged = judge_together(checks, exchange, scope, context)
    results = list(judged)
    if exchange is not None and not status_is_checked and not checks_status(checks):
        results.insert(0, implied_status_check(exchange))
    if exchange is not None and not any(result.status == "failed" for result in results):
        results += _implied_body_check(exchange)
    return tuple(results)


def judge_together(
    checks: Sequence[CheckNode], exchange: Exchange | None, scope: Scope, context: EvaluationContext
) -> tuple[State, tuple[CheckResult, ...]]:
    """Return whether all *checks* hold, as one state, and their results. No status is implied."""
    target = target_of(exchange, scope)
    parts = [part for node in checks for part in _evaluate_node(node, [target], context, "")]
    return all_hold(part.state for part in parts), tuple(part.result() for part in parts)


def implied_status_check(exchange: Exchange) -> CheckResult:
    """Return the check for a 2xx status, which applies if no other check looks at the status (rule 9)."""
    title, status = tr("status_code 是 2xx（默认）"), exchange.reply.status
    if status is None:
        return CheckResult(title, "unrecorded", implied=True)
    if 200 <= status <= 299:
        return CheckResult(title, "passed", 1, implied=True)
    return CheckResult(title, "failed", 1, (Finding("status_code", "2xx", str(status)),), implied=True)


def _implied_body_check(exchange: Exchange) -> list[CheckResult]:
    """Return a failed check if the body cannot be decoded.

    A case that asks for a content coding by itself may well look at the header fields only.
    """
    reason = exchange.reply.undecodable
    if reason is None or any(name.lower() == "accept-encoding" for name in exchange.request.headers):
        return []
    finding = Finding("body", tr("可以解码"), tr("无法解码"), reason)
    return [CheckResult(tr("body 可以解码（默认）"), "failed", 1, (finding,), implied=True)]


def checks_status(nodes: Iterable[CheckNode]) -> bool:
    """Return whether one of the checks looks at the status."""
    for node in nodes:
        if isinstance(node, Check):
            if node.subject.reads("status_code"):
                return True
        elif any(map(checks_status, node.branches)):
            return True
    return False


def _evaluate_node(
    node: CheckNode, targets: Sequence[Target], context: EvaluationContext, prefix: str
) -> list[PartialResult]:
    if isinstance(node, CombinedChecks):
        return [_evaluate_combined_checks(node, targets, context, prefix)]
    try:
        selections = [_select(node.subject, target) for target in targets]
        return _evaluate_calls(node.calls, selections, CurrentCheck(node, context, prefix))
    except RecursionError:
        finding = Finding(node.subject.text, "", "", tr("答复嵌套过深，无法检查"))
        title = prefix + node.subject.text
        return [PartialResult(title, node.span, findings=(finding,), unjudgeable=True)]


def _evaluate_combined_checks(
    node: CombinedChecks, targets: Sequence[Target], context: EvaluationContext, prefix: str
) -> PartialResult:
    parts = []
    title = ""
    for target in targets:
        branches = [
            [part for inner in branch for part in _evaluate_node(inner, [target], context, "")]
            for branch in node.branches
        ]
        titles = list(node.names) or [tr("、").join(part.title for part in branch) for branch in branches]
        title = title or prefix + combined_words(node.kind, titles)
        place = Selection(target, target.root).place(target.at)
        alternatives = [Alternative(node.place, name) for name in node.names]
        parts.append(combine_parts(node.kind, title, node.span, branches, place, alternatives=alternatives))
    return add_up(title, node.span, parts)


def _select(subject: Subject, target: Target) -> Selection:
    try:
        return select_values(subject, target)
    except UnresolvedError:
        if subject.path is None:
            raise
        try:
            blame_service(references(subject.path), target.scope)
        except UnfitArgumentError as error:
            return nothing_selectable(subject.path, target, target.problem or str(error))
        raise


# -- the calls of one check


def _evaluate_calls(
    calls: Sequence[Call], selections: Sequence[Selection], current: CurrentCheck
) -> list[PartialResult]:
    """Evaluate *calls*. A selection without values is reported once, by the first call that needs one."""
    reporting = min(calls, key=_judges_nothing)
    parts = []
    for call in calls:
        parts += _evaluate_call(call, selections, current, reports_nothing_selected=call is reporting)
    return parts


def _judges_nothing(call: Call) -> int:
    """Return how readily the call judges a selection without values; see ``_is_judgeable``."""
    names = matcher_names(call)
    if "absent" in names:
        return 2
    return 1 if "count" in names else 0


def _evaluate_call(
    call: Call, selections: Sequence[Selection], current: CurrentCheck, *, reports_nothing_selected: bool
) -> list[PartialResult]:
    judgeable = [selection for selection in selections if _is_judgeable(call, current.check, selection)]
    parts = _evaluate_on(call, judgeable, current) if judgeable else []
    if len(judgeable) == len(selections):
        return parts
    rest = [selection for selection in selections if not _is_judgeable(call, current.check, selection)]
    unrecorded = any(selection.unrecorded for selection in rest)
    findings: tuple[Finding, ...] = ()
    if reports_nothing_selected:
        findings = tuple(_nothing_selected(selection) for selection in rest if not selection.unrecorded)
    if not parts and (unrecorded or findings):
        parts = [PartialResult(current.title(call, selections[0]), call.span)]
    if parts:
        parts[0] = replace(
            parts[0],
            findings=findings + parts[0].findings,
            unrecorded=unrecorded or parts[0].unrecorded,
            unjudgeable=bool(findings) or parts[0].unjudgeable,
        )
    return parts


def _is_judgeable(call: Call, check: Check, selection: Selection) -> bool:
    if selection.values:
        return True
    if selection.problem or selection.unrecorded:
        return False
    is_empty_list = selection.held and not selection.singular
    if check.may_be_empty and is_empty_list and not selection.lacking:
        return True
    names = matcher_names(call)
    return "absent" in names or ("count" in names and is_empty_list)


def _nothing_selected(selection: Selection) -> Finding:
    row = selection.row(selection.start)
    if selection.problem:
        return Finding(selection.asked, tr("有值"), tr("无法检查"), selection.problem, row, kind="missing")
    return Finding(selection.asked, tr("有值"), tr("没有"), tr("没有选中任何值"), row, kind="missing")


def _evaluate_on(call: Call, selections: Sequence[Selection], current: CurrentCheck) -> list[PartialResult]:
    if isinstance(call, Each):
        return _evaluate_each(call, selections, current)
    part = judged_part(call, current.context)
    title = current.title(call, selections[0])
    # The branches judge an empty list one by one: some matchers can, for others there is nothing to judge.
    if part == "list" and any(_is_empty(selection) for selection in selections):
        part = "whole"
    if isinstance(call, CombinedCalls) and part == "whole":
        wholes = [_evaluate_combined_call(call, selection, current, title) for selection in selections]
        return [add_up(title, call.span, wholes)]
    if part == "presence":
        absences = [_evaluate_absent(call, selection, current, title) for selection in selections]
        return [add_up(title, call.span, absences)]
    return [judge_selections(call, selections, current, title, of_list=part != "value")]


def _is_empty(selection: Selection) -> bool:
    return not selection.values or (selection.single is not None and selection.single.value == [])


def _evaluate_combined_call(
    call: CombinedCalls, selection: Selection, current: CurrentCheck, title: str
) -> PartialResult:
    inner = replace(current, prefix="")
    if len(selection.values) > 1 and _judges_values(call, current.context):
        return _MixedCombination(selection, inner).evaluate(call, title)
    branches = [_evaluate_calls(branch, [selection], inner) for branch in call.branches]
    return combine_parts(call.kind, title, call.span, branches, selection.place())


def _judges_values(call: Call, context: EvaluationContext) -> bool:
    """Return whether a value matcher is among the branches."""
    return any(matcher.kind == "value" for matcher in matchers_of(call, context))


class _MixedCombination:
    """A combination of value matchers and others: it is evaluated for each value.

    So one more alternative never makes a passed ``any_of`` fail. Calls that look at the whole selection are
    evaluated once.
    """

    def __init__(self, selection: Selection, current: CurrentCheck) -> None:
        self.selection = selection
        self.current = current
        self.of_selection: dict[int, list[PartialResult]] = {}

    def evaluate(self, call: CombinedCalls, title: str) -> PartialResult:
        added = add_up(
            title, call.span, [self._combine(call, located, title) for located in self.selection.values]
        )
        findings = tuple(dict.fromkeys(added.findings))
        return replace(added, evaluated=len(self.selection.values), findings=findings)

    def _combine(self, call: CombinedCalls, located: Located, title: str) -> PartialResult:
        branches = [
            [part for inner in branch for part in self._parts(inner, located)] for branch in call.branches
        ]
        return combine_parts(call.kind, title, call.span, branches, self.selection.place(located))

    def _parts(self, call: Call, located: Located) -> list[PartialResult]:
        if judged_part(call, self.current.context) == "value":
            return _evaluate_calls([call], [replace(self.selection, values=(located,))], self.current)
        if isinstance(call, CombinedCalls) and _judges_values(call, self.current.context):
            return [self._combine(call, located, self.current.title(call, self.selection))]
        known = self.of_selection.get(id(call))
        if known is None:
            known = _evaluate_calls([call], [self.selection], self.current)
            self.of_selection[id(call)] = known
        return known


def _evaluate_absent(call: Call, selection: Selection, current: CurrentCheck, title: str) -> PartialResult:
    if selection.values:
        findings = tuple(_present(selection, index) for index in range(len(selection.values)))
        return PartialResult(title, call.span, len(findings), findings)
    if selection.parents or (current.check.may_be_empty and selection.held and not selection.lacking):
        return PartialResult(title, call.span, selection.parents)
    missing = Finding(
        selection.asked,
        tr("不存在，而上一级存在"),
        tr("没有上一级"),
        tr("上一级不在，无从谈起"),
        selection.row(selection.start),
    )
    return PartialResult(title, call.span, 0, (missing,), unjudgeable=True)


def _present(selection: Selection, index: int) -> Finding:
    located = selection.values[index]
    row = selection.row(located)
    return Finding(selection.place(located), tr("不存在"), short(located.value), record=row, kind="extra")


def _evaluate_each(call: Each, selections: Sequence[Selection], current: CurrentCheck) -> list[PartialResult]:
    groups = [record_targets(selection) for selection in selections]
    targets = [record for group in groups for record in group]
    empty: tuple[Finding, ...] = ()
    if not current.check.may_be_empty:
        pairs = zip(selections, groups, strict=True)
        empty = tuple(_no_record(selection) for selection, group in pairs if not group)
    label = tr("{subject} 每条的 ", subject=current.subject)
    parts: list[PartialResult] = []
    for inner in call.checks if targets else ():
        parts += _evaluate_node(inner, targets, current.context, label)
    if not parts:
        parts = [PartialResult(current.subject + " " + tr("每条都符合"), call.span)]
    parts[0] = replace(
        parts[0], findings=empty + parts[0].findings, unjudgeable=bool(empty) or parts[0].unjudgeable
    )
    return parts


def _no_record(selection: Selection) -> Finding:
    row = selection.row(selection.start)
    return Finding(selection.asked, tr("至少一条"), tr("没有"), tr("一条记录也没有"), row, kind="missing")
