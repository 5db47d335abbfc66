"""The curl line: a real shell must pass to curl exactly the request that the transport sends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.cases.request import Request
from framework.http.curl import curl_line, exchange_as_curl
from framework.http.hosts import Hosts
from framework.http.masking import Masker
from framework.http.transport import Limits, Transport

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


# -- pasted into a shell


OURS = ("user-agent", "accept-encoding", "accept", "connection")


def essence(received: bytes) -> tuple[str, list[str], bytes]:
    """Return the request line, the header fields that a case decides, sorted, and the body."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    kept = [field for field in fields if field.partition(":")[0].lower() not in OURS]
    return first, sorted(_sorted_cookies(field.strip()) for field in kept), body


def _sorted_cookies(field: str) -> str:
    name, _, value = field.partition(": ")
    return f"{name}: " + "; ".join(sorted(value.split("; "))) if name.lower() == "cookie" else field


@pytest.fixture
def same_requests(serve):
    """``same_requests(answers, method, path, …)``: a pasted line sends what the transport sent."""
    if not shutil.which("curl") or not shutil.which("bash"):
        pytest.skip("needs curl and bash")

    def compare(answers, method="GET", path="/a", others=(), **keys):
        server = serve(answers)
        hosts = Hosts(server.url, tuple(f"127.0.0.1:{other.port}" for other in others))
        everywhere = [server, *others]
        with Transport(hosts, Limits(2, 10), {"token": TOKEN}, "harness/1") as transport:
            exchange = transport.send(Request(method, server.url + path, **keys))
        sent = [list(map(essence, one.received)) for one in everywhere]
        for one in everywhere:
            one.received.clear()
        line = exchange_as_curl(exchange, MASKER, server.url, {"token": "POLICY_TOKEN"})
        assert TOKEN not in line
        environment = {"BASE_URL": server.url, "POLICY_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
        ran = subprocess.run(
            ["bash", "-c", line], env=environment, capture_output=True, timeout=120, check=False
        )
        assert ran.returncode == 0, (line, ran.stderr.decode())
        for one, expected in zip(everywhere, sent, strict=True):
            for at, (got, wanted) in enumerate(zip(map(essence, one.received), expected, strict=True)):
                assert got == wanted, (at, line)
        return line

    return compare


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"headers": {"Token": TOKEN, "X": "it's", "Empty": "", "Accept": None}},
        {"params": {"q": "一 [1]", "k": [1, 2]}},
        {"cookies": {"a": "1", "b": TOKEN}},
    ],
)
def test_a_pasted_line_sends_the_same_request(same_requests, reply, method, keys):
    assert "-L" not in same_requests(reply(b"" if method == "HEAD" else b"{}"), method, **keys).split()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "keys", [{"json": {"政策": ["it's", "\t$(id)"]}}, {"data": "@x\n"}, {"data": ""}, {"data": {"a": "b c"}}]
)
def test_a_pasted_line_sends_the_same_body(same_requests, reply, method, keys):
    same_requests(reply(), method, **keys)


@pytest.mark.parametrize(
    "path", ["/a/../b", "/a/./b?x=..", "/{x}[1-3]", "/%2e%2e/x", "/?a=%20+#f", "/a//b", "/中"]
)
def test_a_pasted_line_goes_to_the_same_path(same_requests, reply, path):
    same_requests(reply(), path=path)


def leading_to(reply, location, status, *fields):
    return reply(b"", f"Location: {location}", *fields, status=f"{status} Redirect")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("has_body", [False, True])
def test_a_pasted_line_follows_redirects_with_the_same_methods_and_bodies(
    same_requests, reply, status, method, has_body
):
    if method == "HEAD" and has_body:
        pytest.skip("curl cannot send it")
    answers = {
        "/a": leading_to(reply, "/b?x=1", status, "Set-Cookie: s=1; Path=/"),
        "/b?x=1": leading_to(reply, "/c", 307),
        "/c": reply(b"" if method == "HEAD" else b"{}"),
    }
    keys = {"data": {"q": "1"}} if has_body else {}
    line = same_requests(answers, method, headers={"Token": TOKEN, "Cookie": "own=2"}, **keys)
    assert line.count("--next") == 2 and not re.search(r"-L\b", line)


def test_a_pasted_line_sends_no_secret_to_another_host(serve, same_requests, reply):
    other = serve({"/b": leading_to(reply, "/c", 302), "/c": reply()})
    answers = {"/a": leading_to(reply, f"{other.url}/b", 307)}
    keys = {"headers": {"Token": TOKEN, "X": "1"}, "cookies": {"s": "1"}, "json": {"a": 1}}
    line = same_requests(answers, "POST", others=[other], **keys)
    assert line.count("--next") == 2 and not re.search(r"-L\b", line)


def test_a_pasted_line_sends_no_secret_to_a_host_that_the_service_redirects_to_later(serve, reply):
    """The service redirected to itself when the case ran, and to another host when the line is pasted."""
    if not shutil.which("curl") or not shutil.which("bash"):
        pytest.skip("needs curl and bash")
    other = serve(reply())
    first = serve({"/a": leading_to(reply, "/b", 302), "/b": reply()})
    with Transport(Hosts(first.url), Limits(2, 10), {"token": TOKEN}, "harness/1") as transport:
        exchange = transport.send(Request("GET", first.url + "/a", headers={"Token": TOKEN}))
    line = exchange_as_curl(exchange, MASKER, first.url, {"token": "POLICY_TOKEN"})
    now = serve({"/a": leading_to(reply, f"{other.url}/b", 302), "/b": reply()})
    environment = {"BASE_URL": now.url, "POLICY_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
    subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=120, check=True)
    assert [essence(received)[0] for received in now.received] == ["GET /a HTTP/1.1", "GET /b HTTP/1.1"]
    assert other.received == []
