"""Summarizes a verdict as plain data, which travels from xdist's workers to the process that owns the run."""

from __future__ import annotations

from typing import NamedTuple

from framework.base.errors import TransportError
from framework.report.causes import cause_of
from framework.report.explain import headline
from framework.run.verdict import Verdict


class CaseSummary(NamedTuple):
    """The numbers of one case.

    ``elapsed``: milliseconds of each request. ``received``: bytes. ``kind``: the stable name of the cause's
    category, ``category``: the word for people, ``cause``: its signature; all three are empty if the case is
    green.
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
    category: str
    cause: str


def summarize(verdict: Verdict) -> CaseSummary:
    """Return the numbers of a verdict."""
    replies = [step.exchange.reply for step in verdict.flat() if step.exchange]
    results = verdict.all_results
    cause = cause_of(verdict)
    # A step that broke while sending has no exchange, but its request went out.
    unanswered = sum(
        isinstance(step.error, TransportError) and not step.exchange and not step.parts
        for step in verdict.flat()
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
        category=cause.word if cause else "",
        cause=cause.signature if cause else "",
    )
