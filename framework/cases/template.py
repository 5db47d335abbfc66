"""Values with references in them: compiled once, rendered against a scope.

The references (rule 5 of the case language)::

    ${name} ${name.key} ${name[0].key}   a variable, an extract, a parametrize column
    ${$.path}                            this reply
    ${@.path}                            the record at hand, inside ``each``
    ${request.json.x}                    the request as sent
    ${now} ${today} ${uuid}              the clock of the run (China Standard Time), a new UUIDv4
    $${                                  a literal ${

A value that is one whole reference keeps its type; inside text it is formatted as JSON writes it (text
without quotes); inside a path it becomes an encoded literal. What was rendered is never rendered again, and
no code runs.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from framework.base.errors import Problem, UnresolvedError
from framework.base.jsonpath import Json, Path, PathSyntaxError, compile_path
from framework.base.messages import tr
from framework.base.source import Span
from framework.cases.reference import BUILTINS as BUILTINS  # noqa: PLC0414  # who renders asks here for all of it
from framework.cases.reference import Reference as Reference  # noqa: PLC0414
from framework.cases.reference import ReportProblem, split_references
from framework.cases.reference import parse_reference as parse_reference  # noqa: PLC0414
from framework.cases.request import MISSING
from framework.cases.yaml.nodes import Node, ScalarNode, SequenceNode

CHINA = timezone(timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Constant:
    """A value without references."""

    value: Json
    span: Span


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """Text with references inside."""

    parts: tuple[str | Reference, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ListTemplate:
    """A list, some item of which holds a reference."""

    items: tuple[Template, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MappingTemplate:
    """A mapping, some value of which holds a reference."""

    fields: tuple[tuple[str, Template], ...]
    span: Span


Template = Constant | Reference | TextTemplate | ListTemplate | MappingTemplate


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A JSONPath, maybe with references inside. ``fixed`` is the compiled path where there are none."""

    text: str
    span: Span
    parts: tuple[str | Reference, ...]
    fixed: Path | None
    singular: bool


@dataclass(frozen=True, slots=True)
class Binding:
    """A variable's value in a scope, and where it came from: ``origin`` as people read it, with the place."""

    value: Json
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What references can name. A field that is MISSING does not exist where the template stands."""

    variables: Mapping[str, Binding] = field(default_factory=dict)
    request: Json = MISSING
    reply: Json = MISSING
    record: Json = MISSING
    now: Callable[[], datetime] = field(default=lambda: datetime.now(CHINA))


# -- compiling


def compile_template(node: Node, report: ReportProblem) -> Template:
    """Compile *node*; a mistake in a reference goes to *report* and stands as its own text."""
    if isinstance(node, ScalarNode):
        return _compile_scalar(node, report)
    if isinstance(node, SequenceNode):
        items = tuple(compile_template(item, report) for item in node.items)
        if all(isinstance(item, Constant) for item in items):
            return Constant([item.value for item in items if isinstance(item, Constant)], node.span)
        return ListTemplate(items, node.span)
    fields = tuple((key.value, compile_template(value, report)) for key, value in node.entries)
    if all(isinstance(value, Constant) for _, value in fields):
        return Constant({key: value.value for key, value in fields if isinstance(value, Constant)}, node.span)
    return MappingTemplate(fields, node.span)


def _compile_scalar(node: ScalarNode, report: ReportProblem) -> Template:
    if not isinstance(node.value, str) or "${" not in node.value:
        return Constant(node.value, node.span)
    parts = split_references(node.value, node.span, report)
    if len(parts) == 1:
        only = parts[0]
        return only if isinstance(only, Reference) else Constant(only, node.span)
    return TextTemplate(parts, node.span)


def compile_path_template(
    text: str, span: Span, report: ReportProblem, prefix: str = ""
) -> PathTemplate | None:
    """Compile a path; *prefix* (``$.``) is put before a path that is relative to a record. None where it is
    not one.
    """
    parts = split_references(text, span, report) if "${" in text else (text,)
    try:
        path = _probed(prefix, parts)
    except PathSyntaxError as error:
        where = span if len(parts) > 1 else _narrowed(span, text, error.position - len(prefix))
        report(
            Problem(
                "path-syntax",
                tr("读不懂的路径 {text}:{error}", text=text, error=error),
                tr("路径按 RFC 9535 书写,例如 $.data.result[*].id"),
                where,
            )
        )
        return None
    fixed = path if not any(isinstance(part, Reference) for part in parts) else None
    return PathTemplate(text, span, (prefix, *parts) if prefix else parts, fixed, path.singular)


def _probed(prefix: str, parts: tuple[str | Reference, ...]) -> Path:
    """Compile with a literal in the place of each reference: a text, which fits a name and a filter, else a
    number, which fits an index and a slice.

    Raises:
        PathSyntaxError: it is a path with neither; told for the text.
    """
    text, number = (
        prefix + "".join(part if isinstance(part, str) else literal for part in parts)
        for literal in ("'x'", "0")
    )
    try:
        return compile_path(text)
    except PathSyntaxError:
        if text == number:
            raise
        with suppress(PathSyntaxError):
            return compile_path(number)
        raise


def _narrowed(span: Span, text: str, position: int) -> Span:
    """Return the place of one character of a plain scalar; the whole span where its text was written in
    another way.
    """
    if (
        span.line != span.end_line
        or span.end_column - span.column != len(text)
        or not 0 <= position < len(text)
    ):
        return span
    return replace(span, column=span.column + position, end_column=span.column + position + 1)


def references(template: Template | PathTemplate) -> Iterator[Reference]:
    """Yield every reference in the template, in the order of the text."""
    if isinstance(template, Reference):
        yield template
    elif isinstance(template, (TextTemplate, PathTemplate)):
        yield from (part for part in template.parts if isinstance(part, Reference))
    elif isinstance(template, ListTemplate):
        for item in template.items:
            yield from references(item)
    elif isinstance(template, MappingTemplate):
        for _, value in template.fields:
            yield from references(value)


# -- rendering


def render(template: Template, scope: Scope) -> Json:
    """Return the value.

    Raises:
        UnresolvedError: a reference has no value in *scope*.
    """
    if isinstance(template, Constant):
        return template.value
    if isinstance(template, Reference):
        return resolve(template, scope)
    if isinstance(template, TextTemplate):
        return "".join(
            part if isinstance(part, str) else format_value(resolve(part, scope)) for part in template.parts
        )
    if isinstance(template, ListTemplate):
        return [render(item, scope) for item in template.items]
    return {key: render(value, scope) for key, value in template.fields}


def render_path(template: PathTemplate, scope: Scope) -> Path:
    """Return the compiled path; a value inside it is a literal, never a piece of path.

    Raises:
        UnresolvedError: a reference has no value in *scope*, or one that no path can hold (a list, an
        object).
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
                tr("代入之后读不懂的路径 {text}:{error}", text=text, error=error),
                "",
                template.span,
            )
        ) from None


