"""The curl line: a real shell must pass to curl exactly the request that the transport sends."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.cases.request import Request
from framework.http.curl import curl_line
from framework.http.masking import Masker

TOKEN = "PHONE_aaaabbbbccccddddeeeeffff"
BASE = "http://app.test"
MASKER = Masker({"token": TOKEN})


def words(line: str) -> list[str]:
    """Return the arguments as a POSIX shell gives them to curl."""
    script = f'curl() {{ for word in "$@"; do printf "%s\\0" "$word"; done; }}\n{line}\n'
    ran = subprocess.run(
        ["sh", "-c", script], env={"BASE_URL": BASE, "POLICY_TOKEN": TOKEN}, capture_output=True, check=True
    )
    return ran.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


def line(request: Request) -> str:
    return curl_line(request, MASKER, BASE, {"token": "POLICY_TOKEN"})


def test_a_complete_curl_line():
    request = Request(
        "POST", BASE + "/list", {"q": "一"}, {"Token": TOKEN}, {"政策": "it's"}, timeout=5, verify=False
    )
    assert line(request) == (
        """curl -sS "$BASE_URL"'/list?q=%E4%B8%80' -H 'Content-Type: application/json' """
        """-H 'Token: '"${POLICY_TOKEN}" """
        """--data-raw '{"政策":"it'\\''s"}' --compressed --insecure --max-time 5"""
    )


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request("GET", BASE), ["-sS", BASE, "--compressed"]),
        (Request("GET", BASE + "evil.test/"), ["-sS", BASE + "evil.test/", "--compressed"]),
        (Request("HEAD", BASE + "/"), ["-sS", "--head", BASE + "/", "--compressed"]),
        (
            Request("PUT", BASE + "/[a]", data="x"),
            [
                "-sS",
                "-X",
                "PUT",
                "--globoff",
                BASE + "/[a]",
                "-H",
                "Content-Type:",
                "--data-raw",
                "x",
                "--compressed",
            ],
        ),
        (
            Request("GET", BASE + "/", headers={"Accept": None, "Empty": ""}),
            ["-sS", BASE + "/", "-H", "Accept:", "-H", "Empty;", "--compressed"],
        ),
        (
            Request("DELETE", BASE + "/", cookies={"a": "b"}),
            ["-sS", "-X", "DELETE", BASE + "/", "-H", "Cookie: a=b", "--compressed"],
        ),
    ],
)
def test_shell_quoting_of_words(request_, expected):
    assert words(line(request_)) == expected


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=60)
def test_the_shell_interprets_nothing_in_a_body(text):
    handed = words(line(Request("POST", BASE + "/", data=text + "$(id)`id`\\'\"" + TOKEN)))
    assert handed[handed.index("--data-raw") + 1] == text + "$(id)`id`\\'\"" + TOKEN


@given(st.dictionaries(st.text(), st.text()))
@settings(max_examples=60)
def test_json_keeps_its_value_without_control_characters(value):
    written = line(Request("POST", BASE + "/", json=value))
    handed = words(written)
    assert json.loads(handed[handed.index("--data-raw") + 1]) == value
    assert written.isprintable()


def test_a_curl_line_contains_no_secret():
    request = Request(
        "POST", BASE + "/" + TOKEN, {"t": TOKEN}, {"A": "Bearer " + TOKEN}, {"t": TOKEN}, cookies={"t": TOKEN}
    )
    assert TOKEN not in line(request)
    assert TOKEN in " ".join(words(line(request)))


def test_a_secret_without_a_variable_is_named_after_itself():
    assert "${API_KEY}" in curl_line(
        Request("GET", BASE, headers={"K": "secret-value"}), Masker({"api-key": "secret-value"}), BASE
    )
