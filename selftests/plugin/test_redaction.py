"""Nothing that a run writes contains a secret, wherever the secret was used and in whatever spelling."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

TOKEN = (
    'TOKEN-"\\/é中+& 0123456789'  # JSON, URLs, headers and reprs escape each of these characters differently
)
OTHER = "PHONE-plain-abcdef0123456789"

CONFTEST = """
import logging
import os
import sys
import pytest

pytest_plugins = ["framework.plugin"]

@pytest.fixture
def noisy():
    token, other = os.environ["POLICY_TOKEN"], os.environ["OTHER_TOKEN"]
    print(token, repr(token), other)
    print(token, repr(token), other, file=sys.stderr)
    logging.getLogger("mine").warning("%s %r %s", token, token, other)
    return token

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if hasattr(item, "case"):
        item.fixturenames.append("noisy")
        token, other = os.environ["POLICY_TOKEN"], os.environ["OTHER_TOKEN"]
        print(token, other)
        logging.getLogger("mine").warning("%s %r %s", token, token, other)
        import allure
        allure.attach(f"{token} {other}", name=f"mine {other}")
        if item.name == "setup-fails":
            raise RuntimeError(f"cannot log in with {token!r} and {other}")

@pytest.hookimpl(tryfirst=True)
def pytest_harness_case_started(item, case):
    if item.name == "hook-fails":
        token, other = os.environ["POLICY_TOKEN"], os.environ["OTHER_TOKEN"]
        raise ValueError(token + other)
"""
SUITE = """
  - id: everywhere
    name: 令牌 ${token} 与 ${other}
    description: 不说
    parametrize:
      - {id: one, column: "${other}"}
    variables: {mine: "x${other}y"}
    request:
      url: /echo/${other}
      params: {token: "${token}", other: "${column}"}
      headers: {Token: "${other}", X-Mine: "${mine}"}
      cookies: {session: "${other}"}
      json: {token: "${token}", deep: [{"${other}": 1, other: "${other}", number: 5}]}
    validate:
      $.echo.body: {not_contains: "${other}"}
      $.echo.headers.Token: not-${other}
      body: {not_contains: "${token}"}
      ${token}: ${other}
      $.echo.gone['${other}']: 1
  - id: basic
    name: 放在 Basic 里
    request: {url: /echo/basic, headers: {Token: "Bearer ${other}"}, data: "token=${token}&other=${other}"}
    validate: {$.echo.basic: {equals: "${other}"}, $.success: false}
  - id: hung-up
    name: 断开 ${other}
    request: {url: "/hang/${other}", params: {token: "${token}"}}
    validate: {status_code: 200}
  - id: elsewhere
    name: 别处
    request: {url: "https://elsewhere.example/${other}?token=${token}", headers: {Token: "${other}"}}
    validate: {status_code: 200}
  - {id: setup-fails, request: {url: /echo/x}, validate: {status_code: 200}}
  - {id: hook-fails, request: {url: /echo/x}, validate: {status_code: 200}}
  - id: passes
    name: 通过 ${other}
    request: {url: "/echo/${other}", headers: {Token: "${other}"}}
    validate: {$.success: true}
"""


def spellings(secret: str) -> Iterator[str]:
    """Return every spelling in which the secret could have been written."""
    data = secret.encode()
    yield from (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
    )
    yield from (
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
    )
    yield from (json.dumps(json.dumps(secret))[3:-3], data.hex(), data.decode("latin-1"))
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).decode()
        yield text[4 if offset else 0 : len(text) - 4]
        yield base64.urlsafe_b64encode(b"\0" * offset + data).decode()[4 if offset else 0 : len(text) - 4]


def echo(headers: dict, body: bytes) -> dict:
    return {
        "success": True,
        "echo": {
            "headers": headers,
            "body": body.decode("utf-8", "replace"),
            "basic": base64.b64encode(b"me:" + OTHER.encode()).decode(),
            "escaped": json.dumps(TOKEN),
            "url": urllib.parse.quote(TOKEN),
        },
    }


@pytest.fixture(scope="module", params=["", "-n2"])
def run(request: pytest.FixtureRequest, module_project):
    module_project.write("conftest.py", CONFTEST)
    module_project.variables = {"POLICY_TOKEN": TOKEN, "OTHER_TOKEN": OTHER}
    module_project.environments(
        f"  test: {{base_url: '{module_project.service.url}', "
        "secrets: {token: POLICY_TOKEN, other: OTHER_TOKEN}}"
    )
    module_project.service.replies = {
        f"/echo/{OTHER}": echo,
        "/echo/basic": echo,
        "/echo/x": echo,
        f"/hang/{OTHER}": None,
    }
    module_project.suite(SUITE)
    for path in (module_project.folder / "reports" / "logs").glob("*.jsonl"):
        path.unlink()
    arguments = [
        "--showlocals",
        "-vv",
        "-rA",
        "--evidence",
        "all",
        "-o",
        "junit_logging=all",
        "--log-file",
        "reports/pytest.log",
    ]
    return module_project.run(*arguments, *filter(None, [request.param]))


def test_the_cases_have_the_expected_verdicts(run) -> None:
    assert run.statuses == {
        "everywhere[one]": "failed",
        "basic": "failed",
        "hung-up": "broken",
        "elsewhere": "broken",
        "setup-fails": "broken",
        "hook-fails": "broken",
        "passes": "passed",
    }


@pytest.mark.parametrize("secret", [TOKEN, OTHER], ids=["token", "other"])
def test_nothing_written_contains_a_secret(run, secret: str) -> None:
    needles = {spelling.encode("utf-8", "replace") for spelling in spellings(secret)}
    assert all(len(needle) > 8 for needle in needles)
    leaks = {
        (name, needle.decode("utf-8", "replace"))
        for name, data in run.everything().items()
        for needle in needles
        if needle in data
    }
    assert not {leak for leak in leaks if not leak[0].endswith("pytest.log")}


def test_the_mask_replaces_the_secret(run) -> None:
    assert run.results["everywhere[one]"]["name"] == "令牌 ***token*** 与 ***other***"
    assert "***other***" in run.results["hung-up"]["statusDetails"]["message"]
    assert "***token***" in run.out


def test_the_curl_line_names_the_variable_to_set(run) -> None:
    assert "OTHER_TOKEN" in run.results["basic"]["statusDetails"]["message"]


def test_the_requests_carried_the_secrets(run, module_project) -> None:
    tokens = {headers.get("Token") for _, _, headers, _ in module_project.service.received}
    assert OTHER in tokens


def test_result_files_are_valid_json(run) -> None:
    for path in (run.folder / "reports" / "allure-results").glob("*.json"):
        json.loads(Path(path).read_text(encoding="utf-8"))
    assert run.junit