def _literal(reference: Reference, scope: Scope) -> str:
    value = resolve(reference, scope)
    if isinstance(value, (list, dict)):
        raise UnresolvedError(
            Problem(
                "reference-kind",
                tr("${{{text}}} 是列表或对象,不能放进路径", text=reference.text),
                "",
                reference.span,
            )
        )
    return json.dumps(value, ensure_ascii=False)


def resolve(reference: Reference, scope: Scope) -> Json:
    """Return the value of one reference.

    Raises:
        UnresolvedError: it has none.
    """
    root = _root(reference, scope)
    if root is MISSING:
        raise UnresolvedError(
            Problem(
                "reference-undefined", tr("${{{text}}} 在这里没有值", text=reference.text), "", reference.span
            )
        )
    found = reference.path.select(root)
    if not reference.path.singular:
        return [located.value for located in found]
    if not found:
        raise UnresolvedError(
            Problem(
                "reference-empty",
                tr("${{{text}}} 没有选中任何值", text=reference.text),
                _origin_of(reference, scope),
                reference.span,
            )
        )
    return found[0].value


def _root(reference: Reference, scope: Scope) -> Json:
    if reference.origin == "variable":
        binding = scope.variables.get(reference.name)
        return MISSING if binding is None else binding.value
    if reference.origin == "builtin":
        return _builtin(reference.name, scope)
    return {"request": scope.request, "reply": scope.reply, "record": scope.record}[reference.origin]


def _builtin(name: str, scope: Scope) -> str:
    if name == "uuid":
        return str(uuid.uuid4())
    return scope.now().strftime("%Y-%m-%d %H:%M:%S" if name == "now" else "%Y-%m-%d")


def _origin_of(reference: Reference, scope: Scope) -> str:
    binding = scope.variables.get(reference.name) if reference.origin == "variable" else None
    return tr("它的值来自 {origin}", origin=binding.origin) if binding and binding.origin else ""


def format_value(value: Json) -> str:
    """Return a value as it stands inside text: text bare, everything else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
