"""Starts and ends a run: sets its id, installs the sinks, and makes a run that judged nothing red."""

from __future__ import annotations

import os
import platform
import secrets
import time
from contextlib import ExitStack
from typing import Any

import pytest

from framework.base.errors import HarnessError
from framework.base.messages import tr
from framework.plugin import hookspecs
from framework.plugin.shards import SHARD
from framework.plugin.sinks import install_sinks
from framework.plugin.state import HARNESS, PLAN, RUN_ID, plan_of
from framework.report import run_file
from framework.report.run_record import RunRecord
from framework.report.sink import RunTarget, SinkContext


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    # A worker of xdist gets the id from the process that owns the run.
    run_id = getattr(config, "workerinput", {}).get("harness_run_id") or _new_run_id()
    config.stash[RUN_ID] = run_id
    context = SinkContext(run_id, lambda: plan_of(config).masker, lambda: _run_target(config))
    install_sinks(config, context)


def _new_run_id() -> str:
    # Sorted by name, the ids are sorted by time. The random part keeps runs of the same second apart.
    return time.strftime("%Y%m%dT%H%M%S", time.localtime()) + "-" + secrets.token_hex(3)


def pytest_unconfigure(config: pytest.Config) -> None:
    harness = config.stash.get(HARNESS, None)
    if harness is not None:
        harness.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["harness_run_id"] = node.config.stash[RUN_ID]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the plan before collection: a mistake on the command line is then one message and exit code 4."""
    plan = plan_of(session.config)
    if plan.environment.login and plan.tape is None and not hasattr(session.config, "workerinput"):
        _keep_login(session.config)


def _keep_login(config: pytest.Config) -> None:
    from framework.run.shared_login import shared_login  # noqa: PLC0415  # few environments log in

    kept = ExitStack()
    try:
        kept.enter_context(shared_login(config.stash[RUN_ID]))
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(kept.close)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    config = session.config
    if PLAN in config.stash and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.hook.pytest_harness_run_started(config=config, facts=_run_facts(config))


def _run_facts(config: pytest.Config) -> dict[str, str]:
    """Return the facts that people see about the run, by their names in the language of the run."""
    plan = plan_of(config)
    if plan.tape:
        address = tr("录制数据 {source}", source=config.option.harness_replay)
    else:
        address = plan.environment.base_url or tr("内置服务")
    return {
        tr("环境"): plan.environment.name,
        tr("地址"): address,
        tr("运行编号"): config.stash[RUN_ID],
        "Python": platform.python_version(),
        "pytest": pytest.__version__,
    }


def _run_target(config: pytest.Config) -> RunTarget:
    plan = config.stash.get(PLAN, None)
    if plan is None:  # the run ended before there was a plan
        return RunTarget(config.option.harness_env or "")
    version = os.environ.get("HARNESS_SERVICE_VERSION", "") or (plan.service.version if plan.service else "")
    # A tape has the response times of the recording.
    budget = 0 if plan.tape else plan.environment.budget_p95
    return RunTarget(
        plan.environment.name,
        plan.masker.text(_run_facts(config)[tr("地址")]),
        plan.masker.text(version),
        plan.masker.text(_selection_options(config)),
        budget,
        config.stash.get(SHARD, None),
    )


def _selection_options(config: pytest.Config) -> str:
    """Return the options that select cases, as on the command line; empty if all cases are selected."""
    parts = [
        f"-m {config.option.markexpr}" if config.option.markexpr else "",
        f"-k {config.option.keyword}" if config.option.keyword else "",
        "--lf" if config.getoption("lf", default=False) else "",
        " ".join(config.option.file_or_dir or ()),
        f"--shard {config.option.harness_shard}" if config.option.harness_shard else "",
    ]
    return " ".join(filter(None, parts))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Complete the record, and make the exit code red if the record is not green."""
    config = session.config
    run = run_file.close_record(session)
    if run is None or config.option.collectonly:
        return
    if PLAN in config.stash and (run.cases or run.collection):
        config.hook.pytest_harness_run_finished(config=config, facts=_run_facts(config))
    if session.exitstatus == pytest.ExitCode.OK:  # the audit may have changed it
        session.exitstatus = _exit_code(run)


def _exit_code(run: RunRecord) -> int:
    """Return pytest's exit code for a run that pytest itself takes for green."""
    if run.internal:
        return pytest.ExitCode.INTERNAL_ERROR
    if run.judged_nothing and run.cases:
        return pytest.ExitCode.NO_TESTS_COLLECTED
    if run.over_budget or run.not_run:
        return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.OK
