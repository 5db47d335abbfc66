"""Runs pytest in a process of its own that need not import everything again.

Half the time of a small run are imports, and the selftests make hundreds of runs. One process for each
worker imports the modules that they share, and is forked for each run. The rest of a run is as a user's.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from selftests import preloaded

ROOT = Path(__file__).resolve().parents[1]
_SECONDS = 300
_SERVER = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
"""The server's variables for the interpreter. A run that wants others cannot be forked from it."""
_STARTING = threading.Lock()


def run_pytest(
    arguments: Sequence[str], folder: Path, env: Mapping[str, str], *, forked: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m pytest`` with *arguments* in *folder*. Raises TimeoutError after five minutes."""
    if not forked or "forkserver" not in multiprocessing.get_all_start_methods() or _differ_at_start(env):
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(
            command,
            cwd=folder,
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    with tempfile.TemporaryDirectory() as written:
        out, err = Path(written, "out"), Path(written, "err")
        process: Any = _server().Process(target=_run, args=(tuple(arguments), folder, dict(env), out, err))
        process.start()
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutError(f"pytest ran for over {_SECONDS} s: {out.read_text('utf-8')[-3000:]}")
        return subprocess.CompletedProcess(
            tuple(arguments), process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _differ_at_start(env: Mapping[str, str]) -> bool:
    return _at_start(env) != _at_start({**os.environ, **_SERVER})


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in env.items() if key.startswith("PYTHON")}


def _server() -> Any:
    """Return a context whose processes have imported ``preloaded``. The server takes no path from us, but a
    variable.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preloaded.__name__])
    with _STARTING, pytest.MonkeyPatch.context() as patch:
        for name, value in _SERVER.items():
            patch.setenv(name, value)
        forkserver.ensure_running()
    return context


def _run(
    arguments: tuple[str, ...], folder: Path, env: dict[str, str], out: Path, err: Path
) -> None:  # pragma: no cover (in another process)
    for path, stream in ((out, 1), (err, 2)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:] = [str(folder), *(part for part in sys.path if part not in ("", str(folder)))]
    sys.argv = ["pytest", *arguments]
    code = 70
    try:
        code = int(pytest.console_main())
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
