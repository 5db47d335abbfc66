"""Tests of the subject ``redirects``: the values that a check sees of the redirects that were followed."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

SUITE = """
  - id: followed
    request: {url: /one}
    validate:
      redirects: {length: 2}
      redirects[*].status: {one_of: [301, 302]}
      redirects[0].status: 301
      redirects[1].url: {ends_with: /two}
  - id: none
    request: {url: /three}
    validate: {redirects: {empty: true}}
  - id: wrong
    request: {url: /one}
    validate: {"redirects[*].status": 302}
"""
LEADS = {"/one": (301, "/two"), "/two": (302, "/three")}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, target = LEADS.get(self.path, (200, ""))
        self.send_response(status)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_every_redirect_can_be_checked(project, address):
    project.environments(f"  test: {{base_url: '{address}'}}")
    project.suite(SUITE)
    outcome = project.run("-p", "no:randomly")
    assert outcome.statuses == {"followed": "passed", "none": "passed", "wrong": "failed"}, outcome.out
    assert "redirects[0].status：期望 302，实际 301" in outcome.out
