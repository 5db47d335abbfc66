"""Makes random contracts over the keywords of JSON Schema 2020-12 that a contract may use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

Json = Any
Schema = Mapping[str, Json]

NAMES = ("a", "b", "ab", "1", "名", "a/b", "x\n", "", "😀")
TEXTS = (
    "",
    "a",
    "ab",
    "1",
    "12",
    "a\n",
    "١",
    "名",
    "青年",
    "😀",
    "😀b",
    "e\u0301",
    "\u3000",
    "a\rb",
    "a\x00",
)
NUMBERS = (0, 1, 2, 3, -1, 0.0, -0.0, 1.0, 1.5, 0.01, 0.1, 0.3, 4.02, 4.025, 19.99, 1e-7, 5e-324, 1e16, 1e300)
LARGE = (2**53, 2**53 + 1, float(2**53), 2**63, 2**64 + 1, -(2**64), 10**30, 10**30 + 1, 1e30, 10**400)
EXTREME = ("\ud800", "a\ud800", float("inf"), float("-inf"))
"""Values that Python's reader makes of a reply although no other reader does: in documents only."""
LOOKALIKES = (0, 1, 1.0, True, False, "1", [1], [1.0], [True], [[1]], {"a": 0}, {"a": 0.0}, {"a": False})
"""Values that a language may take for equal, and JSON does for some."""
DIVISORS = (1, 2, 3, 1.0, 1.5, 0.01, 0.1, 0.3, 0.5, 1e-7, 2**53, 10**30, 1e300)
PATTERNS: Mapping[str, tuple[str, str]] = {
    "": ("", ""),
    "a": ("a", "a"),
    "^a": ("^a", "^a"),
    "a$": (r"a\Z", "a$"),
    "^[ab]$": (r"^[ab]\Z", "^[ab]$"),
    "b|1": ("b|1", "b|1"),
    "[^a]": ("[^a]", "[^a]"),
    "[$]": ("[$]", "[$]"),
    r"^\d$": (r"^[0-9]\Z", "^[0-9]$"),
    r"^[\d名]+$": (r"^[0-9名]+\Z", "^[0-9名]+$"),
    r"^\D$": (r"^[^0-9]\Z", "^[^0-9]$"),
    r"\w": ("[A-Za-z0-9_]", "[A-Za-z0-9_]"),
    r"\s": (r"[ \t\n\r\f\v]", r"[ \t\n\r\f\v]"),
    r"^\S+$": (r"^[^ \t\n\r\f\v]+\Z", r"^[^ \t\n\r\f\v]+$"),
    ".": (r"[^\n]", r"[^\n]"),
    "^.$": (r"^[^\n]\Z", r"^[^\n]$"),
    "^.{2}$": (r"^[^\n]{2}\Z", r"^[^\n]{2}$"),
    "^[一-龥]+$": (r"^[一-龥]+\Z", "^[一-龥]+$"),
    r"\ba": ("(?<![A-Za-z0-9_])a", "(?<![A-Za-z0-9_])a"),
    "(?i)^A$": (r"^[Aa]\Z", "^[Aa]$"),
    r"^a\Z": (r"^(?:a)\Z", "^(?:a)$"),
    "(a)(b)?": ("(a)(b)?", "(a)(b)?"),
    "^(?!a)": ("^(?!a)", "^(?!a)"),
    "(?P<x>a)": ("(?:a)", "(?:a)"),
}
"""Patterns of the case language, each with the same meaning in the syntax of Python's re and of ECMA 262.

No two patterns have the same spelling, so they can also be keys of ``patternProperties``.
"""
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
DEFINITIONS = ("x", "y", "a/b")


