"""Reports a run that ended before it could write its record, from the last output of pytest.

A wrong option, a ``conftest.py`` that cannot be imported: the plugin has not been loaded then, so the reason
can only be read from the stderr of pytest.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from framework.base.errors import ConfigError, HarnessError
from framework.base.messages import tr
from framework.base.process import ProcessResult
from framework.base.source import visible
from framework.cases.environments import choose_environment, with_secrets
from framework.http.masking import Masker
from framework.report.last_words import reason_in
from framework.report.run_record import RunRecord
from framework.report.text_file import write_text
from framework.report.words import cut_at_word

_LONGEST_LINE = 300
_MOST_LINES = 40


def ended_early(
    root: Path, environment: str | None, ended: ProcessResult, now: datetime
) -> tuple[RunRecord, tuple[str, ...]]:
    """Return the record of a run that left none, with a note that has pytest's last words; write its log."""
    run = empty_record(root, environment, ended.code, now)
    said = last_words(root, environment, ended.errors)
    run = replace(run, internal=reason_in(said))
    write_log(root / "reports", run.run, run.started, ended.code, said)
    note = tr("pytest 没有写出运行记录，以 {code} 结束", code=ended.code)
    return run, (f"{note}\n{said}" if said else note,)


def empty_record(root: Path, environment: str | None, code: int, now: datetime) -> RunRecord:
    """Return the record of a run of which nothing is known but how it ended."""
    stamp = now.isoformat(timespec="milliseconds")
    name, address = environment_of(root, environment)
    return RunRecord(run_name(now), name, stamp, stamp, 0.0, code, address)


def environment_of(root: Path, name: str | None, built_in: str = "", unknown: str = "") -> tuple[str, str]:
    """Return the name and the address of the environment, or a substitute for a missing address."""
    try:
        found = choose_environment(root, name, None)
    except HarnessError:
        return name or "", unknown
    return found.name, found.base_url or built_in


def last_words(root: Path, environment: str | None, errors: str) -> str:
    """Return the end of pytest's output, without secrets; empty if they cannot be recognized."""
    try:
        found = with_secrets(choose_environment(root, environment, None), root, {}).secret_values
    except HarnessError:  # then pytest complains of this, and no secret was read
        found = {}
    try:
        masker = Masker({name: value for name, value in found.items() if value})
    except ConfigError:  # a secret that cannot be masked
        return ""
    lines = [visible(line.rstrip()) for line in masker.text(errors).splitlines() if line.strip()]
    return "\n".join(cut_at_word(line, _LONGEST_LINE) for line in lines[-_MOST_LINES:])


def write_log(reports: Path, run: str, moment: str, code: int, text: str) -> None:
    """Write the log of such a run, so that every run has one. A log that cannot be written is left out."""
    line = {"time": moment, "level": "ERROR", "run": run, "worker": "main", "event": "run.ended_early"}
    document = json.dumps({**line, "exit": code, "output": text.splitlines()}, ensure_ascii=False)
    with suppress(OSError):
        write_text(reports / "logs" / f"{run}.jsonl", f"{document}\n")


def run_name(now: datetime) -> str:
    """Return the name of such a run: as others, it begins with the time of this machine."""
    return now.astimezone().strftime("%Y%m%dT%H%M%S") + "-early"
