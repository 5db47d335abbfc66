"""The stand-in as a process of one's own: started without waiting, and gone when its owner is gone.

    with StandinProcess() as standin:
        requests.post(standin.url + PAGE_LIST_PATH, headers={"Token": standin.token}, json={})

Three things end the child: :meth:`StandinProcess.stop`, the interpreter's exit, and its stdin, which the
system closes when the owner dies in whatever way.
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
    """The stand-in did not start, died, or was not started. The message ends with the tail of its stderr."""


class StandinProcess:
    """Owns one stand-in on a port that the system chooses.

    ``arguments`` are added to the command line (``("--fault", "total-int")``); ``timeout_s`` bounds how long
    :attr:`url` waits for the child to listen.
    """

    def __init__(self, arguments: Sequence[str] = (), timeout_s: float = START_TIMEOUT_S) -> None:
        self._arguments = tuple(arguments)
        self._timeout_s = timeout_s
        self._child: subprocess.Popen[str] | None = None
        self._listening: dict[str, Any] = {}
        self._settled = threading.Event()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._readers: tuple[threading.Thread, ...] = ()
        self._lock = threading.Lock()

    def start(self) -> StandinProcess:
        """Start the child and return at once. Starting twice is starting once; a stopped one cannot start
        again.
        """
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
        """The origin, ``http://127.0.0.1:PORT``, once the child listens.

        Raises StandinError when it was not started, ended, or did not listen in time.
        """
        return str(self._announced()["url"])

    @property
    def token(self) -> str:
        """A token that the stand-in accepts. Waits and raises as :attr:`url` does."""
        return str(self._announced()["token"])

    @property
    def pid(self) -> int:
        """The child's process id. Raises StandinError when it was not started."""
        return self._started().pid

    def stop(self) -> None:
        """End the child and wait for its end. Stopping twice, or what was never started, does nothing."""
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

    def _started(self) -> subprocess.Popen[str]:
        if self._child is None:
            raise StandinError("the stand-in is not running: call start() first")
        return self._child

    def _announced(self) -> dict[str, Any]:
        child = self._started()
        if not self._settled.wait(self._timeout_s):
            raise StandinError(self._told(f"the stand-in did not listen within {self._timeout_s:g} s"))
        if not self._listening:
            child.wait(STOP_TIMEOUT_S)
            self._readers[1].join(STOP_TIMEOUT_S)
            raise StandinError(self._told(f"the stand-in ended with exit code {child.returncode}"))
        return self._listening

    def _told(self, what: str) -> str:
        tail = "\n".join(self._stderr)
        return f"{what}; its stderr ends with:\n{tail}" if tail else f"{what}, and wrote nothing to stderr"

    def _reader(self, read: Any, child: subprocess.Popen[str]) -> threading.Thread:
        thread = threading.Thread(target=read, args=(self, child), daemon=True)
        thread.start()
        return thread


def _launch(arguments: Sequence[str]) -> subprocess.Popen[str]:
    root = str(Path(__file__).resolve().parent.parent)
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
    )


def _read_events(owner: StandinProcess, child: subprocess.Popen[str]) -> None:
    """Wait for the one line, then keep the pipe empty until its end."""
    with _stream(child.stdout) as stdout:
        for line in stdout:
            if not owner._listening and line.startswith("{"):
                owner._listening = json.loads(line)
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
    """Ask by closing stdin and by a signal; insist after a while."""
    # A child that is dead already breaks the pipe, and there is nobody to tell.
    with contextlib.suppress(OSError):
        _stream(child.stdin).close()
    child.terminate()
    try:
        child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
