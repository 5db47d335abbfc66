"""A load test from the selected cases to the page and the exit code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from framework.base.clock import CHINA
from framework.base.messages import tr
from framework.load import several
from framework.load.engine import run_local
from framework.load.judging import GREEN, NOTHING, RED, exit_code, thresholds
from framework.load.options import MOST_USERS, LoadOptions
from framework.load.page import page
from framework.load.permission import refuse_several
from framework.load.plugin import OPTIONS, LoadPlugin, Selection
from framework.load.results import Results
from framework.load.summary import LoadReport, progress_line, terminal_lines
from framework.load.work import Work
from framework.report.text_file import write_text
from framework.run.harness import Harness

PAGE: Final = Path("reports") / "load.html"
MISTAKE: Final = 2
"""The exit code of a command that was used wrongly."""
_POINTS: Final = 240
"""The most points of the time line: more would be narrower than a line is wide."""
_PROGRESS_SECONDS: Final = 5.0
Say = Callable[[str], None]


def run_load(options: LoadOptions, say: Say) -> int:
    """Let pytest select the cases, put on the load, write the page; return the exit code."""
    plugin = LoadPlugin(lambda config, selection: _Session(config, selection, options, say).run(), say)
    pytest.main([*OPTIONS, *options.pytest], plugins=[plugin])
    return MISTAKE if plugin.code is None else plugin.code


class _Session:
    """One load test in this process."""

    def __init__(self, config: pytest.Config, selection: Selection, options: LoadOptions, say: Say) -> None:
        self.config = config
        self.selection = selection
        self.options = options
        self.say = say
        self._next_progress = _PROGRESS_SECONDS

    def run(self) -> int:
        """Return the exit code.

        Raises:
            ConfigError: the environment does not suit, or the master and the workers do not find together.
        """
        if not self.selection.cases:
            self.say(tr("没有选中任何可以施压的用例"))
            return NOTHING
        if self.options.role != "local":
            refuse_several(self.selection.plan)
        harness = Harness(
            self.selection.plan,
            self.selection.run_id,
            self.config.rootpath / "schemas",
            users=self.options.users or MOST_USERS,
        )
        try:
            return self._run_on(harness)
        finally:
            harness.close()

    def _run_on(self, harness: Harness) -> int:
        options, digest = self.options, self.selection.digest
        interval = options.users / options.throughput if options.throughput else 0.0
        work = Work(harness, self.selection.cases, interval, max(1.0, options.seconds / _POINTS))
        if options.role == "worker":
            self.say(tr("worker：听 {host}:{port} 的 master", host=options.host, port=options.port))
            total = several.run_worker(work, options, digest)
            if total is None:
                self.say(tr("没有施压，或者 master 没有收到全部的结果"))
                return RED
            self.say(tr("worker：跑了 {n} 次；报告在 master 那里", n=total.total.judged))
            return GREEN
        self.say(
            tr(
                "施压 {environment}（{address}）：{n} 个用例，{users} 个用户，{seconds:g} 秒",
                environment=harness.environment.name,
                address=harness.masker.text(harness.environment.base_url),
                n=len(work.cases),
                users=options.users,
                seconds=options.seconds,
            )
        )
        if options.role == "master":
            return self._report(harness, several.run_master(work, options, digest, self._watch))
        return self._report(harness, run_local(work, options, self._watch))

    def _watch(self, results: Results, seconds: float, users: int) -> None:
        if seconds >= self._next_progress:
            self._next_progress += _PROGRESS_SECONDS
            self.say(progress_line(results, seconds, users))

    def _report(self, harness: Harness, results: Results) -> int:
        options, environment = self.options, harness.environment
        held = thresholds(results, options.most_failed, options.p95 or environment.budget_p95)
        report = LoadReport(
            {
                tr("环境"): environment.name,
                tr("地址"): harness.masker.text(environment.base_url),
                tr("时间"): datetime.now(CHINA).isoformat(sep=" ", timespec="seconds"),
                tr("用户"): str(options.users),
                tr("运行编号"): self.selection.run_id,
            },
            results,
            options.throughput,
            held,
            exit_code(results, held),
        )
        for line in terminal_lines(report):
            self.say(line)
        path = self.config.rootpath / PAGE
        write_text(path, page(report))
        self.say(tr("报告：{path}", path=path))
        return report.code
