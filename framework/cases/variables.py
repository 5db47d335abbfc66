"""Variables: definitions from every scope, the strongest one wins, resolved when a case starts (rule 5).

Precedence, strongest first: ``--var``, extract, parametrize row, case, suite, ``_shared``, environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from framework.base.errors import Problem, UnresolvedError
from framework.base.messages import tr
from framework.cases.case import Definition
from framework.cases.reader import Reader
from framework.cases.template import (
    BUILTINS,
    Binding,
    Reference,
    Scope,
    Template,
    compile_template,
    references,
    render,
)
from framework.cases.yaml.nodes import Node


def parse_definitions(node: Node | None, scope: str, reader: Reader) -> dict[str, Definition]:
    """Parse a ``variables`` mapping."""
    mapping = reader.mapping(node, "variables")
    if mapping is None:
        return {}
    found: dict[str, Definition] = {}
    for key, value in mapping.entries:
        if not is_name(key.value):
            reader.problem("bad-name", tr("{name} 不能作变量名", name=key.value), tr(NAME_RULE), key.span)
            continue
        found[key.value] = Definition(key.value, compile_template(value, reader.report), scope, key.span)
    return found


_LONGEST_CIRCLE = 10
_NAME = re.compile(r"[^\W\d][\w-]*")
NAME_RULE = "以字母或汉字开头,只含字母、汉字、数字、- 和 _,且不是 request、now、today、uuid"


def is_name(text: str) -> bool:
    """Whether *text* can name a variable: a letter or Chinese character, then those, digits, ``-`` and ``_``."""
    return _NAME.fullmatch(text) is not None and text not in ("request", *BUILTINS)


def overlay_definitions(*scopes: Mapping[str, Definition]) -> dict[str, Definition]:
    """Lay scopes over one another, the weakest first."""
    merged: dict[str, Definition] = {}
    for scope in scopes:
        for name, definition in scope.items():
            below = merged.get(name)
            merged[name] = (
                definition if below is None or below is definition else replace(definition, shadows=below)
            )
    return merged


def resolve_definitions(
    definitions: Mapping[str, Definition], names: Iterable[str] | None = None
) -> dict[str, Binding]:
    """Return the values of *names* (all where None) and of everything they refer to.

    Raises:
        UnresolvedError: a definition refers to itself, or to a name that does not exist.
    """
    bindings: dict[str, Binding] = {}
    for name in definitions if names is None else names:
        _bind(name, definitions, bindings, ())
    return bindings


def _bind(
    name: str, definitions: Mapping[str, Definition], bindings: dict[str, Binding], waiting: tuple[str, ...]
) -> None:
    definition = definitions.get(name)
    if name in bindings or definition is None:
        return
    if name in waiting:
        circle = " → ".join((*waiting[waiting.index(name) :], name))
        raise UnresolvedError(
            Problem(
                "variable-circle", tr("变量互相引用,没有尽头:{circle}", circle=circle), "", definition.span
            )
        )
    for reference in references(definition.value):
        if reference.origin == "variable":
            _bind(reference.name, definitions, bindings, (*waiting, name))
    bindings[name] = Binding(render(definition.value, Scope(bindings)), describe_origin(definition))


def find_cycles(definitions: Mapping[str, Definition]) -> Iterator[tuple[Definition, str]]:
    """Yield each circle of definitions that refer to one another: the first of them, and the whole as people
    read it.
    """
    done: set[str] = set()
    for start in definitions:
        way: dict[str, Iterator[str]] = {}
        ahead = iter((start,))
        while True:
            name = next(ahead, None)
            if name is None:
                if not way:
                    break
                done.add(way.popitem()[0])
                ahead = next(reversed(way.values())) if way else iter(())
            elif name in way:
                names = list(way)
                yield definitions[name], _told_circle([*names[names.index(name) :], name])
            elif name not in done and name in definitions:
                ahead = way[name] = (
                    reference.name
                    for reference in references(definitions[name].value)
                    if reference.origin == "variable"
                )


def _told_circle(names: list[str]) -> str:
    return " → ".join(
        names if len(names) <= _LONGEST_CIRCLE else [*names[: _LONGEST_CIRCLE - 2], "…", names[-1]]
    )


def describe_origin(definition: Definition) -> str:
    """Return where a value came from, as people read it."""
    place = definition.span.place if definition.span else ""
    own = f"{definition.scope} {place}".strip()
    return (
        own
        if definition.shadows is None
        else tr("{own},遮住了 {below}", own=own, below=describe_origin(definition.shadows))
    )


def variables_needed(template: Template, definitions: Mapping[str, Definition]) -> set[str]:
    """Return the variables that rendering *template* needs, through other variables too."""
    names: set[str] = set()
    waiting: list[Reference] = list(references(template))
    while waiting:
        reference = waiting.pop()
        if reference.origin == "variable" and reference.name not in names:
            names.add(reference.name)
            if reference.name in definitions:
                waiting += references(definitions[reference.name].value)
    return names
