"""Makes documents for a contract: likely to keep it, or different from such a document in one place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from benchmarks.contract_schemas import (
    EXTREME,
    LARGE,
    LOOKALIKES,
    NAMES,
    NUMBERS,
    TEXTS,
    Json,
    Schema,
    SchemaMaker,
    random_value,
)

BEYOND_QUICK = (
    "$dynamicRef",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
)


class DocumentMaker:
    """Makes documents that are likely to keep a contract: nothing else depends on whether they do."""

    def __init__(self, rng: Random, root: Json) -> None:
        self.rng = rng
        self.root = root

    def document(self) -> Json:
        return self.value(self.root, 6)

    def value(self, schema: Json, depth: int) -> Json:
        rng = self.rng
        if isinstance(schema, bool) or depth <= 0:
            return random_value(rng, 1)
        wanted = self.merged(schema, 4)
        if "const" in wanted:
            return copy.deepcopy(wanted["const"])
        if "enum" in wanted:
            return copy.deepcopy(rng.choice(wanted["enum"]))
        kind = self.kind(wanted)
        if kind == "object":
            return self.members(wanted, depth)
        if kind == "array":
            return self.items(wanted, depth)
        if kind in ("number", "integer"):
            return self.number(wanted)
        if kind == "string":
            return rng.choice(TEXTS)
        return {"null": None, "boolean": rng.random() < 0.5}.get(kind, random_value(rng, 1))

    def merged(self, schema: Json, depth: int) -> dict[str, Json]:
        """Return the keywords of *schema* with those of the schemas that judge the same value."""
        if not isinstance(schema, dict):
            return {}
        wanted = dict(schema)
        if depth == 0:
            return wanted
        others: list[Json] = list(schema.get("allOf", ()))
        others += [self.rng.choice(schema[key]) for key in ("anyOf", "oneOf") if key in schema]
        others += [schema[key] for key in self.rng.sample(("then", "else"), 1) if key in schema]
        others += [self.referred(schema[key]) for key in ("$ref", "$dynamicRef") if key in schema]
        for other in others:
            for key, value in self.merged(other, depth - 1).items():
                both_maps = isinstance(value, dict) and isinstance(wanted.get(key), dict)
                wanted[key] = {**value, **wanted[key]} if both_maps else wanted.get(key, value)
        return wanted

    def referred(self, ref: str) -> Json:
        name = ref.removeprefix("#/$defs/").replace("~1", "/")
        return self.root if ref == "#" else self.root["$defs"][name]

    def kind(self, wanted: Schema) -> str:
        named = wanted.get("type")
        if named is not None:
            return self.rng.choice([named] if isinstance(named, str) else named)
        likely = []
        if wanted.keys() & SchemaMaker.object_makers.keys():
            likely.append("object")
        if wanted.keys() & SchemaMaker.array_makers.keys():
            likely.append("array")
        if wanted.keys() & {"pattern", "minLength", "maxLength"}:
            likely.append("string")
        if wanted.keys() & {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}:
            likely.append("number")
        return self.rng.choice(likely) if likely else "any"

    def members(self, wanted: Schema, depth: int) -> Json:
        rng = self.rng
        properties = wanted.get("properties", {})
        names = [*wanted.get("required", ()), *(name for name in properties if rng.random() < 0.7)]
        if rng.random() < 0.3:
            names.append(rng.choice(NAMES))
        other = wanted.get("additionalProperties", wanted.get("unevaluatedProperties", True))
        return {name: self.value(properties.get(name, other), depth - 1) for name in names}

    def items(self, wanted: Schema, depth: int) -> Json:
        rng = self.rng
        if wanted.get("uniqueItems") and rng.random() < 0.3:
            alike = rng.choice((LOOKALIKES, LOOKALIKES[6:10], LOOKALIKES[10:]))
            return copy.deepcopy(rng.choices(alike, k=rng.randint(2, 4)))
        made = [self.value(schema, depth - 1) for schema in wanted.get("prefixItems", ())]
        rest = wanted.get("items", wanted.get("contains", wanted.get("unevaluatedItems", True)))
        if rest is not False:
            made += [self.value(rest, depth - 1) for _ in range(rng.randint(0, 3))]
        return made

    def number(self, wanted: Schema) -> Json:
        rng = self.rng
        limits = [wanted[key] for key in ("minimum", "maximum") if key in wanted]
        divisor = wanted.get("multipleOf")
        if divisor is not None and abs(divisor) < 1e15:
            # as a person writes it: the shortest decimal fraction
            return rng.choice((divisor, divisor * 3, round(divisor * rng.randint(-500, 500), 7), *limits))
        return rng.choice(limits or (NUMBERS + LARGE))


def mutated(rng: Random, document: Json) -> Json:
    """Return a copy of *document* that differs in one place."""
    document = copy.deepcopy(document)
    places = list(_places(document))
    if not places or rng.random() < 0.1:
        return _changed(rng, document)
    container, key = rng.choice(places)
    choice = rng.random()
    if choice < 0.15:
        del container[key]
    elif choice < 0.3 and isinstance(container, list):
        container.insert(rng.randint(0, len(container)), copy.deepcopy(container[key]))
    elif choice < 0.3:
        container[rng.choice(NAMES)] = container[key]
    else:
        container[key] = _changed(rng, container[key])
    return document


def _places(value: Json) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _changed(rng: Random, value: Json) -> Json:
    """Return a value near *value*: the same number as a float, one more, a text with one more character."""
    if rng.random() < 0.04:
        return rng.choice(EXTREME)
    near: list[Json] = [random_value(rng, 1)]
    if isinstance(value, bool):
        near += [int(value), not value]
    elif isinstance(value, int):
        near += [value + 1, value - 1, value * 10**20, bool(value)]
        near += [float(value)] if abs(value) < 10**300 else []
    elif isinstance(value, float):
        near += [value + 0.01, value * 3, -value]
        near += [int(value)] if value.is_integer() else []
    elif isinstance(value, str):
        near += [value + rng.choice(TEXTS), value[1:], value + "\n"]
    elif isinstance(value, list):
        near += [[*value, *value], [value]]
    elif isinstance(value, dict):
        near += [{**value, rng.choice(NAMES): None}, [value]]
    return rng.choice(near)


def pairs(seed: int) -> Iterator[tuple[Json, list[Json]]]:
    """Yield contracts without end, each with documents; the same ones for the same *seed*.

    Every second contract has only keywords that the quick check knows.
    """
    rng = Random(seed)
    while True:
        for without in ((), BEYOND_QUICK):
            schema = SchemaMaker(rng, without).document_schema()
            maker = DocumentMaker(rng, schema)
            likely = [maker.document(), maker.document()]
            near_misses = [mutated(rng, document) for document in likely]
            yield schema, [*likely, *near_misses, random_value(rng)]
