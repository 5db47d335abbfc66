"""Finds the members that ``unevaluatedProperties`` judges, with the regular expressions of the case language.

jsonschema's own function searches the patterns of ``patternProperties`` with Python's ``re``, which has
another meaning of ``$`` and no time limit. JSON Schema 2020-12 core, section 11.3 says which members are
evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from framework.base.jsonpath import Json
from framework.checks.regex import compile_pattern


def unevaluated_names(validator: Any, schema: Mapping[str, Json], instance: Mapping[str, Json]) -> Set[str]:
    """Return the members of *instance* that no other keyword of *schema* evaluates.

    *validator* is jsonschema's, as a keyword's function gets it.
    """
    others = {key: value for key, value in schema.items() if key != "unevaluatedProperties"}
    return instance.keys() - _evaluated_names(validator, others, instance)


def _evaluated_names(validator: Any, schema: Json, instance: Mapping[str, Json]) -> set[str]:
    """Return the members that *schema* evaluates; it must be a schema that *instance* matches."""
    if not isinstance(schema, dict):
        return set()
    if "additionalProperties" in schema or "unevaluatedProperties" in schema:
        return {*instance}
    names: set[str] = instance.keys() & schema.get("properties", {}).keys()
    for pattern in schema.get("patternProperties", ()):
        names.update(filter(compile_pattern(pattern).search, instance))
    for branch in _matching_branches(validator, schema, instance):
        names |= _evaluated_names(validator, branch, instance)
    for keyword in ("$ref", "$dynamicRef"):
        if keyword in schema:
            # jsonschema has no public way to follow a reference from inside a keyword
            resolved = validator._resolver.lookup(schema[keyword])
            target = validator.evolve(schema=resolved.contents, _resolver=resolved.resolver)
            names |= _evaluated_names(target, resolved.contents, instance)
    return names


def _matching_branches(
    validator: Any, schema: Mapping[str, Json], instance: Mapping[str, Json]
) -> Iterator[Json]:
    """Yield the schemas inside *schema* that judge the same instance and accept it."""
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            if _is_valid(validator, branch, instance):
                yield branch
    for name, branch in schema.get("dependentSchemas", {}).items():
        if name in instance:
            yield branch
    if "if" in schema:
        holds = _is_valid(validator, schema["if"], instance)
        if holds:
            yield schema["if"]
        yield schema.get("then" if holds else "else", True)


def _is_valid(validator: Any, schema: Json, instance: Json) -> bool:
    return next(validator.descend(instance, schema), None) is None
