"""The command line of the audit. Exit codes: 0 all faults noticed, 1 some not or in other words, 2 the suite
fails on the sound service.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from standin.faults import FAULTS
from standin.faults.fault import Fault
from standin.survey.old_assertion import Baseline, old_verdict
from standin.survey.stage import Stage
from standin.survey.suite import RunSuite, SuiteError, SuiteRun, run_suite
from standin.survey.tables import COLUMNS, document, row, summary, to_json
from standin.survey.verdicts import Verdict, audit

ALL_CAUGHT, SOME_MISSED, UNSOUND = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """Audit with real runs; print the table; return the exit code."""
    options = parser().parse_args(argv)
    with Stage(options.jobs) as stage:

        def run(fault: str, only: str) -> SuiteRun:
            with stage.on(fault) as standin:
                return run_suite(standin.url, only, options.enough if fault else 0)

        def baseline(fault: str) -> str:
            with stage.on(fault) as standin:
                return old_verdict(standin)

        return report(options, run, baseline)


def report(options: argparse.Namespace, run: RunSuite, baseline: Baseline) -> int:
    """Audit with these runs; print the table; return the exit code."""
    try:
        sound = run("", "")
    except SuiteError as error:
        sys.stderr.write(f"fault-audit: {error}\n")
        return UNSOUND
    _tell_unsound(sound)
    sys.stdout.write(COLUMNS)
    verdicts = []
    for verdict in audit(chosen(options.fault, options.sample), sound.red, run, baseline, options.jobs):
        sys.stdout.write(row(verdict))
        sys.stdout.flush()
        verdicts.append(verdict)
    sys.stdout.write("\n" + summary(verdicts))
    _write(options, verdicts)
    same = _as_recorded(options.golden, verdicts)
    if sound.red:
        return UNSOUND
    return ALL_CAUGHT if same and all(verdict.caught for verdict in verdicts) else SOME_MISSED


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m standin fault-audit", description="Run the suite against each fault of the stand-in."
    )
    made.add_argument(
        "--fault",
        action="append",
        default=[],
        choices=list(FAULTS),
        metavar="NAME",
        help="audit this one; repeatable",
    )
    made.add_argument(
        "--sample", type=_count, metavar="N", help="audit N faults spread over the catalogue, always the same"
    )
    made.add_argument("--jobs", type=_count, default=2, metavar="N", help="runs at a time (default: 2)")
    made.add_argument(
        "--enough", type=_count, default=10, metavar="N", help="stop a run after N red cases (default: 10)"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts there too")
    made.add_argument(
        "--golden", type=Path, metavar="FILE", help="the lines must be those of this file, which --json wrote"
    )
    made.add_argument("--markdown", type=Path, metavar="FILE", help="write the page for docs/ there too")
    return made


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def chosen(names: Sequence[str], sample: int | None) -> list[Fault]:
    """Return the faults to audit, in the catalogue's order: the named ones, or all, or as many of them as
    *sample* says.
    """
    faults = [fault for fault in FAULTS.values() if not names or fault.name in names]
    if sample is None or sample >= len(faults):
        return faults
    return [faults[index * len(faults) // sample] for index in range(sample)]


def _tell_unsound(sound: SuiteRun) -> None:
    if sound.red:
        sys.stderr.write(f"服务没有故障,而用例集有 {len(sound.red)} 条不通过;它们不算发现了故障:\n")
        sys.stderr.writelines(f"  {red.case}  {red.says}\n" for red in sound.red)


def _as_recorded(golden: Path | None, verdicts: Sequence[Verdict]) -> bool:
    """Whether each fault is told in the recorded words; the differences are printed."""
    if golden is None:
        return True
    recorded = {
        fault["name"]: fault["says"] for fault in json.loads(golden.read_text(encoding="utf-8"))["faults"]
    }
    changed = [verdict for verdict in verdicts if recorded.get(verdict.fault.name) != verdict.says]
    for verdict in changed:
        sys.stdout.write(
            f"{verdict.fault.name} 的第一行变了:\n- {recorded.get(verdict.fault.name, '')}\n+ "
            f"{verdict.says}\n"
        )
    if changed:
        sys.stdout.write(f"如果新的写法更好,重新生成:python -m standin fault-audit --json {golden}\n")
    return not changed


def _write(options: argparse.Namespace, verdicts: Sequence[Verdict]) -> None:
    for path, text in ((options.json, to_json), (options.markdown, document)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(verdicts), encoding="utf-8")
