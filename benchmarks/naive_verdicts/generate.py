"""Random pairs of checks and replies, aimed at the edges: null, empty lists, wrong types, missing members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.naive_verdicts.evaluator import NaiveReply
from benchmarks.naive_verdicts.paths import kind_of, parse_path, select

NUMBERS = [0, 1, 1.0, 2, 0.5, -1, 2**53 + 1]
TIMES = ["2024-01-31 08:00:00", "2024-01-31 08:00:01", "2024-02-30 08:00:00", "2024-01-31"]
TEXTS = ["", "0", "1", "a", "ab", "b", "政策", "é", "e\u0301", "١", "a\n", *TIMES]
SCALARS = [None, True, False, *NUMBERS, *TEXTS]
EDGES = [*SCALARS, [], {}, [None], [0, 1], ["a"], [[]], {"k": None}, {"k": 1, "z": "a"}, {"z": "a", "k": 1.0}]
PATTERNS = [r"^\d+$", r"\d", "a$", "^$", "a|政", "^a", "."]
TYPES = ["string", "number", "integer", "boolean", "null", "array", "object"]
VARIABLES: dict[str, Any] = {
    "ids": [0, "0", "a"],
    "twice": [1, 1.0],
    "nothing": [],
    "one": 1,
    "word": "a",
    "null": None,
}
LIST_VARIABLES = ["${ids}", "${twice}", "${nothing}"]

SINGULAR = [
    "$",
    "$.s",
    "$.n",
    "$.o",
    "$.o.k",
    "$.o.k.z",
    "$.list",
    "$.list[0]",
    "$.list[-1]",
    "$.rows",
    "$.rows[0]",
]
SINGULAR += ["$.rows[0].n", "$.rows[1].tags", "$.missing", "$.missing.k", "$['政']", "$.s.k", "$.list[5]"]
PLURAL = [
    "$.*",
    "$.o.*",
    "$.list[*]",
    "$.list[0:2]",
    "$.rows[*]",
    "$.rows[*].n",
    "$.rows[*].t",
    "$.rows[*].tags",
]
PLURAL += [
    "$.rows[*].tags[*]",
    "$.rows[*].x",
    "$.rows[*].tags[0]",
    "$.missing[*]",
    "$.missing[*].n",
    "$.n[*]",
]
PLURAL += ["$.rows[*].o.k", "$.rows[*].x.y", "$.o[*]", "$.rows[*].t[*]"]
PLURAL += [
    "$.rows[?@.n == 1]",
    "$.rows[?@.n > 0].t",
    "$.rows[?@.t].t",
    "$.rows[?@.n != null].n",
    "$.list[?@ > 0]",
]
PLURAL += ["$.rows[?@.n <= 1].n", "$.list[?@ == 'a']", "$.rows[?@.t == 'a'].x", "$.s[?@.k]", "$.rows[?@.x].n"]
OTHERS = ["${ids}", "${nothing}", "${twice}", "${one}", "${null}", "status_code", "headers.Content-Type"]
OTHERS += ["headers.x-a", "headers.X-None", "body", "body.size"]
RELATIVE = ["n", "t", "x", "tags", "tags[*]", "tags[0]", "tags[?@ == 'a']", "id", "o.k"]
LISTS = ["unique", "sorted", "count", "sum", "all_equal", "same_sequence_as", "same_items_as", "subset_of"]
LISTS += ["superset_of", "disjoint_from"]
ANY_KIND = ["equals", "not_equals", "one_of", "none_of", "type", "absent"]
COMPARISONS = ["less_than", "at_most", "greater_than", "at_least", "between", "close_to"]
SIZES = ["contains", "not_contains", "length", "empty", "not_empty"]
FITTING = {
    "string": ["starts_with", "ends_with", "matches", "datetime", "before", "after", *SIZES],
    "number": COMPARISONS,
    "array": SIZES + LISTS,
    "object": SIZES,
    "null": [],
    "boolean": [],
}
"""Matchers besides those for any kind that can judge a value of a kind."""
RECORD_REFERENCES = ["${@.n}", "${@.t}", "${@.tags}", "${@.x}"]


@dataclass(frozen=True)
class Pair:
    checks: dict[str, Any]
    reply: NaiveReply


def random_pair(random: Random) -> Pair:
    maker = Maker(random)
    reply = maker.reply()
    return Pair(maker.lines(maker.subjects(), depth=2, document=reply.document), reply)


class Maker:
    """Makes the parts of a pair from one source of randomness."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # -- replies --

    def reply(self) -> NaiveReply:
        headers = {"Content-Type": "application/json;charset=UTF-8"}
        if self.chance(0.5):
            headers["X-A"] = self.random.choice(["a", "", "1", TIMES[0]])
        status = self.random.choice([200, 200, 200, 201, 404])
        if self.chance(0.02):
            return NaiveReply(None, self.random.choice(["", "{", "<html>"]), status, headers)
        document = self.random.choice(EDGES) if self.chance(0.05) else self.document()
        return NaiveReply(document, None, status, headers)

    def document(self) -> dict[str, Any]:
        members: dict[str, Callable[[], Any]] = {
            "s": lambda: self.random.choice(TEXTS),
            "n": lambda: self.random.choice(NUMBERS),
            "o": lambda: self.members({"k": self.scalar, "z": self.scalar}),
            "list": self.items,
            "rows": lambda: [self.edge_or(self.record, 0.06) for _ in range(self.size())],
            "政": self.scalar,
        }
        return self.members(members)

    def members(self, makers: dict[str, Callable[[], Any]]) -> dict[str, Any]:
        return {name: self.edge_or(make, 0.1) for name, make in makers.items() if not self.chance(0.1)}

    def record(self) -> dict[str, Any]:
        return self.members({"id": self.scalar, "n": self.number, "t": self.text, "tags": self.items})

    def items(self) -> list[Any]:
        make = self.random.choice([self.number, self.text, self.scalar])
        return [make() for _ in range(self.size())]

    def size(self) -> int:
        return self.random.choice([0, 1, 2, 2, 3])

    def edge_or(self, make: Callable[[], Any], probability: float) -> Any:
        return self.random.choice(EDGES) if self.chance(probability) else make()

    def scalar(self) -> Any:
        return self.random.choice(SCALARS)

    def number(self) -> Any:
        return self.random.choice(NUMBERS)

    def text(self) -> Any:
        return self.random.choice(TEXTS)

    # -- checks --

    def subjects(self) -> list[str]:
        return self.random.choices([SINGULAR, PLURAL, OTHERS], [4, 6, 1])[0]

    def lines(
        self, subjects: list[str], depth: int, document: Any, is_in_record: bool = False
    ) -> dict[str, Any]:
        """A mapping of lines as under ``validate``; rarely a combination at the place of a subject."""
        if depth and self.chance(0.1):
            name = self.random.choice(["not", "all_of", "any_of"])
            parts = [self.lines(subjects, depth - 1, document, is_in_record) for _ in range(self.parts(name))]
            return {name: parts[0] if name == "not" else parts}
        subject = self.random.choice(subjects)
        found = RECORD_VALUES[subject](self) if is_in_record else self.found(subject, document)
        if self.chance(0.1):
            value = self.wanted(found, is_in_record)
            return {subject: {"equals": value} if isinstance(value, dict) else value}
        matchers = self.matchers(depth, found, is_in_record)
        if self.chance(0.2):
            matchers["may_be_empty"] = True
        return {subject: matchers}

    def found(self, subject: str, document: Any) -> list[Any]:
        """Values that the subject selects, so that arguments sometimes fit."""
        if not subject.startswith("$") or subject.startswith("${"):
            return []
        return list(select(document, parse_path(subject[1:])).values)

    def parts(self, name: str) -> int:
        return 1 if name == "not" else self.random.choice([2, 2, 3])

    def matchers(self, depth: int, found: list[Any], is_in_record: bool) -> dict[str, Any]:
        matchers: dict[str, Any] = {}
        for _ in range(self.random.choice([1, 1, 1, 2])):
            name = self.matcher_name(depth, found)
            matchers[name] = self.argument(name, depth, found, is_in_record)
        return matchers

    def matcher_name(self, depth: int, found: list[Any]) -> str:
        if depth and self.chance(0.35):
            return self.random.choice(["not", "not", "all_of", "any_of", "any_of", "each", "each"])
        if self.chance(0.15):
            return self.random.choice(list(ARGUMENTS))
        kinds = [kind_of(value) for value in found] or [self.random.choice(list(FITTING))]
        if self.chance(0.3):
            return self.random.choice(LISTS)
        return self.random.choice(ANY_KIND + FITTING[kinds[0]])

    def argument(self, name: str, depth: int, found: list[Any], is_in_record: bool) -> Any:
        if name == "each":
            return self.lines(RELATIVE, depth - 1, None, is_in_record=True)
        if name in ("not", "all_of", "any_of"):
            parts = [self.matchers(depth - 1, found, is_in_record) for _ in range(self.parts(name))]
            return parts[0] if name == "not" else parts
        return ARGUMENTS[name](self, found, is_in_record)

    def wanted(self, found: list[Any], is_in_record: bool = False) -> Any:
        if is_in_record and self.chance(0.3):
            return self.random.choice(RECORD_REFERENCES)
        if self.chance(0.1):
            return self.random.choice(["${one}", "${word}", "${null}", "${$.n}", "${$.s}"])
        if found and self.chance(0.5):
            return self.random.choice(found)
        return self.random.choice(EDGES)

    def others(self, found: list[Any]) -> Any:
        """The argument of a relation between lists."""
        if self.chance(0.4):
            return self.random.choice([*LIST_VARIABLES, "${$.list}", "${$.rows[*].n}"])
        if self.chance(0.5):
            values = found[0] if len(found) == 1 and isinstance(found[0], list) else found
            return self.random.sample(values, len(values)) + ([self.scalar()] if self.chance(0.3) else [])
        return self.items()

    def bounds(self) -> Any:
        """The argument of ``length``, ``count`` and ``sum``."""
        number = self.random.choice([0, 1, 2, 3])
        if self.chance(0.5):
            return number
        name = self.random.choice(
            ["at_least", "at_most", "less_than", "greater_than", "equals", "not_equals"]
        )
        return {name: number}


