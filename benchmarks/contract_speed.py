"""Measures the cost of judging a right reply by the project's contract: ours, jsonschema, jsonschema-rs.

``python -m benchmarks.contract_speed``. In each round the judges take turns; the figures
are medians of CPU time.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs

from benchmarks.replies import SIZES, bodies, contract
from framework.checks.regex import compile_pattern
from framework.checks.schema import Contracts

ROOT = Path(__file__).parents[1]
ROUNDS = 15
LEAST_SECONDS = 0.05
"""How long a judge is measured in one round."""

Judge = Callable[[Any], bool]


class OurPattern:
    """The keyword ``pattern`` for jsonschema-rs, with the expressions of the case language, in Python."""

    def __init__(self, _schema: Any, pattern: str, _path: Any) -> None:
        self.search = compile_pattern(pattern).search

    def validate(self, instance: Any) -> None:
        if isinstance(instance, str) and not self.search(instance):
            raise ValueError


def judges() -> dict[str, Judge]:
    ours = Contracts(ROOT / "schemas").contract("policy_page")
    schema = contract(ROOT / "schemas")
    with_our_patterns = jsonschema_rs.Draft202012Validator(schema, keywords={"pattern": OurPattern})
    return {
        "jsonschema": jsonschema.Draft202012Validator(schema).is_valid,
        "ours": lambda document: not ours.violations(document),
        "jsonschema-rs, our patterns": with_our_patterns.is_valid,
        "jsonschema-rs, its own patterns": jsonschema_rs.Draft202012Validator(schema).is_valid,
    }


def seconds(judge: Judge, document: Any) -> float:
    """Return the CPU seconds of one judgement."""
    assert judge(document)  # the first call compiles
    calls = 0
    started = time.process_time()
    while (spent := time.process_time() - started) < LEAST_SECONDS:
        judge(document)
        calls += 1
    return spent / calls


def main() -> None:
    print("| reply | judge | microseconds | jsonschema / this |\n|---|---|---|---|")
    for name, size in SIZES.items():
        document = json.loads(bodies(size, 1)[0])
        made = judges()
        measured: dict[str, list[float]] = {judge: [] for judge in made}
        for _ in range(ROUNDS):
            for judge, judgement in made.items():
                measured[judge].append(seconds(judgement, document))
        slowest = statistics.median(measured["jsonschema"])
        for judge, figures in measured.items():
            median = statistics.median(figures)
            print(f"| {name}, {size // 1000} KB | {judge} | {median * 1e6:.0f} | {slowest / median:.1f} |")


if __name__ == "__main__":
    main()
