"""W3C Trace Context: every request says which run and case it is of, so that the service's own logs can be
asked about it.

The trace id is of the case, made from the run's id and the case's: the same in whichever process and order
the case runs. The parent id counts the requests of the case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from framework.cases.request import Request
from framework.http.exchange import Exchange, Send

HEADER = "traceparent"
_WRITTEN = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Tracer:
    """Numbers the requests of the case at hand."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._requests = 0
        self.trace_id = ""
        self.begin("")

    def begin(self, case: str) -> None:
        """The requests from here on are of *case*."""
        self.trace_id = hashlib.sha256(f"{self._run_id}\n{case}".encode()).hexdigest()[:32]
        self._requests = 0

    def next_parent(self) -> str:
        """Return the header's value for the next request."""
        self._requests += 1
        return f"00-{self.trace_id}-{self._requests:016x}-01"


def traced(send: Callable[[Request, Mapping[str, str]], Exchange], tracer: Tracer) -> Send:
    """Return *send* with the header on every request; one that the case itself writes stays as it is, and
    counts.
    """

    def sent(request: Request) -> Exchange:
        own = next((str(value) for name, value in request.headers.items() if name.lower() == HEADER), None)
        exchange = send(request, {HEADER: tracer.next_parent()})
        if own is None:
            return replace(exchange, trace_id=tracer.trace_id)
        written = _WRITTEN.fullmatch(own)
        return replace(exchange, trace_id=written[1] if written else "")

    return sent
