"""A load test on several machines: Locust's master and workers, and the messages that the harness sends
between them.

A worker says which cases it would run; a master starts only if all would run the same. During the test each
worker sends its measurements, and at its end the rest, which the master confirms.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from locust import runners
from locust.env import Environment
from locust.exception import RPCError
from locust.runners import MasterRunner, WorkerRunner

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.load.engine import (
    TICK,
    Cpu,
    Signals,
    Watch,
    environment_of,
    interrupted,
    noticing_signals,
)
from framework.load.options import LoadOptions
from framework.load.results import Results, results_of
from framework.load.work import Work

CONNECT_SECONDS: Final = 60.0
"""How long a master waits for its workers, and a worker for its master."""
_REPORT_SECONDS: Final = 1.0
_LAST_SECONDS: Final = 10.0
"""How long the last results may take to reach the master."""
_PLAN, _RESULTS, _RECEIVED = "harness_plan", "harness_results", "harness_received"


@dataclass
class _Master:
    """Directs the workers, and knows their plans by the worker's id and which of them are done."""

    runner: MasterRunner
    results: Results
    plans: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def take_plan(self, environment: Environment, msg: Any, **_: object) -> None:
        self.plans[msg.node_id] = str(msg.data["digest"])

    def take_results(self, environment: Environment, msg: Any, **_: object) -> None:
        self.results.add(results_of(msg.data["results"]))
        if msg.data["last"]:
            self.done.add(msg.node_id)
            self.runner.send_message(_RECEIVED, {}, client_id=msg.node_id)

    def refuse_unlike(self, options: LoadOptions, digest: str) -> None:
        """Raise if the workers are too few, or if one of them would run something else.

        Raises:
            ConfigError: so it is.
        """
        came = len(self.plans)
        if came < options.workers:
            what = tr("{n} 个 worker 里只来了 {came} 个", n=options.workers, came=came)
            how = tr("看它们的输出；它们要连到 {host}:{port}", host=options.host, port=options.port)
            raise ConfigError(Problem("workers-missing", what, how))
        unlike = [name.rpartition("_")[0] for name, plan in self.plans.items() if plan != digest]
        if unlike:
            what = tr("worker 要跑的与 master 的不同：{names}", names=tr("、").join(unlike))
            how = tr("每台机器用同一份用例、同样的 -m、-k、--env 与 --base-url")
            raise ConfigError(Problem("workers-differ", what, how))

    def direct(self, work: Work, options: LoadOptions, watch: Watch, signals: Signals) -> None:
        """Start the users, wait for the end of the test, and take the last results."""
        work.begin()
        # Adding users takes its time, during which the test may have to end.
        adding = self.runner.greenlet.spawn(self.runner.start, options.users, options.spawn_rate)
        while work.seconds < options.seconds and not self.results.reason and not signals.came:
            time.sleep(TICK)
            self.results.at(work.seconds).users = self.runner.user_count
            watch(self.results, work.seconds, self.runner.user_count)
            self._notice_lost(set(self.plans) - _present(self.runner) - self.done)
        adding.kill()
        self.results.seconds = work.seconds
        self.runner.stop()
        _wait(lambda: self.done >= _present(self.runner) & set(self.plans), _LAST_SECONDS)
        self._notice_lost(set(self.plans) - self.done)

    def _notice_lost(self, lost: set[str]) -> None:
        if lost and not self.results.reason:
            self.results.reason = tr("{n} 个 worker 断了，它们最后的结果没有收到", n=len(lost))


def run_master(work: Work, options: LoadOptions, digest: str, watch: Watch) -> Results:
    """Direct the workers through the whole test, and add up their measurements.

    Raises:
        ConfigError: too few workers came, or one of them would run something else.
    """
    with _connection_problems(options):
        runner = environment_of(work).create_master_runner(options.host, options.port)
    master = _Master(runner, work.results)
    runner.register_message(_PLAN, master.take_plan)
    runner.register_message(_RESULTS, master.take_results)
    try:
        with noticing_signals() as signals:
            _wait(lambda: signals.came or len(master.plans) >= options.workers, CONNECT_SECONDS)
            if not signals.came:
                master.refuse_unlike(options, digest)
                master.direct(work, options, watch, signals)
            if signals.came:
                work.results.reason = interrupted()
    finally:
        runner.quit()
    return work.results


def _present(runner: MasterRunner) -> set[str]:
    return {node.id for node in runner.clients.all if node.state != runners.STATE_MISSING}


# -- a worker


class _Worker:
    """The part of a worker: it measures and sends."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.total = Results()
        self.started = self.ended = self.confirmed = False
        self.environment = environment_of(work)
        events: Any = self.environment.events
        events.test_start.add_listener(self._start)
        events.test_stop.add_listener(self._end)
        self._cpu = Cpu()

    def _start(self, **_: object) -> None:
        options: Any = self.environment.parsed_options
        work = self.work
        work.interval, work.stretch = options.harness_interval, options.harness_stretch
        work.take_results()
        work.begin()
        self._cpu = Cpu()
        self.started = True

    def _end(self, **_: object) -> None:
        self.ended = True
        # All users have stopped. Locust would wait as long again, and read no message from the master.
        self.environment.stop_timeout = 0.0

    def confirm(self, environment: Environment, msg: Any, **_: object) -> None:
        self.confirmed = True

    def send(self, runner: WorkerRunner, *, last: bool) -> None:
        if last:
            self._cpu.measure(self.work.results, self.work.seconds)
            self.work.results.cut = self.work.running
        taken = self.work.take_results()
        self.total.add(taken)
        with suppress(RPCError):  # without it the master will say that this worker is lost
            runner.send_message(_RESULTS, {"results": taken.as_plain(), "last": last})


def run_worker(work: Work, options: LoadOptions, digest: str) -> Results | None:
    """Follow the master, and send it the measurements; None if it did not get all of them.

    Raises:
        ConfigError: there is no master.
    """
    worker = _Worker(work)
    runners.CONNECT_RETRY_COUNT = round(CONNECT_SECONDS / runners.CONNECT_TIMEOUT)
    with _connection_problems(options):
        runner = worker.environment.create_worker_runner(options.host, options.port)
    runner.register_message(_RECEIVED, worker.confirm)
    runner.send_message(_PLAN, {"digest": digest})
    with noticing_signals() as signals:
        while not worker.ended and not signals.came:
            _wait(lambda: worker.ended or signals.came, _REPORT_SECONDS)
            if worker.started:
                worker.send(runner, last=False)
        if signals.came:
            runner.stop()
            work.results.reason = tr("一个 worker 被中断")
        if worker.started:
            worker.send(runner, last=True)
            _wait(lambda: worker.confirmed, _LAST_SECONDS)
    runner.quit()
    return worker.total if worker.confirmed else None


# -- both


def _wait(is_over: Callable[[], bool], seconds: float) -> None:
    """Wait until *is_over*, at most *seconds*."""
    end = time.monotonic() + seconds
    while not is_over() and time.monotonic() < end:
        time.sleep(TICK)


@contextmanager
def _connection_problems(options: LoadOptions) -> Iterator[None]:
    """Turn Locust's ways to say that an address cannot be used into an error of ours."""
    try:
        yield
    except (RPCError, ConnectionError, SystemExit):
        place = f"{options.host}:{options.port}"
        what = (
            tr("{place} 用不了：也许有别的 master 在用，或者不是这台机器的地址", place=place)
            if options.role == "master"
            else tr("{place} 上没有 master", place=place)
        )
        raise ConfigError(Problem("load-master", what)) from None
