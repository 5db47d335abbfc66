"""The command line of the survey of services: ``python -m standin survey``.

Exit codes: 0 if no service has more causes than MOST_CAUSES, 1 if one has, 2 if a run did not end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from standin.survey.service_run import ServiceRun, run_service
from standin.survey.services import SERVICES, SoundService
from standin.survey.suite_run import SuiteError

FEW, MANY, UNSOUND = 0, 1, 2
MOST_CAUSES = 3
"""A sound service may be red for this many reasons: assumptions, and facts that nobody declared."""

RunService = Callable[[SoundService], ServiceRun]


def main(argv: Sequence[str]) -> int:
    """Run the suite on the services; print what is red and why; return the exit code."""
    options = parser().parse_args(argv)
    services = [one for one in SERVICES.values() if not options.service or one.name in options.service]
    return report(services, _run_in_own_folder, options.jobs)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m standin survey", description="Run the suite on sound services of other kinds."
    )
    made.add_argument(
        "--service",
        action="append",
        default=[],
        choices=list(SERVICES),
        metavar="NAME",
        help="this service only; repeatable",
    )
    made.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at a time (default: 1)")
    return made


def report(services: Iterable[SoundService], run: RunService, jobs: int = 1) -> int:
    """Run the suite on each service and print its lines; return the exit code."""

    def attempt(service: SoundService) -> ServiceRun | SuiteError:
        try:
            return run(service)
        except SuiteError as error:
            return error

    chosen = list(services)
    codes = [FEW]
    with ThreadPoolExecutor(jobs) as pool:
        for service, result in zip(chosen, pool.map(attempt, chosen), strict=True):
            sys.stdout.write(text_of(service, result))
            sys.stdout.flush()
            codes.append(_code_of(result))
    return max(codes)


def _code_of(result: ServiceRun | SuiteError) -> int:
    if isinstance(result, SuiteError):
        return UNSOUND
    return MANY if result.causes > MOST_CAUSES else FEW


def text_of(service: SoundService, result: ServiceRun | SuiteError) -> str:
    """Return the lines about one service: its behaviours, the numbers, the causes."""
    title = f"{service.name}（{'、'.join(service.behaviours) or '与替身相同'}）"
    if isinstance(result, SuiteError):
        return f"{title}：{result}\n"
    numbers = (
        f"{result.cases} 个用例，{len(result.red)} 个红，{result.skipped} 个跳过，{result.causes} 个原因"
    )
    return "\n".join([f"{title}：{numbers}", *result.lines]) + "\n"


def _run_in_own_folder(service: SoundService) -> ServiceRun:
    with tempfile.TemporaryDirectory(prefix="survey-") as folder:
        return run_service(service, Path(folder))
