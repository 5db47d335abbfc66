"""Runs a child process that always ends: by itself, at its time limit, or when this process must stop."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

_GRACE_SECONDS = 30
_NO_EXIT_CODE = -1
_STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_KEPT_BYTES = 16_000
_LAST_WORDS_SECONDS = 5  # a grandchild that lives on may keep the pipe open


class ProcessResult(NamedTuple):
    """How a process ended.

    ``timed_out``, ``cancelled``: whether the time limit or a stop signal ended it. ``errors``: the end of
    its stderr.
    """

    code: int
    timed_out: bool = False
    cancelled: bool = False
    errors: str = ""


def run_with_timeout(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> ProcessResult:
    """Run *command* in *folder* for at most *seconds*.

    Whether the time is up or this process receives a stop signal, the child is first interrupted, so that it
    can write its results. Its stderr is passed on, and the end is kept.
    """
    # Before the child starts: a signal that this process handles has its default action in the child, but one
    # that this process inherited as ignored, as a shell's background job does, would be ignored there too.
    with _forward_stop_signals() as forwarding:
        # A session of its own: a Ctrl-C on the terminal reaches this process only, which passes it on once.
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        errors = _Listener(process.stderr)
        forwarding.start(process)
        try:
            ended = ProcessResult(process.wait(seconds))
        except subprocess.TimeoutExpired:
            ended = ProcessResult(_stop(process), timed_out=True)
        return ended._replace(cancelled=forwarding.received, errors=errors.end())


class _Listener:
    """Passes on the stderr of a child, and keeps the end of it."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        if self._pipe is None:
            return
        with self._pipe as pipe:
            while chunk := os.read(pipe.fileno(), 65536):
                self._kept += chunk
                if len(self._kept) > 2 * _KEPT_BYTES:
                    # Whole lines only: half of a secret would not be recognized as one.
                    self._kept = self._kept[-_KEPT_BYTES:].partition(b"\n")[2]
                with suppress(OSError):  # nobody reads our own stderr any more
                    _write_all(chunk)

    def end(self) -> str:
        self._thread.join(_LAST_WORDS_SECONDS)
        return self._kept.decode("utf-8", "replace")


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(2, data) :]


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


class _Forwarding:
    """Interrupts a process on Ctrl-C or when CI stops the job, also if the signal comes before it starts."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[Any] | None = None
        self.received = False

    def start(self, process: subprocess.Popen[Any]) -> None:
        self.process = process
        if self.received:
            _interrupt(process)

    def forward(self, *_: object) -> None:
        self.received = True
        if self.process is not None:
            _interrupt(self.process)


@contextmanager
def _forward_stop_signals() -> Iterator[_Forwarding]:
    """Handle the stop signals of this process, which continues with its results.

    An ignored SIGHUP stays ignored: nohup asks for that.
    """
    forwarding = _Forwarding()
    # Windows has no SIGHUP.
    numbers = [getattr(signal, name) for name in _STOP_SIGNALS if hasattr(signal, name)]
    handled = [
        number
        for number in numbers
        if number != getattr(signal, "SIGHUP", None) or signal.getsignal(number) is not signal.SIG_IGN
    ]
    previous = {number: signal.signal(number, forwarding.forward) for number in handled}
    try:
        yield forwarding
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
