"""Tests of setup, teardown, shared steps and wait_for. The service is a function: no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
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
from framework.report.causes import causes_of
from framework.report.explain import broken_text, failure_text
from framework.run.case_run import run_case
from framework.run.context import RunContext
from framework.run.verdict import Verdict
from selftests.project_matchers import MATCHERS

Answer = Callable[[Request], Any]
MADE = {"POST": {"id": "p-7"}, "GET": {"state": "DONE"}, "DELETE": {"gone": True}}


class Service:
    """Answers with the result of *answer*: a JSON value, a pair with a status, or an exception to raise."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[str] = []
        self.slept: list[float] = []
        self.now = 0.0

    def send(self, request: Request) -> Exchange:
        path = request.url.removeprefix("http://api.example")
        self.received.append(f"{request.method} {path}")
        answer = self.answer(request)
        if isinstance(answer, BaseException):
            raise answer
        status, document = answer if isinstance(answer, tuple) else (200, answer)
        reply = Reply(request.url, status, (), body=json.dumps(document).encode(), elapsed_ms=1.0)
        return Exchange(request, reply, 0.0)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def run(self, text: str, shared: Sequence[str] = ()) -> Verdict:
        """Run the only case of a suite."""
        files = tuple(Source("_shared.yaml", shared_text) for shared_text in shared)
        cases = parse_suite(Source("suite.yaml", text), files, ParseContext(MATCHERS))
        checks = EvaluationContext(Contracts(Path("schemas")), MATCHERS, Path())
        environment = Environment("test", "http://api.example", allow=("write",))
        context = RunContext(self.send, checks, environment, sleep=self.sleep, clock=lambda: self.now)
        assert len(cases) == 1
        return run_case(cases[0], context)


def by_method(**answers: Any) -> Service:
    return Service(lambda request: {**MADE, **answers}[request.method])


CASE = """
suite: 政策
cases:
  - id: made
    setup: [{name: 新建, request: {method: POST, url: /p}, extract: {made: $.id}}]
    teardown: [{name: 删除, request: {method: DELETE, url: "/p/${made}"}}]
    request: {url: "/p/${made}"}
    validate: {$.state: DONE}
"""


def test_setup_runs_before_the_case_and_teardown_after_it():
    service = by_method()
    verdict = service.run(CASE)
    assert verdict.status == "passed"
    assert service.received == ["POST /p", "GET /p/p-7", "DELETE /p/p-7"]
    assert [step.name for step in verdict.steps] == ["准备：新建", "made"]
    assert [step.name for step in verdict.teardown] == ["清理：删除"]


def test_the_levels_are_nested_like_fixtures():
    level = "setup: [{{request: {{url: /{0}-up}}}}]\nteardown: [{{request: {{url: /{0}-down}}}}]\n"
    case = level.format("case").replace("\n", "\n    ")
    suite = f"suite: 政策\n{level.format('suite')}cases:\n  - id: a\n    {case}request: {{url: /a}}\n"
    service = Service(lambda _: {})
    verdict = service.run(suite + "    validate: {status_code: 200}\n", [level.format("folder")])
    assert verdict.status == "passed"
    order = ["folder-up", "suite-up", "case-up", "a", "case-down", "suite-down", "folder-down"]
    assert service.received == [f"GET /{name}" for name in order]


def test_the_request_of_a_case_is_not_merged_into_the_steps_around_it():
    sent: list[Any] = []
    service = Service(lambda request: sent.append(request.json) or {})
    service.run(
        "suite: 政策\nrequest: {method: POST, url: /list, json: {shared: 1}}\ncases:\n  - id: a\n"
        "    setup: [{request: {json: {up: 1}}}]\n    request: {json: {own: 1}}\n"
        "    validate: {status_code: 200}\n"
    )
    assert sent == [{"shared": 1, "up": 1}, {"shared": 1, "own": 1}]


@pytest.mark.parametrize("answer", [{"state": "OPEN"}, (500, {}), TimedOutError(Problem("t", "没有答复"))])
def test_teardown_runs_after_a_case_that_did_not_pass(answer):
    service = by_method(GET=answer)
    verdict = service.run(CASE)
    assert verdict.status in ("failed", "broken")
    assert service.received[-1] == "DELETE /p/p-7"
    assert verdict.teardown[0].status == "passed"


def test_a_setup_that_fails_ends_the_case_and_what_was_not_made_is_not_deleted():
    service = by_method(POST=(500, {}))
    verdict = service.run(CASE)
    assert service.received == ["POST /p"]
    assert verdict.status == "failed" and verdict.steps[1].status == "skipped"
    assert verdict.teardown[0].status == "skipped"
    text = failure_text(verdict)
    assert "步骤：准备：新建" in text
    assert "清理：删除：没有清理：made 没有值，请求没有发送" in text


def test_a_failed_teardown_makes_a_passed_case_broken_and_names_what_it_left():
    service = by_method(DELETE=(403, {"msg": "forbidden"}))
    verdict = service.run(CASE)
    assert verdict.status == "broken" and verdict.error is not None
    text = broken_text(verdict, verdict.error)
    assert text.splitlines()[:2] == [
        "故障：清理：删除 没有成功：status_code：期望 2xx，实际 403",
        '改法：可能留下了数据，请手工清理：made="p-7"',
    ]
    assert "检查都已完成，没有不符；没有完成的是清理" in text
    assert [cause.category for cause in causes_of(verdict)] == ["teardown"]


