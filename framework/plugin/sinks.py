"""The sinks of a run: the parts that write for people. Each only reads verdicts and pytest's reports.

A new sink is a module in ``framework/report`` with an ``install`` function, and a row in ``SINKS``. No sink
counts: the numbers are those of the record in ``run_file``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import pytest

from framework.report import allure, github, log, run_file, terminal
from framework.report.sink import SinkContext


class Sink(NamedTuple):
    """``install`` registers the hooks of the sink, or nothing if this process or run has no use for it."""

    name: str
    install: Callable[[pytest.Config, SinkContext], None]


# pytest calls hooks in the reverse order of registration, so the last row is called first.
SINKS: Final = (
    Sink("github", github.install),
    Sink("terminal", terminal.install),
    Sink("log", log.install),
    Sink("allure", allure.install),
    Sink("run file", run_file.install),
)


def install_sinks(config: pytest.Config, context: SinkContext) -> None:
    for sink in SINKS:
        sink.install(config, context)
