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
from framework.cases.request import Request
from framework.report.summary import request_line, summarize
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


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"json": {"pageNo": 2, "query": {"a": "中"}}}, 'POST /list {"pageNo":2,"query":{"a":"中"}}'),
        ({"url": "http://x/list?a=1", "params": {"b": [1, "中"], "c": None}}, "POST /list?a=1&b=1&b=中"),
        ({"json": {"user": "u", "password": "p", "in": [{"accessToken": "t"}]}},
         'POST /list {"user":"u","password":"***","in":[{"accessToken":"***"}]}'),
        ({"params": {"api_key": "k", "page_token": "n"}}, "POST /list?api_key=***&page_token=n"),
    ],
)  # fmt: skip
def test_a_request_is_one_line_without_credentials(fields, line):
    assert request_line(Request(**{"method": "POST", "url": "http://x/list", **fields})) == line
