"""The pytest item of a case, with its fixtures, title, markers and Allure labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from framework.base.errors import CaseFileError, HarnessError, Problem, UnresolvedError, did_you_mean
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.case import Case
from framework.cases.variables import overlay_definitions, resolve_definitions, variables_needed
from framework.plugin.conditions import skip_reason
from framework.run.case_run import case_title
from framework.run.plan import Plan
from framework.run.verdict import CaseFailed

Runner = Callable[["CaseItem", Mapping[str, object]], None]
_FIXTURE_INFO = pytest.StashKey[dict[tuple[str, ...], Any]]()


class CaseItem(pytest.Function):
    """A case. As a Function it supports fixtures, marks, ``-k``, xdist and Allure like any other test."""

    case: Case

    @classmethod
    def of(cls, parent: pytest.Collector, case: Case, plan: Plan, runner: Runner) -> CaseItem:
        """Return the item that runs *case* with *runner*."""

        def call(**fixtures: object) -> None:
            runner(item, fixtures)

        names = tuple(case.fixtures)
        # pytest takes the fixtures that a test needs from its parameters.
        call.__signature__ = _signature(names)  # type: ignore[attr-defined]
        title = visible(_display_title(case, plan))
        # allure-pytest reads title and description from the function, and formats the title as a template.
        call.__doc__ = _description(case)
        call.__dict__["__allure_display_name__"] = title.replace("{", "{{").replace("}", "}}")
        # The cases of a suite with the same fixtures share pytest's facts about them, as the rows of a
        # parametrized test do: a tenth of an item's memory.
        known = parent.stash.setdefault(_FIXTURE_INFO, {})
        item: CaseItem = cls.from_parent(
            parent, name=case.id, originalname=case.id, callobj=call, fixtureinfo=known.get(names)
        )
        known[names] = item._fixtureinfo
        item.case = case
        _refuse_unknown_fixtures(item)
        item.extra_keyword_matches.update((title, case.suite))
        for marker in _markers_of(case, plan):
            item.add_marker(marker)
        return item

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.span.line - 1, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (CaseFailed, HarnessError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


@lru_cache(maxsize=64)
def _signature(names: tuple[str, ...]) -> inspect.Signature:
    return inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names])


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
    yield _label(case.suite, "suite")
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
                yield _label(value, kind)


@lru_cache(maxsize=256)
def _label(value: str, kind: str) -> pytest.MarkDecorator:
    return pytest.mark.allure_label(value, label_type=kind)
