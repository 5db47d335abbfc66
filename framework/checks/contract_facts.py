"""Finds the JSON types that a contract already guarantees for a place in a reply.

Only certain facts count: members that are required at every level, items of lists, and the keyword ``type``.
"""

from __future__ import annotations

from collections.abc import Sequence

from framework.base.jsonpath import Json
from framework.checks.quick import Follow
from framework.checks.schema import CompiledContract


def types_at(contract: CompiledContract, steps: Sequence[int | str | None]) -> frozenset[str] | None:
    """Return the JSON types that *contract* allows at the place, or None if that is not certain.

    *steps* lead to the place: member names, indexes, and None for every item of a list.
    """
    schema, follow = _dereferenced(*contract.root())
    for step in steps:
        schema, follow = _dereferenced(_inner_schema(schema, step), follow)
    types = schema.get("type") if isinstance(schema, dict) else None
    if types is None:
        return None
    return frozenset([types] if isinstance(types, str) else types)


def _dereferenced(schema: Json, follow: Follow) -> tuple[Json, Follow]:
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        schema, follow = follow(schema["$ref"])
    return schema, follow


def _inner_schema(schema: Json, step: int | str | None) -> Json:
    """Return the schema of a required member or of the items of a list, or None."""
    if not isinstance(schema, dict):
        return None
    if isinstance(step, str):
        is_required = step in schema.get("required", ())
        return schema.get("properties", {}).get(step) if is_required else None
    return None if "prefixItems" in schema else schema.get("items")
