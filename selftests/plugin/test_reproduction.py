"""Every reproduction line that a failure shows is pasted into a shell and sends the request of the case."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from selftests.conftest import PLAIN_TOKEN

SUITE = """
  - id: plain
    request:
      {method: POST, url: /echo, params: {q: "一 [1]"}, headers: {Token: "${token}"}, json: {b: "it's"}}
    validate: {$.a: 1}
  - id: second-step
    steps:
      - {name: 先, request: {url: /echo?first}, extract: {x: $.a}, validate: {$.a: 0}}
      - {name: 后, request: {url: "/echo?second=${x}"}, validate: {$.a: 1}}
  - id: a-round
    steps:
      - name: 第 ${n} 轮
        for_each: {n: "${numbers}"}
        request: {url: "/echo?round=${n}"}
        validate: {url: {not: {ends_with: "=2"}}}
  - id: an-item
    paginate: all
    request: {method: POST, url: /pages, json: {pageNo: 1, pageSize: 2}}
    validate: {"$.items[*].id": {not_equals: 5}}
  - id: a-page
    paginate: all
    request: {method: POST, url: /short, json: {pageNo: 1, pageSize: 2}}
    validate: {$.total: 6}
  - id: all-pages
    paginate: all
    request: {method: POST, url: /pages, json: {pageNo: 1, pageSize: 2}}
    validate: {$.items: {length: 7}}
  - id: a-repetition
    repeat: 3
    request: {url: /echo?again}
    validate: {"$.replies[*].a": 1}
  - id: a-redirect
    request: {url: /moved, headers: {Token: "${token}"}}
    validate: {$.a: 1}
  - id: whole-case
    steps:
      - {name: 甲, request: {url: /echo?one}, extract: {one: $.a}, validate: {$.a: 0}}
      - {name: 乙, request: {url: /echo?two}, validate: {$.a: 0}}
    validate: {"${one}": 7}
"""
HEAD = """variables: {numbers: [1, 2, 3]}
walks:
  all:
    {page: json.pageNo, size: json.pageSize, more: $.more, items: $.rows, total: $.total, key: id,
     max_pages: 9}
"""
SHOWN = {
    "plain": ["POST /echo?q=%E4%B8%80+%5B1%5D"],
    "second-step": ["GET /echo?second=0"],
    "a-round": ["GET /echo?round=2"],
    "an-item": ["POST /pages 3"],
    "a-page": ["POST /short 2"],
    "all-pages": ["POST /pages 1", "POST /pages 3"],
    "a-repetition": ["GET /echo?again"] * 3,
    "a-redirect": ["GET /moved", "GET /echo?moved"],
    "whole-case": ["GET /echo?one", "GET /echo?two"],
}
"""The requests that the lines of each case send; of a walk, with the number of the page."""

Request = tuple[str, str, str | None, bytes]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received: list[Request]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.received.append((self.command, self.path, self.headers.get("Token"), body))
        rows: list[int] = []
        if self.path in ("/pages", "/short"):
            number = json.loads(body)["pageNo"]
            lost = 4 if self.path == "/short" else None
            rows = [row for row in (2 * number - 1, 2 * number) if row != lost]
        reply = {"a": 0, "rows": [{"id": row} for row in rows], "more": 6 not in rows, "total": 6}
        data = json.dumps(reply).encode()
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/echo?moved")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    handler = type("Handler", (_Handler,), {"received": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def shown(request: Request) -> str:
    method, path, _, body = request
    return f"{method} {path}" + (f" {json.loads(body)['pageNo']}" if b"pageNo" in body else "")


def test_every_reproduction_line_sends_a_request_of_the_case(project, server):
    if not shutil.which("curl") or not shutil.which("bash"):
        pytest.skip("needs curl and bash")
    address = f"http://127.0.0.1:{server.server_port}"
    received = server.RequestHandlerClass.received
    project.environments(
        f"  test: {{base_url: '{address}', secrets: {{token: POLICY_TOKEN}}, allow: [write]}}"
    )
    project.suite(SUITE, head=HEAD)
    out = project.run().out
    sent = set(received)

    blocks = re.split(r"^_{3,} (\S+) _{3,}$", out, flags=re.MULTILINE)
    lines = {
        name: re.findall(r"^复现(?:（.+?）)?：(curl .+)$", block, re.MULTILINE)
        for name, block in zip(blocks[1::2], blocks[2::2], strict=True)
    }
    assert lines.keys() == SHOWN.keys(), out
    environment = {"BASE_URL": address, "POLICY_TOKEN": PLAIN_TOKEN, "PATH": os.environ["PATH"]}
    for name, wanted in SHOWN.items():
        received.clear()
        for line in lines[name]:
            subprocess.run(
                ["bash", "-c", line], env=environment, capture_output=True, timeout=120, check=True
            )
        assert list(map(shown, received)) == wanted, (name, lines[name])
        assert sent.issuperset(received), name
    # A finding in an item of a walk names the page.
    assert "$.items[4].id（第 3 页，第 5 条，id=5）：期望" in out
    assert "复现（第 3 页）：curl" in out
    assert "复现（跟随 1 次重定向）：curl" in out
