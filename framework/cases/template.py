"""Compiles values with references into templates, and renders templates with the values of a scope.

The references (rule 5 of the case language)::

    ${name} ${name.key} ${name[0].key}   a variable, an extract, a parametrize column
    ${$.path}                            the reply of this step
    ${@.path}                            the current record, inside ``each``
    ${request.json.x}                    the request as sent
    ${now} ${today} ${uuid}              the time of the run (China Standard Time), a new UUIDv4
    $${                                  a literal ${

If a value is one whole reference, it keeps its type. Inside text it is formatted as JSON, text without
quotes. Inside a path it becomes an encoded literal. A rendered value is never rendered again, and no code
runs: a reply cannot inject a reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from framework.base import clock
from framework.base.cutting import cut
from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.path_hints import explain_path
from framework.cases.reference import BUILTINS as BUILTINS  # noqa: PLC0414  # for callers that render
from framework.cases.reference import Reference as Reference  # noqa: PLC0414
from framework.cases.reference import ReportProblem, split_references
from framework.cases.reference import parse_reference as parse_reference  # noqa: PLC0414
from framework.cases.request import MISSING
from framework.cases.yaml.nodes import Node, ScalarNode, SequenceNode


@dataclass(frozen=True, slots=True)
class Constant:
    """A value without references. Text from a case file that has an escaped ``$${`` is no constant."""

    value: Json
    span: Span


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """Text that contains references."""

    parts: tuple[str | Reference, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ListTemplate:
    """A list in which at least one item holds a reference."""

    items: tuple[Template, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MappingTemplate:
    """A mapping in which at least one key or value holds a reference."""

    fields: tuple[tuple[Template, Template], ...]
    span: Span


Template = Constant | Reference | TextTemplate | ListTemplate | MappingTemplate


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A JSONPath that may contain references. ``fixed`` is the compiled path if it contains none."""

    text: str
    span: Span
    parts: tuple[str | Reference, ...]
    fixed: Path | None
    singular: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """The value of a variable in a scope.

    Attributes:
        origin: its definition and place, for people.
        fixed: the value comes from ``--var``: nothing that the case extracts replaces it.
        is_extracted: the value came from a reply.
        is_public: the case says that the value is no secret, whatever it is sent as.
    """

    value: Json
    origin: str = ""
    fixed: bool = False
    is_extracted: bool = False
    is_public: bool = False


def with_extracts(variables: Mapping[str, Binding], extracted: Mapping[str, Binding]) -> dict[str, Binding]:
    """Return *variables* with the *extracted* ones, which replace all but the fixed ones."""
    fixed = {name: binding for name, binding in variables.items() if binding.fixed}
    return {**variables, **extracted, **fixed}


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that references can name. A field is MISSING if it does not exist yet."""

    variables: Mapping[str, Binding] = field(default_factory=dict)
    request: Json = MISSING
    reply: Json = MISSING
    record: Json = MISSING
    # Tests replace the clock.
    now: Callable[[], datetime] = field(default=clock.now)


# -- compiling


def compile_template(node: Node, report: ReportProblem) -> Template:
    """Compile *node*. A reference with a mistake is reported and kept as literal text."""
    if isinstance(node, ScalarNode):
        return _compile_scalar(node, report)
    if isinstance(node, SequenceNode):
        items = tuple(compile_template(item, report) for item in node.items)
        constants = [item.value for item in items if isinstance(item, Constant)]
        return (
            Constant(constants, node.span) if len(constants) == len(items) else ListTemplate(items, node.span)
        )
    fields = tuple(
        (_compile_text(key.value, key.span, report), compile_template(value, report))
        for key, value in node.entries
    )
    fixed = {
        key.value: value.value
        for key, value in fields
        if isinstance(key, Constant) and isinstance(value, Constant)
    }
    return Constant(fixed, node.span) if len(fixed) == len(fields) else MappingTemplate(fields, node.span)


def _compile_scalar(node: ScalarNode, report: ReportProblem) -> Template:
    if isinstance(node.value, str):
        return _compile_text(node.value, node.span, report)
    return Constant(node.value, node.span)


def _compile_text(text: str, span: Span, report: ReportProblem) -> Template:
    # Nearly all texts have no reference, so they skip the parser.
    if "${" not in text:
        return Constant(text, span)
    parts = split_references(text, span, report)
    if len(parts) == 1 and isinstance(parts[0], Reference):
        return parts[0]
    # A text with an escaped ${ becomes a TextTemplate, so that a ${ in a constant always is a mistake.
    return Constant(text, span) if parts == (text,) else TextTemplate(parts, span)


def compile_path_template(
    text: str, span: Span, report: ReportProblem, prefix: str = ""
) -> PathTemplate | None:
    """Compile a path; return None, after a report, if it is not a valid one.

    *prefix* (``$.``) is put before a path that is relative to a record.
    """
    parts = split_references(text, span, report) if "${" in text else (text,)
    try:
        path = _compile_with_literals(prefix, parts)
    except PathSyntaxError as error:
        is_literal = len(parts) == 1
        place = _character_span(span, text, error.position - len(prefix)) if is_literal else span
        report(
            Problem(
                "path-syntax",
                tr("读不懂的路径 {text}", text=text),
                explain_path(text, error.position - len(prefix)),
                place,
            )
        )
        return None
    has_reference = any(isinstance(part, Reference) for part in parts)
    fixed = None if has_reference else path
    return PathTemplate(text, span, (prefix, *parts) if prefix else parts, fixed, path.singular)


def _compile_with_literals(prefix: str, parts: tuple[str | Reference, ...]) -> Path:
    """Compile a path with a literal in place of each reference.

    The literal is a text, which fits a name and a filter, or else a number, which fits an index and a slice.

    Raises:
        PathSyntaxError: neither makes a valid path; the error is that of the text.
    """
    with_text = prefix + _fill_references(parts, "'x'")
    with_number = prefix + _fill_references(parts, "0")
    try:
        return compile_path(with_text)
    except PathSyntaxError:
        if with_text == with_number:
            raise
        with suppress(PathSyntaxError):
            return compile_path(with_number)
        raise


def _fill_references(parts: tuple[str | Reference, ...], literal: str) -> str:
    return "".join(part if isinstance(part, str) else literal for part in parts)


def _character_span(span: Span, text: str, position: int) -> Span:
    """Return the span of the character at *position* of *text*.

    If the source spells the text differently (quotes, escapes, several lines), return the whole span.
    """
    is_one_line = span.line == span.end_line
    is_verbatim = span.end_column - span.column == len(text)
    if not (is_one_line and is_verbatim and 0 <= position < len(text)):
        return span
    return replace(span, column=span.column + position, end_column=span.column + position + 1)


def leaves(template: Template) -> Iterator[Constant | Reference | TextTemplate]:
    """Yield the values and keys of the template that are neither lists nor mappings, in source order."""
    if isinstance(template, (ListTemplate, MappingTemplate)):
        for item in template.items if isinstance(template, ListTemplate) else chain(*template.fields):
            yield from leaves(item)
    else:
        yield template


def references(template: Template | PathTemplate) -> Iterator[Reference]:
    """Yield every reference in the template, in source order."""
    for leaf in (template,) if isinstance(template, PathTemplate) else leaves(template):
        parts = leaf.parts if isinstance(leaf, (TextTemplate, PathTemplate)) else (leaf,)
        yield from (part for part in parts if isinstance(part, Reference))


# -- rendering


def render(template: Template, scope: Scope) -> Json:
    """Return the value of *template* in *scope*.

    Raises:
        UnresolvedError: a reference has no value in *scope*, or makes a key that a mapping cannot have.
    """
    if isinstance(template, Constant):
        return template.value
    if isinstance(template, Reference):
        return resolve(template, scope)
    if isinstance(template, TextTemplate):
        return "".join(_render_part(part, scope) for part in template.parts)
    if isinstance(template, ListTemplate):
        return [render(item, scope) for item in template.items]
    return _render_mapping(template, scope)


def _render_mapping(template: MappingTemplate, scope: Scope) -> dict[str, Json]:
    rendered: dict[str, Json] = {}
    for key, value in template.fields:
        name = render(key, scope)
        if not isinstance(name, str):
            raise _bad_key(
                tr("代入之后的键不是文本：{value}", value=cut(format_value(name), 40)),
                tr("把那个值写成文本（加引号）"),
                key.span,
            )
        # Neither of the two may be lost in silence.
        if name in rendered:
            raise _bad_key(
                tr("代入之后有两个键都是 {name}", name=cut(name, 40)), tr("改其中一个的名字或值"), key.span
            )
        rendered[name] = render(value, scope)
    return rendered


def _bad_key(what: str, how: str, span: Span) -> UnresolvedError:
    return UnresolvedError(Problem("reference-key", what, how, span))


def _render_part(part: str | Reference, scope: Scope) -> str:
    return part if isinstance(part, str) else format_value(resolve(part, scope))


def render_path(template: PathTemplate, scope: Scope) -> Path:
    """Return the compiled path. A referenced value becomes a literal in it, never a piece of path.

    Raises:
        UnresolvedError: a reference has no value in *scope*, or its value is a list or an object.
    """
    if template.fixed is not None:
        return template.fixed
    text = "".join(part if isinstance(part, str) else _literal(part, scope) for part in template.parts)
    try:
        return compile_path(text)
    except PathSyntaxError as error:
        raise UnresolvedError(
            Problem(
                "path-syntax",
                tr("代入之后读不懂的路径 {text}", text=text),
                explain_path(text, error.position),
                template.span,
            )
        ) from None


def _literal(reference: Reference, scope: Scope) -> str:
    value = resolve(reference, scope)
    if isinstance(value, (list, dict)):
        raise UnresolvedError(
            Problem(
                "reference-kind",
                tr("${{{text}}} 是列表或对象，不能放进路径", text=reference.text),
                "",
                reference.span,
            )
        )
    # A JSON text with double quotes is a valid literal of JSONPath too.
    return json.dumps(value, ensure_ascii=False)


def resolve(reference: Reference, scope: Scope) -> Json:
    """Return the value of one reference.

    Raises:
        UnresolvedError: it has no value in *scope*.
    """
    root = _referenced_root(reference, scope)
    if root is MISSING:
        raise UnresolvedError(
            Problem(
                "reference-undefined", tr("${{{text}}} 在这里没有值", text=reference.text), "", reference.span
            )
        )
    selected = reference.path.select(root)
    # A path that selects a list may select nothing; a path to one value must find it.
    if not reference.path.singular:
        return [located.value for located in selected]
    if not selected:
        raise UnresolvedError(
            Problem(
                "reference-empty",
                tr("${{{text}}} 没有选中任何值", text=reference.text),
                _describe_origin(reference, scope),
                reference.span,
            )
        )
    return selected[0].value


def _referenced_root(reference: Reference, scope: Scope) -> Json:
    if reference.origin == "variable":
        binding = scope.variables.get(reference.name)
        return MISSING if binding is None else binding.value
    if reference.origin == "builtin":
        return _builtin(reference.name, scope)
    return {"request": scope.request, "reply": scope.reply, "record": scope.record}[reference.origin]


def _builtin(name: str, scope: Scope) -> str:
    if name == "uuid":
        return clock.new_uuid()
    return scope.now().strftime("%Y-%m-%d %H:%M:%S" if name == "now" else "%Y-%m-%d")


def _describe_origin(reference: Reference, scope: Scope) -> str:
    binding = scope.variables.get(reference.name) if reference.origin == "variable" else None
    return tr("它的值来自 {origin}", origin=binding.origin) if binding and binding.origin else ""


def format_value(value: Json) -> str:
    """Return a value as it is written inside text: text without quotes, everything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
