"""The command line of the fault survey.

Exit codes: 0 if all faults were noticed, 1 if some were not or a recorded line has changed, 2 if the suite
fails on the sound service.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from standin.faults import FAULTS
from standin.faults.fault import Fault
from standin.survey.old_assertion import OldAssertion, run_old_assertion
from standin.survey.page import (
    COLUMNS,
    PageRow,
    changed_lines,
    read_rows,
    row_of,
    summary,
    to_json,
    updated_page,
)
from standin.survey.pool import StandinPool
from standin.survey.suite_run import RunSuite, SuiteError, SuiteRun, run_suite
from standin.survey.verdicts import survey

ALL_NOTICED, SOME_MISSED, UNSOUND = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """Survey the faults with real runs; print the table; return the exit code."""
    options = parser().parse_args(argv)
    with StandinPool(options.jobs) as pool:

        def run(fault: str, only: str) -> SuiteRun:
            with pool.lend(fault) as standin:
                return run_suite(standin.url, only, options.enough if fault else 0)

        def old_assertion(fault: str) -> str:
            with pool.lend(fault) as standin:
                return run_old_assertion(standin)

        return report(options, run, old_assertion)


def report(options: argparse.Namespace, run: RunSuite, old_assertion: OldAssertion) -> int:
    """Survey the faults with the given runs; print the table; return the exit code."""
    try:
        sound = run("", "")
    except SuiteError as error:
        sys.stderr.write(f"fault-survey: {error}\n")
        return UNSOUND
    _warn_of_failures(sound)
    sys.stdout.write(COLUMNS)
    verdicts = []
    faults = select_faults(options.fault, options.sample)
    for verdict in survey(faults, sound.red, run, old_assertion, options.jobs):
        sys.stdout.write(str(row_of(verdict)))
        sys.stdout.flush()
        verdicts.append(verdict)
    rows = [row_of(verdict) for verdict in verdicts]
    sys.stdout.write("\n" + summary(rows))
    is_as_recorded = _compare(options.golden, rows)
    if options.json:
        _write(options.json, to_json(verdicts))
    if options.markdown:
        page = options.markdown.read_text(encoding="utf-8") if options.markdown.exists() else ""
        _write(options.markdown, updated_page(page, rows))
    if sound.red:
        return UNSOUND
    all_noticed = all(verdict.noticed for verdict in verdicts)
    return ALL_NOTICED if is_as_recorded and all_noticed else SOME_MISSED


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m standin fault-survey", description="Run the suite against each fault of the stand-in."
    )
    made.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=list(FAULTS),
        metavar="NAME",
        help="survey this fault only; repeatable",
    )
    made.add_argument(
        "--sample",
        type=_count,
        metavar="N",
        help="survey N faults spread over the catalogue, always the same",
    )
    made.add_argument("--jobs", type=_count, default=2, metavar="N", help="runs at a time (default: 2)")
    made.add_argument(
        "--enough",
        type=_count,
        default=0,
        metavar="N",
        help="stop a run after N red cases (default: do not stop)",
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the verdicts as JSON")
    made.add_argument(
        "--golden",
        type=Path,
        metavar="FILE",
        help="fail if a first line is not that of this page (docs/faults.md)",
    )
    made.add_argument(
        "--markdown", type=Path, metavar="FILE", help="also update the rows of these faults on this page"
    )
    return made


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def select_faults(names: Sequence[str], sample: int | None) -> list[Fault]:
    """Return the named faults, or all of them, in the catalogue's order, reduced to *sample* faults."""
    faults = [fault for fault in FAULTS.values() if not names or fault.name in names]
    if sample is None or sample >= len(faults):
        return faults
    return [faults[index * len(faults) // sample] for index in range(sample)]


def _warn_of_failures(sound: SuiteRun) -> None:
    if sound.red:
        sys.stderr.write(f"服务没有故障，而用例集有 {len(sound.red)} 条不通过；它们不算发现了故障：\n")
        sys.stderr.writelines(f"  {red.case}  {red.first_line}\n" for red in sound.red)


def _compare(golden: Path | None, rows: Sequence[PageRow]) -> bool:
    """Whether the first lines of failures are those of the page *golden*; prints the differences."""
    if golden is None:
        return True
    changed = changed_lines(read_rows(golden.read_text(encoding="utf-8")), rows)
    for row, before in changed:
        sys.stdout.write(f"{row.fault.name} 的第一行变了：\n- {before}\n+ {row.first_line}\n")
    if changed:
        options = " ".join(f"--fault {row.fault.name}" for row, _ in changed)
        sys.stdout.write(
            f"如果新的写法更好，重新生成：python -m standin fault-survey {options} --markdown {golden}\n"
        )
    return not changed


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
