"""Tests of rows in JSON and YAML files beside a suite."""

from __future__ import annotations

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.parse import ParseContext, parse_suite
from selftests.project_matchers import MATCHERS

SUITE = "suite: 列表\ncases:\n- id: a\n  parametrize: {{file: {name}}}\n  validate: {{$.size: '${{size}}'}}\n"


def ids_and_sizes(name: str, text: str) -> dict[str, object]:
    context = ParseContext(MATCHERS, read_data=lambda *_: text)
    cases = parse_suite(Source("testcases/s.yaml", SUITE.format(name=name)), (), context)
    return {case.id: case.definitions["size"].value.value for case in cases}


JSON = '[{"id": "few", "size": 1, "more": {"a": [1]}}, {"id": 2, "size": "\\ud83d\\ude00", "more": null}]'
YAML = "- {id: few, size: 1, more: {a: [1]}}\n- {id: 2, size: 😀, more: null}\n"


@pytest.mark.parametrize(("name", "text"), [("rows.json", JSON), ("rows.yaml", YAML), ("ROWS.YML", YAML)])
def test_rows_keep_their_types(name, text):
    assert ids_and_sizes(name, text) == {"a[few]": 1, "a[2]": "😀"}


def test_a_row_without_id_is_named_by_its_values():
    assert ids_and_sizes("rows.json", '[{"size": 1}, {"size": 50}]') == {"a[1]": 1, "a[50]": 50}


def test_data_refers_to_nothing():
    assert ids_and_sizes("rows.json", '[{"id": "x", "size": "${token}"}]') == {"a[x]": "${token}"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rows.json", "[{'size': 1}]", "testcases/rows.json 不是 JSON"),
        ("rows.json", '[{"size": 1, "size": 2}]', "testcases/rows.json 不是 JSON"),
        ("rows.json", '{"size": 1}', "数据文件 要写成列表"),
        ("rows.json", "[1]", "数据文件的一行 要写成“键: 值”"),
        ("rows.json", "[]", "parametrize 没有任何行"),
        ("rows.yaml", "- {size: 1}\n- {siz: 2}\n", "这一行的列与第一行不同：siz、size"),
        ("rows.yaml", "- {size: 1}\n- {size: yes}\n", "yes"),
        ("rows.yaml", "- size: 1\n size: 2\n", "rows.yaml:2"),
        ("rows.yaml", "- {request: 1, size: 1}\n", "request 是用例的键，不能作列名"),
        ("rows.json", '[{"id": "a b", "size": 1}]', "行的 id a b 不能用"),
        ("rows.json", '[{"id": "x", "size": 1}, {"id": "x", "size": 2}]', "行的 id x 重复"),
    ],
)
def test_a_wrong_file_is_a_problem_with_its_place(name, text, message):
    with pytest.raises(CaseFileError) as caught:
        ids_and_sizes(name, text)
    assert message in str(caught.value)
    assert "rows." in str(caught.value) or "s.yaml:" in str(caught.value)
