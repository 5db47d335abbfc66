"""pytest's part of a load test: it collects and selects the cases as for a run. Then comes the load."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest

from framework.base.errors import HarnessError, did_you_mean
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.load.permission import confined, refuse_writing
from framework.plugin.items import CaseItem
from framework.plugin.state import RUN_ID, plan_of
from framework.report import allure, github, log, run_file, terminal
from framework.run.plan import Plan

_NO_MARKERS: Final = ("not", "and", "or", "True", "False", "None")
Say = Callable[[str], None]
OPTIONS: Final = (
    # Those of pytest.ini are meant for runs: they would clear the results of the last one.
    "-o",
    "addopts=",
    "-pframework.plugin",  # addopts may be where the project loads it
    "--strict-markers",
    "--assert=plain",
    "-pno:cacheprovider",
    *(f"-pno:{sink.NAME}" for sink in (allure, github, log, run_file, terminal)),
)
"""The options of a pytest that only selects the cases: the reports of the last run stay as they are."""


@dataclass(frozen=True)
class Selection:
    """The selection of pytest: the cases with their node ids, the plan, the id of the run."""

    cases: tuple[tuple[str, Case], ...]
    plan: Plan
    run_id: str

    @property
    def digest(self) -> str:
        """The same text in every process that would send the same to the same service."""
        environment = self.plan.environment
        parts = [environment.name, environment.base_url]
        parts += [f"{name}\n{case.span.source.text}" for name, case in self.cases]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class LoadPlugin:
    """Takes the place of pytest's loop over the tests. *run* puts on the load and returns the exit code."""

    def __init__(self, run: Callable[[pytest.Config, Selection], int], say: Say) -> None:
        self._run = run
        self._say = say
        self.code: int | None = None
        """The exit code; None if it did not come to the load."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Refuse options that mean nothing here, and let only this command write to the terminal."""
        config.pluginmanager.unregister(config.pluginmanager.get_plugin("terminalreporter"))
        for name, value in (
            ("-n", config.getoption("numprocesses", None)),
            ("--replay", config.option.harness_replay),
            ("--shard", config.option.harness_shard),
            ("--collect-only", config.option.collectonly),
        ):
            if value:
                raise pytest.UsageError(tr("{option} 不能与 load 一起用", option=name))
        _refuse_unknown_markers(config)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Refuse an environment that is not allowed before anything is collected."""
        _confined_plan(session.config)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            for line in report.longreprtext.splitlines():
                self._say(visible(line))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise pytest.UsageError(tr("用例文件有误，没有施压"))
        try:
            self._load(session)
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None
        return True

    def _load(self, session: pytest.Session) -> None:
        plan = _confined_plan(session.config)
        items = [item for item in session.items if isinstance(item, CaseItem)]
        chosen = tuple((item.nodeid, item.case) for item in items)
        refuse_writing([each for each in chosen if not each[1].skip], plan)
        cases = tuple((item.nodeid, item.case) for item in items if not _reason(item))
        for line in left_out(session.items):
            self._say(line)
        self.code = self._run(session.config, Selection(cases, plan, session.config.stash[RUN_ID]))


def _confined_plan(config: pytest.Config) -> Plan:
    """Return the plan, whose environment allows the load.

    Raises:
        pytest.UsageError: it does not.
    """
    plan = plan_of(config)
    try:
        return replace(plan, environment=confined(plan.environment))
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None


def _refuse_unknown_markers(config: pytest.Config) -> None:
    """Raise if ``-m`` names a marker that is not declared: pytest would select nothing, or everything."""
    declared = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    text = re.sub(r"\([^()]*=[^()]*\)", "", config.option.markexpr)  # the arguments of a marker
    for name in re.findall(r"[^\W\d][\w.]*", text):
        if name not in declared and name not in _NO_MARKERS:
            what = tr("没有叫 {name} 的标记", name=visible(name))
            how = did_you_mean(name, declared) or tr("pytest --markers 列出全部")
            raise pytest.UsageError(tr("{what}。{how}", what=what, how=how))


def left_out(items: Sequence[pytest.Item]) -> Iterator[str]:
    """Yield a line for each reason why selected tests are not part of the load."""
    reasons = Counter(filter(None, map(_reason, items)))
    for reason, n in reasons.most_common():
        yield tr("没有加入：{n} 个，{reason}", n=n, reason=visible(reason))


def _reason(item: pytest.Item) -> str:
    """Return why a test is not part of the load; empty if it is."""
    if not isinstance(item, CaseItem):
        return tr("是 Python 写的测试")
    if item.case.fixtures:
        return tr("要 pytest 的 fixture，压力下不会为每一次准备它")
    skip = item.get_closest_marker("skip")
    return str(skip.kwargs.get("reason", "")) or tr("跳过") if skip else ""
