"""The circuit breaker: stops sending if the rest of the run could not judge anything."""

from __future__ import annotations

from framework.base.errors import BlockedError, ConnectError, CredentialError, TimedOutError
from framework.base.messages import tr
from framework.run.verdict import Verdict

MAX_UNREACHABLE = 3
"""If so many cases in a row cannot reach the service, it is taken to be down."""


class CircuitBreaker:
    """Opens if the credentials are rejected or the service cannot be reached.

    The cases that met the problem report it. All later cases are skipped with ``reason``, which is empty as
    long as the run can go on. ``opened_by`` is the verdict that ended it.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.reason = ""
        self.opened_by: Verdict | None = None
        self._unreachable_in_a_row = 0

    def observe(self, verdict: Verdict) -> None:
        """Take the verdict of a finished case into account."""
        error = verdict.error
        what = error.problems[0].what if error else ""
        # Other hosts, such as one for attachments, may be down without ending the run.
        concerns_service = self.base_url in what
        unreachable = concerns_service and isinstance(error, (BlockedError, ConnectError, TimedOutError))
        self._unreachable_in_a_row = self._unreachable_in_a_row + 1 if unreachable else 0
        if isinstance(error, CredentialError) or self._unreachable_in_a_row >= MAX_UNREACHABLE:
            self.opened_by = verdict
            self.reason = tr("没有运行，原因已见于用例 {case}：{what}", case=verdict.case_id, what=what)
