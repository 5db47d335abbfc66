"""Shares replies between cases: a question that changes nothing is asked once in a process.

A case gets the reply that an earlier case got if both ask exactly the same, the earlier case passed, and
nothing was written in between. Within one case every request is sent, because there repetition is the point.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import IO

from framework.cases.case import Call, Check, CheckNode, Each, MatcherCall, Measure, Step
from framework.cases.request import MISSING, Request
from framework.cases.template import references
from framework.http.exchange import Exchange, Send

MAX_BYTES = 64_000_000
"""The bodies that one process keeps, on disk. When they are full, further questions are asked again."""
MAX_AGE = 120.0
"""In seconds. An older reply is not used, so that what a case compares is about one moment."""


def may_share(step: Step) -> bool:
    """Return whether the reply to *step* may be one that another case got.

    Not if the step judges time, or asks the same again, which would always be answered alike.
    """
    asks_again = step.repeat > 1 or step.wait_for is not None or step.retry is not None
    if asks_again:
        return False
    if any(extract.subject.reads("elapsed_ms") for extract in step.extracts):
        return False
    return not any(_judges_time(node) for node in _flat((*step.checks, *step.each_reply)))


def _judges_time(node: CheckNode | Call) -> bool:
    if isinstance(node, Check):
        return node.subject.reads("elapsed_ms")
    if not isinstance(node, MatcherCall) or node.name == "before":
        return False  # A time before now a minute ago still is.
    return node.name == "within_last" or any(one.name == "now" for one in references(node.argument))


def _flat(nodes: Iterable[CheckNode | Call]) -> Iterator[CheckNode | Call]:
    """Yield the nodes and all nodes inside them."""
    for node in nodes:
        yield node
        if isinstance(node, (Check, Measure)):
            yield from _flat(node.calls)
        elif isinstance(node, Each):
            yield from _flat(node.checks)
        elif not isinstance(node, MatcherCall):
            for branch in node.branches:
                yield from _flat(branch)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A reply without its body, which is at ``offset`` of the file; ``case`` is the one that asked."""

    exchange: Exchange
    case: str
    offset: int
    size: int
    at: float


@dataclass
class _CurrentCase:
    """The requests of the running case, by their digests."""

    name: str = ""
    asked: dict[str, Exchange] = field(default_factory=dict)
    has_written: bool = False


class SharedReplies:
    """The replies that the cases of one process share.

    Args:
        clock: a time in seconds that never goes back.
        max_bytes: the bodies that are kept, on disk, in a file that goes with the process.
    """

    def __init__(self, clock: Callable[[], float], max_bytes: int = MAX_BYTES) -> None:
        self._clock = clock
        self._max_bytes = max_bytes
        self._kept: dict[str, _Kept] = {}
        self._file: IO[bytes] | None = None
        self._size = 0
        self._current = _CurrentCase()

    def begin(self, case: str) -> None:
        """Start a case, identified by *case*; later requests are its own."""
        self._current = _CurrentCase(case)

    def end(self, passed: bool) -> None:
        """End the case. Only the replies to a case that *passed* are shared, and none from before a write."""
        if self._current.has_written:
            self._forget()
        elif passed:
            for question, exchange in self._current.asked.items():
                self._keep(question, exchange)
        self._current = _CurrentCase()

    def close(self) -> None:
        """Delete the kept replies."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._forget()

    def changed(self) -> None:
        """Say that something may have changed the data: a request, a function of the team or a fixture."""
        self._current.has_written = True
        self._forget()

    def sharing(self, send: Send) -> Send:
        """Return *send*, which answers a shareable request with the reply to another case, if it can."""

        def send_or_share(request: Request) -> Exchange:
            if not request.read_only:
                self.changed()
                return send(request)
            question = _digest(request)
            exchange = (self._find(question) if request.shareable else None) or send(request)
            self._current.asked.setdefault(question, exchange)
            return exchange

        return send_or_share

    def _find(self, question: str) -> Exchange | None:
        """Return the reply of another case; None if there is none, or this case has asked before."""
        kept = self._kept.get(question)
        if kept is None or question in self._current.asked or self._current.has_written:
            return None
        if self._clock() - kept.at > MAX_AGE or self._file is None:
            return None
        self._file.seek(kept.offset)
        body = self._file.read(kept.size)
        reply = replace(kept.exchange.reply, body=body)
        return replace(kept.exchange, reply=reply, shared_from=kept.case)

    def _keep(self, question: str, exchange: Exchange) -> None:
        body = exchange.reply.body
        if exchange.shared_from or body is None or self._size + len(body) > self._max_bytes:
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open until the process ends
        self._file.seek(self._size)
        self._file.write(body)
        without_body = replace(exchange, reply=replace(exchange.reply, body=None))
        self._kept[question] = _Kept(without_body, self._current.name, self._size, len(body), self._clock())
        self._size += len(body)

    def _forget(self) -> None:
        self._kept.clear()
        self._size = 0


def _digest(request: Request) -> str:
    """Return a digest of everything that is sent, and of how the reply is received."""
    parts = asdict(replace(request, json=None, shareable=False))
    body = "" if request.json is MISSING else json.dumps(request.json)
    text = json.dumps([parts, body], default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
