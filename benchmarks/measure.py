"""Runs one process and measures its cost: CPU seconds with its children, and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sides import ROOT, Side

MAX_SECONDS = 600
"""Seconds after which a hanging process is killed."""


@dataclass(frozen=True)
class Cost:
    """The cost of a process.

    ``cpu`` and ``wall``: seconds. ``memory``: peak in bytes. ``code``: exit status. ``results``: the folder
    of its Allure results.
    """

    cpu: float
    wall: float
    memory: int
    code: int
    output: str
    results: Path


def run(side: Side, *more: str) -> Cost:
    """Run *side* once, with its results in a new folder."""
    # Nothing is removed between runs, because creating files is slow in a folder from which many were just
    # deleted.
    results = Path(tempfile.mkdtemp(prefix="results-", dir=side.folder))
    begun = time.perf_counter()
    process = subprocess.Popen(
        side.command(results, *more),
        cwd=side.folder,
        env=_environment(side),
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    watch = threading.Timer(MAX_SECONDS, process.kill)
    watch.start()
    try:
        assert process.stdout is not None
        with process.stdout:
            output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        watch.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(
        usage.ru_utime + usage.ru_stime,
        time.perf_counter() - begun,
        usage.ru_maxrss * unit,
        process.returncode,
        output,
        results,
    )


def _environment(side: Side) -> dict[str, str]:
    # Settings of the caller must not affect the figures.
    dropped = ("PYTEST_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONDEVMODE", "COV_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(dropped) and not name.lower().endswith("_proxy")
    }
    return {**kept, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", **side.variables}


@dataclass(frozen=True)
class Stub:
    """A running stub server."""

    base_url: str

    def served(self) -> int:
        """Return the number of POSTs that it has received."""
        with urllib.request.urlopen(f"{self.base_url}/count", timeout=5) as reply:
            return int(reply.read())


@contextmanager
def stub(size: int, bodies: int, wrong: str = "", every: int = 1) -> Iterator[Stub]:
    """Run the stub server.

    *bodies*: number of different replies, 0 if all differ. *wrong*: the fault of each *every*-th reply.
    """
    faults = ["--wrong", wrong, "--every", str(every)] if wrong else []
    command = [sys.executable, "-m", "benchmarks.stub", "--size", str(size), "--bodies", str(bodies), *faults]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Stub(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.communicate(timeout=10)
