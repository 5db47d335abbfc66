"""Runs the stand-in in a process of its own, which ends together with its owner.

    with StandinProcess() as standin:
        requests.post(standin.url + PAGE_LIST_PATH, headers={"Token": standin.token}, json={})

The start does not wait for the child. It ends by :meth:`StandinProcess.stop`, at the exit of the interpreter,
or when its stdin is closed, which the system does even if the owner is killed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 5.0
STDERR_LINES = 20


class StandinError(RuntimeError):
    """The stand-in is not running: it was not started, or it ended. The message has the end of its stderr."""


class StandinProcess:
    """Owns one stand-in on a port that the system chooses.

    ``arguments`` are added to the command line (``("--fault", "total-int")``). :attr:`url` waits at most
    ``timeout_s`` seconds for the child to listen.
    """

    def __init__(self, arguments: Sequence[str] = (), timeout_s: float = START_TIMEOUT_S) -> None:
        self._arguments = tuple(arguments)
        self._timeout_s = timeout_s
        self._child: subprocess.Popen[str] | None = None
        self._listening_event: dict[str, Any] = {}
        self._settled = threading.Event()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._readers: tuple[threading.Thread, ...] = ()
        self._lock = threading.Lock()

    def start(self) -> StandinProcess:
        """Start the child and return at once; a second call does nothing.

        The child cannot be started again after a stop."""
        with self._lock:
            if self._child is None:
                self._child = _launch(self._arguments)
                self._readers = tuple(
                    self._reader(read, self._child) for read in (_read_events, _read_stderr)
                )
                atexit.register(self.stop)
        return self

    @property
    def url(self) -> str:
        """The origin, ``http://127.0.0.1:PORT``; waits until the child listens.

        Raises:
            StandinError: the child was not started, has ended, or did not listen in time.
        """
        return str(self._announcement()["url"])

    @property
    def token(self) -> str:
        """A token that the stand-in accepts; waits and raises like :attr:`url`."""
        return str(self._announcement()["token"])

    @property
    def pid(self) -> int:
        """The child's process id.

        Raises:
            StandinError: the child was not started.
        """
        return self._running_child().pid

    def stop(self) -> None:
        """End the child and wait for it. Nothing happens if it was never started or is stopped already."""
        with self._lock:
            child, self._child = self._child, None
            if child is None:
                return
            atexit.unregister(self.stop)
            _end(child)
            for reader in self._readers:
                reader.join(STOP_TIMEOUT_S)
            self._settled.set()

    def __enter__(self) -> StandinProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running_child(self) -> subprocess.Popen[str]:
        if self._child is None:
            raise StandinError("the stand-in is not running: call start() first")
        return self._child

    def _announcement(self) -> dict[str, Any]:
        child = self._running_child()
        # The reader thread sets the event when the child listens, and also when its stdout ends.
        if not self._settled.wait(self._timeout_s):
            raise StandinError(self._with_stderr(f"the stand-in did not listen within {self._timeout_s:g} s"))
        if not self._listening_event:
            child.wait(STOP_TIMEOUT_S)
            self._readers[1].join(STOP_TIMEOUT_S)
            raise StandinError(self._with_stderr(f"the stand-in ended with exit code {child.returncode}"))
        return self._listening_event

    def _with_stderr(self, problem: str) -> str:
        tail = "\n".join(self._stderr)
        if tail:
            return f"{problem}; its stderr ends with:\n{tail}"
        return f"{problem}, and wrote nothing to stderr"

    def _reader(self, read: Any, child: subprocess.Popen[str]) -> threading.Thread:
        thread = threading.Thread(target=read, args=(self, child), daemon=True)
        thread.start()
        return thread


def _launch(arguments: Sequence[str]) -> subprocess.Popen[str]:
    root = str(Path(__file__).resolve().parent.parent)
    # The child must find this package even if the owner runs in another folder.
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "standin", "--port", "0", "--until-stdin-closes", *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        # A Ctrl-C on the terminal is for the owner. The cases at hand still need their service.
        start_new_session=True,
    )


def _read_events(owner: StandinProcess, child: subprocess.Popen[str]) -> None:
    """Wait for the announcement, then drain the pipe so that the child never blocks on it."""
    with _stream(child.stdout) as stdout:
        for line in stdout:
            if not owner._listening_event and line.startswith("{"):
                owner._listening_event = json.loads(line)
                owner._settled.set()
    owner._settled.set()


def _read_stderr(owner: StandinProcess, child: subprocess.Popen[str]) -> None:
    with _stream(child.stderr) as stderr:
        for line in stderr:
            owner._stderr.append(line.rstrip())


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _end(child: subprocess.Popen[str]) -> None:
    """Ask the child to end, by closing its stdin and by a signal; kill it after a timeout."""
    # If the child has already ended, closing the pipe fails, which does not matter.
    with contextlib.suppress(OSError):
        _stream(child.stdin).close()
    child.terminate()
    try:
        child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
