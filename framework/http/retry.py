"""Decides whether an outcome is one that a step's ``retry`` names; ``framework.run`` does the repeating."""

from __future__ import annotations

from collections.abc import Iterable

from framework.base.errors import ConnectError, CutShortError, HarnessError, TimedOutError
from framework.http.exchange import Exchange


def matches_retry(on: Iterable[int | str], outcome: Exchange | HarnessError) -> bool:
    """Return whether *on* names *outcome*.

    *on* holds statuses, ``timeout`` and ``connection`` (refused, reset, cut short). Other errors, such as a
    blocked host or a reply over the limit, would be the same the second time, so they cannot be named.
    """
    if isinstance(outcome, Exchange):
        return outcome.reply.status is not None and outcome.reply.status in on
    if isinstance(outcome, TimedOutError):
        return "timeout" in on
    return isinstance(outcome, (ConnectError, CutShortError)) and "connection" in on
