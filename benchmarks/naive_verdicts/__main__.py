"""``python -m benchmarks.naive_verdicts --pairs 50000 --seed 1``: ends with 1 if a verdict differs."""

from __future__ import annotations

import argparse
import sys

from benchmarks.naive_verdicts.compare import compare, report
from benchmarks.naive_verdicts.generate import ARGUMENTS
from framework.checks.matchers import MATCHERS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.naive_verdicts", description=__doc__)
    parser.add_argument("--pairs", type=int, default=50_000, help="how many pairs to compare")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    comparison = compare(options.pairs, options.seed)
    for line in report(comparison):
        print(line)
    print("not compared: " + ", ".join(sorted(MATCHERS.keys() - ARGUMENTS.keys())))
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
