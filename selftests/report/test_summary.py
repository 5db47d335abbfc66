"""The requests of a case are counted if they reached the service, whether or not a reply came."""

from __future__ import annotations

import pytest

from framework.base.errors import (
    BlockedError,
    CaseFileError,
    ConnectError,
    CutShortError,
    Problem,
    TimedOutError,
)
from framework.report.summary import summarize
from framework.run.verdict import StepResult, Verdict


@pytest.mark.parametrize(
    ("error", "requests"),
    [
        (BlockedError(Problem("blocked-host", "x")), 0),
        (BlockedError(Problem("blocked-redirect", "x")), 1),
        (ConnectError(Problem("refused", "x")), 0),
        (TimedOutError(Problem("connect-timeout", "x")), 0),
        (TimedOutError(Problem("timeout", "x")), 1),
        (CutShortError(Problem("cut-short", "x")), 1),
        (CaseFileError(Problem("unresolved", "x")), 0),
    ],
    ids=lambda value: value.problems[0].code if hasattr(value, "problems") else value,
)
def test_only_requests_that_were_sent_are_counted(error, requests):
    verdict = Verdict("a", "a", "broken", (StepResult("a", "broken", error=error),), error=error)
    assert summarize(verdict).requests == requests
