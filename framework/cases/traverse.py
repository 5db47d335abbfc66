"""Finds every reference and every variable that a parsed case names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.source import Span
from framework.cases.case import Call, Case, Check, CheckNode, Each, MatcherCall, Measure, Step, Subject
from framework.cases.template import PathTemplate, Reference, Template, references


def check_references(
    nodes: Iterable[CheckNode | Call], inside: bool = False
) -> Iterator[tuple[Reference, bool]]:
    """Yield every reference of the checks, and whether it is inside an ``each``."""
    for node in nodes:
        if isinstance(node, Check):
            if node.subject.path is not None:
                yield from ((reference, inside) for reference in references(node.subject.path))
            yield from check_references(node.calls, inside)
        elif isinstance(node, MatcherCall):
            yield from ((reference, inside) for reference in references(node.argument))
        elif isinstance(node, Measure):
            yield from check_references(node.calls, inside)
        elif isinstance(node, Each):
            yield from check_references(node.checks, True)
        else:
            for branch in node.branches:
                yield from check_references(branch, inside)


def subject_variables(nodes: Iterable[CheckNode]) -> Iterator[Subject]:
    """Yield the subjects that are variables, also inside ``each`` and combinations."""
    for node in nodes:
        if isinstance(node, Check):
            if node.subject.kind == "variable":
                yield node.subject
            for call in node.calls:
                if isinstance(call, Each):
                    yield from subject_variables(call.checks)
        else:
            for branch in node.branches:
                yield from subject_variables(branch)


Names = dict[str, Span]
"""Variables, each with the place of its first mention."""


def variables_in_effect(case: Case) -> Names:
    """Return the variables that requests, checks and extracts use, directly or through other variables."""
    names: Names = {}
    for step in case.all_steps:
        _add_step(names, step)
    _add_checks(names, case.checks)
    return _with_indirect(case, names)


def names_in_step(step: Step) -> set[str]:
    """Return the variables that a step names itself, its name and the ``with`` of inner steps included."""
    names: Names = {}
    _add_step(names, step)
    _add(names, step.name)
    for layer in step.use.given[1:] if step.use else ():
        _add(names, *(definition.value for definition in layer.values()))
    return set(names)


def _add_step(names: Names, step: Step) -> None:
    _add(names, step.request, *([step.for_each.values] if step.for_each else ()))
    _add(names, *([step.call.arguments] if step.call else ()))
    for layer in step.use.given if step.use else ():
        _add(names, *(definition.value for definition in layer.values()))
    _add_checks(names, (*step.each_reply, *step.checks, *(step.wait_for.until if step.wait_for else ())))
    _add_checks(names, step.skip_unless.conditions if step.skip_unless else ())
    for subject in (extract.subject for extract in step.extracts):
        _add(names, *([subject.path] if subject.path else ()))
        if subject.kind == "variable":
            names.setdefault(subject.name, subject.span)


def variables_in_titles(case: Case) -> Names:
    """Return the variables that the names of the case and its steps use, directly or through others."""
    names: Names = {}
    _add(names, case.name, *(step.name for step in case.all_steps))
    return _with_indirect(case, names)


def _add(names: Names, *templates: Template | PathTemplate) -> None:
    for template in templates:
        for reference in references(template):
            if reference.origin == "variable":
                names.setdefault(reference.name, reference.span)


def _add_checks(names: Names, checks: Iterable[CheckNode]) -> None:
    checks = tuple(checks)
    for reference, _ in check_references(checks):
        if reference.origin == "variable":
            names.setdefault(reference.name, reference.span)
    for subject in subject_variables(checks):
        names.setdefault(subject.name, subject.span)


def _with_indirect(case: Case, names: Names) -> Names:
    waiting = list(names)
    while waiting:
        definition = case.definitions.get(waiting.pop())
        for reference in references(definition.value) if definition else ():
            if reference.origin == "variable" and reference.name not in names:
                names[reference.name] = reference.span
                waiting.append(reference.name)
    return names
