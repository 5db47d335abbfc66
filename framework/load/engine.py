"""The users of a load test on Locust, all in this process."""

from __future__ import annotations

import logging
import signal
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from locust import User
from locust.env import Environment
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING

from framework.base.messages import tr
from framework.load.options import LoadOptions
from framework.load.results import Results
from framework.load.work import Work

STOP_SECONDS: Final = 10.0
"""How long the cases at hand may go on after the end of the test."""
TICK: Final = 0.25
Watch = Callable[[Results, float, int], None]
"""Called during the test with the results so far, the seconds since the start and the number of users."""


class CaseUser(User):
    """A user that runs the cases over and over, in an order of its own, until it is stopped."""

    work: ClassVar[Work]
    abstract = True
    _is_asleep = False

    def run(self) -> None:  # type: ignore[misc]  # as Locust's own PytestUser: its task sets only cost time
        self._state = LOCUST_STATE_RUNNING
        work, schedule = self.work, self.work.new_user()
        self._sleep(schedule.first_wait(work.clock()))
        while self._state == LOCUST_STATE_RUNNING:
            wait = work.run_next(schedule)
            if self._state == LOCUST_STATE_RUNNING:
                self._sleep(wait)

    def _sleep(self, seconds: float) -> None:
        self._is_asleep = seconds > 0
        time.sleep(seconds)
        self._is_asleep = False

    def stop(self, force: bool = False) -> bool:
        """End this user at once if it waits or must; otherwise after the case at hand."""
        self._state = LOCUST_STATE_STOPPING
        if force or self._is_asleep:
            self.group.killone(self.greenlet)
            return True
        return False


def environment_of(work: Work) -> Environment:
    """Return Locust's environment, whose options a master sends to its workers."""
    # Locust prints advice about its own options. The report shows the parts that matter.
    logging.getLogger("locust").setLevel(logging.CRITICAL)
    # The tasks never run, but Locust warns of a user without any.
    attributes = {"work": work, "abstract": False, "tasks": [CaseUser.run]}
    user_class = type("CaseUser", (CaseUser,), attributes)
    options = Namespace(
        web_base_path="",
        headless=False,
        enable_rebalancing=False,
        harness_interval=work.interval,
        harness_stretch=work.stretch,
    )
    return Environment(
        user_classes=[user_class], stop_timeout=STOP_SECONDS, parsed_options=cast(Any, options)
    )


@dataclass
class Signals:
    """Whether Ctrl-C or SIGTERM came. No exception, so that no user is torn out of a case."""

    came: bool = False


@contextmanager
def noticing_signals() -> Iterator[Signals]:
    """Yield a record of the signals of this process."""
    signals = Signals()

    def notice(*_: object) -> None:
        signals.came = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, notice) for number in numbers]
    try:
        yield signals
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)


class Cpu:
    """Measures the share of a core that this process uses from now on."""

    def __init__(self) -> None:
        self._before = time.process_time()

    def measure(self, results: Results, seconds: float) -> None:
        """Add the use of resources in the *seconds* since the start to *results*."""
        results.seconds = seconds
        results.cpu = time.process_time() - self._before
        results.busy = results.cpu / seconds if seconds else 0.0


def run_local(work: Work, options: LoadOptions, watch: Watch) -> Results:
    """Run the whole test in this process."""
    runner = environment_of(work).create_local_runner()
    with noticing_signals() as signals:
        work.begin()
        cpu = Cpu()
        runner.start(options.users, options.spawn_rate)
        while work.seconds < options.seconds and not work.results.reason and not signals.came:
            time.sleep(TICK)
            work.results.at(work.seconds).users = runner.user_count
            watch(work.results, work.seconds, runner.user_count)
        runner.quit()
        cpu.measure(work.results, work.seconds)
        if signals.came:
            work.results.reason = interrupted()
    work.results.cut = work.running
    return work.results


def interrupted() -> str:
    """Return the reason of a test that a signal ended."""
    return tr("被中断，只有到那时的结果")
