"""Recognizes a contract that is certainly valid JSON Schema, without the package jsonschema.

Nearly all contracts are valid. For those this saves each process of a run the import of the package and the
metaschema, 25 ms of CPU time. The metaschema judges all others, and explains the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from framework.base.jsonpath import Json
from framework.checks.contract_text import subschemas

_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


def is_certainly_valid(schema: Json) -> bool:
    """Return whether *schema* uses only keywords of the table, each with a value that it can have."""
    return all(
        isinstance(inner, bool)
        or (isinstance(inner, dict) and all(_may_have(key, value) for key, value in inner.items()))
        for _, inner in subschemas(schema)
    )


def _may_have(keyword: str, value: Json) -> bool:
    allows = _VALUES.get(keyword)
    return keyword.startswith("x-") if allows is None else allows(value)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_count(value: Json) -> bool:
    return type(value) is int and value >= 0


def _is_number(value: Json) -> bool:
    return type(value) in (int, float)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


def _is_object(value: Json) -> bool:
    return isinstance(value, dict)


def _is_schema(value: Json) -> bool:
    return isinstance(value, (bool, dict))


def _are_schemas(value: Json) -> bool:
    return isinstance(value, list) and len(value) > 0


def _are_names(value: Json) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_type(value: Json) -> bool:
    names = value if isinstance(value, list) else [value]
    return len(names) > 0 and _are_names(names) and _TYPES.issuperset(names)


_VALUES: Final[Mapping[str, Callable[[Json], bool]]] = {
    **dict.fromkeys(("$schema", "$ref", "$comment", "title", "description", "pattern"), _is_text),
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _is_count),
    **dict.fromkeys(("maxProperties", "minProperties", "maxContains", "minContains"), _is_count),
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), _is_number),
    **dict.fromkeys(("deprecated", "readOnly", "writeOnly", "uniqueItems"), _is_flag),
    **dict.fromkeys(("enum", "examples"), _is_list),
    **dict.fromkeys(("const", "default"), lambda _value: True),
    **dict.fromkeys(("items", "additionalProperties", "propertyNames", "contains"), _is_schema),
    **dict.fromkeys(("not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties"), _is_schema),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _are_schemas),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), _is_object),
    "type": _is_type,
    "required": _are_names,
    "dependentRequired": lambda value: _is_object(value) and all(map(_are_names, value.values())),
    "multipleOf": lambda value: _is_number(value) and value > 0,
}
