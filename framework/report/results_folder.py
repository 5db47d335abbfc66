"""The folder of Allure's results belongs to one run at a time: whoever clears it, fills it or reads it for a
report holds its lock.

The lock is the operating system's, so a run that was killed leaves none behind. A file beside it says which
run holds it; it is for people only. Both lie inside the folder, which is therefore cleared and never removed.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from framework.base.errors import HarnessError, Problem
from framework.base.filelock import LockedError, locked
from framework.base.messages import tr
from framework.cases.template import CHINA

LOCK = ".lock"
HOLDER = ".holder"
_LONGEST = 1000
# Ours, and what Allure's generator would take for results too: those of Allure 1, of JUnit and of the other
# formats it reads.
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
    """Another run holds the folder."""


class UnwritableError(HarnessError):
    """The folder cannot be made or written."""


@contextmanager
def holding(folder: Path, who: str) -> Iterator[None]:
    """Hold *folder*, which is made if it is not there; *who* is told to whoever asks meanwhile.

    Raises:
        BusyError: another run holds it.
        OSError: it cannot be made or written.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / LOCK, wait=False))
        except LockedError:
            raise BusyError(_busy(folder)) from None
        holder = folder / HOLDER
        stack.callback(holder.unlink, missing_ok=True)
        holder.write_text(_signature(who), encoding="utf-8")
        yield


def clear(folder: Path) -> None:
    """Remove the results of an earlier run, else every case of this one would show as a retry; what is not
    ours stays.
    """
    for pattern in _RESULTS:
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def clear_command(arguments: Sequence[str], _say: Callable[[str], None]) -> int:
    """``python -m framework clear DIR FILE…``: an earlier run's results and other files go, unless a run is
    using them.
    """
    parser = argparse.ArgumentParser(
        "python -m framework clear", description=tr("删去上次运行的结果;另一次运行正在用它们时不删")
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help=tr("Allure 结果的文件夹"))
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=tr("一并删去的文件"))
    options = parser.parse_args(arguments)
    folder, files = options.folder, options.files
    try:
        with holding(folder, tr("清理")):
            clear(folder)
            for file in files:
                file.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(unwritable(folder, error)) from None
    return 0


def unwritable(folder: Path, error: OSError) -> Problem:
    """Say that *folder* cannot be written."""
    return Problem(
        "results-unwritable",
        tr("{folder} 不能写:{error}", folder=folder, error=error.strerror),
        tr("换一个 --alluredir,或改它的权限"),
    )


def _signature(who: str) -> str:
    record = {"who": who, "pid": os.getpid(), "since": datetime.now(CHINA).isoformat(timespec="seconds")}
    return json.dumps(record, ensure_ascii=False)


def _busy(folder: Path) -> Problem:
    return Problem(
        "results-busy",
        tr("{folder} 正被另一次运行使用:{holder}", folder=folder, holder=_holder(folder)),
        tr("等它结束,或用 --alluredir 与 --junitxml 写到别处"),
    )


def _holder(folder: Path) -> str:
    try:
        with (folder / HOLDER).open(encoding="utf-8") as file:
            told = json.loads(file.read(_LONGEST))
        return tr(
            "{who}(进程 {pid},{since} 开始)",
            who=str(told["who"]),
            pid=int(told["pid"]),
            since=str(told["since"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return tr("刚刚开始")  # it holds the lock and has not signed yet
