"""``python -m benchmarks.load_speed``: how many cases a second of CPU time can put on as load.

The harness runs the cases of the comparison with all their checks. Locust's own HttpUser sends the same
requests and judges nothing. Start and end cost the same in a short and a long test, so the figure is the
difference of the two. Pairs of tests are interleaved; the table has the medians.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import sides
from benchmarks.measure import Cost, run, stub
from benchmarks.replies import SIZES
from benchmarks.sides import PATH, TOKEN, Side

CASES = 20
_SHORT = 2
_PLAIN = f"""\
from locust import HttpUser, constant, task

class Plain(HttpUser):
    wait_time = constant(0)
    page = 0

    @task
    def ask(self):
        self.page = self.page % 19 + 1
        body = {{"pageNo": self.page, "pageSize": 10, "query": {{}}}}
        self.client.post("{PATH}", json=body, headers={{"Token": "{TOKEN}"}})
"""


@dataclass(frozen=True)
class LoadSide(Side):
    """A load test: its command without the time it takes."""

    module: tuple[str, ...] = ()

    def command(self, results: Path, *more: str) -> list[str]:
        return [self.python, "-m", *self.module, *self.arguments, *more]


def harness(folder: Path, base_url: str, users: int) -> LoadSide:
    made = sides.ours(folder, CASES, base_url)
    options = ("--users", str(users), "--spawn-rate", str(users))
    return LoadSide(made.name, folder, options, made.variables, module=("framework", "load"))


def plain(folder: Path, base_url: str, users: int) -> LoadSide:
    folder.mkdir()
    (folder / "locustfile.py").write_text(_PLAIN, "utf-8")
    options = ("--headless", "--host", base_url, "-u", str(users), "-r", str(users))
    return LoadSide("HttpUser", folder, options, {}, module=("locust",))


def runs_of(cost: Cost) -> int:
    """Return how many cases or requests a test made. Raises RuntimeError if one failed."""
    ours = re.search(r"^用例 +(\d+) 次：通过 (\d+)，", cost.output, re.MULTILINE)
    locust = re.findall(r"Aggregated +(\d+) +0\(0\.00%\)", cost.output)
    if ours and ours[1] == ours[2]:
        return int(ours[1])
    if locust:
        return int(locust[-1])
    raise RuntimeError(f"a load test with failures, or none: {cost.output[-2000:]}")


def rate(side: LoadSide, seconds: int) -> float:
    """Return the cases for each second of CPU time, start and end left out."""
    short, long = (run(side, "--run-time", f"{length}s") for length in (_SHORT, _SHORT + seconds))
    return (runs_of(long) - runs_of(short)) / (long.cpu - short.cpu)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load_speed", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3, help="pairs of tests (default: 3)")
    parser.add_argument(
        "--seconds", type=int, default=8, help="how much longer the long test is (default: 8)"
    )
    parser.add_argument("--users", type=int, default=20, help="users of each test (default: 20)")
    given = parser.parse_args(arguments)
    print("| reply | harness, cases a CPU second | HttpUser, requests a CPU second | ratio |")
    print("|---|---|---|---|")
    for size, length in SIZES.items():
        with stub(length, 20) as server, tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            both = (
                harness(folder / "a", server.base_url, given.users),
                plain(folder / "b", server.base_url, given.users),
            )
            pairs = [tuple(rate(side, given.seconds) for side in both) for _ in range(given.pairs)]
        ours, theirs = (median(pair[at] for pair in pairs) for at in (0, 1))
        ratio = median(one / other for one, other in pairs)
        print(f"| {size} | {ours:.0f} | {theirs:.0f} | **{ratio:.2f}** |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
