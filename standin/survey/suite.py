"""One run of the suite against the stand-in, as a subprocess that leaves no trace in ``reports/``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 240.0

# The log of a run, its record, its cache and its Allure results have fixed places; an audit must not touch
# what a person left there.
QUIET = (
    "-o",
    "addopts=--strict-markers --strict-config --continue-on-collection-errors",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:harness-log",
    "-p",
    "no:harness-run-file",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "-q",
    "--evidence=none",
    "--env=standin",
)

FAILED, BROKEN = "结论: ", "故障: "
"""What the first line of a red case begins with: the service is wrong; no complete reply could be had (rule
9).
"""

VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"(elapsed_ms.*?实际 )[\d.]+"), r"\1N"),
    (re.compile(r"\(\d+ 项检查中 \d+ 项不符\)$"), ""),
)


class SuiteError(Exception):
    """The suite could not be run to its end. The message is one line for people."""


@dataclass(frozen=True)
class Red:
    """A case that is not green. ``says`` is the first line of its failure, without what changes from run to
    run.
    """

    case: str
    broken: bool
    says: str


@dataclass(frozen=True)
class SuiteRun:
    """What a run of the suite came to."""

    cases: int
    red: tuple[Red, ...]


RunSuite = Callable[[str, str], SuiteRun]
"""Runs the suite: with which fault ("" for none), and what the names of the cases to run hold ("" for all).
"""


def run_suite(url: str, only: str = "", enough: int = 0, root: Path = ROOT) -> SuiteRun:
    """Run the suite of the project at *root* against the stand-in at *url*; stop after *enough* red cases (0:
    do not).

    Raises SuiteError.
    """
    with tempfile.TemporaryDirectory(prefix="fault-audit-") as folder:
        report = Path(folder) / "junit.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            *QUIET,
            f"--junitxml={report}",
            f"--base-url={url}",
            f"--maxfail={enough}",
        ]
        try:
            ended = subprocess.run(
                [*command, *(("-k", only) if only else ())],
                cwd=root,
                env=_environment(folder),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SuiteError(f"the suite did not end within {TIMEOUT_S:g} s") from None
        ran = read_report(report.read_text(encoding="utf-8")) if report.exists() else SuiteRun(0, ())
        if not ran.cases:
            raise SuiteError(
                f"pytest ended with exit code {ended.returncode}: {_last_words(ended.stdout + ended.stderr)}"
            )
        return ran


def _environment(folder: str) -> dict[str, str]:
    # What a developer set for their own runs must not change what the audit measures.
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**mine, "PYTHONUTF8": "1", "TMPDIR": folder}


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def read_report(xml: str) -> SuiteRun:
    """Read a JUnit report."""
    cases = list(ET.fromstring(xml).iter("testcase"))  # noqa: S314 - our own subprocess wrote it
    return SuiteRun(len(cases), tuple(red for case in cases if (red := _red(case)) is not None))


def _red(case: ET.Element) -> Red | None:
    found = next((below for below in case if below.tag in ("failure", "error")), None)
    if found is None:
        return None
    first = (found.get("message") or "").partition("\n")[0]
    return Red(
        _name(case), not first.startswith(FAILED), normal(first.removeprefix(FAILED).removeprefix(BROKEN))
    )


def _name(case: ET.Element) -> str:
    """``paging.yaml::page-size[7]`` for the class name ``testcases.policy_list.paging.yaml``."""
    file = ".".join(case.get("classname", "").split(".")[-2:])
    return f"{file}::{case.get('name')}"


def normal(says: str) -> str:
    """Take out of a line what differs between two equal runs: ports, times, random keywords."""
    for pattern, instead in VOLATILE:
        says = pattern.sub(instead, says)
    return says.strip()
