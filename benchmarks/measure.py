"""Runs one process to its end and says what it cost: CPU seconds of it and its children, and its largest memory."""

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

LONGEST = 600
"""Seconds after which a process is ended: a benchmark that hangs is not a slow one."""


@dataclass(frozen=True)
class Cost:
    """``cpu`` and ``wall`` in seconds, ``memory`` in bytes at most; ``code`` the exit status, ``output`` what it wrote,
    ``results`` where its report is."""

    cpu: float
    wall: float
    memory: int
    code: int
    output: str
    results: Path


def run(side: Side, *more: str) -> Cost:
    """Run *side* once, its report in a new folder."""
    # Nothing is removed between runs: file systems make those pay that create files where others were just deleted.
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
    watch = threading.Timer(LONGEST, process.kill)
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
    # The options of whoever runs the benchmark are not part of it, nor is a bytecode cache that may not be written.
    dropped = ("PYTEST_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONDEVMODE", "COV_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(dropped) and not name.lower().endswith("_proxy")
    }
    return {**kept, "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", **side.variables}


@dataclass(frozen=True)
class Stub:
    """A server that is running."""

    base_url: str

    def served(self) -> int:
        """Return how many POSTs it has answered."""
        with urllib.request.urlopen(f"{self.base_url}/count", timeout=5) as reply:
            return int(reply.read())


@contextmanager
def stub(size: int, bodies: int, wrong: str = "", every: int = 1) -> Iterator[Stub]:
    """Run the stub server; 0 *bodies*: no two replies are alike. *wrong*: what is wrong with each *every*-th."""
    faults = ["--wrong", wrong, "--every", str(every)] if wrong else []
    command = [sys.executable, "-m", "benchmarks.stub", "--size", str(size), "--bodies", str(bodies), *faults]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Stub(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.communicate(timeout=10)
