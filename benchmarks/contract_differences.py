"""Compares three judges of the same contracts and documents: the harness, jsonschema and jsonschema-rs.

``python -m benchmarks.contract_differences --pairs 20000 --seed 1`` prints how often they differ,
and why. It ends with 1 if a difference has no row in ``DEVIATIONS``.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from math import isinf
from typing import Any

import jsonschema
import jsonschema.validators
import jsonschema_rs
from jsonschema.exceptions import ValidationError
from referencing import Registry

from benchmarks.contract_documents import pairs
from benchmarks.contract_schemas import PATTERNS, Json
from framework.checks.contract_text import mistakes
from framework.checks.schema import CompiledContract

Answer = bool | str
"""Whether the document keeps the contract, or the name of the error that the judge raised."""
Judge = Callable[[Json], bool]


# -- how the stock judges are brought to our dialect, with none of the harness's own code


def respelled(schema: Json, spell: Callable[[str], str]) -> Json:
    """Return *schema* with each of its patterns replaced by what *spell* returns for it."""
    if isinstance(schema, list):
        return [respelled(item, spell) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: respelled(value, spell) for key, value in schema.items()}
    if isinstance(made.get("pattern"), str):
        made["pattern"] = spell(made["pattern"])
    if "patternProperties" in made:
        by_pattern = made["patternProperties"].items()
        made["patternProperties"] = {spell(pattern): inner for pattern, inner in by_pattern}
    return made


def in_python_syntax(schema: Json) -> Json:
    return respelled(schema, lambda pattern: PATTERNS[pattern][0] if pattern in PATTERNS else pattern)


def in_ecma_syntax(schema: Json) -> Json:
    return respelled(schema, lambda pattern: PATTERNS[pattern][1] if pattern in PATTERNS else pattern)


def without_empty_patterns(schema: Json) -> Json:
    return respelled(schema, lambda pattern: pattern or "(?:)")


def is_decimal_multiple(instance: Json, divisor: float) -> bool:
    """Return whether *instance*, as JSON writes it, is a multiple of *divisor*, or no number at all."""
    if isinstance(instance, bool) or not isinstance(instance, (int, float)):
        return True
    with localcontext() as context:
        context.prec = 2000  # enough for 10**400 and 5e-324 together
        value = Decimal(str(instance))
        return value.is_finite() and value % Decimal(str(divisor)) == 0


def decimal_multiple_of(
    _validator: Any, divisor: float, instance: Json, _schema: Json
) -> Iterator[ValidationError]:
    if not is_decimal_multiple(instance, divisor):
        yield ValidationError("")


class DecimalMultipleOf:
    """The same for jsonschema-rs."""

    def __init__(self, _schema: Json, divisor: float, _path: Any) -> None:
        self.divisor = divisor

    def validate(self, instance: Json) -> None:
        if not is_decimal_multiple(instance, self.divisor):
            raise ValueError


def strict_unique_items(
    _validator: Any, wanted: bool, instance: Json, _schema: Json
) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list):
        couples = itertools.combinations(instance, 2)
        if any(jsonschema.Draft202012Validator({"const": one}).is_valid(other) for one, other in couples):
            yield ValidationError("")


def has_infinite(value: Json) -> bool:
    return any(isinstance(leaf, float) and isinf(leaf) for leaf in leaves(value))


def has_lone_surrogate(value: Json) -> bool:
    return any(
        "\ud800" <= character <= "\udfff"
        for leaf in leaves(value)
        if isinstance(leaf, str)
        for character in leaf
    )


def leaves(value: Json) -> Iterator[Json]:
    """Yield the scalars of *value*, names of members included."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


# -- the table


def same(value: Json) -> Json:
    return value


@dataclass(frozen=True, eq=False)
class Deviation:
    """A known kind of difference. It is recognized by an adapted judge, which must agree with the harness.

    ``schema``: how the contract is changed for it. ``keywords``: functions that judge these keywords
    instead of its own. ``excluded``: documents that the judge cannot read.
    """

    judge: str
    name: str
    reason: str
    schema: Callable[[Json], Json] = same
    keywords: Mapping[str, Any] = field(default_factory=dict)
    excluded: Callable[[Json], bool] = lambda _document: False


DEVIATIONS = (
    Deviation(
        "jsonschema",
        "patterns",
        r"rule 14 of the case language: \d \w \s \b are ASCII, $ is the end of the text only",
        schema=in_python_syntax,
    ),
    Deviation(
        "jsonschema",
        "multipleOf",
        "jsonschema divides doubles: 4.02 is no multiple of 0.01, and 1e400 an error; ours is decimal",
        keywords={"multipleOf": decimal_multiple_of},
    ),
    Deviation(
        "jsonschema",
        "uniqueItems",
        "jsonschema compares neighbours after sorting, and so accepts [[1], [true], [1]]; ours refuses it",
        keywords={"uniqueItems": strict_unique_items},
    ),
    Deviation(
        "jsonschema",
        "empty pattern",
        "jsonschema overlooks an empty pattern of patternProperties when it judges additionalProperties",
        schema=without_empty_patterns,
    ),
    Deviation(
        "jsonschema-rs",
        "patterns",
        r"rule 14: Python's syntax ((?P<x>), \Z, inline flags); ASCII \s; a dot is all but a line feed",
        schema=in_ecma_syntax,
    ),
    Deviation(
        "jsonschema-rs",
        "large multipleOf",
        "jsonschema-rs takes the double nearest to 1e30, not 10 ** 30, for 1e30 under multipleOf",
        keywords={"multipleOf": DecimalMultipleOf},
    ),
    Deviation(
        "jsonschema-rs",
        "infinite number",
        "jsonschema-rs reads a number beyond a double (1e400 in a reply) as null, and so may accept it",
        excluded=has_infinite,
    ),
    Deviation(
        "jsonschema-rs",
        "lone surrogate",
        "jsonschema-rs raises UnicodeEncodeError for half of a surrogate pair (\\ud800 in a reply)",
        excluded=has_lone_surrogate,
    ),
)


