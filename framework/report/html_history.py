"""Reads the history of Allure's HTML report: one JSON object on a line for each run.

The generator fails on an incomplete line, as a full disk or a stopped run leaves it, so such lines are
dropped. The line of the run that is being reported is dropped too: two reports from the same results are not
two runs.
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
    """The complete lines, oldest first, and the number of incomplete ones."""

    lines: tuple[str, ...]
    incomplete: int = 0


def read_history(path: Path, starts: Collection[int]) -> History:
    """Read the newest lines of *path* without the run whose results began at *starts* (Unix milliseconds)."""
    if not path.is_file():
        return History(())
    lines = [line for line in path.read_bytes().decode("utf-8", errors="replace").split("\n") if line.strip()]
    points = [(line, _parsed_point(line)) for line in lines]
    kept = [line for line, point in points if point is not None and not _is_run_of(point, starts)]
    incomplete = sum(point is None for _, point in points)
    return History(tuple(kept[-(LIMIT - 1) :]), incomplete)


def _parsed_point(line: str) -> dict[str, Any] | None:
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
