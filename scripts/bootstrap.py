"""Make ``.venv`` ready for the given requirements files and write the path of its Python to stdout.

Packages are installed from the lock file beside each requirements file, so that all machines get the same
files. A stamp in ``.venv`` records what was installed: if it is current, nothing is run and no network is
used. The stamp is written last, so an interrupted installation is repeated. A file lock keeps two runs from
installing at the same time; the operating system releases it even if the process is killed. Messages for
people go to standard error.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pip_errors import find_cause

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PROJECT = Path(__file__).resolve().parents[1]
NOT_READY = 10
"""The exit code if the environment could not be made ready. pytest's own exit codes go up to 5."""

_PROBE = (
    "import sys, importlib.util as u; print(sys.version); sys.exit(sys.version_info < (3, 10) or "
    "u.find_spec('pip') is None)"
)


class NotReadyError(Exception):
    """The environment cannot be made ready; the text is for the person who runs the script."""


def main(names: Sequence[str]) -> int:
    with _lock(PROJECT / ".cache" / "bootstrap.lock"):
        try:
            python = _ready_venv(PROJECT / ".venv")
            for name in names:
                _ready_packages(python, PROJECT / name)
        except NotReadyError as error:
            _say(f"错误：{error}")
            return NOT_READY
    sys.stdout.write(f"{python}\n")
    return 0


def _ready_venv(venv: Path) -> Path:
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _probe(python) is None:
        _say("建立虚拟环境 .venv …")
        command = [sys.executable, "-m", "venv", "--clear", str(venv)]
        made = subprocess.run(command, stdout=sys.stderr, check=False)
        if made.returncode != 0 or _probe(python) is None:
            raise NotReadyError(
                "无法建立虚拟环境 .venv（Debian/Ubuntu 上先运行：sudo apt install python3-venv）"
            )
    return python


def _probe(python: Path) -> str | None:
    """Return the version of *python*, or None if it cannot be used: it is missing, too old, or has no pip."""
    try:
        done = subprocess.run([str(python), "-c", _PROBE], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _ready_packages(python: Path, requirements: Path) -> None:
    stamp = python.parents[1] / f".installed-{requirements.stem}"
    version = _probe(python) or ""
    fingerprint = _fingerprint(version, requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    _say(f"安装依赖 {requirements.name} …")
    lock = requirements.with_suffix(".lock")
    _check_lock(requirements, lock)
    _install(python, version.partition(" ")[0], lock)
    stamp.write_text(fingerprint, encoding="utf-8")


def _fingerprint(version: str, requirements: Path) -> str:
    """Hash the Python version and all requirements and lock files: ``-r`` may lead from one to another."""
    digest = hashlib.sha256(version.encode())
    for path in sorted(requirements.parent.glob("requirements*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _check_lock(requirements: Path, lock: Path) -> None:
    remedy = "处理：运行 scripts/lock 重新生成锁文件"
    if not lock.is_file():
        raise NotReadyError(f"缺少 {lock.name}\n{remedy}")
    missing = sorted(read_pins(requirements) - read_pins(lock))
    if missing:
        pins = "、".join(f"{name}=={version}" for name, version in missing)
        raise NotReadyError(f"{lock.name} 里没有 {requirements.name} 要求的 {pins}\n{remedy}")


def read_pins(path: Path) -> set[tuple[str, str]]:
    """Return the (normalised name, version) pairs that a requirements or lock file pins, ``-r`` included."""
    pins = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        included = re.match(r"-r\s+(\S+)", line)
        pin = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", line)
        if included:
            pins |= read_pins(path.parent / included[1])
        elif pin:
            pins.add((re.sub(r"[-_.]+", "-", pin[1]).lower(), pin[2]))
    return pins


def _install(python: Path, version: str, lock: Path) -> None:
    """Install the packages of *lock*.

    Raises:
        NotReadyError: pip failed. The text has the cause that pip's log shows.
    """
    log = PROJECT / ".cache" / "pip.log"
    log.unlink(missing_ok=True)
    # Only pip's log has all that is needed to tell the causes of a failure apart; its output does not.
    options = ["-qq", "--no-input", "--disable-pip-version-check", "--log", str(log)]
    command = [str(python), "-m", "pip", "install", *options, "--require-hashes", "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode == 0:
        return
    logged = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    cause = find_cause(f"{logged}\n{done.stderr.decode('utf-8', 'replace')}", version)
    raise NotReadyError(
        f"依赖没有装好：{lock.name}，Python {version}\n"
        f"原因：{cause.reason}\n处理：{cause.remedy}\npip：{cause.line}\n日志：{log.relative_to(PROJECT)}"
    )


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _take(file, wait=False):
            _say("另一个进程正在安装依赖，等它结束 …")
            _take(file, wait=True)
        yield  # closing the file releases the lock


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
