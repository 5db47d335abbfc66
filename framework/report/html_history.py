"""The report's history: one JSON object a line, one line a run.

A line cut short (a full disk, a stopped run) makes the generator give up, so only whole lines reach it. The
line of the very run being reported is left out too: making a report twice from the same results is not two
runs.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 30


@dataclass(frozen=True, slots=True)
class History:
    """The lines fit for use, oldest first, and how many were not."""

    lines: tuple[str, ...]
    spoiled: int = 0


def read_history(path: Path, starts: Collection[int]) -> History:
    """Read the newest lines of *path*, leaving out the run whose results began at *starts*."""
    if not path.is_file():
        return History(())
    lines = [line for line in path.read_bytes().decode("utf-8", errors="replace").split("\n") if line.strip()]
    points = [(line, _point(line)) for line in lines]
    kept = [line for line, point in points if point is not None and not _is_run_of(point, starts)]
    return History(tuple(kept[-(LIMIT - 1) :]), spoiled=sum(point is None for _, point in points))


def _point(line: str) -> dict[str, Any] | None:
    try:
        point = json.loads(line)
    except ValueError:
        return None
    return point if _is_point(point) else None


def _is_point(point: object) -> bool:
    return (
        isinstance(point, dict)
        and isinstance(point.get("uuid"), str)
        and isinstance(point.get("timestamp"), int)
        and isinstance(point.get("knownTestCaseIds"), list)
        and isinstance(point.get("testResults"), dict)
        and all(isinstance(result, dict) for result in point["testResults"].values())
    )


def _is_run_of(point: dict[str, Any], starts: Collection[int]) -> bool:
    began = {result.get("start") for result in point["testResults"].values()}
    return bool(began) and began <= set(starts)
