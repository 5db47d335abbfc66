"""Checks of one reply that cannot hold together are refused where they are written; no others are."""

from __future__ import annotations

import pytest

from framework.base.errors import CaseFileError
from selftests.cases.test_self_evident import REPEAT, suite_of

IMPOSSIBLE = r"""
{$.a: 1, "$['a']": 2}
{$.a: 1, '$["a"]': {not_equals: 1}}
{"$.a[0]": 1, "$['a'][0]": 2}
{"$.a[*]": {count: 2}, "$['a'][*]": {count: 3}}
{headers.X: a, headers.x: b}
{headers.X: {absent: true}, headers.x: a}
{$.a: {type: string}, $.a.b: 1}
{$.a: {type: object}, "$.a[0]": 1}
{$.a: {type: array}, $.a.b.c: 1}
{$.a: 5, $.a.b: 1}
{$.a: null, $.a.b: 1}
{$.a: {absent: true}, $.a.b: 1}
{$.a: {empty: true}, "$.a[*].b": 1}
{$.a: {length: 1}, "$.a[1]": 1}
{$: {type: array}, $.a: 1}
{$.a: {length: 2}, "$.a[*]": {count: 3}}
{"$.a[*]": {less_than: 3}, "$.a[0]": 5}
{"$.a[*].x": {type: string}, "$.a[0].x": 5}
{$.a: {equals: {b: {c: 1}}}, $.a.b.c: 2}
{$.a: {equals: {b: 1}}, $.a.c: 1}
{$.a: {equals: [1, 2]}, "$.a[-1]": 1}
{$.a: 1, not: {$.a: 1}}
{$.a: 1, any_of: [{$.a: 2}, {"$['a']": 3}]}
{status_code: 404, any_of: [{status_code: 200, $.a: 1}, {status_code: 201}]}
{all_of: [{$.a: 1}, {"$['a']": 2}]}
{status_code: 204, $.a: 1}
{status_code: {one_of: [204, 304]}, body: {not_empty: true}}
{status_code: 204, body.size: 5}
{body.size: 0, $.a: 1}
{body.size: 0, body: {contains: x}}
{body.size: 0, body.kind: json}
{body: {empty: true}, $.a: 1}
{body.kind: pdf, $.a: 1}
{body: OK, $.a: 1}
{body: {starts_with: '<'}, $.a: 1}
{headers.Set-Cookie: {absent: true}, cookies.A: x}
{$.a: {each: {b: 1, "@['b']": 2}}}
"""
POSSIBLE = r"""
{$.a: 1, $.b: 2}
{$.a: {not_equals: 1}, "$['a']": {not_equals: 2}}
{cookies.A: x, cookies.a: y}
{$.a: {type: [object, 'null']}, $.a.b: 1}
{$.a: {type: array}, "$.a[0]": 1}
{$.a: {length: 2}, "$.a[1]": 1}
{$.a: {length: 2}, "$.a[*]": {count: 2}}
{$.a: {length: 2}, "$.a[*]": {count: 0}}
{$.a: {empty: true}, "$.a[*].b": {equals: 1, may_be_empty: true}}
{"$.a[*]": {less_than: 3, may_be_empty: true}, "$.b[0]": 5}
{"$.a[*].x": {type: string}, "$.a[0].y": 5}
{$.a: {equals: {b: {c: 1}}}, $.a.b.c: 1}
{$.a: 1, any_of: [{$.a: 2}, {$.b: 3}]}
{status_code: 404, any_of: [{status_code: 200, $.a: 1}, {status_code: 404}]}
{status_code: 204, body: {empty: true}, body.size: 0, body.kind: {equals: empty}}
{status_code: {one_of: [200, 204]}, $.a: 1}
{body.kind: json, body.size: {at_least: 2}, $.a: 1}
{body: {starts_with: ' {"a"'}, $.a: 1}
{body: {contains: x}, body.size: {at_most: 5}}
{$.a: {absent: true}, $.b.c: 1}
{$.a: {each: {b: 1, c: 2}}}
"""


@pytest.mark.parametrize("checks", IMPOSSIBLE.strip().splitlines())
def test_checks_that_cannot_hold_together_are_refused(suite, checks: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        suite(suite_of(f"validate: {checks}"))
    assert {problem.code for problem in caught.value.problems} == {"never-passes"}


@pytest.mark.parametrize("checks", POSSIBLE.strip().splitlines())
def test_checks_that_can_hold_together_are_accepted(suite, checks: str) -> None:
    suite(suite_of(f"validate: {checks}"))


def test_the_problem_names_both_checks_and_the_place_of_one(suite) -> None:
    with pytest.raises(
        CaseFileError, match=r"(?s)\$\.a 与 \$\['a'\] 的要求不能同时成立.*改法：只要成立一个就写 any_of"
    ):
        suite(suite_of("validate:\n  $.a: 1\n  \"$['a']\": 2"))


def test_the_reply_to_head_has_no_body_and_a_walk_none_of_its_own(suite) -> None:
    with pytest.raises(CaseFileError, match="method: HEAD 与 "):
        suite(suite_of("request: {method: HEAD, url: /}\nvalidate: {$.a: 1}"))
    suite(suite_of(REPEAT + "validate: {status_code: 204, '$.statuses[0]': 204}"))
