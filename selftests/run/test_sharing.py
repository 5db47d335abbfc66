"""Tests of sharing: a question that changes nothing is asked once, and never where asking again matters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.run.sharing import MAX_AGE, SharedReplies


class _Service:
    """Answers with the number of the request, and keeps the requests."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Exchange:
        self.asked.append(request.url)
        return Exchange(request, Reply(request.url, 200, (), str(len(self.asked)).encode()), 0.0)


class _Shared:
    """Shared replies before a service of their own, with a clock that the test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.service = _Service()
        self.use_store(1000)

    def use_store(self, max_bytes: int) -> None:
        self.replies = SharedReplies(lambda: self.now, max_bytes)
        self.send = self.replies.sharing(self.service)

    def case(self, name: str, *requests: Request, passed: bool = True) -> list[Exchange]:
        self.replies.begin(name)
        exchanges = [self.send(request) for request in requests]
        self.replies.end(passed)
        return exchanges


@pytest.fixture
def shared() -> Iterator[_Shared]:
    made = _Shared()
    yield made
    made.replies.close()


def ask(url: str = "/list", **fields: object) -> Request:
    return Request("POST", url, read_only=True, shareable=True, **fields)  # type: ignore[arg-type]


def test_another_case_gets_the_reply_and_the_name_of_the_case_that_asked(shared):
    first = shared.case("a", ask())[0]
    second = shared.case("b", ask())[0]
    assert (first.shared_from, second.shared_from) == ("", "a")
    assert second.reply.body == first.reply.body == b"1"
    assert shared.service.asked == ["/list"]


def test_a_case_that_shared_does_not_take_the_place_of_the_one_that_asked(shared):
    shared.case("a", ask())
    shared.case("b", ask())
    assert shared.case("c", ask())[0].shared_from == "a"


def test_a_case_that_asks_again_is_answered_by_the_service(shared):
    assert [one.reply.body for one in shared.case("a", ask(), ask())] == [b"1", b"2"]
    assert [one.reply.body for one in shared.case("b", ask(), ask())] == [b"1", b"3"]


@pytest.mark.parametrize(
    "other",
    [
        ask("/other"),
        ask(json={"pageNo": 2}),
        ask(json={"pageNo": 1.0}),
        ask(json={"pageNo": "1"}),
        ask(json=None),
        ask(headers={"Token": "other"}),
        ask(headers={"token": "own"}),
        ask(params={"page": 1}),
        ask(data="text"),
        ask(cookies={"a": "b"}),
        ask(timeout=5.0),
        ask(allow_redirects=False),
        ask(verify=False),
    ],
    ids=repr,
)
def test_another_question_is_sent(shared, other):
    shared.case("a", ask(), ask(json={"pageNo": 1}), ask(headers={"Token": "own"}))
    assert shared.case("b", other)[0].shared_from == ""


def test_a_request_that_must_be_sent_is_sent_and_its_reply_is_shared(shared):
    live = Request("POST", "/list", read_only=True)
    assert shared.case("a", live)[0].shared_from == ""
    assert shared.case("b", ask())[0].shared_from == "a"
    assert shared.case("c", live)[0].shared_from == ""


def test_a_reply_is_not_shared_if_its_case_did_not_pass(shared):
    shared.case("a", ask(), passed=False)
    assert shared.case("b", ask())[0].shared_from == ""


@pytest.mark.parametrize("passed", [True, False])
def test_a_write_ends_what_was_shared(shared, passed):
    shared.case("a", ask())
    shared.case("b", ask("/two"), Request("POST", "/write"), ask(), passed=passed)
    assert shared.service.asked == ["/list", "/two", "/write", "/list"]
    assert [one.shared_from for one in shared.case("c", ask(), ask("/two"))] == ["", ""]


def test_a_reply_grows_too_old(shared):
    shared.case("a", ask())
    shared.now = MAX_AGE
    assert shared.case("b", ask())[0].shared_from == "a"
    shared.now = MAX_AGE + 1
    assert shared.case("c", ask())[0].shared_from == ""
    assert shared.case("d", ask())[0].shared_from == "c"


def test_when_the_store_is_full_further_questions_are_sent(shared):
    shared.use_store(max_bytes=1)
    shared.case("a", ask(), ask("/two"))
    assert [one.shared_from for one in shared.case("b", ask(), ask("/two"))] == ["a", ""]


# -- which steps share, in real runs

SUITE = """
  - id: first
    validate: {$.ok: true}
  - id: same
    validate: {$.ok: {equals: true}}
  - id: timed
    validate: {elapsed_ms: {less_than: 60000}}
  - id: timed-inside
    validate: {not: {elapsed_ms: {at_least: 60000}}}
  - id: extracted-time
    extract: {took: elapsed_ms}
    validate: {$.ok: true}
  - id: recent
    validate: {$.at: {any_of: [{within_last: {days: 1}}, {equals: 2020-01-01 00:00:00}]}}
  - id: not-over
    validate: {$.at: {not: {after: "${now}"}}}
  - id: past
    validate: {$.at: {before: "${now}"}}
  - id: repeated
    repeat: 2
    validate: {"$.replies[*].ok": true}
  - id: waited
    wait_for: {until: {$.ok: true}, timeout: 5, interval: 1}
    validate: {$.ok: true}
  - id: retried
    retry: {attempts: 2, interval: 1, on: [503]}
    validate: {$.ok: true}
  - id: writes
    read_only: false
    validate: {$.ok: true}
  - id: after-the-write
    validate: {$.ok: true}
