"""What a contract may say, checked before it is compiled.

JSON Schema lets an unknown keyword pass, so that ``requird`` checks nothing and nobody sees it; here it is a
mistake (rule 1 of the case language), as is a pattern that does not compile and a contract that accepts
everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.jsonpath import Json, Location, format_location
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.datafile import leads_outside
from framework.cases.yaml import textfile
from framework.checks.regex import PatternError, compile_pattern

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_SCHEMAS_BY_NAME: Final = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
)
_SCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SCHEMAS: Final = frozenset(
    {
        "items",
        "additionalProperties",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    }
)
_ASSERTIONS: Final = frozenset(
    {
        "$ref",
        "$dynamicRef",
        "type",
        "enum",
        "const",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxContains",
        "minContains",
        "maxProperties",
        "minProperties",
        "required",
        "dependentRequired",
    }
)
ANNOTATIONS: Final = frozenset(
    {
        "$schema",
        "$id",
        "$anchor",
        "$dynamicAnchor",
        "$comment",
        "$vocabulary",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "format",
        "contentEncoding",
        "contentMediaType",
    }
)
_KNOWN: Final = _SCHEMAS_BY_NAME | _SCHEMA_LISTS | _SCHEMAS | _ASSERTIONS | ANNOTATIONS


def subschemas(schema: Json, at: Location = ()) -> Iterator[tuple[Location, Json]]:
    """Yield the schema and every schema inside it, each with its place; values of const, enum, default … are
    none.
    """
    yield at, schema
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in _SCHEMAS:
            yield from subschemas(value, (*at, key))
        elif key in _SCHEMAS_BY_NAME and isinstance(value, dict):
            for name, inner in value.items():
                yield from subschemas(inner, (*at, key, name))
        elif key in _SCHEMA_LISTS and isinstance(value, list):
            for index, inner in enumerate(value):
                yield from subschemas(inner, (*at, key, index))


def mistakes(schema: Json) -> Iterator[tuple[Location, str, str]]:
    """Yield where, what and how to mend, for each mistake that JSON Schema itself lets pass."""
    if schema is True or (
        isinstance(schema, dict) and not schema.keys() - ANNOTATIONS - {"$defs", "definitions"}
    ):
        yield (), tr("这份契约什么也没有要求,永远不会失败"), ""
    if isinstance(schema, dict) and schema.get("$schema", DIALECT).rstrip("#") != DIALECT:
        yield ("$schema",), tr("契约只能用 JSON Schema 2020-12"), tr("写 {dialect}", dialect=DIALECT)
    for at, inner in subschemas(schema):
        if isinstance(inner, dict):
            yield from _unknown(at, inner)
            yield from _bad_patterns(at, inner)


def _unknown(at: Location, schema: dict[str, Json]) -> Iterator[tuple[Location, str, str]]:
    for key in schema:
        if key not in _KNOWN and not key.startswith("x-"):
            yield (
                (*at, key),
                tr("JSON Schema 2020-12 里没有 {key} 这个关键字,它什么也不检查", key=key),
                did_you_mean(key, _KNOWN) or tr("自己的注释写成 $comment,或以 x- 开头"),
            )


def _bad_patterns(at: Location, schema: dict[str, Json]) -> Iterator[tuple[Location, str, str]]:
    named = schema.get("patternProperties")
    patterns = [((*at, "patternProperties", key), key) for key in named] if isinstance(named, dict) else []
    if isinstance(schema.get("pattern"), str):
        patterns.append(((*at, "pattern"), schema["pattern"]))
    for where, pattern in patterns:
        try:
            compile_pattern(pattern)
        except PatternError as error:
            yield where, tr("正则表达式有误,第 {at} 个字起:{error}", at=error.position + 1, error=error), ""


# -- the file


def read_source(path: Path, directory: Path) -> Source:
    """Return the text of a contract, under the name people know it by."""
    name = f"{directory.name}/{path.name}"
    if leads_outside(path, directory):
        raise CaseFileError(
            Problem(
                "contract-outside",
                tr("契约 {name} 的链接指向 {folder} 之外", name=name, folder=directory.name + "/"),
                tr("把文件放进来"),
            )
        )
    return textfile.read_source(path, name)


def parse_source(source: Source) -> Json:
    """Return the contract as JSON; raises CaseFileError where it is none."""
    try:
        return json.loads(source.text)
    except json.JSONDecodeError as error:
        span = Span(source, error.lineno, error.colno, error.lineno, error.colno + 1)
        raise CaseFileError(
            Problem("contract-json", tr("契约不是 JSON:{error}", error=error.msg), "", span)
        ) from None
    except RecursionError:
        raise CaseFileError(Problem("contract-json", tr("契约 {name} 嵌套过深", name=source.name))) from None


def problem_at(source: Source, at: Location, what: str, how: str) -> Problem:
    """Return the mistake with its place in the text."""
    return Problem(
        "contract-schema",
        tr("{what}(在 {where})", what=what, where=format_location(at)),
        how,
        _span(source, at),
    )


def _span(source: Source, at: Location) -> Span:
    """Return the line where the innermost member name of *at* first stands after the outer ones; JSON keeps
    no places.
    """
    position = 0
    for part in at:
        found = (
            source.text.find(json.dumps(part, ensure_ascii=False), position) if isinstance(part, str) else -1
        )
        position = found if found >= 0 else position
    line = source.text.count("\n", 0, position) + 1
    column = position - (source.text.rfind("\n", 0, position) + 1) + 1
    return Span(source, line, column, line, column + 1)
