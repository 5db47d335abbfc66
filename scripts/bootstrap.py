"""Makes ``.venv`` ready for the given requirement files and writes the path of its Python to standard output.

A stamp in ``.venv`` says what was installed: while it holds, nothing is run and no network is used. It is
written last, so an installation that was interrupted is done again. A lock of the operating system's, let go
even by a killed process, keeps two runs from installing at once. What people read goes to standard error.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PROJECT = Path(__file__).resolve().parents[1]
NOT_READY = 10
"""The exit code where the environment could not be made ready; pytest's own go up to 5."""

_PROBE = (
    "import sys, importlib.util as u; print(sys.version); sys.exit(sys.version_info < (3, 10) or "
    "u.find_spec('pip') is None)"
)


def main(names: Sequence[str]) -> int:
    with _lock(PROJECT / ".cache" / "bootstrap.lock"):
        python = _ready_venv(PROJECT / ".venv")
        if python is None:
            return _fail("无法建立虚拟环境 .venv (Debian/Ubuntu 上先运行: sudo apt install python3-venv)")
        for name in names:
            if not _ready_packages(python, PROJECT / name):
                return _fail(f"依赖没有装好 ({name})。请检查网络或 pip 镜像设置，然后再运行一次")
    sys.stdout.write(f"{python}\n")
    return 0


def _ready_venv(venv: Path) -> Path | None:
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _probe(python) is None:
        _say("建立虚拟环境 .venv …")
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(venv)], stdout=sys.stderr, check=False
        )
        if made.returncode != 0 or _probe(python) is None:
            return None
    return python


def _probe(python: Path) -> str | None:
    """Return the version of *python*, or None where it cannot be used: gone, too old, or its pip was left
    behind.
    """
    try:
        said = subprocess.run([str(python), "-c", _PROBE], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return said.stdout if said.returncode == 0 else None


def _ready_packages(python: Path, requirements: Path) -> bool:
    stamp = python.parents[1] / f".installed-{requirements.stem}"
    wanted = _fingerprint(_probe(python) or "", requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return True
    stamp.unlink(missing_ok=True)
    _say(f"安装依赖 {requirements.name} …")
    pip = [
        str(python),
        "-m",
        "pip",
        "install",
        "-qq",
        "--no-input",
        "--disable-pip-version-check",
        "-r",
        str(requirements),
    ]
    if subprocess.run(pip, stdout=sys.stderr, check=False).returncode != 0:
        return False
    stamp.write_text(wanted, encoding="utf-8")
    return True


def _fingerprint(version: str, requirements: Path) -> str:
    """Hash the Python and the requirements. ``-r`` leads to files beside it, so all of them count."""
    digest = hashlib.sha256(version.encode())
    for path in sorted(requirements.parent.glob("requirements*.txt")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _take(file, wait=False):
            _say("另一个进程正在安装依赖，等它结束 …")
            _take(file, wait=True)
        yield  # the lock goes with the file


def _take(file: IO[str], *, wait: bool) -> bool:
    try:
        _os_lock(file, wait=wait)
    except OSError:
        if wait:
            raise
        return False
    return True


if sys.platform == "win32":

    def _os_lock(file: IO[str], *, wait: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:

    def _os_lock(file: IO[str], *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _fail(text: str) -> int:
    _say(f"错误: {text}")
    return NOT_READY


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
