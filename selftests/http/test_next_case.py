"""A broken reply reddens its own case, with its cause, and never the case after it."""

from __future__ import annotations

import gzip
import json
import socket

import pytest

from selftests.http.conftest import Answer

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"ok":1}'
BAD_GZIP = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\n\r\ngarbage"
TORN_GZIP = gzip.compress(b'{"ok":1}')[:-5]
LATE = b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n"
GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
TORN_REPLY = GZIPPED + b"%d\r\n\r\n" % len(TORN_GZIP) + TORN_GZIP
BROKEN_REPLIES: dict[str, tuple[Answer, str, str]] = {
    "surplus": (OK.replace(b": 8", b": 5"), "broken", "后面却还有不属于它的字节：“:1}”"),
    "two-replies": (OK + LATE, "broken", "HTTP/1.1 500 Late"),
    "short": (OK.replace(b": 8", b": 9"), "broken", "秒内没有收完答复"),
    "blank-before": (b" " + OK, "broken", "状态行读不懂"),
    "interim-flood": (b"HTTP/1.1 100 Continue\r\n\r\n" * 500 + OK, "broken", "超过 100 个 1xx 答复"),
    "not-gzip": (BAD_GZIP, "failed", "无法解码"),
    "torn-gzip": (TORN_REPLY, "broken", "压缩内容不完整"),
}
CASE = """
  - id: {name}
    request: {{url: /{name}}}
    validate: {{status_code: 200}}
  - id: {name}-next
    request: {{url: /next}}
    validate: {{$.ok: 1}}
"""


@pytest.fixture
def judged(project, serve):
    """Run each reply in a case that checks the status alone, a right one after it, and return the records."""

    def run(answers: dict[str, Answer]) -> dict[str, tuple[str, str]]:
        server = serve({f"/{name}": answer for name, answer in answers.items()} | {"/next": OK})
        project.environments(f"  test: {{base_url: '{server.url}', timeout: {{connect: 1, total: 2}}}}")
        project.suite("".join(CASE.format(name=name) for name in answers))
        outcome = project.run("-p", "no:randomly")
        cases = json.loads(outcome.files["reports/run.json"])["cases"]
        return {case["id"].rpartition("::")[2]: (case["status"], case["headline"]) for case in cases}

    return run


def test_a_broken_reply_is_named_and_the_next_case_is_innocent(judged):
    found = judged({name: answer for name, (answer, _, _) in BROKEN_REPLIES.items()})
    for name, (_, status, words) in BROKEN_REPLIES.items():
        assert found[name][0] == status and words in found[name][1], found[name]
        assert found[f"{name}-next"][0] == "passed", found[f"{name}-next"]


def test_a_second_reply_that_comes_during_the_next_case_is_not_its_reply(judged):

    def twice(connection: socket.socket) -> None:
        connection.sendall(OK)
        connection.recv(65536)  # the next request, if it comes on this connection

        connection.sendall(LATE)

    found = judged({"twice": twice})
    assert found["twice"][0] == found["twice-next"][0] == "passed"
