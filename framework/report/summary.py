"""Summarizes a verdict as plain data, which travels from xdist's workers to the process that owns the run."""

from __future__ import annotations

from typing import NamedTuple

from framework.base.errors import BlockedError, ConnectError, HarnessError, TransportError
from framework.report.causes import cause_of
from framework.report.explain import headline
from framework.run.verdict import Verdict

_NOT_SENT = ("connect-timeout",)


class CaseSummary(NamedTuple):
    """The numbers of one case.

    ``elapsed``: milliseconds of each request. ``received``: bytes. ``kind``: the stable name of the cause's
    category, ``cause``: its signature; both are empty if the case is green.
    """

    case: str
    title: str
    status: str
    headline: str
    checks: int
    unrecorded: int
    requests: int
    received: int
    elapsed: list[float]
    kind: str
    cause: str


def summarize(verdict: Verdict) -> CaseSummary:
    """Return the numbers of a verdict."""
    replies = [step.exchange.reply for step in verdict.flat() if step.exchange]
    results = verdict.all_results
    cause = cause_of(verdict)
    # A step that broke while it waited for the reply has no exchange, but its request went out.
    unanswered = sum(
        _was_sent(step.error) and not step.exchange and not step.parts for step in verdict.flat()
    )
    return CaseSummary(
        verdict.case_id,
        verdict.title,
        verdict.status,
        headline(verdict),
        checks=len(results),
        unrecorded=sum(result.status == "unrecorded" for result in results),
        requests=len(replies) + unanswered,
        received=sum(len(reply.body or b"") for reply in replies),
        elapsed=[round(reply.elapsed_ms, 3) for reply in replies if reply.elapsed_ms is not None],
        kind=cause.category if cause else "",
        cause=cause.signature if cause else "",
    )


def _was_sent(error: HarnessError | None) -> bool:
    """Return whether a request that ended with *error* reached the service, as far as the harness knows."""
    if isinstance(error, (BlockedError, ConnectError)) or not isinstance(error, TransportError):
        return False
    return error.problems[0].code not in _NOT_SENT
