"""Warns about cases that send and check the same: the second one cannot find anything new."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from framework.base.errors import Problem
from framework.base.jsonpath import Path
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.case import Case
from framework.cases.template import Constant
from framework.cases.traverse import variables_in_effect
from framework.run.project import Project

_SCALARS = (str, int, float, type(None))
# Takes the place of every step's name: names change nothing that is sent or checked.
_NO_NAME = Constant("", Span(Source("", ""), 1, 1, 1, 1))


def repeated_cases(project: Project) -> Iterator[Problem]:
    """Yield a warning at each case that repeats an earlier one."""
    seen: dict[Any, Case] = {}
    for case in project.cases:
        first = seen.setdefault(_content(case), case)
        if first is not case:
            what = tr("与 {place} 的 {id} 发送同样的请求，做同样的检查", place=first.span.place, id=first.id)
            yield Problem("alike", what, tr("删去一条，或写出它们的不同"), case.span)


def _content(case: Case) -> Any:
    """Return everything that the case sends and checks, without its names and places."""
    steps = tuple(replace(step, name=_NO_NAME) for step in case.steps)
    values = {
        name: case.definitions[name].value for name in variables_in_effect(case) if name in case.definitions
    }
    sorted_values = tuple(sorted(values.items(), key=lambda item: item[0]))
    return _comparable((steps, case.checks, sorted_values, case.skip, case.only_in, case.requires))


def _comparable(value: Any) -> Any:
    """Return the value as nested tuples of texts and scalars, without spans."""
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, (tuple, list)):
        return tuple([_comparable(part) for part in value if not isinstance(part, Span)])
    if isinstance(value, Constant):
        return json.dumps(value.value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, Path):
        return value.text
    if isinstance(value, Mapping):
        return tuple(sorted((key, _comparable(item)) for key, item in value.items()))
    names = _field_names(value.__class__)
    return value if names is None else (type(value), _comparable([getattr(value, name) for name in names]))


@lru_cache(maxsize=256)
def _field_names(kind: type) -> tuple[str, ...] | None:
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else None
