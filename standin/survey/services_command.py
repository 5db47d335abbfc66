"""The command line of the survey of services: ``python -m standin survey``.

Exit codes: 0 if no service has more causes than MOST_CAUSES, and nothing is red after accepting; 1 otherwise;
2 if a run did not end.
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

Runs = tuple[ServiceRun, ServiceRun | None]
"""The run before accepting, and the one after it."""
RunService = Callable[[SoundService], Runs]


def main(argv: Sequence[str]) -> int:
    """Run the suite on the services; print the red cases and why they are red; return the exit code."""
    options = parser().parse_args(argv)
    services = [one for one in SERVICES.values() if not options.service or one.name in options.service]

    def run(service: SoundService) -> Runs:
        with tempfile.TemporaryDirectory(prefix="survey-") as folder:
            return run_service(service, Path(folder), accepting=options.accept)

    return report(services, run, options.jobs)


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
    made.add_argument(
        "--accept",
        action="store_true",
        help="accept what each run saw and run again: nothing may be red",
    )
    made.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at a time (default: 1)")
    return made


def report(services: Iterable[SoundService], run: RunService, jobs: int = 1) -> int:
    """Run the suite on each service and print its lines; return the exit code."""

    def attempt(service: SoundService) -> Runs | SuiteError:
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


def _code_of(result: Runs | SuiteError) -> int:
    if isinstance(result, SuiteError):
        return UNSOUND
    before, after = result
    return MANY if before.causes > MOST_CAUSES or (after is not None and after.red) else FEW


def text_of(service: SoundService, result: Runs | SuiteError) -> str:
    """Return the lines about one service: its behaviours, the numbers, the causes."""
    title = f"{service.name}（{'、'.join(service.behaviours) or '与替身相同'}）"
    if isinstance(result, SuiteError):
        return f"{title}：{result}\n"
    before, after = result
    text = f"{title}：{_lines_of(before)}"
    return text if after is None else f"{text}  认可之后：{_lines_of(after)}"


def _lines_of(run: ServiceRun) -> str:
    numbers = f"{run.cases} 个用例，{len(run.red)} 个红，{run.skipped} 个跳过，{run.causes} 个原因"
    return "".join(f"{line}\n" for line in (numbers, *run.lines))
