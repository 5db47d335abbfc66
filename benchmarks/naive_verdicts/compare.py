"""Compares the verdicts of the naive evaluator and of the harness on random pairs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.naive_verdicts.evaluator import verdict
from benchmarks.naive_verdicts.generate import VARIABLES, Pair, random_pair
from benchmarks.naive_verdicts.harness import REFUSED, harness_verdict
from benchmarks.naive_verdicts.shrink import shrunk

MOST_SHRUNK = 400
"""Shrinking one pair takes as long as judging a hundred."""

MOST_TRIES = 12


@dataclass
class Comparison:
    """``compared`` counts the pairs by the harness's verdict, ``differences`` has the pairs by kind."""

    compared: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    differences: dict[str, list[Pair]] = field(default_factory=dict)


def verdicts(pair: Pair) -> tuple[str, str]:
    """The naive evaluator's verdict and the harness's."""
    by_harness = harness_verdict(pair.checks, pair.reply, VARIABLES)
    return (REFUSED if by_harness == REFUSED else verdict(pair.checks, pair.reply, VARIABLES)), by_harness


def differs(pair: Pair) -> bool:
    naive, by_harness = verdicts(pair)
    return naive != by_harness


def compare(pairs: int, seed: int) -> Comparison:
    """Compare as many *pairs* as asked for; those refused at parse time come on top."""
    random = Random(seed)
    comparison = Comparison()
    while comparison.compared.total() < pairs:
        pair = likely_pair(random)
        naive, by_harness = verdicts(pair)
        if by_harness == REFUSED:
            comparison.refused += 1
            continue
        comparison.compared[by_harness] += 1
        if naive != by_harness:
            found = sum(len(examples) for examples in comparison.differences.values())
            smallest = shrunk(pair, differs) if found < MOST_SHRUNK else pair
            comparison.differences.setdefault(kind_of_difference(smallest), []).append(smallest)
    return comparison


def likely_pair(random: Random) -> Pair:
    """A random pair; for half of them one that passes is looked for, since most random checks fail."""
    pair = random_pair(random)
    for _ in range(random.choice([0, MOST_TRIES])):
        if verdict(pair.checks, pair.reply, VARIABLES) == "passed":
            break
        pair = random_pair(random)
    return pair


def kind_of_difference(pair: Pair) -> str:
    naive, by_harness = verdicts(pair)
    names = " ".join(_keys(pair.checks))
    return f"{names}: the manual says {naive}, the harness {by_harness}"


def _keys(checks: Any) -> Iterator[str]:
    """The matchers, without arguments, and whether each path is singular."""
    if isinstance(checks, list):
        for part in checks:
            yield from _keys(part)
    elif isinstance(checks, dict):
        for name, argument in checks.items():
            yield _plain(name)
            yield from _keys(argument)


def _plain(name: str) -> str:
    if not name.startswith("$."):
        return name
    return "$[*]" if any(sign in name for sign in "*?:") else "$"


def size(pair: Pair) -> int:
    return len(json.dumps([pair.checks, pair.reply.document], ensure_ascii=False))


def report(comparison: Comparison) -> Iterator[str]:
    by_verdict = ", ".join(f"{count:,} {name}" for name, count in sorted(comparison.compared.items()))
    total = comparison.compared.total()
    yield f"{total:,} pairs compared ({by_verdict}), {comparison.refused:,} refused at parse time"
    kinds = sorted(comparison.differences.items(), key=lambda item: -len(item[1]))
    yield f"{sum(len(examples) for _, examples in kinds):,} differences of {len(kinds):,} kinds"
    for kind, examples in kinds:
        smallest = min(examples, key=size)
        yield f"{len(examples):,} x {kind}"
        yield f"    check {json.dumps(smallest.checks, ensure_ascii=False)}"
        body = smallest.reply.body
        document = (
            json.dumps(smallest.reply.document, ensure_ascii=False) if body is None else f"not JSON: {body!r}"
        )
        yield f"    reply {document}"
