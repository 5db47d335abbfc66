"""Writes the causes of a run as annotations of GitHub Actions, which shows them beside the changed files.

GitHub shows ten of them for each step. The format and its escapes are those of its workflow commands.
"""

from __future__ import annotations

import os

import pytest

from framework.base.messages import tr
from framework.base.source import visible
from framework.report.cause_groups import CauseGroup, group_by_cause
from framework.report.causes import category_word
from framework.report.run_file import record_of
from framework.report.run_record import RunRecord
from framework.report.sink import SinkContext
from framework.report.words import cut_at_word

NAME = "harness-annotations"
_MOST = 10
_LONGEST = 300


def install(config: pytest.Config, _context: SinkContext) -> None:
    """Register the annotations in a job of GitHub Actions, except in an xdist worker."""
    if os.environ.get("GITHUB_ACTIONS") == "true" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Annotations(config), NAME)


class Annotations:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        run = record_of(self.config)
        for line in annotation_lines(run) if run is not None else ():
            terminalreporter.write_line(line)


def annotation_lines(run: RunRecord) -> list[str]:
    """Return a workflow command for each file that did not load and each cause of red cases."""
    files = [_command(problem.id, "1", tr("用例文件有误"), problem.text) for problem in run.collection]
    red = [case for case in run.cases if case.status in ("failed", "broken")]
    causes = [_of_cause(group) for group in group_by_cause(red)]
    return [*files, *causes][:_MOST]


def _of_cause(group: CauseGroup) -> str:
    case = group.first
    place = (case.evidence.place if case.evidence else "") or case.id.partition("::")[0]
    file, _, rest = place.partition(":")
    title = tr("{category}：{n} 个用例", category=category_word(group.category), n=len(group.cases))
    example = tr("（{example}）", example=group.example) if group.example else ""
    return _command(file, rest.partition(":")[0] or "1", title, f"{group.text}{example}")


def _command(file: str, line: str, title: str, message: str) -> str:
    properties = f"file={_property(file)},line={_property(line)},title={_property(title)}"
    return f"::error {properties}::{_data(cut_at_word(message, _LONGEST))}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
