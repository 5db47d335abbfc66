"""Tests for ``parametrize``: ids of rows, types of values, products and CSV files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.case import Case
from framework.cases.parse import ParseContext, parse_suite
from selftests.project_matchers import MATCHERS


def text(rows: object, **case: object) -> str:
    whole = {"id": "a", "parametrize": rows, "validate": {"status_code": 200}, **case}
    return json.dumps({"suite": "列表", "cases": [whole]}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ([{"id": "one", "size": 1}, {"id": "许多", "size": 50}], ["a[one]", "a[许多]"]),
        ([{"size": 1}, {"size": 50}], ["a[1]", "a[50]"]),
        ([{"size": 1, "page": "x"}, {"size": True, "page": None}], ["a[1-x]", "a[true-null]"]),
        ([{"id": 1, "size": 1}, {"id": 2.5, "size": 1}], ["a[1]", "a[2.5]"]),
        ({"size": [1, 50]}, ["a[1]", "a[50]"]),
        ({"size": [1, 50], "type": ["x", "y"]}, ["a[1-x]", "a[1-y]", "a[50-x]", "a[50-y]"]),
        ([{"id": "only-an-id"}], ["a[only-an-id]"]),
    ],
)
def test_every_row_has_an_id(suite: Callable, rows: object, ids: list[str]) -> None:
    assert [case.id for case in suite(text(rows)).cases] == ids


@pytest.mark.parametrize("value", [1, 1.5, "1", True, None, [1, {"a": 2}], {"b": []}])
def test_column_keeps_its_type(suite: Callable, value: object) -> None:
    sent = suite(text([{"id": "row", "x": value}], request={"json": "${x}"})).request("a[row]")["json"]
    assert sent == value
    assert type(sent) is type(value)


def test_column_may_refer_to_variables_and_appear_in_the_title(suite: Callable) -> None:
    parsed = suite(text([{"id": "row", "x": "${who}的"}], name="${x}政策", variables={"who": "重庆"}))
    assert parsed.title("a[row]") == "重庆的政策"


def test_id_depends_neither_on_the_title_nor_on_other_rows(suite: Callable) -> None:
    before = suite(text([{"id": "one", "x": 1}, {"id": "two", "x": 2}], name="旧")).cases[1].id
    after = suite(text([{"id": "zero", "x": 0}, {"id": "two", "x": 99}], name="新")).cases[1].id
    assert before == after == "a[two]"


def test_conditions_of_a_row_are_no_columns(suite: Callable) -> None:
    one, two = suite(text([{"id": "one", "x": 1}, {"id": "two", "x": 2, "skip": "等修复"}])).cases
    assert (one.skip, two.skip) == ("", "等修复")
    assert one.parameters == two.parameters == ("x",)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"id": "x", "a": 1}, {"id": "x", "a": 2}], "row-id"),
        ([{"id": "a b", "a": 1}], "row-id"),
        ([{"id": "", "a": 1}], "row-id"),
        ([{"id": "x" * 81, "a": 1}], "row-id"),
        ([{"a": "x/y"}], "row-id"),
        ([{"a": [1]}], "row-id"),
        ([{"id": "x", "a": 1}, {"id": "y", "b": 1}], "row-columns"),
        ([{"id": "x", "a": 1}, {"id": "y"}], "row-columns"),
        ([{"id": "x"}, {"id": "y", "a": 1}], "row-columns"),
        ([], "no-rows"),
        ({}, "no-rows"),
        ({"a": []}, "no-rows"),
        ({"a": 1}, "not-a-list"),
        ([1], "not-a-mapping"),
        ("x", "not-a-list"),
        ({"a": list(range(101)), "b": list(range(100))}, "too-many-rows"),
        ([{"id": "x", "now": 1}], "bad-name"),
    ],
)
def test_ambiguous_or_invalid_rows_are_refused(refused: Callable, rows: object, code: str) -> None:
    assert code in refused(text(rows))


# CSV files


def cases_of_csv(csv: str, files: Mapping[str, Any] | None = None) -> tuple[Case, ...]:
    context = ParseContext(MATCHERS, read_data=lambda name, encoding: csv)
    body = text(files or {"file": "rows.csv"}, request={"json": {"x": "${x}"}})
    return parse_suite(Source("suite.yaml", body), (), context)


def columns(case: Case) -> dict[str, object]:
    return {name: case.definitions[name].value.value for name in case.parameters}


def test_csv_columns_are_text_unless_they_have_a_type() -> None:
    header = "id,x,n:integer,f:number,b:boolean,j:json\n"
    one, two = cases_of_csv(
        header + 'one,010,10,1.5,true,"[1, {""a"": null}]"\ntwo,"a,""b""",-1,2,false,{}\n'
    )
    assert (one.id, columns(one)) == (
        "a[one]",
        {"x": "010", "n": 10, "f": 1.5, "b": True, "j": [1, {"a": None}]},
    )
    assert (two.id, columns(two)) == ("a[two]", {"x": 'a,"b"', "n": -1, "f": 2.0, "b": False, "j": {}})


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        ("id,x,n:integer\none,1,ten\n", "csv-value"),
        ("id,x,b:boolean\none,1,yes\n", "csv-value"),
        ("id,x,j:json\none,1,{\n", "csv-value"),
        ('id,x,j:json\none,1,"{""a"": 1, ""a"": 2}"\n', "csv-value"),
        ("id,x:int\none,1\n", "csv-type"),
        ("id,a b\none,1\n", "bad-name"),
        ("id,x\none,1,2\n", "csv-cells"),
        ('id,x\none,"1\n', "csv"),
        ("id,x\none,1\none,2\n", "row-id"),
        ("id,x\n", "no-rows"),
        ("", "no-rows"),
    ],
)
def test_mistakes_in_a_csv_file_are_reported(csv: str, code: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        cases_of_csv(csv)
    assert code in [problem.code for problem in caught.value.problems]


def test_value_in_a_csv_file_is_never_a_reference() -> None:
    (case,) = cases_of_csv("id,x\none,${token}\n")
    assert columns(case) == {"x": "${token}"}