def test_a_failed_teardown_hides_no_failure_and_each_step_of_it_is_tried():
    service = by_method(GET={"state": "OPEN"}, DELETE=TimedOutError(Problem("t", "20 秒内没有答复")))
    text = CASE.replace("删除, ", "先删, ").replace(
        "teardown: [", 'teardown: [{name: 再删, request: {method: DELETE, url: "/q/${made}"}}, '
    )
    verdict = service.run(text)
    assert verdict.status == "failed"
    assert service.received[-2:] == ["DELETE /q/p-7", "DELETE /p/p-7"]
    shown = failure_text(verdict)
    assert shown.startswith('结论：$.state：期望 "DONE"，实际 "OPEN"')
    assert '清理：再删 没有成功：20 秒内没有答复；可能留下了数据，请手工清理：made="p-7"' in shown


def test_teardown_runs_when_the_run_is_interrupted():
    service = by_method(GET=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        service.run(CASE)
    assert service.received[-1] == "DELETE /p/p-7"


# -- shared steps

SHARED = """
suite: 政策
request: {url: /list}
shared_steps:
  search:
    request: {params: {q: "${keyword}"}}
    extract: {found: "$.result[*]"}
    validate: {$.q: "${keyword}"}
  条例: {use: search, with: {keyword: "${kind}条例"}}
cases:
  - id: a
    variables: {keyword: 无关}
"""


def echo(request: Request) -> Any:
    query = dict(request.params or {})
    return {"q": query.get("q"), "result": [f"{query.get('q')}1", f"{query.get('q')}2"]}


def test_a_shared_step_gets_its_variables_and_gives_its_extracts():
    service = Service(echo)
    verdict = service.run(
        SHARED + "    steps:\n      - {use: search, with: {keyword: 甲}}\n"
        "      - {use: 条例, with: {kind: 乙}, extract: {mine: found, whole: $.q}}\n"
        '    validate: {"${found}": {equals: [甲1, 甲2]}, "${mine}": {equals: [乙条例1, 乙条例2]}, '
        '"${whole}": 乙条例, "${keyword}": 无关}\n'
    )
    assert verdict.status == "passed", failure_text(verdict)
    assert [step.name for step in verdict.steps] == ["search", "条例"]


def test_a_shared_step_is_used_in_a_loop():
    service = Service(echo)
    verdict = service.run(
        SHARED + '    steps: [{use: search, for_each: {word: [甲, 乙]}, with: {keyword: "${word}"}}]\n'
        '    validate: {"${found}": {equals: [甲1, 甲2, 乙1, 乙2]}, "${keyword}": 无关}\n'
    )
    assert verdict.status == "passed", failure_text(verdict)


def test_a_failing_shared_step_shows_the_value_that_it_was_given():
    service = Service(lambda _: {"q": "别的", "result": ["1"]})
    verdict = service.run(
        SHARED + "    steps: [{use: search, with: {keyword: 甲}, extract: {mine: found}}]\n"
    )
    text = failure_text(verdict)
    assert '$.q：期望 "甲"，实际 "别的"' in text
    assert "变量：keyword = 甲，来自 with suite.yaml:" in text


# -- wait_for

WAITING = """
suite: 政策
cases:
  - id: a
    request: {url: /job}
    wait_for: {until: {$.state: DONE}, timeout: 10, interval: 2}
    validate: {$.result: ok}
"""


def states(*answers: Any) -> Service:
    left = list(answers)
    return Service(lambda _: left.pop(0) if len(left) > 1 else left[0])


def test_it_asks_until_the_reply_is_as_wanted_and_judges_the_last_one():
    service = states({"state": "NEW"}, (404, {}), {"state": "DONE", "result": "ok"})
    verdict = service.run(WAITING)
    assert verdict.status == "passed"
    assert service.slept == [2, 2]
    assert verdict.steps[0].exchange.attempts == 3


def test_a_time_out_is_failed_and_says_how_long_it_waited():
    service = states({"state": "NEW", "result": "ok"})
    verdict = service.run(WAITING)
    assert verdict.status == "failed"
    assert service.slept == [2] * 5
    assert "等了 10.0 秒、问了 6 次仍不成立" in failure_text(verdict)


def test_waiting_that_succeeds_does_not_hide_a_wrong_result():
    verdict = states({"state": "DONE", "result": "bad"}).run(WAITING)
    assert verdict.status == "failed"
    assert '$.result：期望 "ok"，实际 "bad"' in failure_text(verdict)


def test_a_status_that_is_waited_for_needs_no_check_of_its_own():
    suite = WAITING.replace("$.state: DONE", "any_of: [{status_code: 401}, {status_code: 403}]")
    service = states({"result": "ok"}, (403, {"result": "ok"}))
    verdict = service.run(suite)
    assert verdict.status == "passed", failure_text(verdict)
    assert (
        states((500, {"result": "ok"})).run(WAITING.replace("$.state: DONE", "$.result: ok")).status
        == "failed"
    )


def test_without_a_reply_the_wait_ends_broken():
    service = Service(lambda _: TimedOutError(Problem("t", "没有答复")))
    assert service.run(WAITING).status == "broken"
    assert len(service.received) == 1
