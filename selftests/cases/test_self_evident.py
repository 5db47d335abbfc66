"""Checks whose result the case itself decides are refused; those that a reply can change are accepted."""

from __future__ import annotations

import textwrap

import pytest

from framework.base.errors import CaseFileError

SUITE = """
suite: s
walks: {w: {page: json.page, size: json.size, items: $.rows, key: id, total: $.total, max_pages: 7}}
variables: {n: 5, twice: "${n}-${n}", late: "${now}"}
cases:
  - id: a
"""
WALK = "request: {method: POST, url: /, json: {page: 1, size: 9}}\npaginate: w\n"
REPEAT = "request: {url: /}\nrepeat: 5\n"
ONE = "request: {url: /}\n"
LOOP = """steps:
  - request: {url: /}
    extract: {xs: "$.a[*]"}
  - for_each: {x: "${xs}"}
    request: {url: "/${x}"}
"""
NO_CONTENT = [
    "validate: {'${n}': 5}",
    "validate: {'${n}': {at_least: 1}}",
    "validate: {'${twice}': {contains: '5'}}",
    "validate: {'${late}': {after: '2020-01-01 00:00:00'}}",
    "parametrize: {m: [1, 2]}\nvalidate: {'${m}': {less_than: '${n}'}}",
    "extract: {x: $.a}\nvalidate: {$.a: '${x}'}",
    "extract: {x: $.a}\nvalidate: {'${x}': '${$.a}'}",
    "extract: {x: $.a}\nvalidate: {$.a.b: '${x.b}'}",
    "extract: {x: '$.a[*].b'}\nvalidate: {'$.a[*].b': {same_items_as: '${x}'}}",
    "extract: {x: $.a, y: $.a}\nvalidate: {'${x}': {at_most: '${y}'}}",
    "steps:\n  - request: {url: /}\n    extract: {x: $.a, y: $.a}\nvalidate: {'${x}': '${y}'}",
    "extract: {x: {path: '$.a[*]', distinct: true}}\nvalidate: {'${x}': {unique: true}}",
    "extract: {x: {path: $.a, as: integer}}\nvalidate: {'${x}': {type: integer}}",
    "validate: {redirects: {type: array}}",
    "validate: {redirects: {length: {at_most: 10}}}",
    "validate: {redirects: {length: 11}}",
    WALK + "validate: {$.requests: {at_least: 1}}",
    WALK + "validate: {$.requests: {at_most: 7}}",
    WALK + "validate: {$.requests: 0}",
    WALK + "validate: {$.requests: {type: integer}}",
    WALK + "validate: {$.pages: {not_empty: true}}",
    WALK + "validate: {$.pages: {length: {at_most: 7}}}",
    WALK + "validate: {$.items: {type: array}}",
    WALK + "validate: {$.pages: {length: '${$.requests}'}}",
    "validate: {'$.a[0]': {one_of: '${$.a}'}}",
    "validate: {'$.a[0].b': {one_of: '${$.a[*].b}'}}",
    "validate: {$.a: {contains: '${$.a[0]}'}}",
    "extract: {x: '$.a[*]'}\nvalidate: {'$.a[*]': {one_of: '${x}'}}",
    "extract: {x: {path: '$.a[*]', distinct: true}}\nvalidate: {'$.a[*]': {subset_of: '${x}'}}",
    "extract: {x: $.a}\nvalidate: {'$.a[0]': {one_of: '${x}'}}",
    "extract: {x: status_code}\nvalidate: {status_code: '${x}'}",
    "extract: {x: headers.X}\nvalidate: {headers.x: '${x}'}",
    LOOP + "    validate: {'${x}': {one_of: '${xs}'}}",
    LOOP + "    validate: {'${x.id}': {one_of: '${xs[*].id}'}}",
    LOOP + "    validate: {'${xs}': {contains: '${x}'}}",
    LOOP + "    validate: {'${xs}': {superset_of: ['${x}']}}",
    LOOP.replace('"${xs}"', "[1, 2]") + "    validate: {'${x}': {one_of: [1, 2, 3]}}",
    REPEAT + "validate: {$.replies: {length: 5}}",
    REPEAT + "validate: {$.replies: {length: 4}}",
    REPEAT + "validate: {$.statuses: {type: array}}",
    REPEAT + "validate: {'$.statuses[*]': {count: 5}}",
    REPEAT + "validate: {'$.statuses[*]': {between: [100, 599]}}",
    REPEAT + "validate: {'$.elapsed_ms[*]': {at_least: 0}}",
]
SOUND = [
    "validate: {$.a: '${n}'}",
    "validate: {'${n}': '${$.a}'}",
    "validate: {'${n}': {at_most: '${request.json.x}'}, $.a: 1}",
    "validate: {any_of: [{'${n}': {less_than: 20}}, {$.a: 1}]}",
    "extract: {x: $.a}\nvalidate: {$.b: '${x}'}",
    "extract: {x: $.a}\nvalidate: {'${x}': {at_least: '${n}'}}",
    "extract: {x: $.a}\nvalidate: {$.a.b: '${x.c}'}",
    "extract: {x: {path: $.a, as: integer}}\nvalidate: {$.a: '${x}'}",
    "extract: {x: {path: '$.a[*]', distinct: true}}\nvalidate: {'${x}': {length: 3}}",
    "steps:\n  - request: {url: /}\n    extract: {x: $.a}\n  - request: {url: /}\n    extract: {y: $.a}\n"
    "validate: {'${x}': '${y}'}",
    "validate: {redirects: {length: 1}}",
    "validate: {redirects: {empty: true}}",
    WALK + "validate: {$.requests: {at_most: 6}}",
    WALK + "validate: {$.items: {not_empty: true}}",
    WALK + "validate: {$.items: {length: '${$.total}'}}",
    REPEAT + "validate: {'$.statuses[*]': 200}",
    REPEAT + "validate: {'$.replies[*].data': {all_equal: true}}",
    REPEAT + "validate: {'$.elapsed_ms[?@ < 9]': {count: {at_least: 4}}}",
    "validate: {$.replies: {length: 5}}",
    "validate: {$.requests: {at_least: 1}}",
    "validate: {$.pages: {length: '${$.requests}'}}",
    "validate: {'$.a[0]': {one_of: '${$.b}'}}",
    "validate: {'$.a[0].b': {one_of: '${$.a[*].c}'}}",
    "validate: {'$.a[0]': '${$.a[1]}'}",
    "validate: {$.a: {contains: '${$.b[0]}'}}",
    "extract: {x: '$.a[*]'}\nvalidate: {'$.b[*]': {one_of: '${x}'}}",
    "extract: {x: {path: '$.a[*]', as: integer}}\nvalidate: {'$.a[*]': {one_of: '${x}'}}",
    LOOP + "    validate: {$.id: '${x}'}",
    LOOP + "    validate: {$.ids: {contains: '${x}'}}",
    LOOP + "    validate: {'$.a[*]': {one_of: '${xs}'}}",
    LOOP + "    validate: {'${x}': {one_of: '${$.ids}'}}",
]


def suite_of(body: str) -> str:
    if "request:" not in body:
        body = ONE + body
    return SUITE + textwrap.indent(f"name: a\n{body}\n", "    ")


@pytest.mark.parametrize("body", NO_CONTENT)
def test_a_check_that_no_reply_can_change_is_refused(suite, body: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        suite(suite_of(body))
    assert {problem.code for problem in caught.value.problems} <= {"never-fails", "never-passes"}


@pytest.mark.parametrize("body", SOUND)
def test_a_check_that_a_reply_can_change_is_accepted(suite, body: str) -> None:
    suite(suite_of(body))
