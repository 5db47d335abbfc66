"""Masks the output of pytest itself and of a team's code: terminal, live log, log file, errors of collection.

This part works as soon as the plugin is loaded, because a later conftest.py or a matcher may fail with a
secret in its error. Until there is a plan, it hides the secrets of all environments.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import pytest

from framework.base.cutting import mask_with, masked
from framework.base.errors import ConfigError, HarnessError
from framework.cases.environments import FILE, load_environments, stored_value
from framework.http.masking import Masker

_HANDLERS = ("log_cli_handler", "log_file_handler", "caplog_handler", "report_handler")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Mask the streams of the process. This is the first hook that a plugin of a conftest.py gets."""
    mask_with(_early_masker(pluginmanager).text)
    # While pytest captures, sys.stdout is not the stream of the terminal.
    for stream in (sys.__stdout__, sys.__stderr__, sys.stdout, sys.stderr):
        if stream is not None:
            _mask_stream(stream)


def _mask_stream(stream: TextIO) -> None:
    # pytest keeps and restores the stream objects, so another object in sys.stdout would not last.
    if getattr(stream, "harness_masked", False):
        return
    write = stream.write

    def write_masked(text: str) -> int:
        if not isinstance(text, str):
            return write(text)
        write(masked(text))
        return len(text)

    try:
        stream.write = write_masked  # type: ignore[method-assign]
        stream.harness_masked = True  # type: ignore[attr-defined]
    except AttributeError:  # not a stream of Python's own
        return


def _early_masker(pluginmanager: pytest.PytestPluginManager) -> Masker:
    masker = Masker({}, personal=True)
    for name, value in _all_secrets(pluginmanager):
        try:
            masker.add(name, value)
        except ConfigError:  # the plan refuses it, and names its variable
            continue
    return masker


def _all_secrets(pluginmanager: pytest.PytestPluginManager) -> Iterator[tuple[str, str]]:
    for root in _possible_roots(pluginmanager):
        try:
            environments = load_environments(root)[1].values()
        except (HarnessError, OSError, ValueError):  # reported when the plan is made
            continue
        for environment in environments:
            for name, variable in environment.secrets.items():
                with suppress(ConfigError):  # a file .env that cannot be read: the plan says so
                    if value := stored_value(root, variable):
                        yield name, value


def _possible_roots(pluginmanager: pytest.PytestPluginManager) -> Iterator[Path]:
    files = (getattr(plugin, "__file__", None) for plugin in pluginmanager.get_plugins())
    folders = [Path(file).parent for file in files if file and file.endswith("conftest.py")]
    candidates = [Path.cwd(), *Path.cwd().parents, *folders]
    return (folder for folder in dict.fromkeys(candidates) if (folder / FILE).is_file())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    plugin = session.config.pluginmanager.get_plugin("logging-plugin")
    for name in _HANDLERS:
        handler = getattr(plugin, name, None)
        if isinstance(handler, logging.Handler):
            handler.format = partial(_masked_format, handler.format)  # type: ignore[method-assign]


def _masked_format(format_record: Any, record: logging.LogRecord) -> str:
    return masked(format_record(record))


@pytest.hookimpl(tryfirst=True)
def pytest_internalerror(excrepr: Any) -> None:
    """Mask the error before other hooks write it, such as that of the JUnit file."""
    text = masked(str(excrepr))
    if text != str(excrepr):
        excrepr.toterminal = lambda writer: writer.line(text)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.longrepr is not None and not isinstance(report.longrepr, tuple):
        text = str(report.longrepr)
        if masked(text) != text:
            report.longrepr = masked(text)
    report.sections = [(name, masked(text)) for name, text in report.sections]
    return report
