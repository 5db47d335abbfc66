"""Repeats the assertion of the team's old harness on the same faults, for comparison.

The old harness sent one request (page 1, ten rows, with the token). It passed if the text of the reply, read
as a Python dict, contained ``True``: ``[{'contains': True}]``. It did not look at the status, and it crashed
if the reply was not JSON.
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

PASSED, FAILED, CRASHED = "通过", "不符", "崩溃"
TIMEOUT_S = 30.0

OldAssertion = Callable[[str], str]
"""Returns PASSED, FAILED or CRASHED under a fault."""


def run_old_assertion(standin: StandinProcess) -> str:
    """Return the result of the old assertion on a running stand-in: PASSED, FAILED or CRASHED."""
    try:
        reply = _first_page(standin)
    # The old harness did not catch these exceptions, so it crashed.
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
        if reply.getheader("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return json.loads(content)
    finally:
        connection.close()
