"""Variables: definitions from every scope, the strongest one wins, resolved when a case starts (rule 5).

Precedence, strongest first: ``--var``, extract, parametrize row, case, suite, ``_shared``, environment.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from framework.cases.case import Definition
from framework.cases.reader import Reader
from framework.cases.template import BUILTINS, Binding, Reference, Scope, Template, compile_template, references, render
from framework.cases.yamlfile import Node
from framework.errors import Problem, UnresolvedError
from framework.messages import tr


def parse_definitions(node: Node | None, scope: str, reader: Reader) -> dict[str, Definition]:
    """Parse a ``variables`` mapping."""
    mapping = reader.mapping(node, "variables")
    if mapping is None:
        return {}
    found: dict[str, Definition] = {}
    for key, value in mapping.entries:
        if key.value == "request" or key.value in BUILTINS:
            reader.problem("bad-name", tr("{name} 是内置的名字,不能作变量名", name=key.value), tr("换一个名字"), key.span)
            continue
        found[key.value] = Definition(key.value, compile_template(value, reader.report), scope, key.span)
    return found


def layer(*scopes: Mapping[str, Definition]) -> dict[str, Definition]:
    """Lay scopes over one another, the weakest first."""
    merged: dict[str, Definition] = {}
    for scope in scopes:
        merged.update(scope)
    return merged


def resolve_definitions(definitions: Mapping[str, Definition], names: Iterable[str] | None = None) -> dict[str, Binding]:
    """Return the values of *names* (all where None) and of everything they refer to.

    Raises:
        UnresolvedError: a definition refers to itself, or to a name that does not exist.
    """
    bindings: dict[str, Binding] = {}
    for name in definitions if names is None else names:
        _bind(name, definitions, bindings, ())
    return bindings


def _bind(name: str, definitions: Mapping[str, Definition], bindings: dict[str, Binding], waiting: tuple[str, ...]) -> None:
    definition = definitions.get(name)
    if name in bindings or definition is None:
        return
    if name in waiting:
        circle = " → ".join((*waiting[waiting.index(name):], name))
        raise UnresolvedError(Problem("variable-circle", tr("变量互相引用,没有尽头:{circle}", circle=circle), "", definition.span))
    for reference in references(definition.value):
        if reference.origin == "variable":
            _bind(reference.name, definitions, bindings, (*waiting, name))
    bindings[name] = Binding(render(definition.value, Scope(bindings)), origin(definition))


def origin(definition: Definition) -> str:
    """Return where a value came from, as people read it."""
    place = definition.span.place if definition.span else ""
    return f"{definition.scope} {place}".strip()


def needed(template: Template, definitions: Mapping[str, Definition]) -> set[str]:
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
