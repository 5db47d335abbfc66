"""Tests for environments.yaml: settings, secrets, the choice of an environment, and ``--var``."""

from __future__ import annotations

from pathlib import Path

import pytest

from framework.base.errors import ConfigError
from framework.cases.environments import (
    choose_environment,
    environment_definitions,
    find_by_base_url,
    load_environments,
    with_secrets,
)
from framework.cases.overrides import parse_override

FILE = """
default: standin
environments:
  standin: {}
  test:
    base_url: https://app.youth.cq.cqyl.org.cn/
    hosts: [youth.cq.cqyl.org.cn]
    secrets: {token: POLICY_TOKEN, other: OTHER_TOKEN}
    variables: {files_base: "https://youth.cq.cqyl.org.cn/oss/", limits: {page: 50}}
    timeout: {connect: 1.5, total: 30}
    max_reply_mb: 0.5
    max_rps: 5
    rejected_credentials: [401]
    allow: [intrusive, load]
"""
TOKEN = "TOKEN-0123456789"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments.yaml").write_text(FILE, encoding="utf-8")
    for name in ("POLICY_TOKEN", "OTHER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_every_setting_is_read_in_its_unit(root: Path) -> None:
    default, environments = load_environments(root)
    test = environments["test"]
    assert (default, list(environments)) == ("standin", ["standin", "test"])
    assert (test.base_url, test.declared_base) == (
        "https://app.youth.cq.cqyl.org.cn",
        "https://app.youth.cq.cqyl.org.cn",
    )
    assert (test.connect_timeout, test.total_timeout, test.max_reply, test.max_rps) == (
        1.5,
        30,
        512 * 1024,
        5,
    )
    assert (test.hosts, test.allow, test.rejected_credentials) == (
        ("youth.cq.cqyl.org.cn",),
        ("intrusive", "load"),
        (401,),
    )


def test_missing_settings_have_careful_defaults(root: Path) -> None:
    standin = load_environments(root)[1]["standin"]
    assert (standin.base_url, standin.allow, standin.hosts, standin.max_rps) == ("", (), (), 0)
    assert (standin.connect_timeout, standin.total_timeout, standin.max_reply) == (3, 20, 32 * 1024 * 1024)


@pytest.mark.parametrize(("name", "chosen"), [(None, "standin"), ("test", "test")])
def test_environment_is_chosen_by_name_or_by_default(root: Path, name: str | None, chosen: str) -> None:
    assert choose_environment(root, name, None).name == chosen


@pytest.mark.parametrize(
    ("name", "hint"),
    [("tset", "你是不是要写 test？"), ("production", "environments.yaml 里有：standin、test")],
)
def test_unknown_environment_is_reported_with_the_known_ones(root: Path, name: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        choose_environment(root, name, None)
    assert len(caught.value.problems) == 1
    assert f"没有叫 {name} 的环境" in str(caught.value)
    assert hint in str(caught.value)


def test_given_base_url_is_used_and_the_declared_one_kept(root: Path) -> None:
    environment = choose_environment(root, "test", "http://127.0.0.1:8000/")
    assert (environment.base_url, environment.declared_base) == (
        "http://127.0.0.1:8000",
        "https://app.youth.cq.cqyl.org.cn",
    )


@pytest.mark.parametrize(
    "url",
    [
        "api.example",
        "ftp://api.example",
        "http://",
        "https://u:p@api.example",
        "https://a/?b=c",
        "javascript:1",
        "",
    ],
)
def test_invalid_base_url_is_refused(root: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="--base-url"):
        choose_environment(root, "test", url)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"里没有 environments\.yaml，它不是一个项目的根目录"):
        load_environments(tmp_path)


@pytest.mark.parametrize(
    ("process", "dotenv", "given", "value"),
    [
        (TOKEN, None, None, TOKEN),
        (None, TOKEN, None, TOKEN),
        (TOKEN, "from-dotenv-0", None, TOKEN),
        ("", TOKEN, None, TOKEN),
        (None, "", None, ""),
        (None, None, "from-the-standin", "from-the-standin"),
        (TOKEN, None, "from-the-standin", TOKEN),
        (None, None, None, ""),
    ],
)
def test_secret_comes_from_process_then_dotenv_then_embedded_service(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    process: str | None,
    dotenv: str | None,
    given: str | None,
    value: str,
) -> None:
    if process is not None:
        monkeypatch.setenv("POLICY_TOKEN", process)
    if dotenv is not None:
        (root / ".env").write_text(f"# 令牌\nPOLICY_TOKEN={dotenv}\n", encoding="utf-8")
    environment = with_secrets(
        choose_environment(root, "test", None), root, {"token": given} if given else {}
    )
    assert environment.secret_values["token"] == value
    assert ("token" in environment.missing_secrets) is (value == "")


def test_no_repr_shows_the_value_of_a_secret(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_TOKEN", TOKEN)
    assert TOKEN not in repr(with_secrets(choose_environment(root, "test", None), root, {}))


def test_variables_that_an_environment_gives_to_cases(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_TOKEN", TOKEN)
    definitions = environment_definitions(with_secrets(choose_environment(root, "test", None), root, {}))
    assert set(definitions) == {"base_url", "token", "other", "files_base", "limits"}
    assert definitions["token"].value.value == TOKEN


def test_environment_is_found_by_its_base_url(root: Path) -> None:
    assert find_by_base_url(root, "https://app.youth.cq.cqyl.org.cn") == "test"
    assert find_by_base_url(root, "https://api.example") is None


@pytest.mark.parametrize("text", ["x", "=1", "1x=1", "a b=1", "now=1", "request=1", "a.b=1"])
def test_command_line_variable_needs_a_valid_name(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--var .* 读不懂"):
        parse_override(text)


@pytest.mark.parametrize("text", ["x=1", "page-size=1", "每页=1"])
def test_command_line_variable_may_have_any_valid_name(text: str) -> None:
    definition = parse_override(text)
    assert (definition.name, definition.scope) == (text.partition("=")[0], "--var")
