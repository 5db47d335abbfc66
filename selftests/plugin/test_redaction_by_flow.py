"""A value that a case extracts from a reply and sends as a credential is masked everywhere."""

from __future__ import annotations

import pytest

MADE = "made-5f1c9A7b3D2e8f60"

LOGIN = """
  - id: login
    steps:
      - name: 登录
        request: {url: /login}
        extract: {mine: %s}
        validate: {$.success: true}
      - name: 访问
        request: {url: /secure, %s}
        validate: {$.success: %s, body: {contains: "%s"}}
"""


def run(project, extract: str, sent: str, success: str = "true", wanted: str = "success", *options: str):
    project.service.replies = {
        "/login": {"success": True, "data": {"token": MADE, "short": "ab12"}},
        "/secure": {"success": True, "echo": "x" * 70 + MADE + "y" * 100},
    }
    project.suite(LOGIN % (extract, sent, success, wanted))
    return project.run("--evidence", "all", "-vv", *options)


def leaks(outcome) -> list[str]:
    return [
        name
        for name, data in outcome.everything().items()
        if any(MADE[at : at + 6].encode() in data for at in range(len(MADE) - 5))
    ]


SENT = [
    "headers: {Authorization: 'Bearer ${mine}'}",
    "headers: {X-Session-Id: '${mine}'}",
    "headers: {Cookie: 'a=b; sid=${mine}'}",
    "cookies: {JSESSIONID: '${mine}'}",
    "params: {api_key: '${mine}'}",
    "json: {deep: [{newPassword: '${mine}'}]}",
    "data: {client_secret: '${mine}'}",
    "data: 'a=1&passwd=${mine}'",
]


@pytest.mark.parametrize("sent", SENT)
def test_a_value_that_is_sent_as_a_credential_is_masked(project, sent: str) -> None:
    outcome = run(project, "$.data.token", sent)
    assert outcome.statuses == {"login": "passed"}
    assert not leaks(outcome)


@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["alone", "workers"])
@pytest.mark.parametrize(("success", "wanted"), [("false", "success"), ("true", "absent")])
def test_it_is_masked_in_a_failure_too(project, options, success: str, wanted: str) -> None:
    outcome = run(project, "$.data.token", SENT[0], success, wanted, *options)
    assert outcome.statuses == {"login": "failed"}
    assert not leaks(outcome)
    assert "***mine***" in outcome.out


def test_a_declared_secret_is_masked_even_if_it_is_never_sent(project) -> None:
    outcome = run(project, "{path: $.data.token, secret: true}", "params: {a: b}")
    assert outcome.statuses == {"login": "passed"}
    assert not leaks(outcome)


@pytest.mark.parametrize(
    ("extract", "sent"),
    [
        ("{path: $.data.token, secret: false}", SENT[0]),
        ("$.data.token", "params: {id: '${mine}'}"),
        ("$.data.token", "params: {page_token: '${mine}'}"),
        ("$.data.token", "json: {nextToken: '${mine}', author: '${mine}'}"),
    ],
)
def test_another_value_is_shown(project, extract: str, sent: str) -> None:
    outcome = run(project, extract, sent)
    assert outcome.statuses == {"login": "passed"}
    assert leaks(outcome)


@pytest.mark.parametrize(
    ("extract", "sent"), [("$.data.short", SENT[0]), ("{path: $.data.short, secret: true}", "params: {a: b}")]
)
def test_a_secret_that_is_too_short_breaks_the_case(project, extract: str, sent: str) -> None:
    outcome = run(project, extract, sent)
    assert outcome.statuses == {"login": "broken"}
    assert "抽取的 mine 是密钥，却短于 6 个字符" in outcome.out
    assert "secret: false" in outcome.out
