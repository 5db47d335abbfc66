"""Finds members that change by themselves: they differ between two looks before anything was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from framework.base.errors import BaselineError
from framework.base.jsonpath import Json
from framework.baseline import files
from framework.baseline.accepting import Candidate
from framework.baseline.records import RecordForm
from framework.baseline.store import CANDIDATES, LAST_LOOK
from framework.checks.equality import same

Records = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Unsteady:
    """A member, inner ones as ``files.fileKey``, and in how many of the records of both looks it differs."""

    member: str
    differing: int
    records: int


def unsteady_members(candidate: Candidate, reports: Path) -> list[Unsteady]:
    """Return the members that differ between the last look and *candidate*, those of most records first.

    Only a case of which nothing was accepted yet has any: later, a difference is a change.
    """
    earlier = reports / LAST_LOOK.name / candidate.folder.relative_to(reports / CANDIDATES.name)
    counted: Counter[str] = Counter()
    compared = 0
    for change in candidate.changes:
        if change.is_about and not change.basis:
            slot = change.file.partition("/")[0]
            now, before = (_records(folder / slot) for folder in (candidate.folder, earlier))
            for name in now.keys() & before.keys():
                compared += 1
                counted.update(set(_differing(before[name], now[name], "")))
    return [Unsteady(member, number, compared) for member, number in counted.most_common()]


def _records(slot: Path) -> Records:
    """Return the records of a slot by the names of their files; none if they cannot be read."""
    try:
        about = files.read(slot / files.ABOUT, files.ABOUT)
        form = RecordForm(about["key"], tuple(about["text"]))
        paths = (path for path in slot.glob("*.json") if path.name != files.ABOUT)
        return {path.name: form.read(files.read(path, path.name)) for path in paths}
    except (BaselineError, KeyError, TypeError):
        return {}


def _differing(before: Json, after: Json, name: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            inner = f"{name}.{key}" if name else key
            if key in before and key in after:
                yield from _differing(before[key], after[key], inner)
            else:
                yield inner
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for left, right in zip(before, after, strict=True):
            yield from _differing(left, right, name)
    elif not same(before, after):
        yield name
