"""Compiles a contract into one function that returns whether a document matches it.

Nearly all replies are right, and for those this is several times as fast as a validator that can explain its
answer (figures in docs/decisions.md). If the answer is no, the validator of ``schema`` finds the violations.

The answers are those of JSON Schema 2020-12 for the keywords of the table ``_KEYWORDS``. A contract with
any other assertion has no quick check. ``python -m benchmarks.contract_differences`` compares the answers
with two other implementations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from framework.base.jsonpath import Json
from framework.checks.contract_text import ANNOTATIONS
from framework.checks.equality import identity, is_number, same
from framework.checks.multiples import is_multiple
from framework.checks.regex import compile_pattern

Check = Callable[[Json], bool]
Follow = Callable[[str], tuple[Json, "Follow"]]
"""Returns the schema that a ``$ref`` names, and how to follow the references inside it."""
Schema = Mapping[str, Json]
Wrap = Callable[[Check], Check]


class UnknownKeywordError(Exception):
    """The contract uses a keyword that the quick check does not know."""


def quick_check(schema: Json, follow: Follow, wrap: Wrap | None = None) -> Check | None:
    """Return the check, or None if the contract uses a keyword outside the table.

    *wrap* is applied to the check of each schema that a ``$ref`` names, so that a caller can remember
    answers.
    """
    try:
        return _Compiler(follow, {}, wrap).compile(schema)
    except UnknownKeywordError:
        return None


class _Compiler:
    """Compiles the schemas of one file; the checks of all files are shared through *targets*."""

    def __init__(
        self, follow: Follow, targets: dict[int, tuple[Json, list[Check]]], wrap: Wrap | None
    ) -> None:
        self.follow = follow
        self.wrap = wrap
        # Keyed by the identity of the schema. The schema is kept, because a freed identity may be used again.
        self.targets = targets

    def compile(self, schema: Json) -> Check:
        if isinstance(schema, bool):
            return _accept_all if schema else _reject_all
        unknown = [key for key in schema if key not in _KEYWORDS and not _is_silent(key)]
        if unknown:
            raise UnknownKeywordError(unknown)
        checks = [_KEYWORDS[key](value, schema, self) for key, value in schema.items() if key in _KEYWORDS]
        return _all(checks)

    def compile_reference(self, ref: str) -> Check:
        """Compile the schema that *ref* names, once."""
        schema, follow = self.follow(ref)
        known = self.targets.get(id(schema))
        if known is None:
            known = self.targets[id(schema)] = (schema, [])
            check = _Compiler(follow, self.targets, self.wrap).compile(schema)
            known[1].append(self.wrap(check) if self.wrap else check)
        cell = known[1]
        # A schema that refers to itself gets here before its check exists; the check is in the cell later.
        return cell[0] if cell else lambda value: cell[0](value)  # noqa: PLW0108


Keyword = Callable[[Json, Schema, _Compiler], Check]
"""Compiles a keyword from its value and the schema around it, which some keywords depend on."""


def _accept_all(_value: Json) -> bool:
    return True


def _reject_all(_value: Json) -> bool:
    return False


def _all(checks: list[Check]) -> Check:
    # most schemas have one or two keywords, and a loop would cost more than their checks
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) and second(value)

    def check(value: Json) -> bool:
        for one in checks:  # noqa: SIM110 - a generator would cost more than the checks
            if not one(value):
                return False
        return True

    return check


# -- any value

_TYPE_TESTS: Final[Mapping[str, Check]] = {
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int or (isinstance(value, float) and value.is_integer()),
    "number": is_number,
    "boolean": lambda value: type(value) is bool,
    "array": lambda value: type(value) is list,
    "object": lambda value: type(value) is dict,
    "null": lambda value: value is None,
}


def _type(names: str | list[str], _schema: Schema, _compiler: _Compiler) -> Check:
    if isinstance(names, str):
        return _TYPE_TESTS[names]
    tests = [_TYPE_TESTS[name] for name in names]
    return lambda value: any(test(value) for test in tests)


def _const(wanted: Json, _schema: Schema, _compiler: _Compiler) -> Check:
    return lambda value: same(value, wanted)


def _enum(choices: list[Json], _schema: Schema, _compiler: _Compiler) -> Check:
    known = frozenset(map(identity, choices))
    return lambda value: identity(value) in known


def _ref(ref: str, _schema: Schema, compiler: _Compiler) -> Check:
    return compiler.compile_reference(ref)


def _all_of(branches: list[Json], _schema: Schema, compiler: _Compiler) -> Check:
    return _all([compiler.compile(branch) for branch in branches])


def _any_of(branches: list[Json], _schema: Schema, compiler: _Compiler) -> Check:
    checks = [compiler.compile(branch) for branch in branches]
    return lambda value: any(check(value) for check in checks)


def _one_of(branches: list[Json], _schema: Schema, compiler: _Compiler) -> Check:
    checks = [compiler.compile(branch) for branch in branches]
    return lambda value: sum(check(value) for check in checks) == 1


def _not(schema: Json, _schema: Schema, compiler: _Compiler) -> Check:
    check = compiler.compile(schema)
    return lambda value: not check(value)


def _if(schema: Json, around: Schema, compiler: _Compiler) -> Check:
    condition = compiler.compile(schema)
    then = compiler.compile(around.get("then", True))
    otherwise = compiler.compile(around.get("else", True))
    return lambda value: then(value) if condition(value) else otherwise(value)


# -- numbers and texts


def _numeric(compare: Callable[[float, float], bool]) -> Keyword:
    def compile_limit(limit: float, _schema: Schema, _compiler: _Compiler) -> Check:
        # Python compares an int with a float exactly, also beyond 2 ** 53
        return lambda value: not is_number(value) or compare(value, limit)

    return compile_limit


def _sized(
    kind: type[str] | type[list[Json]] | type[dict[str, Json]], compare: Callable[[float, float], bool]
) -> Keyword:
    def compile_limit(limit: float, _schema: Schema, _compiler: _Compiler) -> Check:
        return lambda value: not isinstance(value, kind) or compare(len(value), limit)

    return compile_limit


def _multiple_of(divisor: float, _schema: Schema, _compiler: _Compiler) -> Check:
    return lambda value: not is_number(value) or is_multiple(value, divisor)


def _pattern(pattern: str, _schema: Schema, _compiler: _Compiler) -> Check:
    search = compile_pattern(pattern).search
    return lambda value: type(value) is not str or search(value)


# -- objects and arrays


def _required(names: list[str], _schema: Schema, _compiler: _Compiler) -> Check:
    wanted = frozenset(names)
    return lambda value: type(value) is not dict or value.keys() >= wanted


def _properties(schemas: Mapping[str, Json], _schema: Schema, compiler: _Compiler) -> Check:
    checks = [(name, compiler.compile(schema)) for name, schema in schemas.items()]

    def check(value: Json) -> bool:
        if type(value) is dict:
            for name, inner in checks:
                if name in value and not inner(value[name]):
                    return False
        return True

    return check


def _pattern_properties(schemas: Mapping[str, Json], _schema: Schema, compiler: _Compiler) -> Check:
    checks = [
        (compile_pattern(pattern).search, compiler.compile(schema)) for pattern, schema in schemas.items()
    ]
    return lambda value: (
        type(value) is not dict
        or all(inner(item) for search, inner in checks for key, item in value.items() if search(key))
    )


def _additional(schema: Json, around: Schema, compiler: _Compiler) -> Check:
    known = frozenset(around.get("properties", ()))
    inner = compiler.compile(schema)
    searches = [compile_pattern(pattern).search for pattern in around.get("patternProperties", ())]
    if schema is False and not searches:
        # the usual case: a closed object
        return lambda value: type(value) is not dict or value.keys() <= known
    return lambda value: (
        type(value) is not dict
        or all(
            inner(item)
            for key, item in value.items()
            if key not in known and not any(search(key) for search in searches)
        )
    )


def _property_names(schema: Json, _schema: Schema, compiler: _Compiler) -> Check:
    inner = compiler.compile(schema)
    return lambda value: type(value) is not dict or all(map(inner, value))


def _items(schema: Json, around: Schema, compiler: _Compiler) -> Check:
    inner = compiler.compile(schema)
    skip = len(around.get("prefixItems", ()))
    if not skip:
        return lambda value: type(value) is not list or all(map(inner, value))
    return lambda value: type(value) is not list or all(map(inner, value[skip:]))


def _prefix_items(schemas: list[Json], _schema: Schema, compiler: _Compiler) -> Check:
    checks = [compiler.compile(schema) for schema in schemas]
    return lambda value: (
        type(value) is not list or all(check(item) for check, item in zip(checks, value, strict=False))
    )


def _unique_items(wanted: bool, _schema: Schema, _compiler: _Compiler) -> Check:
    if not wanted:
        return _accept_all
    return lambda value: type(value) is not list or len(set(map(identity, value))) == len(value)


_KEYWORDS: Final[dict[str, Keyword]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "minimum": _numeric(lambda value, limit: value >= limit),
    "maximum": _numeric(lambda value, limit: value <= limit),
    "exclusiveMinimum": _numeric(lambda value, limit: value > limit),
    "exclusiveMaximum": _numeric(lambda value, limit: value < limit),
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "minLength": _sized(str, lambda size, limit: size >= limit),
    "maxLength": _sized(str, lambda size, limit: size <= limit),
    "minItems": _sized(list, lambda size, limit: size >= limit),
    "maxItems": _sized(list, lambda size, limit: size <= limit),
    "minProperties": _sized(dict, lambda size, limit: size >= limit),
    "maxProperties": _sized(dict, lambda size, limit: size <= limit),
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "items": _items,
    "prefixItems": _prefix_items,
    "uniqueItems": _unique_items,
}
_SILENT: Final = (ANNOTATIONS | {"$defs", "definitions", "then", "else", "contentSchema"}) - {
    "$schema",
    "$id",
    "$dynamicAnchor",
}
"""Keywords that assert nothing by themselves. The three left out change how references are followed."""


def _is_silent(key: str) -> bool:
    return key in _SILENT or key.startswith("x-")
