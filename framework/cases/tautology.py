"""Tautologies: checks that cannot fail, whatever the service replies (rule 1 of the case language)."""

from __future__ import annotations

import json
from typing import Final

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Subject
from framework.cases.subjects import SubjectRow
from framework.cases.template import Constant, Reference, Template

_OF_ITSELF: Final = frozenset({"equals", "same_items_as", "same_sequence_as", "subset_of", "superset_of"})


def tautology(subject: Subject, name: str, argument: Template) -> Problem | None:
    """Return why the matcher called *name* can never fail on *subject*; None if it can."""
    if isinstance(argument, Reference):
        return _compared_with_itself(subject, name, argument)
    if not isinstance(argument, Constant) or subject.row is None or not subject.row.numeric:
        return None
    what = _true_of_every_number(subject.row, subject.text, name, argument.value)
    return Problem("never-fails", what, "", argument.span) if what else None


def _compared_with_itself(subject: Subject, name: str, argument: Reference) -> Problem | None:
    if name not in _OF_ITSELF or not _names(argument, subject):
        return None
    return Problem(
        "never-fails",
        tr("{subject} 与它自己比较,永远不会失败", subject=subject.text),
        tr("另一边写期望的值;只要求有这个字段就写 type"),
        argument.span,
    )


def _names(reference: Reference, subject: Subject) -> bool:
    if (
        subject.path is None
        or subject.path.fixed is None
        or str(subject.path.fixed.query) != str(reference.path.query)
    ):
        return False
    if subject.kind == "variable":
        return reference.origin == "variable" and reference.name == subject.name
    return reference.origin == (
        "reply" if subject.text.startswith("$") else "record"
    )  # inside each no path starts with $


def _true_of_every_number(row: SubjectRow, text: str, name: str, value: Json) -> str:
    least, most = row.least or 0, row.most
    if name == "not_equals" and (not _is_number(value) or value < least):
        shown = json.dumps(value, ensure_ascii=False)[:60]
        return tr("{subject} 总是数字,不会是 {shown},比较没有意义", subject=text, shown=shown)
    if name == "at_least" and _is_number(value) and value <= least:
        return tr("{subject} 总不小于 {least},这条检查永远不会失败", subject=text, least=least)
    if name == "greater_than" and _is_number(value) and value < least:
        return tr("{subject} 总不小于 {least},这条检查永远不会失败", subject=text, least=least)
    if name == "between" and most is not None and value[0] <= least and value[1] >= most:
        return tr(
            "{subject} 总在 {low} 到 {high} 之间,这条检查永远不会失败", subject=text, low=least, high=most
        )
    return ""


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
