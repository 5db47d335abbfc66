"""A check whose result no reply can change is refused where it is written; no other check is."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.base.source import Source
from framework.cases.parse_checks import CheckParser
from framework.cases.reader import Reader
from framework.cases.yaml.compose import parse_yaml
from framework.checks.matchers.impossible import never_matches
from selftests.project_matchers import MATCHERS

NEVER_FAILS = """
$.a: {matches: '^'}
$.a: {matches: $}
$.a: {matches: '(?s)^.*$'}
$.a: {matches: '^.*$'}
$.a: {matches: '^[\\s\\S]*$'}
$.a: {matches: '^(a|)'}
$.a: {matches: '(?=)'}
$.a: {matches: '\\D*'}
$.a: {type: [object, array, string, number, boolean, 'null']}
$.a: {length: {greater_than: -1}}
$.a: {length: {between: [0, 1e300]}}
$.a: {length: {not: {less_than: 0}}}
$.a: {close_to: {value: 0, within: 1e308}}
$.a[*]: {count: {between: [0, 1e9]}}
$.a[*]: {count: {type: integer}}
$.a[*]: {sum: {at_least: -1e308}}
$.a: {contains: '${$.a}'}
$.a: {starts_with: '${$.a}'}
$.a: {one_of: ['${$.a}']}
$.a: {close_to: {value: '${$.a}', within: 0}}
$.a: {between: ['${$.a}', '${$.a}']}
"$['a']": {equals: '${$.a}'}
$.a[*]: {subset_of: '${$.a}'}
$.a: {not: {less_than: '${$.a}'}}
$.a[*]: {each: {'@': {equals: '${@}'}}}
$.rows[*]: {each: {k: {equals: '${@.k}'}}}
status_code: {at_least: 0}
status_code: {at_most: 999}
status_code: {between: [0, 1000]}
status_code: {type: integer}
status_code: {not_equals: 7}
status_code: {none_of: [1, 2]}
status_code: {any_of: [{between: [200, 299]}, {between: [300, 599]}, {at_most: 199}]}
status_code: {not: {all_of: [{less_than: 300}, {greater_than: 400}]}}
elapsed_ms: {type: number}
elapsed_ms: {less_than: 1e300}
elapsed_ms: {not_equals: 5}
body.size: {type: integer}
body.size: {between: [0, 1e300]}
url: {not_empty: true}
url: {type: string}
body.kind: {not_equals: nosuchkind}
headers.X: {type: string}
headers.X: {any_of: [{absent: true}, {not: {absent: true}}]}
$.a: {any_of: [{type: string}, {not: {type: string}}]}
any_of: [{status_code: {less_than: 300}}, {status_code: {at_least: 300}}]
body.kind: {length: {at_least: 1}}
headers.X: {any_of: [{contains: a}, {not_contains: a}]}
body: {any_of: [{matches: a}, {not: {matches: a}}]}
body: {any_of: [{length: {less_than: 5}}, {length: {at_least: 5}}]}
url: {not: {all_of: [{contains: a}, {not: {contains: a}}]}}
$.a: {not: {matches: '(?!)'}}
$.a[?@.x==1 && @.x==2]: {equals: 1, may_be_empty: true}
$.a[?1==2]: {equals: 1, may_be_empty: true}
$.a[5:2].b: {equals: 1, may_be_empty: true}
$.a[-1:-1]: {count: 0}
$.a[::0]: {count: 0}
url: {length: {at_least: 1}}
url: {starts_with: http}
url: {contains: '://'}
url: {not_contains: '://'}
url: {any_of: [{starts_with: 'http:'}, {starts_with: 'https:'}]}
cookies.X: {not_contains: ';'}
redirects[*].status: {at_least: 0}
redirects[*].status: {not_equals: 200}
body: {any_of: [{not: {starts_with: a}}, {not: {starts_with: b}}]}
body: {any_of: [{not: {starts_with: abc}}, {length: {at_least: 3}}]}
body: {not: {all_of: [{starts_with: abc}, {not_contains: b}]}}
"""
NEVER_PASSES = """
$.a: {matches: '(?!)'}
$.a: {matches: 'x$y'}
$.a: {contains: x, not_contains: x}
$.a: {matches: a, not: {matches: a}}
$.a: {any_of: [{contains: 1, not_contains: 1}, {length: {less_than: 2, greater_than: 3}}]}
$.a[*]: {unique: true, not: {unique: true}}
$.a: {starts_with: ab, one_of: [cd, ef]}
$.a: {matches: '^\\d+$', equals: abc}
$.a: {length: 3, equals: abcd}
$.a: {length: {at_least: 5}, one_of: [abc, d]}
$.a: {empty: true, contains: x}
$.a: {datetime: true, equals: abc}
$.a[*]: {subset_of: []}
$.a[*]: {not: {subset_of: []}}
status_code: {matches: '2..'}
status_code: {length: 3}
status_code: {datetime: true}
body.kind: {matches: '^word'}
status_code: ok
status_code: '200'
status_code: 700
status_code: {one_of: [0, 1]}
status_code: {not: {equals: 7}}
status_code: {all_of: [{less_than: 300}, {greater_than: 400}]}
elapsed_ms: 5
elapsed_ms: {less_than: 0}
body.size: 0.5
body.kind: word
body.kind: {one_of: [doc x, pdff]}
url: ''
headers.X: 5
cookies.X: true
$.a[*]: {count: {less_than: 0}}
$.a: {length: {equals: 1.5}}
not: {status_code: {at_least: 100}}
$.a: {less_than: 3, greater_than: 5}
$.a: {equals: 1, not_equals: 1}
$.a: {type: string, less_than: 5}
$.a: {one_of: [1, 2], none_of: [1, 2]}
$.a: {type: integer, greater_than: 5, less_than: 5.8}
$.a[*]: {equals: a, type: integer}
status_code: {at_least: 300, less_than: 300}
status_code: {greater_than: 404, less_than: 405}
$.a[*]: {each: {b: {less_than: 1, greater_than: 2}}}
$.a: {all_of: [{starts_with: ab}, {starts_with: cd}]}
$.a: {all_of: [{ends_with: ab}, {ends_with: cd}]}
$.a: {starts_with: ab, not: {starts_with: a}}
$.a: {ends_with: ab, not: {ends_with: b}}
$.a: {starts_with: abc, length: 2}
$.a: {starts_with: abc, not_contains: b}
$.a: {starts_with: abc, type: array}
$.a: {type: string, contains: abcd, length: {at_most: 3}}
$.a: {before: 2020-01-01, after: 2021-01-01}
$.a: {before: 2020-01-01, after: 2020-01-01}
$.a: {after: 2020-01-01, not: {after: 2019-01-01}}
$.a: {before: 2020-01-01, not: {before: 2021-01-01}}
$.a: {datetime: true, length: 5}
$.a: {datetime: true, starts_with: x}
$.a: {not_empty: true, length: 0}
$.a: {type: object, unique: true}
$.a: {type: string, sum: 3}
$.a: {equals: [1, 1], unique: true}
$.a: {equals: [2, 1], sorted: ascending}
$.a: {equals: [1, 2], count: 3}
$.a: {length: 2, count: 3}
$.a: {absent: true, type: string}
$.a[*]: {same_items_as: [1, 2], count: 3}
$.a[*]: {same_items_as: [1, 1], unique: true}
$.a[*]: {same_sequence_as: [2, 1], sorted: ascending}
$.a[*]: {same_items_as: [1, 2], sum: 4}
$.a[*]: {subset_of: [1, 2], count: 3, unique: true}
$.a[*]: {subset_of: [1, 2], type: string}
$.a[*]: {superset_of: [1, 2], count: 1}
$.a[*]: {superset_of: [1], disjoint_from: [1]}
$.a[*]: {superset_of: [1, 2], subset_of: [1]}
$.a[*]: {all_equal: true, superset_of: [1, 2]}
$.a[*]: {all_equal: true, unique: true, count: 2}
$.a[*]: {each: {b: {before: 2020-01-01, after: 2021-01-01}}}
all_of: [{status_code: 200, $.a: 1}, {status_code: 404}]
all_of: [{status_code: 200, $.a: 1}, {$.a: 2}]
url: {length: 0}
url: {starts_with: /list}
url: {starts_with: ftp}
cookies.X: {contains: ';'}
redirects[*].status: {at_least: 600}
redirects[*].status: 200
$.a: {matches: '(?!.*)'}
$.a: {matches: '(?=a)b'}
$.a: {matches: '(?=a)(?!a)'}
$.a: {matches: '(?<=a)(?<!a)b'}
"""
NEVER_PASSES += """\
$.a[?@.b == 1].b: {equals: 2}
$.a[?@.b == 1].b: {type: string}
$.a[?@ > 5]: {less_than: 3}
$.a[?@.b == 1 && @.c == 3].c: {not_equals: 3}
$.a[?@.b > 5].b: {less_than: 3}
$.a[?@.b > 5].b: {at_most: 5}
$.a[?@.b == 'x'].b: {length: 2}
$.a[?@.b == 'x' || @.b == 'y'].b: {one_of: [z, w]}
$.a[?@.b.c == 1].b.c: {greater_than: 1}
$.a[?@.b == 1].b: {any_of: [{equals: 3}, {equals: 2}]}
$.a[?@.b >= 5].b: {greater_than: 6, less_than: 6}
$.a[*]: {count: 0, unique: true}
$.a[*]: {count: 0, equals: 5}
$.a[*]: {count: {less_than: 1}, type: string}
$.a[*]: {count: {at_most: 0}, sorted: ascending}
redirects[*].status_code: 200
redirects[0].code: 302
headers.X: "a\\nb"
headers.X: {contains: "\\r\\n"}
"""
SOUND = """
body: {any_of: [{contains: a}, {not_contains: b}]}
body: {any_of: [{length: {less_than: 5}}, {length: {at_least: 6}}]}
body: {all_of: [{contains: a}, {not_contains: b}]}
$.a: {contains: x, not_contains: y}
$.a: {any_of: [{matches: a}, {not: {matches: b}}]}
$.a: {length: {at_least: 2}, not: {length: {equals: 3}}}
$.a[5:]: {count: 0}
$.a[-3:2]: {count: {at_least: 1}}
$.a[2::-1]: {unique: true}
$.a: {length: 3, equals: abc}
$.a: {matches: '^a', one_of: [ab, b]}
$.a: {matches: '^a', not_equals: b}
$.a: {contains: 1, length: 2}
$.a[*]: {same_items_as: [1]}
status_code: 200
status_code: {between: [200, 299]}
status_code: {not: {between: [500, 599]}}
status_code: {any_of: [{equals: 200}, {between: [400, 499]}]}
status_code: {not_equals: 500}
status_code: {less_than: 500}
elapsed_ms: {less_than: 2000}
elapsed_ms: {greater_than: 0}
body.size: {greater_than: 0}
body.size: {at_most: 300000}
body.size: 0
body: {not_empty: true}
body: ''
body.kind: docx
body.kind: {none_of: [html, empty]}
url: {contains: list}
headers.X: {absent: true}
headers.X: {not_empty: true}
headers.X: {not: {contains: a}}
headers.X: {any_of: [{absent: true}, {contains: a}]}
cookies.X: {matches: '^[0-9a-f]+$'}
$.a: {greater_than: 5, less_than: 5.4}
$.a: {type: integer, greater_than: 5.3, less_than: 6.9}
$.a: {type: number, greater_than: 0, less_than: 1}
$.a: {type: string, length: 3, not_equals: abc}
$.a: {type: string, not_empty: true, one_of: [a, b]}
$.a: {type: array, length: {at_least: 1}, unique: true}
$.a: {type: object, contains: x}
$.a: {at_least: 1, at_most: 1}
$.a: {at_least: 1e16, at_most: 2e16}
$.a: {type: [string, 'null'], not_equals: null}
$.a[*]: {type: string, unique: true, count: 10}
$.a: {empty: true, type: array}
$.a: {not_empty: true, type: object}
$.a: {starts_with: a, ends_with: b}
$.a[*].b: {absent: true, count: 0}
status_code: {at_least: 200, less_than: 300, not_equals: 204}
elapsed_ms: {greater_than: 1, less_than: 1.2}
$.a: {matches: '^[^<>]*$'}
$.a: {matches: '^(?!.*草稿).*$'}
$.a: {matches: '^.{0,500}$'}
$.a: {matches: '^\\S*$'}
$.a: {matches: '^\\d*$'}
$.a: {type: [string, 'null']}
$.a: {type: number}
$.a: {not: {type: 'null'}}
$.a: {length: {at_least: 1}}
$.a: {length: {not_equals: 0}}
$.a: {not_equals: 0}
$.a: {less_than: 1e16}
$.a[*]: {sum: {at_least: 0}}
$.a[*]: {count: {at_most: 50}}
$.a[*]: {count: 0}
$.a: {any_of: [{equals: 1}, {empty: true}]}
$.a: {any_of: [{less_than: 5}, {greater_than: 5}]}
$.a: {all_of: [{at_least: 1}, {at_most: 9}]}
$.a: {not: {one_of: [1, 2]}}
$.a: {equals: '${$.b}'}
$.a: {not_equals: '${$.a.b}'}
$.a[*]: {subset_of: '${$.b}'}
$.a: {length: '${$.total}'}
$.a: {contains: abcd, length: {at_most: 3}}
$.a: {contains: abc, not_contains: b}
$.a: {all_of: [{starts_with: ab}, {starts_with: abc}]}
$.a: {starts_with: ab, ends_with: ba, length: 3}
$.a: {starts_with: abc, length: {greater_than: 2, less_than: 60}}
$.a: {before: 2021-01-01, after: 2020-12-31}
$.a: {datetime: true, length: {greater_than: 3}}
$.a: {datetime: true, starts_with: '20', ends_with: ':00'}
$.a: {datetime: true, after: 2020-01-01, length: 19}
$.a: {not_empty: true, length: 1}
$.a: {type: array, count: 2, length: 2}
$.a: {absent: true, count: 0}
$.a[*]: {length: 1, count: 3}
$.a[*]: {same_items_as: [1, 2], count: {less_than: 100}}
$.a[*]: {same_items_as: [1, 2], sum: {at_least: 1}, unique: true}
$.a[*]: {subset_of: [1, 2, 3], unique: true, count: {not_equals: 0}}
$.a[*]: {subset_of: [1, 2], type: integer}
$.a[*]: {subset_of: [1, 2], disjoint_from: [2, 3]}
$.a[*]: {superset_of: [1, 2], count: {not_equals: 3}}
$.a[*]: {superset_of: [1, 1], count: 1}
$.a[*]: {all_equal: true, superset_of: [1]}
all_of: [{status_code: 200, $.a: 1}, {$.b: 2}]
body: {before: 2020-06-01 00:00:00}
headers.X: {after: 2020-01-01}
url: {starts_with: 'https://'}
url: {contains: '/list'}
url: {ends_with: '/list'}
url: {matches: '^https'}
cookies.X: {contains: '='}
redirects[*].status: 301
redirects[*].status: {one_of: [301, 308]}
$.a: {matches: '(?=a)a'}
$.a: {matches: '(?=a)b?'}
$.a: {matches: '(?=ab)a'}
$.a: {matches: '(?!a*b)'}
$.a: {matches: '(?=a)(?!ab)'}
any_of: [{status_code: 401}, {status_code: 200, $.success: false}]
any_of: [{status_code: {less_than: 300}}, {$.a: 1}]
not: {status_code: 500}
not: {$.a: 1}
$.a[?@.b == 1].b: {equals: 1}
$.a[?@.b == 1].c: {equals: 2}
$.a[?@.b > 5].b: {less_than: 7}
$.a[?@.b > 'a'].b: {starts_with: b}
$.a[?@.b != 1].b: {type: string}
$.a[?@.b == 1 || @.c == 2].b: {equals: 3}
$.a[?@.b].b: {equals: ''}
$.a[?!@.b].b: {absent: true}
$.a[?@.b.c == 1].b: {type: object}
$.a[?@.b == 1].b: {all_equal: true}
$.a[?@.b == 'x'][0].b: {equals: y}
$.a[?match(@.b, 'x')].b: {equals: y}
$.a[*]: {count: {between: [1, 3]}, unique: true}
$.a[*]: {count: {at_most: 3}, unique: true}
$.a[*]: {count: 0, unique: true, may_be_empty: true}
$.a[*]: {count: '${n}', unique: true}
$.a[*]: {count: 0, absent: true}
"""


def codes(check: str) -> list[str]:
    reader = Reader()
    CheckParser(reader, MATCHERS).checks(parse_yaml(Source("t.yaml", check)))
    return [problem.code for problem in reader.problems]


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("check", lines(NEVER_FAILS))
def test_a_check_that_cannot_fail_is_refused(check):
    assert codes(check)


@pytest.mark.parametrize("check", lines(NEVER_PASSES))
def test_a_check_that_cannot_pass_is_refused(check):
    assert codes(check)


@pytest.mark.parametrize("check", lines(SOUND))
def test_a_check_of_a_real_question_is_accepted(check):
    assert codes(check) == []


NUMBERS = st.integers(-5, 700) | st.floats(-5, 700).map(lambda number: round(number, 1))
CALLS = st.recursive(
    st.tuples(
        st.sampled_from(["equals", "not_equals", "less_than", "at_most", "greater_than", "at_least"]), NUMBERS
    ).map(lambda pair: {pair[0]: pair[1]}),
    lambda inner: (
        inner.map(lambda one: {"not": one})
        | st.tuples(st.sampled_from(["any_of", "all_of"]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        )
    ),
    max_leaves=4,
)


def holds(call: dict, value: float) -> bool:
    """Evaluate independently of the harness."""
    ((name, argument),) = call.items()
    if name == "not":
        return not holds(argument, value)
    if name in ("any_of", "all_of"):
        return (any if name == "any_of" else all)(holds(inner, value) for inner in argument)
    return {
        "equals": value == argument,
        "not_equals": value != argument,
        "less_than": value < argument,
        "at_most": value <= argument,
        "greater_than": value > argument,
        "at_least": value >= argument,
    }[name]


def leaves(call: dict):
    ((name, argument),) = call.items()
    if name == "not":
        yield from leaves(argument)
    elif name in ("any_of", "all_of"):
        for inner in argument:
            yield from leaves(inner)
    yield call


@settings(max_examples=300)
@given(CALLS)
def test_a_check_of_a_status_is_refused_if_and_only_if_a_part_of_it_is_constant(call):
    constant = [
        part for part in leaves(call) if len({holds(part, status) for status in range(100, 600)}) == 1
    ]
    assert bool(codes("status_code: " + json.dumps(call))) == bool(constant)


TEXT_ARGUMENTS = st.sampled_from(["a", "b", "ab", "ba", "aab"])
TEXT_CALLS = st.recursive(
    st.tuples(
        st.sampled_from(["starts_with", "ends_with", "contains", "not_contains", "equals"]), TEXT_ARGUMENTS
    ).map(lambda pair: {pair[0]: pair[1]})
    | st.integers(1, 4).map(lambda size: {"length": size})
    | st.integers(1, 4).map(lambda size: {"length": {"at_most": size}}),
    lambda inner: (
        inner.map(lambda one: {"not": one})
        | st.tuples(st.sampled_from(["any_of", "all_of"]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda pair: {pair[0]: pair[1]}
        )
    ),
    max_leaves=4,
)
SHORT_TEXTS = ["".join(letters) for size in range(7) for letters in product("abc", repeat=size)]


def holds_of_text(call: dict, value: str) -> bool:
    """Evaluate independently of the harness."""
    ((name, argument),) = call.items()
    if name == "not":
        return not holds_of_text(argument, value)
    if name in ("any_of", "all_of"):
        return (any if name == "any_of" else all)(holds_of_text(inner, value) for inner in argument)
    if name == "length":
        return len(value) <= argument["at_most"] if isinstance(argument, dict) else len(value) == argument
    return {
        "starts_with": value.startswith(argument),
        "ends_with": value.endswith(argument),
        "contains": argument in value,
        "not_contains": argument not in value,
        "equals": value == argument,
    }[name]


@settings(max_examples=300, deadline=None)
@given(TEXT_CALLS)
def test_a_check_of_a_text_is_refused_only_if_a_part_of_it_is_constant(call):
    constant = [
        part for part in leaves(call) if len({holds_of_text(part, text) for text in SHORT_TEXTS}) == 1
    ]
    if codes("body: " + json.dumps(call)):
        assert constant


PARTS = st.sampled_from(
    ["a", "b", "^", "$", ".", "[^a]", r"\b", r"\B", "(?!)", "(?=", "(?!", "(", ")", "|", "?", "*"]
)
TEXTS = [""] + ["".join(letters) for size in (1, 2, 3) for letters in product("ab ", repeat=size)]


@settings(max_examples=500)
@given(st.lists(PARTS, max_size=6).map("".join))
def test_a_pattern_said_to_match_nothing_matches_nothing(pattern):
    try:
        search = re.compile(pattern).search
    except re.error:
        return
    if never_matches(pattern):
        assert not any(map(search, TEXTS))
