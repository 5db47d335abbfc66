"""Tests for rule 5 of the case language: rendering of references, and precedence of variables."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from framework.base.errors import CaseFileError, UnresolvedError
from framework.base.jsonpath import compile_path
from framework.base.source import Source, Span
from framework.cases.template import (
    Binding,
    Constant,
    Scope,
    compile_path_template,
    compile_template,
    render,
    render_path,
)
from framework.cases.yaml.nodes import ScalarNode

SPAN = Span(Source("suite.yaml", ""), 1, 1, 1, 1)
VALUES = {
    "text": "条例",
    "number": 10,
    "float": 1.5,
    "yes": True,
    "nothing": None,
    "list": [1, "二"],
    "object": {"a": {"b": [7]}},
    "deep": {"a b": {"c": 1}},
    "中文": "值",
    "quote": 'it\'s "x"',
    "reference": "${number}",
}


def scope(**more: object) -> Scope:
    return Scope(
        {name: Binding(value) for name, value in {**VALUES, **more}.items()},
        request={"json": {"pageNo": 3}},
        reply={"data": {"total": "190"}},
        record={"id": "1", "files": [{"k": "a"}]},
    )


def compile_text(text: str) -> object:
    problems: list = []
    template = compile_template(ScalarNode(text, SPAN), problems.append)
    assert not problems
    return template


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A whole reference keeps its type.
        ("${text}", "条例"),
        ("${number}", 10),
        ("${float}", 1.5),
        ("${yes}", True),
        ("${nothing}", None),
        ("${list}", [1, "二"]),
        ("${object}", {"a": {"b": [7]}}),
        ("${object.a.b[0]}", 7),
        ("${list[-1]}", "二"),
        ("${deep['a b'].c}", 1),
        ("${中文}", "值"),
        ("${ number }", 10),
        ("${$.data.total}", "190"),
        ("${@.files[*].k}", ["a"]),
        ("${request.json.pageNo}", 3),
        # Inside text a value is formatted as JSON, text without quotes.
        ("每页 ${number} 条", "每页 10 条"),
        ("${text}${text}", "条例条例"),
        ("<${yes}>", "<true>"),
        ("<${nothing}>", "<null>"),
        ("<${float}>", "<1.5>"),
        ("${list}!", '[1,"二"]!'),
        ("${object}!", '{"a":{"b":[7]}}!'),
        (" ${number}", " 10"),
        # An escaped reference is literal text.
        ("$${number}", "${number}"),
        ("$$${number}", "$${number}"),
        ("$number", "$number"),
        ("{number}", "{number}"),
        ("$", "$"),
        ("a $${x} ${number}", "a ${x} 10"),
        ("$$", "$$"),
        # A rendered value is not rendered again.
        ("${reference}", "${number}"),
        ("<${reference}>", "<${number}>"),
    ],
)
def test_rendering(text: str, expected: object) -> None:
    value = render(compile_text(text), scope())
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "value", ["条例", "it's", 'say "x"', "a\\b", "]", "x' || @.id == '1", "', '$", "\n", "😀", "\u2028"]
)
def test_value_in_a_path_is_always_a_literal(value: str) -> None:
    template = compile_path_template("$[?@.name == ${v}].id", SPAN, pytest.fail)
    path = render_path(template, scope(v=value))
    document = [{"name": value, "id": 1}, {"name": "other", "id": 2}]
    assert [located.value for located in path.select(document)] == [1]


@pytest.mark.parametrize(("value", "ids"), [(4, [1]), (4.0, [1]), ("4", [2]), (True, [3]), (None, [4])])
def test_value_in_a_path_keeps_its_type(value: object, ids: list[int]) -> None:
    path = render_path(compile_path_template("$[?@.v == ${v}].id", SPAN, pytest.fail), scope(v=value))
    document = [{"v": 4, "id": 1}, {"v": "4", "id": 2}, {"v": True, "id": 3}, {"v": None, "id": 4}]
    assert [located.value for located in path.select(document)] == ids


@pytest.mark.parametrize("name", ["list", "object"])
def test_list_or_object_in_a_path_is_refused(name: str) -> None:
    with pytest.raises(UnresolvedError, match="不能放进路径"):
        render_path(compile_path_template(f"$[?@.v == ${{{name}}}]", SPAN, pytest.fail), scope())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("${now}", "2024-02-29 12:00:00"), ("${today}", "2024-02-29"), ("${today} 起", "2024-02-29 起")],
)
def test_builtins_use_the_clock_of_the_run(suite: Callable, text: str, expected: str) -> None:
    body = json.dumps(
        {
            "suite": "列表",
            "cases": [{"id": "a", "request": {"json": text}, "validate": {"status_code": 200}}],
        },
        ensure_ascii=False,
    )
    assert suite(body).request()["json"] == expected


def test_every_uuid_is_new() -> None:
    first, second = (render(compile_text("${uuid}"), scope()) for _ in range(2))
    assert len(first) == 36
    assert first != second


@pytest.mark.parametrize("text", ["${text.a}", "${object.b}", "${list[5]}", "${$.gone}", "${number[0]}"])
def test_reference_that_selects_nothing_has_no_value(text: str) -> None:
    with pytest.raises(UnresolvedError, match="没有选中任何值"):
        render(compile_text(text), scope())


@pytest.mark.parametrize("text", ["${gone}", "${$.a}", "${@.a}", "${request.json}"])
def test_reference_to_a_missing_root_has_no_value(text: str) -> None:
    with pytest.raises(UnresolvedError, match="没有值"):
        render(compile_text(text), Scope())


@pytest.mark.parametrize(
    "text",
    [
        "${__import__('os').system('id')}",
        "${1+1}",
        "${number.__class__}",
        "${text.upper()}",
        "${debugtalk()}",
    ],
)
def test_no_code_runs(text: str) -> None:
    problems: list = []
    template = compile_template(ScalarNode(text, SPAN), problems.append)
    if problems:
        assert problems[0].code == "reference-syntax"
        assert template == Constant(text, SPAN)
    else:
        with pytest.raises(UnresolvedError):
            render(template, scope())


def test_filter_in_a_reference_may_hold_a_quoted_closing_brace() -> None:
    assert render(compile_text("${$.data[?@ == '}'].x}"), scope()) == []


# Precedence

STRONGEST_LAST = ("environment", "outer", "inner", "suite", "case", "row", "var")


@pytest.mark.parametrize("strongest", range(1, len(STRONGEST_LAST) + 1))
def test_strongest_definition_wins(suite: Callable, strongest: int) -> None:
    levels = set(STRONGEST_LAST[:strongest])
    if "row" in levels:
        # A column may not shadow a variable of its own case.
        levels -= {"case"}
    case: dict = {"id": "a", "request": {"json": "${x}"}, "validate": {"status_code": 200}}
    case |= {"variables": {"x": "case"}} if "case" in levels else {}
    case |= {"parametrize": [{"id": "one", "x": "row"}]} if "row" in levels else {}
    body = {"suite": "列表", "cases": [case], **({"variables": {"x": "suite"}} if "suite" in levels else {})}
    outer = {"variables": {"x": "outer"}} if "outer" in levels else {"tags": []}
    inner = {"variables": {"x": "inner"}} if "inner" in levels else {"tags": []}
    parsed = suite(
        json.dumps(body),
        json.dumps(outer),
        json.dumps(inner),
        var=("x=var",) if "var" in levels else (),
        environment={"secret_values": {"x": "environment"}},
    )
    assert parsed.request("a[one]" if "row" in levels else "a")["json"] == STRONGEST_LAST[strongest - 1]


def test_variables_may_refer_to_others_of_any_scope(suite: Callable) -> None:
    body = {
        "suite": "列表",
        "variables": {"b": "${a}-b"},
        "cases": [
            {
                "id": "a",
                "variables": {"c": "${b}-c", "n": {"list": ["${size}"]}},
                "request": {"json": ["${c}", "${n}"]},
                "parametrize": {"size": [1]},
                "validate": {"status_code": 200},
            }
        ],
    }
    assert suite(json.dumps(body), json.dumps({"variables": {"a": "a"}})).request("a[1]")["json"] == [
        "a-b-c",
        {"list": [1]},
    ]


def test_cycle_of_variables_is_reported(suite: Callable) -> None:
    body = {
        "suite": "列表",
        "variables": {"a": "${b}", "b": "${c}", "c": "${a}"},
        "cases": [{"id": "a", "request": {"json": "${a}"}, "validate": {"status_code": 200}}],
    }
    with pytest.raises((UnresolvedError, CaseFileError), match="a → b → c → a"):
        suite(json.dumps(body)).request()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=1", 1),
        ("x=1.5", 1.5),
        ("x=true", True),
        ("x=null", None),
        ("x=abc", "abc"),
        ('x=""', ""),
        ("x=a=b", "a=b"),
        ('x="1"', "1"),
        ("x=[1, 2]", [1, 2]),
        ("x=${y}", "${y}"),
        ("x=条例", "条例"),
        ("x=010", "010"),
        ("x=NaN", "NaN"),
        ("x=Infinity", "Infinity"),
    ],
)
def test_command_line_variable_is_json_if_it_is_valid_json(suite: Callable, text: str, value: object) -> None:
    body = json.dumps(
        {
            "suite": "列表",
            "cases": [{"id": "a", "request": {"json": "${x}"}, "validate": {"status_code": 200}}],
        }
    )
    sent = suite(body, var=(text,)).request()["json"]
    assert sent == value
    assert type(sent) is type(value)


def test_path_without_references_is_compiled_once() -> None:
    template = compile_path_template("$.a[*]", SPAN, pytest.fail)
    assert render_path(template, scope()) is template.fixed
    assert template.fixed == compile_path("$.a[*]")
