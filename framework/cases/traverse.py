"""Going through a parsed case: every reference and every variable that it names, wherever they stand."""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.cases.case import Call, Case, Check, CheckNode, Each, MatcherCall, Measure, Step, Subject
from framework.cases.template import Reference, references


def check_references(nodes: Iterable[CheckNode | Call], inside: bool = False) -> Iterator[tuple[Reference, bool]]:
    """Yield every reference of the checks, with whether it stands inside an ``each``."""
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
    """Yield the subjects that are variables; inside ``each`` and combinations too."""
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


def step_references(step: Step) -> Iterator[Reference]:
    """Yield the references of a step's request, rounds, checks and extracts; its name is words, not work."""
    yield from references(step.request)
    if step.for_each is not None:
        yield from references(step.for_each.values)
    for extract in step.extracts:
        if extract.subject.path is not None:
            yield from references(extract.subject.path)
    yield from (reference for reference, _ in check_references((*step.each_reply, *step.checks)))


def named_at_work(case: Case) -> set[str]:
    """Return the variables that what the case sends and checks names, through other variables too."""
    names = {reference.name for step in case.steps for reference in step_references(step) if reference.origin == "variable"}
    names |= {reference.name for reference, _ in check_references(case.checks) if reference.origin == "variable"}
    checks = (case.checks, *(nodes for step in case.steps for nodes in (step.each_reply, step.checks)))
    names |= {subject.name for nodes in checks for subject in subject_variables(nodes)}
    names |= {extract.subject.name for step in case.steps for extract in step.extracts if extract.subject.kind == "variable"}
    return _closed(case, names)


def named_in_words(case: Case) -> set[str]:
    """Return the variables that the case's name and the names of its steps name, through other variables too."""
    templates = (case.name, *(step.name for step in case.steps))
    return _closed(case, {reference.name for template in templates for reference in references(template) if reference.origin == "variable"})


def _closed(case: Case, names: set[str]) -> set[str]:
    waiting = list(names)
    while waiting:
        definition = case.definitions.get(waiting.pop())
        found = {reference.name for reference in references(definition.value) if reference.origin == "variable"} if definition else set()
        waiting += found - names
        names |= found
    return names
