"""Ends a run in good order on Ctrl-C and SIGTERM: no report is lost, and every reader has the same cases.

A signal ends the case at hand. If the verdict of the case is already being written, the signal waits until
all readers have it. The workers of xdist start no further case; the process that owns the run takes their
last reports before it ends them.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import pytest

from framework.plugin.state import RUN_ID

NAME = "harness-interrupts"
DRAIN_SECONDS = 4.0
"""How long the owner of the run waits for the last reports of its workers."""
_IMPATIENT_SECONDS = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        kind = WorkerInterrupts if hasattr(config, "workerinput") else Interrupts
        config.pluginmanager.register(kind(config), NAME)


def hold_interrupts(config: pytest.Config) -> None:
    """Let a signal wait until the case at hand is recorded everywhere."""
    plugin = config.pluginmanager.get_plugin(NAME)
    if isinstance(plugin, Interrupts):
        plugin.held = True


def _stop_file(config: pytest.Config) -> Path:
    """Return the file by which the owner of the run signals its workers to start no further case."""
    return config.rootpath / "reports" / f".stop-{config.stash[RUN_ID]}"


class _Signals:
    """Handles the signals of this process until the run ends."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.previous: dict[signal.Signals, Any] = {}

    def pytest_sessionstart(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            # An ignored SIGINT stays ignored: the shell started this run in the background.
            if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
                self.previous[number] = signal.signal(number, self.handle)

    def pytest_unconfigure(self) -> None:
        for number, handler in self.previous.items():
            if signal.getsignal(number) == self.handle:
                signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def handle(self, *_: object) -> None:
        raise NotImplementedError


class WorkerInterrupts(_Signals):
    """In a worker of xdist, a signal only prevents further cases: the run's owner decides when to kill."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self.stopped = False

    def handle(self, *_: object) -> None:
        self.stopped = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        if not self.stopped and not _stop_file(self.config).exists():
            return None
        item.session.shouldstop = item.session.shouldstop or "interrupted"
        return True  # without having run


class Interrupts(_Signals):
    """In the process that owns the run, a signal is a KeyboardInterrupt."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self.held = False
        self.pending = False
        self.raised_at = 0.0

    def handle(self, *_: object) -> None:
        if self.raised_at and time.monotonic() - self.raised_at < _IMPATIENT_SECONDS:
            return  # the run is ending, and another exception would cost its record
        if self.held and not self.pending:
            self.pending = True
            return
        self._raise()

    def _raise(self) -> None:
        self.held = self.pending = False
        self.raised_at = time.monotonic()
        raise KeyboardInterrupt

    def _release(self) -> None:
        """Let signals through again, and raise one that came meanwhile."""
        self.held = False
        if self.pending:
            self._raise()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        """Let all readers have the report, and in a run without workers also the rest of the case."""
        if report.when != "setup" or not report.passed:
            self.held = True
        result = yield
        if self.config.pluginmanager.has_plugin("dsession"):
            self._release()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        result = yield
        self._release()
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.raised_at = self.raised_at or time.monotonic()
        self._drain()

    def _drain(self) -> None:
        """Stop the workers of a run that ended early, and take the reports that they still send."""
        workers = self.config.pluginmanager.get_plugin("dsession")
        waiting = set(getattr(workers, "_active_nodes", ()))
        if workers is None or not waiting:
            return
        stop_file = _stop_file(self.config)
        stop_file.parent.mkdir(parents=True, exist_ok=True)
        stop_file.touch()
        for node in waiting:
            node.shutdown()
        deadline = time.monotonic() + DRAIN_SECONDS
        while waiting and time.monotonic() < deadline:
            try:
                event, facts = workers.queue.get(timeout=0.1)
            except Empty:
                continue
            with suppress(Exception):  # a hook that fails has been reported already
                self._take(event, facts)
            if event in ("workerfinished", "errordown"):
                waiting.discard(facts["node"])
        # Their reports are here, or they hang. xdist's ten seconds may be more than CI grants.
        workers.nodemanager.EXIT_TIMEOUT = 1

    def _take(self, event: str, facts: dict[str, Any]) -> None:
        if event == "testreport":
            facts["rep"].node = facts["node"]
            self.config.hook.pytest_runtest_logreport(report=facts["rep"])
        elif event == "logstart":
            self.config.hook.pytest_runtest_logstart(nodeid=facts["nodeid"], location=facts["location"])
        elif event == "logfinish":
            self.config.hook.pytest_runtest_logfinish(nodeid=facts["nodeid"], location=facts["location"])

    def pytest_unconfigure(self) -> None:
        super().pytest_unconfigure()
        with suppress(OSError):
            _stop_file(self.config).unlink(missing_ok=True)
