"""What this process knows of its run, kept in pytest's config: the plan and the harness, each made once."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from framework.base.errors import HarnessError
from framework.cases.environments import Environment, parse_override
from framework.cases.settings import Settings, make_settings
from framework.report import terminal
from framework.run.harness import Harness
from framework.run.plan import Options, Plan, embed, make_plan

SETTINGS = pytest.StashKey[Settings]()
PLAN = pytest.StashKey[Plan]()
HARNESS = pytest.StashKey[Harness]()
RUN_ID = pytest.StashKey[str]()


def plan_of(config: pytest.Config) -> Plan:
    """Return the plan of this run; made once.

    Raises:
        pytest.UsageError: environments.yaml, the command line or the tape is wrong.
    """
    if PLAN not in config.stash:
        try:
            plan = make_plan(_options(config))
            if plan.embedded:
                service = config.hook.pytest_harness_embedded_service(
                    config=config, environment=plan.environment
                )
                plan = embed(plan, service, config.rootpath) if service else plan
            config.stash[PLAN] = plan
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[PLAN]


def environment_of(config: pytest.Config) -> Environment:
    """Return the chosen environment."""
    return plan_of(config).environment


def _options(config: pytest.Config) -> Options:
    option = config.option
    replay = Path(config.invocation_params.dir, option.harness_replay) if option.harness_replay else None
    return Options(
        config.rootpath,
        settings_of_run(config),
        option.harness_env,
        option.harness_base_url,
        tuple(map(parse_override, option.harness_vars)),
        replay,
    )


def settings_of_run(config: pytest.Config) -> Settings:
    """Return what pytest.ini, with its overrides on the command line, says about suites, tags and matchers.

    Raises:
        pytest.UsageError: pytest.ini is wrong.
    """
    if SETTINGS not in config.stash:
        lines = (config.getini(name) for name in ("suites", "markers", "matchers"))
        try:
            config.stash[SETTINGS] = make_settings(config.rootpath, *lines)
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[SETTINGS]


def harness_of(config: pytest.Config) -> Harness:
    """Return the harness of this process; made before the first case runs.

    Raises:
        ConfigError: the environment has no address, or a secret cannot be kept.
    """
    if HARNESS not in config.stash:
        plan = plan_of(config)
        share = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        harness = Harness(plan, config.stash[RUN_ID], config.rootpath / "schemas", share)
        harness.run = replace(harness.run, progress=terminal.progress_of(config))
        config.stash[HARNESS] = harness
    return config.stash[HARNESS]
