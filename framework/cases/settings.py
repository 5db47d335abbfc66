"""Reads the settings for suites, tags and matchers in pytest.ini, with or without pytest running."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import ConfigError, Problem
from framework.base.ini import NAME, read_ini
from framework.base.messages import tr

DEFAULT_FOLDERS = ("testcases",)
CONTROL_MARKS = frozenset(
    {
        "skip",
        "skipif",
        "xfail",
        "parametrize",
        "usefixtures",
        "filterwarnings",
        "tryfirst",
        "trylast",
        "xdist_group",
    }
)
"""pytest's own marks. They are no tags: one of them would skip or excuse a case without a reason."""

_BASELINE = "framework.baseline.matchers"
SHIPPED = {"same_as_accepted": _BASELINE, "shape_as_accepted": _BASELINE}
"""Matchers that every project has, and that are imported only when a case uses one."""


@dataclass(frozen=True)
class Settings:
    """The settings of a project.

    ``folders`` hold the suites, ``tags`` are the declared markers, and ``libraries`` maps the name of a
    matcher to the module that defines it, the SHIPPED ones included.
    """

    root: Path
    folders: tuple[Path, ...] = ()
    tags: frozenset[str] = frozenset()
    libraries: Mapping[str, str] = field(default_factory=dict)


def make_settings(
    root: Path, suites: Iterable[str], markers: Iterable[str], matchers: Iterable[str]
) -> Settings:
    """Return the settings for the values of the three options; *markers* and *matchers* are lines.

    Raises:
        ConfigError: a line of ``matchers`` is not ``module: name name``.
    """
    folders = tuple(root / name for name in suites)
    tags = frozenset(_marker_name(line) for line in markers) - CONTROL_MARKS
    return Settings(root, folders, tags, {**SHIPPED, **dict(_parse_libraries(matchers))})


def read_settings(root: Path) -> Settings:
    """Read the pytest.ini of *root* without starting pytest.

    Raises:
        ConfigError: a line of ``matchers`` is not ``module: name name``.
    """
    ini = read_ini(root / NAME)
    markers, matchers = (filter(None, ini.get(key, "").splitlines()) for key in ("markers", "matchers"))
    return make_settings(root, ini.get("suites", "").split() or DEFAULT_FOLDERS, markers, matchers)


def _marker_name(line: str) -> str:
    """Return the name in a line of ``markers``: ``name: description`` or ``name(argument): description``."""
    declaration = line.partition(":")[0]
    return declaration.partition("(")[0].strip()


def _parse_libraries(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield each matcher with its module."""
    for line in lines:
        module, colon, names = line.partition(":")
        if not colon or not module.strip() or not names.split():
            what = tr("pytest.ini 的 matchers 有一行看不懂：{line}", line=line.strip())
            raise ConfigError(Problem("matchers-line", what, tr("写成 模块: 匹配器 匹配器")))
        for name in names.replace(",", " ").split():
            yield name, module.strip()
