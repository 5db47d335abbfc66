"""Who may be put under load."""

from __future__ import annotations

import pytest

from framework.base.errors import ConfigError
from framework.base.source import Source, Span
from framework.cases.environments import Environment
from framework.cases.template import Constant
from framework.load.permission import confined, refuse_several
from framework.run.plan import Plan

HERE = Span(Source("environments.yaml", ""), 1, 1, 1, 1)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000",
        "http://localhost",
        "https://[::1]:1",
        "http://127.3.2.1/api",
        "http://LOCALHOST.",
    ],
)
def test_this_machine_needs_no_permission(address: str) -> None:
    assert confined(Environment("test", address)).base_url == address


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example",
        "http://10.0.0.1",
        "http://192.168.1.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://127.1",
        "http://2130706433",
        "http://user@127.0.0.1",
        "http://127.0.0.1\\@app.example",
    ],
)
def test_any_other_machine_needs_it(address: str) -> None:
    with pytest.raises(ConfigError) as refused:
        confined(Environment("test", address))
    assert refused.value.problems[0].code == "load-not-allowed"
    allowed = Environment("test", address, hosts=("files.example",), allow=("load",))
    assert confined(allowed) is allowed


def test_another_permission_is_none() -> None:
    with pytest.raises(ConfigError):
        confined(Environment("test", "https://app.example", allow=("write", "intrusive")))


def test_other_hosts_are_left_out_and_a_proxy_is_refused() -> None:
    hosts = ("files.example", "127.0.0.1:9000", "localhost:1", "app.example:80")
    kept = confined(Environment("test", "http://127.0.0.1", hosts=hosts)).hosts
    assert kept == ("127.0.0.1:9000", "localhost:1")
    with pytest.raises(ConfigError):
        confined(Environment("test", "http://127.0.0.1", proxy=Constant("http://proxy.example", HERE)))


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        (Environment("standin"), "no-base-url"),
        (Environment("test", "http://127.0.0.1", max_rps=5), "load-max-rps"),
    ],
)
def test_several_machines_need_an_address_and_no_limit_of_one(environment: Environment, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        refuse_several(Plan(environment, {}))
    assert refused.value.problems[0].code == code
