"""Collects suites: turns a YAML file into one pytest item for each case, with markers and Allure labels."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import CaseFileError, HarnessError, Problem, UnresolvedError, did_you_mean
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.cases.environments import GATED_TAGS
from framework.cases.parse import ParseContext
from framework.cases.read_only import WRITE, first_writing_step
from framework.cases.suites import is_suite, read_suite
from framework.cases.variables import overlay_definitions, resolve_definitions, variables_needed
from framework.plugin.state import plan_of, settings_of_run
from framework.run.case_run import case_title
from framework.run.plan import Plan
from framework.run.verdict import CaseFailed

Runner = Callable[["CaseItem", Mapping[str, object]], None]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from the objects of collection.

    They live until the end of the run, and scanning them again and again took a fifth of a run's CPU time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    settings = settings_of_run(parent.config)
    if not is_suite(file_path) or not any(folder in file_path.parents for folder in settings.folders):
        return None
    return SuiteFile.of(parent, file_path, plan_of(parent.config), _run_case_item, settings.tags)


def _run_case_item(item: CaseItem, fixtures: Mapping[str, object]) -> None:
    from framework.plugin.running import run_item  # noqa: PLC0415  # imports what only a run needs, and imports this module

    run_item(item, fixtures)


class SuiteFile(pytest.File):
    """A suite file. If it is wrong, the collection error is the text of its problems, without a traceback."""

    plan: Plan
    runner: Runner
    tags: frozenset[str]

    @classmethod
    def of(
        cls, parent: pytest.Collector, path: Path, plan: Plan, runner: Runner, tags: frozenset[str]
    ) -> SuiteFile:
        node: SuiteFile = cls.from_parent(parent, path=path)
        node.plan, node.runner, node.tags = plan, runner, tags
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
            yield CaseItem.of(self, case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class CaseItem(pytest.Function):
    """A case. As a Function it supports fixtures, marks, ``-k``, xdist and Allure like any other test."""

    case: Case

    @classmethod
    def of(cls, parent: SuiteFile, case: Case) -> CaseItem:
        def call(**fixtures: object) -> None:
            parent.runner(item, fixtures)

        # pytest takes the fixtures that a test needs from its parameters.
        names = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in case.fixtures]
        call.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
        title = visible(_display_title(case, parent.plan))
        # allure-pytest reads title and description from the function, and formats the title as a template.
        call.__doc__ = _description(case)
        call.__dict__["__allure_display_name__"] = title.replace("{", "{{").replace("}", "}}")
        item: CaseItem = cls.from_parent(parent, name=case.id, originalname=case.id, callobj=call)
        item.case = case
        _refuse_unknown_fixtures(item)
        item.extra_keyword_matches.update((title, case.suite))
        for marker in _markers_of(case, parent.plan):
            item.add_marker(marker)
        return item

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.span.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (CaseFailed, HarnessError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _refuse_unknown_fixtures(item: CaseItem) -> None:
    known = item._fixtureinfo.name2fixturedefs  # pytest has no public way to ask
    for name, span in item.case.fixtures.items():
        if name not in known and name != "request":
            names = [other for other in item.session._fixturemanager._arg2fixturedefs if other[0] != "_"]
            how = did_you_mean(name, names) or tr(
                "在 conftest.py 里写 @pytest.fixture def {name}():", name=name
            )
            what = tr("没有叫 {name} 的 fixture", name=name)
            raise CaseFileError(Problem("unknown-fixture", what, how, span))


def _display_title(case: Case, plan: Plan) -> str:
    definitions = overlay_definitions(plan.definitions, case.definitions)
    try:
        bindings = resolve_definitions(definitions, variables_needed(case.name, definitions))
        return plan.masker.text(case_title(case, bindings))
    except UnresolvedError:
        return case.id


def _description(case: Case) -> str:
    lines = [case.description.strip()] if case.description else []
    lines += [tr("假定：{text}", text=text) for text in case.assumes]
    return "\n\n".join([*lines, f"`{case.span.place}`"])


def _markers_of(case: Case, plan: Plan) -> Iterator[pytest.MarkDecorator]:
    for tag in case.tags:
        yield getattr(pytest.mark, tag)
    yield pytest.mark.allure_label(case.suite, label_type="suite")
    yield from _allure_markers(case)
    reason = skip_reason(case, plan)
    if reason:
        yield pytest.mark.skip(reason=reason)


def _allure_markers(case: Case) -> Iterator[pytest.MarkDecorator]:
    labels = {"story": case.suite, **case.allure}
    for kind, values in labels.items():
        for value in values if isinstance(values, tuple) else (values,):
            if kind == "links":
                yield pytest.mark.allure_link(value, link_type="link", name=None)
            else:
                yield pytest.mark.allure_label(value, label_type=kind)


def skip_reason(case: Case, plan: Plan) -> str:
    """Return why the case does not run in this environment; empty if it does."""
    environment = plan.environment
    if case.skip:
        return case.skip
    if case.only_in and environment.name not in case.only_in:
        return tr("只在环境 {names} 运行", names=tr("、").join(case.only_in))
    for tag in GATED_TAGS:
        if tag in case.tags and tag not in environment.allow:
            return tr("环境 {name} 不允许 {tag} 的用例", name=environment.name, tag=tag)
    reason = _writing_reason(case, plan)
    if reason:
        return reason
    defined = {name for name in plan.definitions if name not in environment.missing_secrets}
    available = {*defined, *plan.overrides}
    lacking = [name for name in case.requires if name not in available]
    if lacking:
        return tr("环境 {name} 没有 {names}", name=environment.name, names=tr("、").join(lacking))
    return ""


def _writing_reason(case: Case, plan: Plan) -> str:
    """Return why a case that may change data does not run here; empty if it does."""
    if WRITE in plan.environment.allow:
        return ""
    found = first_writing_step(case, overlay_definitions(plan.definitions, case.definitions))
    if found is None:
        return ""
    return tr(
        "环境 {name} 不发送会改变数据的请求（{place} 的 {method}）：不改变就写 read_only: true，"
        "要发就在 allow 里写 write",
        name=plan.environment.name,
        method=found[1],
        place=found[0].span.place,
    )
