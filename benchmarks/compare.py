"""``python -m benchmarks.compare``: compares the cost of the harness with the same work written by hand.

Each run is a process. Its cost is the CPU time of the process and its children, without the stub server. A
runs before and after every other side, A B A C A B … A, and each is compared with the A around it, so that
changes in the speed of the machine affect both. The output is Markdown.
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
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from benchmarks import sides
from benchmarks.measure import Cost, Stub, run, stub
from benchmarks.replies import SIZES
from benchmarks.sides import CONTRACTS, ROOT, Side
from benchmarks.tavern_side import tavern

OUT = ROOT / "benchmarks" / "out"
COLLECTED = 1000
DEFAULT = "harness, default evidence"
ALL = "harness, all evidence"
_IDS = re.compile(rb'"id\\?":\\?"(\d{19})')
_PACKAGES = ("pytest", "allure-pytest", "requests", "jsonschema")


@dataclass(frozen=True)
class Row:
    """One row. ``a`` and ``b``: CPU seconds of each run. ``ratios``: each B to the mean of its two A."""

    contract: str
    size: str
    side: str
    cases: int
    a: tuple[tuple[float, float], ...]
    b: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return [b / statistics.mean(around) for around, b in zip(self.a, self.b, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


class UnequalWorkError(Exception):
    """A side did not do the whole work, so its figure would be meaningless."""


@dataclass(frozen=True)
class Work:
    """The work to measure: cases of each side, runs of each B, other options of the harness.

    ``bodies``: how many different replies there are; 0 if no two are alike. ``tavern``: an interpreter with
    Tavern, if it is to be compared too.
    """

    cases: int
    runs: int
    bodies: int = 0
    options: tuple[str, ...] = ()
    tavern: str = ""


def compare(folder: Path, contract: str, size: str, work: Work) -> list[Row]:
    """Measure all sides with one contract and one size of replies, each between two runs of A."""
    with stub(SIZES[size], work.bodies) as server:
        a = sides.by_hand(folder / "a", work.cases, server.base_url, contract)
        others = _others(folder, contract, server.base_url, work)
        for side in (a, *others):
            _warm_up(side, server, work)
        costs: dict[str, list[tuple[tuple[float, float], float]]] = {side.name: [] for side in others}
        before = checked(a, server, work.cases).cpu
        for _ in range(work.runs):
            for side in others:
                cost = checked(side, server, work.cases).cpu
                after = checked(a, server, work.cases).cpu
                costs[side.name].append(((before, after), cost))
                before = after
    shutil.rmtree(folder)
    return [
        Row(contract, size, name, work.cases, *(tuple(part) for part in zip(*taken, strict=True)))
        for name, taken in costs.items()
    ]


def _others(folder: Path, contract: str, base_url: str, work: Work) -> list[Side]:
    harness = [
        replace(
            sides.ours(
                folder / evidence,
                work.cases,
                base_url,
                "--evidence",
                evidence,
                *work.options,
                contract=contract,
            ),
            name=name,
        )
        for evidence, name in (("failed", DEFAULT), ("all", ALL))
    ]
    if not work.tavern:
        return harness
    return harness + [
        tavern(work.tavern, folder / f"tavern-{dump}", work.cases, base_url, contract, dump=dump)
        for dump in (True, False)
    ]


def _warm_up(side: Side, server: Stub, work: Work) -> None:
    """Run *side* once, uncounted, because it writes the bytecode, and see that it keeps what A keeps."""
    kept = kept_replies(checked(side, server, work.cases).results)
    if side.name in ("by hand", ALL) and kept < (work.bodies or work.cases):
        raise UnequalWorkError(f"{side.name} kept {kept} whole replies of {work.bodies or work.cases}")


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
    yield "| contract | replies | side | A, ms a case | ms a case | times A | spread |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        a = statistics.median(cost for around in row.a for cost in around) * 1000 / row.cases
        b = statistics.median(row.b) * 1000 / row.cases
        yield (
            f"| {row.contract} | {row.size}, {SIZES[row.size] // 1000} KB | {row.side} | {a:.2f} | {b:.2f} | "
            f"**{row.ratio:.2f}** | {min(row.ratios):.2f} to {max(row.ratios):.2f} |"
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
    work = Work(options.cases, options.runs, options.bodies, (), options.tavern)
    try:
        rows = [
            row
            for contract in options.contracts
            for size in options.sizes
            for row in compare(folder / f"{contract}-{size}", contract, size, work)
        ]
        base = {} if options.no_base else over_empty(folder / "base", options.runs)
    except UnequalWorkError as error:
        sys.exit(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    record = {
        "machine": machine(),
        "bodies": options.bodies,
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
        "--runs", type=int, default=5, help="runs of each side, between two of A (default: 5, at most 50)"
    )
    parser.add_argument("--sizes", nargs="+", choices=tuple(SIZES), default=list(SIZES))
    parser.add_argument("--contracts", nargs="+", choices=tuple(CONTRACTS), default=list(CONTRACTS))
    parser.add_argument(
        "--bodies",
        type=int,
        default=0,
        help="how many different replies there are (default: 0, no two are alike)",
    )
    parser.add_argument(
        "--tavern", default="", metavar="PYTHON", help="an interpreter that has tavern and allure-pytest"
    )
    parser.add_argument("--no-base", action="store_true", help="leave start-up and collection out")
    options = parser.parse_args()
    if not 20 <= options.cases <= 5000 or options.cases % sides.PER_FILE or not 1 <= options.runs <= 50:
        parser.error("--cases: a multiple of 20, 20 to 5000; --runs: 1 to 50")
    return options


if __name__ == "__main__":
    main()