"""
SHARING = {"same", "past"}


REQUEST = "read_only: true\nrequest: {method: POST, url: /list, json: {}}\n"


@pytest.fixture
def asked(project):
    project.service.replies = {"/list": {"ok": True, "at": "2020-01-01 00:00:00"}}
    project.suite(SUITE, head=REQUEST)
    return project


def shared_cases(outcome) -> set[str]:
    return {line["case"].partition("::")[2] for line in outcome.log if "shared_from" in line}


def test_cases_share_unless_they_judge_time_or_ask_again(asked):
    outcome = asked.run()
    assert outcome.code == 0, outcome.out
    assert shared_cases(outcome) == {"same", "past"}
    assert f"请求    {len(asked.service.received)} 个，共 " in outcome.out
    assert "；另有 2 个与先问的用例共用答复" in outcome.out
    report = str(outcome.results["same"])
    assert "答复与先问的用例共用" in report
    assert "testcases/list.yaml::first" in report


def test_without_sharing_every_request_is_sent(asked):
    outcome = asked.run("--no-sharing")
    assert outcome.code == 0, outcome.out
    assert shared_cases(outcome) == set()
    assert "共用" not in outcome.out


def test_verdicts_are_those_of_a_run_without_sharing(asked):
    asked.suite(SUITE.replace("{$.ok: {equals: true}}", "{$.ok: false}"), head=REQUEST)
    assert asked.run().statuses == asked.run("--no-sharing").statuses


OUTSIDE = """
  - {id: first, validate: {$.state: new}}
  - {id: looked, steps: [{call: looks, read_only: true, validate: {$.ok: true}}]}
  - {id: same, validate: {$.state: new}}
  - {id: called, steps: [{call: changes, with: {state: paid}, validate: {$.ok: true}}]}
  - {id: after-the-call, validate: {$.state: paid}}
  - {id: with-fixture, fixtures: [sent], validate: {$.state: sent}}
  - {id: after-the-fixture, validate: {$.state: paid}}
"""
FUNCTIONS = """
import pathlib

FILE = pathlib.Path(__file__).parent.parent / "state"

def looks():
    return {"ok": True}

def changes(state):
    FILE.write_text(state)
    return {"ok": True}
"""
CONFTEST = """
pytest_plugins = ["framework.plugin"]
import pathlib, pytest

@pytest.fixture
def sent():
    file = pathlib.Path(__file__).parent / "state"
    before = file.read_text()
    file.write_text("sent")
    yield
    file.write_text(before)
"""


@pytest.fixture
def changing(project):
    """A service whose data a function of the team and a fixture change."""
    state = project.write("state", "new")
    project.service.replies = {"/list": lambda *_: {"state": state.read_text()}}
    project.write("testcases/functions.py", FUNCTIONS)
    project.write("conftest.py", CONFTEST)
    project.suite(OUTSIDE, head=REQUEST)
    return project


def test_what_a_function_or_a_fixture_changed_is_asked_again(changing):
    changing.suite(OUTSIDE.replace("call: changes", "read_only: false, call: changes"), head=REQUEST)
    outcome = changing.run("-p", "no:randomly")
    assert outcome.code == 0, outcome.out
    assert shared_cases(outcome) == {"same"}


def test_several_processes_share_nothing_where_cases_write(asked):
    """One does not see the writes of the other."""
    outcome = asked.run("-n", "2")
    assert outcome.code == 0, outcome.out
    assert shared_cases(outcome) == set()


def test_a_function_that_may_change_data_is_not_called_where_nothing_may_be_written(changing):
    changing.environments(f"  test: {{base_url: '{changing.service.url}'}}")
    changing.suite(OUTSIDE.replace("call: changes", "read_only: false, call: changes"), head=REQUEST)
    outcome = changing.run("-k", "called or looked")
    assert outcome.statuses == {"looked": "passed", "called": "skipped"}, outcome.out
