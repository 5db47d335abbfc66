"""Tests that a message gives the cause in the reader's language, once, and without hostile characters."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from framework.base.errors import CaseFileError, Problem
from framework.base.source import Source
from framework.cases.parse import ParseContext, parse_suite
from selftests.project_matchers import MATCHERS

CASE = "suite: 列表\ncases:\n- id: a\n  request: {url: /x}\n"
CHECK = "  validate: {status_code: 200}\n"


def problems(text: str) -> list[Problem]:
    context = ParseContext(MATCHERS, tags=["smoke"], read_data=lambda name, encoding: '[{"id": 1}]')
    with pytest.raises(CaseFileError) as caught:
        parse_suite(Source("suite.yaml", text), (), context)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  validate: {$.a: {after: '${today - 30d}'}}", "引用只取值，不计算"),
        ("  validate: {$.a: '${size + 1}'}", "引用只取值，不计算"),
        ("  validate: {$.a: '${len(x)}'}", "引用只取值，不计算"),
        ("  validate: {$.a: '${name | upper}'}", "引用只取值，不计算"),
        ("  validate: {$.headers.X-Test: 1}", "$.headers['X-Test']"),
        ("  validate: {$.a: '${$.headers.X-Test}'}", "$.headers['X-Test']"),
        ("  extract: {x: $.a.b-c.d}\n" + CHECK, "$.a['b-c'].d"),
        ("  validate: {$.a: {base64: {contains: 张三}}}", "testcases/matchers.py"),
        ("  setup_hooks: ['${login()}']\n" + CHECK, "写在 setup 里"),
        ("  retry: {attempts: 3, until: {$.a: DONE}}\n" + CHECK, "写在步骤的 wait_for 里"),
        ("  variable: {x: 1}\n  validate: {$.a: '${x}'}", "你是不是要写 variables"),
        ("  request: {timeout: '${today - 1}'}\n" + CHECK, "引用只取值"),
        ("  parametrize: {file: rows.toml}\n" + CHECK, "另存为 CSV"),
        ("  parametrize: {file: rows.XLSX}\n" + CHECK, "另存为 CSV"),
    ],
)
def test_cause_is_given_once_and_says_what_to_write(line: str, words: str) -> None:
    text = CASE.replace("  request: {url: /x}\n", "") if line.lstrip().startswith("request") else CASE
    (problem,) = problems(text + line)
    assert words in problem.how
    assert problem.span is not None
    assert not re.search(r"\b(expected|found|unexpected|unbalanced|token)\b", problem.what + problem.how)


@pytest.mark.parametrize("char", ["\\x1b", "\\u202e", "\\u2066", "\\x7f", "\\u200f", "\\x85", "\\n"])
@pytest.mark.parametrize(
    "line",
    [
        '  "vali%sdate": {}',
        '  validate: {"$.a": {"equ%sals": 1}}',
        '  validate: {"stat%sus": 1}',
        '  validate: {$.a: "${a%s}"}',
        '  tags: ["a%s"]\n' + CHECK,
        '  "a%s": 1\n  "a%s": 2',
        '  paginate: "a%s"\n' + CHECK,
    ],
)
def test_hostile_characters_are_visible_in_every_sentence(line: str, char: str) -> None:
    for problem in problems(CASE + line.replace("%s", char)):
        assert problem.what.isprintable()
        assert problem.how.isprintable()


@pytest.mark.parametrize(
    "line", ["{$.%s: 200}", "{$.%s", "{a: [%s", "{a：%s", "{'%s", '{a: "b" %s', ": {%s", "- %s"]
)
@pytest.mark.parametrize("sign", "[]{}(:,'\"- ")
def test_long_line_is_refused_quickly(line: str, sign: str) -> None:
    started = time.process_time()
    problems("suite: s\ncases:\n- id: a\n  validate: " + line % (sign * 20_000))
    assert time.process_time() - started < 2


WALK = "walks: {w: {page: %s, size: %s, more: %s, items: $.items, total: $.total, key: id, max_pages: 9}}\n"


@pytest.mark.parametrize(
    ("page", "size", "more"),
    [
        ("json.page", "json.page", "$.more"),
        ("pageNo", "json.size", "$.more"),
        ("json", "json.size", "$.more"),
        ("json.", "json.size", "$.more"),
        ("reply.page", "json.size", "$.more"),
        ("json.page", "json.size", "$.items"),
        ("json.page", "json.size", "$.total"),
    ],
)
def test_walk_that_can_fit_nothing_is_a_mistake_of_the_file(page: str, size: str, more: str) -> None:
    (problem,) = problems(WALK % (page, size, more) + CASE + CHECK)
    assert problem.code == "walk-unfit"


def test_walk_that_fits_is_read(suite: Callable) -> None:
    assert suite(WALK % ("json.page", "params.size", "$.more") + CASE + CHECK).cases
