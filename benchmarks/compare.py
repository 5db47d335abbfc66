"""``python -m benchmarks.compare``: compares the cost of the harness with the same work written by hand.

Each run is a process. Its cost is the CPU time of the process and its children, without the stub server. The
sides alternate, A B A B … A, and each B is compared with the A before and after it, so that changes in the
speed of the machine affect both sides. The output is Markdown.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import sides
from benchmarks.measure import Cost, Stub, run, stub
from benchmarks.replies import SIZES
from benchmarks.sides import ROOT, Side

OUT = ROOT / "benchmarks" / "out"
COLLECTED = 1000
_IDS = re.compile(rb'"id\\?":\\?"(\d{19})')
_PACKAGES = ("pytest", "allure-pytest", "requests", "jsonschema")


@dataclass(frozen=True)
class Row:
    """One row. ``a`` and ``b``: CPU seconds of each run. ``ratios``: each B to the mean of its two A."""

    size: str
    bodies: int
    cases: int
    a: tuple[float, ...]
    b: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return [
            b / ((before + after) / 2)
            for before, b, after in zip(self.a[:-1], self.b, self.a[1:], strict=True)
        ]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


class UnequalWorkError(Exception):
    """A side did not do the whole work, so its figure would be meaningless."""


@dataclass(frozen=True)
class Work:
    """The work to measure: cases of each side, runs of B, the ``--evidence`` and other options of B."""

    cases: int
    runs: int
    evidence: str = "all"
    options: tuple[str, ...] = ()


def compare(folder: Path, size: str, bodies: int, work: Work) -> Row:
    """Measure one row."""
    cases, runs = work.cases, work.runs
    with stub(SIZES[size], bodies) as server:
        a = sides.by_hand(folder / "a", cases, server.base_url)
        b = sides.ours(folder / "b", cases, server.base_url, "--evidence", work.evidence, *work.options)
        for side in (a, b):
            warm_up = checked(side, server, cases)  # not counted, because it writes the bytecode
            kept = kept_replies(warm_up.results)
            if work.evidence == "all" and kept < (bodies or cases):
                raise UnequalWorkError(f"{side.name} kept {kept} whole replies of {bodies or cases}")
        a_costs, b_costs = [checked(a, server, cases).cpu], []
        for _ in range(runs):
            b_costs.append(checked(b, server, cases).cpu)
            a_costs.append(checked(a, server, cases).cpu)
    shutil.rmtree(folder)
    return Row(size, bodies, cases, tuple(a_costs), tuple(b_costs))


def checked(side: Side, server: Stub, cases: int) -> Cost:
    """Run *side* and verify that it sent every request and passed every case."""
    before = server.served()
    cost = run(side)
    sent = server.served() - before
    if cost.code or sent != cases or f"{cases} passed" not in cost.output:
        raise UnequalWorkError(
            f"{side.name}: exit {cost.code}, {sent} requests for {cases} cases\n{cost.output[-3000:]}"
        )
    return cost


def kept_replies(results: Path) -> int:
    """Return the number of different whole replies in the results. The ids in them distinguish them."""
    contents = (path.read_bytes() for path in results.glob("*-attachment.*"))
    return len({tuple(_IDS.findall(content)) for content in contents if b"hasNext" in content})


# -- start-up and collection --


def over_empty(folder: Path, runs: int) -> dict[str, dict[str, float]]:
    """Return the CPU seconds of starting and of collecting, minus those of an empty pytest."""
    with stub(SIZES["small"], 1) as server:
        none = sides.empty(folder / "none")
        few = {
            "a": sides.by_hand(folder / "a1", 1, server.base_url),
            "b": sides.ours(folder / "b1", 1, server.base_url),
        }
        many = {
            "a": sides.by_hand(folder / "a", COLLECTED, server.base_url),
            "b": sides.ours(folder / "b", COLLECTED, server.base_url),
        }
        return {
            "start": _over(none, few, runs, "-k", "00000"),
            "collect": _over(none, many, runs, "--collect-only", "-qq"),
        }


def _over(none: Side, measured: dict[str, Side], runs: int, *more: str) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(runs + 1):
        base = run(none).cpu
        for name, side in measured.items():
            cost = run(side, *more)
            if cost.code:
                raise UnequalWorkError(f"{side.name}: exit {cost.code}\n{cost.output[-3000:]}")
            if number:  # the first run writes the bytecode
                taken[name].append(cost.cpu - base)
    return {name: statistics.median(costs) for name, costs in taken.items()}


# -- output


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the table as Markdown."""
    yield "| replies | different replies | A, ms a case | B, ms a case | B / A | spread of B / A |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        a, b = (statistics.median(costs) * 1000 / row.cases for costs in (row.a, row.b))
        kinds = str(row.bodies) if row.bodies else "every one"
        size = f"{row.size}, {SIZES[row.size] // 1000} KB"
        yield (
            f"| {size} | {kinds} | {a:.2f} | {b:.2f} | **{row.ratio:.2f}** | {min(row.ratios):.2f} to "
            f"{max(row.ratios):.2f} |"
        )


def base_table(base: dict[str, dict[str, float]]) -> Iterator[str]:
    """Yield start-up and collection as Markdown."""
    yield "| over an empty pytest, CPU seconds | A | B |"
    yield "|---|---|---|"
    words = {"start": "start, one case, end", "collect": f"collecting {COLLECTED:,} cases"}
    for name, costs in base.items():
        yield f"| {words[name]} | {costs['a']:.2f} | {costs['b']:.2f} |"


def machine() -> dict[str, str]:
    """Return the properties of the machine that the figures depend on, without names."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def main() -> None:
    options = _arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=OUT))
    work = Work(options.cases, options.runs, options.evidence)
    try:
        rows = [
            compare(folder / f"{size}-{bodies}", size, bodies, work)
            for size in options.sizes
            for bodies in options.bodies
        ]
        base = {} if options.no_base else over_empty(folder / "base", options.runs)
    except UnequalWorkError as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    record = {
        "machine": machine(),
        "evidence": options.evidence,
        "rows": [{**asdict(row), "ratio": row.ratio} for row in rows],
        "base": base,
    }
    (OUT / "compare.json").write_text(json.dumps(record, indent=1), "utf-8")
    print(*table(rows), *([""] if base else []), *(base_table(base) if base else ()), sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument(
        "--cases",
        type=int,
        default=500,
        help="cases of each side, in files of 20 (default: 500, at most 5000)",
    )
    parser.add_argument(
        "--runs", type=int, default=5, help="runs of B, each between two of A (default: 5, at most 50)"
    )
    parser.add_argument("--sizes", nargs="+", choices=tuple(SIZES), default=list(SIZES))
    parser.add_argument(
        "--bodies",
        nargs="+",
        type=int,
        default=[20, 0],
        help="how many different replies; 0: no two are alike",
    )
    parser.add_argument(
        "--evidence", choices=("all", "failed", "none"), default="all", help="what B keeps (A keeps all)"
    )
    parser.add_argument("--no-base", action="store_true", help="leave start-up and collection out")
    options = parser.parse_args()
    if not 20 <= options.cases <= 5000 or options.cases % sides.PER_FILE or not 1 <= options.runs <= 50:
        parser.error("--cases: a multiple of 20, 20 to 5000; --runs: 1 to 50")
    return options


if __name__ == "__main__":
    main()
