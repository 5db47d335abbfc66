"""Tests that every reference of a case file is rendered or refused, never sent as it is written."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from framework.base.errors import CaseFileError, UnresolvedError
from framework.base.source import Source, Span
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.template import Binding, Constant, ListTemplate, MappingTemplate, Scope, render
from framework.cases.unrendered import refuse_unrendered
from selftests.project_matchers import MATCHERS

SPAN = Span(Source("suite.yaml", ""), 1, 1, 1, 1)
CASE = "suite: 列表\nvariables: {k: title, n: 1, word: x}\ncases:\n- id: a\n  validate: {status_code: 200}\n"


@pytest.mark.parametrize("part", ["json", "data", "headers", "params", "cookies"])
def test_reference_in_a_key_is_rendered(suite: Callable, part: str) -> None:
    read = suite(CASE + f"  request: {{{part}: {{'${{k}}': '1', 'a-${{n}}': b, plain: c}}}}")
    assert read.request() == {part: {"title": "1", "a-1": "b", "plain": "c"}}


def test_reference_in_a_deep_key_is_rendered(suite: Callable) -> None:
    read = suite(CASE + "  request: {json: [{'${k}': {'${word}': '${n}'}}]}")
    assert read.request() == {"json": [{"title": {"x": 1}}]}


def test_keys_of_values_outside_of_the_request_are_rendered(suite: Callable) -> None:
    read = suite(
        "suite: 列表\nvariables: {k: title, body: {'${k}': 1}}\ncases:\n- id: a\n"
        "  request: {json: '${body}'}\n  validate: {status_code: 200}"
    )
    assert read.request() == {"json": {"title": 1}}


def test_escaped_reference_in_a_key_is_literal(suite: Callable) -> None:
    read = suite(CASE + "  request: {json: {'$${k}': 1}}")
    assert read.request() == {"json": {"${k}": 1}}
    refuse_unrendered(read.by_id["a"].steps[0].request)


@pytest.mark.parametrize("keys", ["{'${n}': 1}", "{title: 1, '${k}': 2}", "{'${k}': 1, '${ k }': 2}"])
def test_rendered_keys_are_different_texts(suite: Callable, keys: str) -> None:
    read = suite(CASE + f"  request: {{json: {keys}}}")
    with pytest.raises(UnresolvedError) as caught:
        read.request()
    assert [problem.code for problem in caught.value.problems] == ["reference-key"]


@pytest.mark.parametrize("key", ["${gone}", "${", "${a b}", "${$.data.id}"])
def test_wrong_reference_in_a_key_is_a_problem_with_its_place(suite: Callable, key: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        suite(CASE + f"  request: {{json: {{'{key}': 1}}}}")
    assert caught.value.problems[0].span.line == 6


@pytest.mark.parametrize(
    "line",
    [
        "only_in: ['${word}']",
        "requires: ['${word}']",
        "tags: ['${word}']",
        "known_defect: [{reason: a, path: '$.data[${n}]'}]",
        "variables: {'${word}': 1}",
        "extract: {'${word}': $.a}",
        "for_each: {'${word}': [1]}",
        "repeat: ${n}",
        "retry: {attempts: '${n}'}",
        "paginate: ${word}",
        "parametrize: {file: '${word}.csv'}",
        "parametrize: [{'${word}': 1}]",
        "parametrize: [{id: '${word}', size: 1}]",
        "validate: {'headers.${word}': 1}",
        "validate: {'cookies.${word}': {absent: true}}",
        "validate: {$.a: {'${word}': 1}}",
        "request: {'${word}': 1}",
        "without: ['headers.${word}']",
    ],
)
def test_reference_that_makes_no_sense_is_refused(suite: Callable, line: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        suite(
            "suite: 列表\nvariables: {n: 1, word: x}\ncases:\n- id: a\n  name: ${word}\n"
            + ("" if line.startswith("validate") else "  validate: {status_code: 200}\n")
            + f"  {line}"
        )
    assert all(problem.span for problem in caught.value.problems)


@pytest.mark.parametrize(
    "template",
    [
        Constant("a${x}", SPAN),
        Constant({"${x}": 1}, SPAN),
        Constant({"a": [{"b": "${x}"}]}, SPAN),
        ListTemplate((Constant("${x}", SPAN),), SPAN),
        MappingTemplate(((Constant("${x}", SPAN), Constant(1, SPAN)),), SPAN),
    ],
)
def test_unrendered_text_is_not_sent(template: object) -> None:
    with pytest.raises(UnresolvedError) as caught:
        refuse_unrendered(template)
    assert caught.value.problems[0].code == "reference-left"


texts = st.lists(st.sampled_from(["${k}", "${", "}", "k", "${k.a}", "${n}"]), max_size=3).map("".join)
bodies = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.fixed_dictionaries({}, optional={"json": bodies, "headers": bodies, "url": texts, "data": bodies}))
def test_any_reference_of_a_request_is_rendered_or_refused(request: dict) -> None:
    # Without the escape, a ${ in the result can only be a mistake.
    assume("$${" not in json.dumps(request))
    source = Source("suite.yaml", CASE + "  request: " + json.dumps(request))
    try:
        (case,) = parse_suite(source, (), ParseContext(MATCHERS))
        rendered = render(case.steps[0].request, Scope({"k": Binding("key"), "n": Binding("1")}))
    except (CaseFileError, UnresolvedError):
        return
    assert "${" not in json.dumps(rendered)
    refuse_unrendered(case.steps[0].request)
