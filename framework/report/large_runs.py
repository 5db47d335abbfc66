"""Leaves the steps and attachments of passing cases out of a large report.

A page with 10,000 cases would otherwise be over 100 MB, and its generator would need over a gigabyte. The
results themselves are left as they are, and the log has every request and check.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framework.base.messages import tr

LARGE = 3000
"""Results of a run from which on its report is made smaller."""
_RESULTS = "*-result.json"
_HIDDEN = {"host", "thread", "framework", "language", "package", "parentSuite", "suite"}
_DROPPED = {"steps", "attachments", "titlePath"}


def smaller_results(results: Path, folder: Path) -> Path:
    """Return *results*, or for a large run *folder* with a copy of the results that its report shows.

    Raises:
        OSError: something cannot be read or written.
    """
    if len(list(results.glob(_RESULTS))) <= LARGE:
        return results
    folder.mkdir()
    dropped: set[str] = set()
    wanted: set[str] = set()
    for path in results.glob(_RESULTS):
        result = _read(path)
        if result.get("status") == "passed":
            dropped.update(_sources(result))
            text = json.dumps(_smaller(result), ensure_ascii=False, separators=(",", ":"))
            (folder / path.name).write_text(text, encoding="utf-8")
            dropped.add(path.name)
        else:
            wanted.update(_sources(result))
    left_out = dropped - wanted
    for path in results.iterdir():
        if path.is_file() and path.name not in left_out:
            _link(path, folder / path.name)
    return folder


def _read(path: Path) -> dict[str, Any]:
    try:
        result = json.loads(path.read_bytes())
    except ValueError:  # Allure skips it too
        return {}
    return result if isinstance(result, dict) else {}


def _smaller(result: dict[str, Any]) -> dict[str, Any]:
    labels = [label for label in result.get("labels", ()) if label.get("name") not in _HIDDEN]
    why = tr("运行很大，只留结论；其余在运行日志里")
    kept = {name: value for name, value in result.items() if name not in _DROPPED}
    return {**kept, "labels": labels, "description": why}


def _sources(part: dict[str, Any]) -> Iterator[str]:
    """Yield the files that a result or a step of it has attached."""
    for attachment in part.get("attachments", ()):
        yield str(attachment.get("source", ""))
    for step in part.get("steps", ()):
        yield from _sources(step)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, target)
