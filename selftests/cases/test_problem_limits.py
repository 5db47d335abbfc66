"""Tests that files with many or long mistakes are refused quickly, with limited problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framework.base.errors import CaseFileError, Problem
from framework.base.jsonpath import PathSyntaxError, compile_path
from framework.base.source import Source
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.problem_limits import MAX_REPORTED
from framework.checks.matchers import MATCHERS
from selftests.growth import grows_linearly

CASE = "  - {{id: a{n}, {key}: 1, request: {{url: /l}}, validate: {{status_code: 200}}}}\n"
EXTRACT = "  - {id: a, request: {url: /l}, validate: {status_code: 200}, extract: {a: '$"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(CaseFileError) as caught:
        parse_suite(Source("many.yaml", text), (), ParseContext(MATCHERS))
    return caught.value.problems


def test_problems_beyond_the_limit_are_counted() -> None:
    found = problems("suite: x\ncases:\n" + "".join(CASE.format(n=n, key="lenght") for n in range(300)))
    assert len(found) == MAX_REPORTED + 1
    assert found[-1].what == "从这里起另有 100 处问题没有列出"
    assert found[-1].span.line == 3 + MAX_REPORTED


def test_no_count_follows_exactly_the_maximum() -> None:
    cases = "".join(CASE.format(n=n, key="lenght") for n in range(MAX_REPORTED))
    assert len(problems("suite: x\ncases:\n" + cases)) == MAX_REPORTED


def test_only_the_first_problems_have_a_suggestion() -> None:
    found = problems("suite: x\ncases:\n" + "".join(CASE.format(n=n, key="nmae") for n in range(60)))
    assert [problem.how == "你是不是要写 name？" for problem in found] == [True] * 50 + [False] * 10


@pytest.mark.parametrize(
    ("written", "times"),
    [
        (
            lambda times: (
                "suite: x\ncases:\n" + "".join(CASE.format(n=n, key=f"l{n}enght") for n in range(times))
            ),
            500,
        ),
        (lambda times: "suite: x\ncases: [" + "~," * times + "]\n", 3_000),
        (lambda times: f"suite: x\ncases:\n{EXTRACT}{'[0]' * times}'}}}}\n", 25_000),
        (lambda times: f"suite: x\ncases:\n{EXTRACT}{'[?@' * times}'}}}}\n", 6_000),
        (
            lambda times: (
                "suite: x\ncases:\n  - {id: a, request: {url: '${a"
                + "[0]" * times
                + "}'}, validate: {status_code: 200}}\n"
            ),
            25_000,
        ),
    ],
    ids=["typos", "traps", "indexes", "filters", "reference"],
)
def test_hostile_file_is_refused_in_linear_time(written: Callable[[int], str], times: int) -> None:
    def read(times: int) -> None:
        found = problems(written(times))
        assert len(found) <= MAX_REPORTED + 1
        assert max(len(problem.what) for problem in found) < 1000

    assert grows_linearly(read, times)


def test_path_has_at_most_2000_characters() -> None:
    compile_path("$." + "a" * 1998)
    with pytest.raises(PathSyntaxError, match="路径超过 2000 个字符"):
        compile_path("$." + "a" * 1999)


def test_count_is_a_lower_bound_if_the_reading_was_stopped() -> None:
    found = problems("suite: x\ncases:\n" + "".join(CASE.format(n=n, key="lenght") for n in range(2000)))
    assert found[-1].what == "从这里起另有 800 处以上的问题没有列出"
