"""Checks that can be seen never to fail, whatever the service replies (rule 1 of the case language)."""

from __future__ import annotations

import json
from typing import Final

from framework.base.errors import Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.case import Subject
from framework.cases.template import Constant, Reference, Template

_LEAST: Final = {"status_code": 100, "elapsed_ms": 0, "body.size": 0, "body.size_kb": 0}
_MOST_STATUS: Final = 599
_OF_ITSELF: Final = frozenset({"equals", "same_items_as", "same_sequence_as", "subset_of", "superset_of"})


def vain(subject: Subject, name: str, argument: Template) -> Problem | None:
    """Return why the matcher called *name* can never fail on *subject*; None where it can."""
    if isinstance(argument, Reference):
        if name not in _OF_ITSELF or not _names(argument, subject):
            return None
        return Problem(
            "never-fails",
            tr("{subject} 与它自己比较,永远不会失败", subject=subject.text),
            tr("另一边写期望的值;只要求有这个字段就写 type"),
            argument.span,
        )
    what = (
        _of_number(subject, name, argument.value)
        if isinstance(argument, Constant) and subject.kind in _LEAST
        else ""
    )
    return Problem("never-fails", what, "", argument.span) if what else None


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


def _of_number(subject: Subject, name: str, value: Json) -> str:
    least = _LEAST[subject.kind]
    if name == "not_equals" and (not _is_number(value) or value < least):
        return tr(
            "{subject} 总是数字,不会是 {shown},比较没有意义",
            subject=subject.text,
            shown=json.dumps(value, ensure_ascii=False)[:60],
        )
    if _is_number(value) and (
        (name == "at_least" and value <= least) or (name == "greater_than" and value < least)
    ):
        return tr("{subject} 总不小于 {least},这条检查永远不会失败", subject=subject.text, least=least)
    if name == "between" and subject.kind == "status_code" and value[0] <= least and value[1] >= _MOST_STATUS:
        return tr(
            "{subject} 总在 {low} 到 {high} 之间,这条检查永远不会失败",
            subject=subject.text,
            low=least,
            high=_MOST_STATUS,
        )
    return ""


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
