"""Finds the violations of a contract with jsonschema, some of whose keywords are replaced.

No other module imports jsonschema.

``pattern``, ``patternProperties`` and the keywords that depend on it use the regular expressions of the
case language (rule 14). ``multipleOf`` is decimal and ``uniqueItems`` exact, unlike jsonschema's: see
benchmarks/contract_differences.py. The other keywords are replaced only so that an error names its member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from framework.base.jsonpath import Json
from framework.checks.contract_unevaluated import unevaluated_names
from framework.checks.equality import identity, is_number
from framework.checks.multiples import is_multiple
from framework.checks.regex import compile_pattern

Errors = Iterator[ValidationError]
# The errors carry no text, because contract_words makes it from the keyword. If a member is missing or
# extra, the message is its name.

_FALSE_SCHEMA: Final[Any] = None
"""The keyword that jsonschema reports for the schema ``false``."""


def _pattern(_validator: Any, pattern: str, instance: Json, _schema: Json) -> Errors:
    if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
        yield ValidationError("")


def _multiple_of(_validator: Any, divisor: float, instance: Json, _schema: Json) -> Errors:
    if is_number(instance) and not is_multiple(instance, divisor):
        yield ValidationError("")


def _unique_items(_validator: Any, wanted: bool, instance: Json, _schema: Json) -> Errors:
    if not wanted or not isinstance(instance, list):
        return
    different = set(map(identity, instance))
    if len(different) < len(instance):
        yield ValidationError("")


def _pattern_properties(validator: Any, schemas: Mapping[str, Json], instance: Json, _schema: Json) -> Errors:
    if not isinstance(instance, dict):
        return
    for pattern, inner in schemas.items():
        for name in filter(compile_pattern(pattern).search, instance):
            yield from _member_errors(validator, inner, instance, name)


def _properties(validator: Any, schemas: Mapping[str, Json], instance: Json, _schema: Json) -> Errors:
    if not isinstance(instance, dict):
        return
    for name, inner in schemas.items():
        if name in instance:
            yield from _member_errors(validator, inner, instance, name)


def _member_errors(validator: Any, inner: Json, instance: Mapping[str, Json], name: str) -> Errors:
    if inner is False:
        # jsonschema's own way loses the name of the member here
        yield ValidationError("", validator=_FALSE_SCHEMA, path=(name,), instance=instance[name])
    else:
        yield from validator.descend(instance[name], inner, path=name, schema_path=name)


def _additional_properties(validator: Any, inner: Json, instance: Json, schema: Mapping[str, Json]) -> Errors:
    if not isinstance(instance, dict):
        return
    declared = schema.get("properties", ())
    searches = [compile_pattern(pattern).search for pattern in schema.get("patternProperties", ())]
    for name, member in instance.items():
        if name in declared or any(search(name) for search in searches):
            continue
        if inner is False:
            yield ValidationError(name)
        else:
            yield from validator.descend(member, inner, path=name)


def _required(_validator: Any, names: Iterable[str], instance: Json, _schema: Json) -> Errors:
    if isinstance(instance, dict):
        yield from (ValidationError(name) for name in names if name not in instance)


def _dependent_required(
    _validator: Any, names: Mapping[str, list[str]], instance: Json, _schema: Json
) -> Errors:
    if not isinstance(instance, dict):
        return
    for present, needed in names.items():
        if present in instance:
            yield from (ValidationError(name) for name in needed if name not in instance)


def _unevaluated_properties(
    validator: Any, inner: Json, instance: Json, schema: Mapping[str, Json]
) -> Errors:
    if not isinstance(instance, dict):
        return
    for name in unevaluated_names(validator, schema, instance):
        if next(validator.descend(instance[name], inner), None) is not None:
            yield ValidationError("")
            return


_KEYWORDS: Final = {
    "pattern": _pattern,
    "multipleOf": _multiple_of,
    "uniqueItems": _unique_items,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "required": _required,
    "dependentRequired": _dependent_required,
    "unevaluatedProperties": _unevaluated_properties,
}

_Validator: Final[Any] = extend(Draft202012Validator, _KEYWORDS)  # type: ignore[no-untyped-call]


def contract_validator(schema: Json, registry: Any) -> Any:
    """Return the validator of a contract; its method ``iter_errors`` yields the violations in a document."""
    return _Validator(schema, registry=registry, format_checker=None)


def metaschema_errors(schema: Json) -> Errors:
    """Yield the mistakes that make *schema* an invalid JSON Schema."""
    yield from Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)


def nearest_error(error: ValidationError) -> ValidationError | None:
    """Return the error of the branch that came closest, if *error* is of an anyOf or oneOf."""
    return best_match([error]) if error.context else None
