"""Keeps the settings, the plan and the harness of this process in pytest's config."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from framework.base.cutting import mask_with
from framework.base.errors import ConfigError, HarnessError, Problem, empty_option
from framework.base.messages import tr
from framework.cases.overrides import parse_override
from framework.cases.read_only import WRITE
from framework.cases.settings import Settings, make_settings
from framework.plugin.shards import read_durations, shard_of_option
from framework.report import terminal
from framework.run.harness import Harness
from framework.run.plan import Options, Plan, make_plan, with_embedded_service

SETTINGS = pytest.StashKey[Settings]()
PLAN = pytest.StashKey[Plan]()
HARNESS = pytest.StashKey[Harness]()
RUN_ID = pytest.StashKey[str]()
RECORDING = pytest.StashKey[tuple[Path, bytes]]()
"""The folder of the tape that is recorded, and the key of its substitutes."""


def plan_of(config: pytest.Config) -> Plan:
    """Return the plan of this run.

    Raises:
        pytest.UsageError: environments.yaml, the command line or the tape is wrong, or a secret cannot be
            masked.
    """
    if PLAN not in config.stash:
        try:
            plan = make_plan(_plan_options(config))
            if plan.needs_embedded_service:
                service = config.hook.pytest_harness_embedded_service(
                    config=config, environment=plan.environment
                )
                plan = with_embedded_service(plan, service, config.rootpath) if service else plan
            plan = _with_share_of_rate(plan, config)
            # Raises if a secret cannot be masked: without a masker, nothing may run.
            mask_with(plan.masker.text)
            config.stash[PLAN] = plan
        except HarnessError as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[PLAN]


def _with_share_of_rate(plan: Plan, config: pytest.Config) -> Plan:
    """Divide the allowed rate of requests among the shards, which run at the same time."""
    shard = shard_of_option(config)
    if shard is None:
        return plan
    read_durations(config)  # a wrong file is a mistake on the command line, also before a worker reads it
    rate = plan.environment.max_rps / shard[1]
    return replace(plan, environment=replace(plan.environment, max_rps=rate))


def _plan_options(config: pytest.Config) -> Options:
    option = config.option
    for name, value in (
        ("--env", option.harness_env),
        ("--base-url", option.harness_base_url),
        ("--replay", option.harness_replay),
        ("--record", option.harness_record),
        ("--lang", option.harness_lang),
        ("--audit-seed", getattr(option, "harness_audit_seed", None)),
        ("--alluredir", getattr(option, "allure_report_dir", None)),
    ):
        if value is not None and not value.strip():
            raise ConfigError(empty_option(name))
    if option.harness_replay and option.harness_record:
        what = tr("--record 与 --replay 不能同时用")
        raise ConfigError(Problem("record-replay", what, tr("去掉其中一个")))
    replay: Path | None = None
    if option.harness_replay:
        # Relative to the folder in which pytest was started, not to the root of the project.
        replay = Path(config.invocation_params.dir, option.harness_replay)
    return Options(
        config.rootpath,
        settings_of_run(config),
        option.harness_env,
        option.harness_base_url,
        tuple(map(parse_override, option.harness_vars)),
        replay,
    )


def settings_of_run(config: pytest.Config) -> Settings:
    """Return the settings in pytest.ini for suites, tags and matchers, with overrides on the command line.

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
    """Return the harness of this process. Call it when the first case runs: it may open connections.

    Raises:
        ConfigError: the environment has no address, or a secret cannot be masked.
    """
    if HARNESS not in config.stash:
        plan = plan_of(config)
        processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        # One process does not see the writes of another.
        share = not config.option.harness_no_sharing and (
            processes == 1 or WRITE not in plan.environment.allow
        )
        harness = Harness(
            plan,
            config.stash[RUN_ID],
            config.rootpath / "schemas",
            processes,
            share=share,
            candidates=bool(config.getini("record")),
            recording=config.stash.get(RECORDING, None),
        )
        harness.run_context = replace(harness.run_context, progress=terminal.progress_of(config))
        config.stash[HARNESS] = harness
    return config.stash[HARNESS]
