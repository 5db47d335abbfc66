"""The composition root: the only file that imports both the harness and the stand-in.

The stand-in takes the place of an environment without a base_url. The process that owns the run starts one,
on a port that the system chooses, and passes its address to the workers of xdist. The stand-in ends with its
parent process, even if that is killed.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from framework.base.messages import tr
from standin.credentials import BRIEF_USER, DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN, PASSWORD, USER
from standin.process import StandinError, StandinProcess

if TYPE_CHECKING:
    from framework.cases.environments import Environment
    from framework.run.plan import EmbeddedService

pytest_plugins = ["framework.plugin"]
BY_HAND = "先启动 python -m standin --port 8765，它打印地址（BASE_URL）与令牌（TOKEN）"
STANDIN = pytest.StashKey[StandinProcess]()
SECRETS = {
    "token": DEFAULT_TOKEN,
    "expired_token": EXPIRED_TOKEN,
    "other_tenant_token": OTHER_TENANT_TOKEN,
    "user": USER,
    "brief_user": BRIEF_USER,
    "password": PASSWORD,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("harness").addoption(
        "--standin",
        metavar="OPTIONS",
        default="",
        help="options for the stand-in: --standin='--fault total-int'",
    )


def pytest_harness_embedded_service(config: pytest.Config, environment: Environment) -> EmbeddedService:
    from framework.run.plan import EmbeddedService  # noqa: PLC0415  # not earlier: the plugin comes first

    address: str | None = getattr(config, "workerinput", {}).get("standin")
    if address is not None:
        altered_by = f"--standin={config.option.standin}" if config.option.standin else ""
        return EmbeddedService(lambda: address, SECRETS, by_hand=tr(BY_HAND), altered_by=altered_by)
    if (
        config.option.collectonly or environment.base_url
    ):  # --base-url names a stand-in that was started by hand
        return EmbeddedService(lambda: environment.base_url, SECRETS, by_hand=tr(BY_HAND))
    options = shlex.split(config.option.standin)
    altered_by = f"--standin={config.option.standin}" if options else ""
    process = config.stash.setdefault(STANDIN, StandinProcess(options).start())
    if options:
        _wait_until_started(process)
    return EmbeddedService(
        lambda: process.url, SECRETS, shlex.join(["standin", *options]), tr(BY_HAND), altered_by
    )


def _wait_until_started(process: StandinProcess) -> None:
    """Wait for the stand-in, so that a mistake in its options is reported once and not by every case."""
    try:
        assert process.url
    except StandinError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    # Not earlier: pytest must rewrite its asserts first.
    from framework.plugin.state import plan_of  # noqa: PLC0415

    plan = plan_of(node.config)
    service = plan.service
    if service is not None and not plan.environment.base_url:
        node.workerinput["standin"] = service.address()


def pytest_unconfigure(config: pytest.Config) -> None:
    process = config.stash.get(STANDIN, None)
    if process is not None:
        process.stop()
