"""Check that the project installs and runs on every Python version that pyproject.toml promises.

``list`` prints the promised versions. ``resolve`` asks pip whether every locked package has a wheel for each
version on Linux, with ``--all`` on every platform. ``smoke`` runs the smoke cases in a fresh copy with a new
virtual environment, on each version that is installed here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LOCK = PROJECT / "requirements-dev.lock"
"""The largest lock: it contains the other two."""

CLASSIFIER = re.compile(r'"Programming Language :: Python :: (3\.\d+)"')
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


@dataclass(frozen=True)
class Platform:
    """A platform that the README promises: its markers (PEP 508) and pip's tags for its wheels."""

    name: str
    sys_platform: str
    machine: str
    tags: tuple[str, ...]


# Wheels are tagged with the oldest C library that they run on, and pip wants every tag by name.
GLIBC = range(5, 36)

PLATFORMS = (
    Platform("linux-x86_64", "linux", "x86_64", tuple(f"manylinux_2_{minor}_x86_64" for minor in GLIBC)),
    Platform("linux-aarch64", "linux", "aarch64", tuple(f"manylinux_2_{minor}_aarch64" for minor in GLIBC)),
    Platform("macos-arm64", "darwin", "arm64", ("macosx_14_0_arm64",)),
)


def promised_versions() -> list[str]:
    """Return the minor versions in pyproject.toml's classifiers, lowest first."""
    return CLASSIFIER.findall((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def main() -> int:
    match sys.argv[1:]:
        case ["list"]:
            _print("\n".join(promised_versions()))
            return 0
        case ["resolve"]:
            return resolve(PLATFORMS[:1])
        case ["resolve", "--all"]:
            return resolve(PLATFORMS)
        case ["smoke"]:
            return smoke()
    sys.stderr.write("usage: scripts/versions list | resolve [--all] | smoke\n")
    return 2


def resolve(platforms: Sequence[Platform]) -> int:
    pairs = [(version, platform) for version in promised_versions() for platform in platforms]
    with ThreadPoolExecutor(max_workers=4) as pool:
        errors = list(pool.map(lambda pair: missing_wheel(*pair), pairs))
    for (version, platform), error in zip(pairs, errors, strict=True):
        _print(f"{version:<6} {platform.name:<14} {error or 'ok'}")
    return 1 if any(errors) else 0


def missing_wheel(version: str, platform: Platform) -> str:
    """Return pip's error if a locked package has no wheel for *version* on *platform*, or an empty string.

    pip evaluates markers for the Python that it runs on, even with ``--python-version``. So the markers are
    evaluated here, and pip gets a plain list without dependencies: the lock names all of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(
            "\n".join(pins_for(LOCK.read_text(encoding="utf-8"), version, platform)), encoding="utf-8"
        )
        tags = [argument for tag in platform.tags for argument in ("--platform", tag)]
        options = ["-q", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:"]
        target = ["--python-version", version, *tags, "--target", folder]
        command = [sys.executable, "-m", "pip", "install", *options, *target, "-r", str(pins)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else _last_line(done.stderr)


def pins_for(lock: str, version: str, platform: Platform) -> list[str]:
    """Return the pins of *lock* whose markers hold for *version* and *platform*."""
    from packaging.requirements import Requirement  # noqa: PLC0415  # `list` and `smoke` run on a bare Python

    environment = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "sys_platform": platform.sys_platform,
        "platform_machine": platform.machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    pins = []
    for line in re.findall(r"^[A-Za-z0-9].*?==[^\\\n]*", lock, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            pins.append(f"{requirement.name}{requirement.specifier}")
    return pins


def smoke() -> int:
    failed = False
    for version in promised_versions():
        python = find_python(version)
        if python is None:
            _print(f"{version:<8} not installed here")
            continue
        start = time.monotonic()
        code, last = _smoke_on(python)
        failed = failed or code != 0
        outcome = "ok" if code == 0 else f"FAILED ({code})"
        _print(f"{version:<8} {outcome}: {last} [{time.monotonic() - start:.0f} s, {python}]")
    return 1 if failed else 0


def find_python(version: str) -> str | None:
    """Return the path of a Python of *version* that can make a virtual environment, or None."""
    for candidate in _candidates(version):
        probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
        try:
            done = subprocess.run([candidate, "-c", probe], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.strip() == version:
            return candidate
    return None


def _candidates(version: str) -> Iterator[str]:
    # A pyenv shim of a version that is not active fails; the interpreter itself is under versions/.
    for folder in os.get_exec_path():
        for name in (f"python{version}", "python3"):
            found = shutil.which(name, path=folder)
            if found:
                yield found
    yield from map(str, sorted((PYENV / "versions").glob(f"{version}.*/bin/python"), reverse=True))


def _smoke_on(python: str) -> tuple[int, str]:
    """Return the exit code and the last line of the smoke cases in a fresh copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        _copy_project(copy)
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "HARNESS"))
        }
        environment["PYTHON"] = python
        bootstrap = [str(copy / "scripts" / "bootstrap"), "requirements.txt"]
        done = subprocess.run(bootstrap, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            command = [done.stdout.strip(), "-m", "pytest", "-q", "-m", "smoke"]
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            sys.stderr.write(done.stdout + done.stderr)
        return done.returncode, _last_line(done.stdout or done.stderr)


def _copy_project(target: Path) -> None:
    """Copy the files that git knows or would add, as they are on disk."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source = PROJECT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


if __name__ == "__main__":
    sys.exit(main())
