"""Warns about variables, columns, extracts, names of ``for_each`` and walks that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.case import Case, Definition
from framework.cases.suites import read_project_file
from framework.cases.traverse import variables_in_effect, variables_in_titles
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import KeyNode, MappingNode
from framework.run.project import Project, whole_folders

_SCOPES = {"_shared": "共用变量", "suite": "套件的变量", "case": "用例的变量", "parametrize": "参数的列"}


def unused(project: Project) -> Iterator[Problem]:
    """Yield a warning for each. Shared definitions are judged only if every suite that sees them was read."""
    yield from _unused_variables(project)
    yield from _unused_walks(project)
    for case in project.cases:
        yield from _unused_in_steps(case)


def _unused_variables(project: Project) -> Iterator[Problem]:
    complete_files = {read_project_file(path, project.root).name for path in whole_folders(project)}
    used: set[Span] = set()
    defined: dict[tuple[str, ...], tuple[Definition, Span]] = {}
    for case in project.cases:
        names = {**variables_in_effect(case), **variables_in_titles(case)}
        used |= {_place(definition) for name, definition in case.definitions.items() if name in names}
        for top in case.definitions.values():
            if top.scope == "parametrize" and top.name not in case.parameters:  # the id of a row
                continue
            for definition in _with_shadowed(top):
                defined.setdefault(_identity(definition, case), (definition, _place(definition)))
    for definition, span in defined.values():
        if span in used or definition.scope not in _SCOPES:
            continue
        if definition.scope == "_shared" and span.source.name not in complete_files:
            continue
        if span.source.name.endswith(".csv"):  # a table may have a column of remarks
            continue
        yield _warning(
            tr("{scope} {name} 没有用到", scope=tr(_SCOPES[definition.scope]), name=definition.name),
            tr("删去它，或用 ${{{name}}} 引用它", name=definition.name),
            span,
        )


def _identity(definition: Definition, case: Case) -> tuple[str, ...]:
    """Return the identity of a definition: its place, or for a column the case and the name.

    A column has a value in every row, but one warning for it is enough.
    """
    if definition.scope == "parametrize":
        return (case.span.place, definition.name)
    return (_place(definition).place,)


def _with_shadowed(definition: Definition | None) -> Iterator[Definition]:
    """Yield a definition and those that it shadows."""
    while definition is not None:
        yield definition
        definition = definition.shadows


def _place(definition: Definition) -> Span:
    """Return the span of a definition; for a column that of its value, because the row has only one span."""
    if definition.scope == "parametrize" or definition.span is None:
        return definition.value.span
    return definition.span


def _unused_in_steps(case: Case) -> Iterator[Problem]:
    names = {**variables_in_effect(case), **variables_in_titles(case)}
    for step in case.all_steps:
        # Not every case that uses a shared step needs all that it extracts.
        for extract in step.extracts if step.use is None else ():
            if extract.name not in names:
                yield _warning(
                    tr("抽取的 {name} 没有用到", name=extract.name),
                    tr("删去它；要求它存在就写成检查"),
                    extract.span,
                )
        if step.for_each is not None and step.for_each.name not in names:
            yield _warning(
                tr("for_each 的 {name} 没有用到，每一轮都一样", name=step.for_each.name),
                tr("在请求里用 ${{{name}}}，只想重复就写 repeat", name=step.for_each.name),
                step.for_each.span,
            )


def _unused_walks(project: Project) -> Iterator[Problem]:
    used = {step.walk.span for case in project.cases for step in case.all_steps if step.walk}
    for path in [*whole_folders(project), *project.valid_suites]:
        source = read_project_file(path, project.root)
        # Most files have no walks, and reading one as YAML again costs as much as all other warnings of it.
        for key in _walk_keys(parse_yaml(source)) if "walks" in source.text else ():
            if key.span not in used:
                yield _warning(
                    tr("翻页方式 {name} 没有用到", name=key.value),
                    tr("删去它，或在用例里写 paginate: {name}", name=key.value),
                    key.span,
                )


def _walk_keys(top: object) -> Iterable[KeyNode]:
    walks = top.get("walks") if isinstance(top, MappingNode) else None
    return [key for key, _ in walks.entries] if isinstance(walks, MappingNode) else []


def _warning(what: str, how: str, span: Span) -> Problem:
    return Problem("unused", what, how, span)
