"""``python -m benchmarks.evidence``: measures the files of a large run, and making and opening its report.

The run has 2,000 cases, each with its own reply of 245 KB, and one case in ten fails. For each value of
``--evidence`` it measures the memory of pytest, the bytes under reports/ with the page, the seconds that the
generator takes, and the seconds until headless Chromium shows the first list of the page. It prints Markdown
and exits with 1 if a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks import chromium, sides
from benchmarks.measure import Cost, Stub, run, stub
from benchmarks.replies import SIZES
from benchmarks.sides import PER_FILE, ROOT

OUT = ROOT / "benchmarks" / "out"
EVERY = 10
WRONG = "title"
MODES = ("all", "failed", "none")
FIRST_LIST = '[data-testid="tree-section"], [data-testid="tree-leaf"]'
_SHOWN = f"""document.addEventListener('DOMContentLoaded', () => {{
    const look = () => {{
        if (window.shownAt === undefined && document.querySelector('{FIRST_LIST}'))
            requestAnimationFrame(() => {{ window.shownAt ??= performance.now(); }});
    }};
    new MutationObserver(look).observe(document, {{childList: true, subtree: true}});
    look();
}})"""


@dataclass(frozen=True)
class Goals:
    """Upper limits: bytes under reports/, seconds to make the report, seconds until the page is shown."""

    size: int = 100_000_000
    build: float = 30.0
    open: float = 5.0


@dataclass(frozen=True)
class Measurement:
    """The measurements of one run. Sizes in bytes, times in seconds. ``opened`` is None without a browser."""

    evidence: str
    cases: int
    size: int
    files: int
    page: int
    wall: float
    memory: int
    build: float
    opened: float | None

    def missed_goals(self, goals: Goals) -> Iterator[str]:
        if self.size > goals.size:
            yield (
                f"{self.evidence}: {self.size / 1e6:.0f} MB under reports/, the goal is "
                f"{goals.size / 1e6:.0f}"
            )
        if self.build > goals.build:
            yield f"{self.evidence}: the report took {self.build:.1f} s, the goal is {goals.build:.0f}"
        if self.opened is not None and self.opened > goals.open:
            yield f"{self.evidence}: the page took {self.opened:.1f} s, the goal is {goals.open:.0f}"


class WrongRunError(Exception):
    """The run did not have the expected verdicts, so it is not measured."""


def measure(folder: Path, evidence: str, cases: int, openings: int) -> Measurement:
    """Run *cases* and measure the files that are left."""
    with stub(SIZES["big"], 0, WRONG, EVERY) as server:
        side = replace(
            sides.ours(folder, cases, server.base_url),
            arguments=(
                "--evidence",
                evidence,
                "--no-sharing",
                f"--junitxml={folder / 'reports' / 'junit.xml'}",
            ),
        )
        cost = _checked(run(side), server, cases)
    reports = folder / "reports"
    cost.results.rename(reports / "allure-results")
    page, build = _report(reports)
    files = [path for path in reports.rglob("*") if path.is_file()]
    return Measurement(
        evidence,
        cases,
        sum(path.stat().st_size for path in files),
        len(files),
        page.stat().st_size,
        cost.wall,
        cost.memory,
        build,
        opening(page, openings),
    )


def _report(reports: Path) -> tuple[Path, float]:
    """Make the report in a process of its own; return the page and the seconds.

    A child process would otherwise report the peak memory of this one.
    """
    begun = time.perf_counter()
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "framework",
            "report",
            "--results",
            str(reports / "allure-results"),
            "--html",
            str(reports / "html"),
            "--history",
            str(reports / "history.jsonl"),
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if made.returncode:
        raise WrongRunError(made.stdout + made.stderr)
    return reports / "html" / "index.html", time.perf_counter() - begun


def _checked(cost: Cost, server: Stub, cases: int) -> Cost:
    failed = cases // EVERY
    if server.served() != cases or f"{failed} failed, {cases - failed} passed" not in cost.output:
        raise WrongRunError(
            f"exit {cost.code}, {server.served()} requests for {cases} cases\n{cost.output[-3000:]}"
        )
    return cost


def opening(page: Path, times: int) -> float | None:
    """Return the median of the seconds until *page* shows its first list; None without a browser."""
    browser = chromium.find()
    if browser is None:
        return None
    taken = sorted(_opening(browser, page) for _ in range(times))
    return taken[len(taken) // 2]


def _opening(browser: str, page: Path) -> float:
    with chromium.opened(browser) as tab:
        tab.before_any_script(_SHOWN)
        tab.open(page.resolve().as_uri())
        tab.wait_for("document.readyState === 'complete' && window.shownAt")
        return (
            float(tab.value("Math.max(shownAt, performance.getEntriesByType('navigation')[0].loadEventEnd)"))
            / 1000
        )


def table(rows: list[Measurement]) -> Iterator[str]:
    """Yield the table as Markdown."""
    yield (
        "| `--evidence` | reports/, MB | files | the page, MB | report made in, s | page shown in, s | "
        "memory of pytest, MB |"
    )
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        opened = "no browser" if row.opened is None else f"{row.opened:.1f}"
        yield (
            f"| {row.evidence} | {row.size / 1e6:.1f} | {row.files} | {row.page / 1e6:.1f} | "
            f"{row.build:.1f} | {opened} | {row.memory / 1e6:.0f} |"
        )


def main() -> None:
    options = _arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="evidence-", dir=OUT))
    try:
        rows = [
            measure(folder / evidence, evidence, options.cases, options.openings)
            for evidence in options.evidence
        ]
    except WrongRunError as error:
        sys.exit(str(error))
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    (OUT / "evidence.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")
    print(*table(rows), sep="\n")
    missed = [miss for row in rows for miss in row.missed_goals(Goals())]
    print(*missed, sep="\n")
    sys.exit(1 if missed else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help=f"a multiple of {PER_FILE} (default: 2000)")
    parser.add_argument("--evidence", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument(
        "--openings", type=int, default=3, help="how often the page is opened; the median counts (default: 3)"
    )
    parser.add_argument("--keep", action="store_true", help="keep what the runs left, under benchmarks/out")
    options = parser.parse_args()
    if not PER_FILE <= options.cases <= 5000 or options.cases % PER_FILE or not 1 <= options.openings <= 20:
        parser.error(f"--cases: a multiple of {PER_FILE}, {PER_FILE} to 5000; --openings: 1 to 20")
    return options


if __name__ == "__main__":
    main()
