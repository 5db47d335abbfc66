"""The run as a whole: its sinks are installed, its facts told, and a run that judged nothing is not green."""

from __future__ import annotations

import os
import platform
import secrets
import time
from typing import Any

import pytest

from framework.base.messages import tr
from framework.plugin import hookspecs
from framework.plugin.state import HARNESS, PLAN, RUN_ID, plan_of
from framework.report import allure, log, run_file, terminal


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("harness_run_id")
    config.stash[RUN_ID] = given or time.strftime(
        "%Y%m%dT%H%M%S", time.localtime()
    ) + "-" + secrets.token_hex(3)
    terminal.install(config)
    log.install(config, config.stash[RUN_ID])
    allure.install(config, config.stash[RUN_ID], lambda: plan_of(config).masker)
    run_file.install(config, config.stash[RUN_ID], lambda: _run_target(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    harness = config.stash.get(HARNESS, None)
    if harness is not None:
        harness.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["harness_run_id"] = node.config.stash[RUN_ID]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the plan before anything is collected: a slip on the command line is then one line and exit code
    4.
    """
    plan_of(session.config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    config = session.config
    if PLAN in config.stash and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.hook.pytest_harness_run_started(config=config, facts=_facts(config))


# -- no green without evidence


def _facts(config: pytest.Config) -> dict[str, str]:
    plan = plan_of(config)
    address = (
        tr("录音 {source}", source=config.option.harness_replay)
        if plan.tape
        else plan.environment.base_url or tr("内置服务")
    )
    return {
        tr("环境"): plan.environment.name,
        tr("地址"): address,
        tr("运行编号"): config.stash[RUN_ID],
        "Python": platform.python_version(),
        "pytest": pytest.__version__,
    }


def _run_target(config: pytest.Config) -> run_file.RunTarget:
    plan = config.stash.get(PLAN, None)
    if plan is None:  # it ended before it was known where to send
        return run_file.RunTarget(config.option.harness_env or "")
    release = os.environ.get("HARNESS_SERVICE_VERSION", "") or (plan.service.version if plan.service else "")
    budget = 0 if plan.tape else plan.environment.budget_p95
    return run_file.RunTarget(
        plan.environment.name,
        plan.masker.text(_facts(config)[tr("地址")]),
        plan.masker.text(release),
        plan.masker.text(_selection(config)),
        budget,
    )


def _selection(config: pytest.Config) -> str:
    parts = [
        f"-m {config.option.markexpr}" if config.option.markexpr else "",
        f"-k {config.option.keyword}" if config.option.keyword else "",
        "--lf" if config.getoption("lf", default=False) else "",
        " ".join(config.option.file_or_dir or ()),
    ]
    return " ".join(filter(None, parts))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that selected cases and judged none is not green."""
    counts = terminal.counts_of(session.config)
    if counts is not None and counts.cases:
        session.config.hook.pytest_harness_run_finished(config=session.config, facts=_facts(session.config))
    if exitstatus == pytest.ExitCode.OK and counts is not None and counts.judged_nothing:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
    run = run_file.record_of(session.config)
    if exitstatus == pytest.ExitCode.OK and run is not None and run.over_budget:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
