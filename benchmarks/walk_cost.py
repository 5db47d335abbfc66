"""``python -m benchmarks.walk_cost``: the CPU time of a walk over many pages, which must grow in proportion.

A service in another process has a list of ten rows a page; one case walks over all of it, with
all invariants.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from benchmarks.measure import run
from benchmarks.sides import ROOT, Side

ROWS = 10
_ENVIRONMENTS = "default: one\nenvironments:\n  one: {{base_url: '{url}'}}\n"
_SHARED = """\
read_only: true
walks:
  all: {page: json.page, size: json.size, items: $.rows, total: $.total, key: id, max_pages: 10000}
"""
_SUITE = """\
suite: walk
cases:
  - id: whole
    name: the whole list
    request: {method: POST, url: /list, json: {page: 1, size: 10}}
    paginate: all
    validate: {$.items: {length: ROWS}}
"""


class _List(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: a second one would wait for the acknowledgement of the first
    rows = 0

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first = (asked["page"] - 1) * ROWS
        rows = [
            {"id": str(number), "title": f"title {number}"}
            for number in range(first, min(first + ROWS, self.rows))
        ]
        body = json.dumps({"rows": rows, "total": self.rows}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _serve(rows: int, ready: Connection) -> None:
    _List.rows = rows
    server = HTTPServer(("127.0.0.1", 0), _List)
    ready.send(server.server_port)
    server.serve_forever()


def seconds_of(pages: int) -> float:
    """Return the CPU seconds of a run that walks over *pages* pages.

    Raises RuntimeError if it is not green.
    """
    mine, other = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_serve, args=(pages * ROWS, other), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            (folder / "testcases").mkdir()
            url = f"http://127.0.0.1:{mine.recv()}"
            (folder / "environments.yaml").write_text(_ENVIRONMENTS.format(url=url), "utf-8")
            (folder / "testcases" / "_shared.yaml").write_text(_SHARED, "utf-8")
            suite = _SUITE.replace("ROWS", str(pages * ROWS))
            (folder / "testcases" / "walk.yaml").write_text(suite, "utf-8")
            (folder / "pytest.ini").write_text("[pytest]\naddopts = -p framework.plugin\n", "utf-8")
            cost = run(Side("walk", folder, variables={"PYTHONPATH": str(ROOT)}))
    finally:
        server.kill()
    if "1 passed" not in cost.output:
        raise RuntimeError(cost.output)
    return cost.cpu


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walk_cost", description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1, 250, 500, 1000, 2000])
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    given = parser.parse_args(arguments)
    print("| pages | CPU seconds | without start, ms a page |")
    print("|--:|--:|--:|")
    start = 0.0
    for pages in sorted(given.pages):
        cpu = median(seconds_of(pages) for _ in range(given.runs))
        start = start or cpu
        each = (cpu - start) / (pages - 1) * 1000 if pages > 1 else 0.0
        print(f"| {pages} | {cpu:.2f} | {each:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