def _time_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return maker.random.choice(
        ["${@.t}", *TIMES[:2]] if is_in_record else [*TIMES[:2], "2020-01-01 00:00:00"]
    )


def _number_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return "${@.n}" if is_in_record and maker.chance(0.3) else maker.random.choice([*NUMBERS, "${one}"])


def _text_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return "${@.t}" if is_in_record and maker.chance(0.3) else maker.random.choice([*TEXTS, "${word}"])


def _wanted_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return maker.wanted(found, is_in_record)


def _item_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    lists = [value for value in found if isinstance(value, list) and value]
    if lists and maker.chance(0.5):
        return maker.random.choice(maker.random.choice(lists))
    return maker.wanted([], is_in_record) if maker.chance(0.6) else maker.random.choice(["a", "k", "0", ""])


def _options_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return [maker.wanted(found, is_in_record) for _ in range(maker.random.choice([1, 2, 3]))]


def _others_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return "${@.tags}" if is_in_record and maker.chance(0.3) else maker.others(found)


def _true(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return True


def _between_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return sorted(maker.random.sample(NUMBERS, 2))


def _order_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    keys = maker.random.sample(["n", "t", "id", "n desc", "t desc", "x"], maker.random.choice([1, 2]))
    return maker.random.choice(["ascending", "descending", {"by": keys}])


def _bounds_argument(maker: Maker, found: list[Any], is_in_record: bool) -> Any:
    return maker.bounds()


RECORD_VALUES: dict[str, Callable[[Maker], list[Any]]] = {
    "n": lambda maker: [maker.number()],
    "t": lambda maker: [maker.text()],
    "tags": lambda maker: [maker.items()],
    "tags[*]": lambda maker: maker.items(),
    **dict.fromkeys(["x", "tags[0]", "tags[?@ == 'a']", "id", "o.k"], lambda maker: [maker.scalar()]),
}
"""What the paths relative to a record may select."""
ARGUMENTS: dict[str, Callable[[Maker, list[Any], bool], Any]] = {
    "equals": _wanted_argument,
    "not_equals": _wanted_argument,
    **dict.fromkeys(["less_than", "at_most", "greater_than", "at_least"], _number_argument),
    "between": _between_argument,
    "close_to": lambda maker, found, is_in_record: {"value": maker.random.choice([0, 1, 2]), "within": 1},
    "contains": _item_argument,
    "not_contains": _item_argument,
    "starts_with": _text_argument,
    "ends_with": _text_argument,
    "matches": lambda maker, found, is_in_record: maker.random.choice(PATTERNS),
    "one_of": _options_argument,
    "none_of": _options_argument,
    "type": lambda maker, found, is_in_record: maker.random.choice([*TYPES, maker.random.sample(TYPES, 2)]),
    "length": _bounds_argument,
    **dict.fromkeys(["empty", "not_empty", "datetime"], _true),
    **dict.fromkeys(["before", "after"], _time_argument),
    **dict.fromkeys(["unique", "all_equal"], _true),
    "sorted": _order_argument,
    "count": _bounds_argument,
    "sum": _bounds_argument,
    **dict.fromkeys(
        ["same_sequence_as", "same_items_as", "subset_of", "superset_of", "disjoint_from"], _others_argument
    ),
    "absent": _true,
}
