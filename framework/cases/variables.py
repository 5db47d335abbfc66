"""Parses and resolves variables; the strongest definition of a name wins (rule 5 of the case language).

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
    """Parse a ``variables`` mapping, or the ``with`` of a step; *scope* says where it is written."""
    mapping = reader.mapping(node, "with" if scope == "with" else "variables")
    if mapping is None:
        return {}
    found: dict[str, Definition] = {}
    for key, value in mapping.entries:
        if not is_name(key.value):
            reader.problem("bad-name", tr("{name} 不能作变量名", name=key.value), tr(NAME_RULE), key.span)
            continue
        found[key.value] = Definition(key.value, compile_template(value, reader.report), scope, key.span)
    return found


_MAX_SHOWN_CYCLE = 10
_NAME = re.compile(r"[^\W\d][\w-]*")
NAME_RULE = "以字母或汉字开头，只含字母、汉字、数字、- 和 _，且不是 request、now、today、uuid"


def is_name(text: str) -> bool:
    """Return whether *text* can name a variable: it starts with a letter or Chinese character."""
    return _NAME.fullmatch(text) is not None and text not in ("request", *BUILTINS)


def overlay_definitions(*scopes: Mapping[str, Definition]) -> dict[str, Definition]:
    """Merge the definitions of several scopes, the weakest first; each remembers the one it shadows."""
    merged: dict[str, Definition] = {}
    for scope in scopes:
        for name, definition in scope.items():
            weaker = merged.get(name)
            is_new = weaker is None or weaker is definition
            merged[name] = definition if is_new else replace(definition, shadows=weaker)
    return merged


def resolve_definitions(
    definitions: Mapping[str, Definition], names: Iterable[str] | None = None
) -> dict[str, Binding]:
    """Return the values of *names* (of all if None), and of the variables that they refer to.

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
    # The parser reports the cycles within a case; one through variables of the environment is met only here.
    if name in waiting:
        circle = " → ".join((*waiting[waiting.index(name) :], name))
        raise UnresolvedError(
            Problem(
                "variable-circle", tr("变量互相引用，没有尽头：{circle}", circle=circle), "", definition.span
            )
        )
    for referenced in _referenced_variables(definition.value):
        _bind(referenced, definitions, bindings, (*waiting, name))
    value = render(definition.value, Scope(bindings))
    bindings[name] = Binding(value, describe_origin(definition), fixed=definition.scope == "--var")


def find_cycles(definitions: Mapping[str, Definition]) -> Iterator[tuple[Definition, str]]:
    """Yield each cycle of definitions that refer to one another: its first definition and a text for people.

    This is a depth-first search without recursion, because a chain of definitions may be long.
    """
    done: set[str] = set()
    for start in definitions:
        # The names from the start to the current one, each with the references that are still to visit.
        path: dict[str, Iterator[str]] = {}
        to_visit = iter((start,))
        while True:
            name = next(to_visit, None)
            if name is None:
                if not path:
                    break
                finished, _ = path.popitem()
                done.add(finished)
                to_visit = next(reversed(path.values())) if path else iter(())
            elif name in path:
                names = list(path)
                yield definitions[name], _show_cycle([*names[names.index(name) :], name])
            elif name not in done and name in definitions:
                to_visit = path[name] = _referenced_variables(definitions[name].value)


def _referenced_variables(template: Template) -> Iterator[str]:
    return (reference.name for reference in references(template) if reference.origin == "variable")


def _show_cycle(names: list[str]) -> str:
    if len(names) > _MAX_SHOWN_CYCLE:
        names = [*names[: _MAX_SHOWN_CYCLE - 2], "…", names[-1]]
    return " → ".join(names)


def describe_origin(definition: Definition) -> str:
    """Describe for people the place of a definition, and the definitions that it shadows."""
    place = definition.span.place if definition.span else ""
    own = f"{definition.scope} {place}".strip()
    if definition.shadows is None:
        return own
    return tr("{own}，遮住了 {below}", own=own, below=describe_origin(definition.shadows))


def variables_needed(template: Template, definitions: Mapping[str, Definition]) -> set[str]:
    """Return the variables that rendering *template* needs, directly or through other variables."""
    names: set[str] = set()
    waiting: list[Reference] = list(references(template))
    while waiting:
        reference = waiting.pop()
        if reference.origin == "variable" and reference.name not in names:
            names.add(reference.name)
            if reference.name in definitions:
                waiting += references(definitions[reference.name].value)
    return names
