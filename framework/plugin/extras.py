"""The optional parts of a run. Each is a module that is imported only if one of its options is given."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

import pytest

from framework.base.messages import tr
from framework.plugin.state import harness_of
from framework.run.harness import Harness


@dataclass(frozen=True)
class Option:
    """A command line option. ``settings`` are for argparse; ``starts``: giving it activates the part."""

    name: str
    dest: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    starts: bool = True


@dataclass(frozen=True)
class Extra:
    """An optional part of a run and its options.

    ``module`` has a function ``install(config, harness_of)``, which registers the hooks of the part;
    ``harness_of()`` returns the harness.
    """

    module: str
    options: tuple[Option, ...]

    def is_requested(self, config: pytest.Config) -> bool:
        starting = [option for option in self.options if option.starts]
        return any(config.getoption(option.dest) not in (None, False) for option in starting)


def _parse_share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(tr("要 0 到 1 的数，现在是 {text}", text=text))
    return value


_AUDIT: Final = Extra(
    "framework.audit.plugin",
    (
        Option(
            "--audit",
            "harness_audit",
            {
                "action": "store_true",
                "help": "mutate the replies of passing cases: what would no check notice?",
            },
        ),
        Option(
            "--audit-min",
            "harness_audit_min",
            {"metavar": "SHARE", "type": _parse_share, "help": "with --audit: fail below this score, 0 to 1"},
        ),
        Option(
            "--audit-seed",
            "harness_audit_seed",
            {"metavar": "SEED", "default": "0", "help": "with --audit: which places and samples are chosen"},
            starts=False,
        ),
    ),
)
_RECORDING: Final = Extra(
    "framework.plugin.recording",
    (
        Option(
            "--record",
            "harness_record",
            {"metavar": "DIR", "help": "record what is exchanged as a tape in DIR, without secrets"},
        ),
    ),
)
EXTRAS: Final = (_AUDIT, _RECORDING)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness")
    for extra in EXTRAS:
        for option in extra.options:
            group.addoption(option.name, dest=option.dest, **option.settings)


def pytest_configure(config: pytest.Config) -> None:
    for extra in EXTRAS:
        if extra.is_requested(config) and not config.option.collectonly:
            install: Callable[[pytest.Config, Callable[[], Harness]], None]
            install = import_module(extra.module).install
            install(config, lambda: harness_of(config))
