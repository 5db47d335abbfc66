"""Locks the folder of Allure's results, so that only one run at a time clears it, fills it or reads it.

It is a lock of the operating system, so a killed run leaves none behind. A file beside it names the run that
holds the lock; it is for people. Both are inside the folder, so the folder is cleared but never removed.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from framework.base.clock import CHINA
from framework.base.errors import HarnessError, Problem
from framework.base.filelock import LockedError, locked
from framework.base.messages import tr

LOCK = ".lock"
HOLDER = ".holder"
_MAX_HOLDER_TEXT = 1000
# The harness's own results, and the files of Allure 1, JUnit and others that Allure's generator would read
# too.
_RESULTS = (
    "*-result.json",
    "*-container.json",
    "*-attachment*",
    "*-globals.json",
    "environment.properties",
    "*.tmp",
    "*-testsuite.xml",
    "*-testsuite.json",
    "TEST-*.xml",
    "junit*.xml",
    "testng*.xml",
    "cucumber*.json",
)


class BusyError(HarnessError):
    """Another run holds the lock of the folder."""


class UnwritableError(HarnessError):
    """The folder cannot be created or written."""


@contextmanager
def hold_folder(folder: Path, who: str) -> Iterator[None]:
    """Hold the lock of *folder*, which is created if necessary. Others who try get an error that names *who*.

    Raises:
        BusyError: another run holds it.
        OSError: it cannot be created or written.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / LOCK, wait=False))
        except LockedError:
            raise BusyError(_busy(folder)) from None
        holder = folder / HOLDER
        stack.callback(holder.unlink, missing_ok=True)
        holder.write_text(_describe_holder(who), encoding="utf-8")
        yield


def clear_results(folder: Path) -> None:
    """Remove the results of an earlier run and leave other files alone.

    With old results in the folder, Allure would show every case of this run as a retry.
    """
    for pattern in _RESULTS:
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def clear_command(arguments: Sequence[str], _say: Callable[[str], None]) -> int:
    """Run ``python -m framework clear DIR FILE…``: remove the results of an earlier run and the named files.

    Raises:
        BusyError: a run is using the folder.
        UnwritableError: something cannot be removed.
    """
    parser = argparse.ArgumentParser(
        "python -m framework clear", description=tr("删去上次运行的结果；另一次运行正在用它们时不删")
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help=tr("Allure 结果的文件夹"))
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=tr("一并删去的文件"))
    options = parser.parse_args(arguments)
    folder, files = options.folder, options.files
    try:
        with hold_folder(folder, tr("清理")):
            clear_results(folder)
            for file in files:
                file.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(unwritable_folder(folder, error)) from None
    return 0


def unwritable_folder(folder: Path, error: OSError) -> Problem:
    """Return the problem that *folder* cannot be written."""
    return Problem(
        "results-unwritable",
        tr("{folder} 不能写：{error}", folder=folder, error=error.strerror),
        tr("换一个 --alluredir，或改它的权限"),
    )


def _describe_holder(who: str) -> str:
    record = {"who": who, "pid": os.getpid(), "since": datetime.now(CHINA).isoformat(timespec="seconds")}
    return json.dumps(record, ensure_ascii=False)


def _busy(folder: Path) -> Problem:
    return Problem(
        "results-busy",
        tr("{folder} 正被另一次运行使用：{holder}", folder=folder, holder=_holder(folder)),
        tr("等它结束，或用 --alluredir 与 --junitxml 写到别处"),
    )


def _holder(folder: Path) -> str:
    try:
        with (folder / HOLDER).open(encoding="utf-8") as file:
            holder = json.loads(file.read(_MAX_HOLDER_TEXT))
        return tr(
            "{who}（进程 {pid}，{since} 开始）",
            who=str(holder["who"]),
            pid=int(holder["pid"]),
            since=str(holder["since"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return tr("刚刚开始")  # it has the lock and has not written its name yet
