"""Compares runs of the suite in which cases share replies with runs in which every request is sent."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One run: the status of each case by its id, the requests that were sent, and the bytes received."""

    statuses: dict[str, str]
    requests: int
    received: int


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sharing", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind (default: 3)")
    parser.add_argument("options", nargs="*", help="further options of pytest, after --")
    given = parser.parse_args(arguments)
    differences = 0
    for number in range(1, given.runs + 1):
        plain, sharing = run_suite("--no-sharing", *given.options), run_suite(*given.options)
        for name, run in (("every request sent", plain), ("equal questions shared", sharing)):
            print(f"| {number} | {name} | {run.requests} | {run.received / 1e6:.1f} |", flush=True)
        for case, status in plain.statuses.items():
            if sharing.statuses.get(case) != status:
                differences += 1
                print(f"{case}: {status} without sharing, {sharing.statuses.get(case)} with it")
    print(f"{given.runs} pairs of runs, {differences} verdicts differ")
    return 1 if differences else 0


def run_suite(*options: str) -> SuiteRun:
    """Run the suite against the stand-in. It writes to reports/, as any run does."""
    command = [sys.executable, "-m", "pytest", "-q", *options]
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    return read_run(ROOT / "reports" / "run.json")


def read_run(path: Path) -> SuiteRun:
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return SuiteRun(
        {case["id"]: case["status"] for case in cases},
        sum(case["requests"] for case in cases),
        sum(case["received"] for case in cases),
    )


if __name__ == "__main__":
    sys.exit(main())
