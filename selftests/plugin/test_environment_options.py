"""The options --env, --base-url and --var: a mistake is one clear error, and secrets stay safe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

CASE = "  - id: a\n    request: {url: /list, headers: {Token: '${token}'}}\n    validate: {$.success: true}\n"
OPEN_CASE = "  - id: b\n    request: {url: /list}\n    validate: {$.success: true}\n"


@pytest.fixture
def listed(project, page: Callable):
    project.service.replies = {"/list": page()}
    project.suite(CASE)
    return project


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--env", "tset"], "没有叫 tset 的环境"),
        (["--base-url", "api.example"], "--base-url api.example 不是 http:// 或 https:// 开头的地址"),
        (
            ["--base-url", "http://me:pass@api.example"],
            "--base-url http://***@api.example 里不能有用户名和密码",
        ),
        (["--var", "size"], "--var size 读不懂"),
        (["--replay", "gone"], "tape.jsonl 读不了"),
        (["--env", ""], "--env 的值是空的"),
        (["--base-url", ""], "--base-url 的值是空的"),
        (["--replay", ""], "--replay 的值是空的"),
        (["--lang="], "--lang 的值是空的"),
        (["--audit-seed="], "--audit-seed 的值是空的"),
        (["--alluredir="], "--alluredir 的值是空的"),
        (["--var", ""], "--var  读不懂"),
        (["--var", "size="], "--var size= 没有值"),
        (
            ["--var", 'size={"a": 1, "a": 2}'],
            "--var size 的值不能当作 JSON 读：这个键在同一个对象里写了不止一次",
        ),
    ],
)
def test_a_mistake_on_the_command_line_is_one_clear_error(listed, arguments: list[str], line: str) -> None:
    outcome = listed.run(*arguments)
    assert outcome.code == pytest.ExitCode.USAGE_ERROR
    assert outcome.out.count(line) == 1
    assert "Traceback" not in outcome.out
    assert listed.service.received == []


def test_a_folder_outside_that_pytest_takes_for_the_project_is_named(listed, tmp_path_factory) -> None:
    """Without the equals sign pytest takes the folder for a place of tests, and its parent for the root."""
    folder = tmp_path_factory.mktemp("outside")
    outcome = listed.run("-p", "framework.plugin", "--alluredir", str(folder))
    assert outcome.code == pytest.ExitCode.USAGE_ERROR
    assert "里没有 environments.yaml，它不是一个项目的根目录" in outcome.out
    assert "--alluredir=DIR" in outcome.out


def test_a_wrong_environments_file_is_one_clear_error(listed) -> None:
    listed.environments("  test: {base_uri: x, timeout: {total: fast}}")
    outcome = listed.run()
    assert outcome.code == pytest.ExitCode.USAGE_ERROR
    assert "environments.yaml:3:10: 环境 test 里没有 base_uri 这个键" in outcome.out
    assert "environments.yaml:3:40: total 要写成 0.01 到 600 的数" in outcome.out


def test_a_secret_never_goes_to_an_undeclared_host(listed, token: str) -> None:
    outcome = listed.run("--base-url", "https://elsewhere.example")
    assert outcome.code == 1
    assert outcome.statuses == {"a": "broken"}
    assert "密钥 token" in outcome.out
    assert token not in outcome.out
    assert listed.service.received == []


def test_a_secret_may_go_to_this_machine(listed, token: str) -> None:
    assert listed.run().code == 0
    assert [headers["Token"] for _, _, headers, _ in listed.service.received] == [token]


def test_a_missing_secret_breaks_the_cases_that_need_it_and_names_the_variable(listed) -> None:
    listed.suite(CASE + OPEN_CASE)
    outcome = listed.run(env={"POLICY_TOKEN": ""})
    assert outcome.code == 1
    assert outcome.statuses == {"a": "broken", "b": "passed"}
    assert "设置环境变量 POLICY_TOKEN" in outcome.out
    assert len(listed.service.received) == 1


def test_a_secret_from_dotenv(listed) -> None:
    listed.write(".env", "POLICY_TOKEN=TOKEN-from-dotenv\n")
    assert listed.run(env={"POLICY_TOKEN": ""}).code == 0
    assert listed.service.received[0][2]["Token"] == "TOKEN-from-dotenv"


@pytest.mark.parametrize("value", ["q7!", "***token***", "*other"])
@pytest.mark.parametrize("options", [(), ("-n2",), ("--collect-only",)], ids=["alone", "workers", "collect"])
def test_a_secret_that_cannot_be_masked_stops_the_run(listed, value, options) -> None:
    """One such secret must not switch off masking for the others."""
    listed.variables["OTHER_TOKEN"] = "OTHER-0123456789"
    listed.environments(
        f"  test: {{base_url: '{listed.service.url}', secrets: {{token: POLICY_TOKEN, other: OTHER_TOKEN}}}}"
    )
    outcome = listed.run(*options, env={"POLICY_TOKEN": value})
    assert outcome.code == 4
    assert "密钥 token" in outcome.out
    assert "环境变量 POLICY_TOKEN" in outcome.out
    assert not listed.service.received
    assert "Traceback" not in outcome.out
    assert all(b"OTHER-0123456789" not in data for data in outcome.everything().values())
    if value == "q7!":
        assert all(b"q7!" not in data for data in outcome.everything().values())


def test_rejected_credentials_break_the_run_not_the_service(listed) -> None:
    listed.environments(
        f"  test: {{base_url: '{listed.service.url}', secrets: {{token: POLICY_TOKEN}}, "
        "rejected_credentials: [401]}"
    )
    listed.service.replies = {"/list": (401, {"success": False})}
    listed.suite(OPEN_CASE + CASE)
    outcome = listed.run()
    assert outcome.statuses == {"a": "broken", "b": "failed"}
    assert "令牌可能过期：更新环境变量 POLICY_TOKEN" in outcome.out


def test_variables_of_the_command_line_win(listed) -> None:
    listed.suite(
        "  - id: a\n    name: 每页 ${size} 条\n    variables: {size: 10}\n    request: "
        "{url: /list, params: {size: '${size}'}}\n"
        "    validate: {$.success: true}\n"
    )
    outcome = listed.run("--var", "size=50")
    assert listed.service.received[0][1] == "/list?size=50"
    assert outcome.results["a"]["name"] == "每页 50 条"


def test_an_environment_without_an_address_is_reported(listed) -> None:
    listed.environments("  test: {}")
    listed.suite(OPEN_CASE)
    outcome = listed.run()
    assert outcome.code == 1
    assert outcome.statuses == {"b": "broken"}
    assert "环境 test 没有 base_url" in outcome.out


@pytest.mark.parametrize(
    "condition", ["skip: 等修复", "only_in: [standin]", "requires: [expired]", "tags: [load]"]
)
def test_a_run_that_judged_nothing_is_not_green(listed, condition: str) -> None:
    listed.suite(
        f"  - id: a\n    {condition}\n    request: {{url: /list}}\n    validate: {{status_code: 200}}\n"
    )
    outcome = listed.run()
    assert outcome.code == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "没有任何用例得到评判，这不算通过" in outcome.out


def test_an_intrusive_case_runs_if_the_environment_allows_it(listed) -> None:
    listed.environments(f"  test: {{base_url: '{listed.service.url}', allow: [intrusive]}}")
    listed.suite(
        "  - id: a\n    tags: [intrusive]\n    request: {url: /list}\n    validate: {status_code: 200}\n"
    )
    assert listed.run().code == 0


def test_a_variable_of_the_command_line_is_stronger_than_an_extract(listed) -> None:
    listed.service.replies["/other"] = listed.service.replies["/list"]
    listed.suite(
        "  - id: a\n    steps:\n"
        "      - request: {url: /list}\n        extract: {size: $.code}\n"
        "        validate: {'${size}': 50}\n"
        "      - request: {url: '/other?size=${size}'}\n        validate: {$.success: true}\n"
    )
    outcome = listed.run("--var", "size=50")
    assert (outcome.code, listed.service.received[-1][1]) == (0, "/other?size=50")
    assert "${" not in outcome.out