class Judges:
    """The judges of one contract."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self.contract = CompiledContract("generated", schema, Registry())
        self.quick = self.contract._quick
        self._made: dict[tuple[Deviation, ...] | str, Judge] = {}

    def ours(self, document: Json) -> Answer:
        return answer(lambda value: not self.contract.violations(value), document)

    def stock(self, name: str, document: Json) -> Answer:
        if name not in self._made:
            self._made[name] = made(lambda: built(name, self.schema, ()))
        return answer(self._made[name], document)

    def adapted(self, name: str, rows: tuple[Deviation, ...], document: Json) -> Answer:
        if rows not in self._made:
            self._made[rows] = made(lambda: built(name, self.schema, rows))
        return answer(self._made[rows], document)

    def explanation(self, name: str, document: Json, expected: Answer) -> str | None:
        """Return the rows that explain why the judge *name* does not give the answer *expected*, or None."""
        rows = [row for row in DEVIATIONS if row.judge == name]
        for row in rows:
            if row.excluded(document):
                return row.name
        # first each row by itself, then two together, …
        for size in range(1, len(rows) + 1):
            for chosen in itertools.combinations(rows, size):
                if self.adapted(name, chosen, document) == expected:
                    return " + ".join(row.name for row in chosen)
        return None


def built(name: str, schema: Json, rows: tuple[Deviation, ...]) -> Judge:
    keywords: dict[str, Any] = {}
    for row in rows:
        keywords |= row.keywords
        schema = row.schema(schema)
    if name == "jsonschema-rs":
        return jsonschema_rs.Draft202012Validator(schema, keywords=keywords or None).is_valid
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, keywords)(schema).is_valid


def made(build: Callable[[], Judge]) -> Judge:
    """Return the judge, or one that raises for every document what making it raised."""
    try:
        return build()
    except Exception as error:  # a contract that a judge refuses is a difference too
        refusal = error

    def refuse(_document: Json) -> bool:
        raise refusal

    return refuse


def answer(judge: Judge, document: Json) -> Answer:
    try:
        return bool(judge(document))
    except Exception as error:  # an error is an answer that differs
        return type(error).__name__


# -- the comparison


@dataclass
class Comparison:
    """``explained`` counts differences by judge and reason; ``unexplained`` holds the others as they are."""

    pairs: int = 0
    contracts: int = 0
    kept: int = 0
    quick: int = 0
    explained: Counter[tuple[str, str]] = field(default_factory=Counter)
    unexplained: list[tuple[str, Answer, Answer, Json, Json]] = field(default_factory=list)

    def count(self, judges: Judges, document: Json) -> None:
        ours = judges.ours(document)
        self.pairs += 1
        self.kept += ours is True
        if judges.quick is not None:
            self.quick += 1
            self.expect(judges, document, ours, "quick check", answer(judges.quick, document))
        for name in ("jsonschema", "jsonschema-rs"):
            self.expect(judges, document, ours, name, judges.stock(name, document))

    def expect(self, judges: Judges, document: Json, ours: Answer, name: str, theirs: Answer) -> None:
        if ours == theirs and isinstance(ours, bool):
            return
        explanation = judges.explanation(name, document, ours) if isinstance(ours, bool) else None
        if explanation is None:
            self.unexplained.append((name, ours, theirs, judges.schema, document))
        else:
            self.explained[name, explanation] += 1


def compare(number: int, seed: int) -> Comparison:
    """Compare the judges on at least *number* pairs of a contract and a document."""
    comparison = Comparison()
    for schema, documents in pairs(seed):
        if comparison.pairs >= number:
            break
        if any(mistakes(schema)):
            continue  # the harness refuses such a contract before any reply is judged
        judges = Judges(schema)
        comparison.contracts += 1
        for document in documents:
            comparison.count(judges, document)
    return comparison


def table(comparison: Comparison) -> str:
    lines = [
        f"{comparison.pairs} pairs from {comparison.contracts} contracts.",
        f"In {comparison.kept} of them the document keeps the contract.",
        f"The quick check judged {comparison.quick} of them.",
        "",
        "| judge | difference | pairs |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {reason} | {n} |" for (name, reason), n in sorted(comparison.explained.items())]
    lines.append(f"| all | not in the table | {len(comparison.unexplained)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    comparison = compare(options.pairs, options.seed)
    print(table(comparison))
    for name, ours, theirs, schema, document in comparison.unexplained[:10]:
        print(f"\n{name}: {theirs}, ours: {ours}\n  contract: {schema!a}\n  document: {document!a}")
    return 1 if comparison.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
