"""A process of ours that must end, and be let end well: by itself, by the clock, or because we are asked to
end.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

_GRACE = 30
_NO_EXIT = -1


class Ended(NamedTuple):
    code: int
    out_of_time: bool = False


def run_to_end(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Ended:
    """Run *command* to its end, or to the end of the time, or to the signal that ends us; all three let it
    write what it has.
    """
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    with _signals_end(process):
        try:
            return Ended(process.wait(seconds))
        except subprocess.TimeoutExpired:
            return Ended(_end(process), out_of_time=True)


def _end(process: subprocess.Popen[Any]) -> int:
    for ask in (_interrupt, subprocess.Popen.terminate, subprocess.Popen.kill):
        ask(process)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_GRACE)
    return _NO_EXIT


def _interrupt(process: subprocess.Popen[Any]) -> None:
    if os.name == "nt":
        process.terminate()  # it knows no interrupt for one process
    else:
        process.send_signal(signal.SIGINT)


@contextmanager
def _signals_end(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Ctrl-C and the CI's own end of patience end the run; the night goes on with what the run had."""

    def end(*_: object) -> None:
        _interrupt(process)

    numbers = [
        number
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) is not None
    ]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
