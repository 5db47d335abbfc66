"""The hooks of the harness: the seams between the plugin, the project's conftest.py and what people read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framework.cases.case import Case
from framework.cases.environments import Environment
from framework.http.exchange import Exchange
from framework.http.masking import Masker
from framework.run.plan import EmbeddedService
from framework.run.verdict import Verdict


@pytest.hookspec(firstresult=True)
def pytest_harness_embedded_service(
    config: pytest.Config, environment: Environment
) -> EmbeddedService | None:
    """Return the service that takes the place of an environment without a base_url.

    Called at most once in a process, before collection; in an xdist worker too. It should return at once: the address is
    asked for when the first case runs.
    """


def pytest_harness_case_started(item: pytest.Item, case: Case) -> None:
    """A case is about to run."""


def pytest_harness_run_started(config: pytest.Config, facts: dict[str, str]) -> None:
    """Cases are about to run; called in the process that owns the run. *facts*: what it runs against, as people read it."""


def pytest_harness_run_finished(config: pytest.Config, facts: dict[str, str]) -> None:
    """The run ended; called in the process that owns it. *facts*: what it ran against, as people read it."""


def pytest_harness_page(config: pytest.Config, title: str, markdown: str) -> None:
    """There is a page to read about the whole run; called in the process that owns it."""


def pytest_harness_case_finished(
    item: pytest.Item, case: Case, verdict: Verdict, masker: Masker, curl: Callable[[Exchange], str]
) -> None:
    """A case ran; called before its verdict is raised. What an implementation writes, it masks with *masker*."""
