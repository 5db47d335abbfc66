"""Fixtures that parse the text of a suite into cases and render their requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from framework.base.clock import CHINA
from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.case import Case
from framework.cases.environments import Environment, environment_definitions
from framework.cases.overrides import parse_override
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.template import Scope, render
from framework.cases.variables import overlay_definitions, resolve_definitions
from framework.run.case_run import case_title
from selftests.project_matchers import MATCHERS

NOON = datetime(2024, 2, 29, 12, 0, 0, tzinfo=CHINA)


@dataclass(frozen=True)
class Suite:
    """A parsed suite with the requests that its cases would send."""

    cases: tuple[Case, ...]
    environment: Environment
    by_id: Mapping[str, Case] = field(default_factory=dict)

    def _scope(self, case: Case) -> Scope:
        definitions = overlay_definitions(environment_definitions(self.environment), case.definitions)
        return Scope(resolve_definitions(definitions), now=lambda: NOON)

    def request(self, case_id: str = "a", step: int = 0) -> Any:
        case = self.by_id[case_id]
        return render(case.steps[step].request, self._scope(case))

    def title(self, case_id: str = "a") -> str:
        case = self.by_id[case_id]
        return case_title(case, self._scope(case).variables)


@pytest.fixture
def suite() -> Callable[..., Suite]:
    """Return the function ``suite(text, *shared, var=[…], environment={…})``, which parses a suite.

    *shared* are the texts of its shared files, the outermost first.
    """

    def parse(
        text: str, *shared: str, var: tuple[str, ...] = (), environment: Mapping[str, Any] | None = None
    ) -> Suite:
        chosen = Environment("test", "https://api.example", **(environment or {}))
        overrides = {definition.name: definition for definition in map(parse_override, var)}
        context = ParseContext(MATCHERS, environment_definitions(chosen), overrides)
        above = tuple(Source(f"{'below/' * n}_shared.yaml", one) for n, one in enumerate(shared))
        cases = parse_suite(Source("suite.yaml", text), above, context)
        return Suite(cases, chosen, {case.id: case for case in cases})

    return parse


@pytest.fixture
def refused(suite: Callable[..., Suite]) -> Callable[..., list[str]]:
    """Return the function ``refused(text, …)``, which returns the problem codes of a refused suite."""

    def parse(*texts: str, **given: Any) -> list[str]:
        with pytest.raises(CaseFileError) as caught:
            suite(*texts, **given)
        return [problem.code for problem in caught.value.problems]

    return parse
