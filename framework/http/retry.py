"""Which outcomes a ``retry`` of the case language names. The repeating itself is the run's."""

from __future__ import annotations

from collections.abc import Iterable

from framework.base.errors import ConnectError, CutShortError, HarnessError, TimedOutError
from framework.http.exchange import Exchange


def matches_retry(on: Iterable[int | str], outcome: Exchange | HarnessError) -> bool:
    """Tell whether *outcome* is one of *on*: ``timeout``, ``connection`` (refused, reset, cut short), or a
    status.

    A blocked host, a reply over the limit and a mistake of ours are the same the second time, so nothing
    names them.
    """
    if isinstance(outcome, Exchange):
        return outcome.reply.status is not None and outcome.reply.status in on
    if isinstance(outcome, TimedOutError):
        return "timeout" in on
    return isinstance(outcome, (ConnectError, CutShortError)) and "connection" in on
