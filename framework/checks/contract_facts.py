"""What a contract already says of a place in a reply: that it is there, and of which types.

Only what is certain: members that are required all the way, items of lists, ``type`` as it stands. None means not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from framework.base.jsonpath import Json
from framework.checks.schema import CompiledContract


def types_at(contract: CompiledContract, steps: Sequence[int | str | None]) -> frozenset[str] | None:
    """Return the JSON types that *contract* allows at the place: member names, indexes, None for every item."""
    schema, follow = contract.root()
    for step in (*steps, ...):
        while isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            schema, follow = follow(schema["$ref"])
        if step is not ...:
            schema = _inside(schema, step)
        if not isinstance(schema, dict):
            return None
    said = schema.get("type")
    return frozenset([said] if isinstance(said, str) else said) if said else None


def _inside(schema: Json, step: int | str | None) -> Json:
    if not isinstance(schema, dict):
        return None
    if isinstance(step, str):
        return schema.get("properties", {}).get(step) if step in schema.get("required", ()) else None
    return schema.get("items") if "prefixItems" not in schema else None
