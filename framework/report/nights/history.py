"""Keeps the records of past nights: one file for each night, in a folder for each environment.

::

    reports/history/<environment>/000012-<run>.json     a run.json without the durations of single requests
    reports/history/<environment>/….json.bad-<time>     a file that could not be read, kept for inspection
    reports/history/<environment>/allure.jsonl          Allure's own history (see ``html_history``)

The nights are in the order of the numbers, because a clock may be set back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from framework.base.messages import tr
from framework.base.source import visible
from framework.report.record_file import RecordError, dump, load
from framework.report.run_record import RunRecord
from framework.report.text_file import write_text

KEPT_NIGHTS = 30
_NAME = re.compile(r"(\d{6,})-.*\.json")
_MAX_NAME = 60
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PastNights:
    """The nights that could be read, oldest first, and a line about each file that could not."""

    nights: tuple[RunRecord, ...] = ()
    unreadable: tuple[str, ...] = ()


def folder_of(reports: Path, environment: str) -> Path:
    """Return the folder of an environment's history.

    If the environment's name is not a safe name for a folder, a digest keeps different environments apart.
    """
    name = re.sub(r"[^\w-]", "_", environment) or "_"
    if name != environment or len(name) > _MAX_NAME:
        digest = hashlib.sha256(environment.encode()).hexdigest()[:8]
        name = f"{name[:_MAX_NAME]}-{digest}"
    return reports / "history" / name


def read_nights(folder: Path, now: datetime | None, environment: str) -> PastNights:
    """Read the nights of *environment* in *folder*.

    A file that cannot be read, or is of another environment, is renamed; with None as *now*, left as it is.
    """
    nights: list[RunRecord] = []
    unreadable: list[str] = []
    for path in _night_files(folder):
        try:
            nights.append(_read(path, environment))
        except RecordError as error:
            if now is None:
                continue
            kept = set_aside(path, now).name
            line = tr(
                "历史 {name} 读不了（{why}），已改名保留为 {kept}", name=path.name, why=error, kept=kept
            )
            unreadable.append(line)
    return PastNights(tuple(nights), tuple(unreadable))


def _read(path: Path, environment: str) -> RunRecord:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RecordError(tr("超过 {limit} 字节", limit=_MAX_BYTES))
        run = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise RecordError(str(error)) from None
    if run.environment != environment:
        raise RecordError(tr("是环境 {environment} 的", environment=visible(run.environment)))
    return run


def set_aside(path: Path, now: datetime) -> Path:
    """Rename *path* to ``….bad-<time>`` and return the new path, or *path* if it cannot be renamed."""
    base = f"{path.name}.bad-{now.strftime('%Y%m%dT%H%M%S')}"
    candidates = (path.with_name(f"{base}-{number}" if number else base) for number in range(1000))
    kept = next(candidate for candidate in candidates if not candidate.exists())
    with suppress(OSError):
        return path.rename(kept)
    return path


def add_night(folder: Path, run: RunRecord) -> Path:
    """Write this night as the newest one and remove the oldest beyond ``KEPT_NIGHTS``."""
    # The numbers of unreadable files count too, so that a number is never used twice.
    found = (_number(path.name.partition(".bad-")[0]) for path in _all_paths(folder))
    numbers = [number for number in found if number is not None]
    # The durations of single requests are most of the file, and nothing reads them later.
    slim = replace(run, cases=tuple(replace(case, elapsed=()) for case in run.cases))
    name = re.sub(r"[^\w.-]", "_", run.run)[:80]
    path = folder / f"{max(numbers, default=0) + 1:06d}-{name}.json"
    write_text(path, dump(slim))
    for old in _night_files(folder)[:-KEPT_NIGHTS]:
        old.unlink(missing_ok=True)
    return path


def _night_files(folder: Path) -> list[Path]:
    numbered = ((_number(path.name), path) for path in _all_paths(folder))
    known = [(number, path) for number, path in numbered if number is not None]
    return [path for _, path in sorted(known)]


def _all_paths(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _number(name: str) -> int | None:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None
