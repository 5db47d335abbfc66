"""Adds a W3C Trace Context header to every request, so that it can be found in the logs of the service.

The trace id identifies the case. It is derived from the ids of the run and the case, so it does not depend on
the process or the order in which cases run. The parent id counts the requests of the case.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace

from framework.cases.request import Request
from framework.http.exchange import Exchange, Send

HEADER = "traceparent"
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True)
class _CurrentCase:
    trace_id: str
    request_count: int = 0


class Tracer:
    """Numbers the requests of the current case; cases at the same time each have their own."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        # A context variable, because under load many cases share the tracer, each in a context of its own.
        self._current: ContextVar[_CurrentCase] = ContextVar("current case")
        self.begin("")

    @property
    def trace_id(self) -> str:
        """The id of the current case."""
        return self._current.get().trace_id

    def begin(self, case: str) -> None:
        """Start a new case, identified by *case*; later requests belong to it."""
        self._current.set(_CurrentCase(hashlib.sha256(f"{self._run_id}\n{case}".encode()).hexdigest()[:32]))

    def next_parent(self) -> str:
        """Return the header's value for the next request."""
        current = self._current.get()
        current.request_count += 1
        return f"00-{current.trace_id}-{current.request_count:016x}-01"


def traced(send: Callable[[Request, Mapping[str, str]], Exchange], tracer: Tracer) -> Send:
    """Return *send* with the trace header on every request; the case's own header has precedence."""

    def send_traced(request: Request) -> Exchange:
        exchange = send(request, {HEADER: tracer.next_parent()})
        own_header = _own_trace_header(request)
        if own_header is None:
            return replace(exchange, trace_id=tracer.trace_id)
        match = _TRACEPARENT.fullmatch(own_header)
        return replace(exchange, trace_id=match[1] if match else "")

    return send_traced


def _own_trace_header(request: Request) -> str | None:
    return next((str(value) for name, value in request.headers.items() if name.lower() == HEADER), None)
