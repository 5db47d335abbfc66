"""Cases that send the same and check the same: one of them finds nothing that the other does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from framework.base.errors import Problem
from framework.base.jsonpath import Path
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Case
from framework.cases.template import Constant
from framework.cases.traverse import variables_in_effect
from framework.run.project import Project

_NO_NAME = Constant("", Span(Source("", ""), 1, 1, 1, 1))


def alike(project: Project) -> Iterator[Problem]:
    """Yield a warning at the second of two such cases."""
    seen: dict[Any, Case] = {}
    for case in project.cases:
        first = seen.setdefault(_work(case), case)
        if first is not case:
            what = tr("与 {place} 的 {id} 发送同样的请求,做同样的检查", place=first.span.place, id=first.id)
            yield Problem("alike", what, tr("删去一条,或写出它们的不同"), case.span)


def _work(case: Case) -> Any:
    """Return what the case does, without where it is written and what it is called."""
    steps = tuple(replace(step, name=_NO_NAME) for step in case.steps)
    values = {
        name: case.definitions[name].value for name in variables_in_effect(case) if name in case.definitions
    }
    return _shape(
        (
            steps,
            case.checks,
            tuple(sorted(values.items(), key=lambda item: item[0])),
            case.skip,
            case.only_in,
            case.requires,
        )
    )


def _shape(value: Any) -> Any:
    if isinstance(value, Constant):
        return json.dumps(value.value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, Path):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        parts = (getattr(value, part.name) for part in fields(value))
        return type(value).__name__, tuple(_shape(part) for part in parts if not isinstance(part, Span))
    return tuple(map(_shape, value)) if isinstance(value, (tuple, list)) else value
