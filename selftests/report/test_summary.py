"""The requests of a case are counted if they reached the service, whether or not a reply came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framework.base.errors import (
    BlockedError,
    CaseFileError,
    ConnectError,
    CutShortError,
    Problem,
    TimedOutError,
)
from framework.base.source import Source, Span
from framework.cases.case import Step
from framework.cases.request import Request
from framework.cases.template import Constant
from framework.checks.result import Alternative, CheckResult
from framework.report.summary import request_line, summarize
from framework.run.verdict import StepResult, Verdict

SPAN = Span(Source("a.yaml", "a"), 1, 1, 1, 2)


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


def test_the_alternatives_that_held_are_there_by_step_and_place():
    def ran(name: str, *held: str, several: bool = False) -> StepResult:
        spans = [Alternative("any_of", alternative) for alternative in held]
        checks = (CheckResult("x", "passed", 1, alternatives=tuple(spans)),)
        step = Step(Constant(name, SPAN), Constant({}, SPAN), (), (), SPAN, repeat=2 if several else 1)
        return StepResult(name, "passed", results=checks, step=step)

    first = replace(ran("问五次", "空列表", several=True), parts=(ran("问五次", "拒绝", several=True),) * 2)
    case = (CheckResult("y", "passed", 1, alternatives=(Alternative("all_of[1].any_of", "相同"),)),)

    def places(*steps: StepResult) -> list[tuple[str, str]]:
        summary = summarize(Verdict("a", "a", "passed", steps, case))
        return [(held.place, held.name) for held in summary.alternatives]

    assert places(first, ran("再问", "拒绝")) == [
        ("问五次 each_reply.any_of", "拒绝"),
        ("问五次 any_of", "空列表"),
        ("再问 any_of", "拒绝"),
        ("all_of[1].any_of", "相同"),
    ]
    assert places(ran("一步", "拒绝")) == [("any_of", "拒绝"), ("all_of[1].any_of", "相同")]


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