class SchemaMaker:
    """Makes schemas. *without*: keywords that they do not use."""

    def __init__(self, rng: Random, without: Collection[str] = ()) -> None:
        self.rng = rng
        self.without = frozenset(without)

    def document_schema(self) -> Json:
        """Return a whole contract; its definitions may refer to each other."""
        schema = self.schema(3, DEFINITIONS)
        if isinstance(schema, bool):
            return schema
        # A definition refers in place only to later ones: a schema that is its own branch has no meaning.
        definitions = {name: self.schema(2, DEFINITIONS[at + 1 :]) for at, name in enumerate(DEFINITIONS)}
        return {**schema, "$defs": definitions}

    def schema(self, depth: int, in_place: tuple[str, ...]) -> Json:
        """Return a schema. *in_place*: the definitions that it may name for the same value."""
        rng = self.rng
        if rng.random() < 0.08:
            return rng.random() < 0.6
        made: dict[str, Json] = {}
        for _ in range(rng.choice((1, 1, 2, 3))):
            makers = [self.scalar_keywords, self.text_keywords, self.number_keywords]
            if depth > 0:
                # twice, so that half of the schemas have members, items or branches
                makers += 2 * [
                    self.object_keywords,
                    self.array_keywords,
                    lambda below: self.combinators(below, in_place),
                ]
            if in_place:
                makers.append(lambda _below: self.reference(in_place))
            made |= rng.choice(makers)(depth - 1)
        if rng.random() < 0.02:
            made |= {"format": "date", "title": "x"}
        return made

    def reference(self, names: tuple[str, ...]) -> Schema:
        keys = [key for key in ("$ref", "$dynamicRef") if key not in self.without]
        return {self.rng.choice(keys): "#/$defs/" + self.rng.choice(names).replace("/", "~1")}

    def inner(self, depth: int) -> Json:
        """Return the schema of a member or an item: it may refer to anything, to the whole contract too."""
        if self.rng.random() < 0.03:
            return {"$ref": "#"}
        return self.schema(depth, DEFINITIONS)

    def value(self) -> Json:
        return self.rng.choice(LOOKALIKES) if self.rng.random() < 0.3 else random_value(self.rng)

    def scalar_keywords(self, _depth: int) -> Schema:
        rng = self.rng
        choice = rng.random()
        if choice < 0.5:
            return {"type": rng.choice(TYPES)}
        if choice < 0.7:
            return {"type": rng.sample(TYPES, 2)}
        if choice < 0.85:
            return {"const": self.value()}
        return {"enum": [self.value() for _ in range(rng.randint(1, 4))]}

    def text_keywords(self, _depth: int) -> Schema:
        rng = self.rng
        key = rng.choice(("minLength", "maxLength", "pattern", "pattern"))
        return {key: rng.choice(sorted(PATTERNS)) if key == "pattern" else self.size()}

    def number_keywords(self, _depth: int) -> Schema:
        rng = self.rng
        key = rng.choice(
            ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "multipleOf")
        )
        if key == "multipleOf":
            return {key: rng.choice(DIVISORS)}
        return {key: rng.choice(NUMBERS + LARGE)}

    def size(self) -> Json:
        return self.rng.choice((0, 1, 1, 2, 2, 3, 2.0))

    def object_keywords(self, depth: int) -> Schema:
        return self.several(self.object_makers, depth)

    def several(
        self, makers: Mapping[str, Callable[[SchemaMaker, int], Json]], depth: int
    ) -> dict[str, Json]:
        keys = sorted(makers.keys() - self.without)
        return {key: makers[key](self, depth) for key in self.rng.sample(keys, self.rng.choice((1, 2, 2, 3)))}

    def names(self) -> list[str]:
        return self.rng.sample(NAMES, self.rng.randint(0, 2))

    def by_name(self, depth: int) -> Schema:
        return {name: self.inner(depth) for name in self.rng.sample(NAMES, self.rng.randint(1, 3))}

    def by_pattern(self, depth: int) -> Schema:
        patterns = self.rng.sample(sorted(PATTERNS), self.rng.randint(1, 2))
        return {pattern: self.inner(depth) for pattern in patterns}

    def closed_or(self, depth: int) -> Json:
        return False if self.rng.random() < 0.5 else self.inner(depth)

    def name_schema(self, _depth: int) -> Json:
        return self.rng.choice(
            ({"pattern": "^[ab]"}, {"maxLength": 1}, {"enum": ["a", "b"]}, {"minLength": 1}, False)
        )

    object_makers: Mapping[str, Callable[[SchemaMaker, int], Json]] = {
        "properties": by_name,
        "patternProperties": by_pattern,
        "additionalProperties": closed_or,
        "unevaluatedProperties": closed_or,
        "propertyNames": name_schema,
        "required": lambda self, _depth: self.names(),
        "minProperties": lambda self, _depth: self.size(),
        "maxProperties": lambda self, _depth: self.size(),
        "dependentRequired": lambda self, _depth: {name: self.names() for name in self.names()},
        "dependentSchemas": lambda self, depth: {name: self.schema(depth, ()) for name in self.names()},
    }

    def array_keywords(self, depth: int) -> Schema:
        rng = self.rng
        made = self.several(self.array_makers, depth)
        if "contains" in made and rng.random() < 0.5:
            made[rng.choice(("minContains", "maxContains"))] = self.size()
        return made

    array_makers: Mapping[str, Callable[[SchemaMaker, int], Json]] = {
        "items": closed_or,
        "prefixItems": lambda self, depth: [self.inner(depth) for _ in range(self.rng.randint(1, 2))],
        "contains": inner,
        "unevaluatedItems": closed_or,
        "uniqueItems": lambda self, _depth: self.rng.random() < 0.9,
        "minItems": lambda self, _depth: self.size(),
        "maxItems": lambda self, _depth: self.size(),
    }

    def combinators(self, depth: int, in_place: tuple[str, ...]) -> Schema:
        rng = self.rng
        key = rng.choice(("allOf", "anyOf", "oneOf", "not", "if"))
        if key == "not":
            return {key: self.schema(depth, in_place)}
        if key == "if":
            branches = rng.sample(("then", "else"), rng.randint(1, 2))
            return {name: self.schema(depth, in_place) for name in ("if", *branches)}
        return {key: [self.schema(depth, in_place) for _ in range(rng.randint(1, 3))]}


def random_value(rng: Random, depth: int = 2) -> Json:
    """Return any JSON value as Python's reader makes it."""
    choice = rng.random()
    if depth > 0 and choice < 0.2:
        return [random_value(rng, depth - 1) for _ in range(rng.randint(0, 3))]
    if depth > 0 and choice < 0.4:
        return {rng.choice(NAMES): random_value(rng, depth - 1) for _ in range(rng.randint(0, 3))}
    if choice < 0.6:
        return rng.choice(TEXTS)
    if choice < 0.9:
        return rng.choice(NUMBERS if rng.random() < 0.8 else LARGE)
    return rng.choice((None, True, False))
