"""The circuit breaker: a run that can learn nothing more stops sending."""

from __future__ import annotations

from framework.base.errors import BlockedError, ConnectError, CredentialError, TimedOutError
from framework.base.messages import tr
from framework.run.verdict import Verdict

UNREACHABLE = 3
"""So many cases in a row that cannot reach the service mean that it is down."""


class Breaker:
    """Stops a run that has nothing left to learn: the credentials are rejected, or the service cannot be
    reached.

    It is said once, by the cases that met it; the cases after them are skipped with the reason.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.reason = ""
        self._in_a_row = 0

    def watch(self, verdict: Verdict) -> None:
        error = verdict.error
        what = error.problems[0].what if error else ""
        unreachable = isinstance(error, (BlockedError, ConnectError, TimedOutError)) and self.base_url in what
        self._in_a_row = self._in_a_row + 1 if unreachable else 0
        if isinstance(error, CredentialError) or self._in_a_row >= UNREACHABLE:
            self.reason = tr("没有运行,原因已见于用例 {case}:{what}", case=verdict.case_id, what=what)
