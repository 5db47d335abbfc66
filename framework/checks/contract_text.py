"""Reads the text of a contract and reports the mistakes that JSON Schema itself lets pass.

JSON Schema ignores an unknown keyword, so ``requird`` would check nothing and nobody would see it. Here
that is a mistake (rule 1 of the case language), and so are a pattern that does not compile and a contract
that accepts everything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from framework.base.errors import CaseFileError, Problem, did_you_mean
from framework.base.json_reader import NotJsonError, read_json
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


class Mistake(NamedTuple):
    """A mistake in a contract: its place, a description, and how to correct it (may be empty)."""

    at: Location
    what: str
    how: str = ""


def subschemas(schema: Json, at: Location = ()) -> Iterator[tuple[Location, Json]]:
    """Yield the schema and every schema inside it, each with its place.

    Values of ``const``, ``enum``, ``default`` and ``examples`` are data and not searched.
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


def mistakes(schema: Json) -> Iterator[Mistake]:
    """Yield each mistake that JSON Schema itself lets pass."""
    if _asserts_nothing(schema):
        yield Mistake((), tr("这份契约什么也没有要求，永远成立"))
    if isinstance(schema, dict) and schema.get("$schema", DIALECT).rstrip("#") != DIALECT:
        how = tr("写 {dialect}", dialect=DIALECT)
        yield Mistake(("$schema",), tr("契约只能用 JSON Schema 2020-12"), how)
    for at, inner in subschemas(schema):
        if isinstance(inner, dict):
            yield from _unknown_keywords(at, inner)
            yield from _invalid_patterns(at, inner)
            if "format" in inner:
                what = tr("format 在 JSON Schema 2020-12 里只是注解，什么也不检查")
                how = tr("要检查就写 pattern，或在用例里写 datetime；只是说明就写 $comment")
                yield Mistake((*at, "format"), what, how)


def _asserts_nothing(schema: Json) -> bool:
    if isinstance(schema, dict):
        return not schema.keys() - ANNOTATIONS - {"$defs", "definitions"}
    return schema is True


def _unknown_keywords(at: Location, schema: dict[str, Json]) -> Iterator[Mistake]:
    for key in schema:
        if key in _KNOWN or key.startswith("x-"):
            continue
        what = tr("JSON Schema 2020-12 里没有 {key} 这个关键字，它什么也不检查", key=key)
        how = did_you_mean(key, _KNOWN) or tr("自己的注释写成 $comment，或以 x- 开头")
        yield Mistake((*at, key), what, how)


def _invalid_patterns(at: Location, schema: dict[str, Json]) -> Iterator[Mistake]:
    for place, pattern in _patterns(at, schema):
        try:
            compile_pattern(pattern)
        except PatternError as error:
            what = tr("正则表达式有误，第 {at} 个字起：{error}", at=error.position + 1, error=error)
            yield Mistake(place, what)


def _patterns(at: Location, schema: dict[str, Json]) -> Iterator[tuple[Location, str]]:
    # the metaschema has not been applied yet, so the values may be of any type
    by_pattern = schema.get("patternProperties")
    if isinstance(by_pattern, dict):
        for pattern in by_pattern:
            yield (*at, "patternProperties", pattern), pattern
    if isinstance(schema.get("pattern"), str):
        yield (*at, "pattern"), schema["pattern"]


# -- the file


def read_source(path: Path, directory: Path) -> Source:
    """Return the text of the contract at *path*; its name in messages begins with the directory's.

    Raises:
        CaseFileError: the file is a link out of *directory*, or cannot be read.
    """
    name = f"{directory.name}/{path.name}"
    if leads_outside(path, directory):
        what = tr("契约 {name} 的链接指向 {folder} 之外", name=name, folder=directory.name + "/")
        raise CaseFileError(Problem("contract-outside", what, tr("把文件放进来")))
    return textfile.read_source(path, name)


def parse_source(source: Source) -> Json:
    """Return the contract as JSON.

    Raises:
        CaseFileError: the text is not JSON.
    """
    try:
        return read_json(source.text, tr("契约"))
    except NotJsonError as error:
        if error.at is not None:
            raise CaseFileError(problem_at(source, error.at, error.fault, "")) from None
        raise CaseFileError(_syntax_problem(source, str(error))) from None


def _syntax_problem(source: Source, message: str) -> Problem:
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        span = Span(source, error.lineno, error.colno, error.lineno, error.colno + 1)
        return Problem(
            "contract-json", message, tr("改成 JSON 的写法：名字与文本用双引号，末尾没有逗号"), span
        )
    except RecursionError:
        pass
    return Problem("contract-json", f"{source.name}: {message}")


def problem_at(source: Source, at: Location, what: str, how: str) -> Problem:
    """Return the problem of a mistake, with its span in the text."""
    return Problem(
        "contract-schema",
        tr("{what}（在 {where}）", what=what, where=format_location(at)),
        how,
        _span(source, at),
    )


def _span(source: Source, at: Location) -> Span:
    """Return the position in the text at which the member of *at* begins.

    The JSON reader keeps no positions, so each member name is searched for behind the one before it. This
    is a guess: a name can also occur in a value.
    """
    position = 0
    for part in at:
        if isinstance(part, str):
            found = source.text.find(json.dumps(part, ensure_ascii=False), position)
            position = max(position, found)
    line = source.text.count("\n", 0, position) + 1
    column = position - source.text.rfind("\n", 0, position)
    return Span(source, line, column, line, column + 1)
