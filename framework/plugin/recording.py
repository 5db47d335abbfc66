"""The option ``--record``: the process that owns the run holds the folder, and every process writes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import HarnessError, TapeError, render
from framework.base.messages import tr
from framework.plugin.state import RECORDING
from framework.run.harness import Harness
from framework.tape.recording import finish, recording_into

OPTION = "--record"
_KEY_BYTES = 32


def install(config: pytest.Config, _harness_of: Callable[[], Harness]) -> None:
    """Register the hooks of a run that records."""
    name = config.option.harness_record
    if not name.strip():
        return  # the plan reports it
    # Relative to the folder in which pytest was started, not to the root of the project.
    folder = Path(config.invocation_params.dir, name)
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[RECORDING] = (
            Path(worker["harness_record"]),
            bytes.fromhex(worker["harness_record_key"]),
        )
        return
    config.stash[RECORDING] = (folder.absolute(), secrets.token_bytes(_KEY_BYTES))
    # As one word: the folder exists when the workers start, and pytest would take it for a test path.
    given = config.invocation_params
    config.invocation_params = replace(given, args=_as_one_word(given.args))
    config.pluginmanager.register(_Recording(config), "harness-recording")


def _as_one_word(arguments: Sequence[str]) -> tuple[str, ...]:
    words = list(arguments)
    if OPTION in words[:-1]:
        at = words.index(OPTION)
        words[at : at + 2] = [f"{OPTION}={words[at + 1]}"]
    return tuple(words)


class _Recording:
    """The hooks of the process that owns the run."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder, self._key = config.stash[RECORDING]
        self._held = ExitStack()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Take the folder, before xdist starts its workers."""
        try:
            self._held.enter_context(recording_into(self._folder))
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["harness_record"] = str(self._folder)
        node.workerinput["harness_record_key"] = self._key.hex()

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Iterator[None]:
        yield
        try:
            count = finish(self._folder)
        except TapeError as error:
            terminalreporter.write_line(render(error.problems[0]))
            return
        finally:
            self._held.close()
        line = tr("录制了 {count} 个用例：pytest --replay={folder}", count=count, folder=self._folder)
        terminalreporter.write_line(line if count else tr("没有可以录制的：一个请求也没有发送"))
