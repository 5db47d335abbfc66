"""Runs the suite against a stand-in, as a subprocess that leaves nothing in ``reports/``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A run takes some seconds; a fault that makes the suite hang must not stop the survey.
TIMEOUT_S = 240.0

# A run's log, record, cache and Allure results have fixed places, and a survey must not overwrite those of a
# person.
WITHOUT_TRACES = (
    "-o",
    "addopts=--strict-markers --strict-config --continue-on-collection-errors",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:harness-log",
    "-o",
    "record=no",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "-q",
    "--evidence=none",
    "--env=standin",
)

CAUSES = re.compile(r"^原因 +(\d+) 个$", re.MULTILINE)
"""The line of the run's summary with the number of causes."""
FAILED, BROKEN = "结论：", "故障："
"""The beginnings of a red case's first line: the service is wrong; or there was no complete reply (rule 9).
"""

VARYING_PARTS = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"(elapsed_ms.*?实际 )[\d.]+"), r"\1N"),
    (re.compile(r"^假定“.*?”不成立，或者服务有错："), ""),
    (re.compile(r"（\d+ 项检查中 \d+ 项不符）$"), ""),
)


class SuiteError(Exception):
    """The suite could not be run to its end. The message is one line for people."""


@dataclass(frozen=True)
class RedCase:
    """A case that failed or is broken; ``first_line`` is that of its failure, without the parts that vary."""

    case: str
    broken: bool
    first_line: str


@dataclass(frozen=True)
class SuiteRun:
    """The result of a run: the number of its cases, those that are red, and the number of causes that the run
    itself lists for them (those beneath a larger one do not count).
    """

    cases: int
    red: tuple[RedCase, ...]
    causes: int = 0


RunSuite = Callable[[str, str], SuiteRun]
"""Runs the suite under a fault ("" for none), with the cases whose names contain a text ("" for all)."""


def run_child(
    what: str,
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    timeout_s: float = TIMEOUT_S,
) -> subprocess.CompletedProcess[str]:
    """Run a command in *folder* and return its output. *what*: the name of the command in the message.

    Raises:
        SuiteError: it did not end in time.
    """
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SuiteError(f"{what} did not end within {timeout_s:g} s") from None


def run_suite(url: str, only: str = "", enough: int = 0, root: Path = ROOT) -> SuiteRun:
    """Run the suite of the project at *root* against the stand-in at *url*.

    ``only`` selects cases by a part of their names; the run stops after *enough* red cases (0: it does not
    stop).

    Raises:
        SuiteError: the suite could not be run to its end.
    """
    with tempfile.TemporaryDirectory(prefix="fault-survey-") as folder:
        report = Path(folder) / "junit.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            *WITHOUT_TRACES,
            f"--junitxml={report}",
            f"--base-url={url}",
            f"--maxfail={enough}",
        ]
        if only:
            command += ["-k", only]
        completed = run_child("the suite", command, root, _environment(folder))
        result = read_report(report.read_text(encoding="utf-8")) if report.exists() else SuiteRun(0, ())
        if not result.cases:
            line = last_line(completed.stdout + completed.stderr)
            raise SuiteError(f"pytest ended with exit code {completed.returncode}: {line}")
        found = CAUSES.search(completed.stdout)
        return replace(result, causes=int(found[1]) if found else 0)


def _environment(folder: str) -> dict[str, str]:
    # Options that developers set for their own runs must not change the result of the survey, which reads
    # Chinese first lines.
    inherited = without_pytest_options(os.environ)
    return {**inherited, "PYTHONUTF8": "1", "HARNESS_LANG": "zh", "TMPDIR": folder}


def without_pytest_options(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the process's environment without the variables that change pytest's options."""
    return {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}


def last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"


def read_report(xml: str) -> SuiteRun:
    """Read a JUnit report."""
    cases = list(ET.fromstring(xml).iter("testcase"))  # noqa: S314 - our own subprocess wrote it
    red = [_red_case(case) for case in cases]
    return SuiteRun(len(cases), tuple(case for case in red if case is not None))


def _red_case(case: ET.Element) -> RedCase | None:
    failure = next((child for child in case if child.tag in ("failure", "error")), None)
    if failure is None:
        return None
    first_line = (failure.get("message") or "").partition("\n")[0]
    text = first_line.removeprefix(FAILED).removeprefix(BROKEN)
    return RedCase(_case_name(case), not first_line.startswith(FAILED), without_varying_parts(text))


def _case_name(case: ET.Element) -> str:
    """Return the short name of a case: ``paging.yaml::page-size[7]``."""
    file = ".".join(case.get("classname", "").split(".")[-2:])
    return f"{file}::{case.get('name')}"


def without_varying_parts(line: str) -> str:
    """Replace the parts of a line that differ between two equal runs: ports, times, random keywords."""
    for pattern, replacement in VARYING_PARTS:
        line = pattern.sub(replacement, line)
    return line.strip()
