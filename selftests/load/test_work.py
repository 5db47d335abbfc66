"""How the runs of a load test are counted. The service is a function, and the clock stands still."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from framework.base.errors import Problem, TimedOutError
from framework.base.source import Source
from framework.cases.environments import Environment
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.request import Request
from framework.checks.context import EvaluationContext
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.http.trace import Tracer, traced
from framework.load.work import PAUSE, Work
from framework.run.context import RunContext
from selftests.project_matchers import MATCHERS

CASE = """
suite: 列表
cases:
  - id: one
    name: 一
    request: {url: /one}
    validate: {$.code: "0", elapsed_ms: {less_than: 10}}
"""
Answer = Callable[[Request], Any]


class LoadTest:
    """A load test in which only ``now`` says."""

    def __init__(self, answer: Answer, text: str = CASE, interval: float = 0.0, elapsed: float = 1.0) -> None:
        self.answer = answer
        self.elapsed = elapsed
        self.now = 100.0
        self.traces: list[str] = []
        self.masker = Masker({"token": "secret-token"})
        tracer = Tracer("run")
        context = RunContext(
            traced(self._send, tracer),
            EvaluationContext(Contracts(Path("schemas")), MATCHERS, Path()),
            Environment("test", "http://api.example", allow=("write",)),
            hide=self.masker.add,
        )
        cases = parse_suite(Source("suite.yaml", text), (), ParseContext(MATCHERS))
        harness: Any = SimpleNamespace(run_context=context, tracer=tracer, masker=self.masker)
        named = [(f"suite.yaml::{case.id}", case) for case in cases]
        self.work = Work(harness, named, interval, clock=lambda: self.now)
        self.user = self.work.new_user()

    def _send(self, request: Request, headers: Any) -> Exchange:
        self.traces.append(headers["traceparent"].split("-")[1])
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        body = json.dumps(answer).encode()
        return Exchange(request, Reply(request.url, 200, (), body=body, elapsed_ms=self.elapsed), 0.0)

    def run(self) -> float:
        return self.work.run_next(self.user)


@pytest.mark.parametrize(
    ("answer", "elapsed", "outcome", "causes"),
    [
        ({"code": "0"}, 1.0, "passed", 0),
        ({"code": "1"}, 1.0, "failed", 1),
        ({"code": "0"}, 11.0, "slow", 1),
        ({"code": "1"}, 11.0, "failed", 2),
        (TimedOutError(Problem("timeout", "超时")), 1.0, "broken", 1),
        (RuntimeError("a bug"), 1.0, "broken", 1),
    ],
)
def test_a_run_is_counted_by_its_verdict(answer: Any, elapsed: float, outcome: str, causes: int) -> None:
    load = LoadTest(lambda request: answer, elapsed=elapsed)
    pause = load.run()
    results = load.work.results
    assert results.cases["suite.yaml::one"].outcomes == {outcome: 1}
    assert sum(cause.count for cause in results.causes.values()) == causes
    assert results.total.times.total == (outcome != "broken")
    assert pause == (PAUSE if outcome == "broken" else 0.0)


def test_each_run_has_its_own_trace_id() -> None:
    load = LoadTest(lambda request: {"code": "0"})
    for _ in range(5):
        load.run()
    assert len(set(load.traces)) == 5


def test_runs_at_the_same_time_keep_their_trace_ids() -> None:
    tracer = Tracer("run")
    first, second = copy_context(), copy_context()
    first.run(tracer.begin, "one")
    second.run(tracer.begin, "two")
    sent = [context.run(tracer.next_parent).split("-") for context in (first, second, first)]
    assert sent[0][1] == sent[2][1] != sent[1][1]
    assert [int(parent, 16) for _, _, parent, _ in sent] == [1, 1, 2]


def test_the_time_line_has_the_moment_at_which_a_run_ended() -> None:
    load = LoadTest(lambda request: {"code": "0"})
    for now in (100.0, 100.9, 103.5):
        load.now = now
        load.run()
    assert {index: numbers.judged for index, numbers in load.work.results.line.items()} == {0: 2, 3: 1}


def test_a_constant_throughput_counts_late_starts_and_makes_up_for_them() -> None:
    load = LoadTest(lambda request: {"code": "0"}, interval=1.0)
    due = load.user.due
    load.now = due
    assert load.run() == pytest.approx(1.0)  # in time
    load.now = due + 3.5  # the case before took long
    assert load.run() == 0.0  # its next one is late already
    assert load.run() == 0.0
    assert load.run() == pytest.approx(0.5)
    results = load.work.results
    assert (results.starts, results.late) == (4, 3)
    assert results.latest == pytest.approx(2.5)


def test_what_a_case_extracts_is_masked_in_its_own_texts_and_nowhere_kept() -> None:
    text = """
suite: 登录
cases:
  - id: session
    name: 会话
    steps:
      - name: 登录
        request: {url: /login}
        extract: {session: $.session}
      - name: 使用
        request: {url: /use, headers: {Authorization: "${session}"}}
        validate: {$.echo: "no"}
"""

    def answer(request: Request) -> dict[str, str]:
        return {"session": "session-123456"} if request.url.endswith("/login") else {"echo": "session-123456"}

    load = LoadTest(answer, text)
    load.run()
    (cause,) = load.work.results.causes.values()
    assert "session-123456" not in cause.example
    assert "***session***" in cause.example
    assert load.masker.names == ("token",)


def test_every_user_runs_every_case() -> None:
    text = (
        CASE
        + CASE.partition("cases:\n")[2].replace("one", "two")
        + CASE.partition("cases:\n")[2].replace("one", "three")
    )
    load = LoadTest(lambda request: {"code": "0"}, text)
    for _ in range(6):
        load.run()
    assert {name: numbers.judged for name, numbers in load.work.results.cases.items()} == {
        f"suite.yaml::{name}": 2 for name in ("one", "two", "three")
    }
