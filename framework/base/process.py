"""Runs a child process that always ends: by itself, at its time limit, or when this process must stop."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

_GRACE_SECONDS = 30
_NO_EXIT_CODE = -1
_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class ProcessResult(NamedTuple):
    """How a process ended: its exit code, and whether it was stopped at the time limit."""

    code: int
    timed_out: bool = False


def run_with_timeout(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> ProcessResult:
    """Run *command* in *folder* for at most *seconds*.

    Whether the time is up or this process receives a stop signal, the child is first interrupted, so that it
    can write its results.
    """
    # A session of its own: a Ctrl-C on the terminal reaches this process only, which passes it on once.
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    with _forward_stop_signals(process):
        try:
            return ProcessResult(process.wait(seconds))
        except subprocess.TimeoutExpired:
            return ProcessResult(_stop(process), timed_out=True)


def _stop(process: subprocess.Popen[Any]) -> int:
    """Stop *process*, gently at first, and return its exit code."""
    for request_stop in (_interrupt, subprocess.Popen.terminate, subprocess.Popen.kill):
        request_stop(process)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_GRACE_SECONDS)
    return _NO_EXIT_CODE


def _interrupt(process: subprocess.Popen[Any]) -> None:
    if os.name == "nt":
        process.terminate()  # Windows cannot interrupt a single process
    else:
        process.send_signal(signal.SIGINT)


@contextmanager
def _forward_stop_signals(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Interrupt *process* on Ctrl-C or when CI stops the job. This process continues with its results."""

    def forward(*_: object) -> None:
        _interrupt(process)

    # Windows has no SIGHUP.
    numbers = [getattr(signal, name) for name in _STOP_SIGNALS if hasattr(signal, name)]
    previous = {number: signal.signal(number, forward) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
