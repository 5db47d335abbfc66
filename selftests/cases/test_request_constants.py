"""Tests that constants of a request that can never be sent are refused at collection."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framework.base.errors import CaseFileError, UnresolvedError
from framework.base.source import Source, Span
from framework.cases.request import build_request
from framework.cases.request_constants import METHODS

CASE = "suite: 列表\nvariables: {x: 1}\ncases:\n- id: a\n  validate: {status_code: 200}\n  request: "
SPAN = Span(Source("suite.yaml", ""), 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("request_text", "column"),
    [
        ("{method: POTS}", 21),
        ("{method: 5}", 21),
        ("{method: P OST}", 21),
        ("{method: ''}", 21),
        ("{timeout: 0}", 22),
        ("{timeout: fast}", 22),
        ("{timeout: 1000}", 22),
        ("{timeout: true}", 22),
        ("{url: [a]}", 18),
        ("{url: 'ftp://a.example/x'}", 18),
        ("{url: 'http://a.example:99999/x'}", 18),
        ("{verify: 1}", 21),
        ("{allow_redirects: 'yes'}", 30),
        ("{params: [a]}", 21),
        ("{params: {a: {b: 1}}}", 21),
        ("{params: {a: {b: 1}, c: '${x}'}}", 25),
        ("{headers: {a: [1]}}", 22),
        ("{headers: {'a b': 1}}", 22),
        ("{headers: {'a b': '${x}'}}", 23),
        ("{headers: {a: ' b'}}", 22),
        ("{headers: {a: 中文, c: '${x}'}}", 26),
        ("{cookies: {a: {}}}", 22),
        ("{data: 5}", 19),
        ("{data: {a: {b: 1}, c: '${x}'}}", 23),
    ],
)
def test_constant_that_cannot_be_sent_is_a_problem_with_its_place(
    suite: Callable, request_text: str, column: int
) -> None:
    with pytest.raises(CaseFileError) as caught:
        suite(CASE + request_text)
    (problem,) = caught.value.problems
    assert (problem.span.line, problem.span.column) == (6, column)
    assert problem.how


@pytest.mark.parametrize(
    "request_text",
    [
        "{method: post}",
        "{method: PROPFIND}",
        "{method: '${x}'}",
        "{timeout: '${x}'}",
        "{timeout: 0.5}",
        "{headers: {Token: null, A: 1, B: true}}",
        "{headers: {'a-${x}': a}}",
        "{params: {a: [1, 2], b: null, c: '${x}'}}",
        "{url: 'https://a.example/x?y=1#z'}",
        "{url: '${x}://a'}",
        "{data: text}",
        "{json: {a: [{b: null}]}}",
    ],
)
def test_other_values_are_read(suite: Callable, request_text: str) -> None:
    assert suite(CASE + request_text).cases


def test_misspelt_method_has_a_suggestion(suite: Callable) -> None:
    with pytest.raises(CaseFileError, match="你是不是要写 POST"):
        suite(CASE + "{method: POTS}")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_known_method_can_be_sent(method: str) -> None:
    assert build_request({"method": method, "url": "/x"}, "http://a.example", SPAN).method == method


def test_value_that_is_known_only_at_run_time_is_refused_then() -> None:
    with pytest.raises(UnresolvedError):
        build_request({"timeout": 0, "url": "/x"}, "http://a.example", SPAN)
