"""The baseline: what the team's old harness asserted, on the same faults.

It sent one request (page 1, ten rows, with the token) and passed if ``True`` stood anywhere in the text of
the reply read as a Python dict: ``[{'contains': True}]``. It looked at no status, and crashed where the reply
was not JSON.
"""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from standin.contract import PAGE_LIST_PATH
from standin.process import StandinProcess

PASSED, FAILED, CRASHED = "通过", "失败", "崩溃"
TIMEOUT_S = 30.0

Baseline = Callable[[str], str]


def old_verdict(standin: StandinProcess) -> str:
    """Return what the old assertion says of a running stand-in."""
    try:
        reply = _first_page(standin)
    except (ValueError, http.client.HTTPException, OSError):
        return CRASHED
    return PASSED if "True" in str(reply) else FAILED


def _first_page(standin: StandinProcess) -> Any:
    connection = http.client.HTTPConnection(urlsplit(standin.url).netloc, timeout=TIMEOUT_S)
    try:
        body = json.dumps({"pageNo": 1, "pageSize": 10, "query": {}})
        connection.request(
            "POST", PAGE_LIST_PATH, body, {"Token": standin.token, "Content-Type": "application/json"}
        )
        reply = connection.getresponse()
        content = reply.read()
        return json.loads(
            gzip.decompress(content) if reply.getheader("Content-Encoding") == "gzip" else content
        )
    finally:
        connection.close()
