"""What past nights came to: one plain file a night, in a folder for each environment.

::

    reports/history/<environment>/000012-<run>.json     a run.json, without the times of single requests
    reports/history/<environment>/….json.bad-<time>     what could not be read, kept for who wants to look
    reports/history/<environment>/allure.jsonl          Allure's own history (see ``report_history``)

The number in front gives the order: a clock that was set back does not turn the nights around.
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
from framework.report.run_file import write_text
from framework.report.run_record import RecordError, RunRecord, dump, load

KEPT = 30
_NAME = re.compile(r"(\d{6,})-.*\.json")
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Past:
    """The nights that can be used, oldest first, and a line for each file that cannot."""

    nights: tuple[RunRecord, ...] = ()
    aside: tuple[str, ...] = ()


def folder_of(reports: Path, environment: str) -> Path:
    """Return the folder of an environment's history; a name that is no plain folder name gets one that is."""
    plain = re.sub(r"[^\w-]", "_", environment) or "_"
    unlike = plain != environment
    digest = hashlib.sha256(environment.encode()).hexdigest()[:8]
    return reports / "history" / (f"{plain[:60]}-{digest}" if unlike or len(plain) > 60 else plain)


def read_nights(folder: Path, now: datetime) -> Past:
    """Read the nights of *folder*; a file that is no night any more is renamed, not removed."""
    nights: list[RunRecord] = []
    aside: list[str] = []
    for path in _files(folder):
        try:
            nights.append(_read(path))
        except RecordError as error:
            aside.append(
                tr(
                    "历史 {name} 读不了({why}),已改名保留为 {kept}",
                    name=path.name,
                    why=error,
                    kept=set_aside(path, now).name,
                )
            )
    return Past(tuple(nights), tuple(aside))


def _read(path: Path) -> RunRecord:
    try:
        if path.stat().st_size > _LARGEST:
            raise RecordError(tr("超过 {limit} 字节", limit=_LARGEST))
        return load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise RecordError(str(error)) from None


def set_aside(path: Path, now: datetime) -> Path:
    """Rename *path* to ``….bad-<time>`` and return that; where it cannot be renamed it stays."""
    stamp = now.strftime("%Y%m%dT%H%M%S")
    names = (f"{path.name}.bad-{stamp}{'' if not n else f'-{n}'}" for n in range(1000))
    kept = next(place for name in names if not (place := path.with_name(name)).exists())
    with suppress(OSError):
        return path.rename(kept)
    return path


def add_night(folder: Path, run: RunRecord) -> Path:
    """Put this night behind the others, and let the oldest go."""
    numbers = [
        number
        for number in (_number(path.name.partition(".bad-")[0]) for path in _all(folder))
        if number is not None
    ]
    slim = replace(run, cases=tuple(replace(case, elapsed=()) for case in run.cases))
    name = re.sub(r"[^\w.-]", "_", run.run)[:80]
    path = folder / f"{max(numbers, default=0) + 1:06d}-{name}.json"
    write_text(path, dump(slim))
    for old in _files(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def _files(folder: Path) -> list[Path]:
    numbered = [(number, path) for path in _all(folder) if (number := _number(path.name)) is not None]
    return [path for _, path in sorted(numbered)]


def _all(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _number(name: str) -> int | None:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else None
