"""Declares the hooks of the harness, which sinks and the project's conftest.py implement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framework.cases.case import Case
from framework.cases.environments import Environment
from framework.http.exchange import Exchange
from framework.http.masking import Masker
from framework.report.case_record import CaseRecord
from framework.run.plan import EmbeddedService
from framework.run.verdict import Verdict


@pytest.hookspec(firstresult=True)
def pytest_harness_embedded_service(
    config: pytest.Config, environment: Environment
) -> EmbeddedService | None:
    """Return a service that takes the place of an environment without a base_url.

    Called at most once in each process, including the workers of xdist, before collection. It should return
    at once and may go on starting the service: the address is not used before the first case runs.
    """


def pytest_harness_case_started(item: pytest.Item, case: Case) -> None:
    """Called before a case runs."""


def pytest_harness_run_started(config: pytest.Config, facts: dict[str, str]) -> None:
    """Called before the first case, in the process that owns the run. *facts* describe the run for people."""


def pytest_harness_run_finished(config: pytest.Config, facts: dict[str, str]) -> None:
    """Called after the last case, in the process that owns the run. *facts* describe the run for people."""


def pytest_harness_case_recorded(config: pytest.Config, case: CaseRecord, phase: str, known: bool) -> None:
    """Called when the record of a case is decided or changes, in the process that owns the run.

    *phase* is that of pytest's report: setup, call, teardown, or another text if the process of the case
    crashed. *known*: the sinks have seen this status already, by ``pytest_harness_case_finished``.
    """


def pytest_harness_page(config: pytest.Config, title: str, markdown: str) -> None:
    """Called in the process that owns the run with a page about the whole run."""


def pytest_harness_case_finished(
    item: pytest.Item, case: Case, verdict: Verdict, masker: Masker, curl: Callable[[Exchange], str]
) -> None:
    """Called after a case, before its verdict is raised.

    Implementations must mask their output with *masker*. *curl* returns an exchange's masked curl line.
    """
