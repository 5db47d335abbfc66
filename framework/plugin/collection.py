"""Collects suites: turns a YAML file into one pytest item for each case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import HarnessError
from framework.cases.parse import ParseContext
from framework.cases.suites import is_suite, read_suite
from framework.plugin.conditions import skip_reason
from framework.plugin.items import CaseItem
from framework.plugin.running import run_item
from framework.plugin.state import plan_of, settings_of_run
from framework.run.plan import Plan


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    settings = settings_of_run(parent.config)
    if not is_suite(file_path) or not any(folder in file_path.parents for folder in settings.folders):
        return None
    return SuiteFile.of(parent, file_path, plan_of(parent.config), settings.tags)


class SuiteFile(pytest.File):
    """A suite file. If it is wrong, the collection error is the text of its problems, without a traceback."""

    plan: Plan
    tags: frozenset[str]

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, plan: Plan, tags: frozenset[str]) -> SuiteFile:
        node: SuiteFile = cls.from_parent(parent, path=path)
        node.plan, node.tags = plan, tags
        return node

    def collect(self) -> Iterator[CaseItem]:
        plan = self.plan
        context = ParseContext(
            plan.matchers,
            plan.definitions,
            plan.overrides,
            self.tags,
            contracts=plan.contracts,
            hooks=plan.hooks,
            runs_here=lambda case: not skip_reason(case, plan),
        )
        for case in read_suite(self.path, self.config.rootpath, plan.folders, context):
            yield CaseItem.of(self, case, plan, run_item)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)
