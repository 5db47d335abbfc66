"""The values that each matcher passes and fails; a wrong type fails, under ``not`` too (rule 2)."""

from __future__ import annotations

import pytest

from framework.checks.outcome import Matcher
from selftests.project_matchers import MATCHERS

ID = "1752481821750198272"  # made at 2024-01-31 00:00:00.500 UTC

# matcher, argument, values that pass, values that fail, values of a wrong type
VALUES = [
    ("equals", "0", ["0"], ["1", ""], [0, None, False, [], {}]),
    ("equals", 1, [1, 1.0], [2, 1.5], ["1", True, None]),
    ("equals", True, [True], [False], [1, "true", None]),
    ("equals", None, [None], ["", 0, False, [], {}], []),
    (
        "equals",
        {"a": [1, "x"]},
        [{"a": [1.0, "x"]}],
        [{"a": [True, "x"]}, {"a": ["x", 1]}, {"a": [1, "x"], "b": 1}, {}],
        [[], "a"],
    ),
    ("equals", [], [[]], [[0]], [{}, "", None]),
    ("not_equals", "0", ["1", ""], ["0"], [0, None, False]),
    ("not_equals", None, ["", 0, False], [None], []),
    ("less_than", 3, [2, 2.9, -1], [3, 3.0, 4], ["2", True, None, [1]]),
    ("at_most", 3, [3, 3.0], [3.1], ["3", False]),
    ("greater_than", 3, [3.1, 4], [3, 2], ["4", True]),
    ("at_least", 3, [3, 3.0, 4], [2], ["3", None]),
    ("between", [1, 3], [1, 2.5, 3], [0, 3.1], ["2", True]),
    ("close_to", {"value": 0.3, "within": 0.1}, [0.2, 0.4, 0.3], [0.41, 0], ["0.3", True]),
    ("contains", "政策", ["青年政策", ["政策"], {"政策": 1}], ["青年", ["青年政策"], {}], [1, None, True]),
    ("contains", 1, [[1.0], [0, 1], ["1", 1]], [[0], [True, 2], []], ["1", {"1": 1}, 1, [True], ["1"]]),
    ("not_contains", "政策", ["青年", ["青年"], {}, []], ["政策", ["政策"], {"政策": 1}], [1, None, [1, 2]]),
    ("starts_with", "ab", ["ab", "abc"], ["xab", ""], [1, None, ["ab"]]),
    ("ends_with", "ab", ["ab", "xab"], ["abx", "ab\n"], [1, None]),
    ("matches", r"^\d+$", ["1", "42"], ["", "x1", "1\n", "٣", "１"], [1, None]),
    ("matches", "策", ["青年政策"], ["青年"], [True]),
    ("one_of", [1, "a"], [1, 1.0, "a"], [2, "b"], [True, None, []]),
    ("none_of", [1, 3], [2, 4.0], [1, 3.0], ["2", None]),
    ("type", "integer", [1, 1.0, -3], [1.5, "1", True, None], []),
    ("type", ["string", "null"], ["", None], [1, False, [], {}], []),
    ("type", "object", [{}], [[], None], []),
    ("length", 2, ["青年", [1, 2], {"a": 1, "b": 2}], ["", [1], "abc"], [2, None, True]),
    ("length", 0, ["", [], {}], ["a"], [0, None]),
    ("length", {"at_least": 1, "at_most": 2}, ["a", [1, 2]], ["", "abc"], [1, None]),
    ("empty", True, ["", [], {}], ["a", [0], {"a": 1}], [None, 0, False]),
    ("not_empty", True, ["a", [0], {"a": 1}], ["", [], {}], [None, 0, True]),
    (
        "datetime",
        True,
        ["2024-02-29 23:59:59"],
        [
            "2023-02-29 00:00:00",
            "2024-1-01 00:00:00",
            "2024-01-01T00:00:00",
            "2024-01-01 24:00:00",
            "2024-01-01 00:00:00\n",
            "",
            "２０２４-01-01 00:00:00",
        ],
        [1, None],
    ),
    (
        "datetime",
        "%d.%m.%Y %H:%M%z",
        ["29.02.2024 08:00+0800", "29.02.2024 08:00Z"],
        ["30.02.2024 08:00+0800", "2024-02-29 08:00:00", "٢٩.02.2024 08:00Z", "29.02.2024 08:00Z "],
        [1, None],
    ),
    (
        "within_last",
        {"days": 36500, "hours": 1.5},
        ["2024-02-29 08:00:00", "2024-02-29", "2024-02-29T08:00:00Z", 1709164800, 1709164800000],
        ["1900-01-01 00:00:00", "2999-12-31 23:59:59", 9999999999],
        ["yesterday", 1, None],
    ),
    (
        "within_last",
        {"days": 36500, "format": "%d/%m/%Y %H:%M"},
        ["20/03/2024 10:11", "01/01/2020 00:00"],
        ["20/03/2999 10:11"],
        ["2024-03-20 10:11:00", "31/02/2024 10:11", 1709164800],
    ),
    (
        "before",
        {"time": "2024-03-20 10:11:00", "format": "%d/%m/%Y %H:%M"},
        ["20/03/2024 10:10"],
        ["20/03/2024 10:11"],
        ["2024-03-20", 1],
    ),
    (
        "after",
        {"time": "20.03.2024", "format": "%d.%m.%Y"},
        ["21.03.2024"],
        ["20.03.2024"],
        ["2024-03-21", None],
    ),
    (
        "before",
        "2024-01-01 08:00:00",
        ["2024-01-01 07:59:59", "2023-12-31T23:59:59Z", 1704067199, 1704067199999],
        [
            "2024-01-01 08:00:00",
            "2024-01-01T00:00:00Z",
            "2024-01-01T08:00:00+0800",
            1704067200,
            1704067200000,
        ],
        ["yesterday", 1, -170406719, 170406719900, 1704067199.0, True, None],
    ),
    (
        "after",
        "2024-01-01T00:00:00+00:00",
        ["2024-01-01 08:00:01"],
        ["2024-01-01 08:00:00", "2024-01-01 07:00:00"],
        ["", 1],
    ),
    (
        "snowflake_time_of",
        ID,
        ["2024-01-31 08:00:01"],
        ["2024-01-31 08:00:00", "2024-01-31 00:00:01", "", "x"],
        [1706659201, None],
    ),
    (
        "after_snowflake",
        ID,
        ["2024-01-31 08:01:01", "2024-02-03 08:00:01"],
        ["2024-01-31 08:00:01", "2024-01-31 08:01:00", "2024-01-31 00:00:01", "2024-02-03T08:00:01", "x"],
        [1706659201, None],
    ),
    (
        "policy_text",
        True,
        ["<p>各有关单位：</p><p>现将有关事项通知如下。</p>"],
        ["", "各有关单位：", "<p>各有关单位：</p", "<p>各有关单位：(</p>"],
        [None, 1, ["<p>一</p>"]],
    ),
    (
        "policy_text",
        ["grammar"],
        ["<p>一</p>", "<p><br></p>"],
        ["<p></p>", "<b>一</b>", "<p>一&amp;</p>"],
        [None],
    ),
    ("policy_text", {"except": ["lexicon"]}, ["<p>显着提高。</p>"], ["<p>釆取措施。</p>"], [{}]),
]

LISTS = [
    (
        "unique",
        True,
        [["1", 1, True, None], [[1], [1, 1]], [{"a": 1}, {"a": 2}]],
        [[1, 1.0], ["a", "b", "a"], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], []],
        ["ab", {}, None],
    ),
    (
        "sorted",
        "ascending",
        [[1, 1.0, 2], ["a", "b"], [1]],
        [[2, 1], ["b", "a"], []],
        [[1, "2"], [None, None], [True, False], [{}], "ab", None],
    ),
    ("sorted", "descending", [[2, 1, 1], ["b", "a"]], [[1, 2]], [["1", 2]]),
    (
        "sorted",
        {"by": ["t desc", "id"]},
        [[{"t": "b", "id": 1}, {"t": "b", "id": 2}, {"t": "a", "id": 0}]],
        [[{"t": "a", "id": 1}, {"t": "b", "id": 2}], [{"t": "a", "id": 2}, {"t": "a", "id": 1}]],
        [[{"t": "a"}, {"t": "a"}], [1, 2]],
    ),
    (
        "sorted",
        {"by": ["a.b"]},
        [[{"a": {"b": 1}}, {"a": {"b": 2}}]],
        [[{"a": {"b": 2}}, {"a": {"b": 1}}]],
        [[{"a": 1}]],
    ),
    ("count", 2, [[1, 1]], [[], [1], [1, 2, 3]], ["ab", 2, {"a": 1, "b": 2}]),
    ("count", 0, [[]], [[1]], ["", None]),
    ("count", {"at_least": 2}, [[1, 2]], [[1]], ["ab"]),
    ("sum", 0.3, [[0.1, 0.2], [0.3]], [[0.1], []], [["0.3"], [True], "x"]),
    ("sum", {"between": [3, 4]}, [[1, 2], [4]], [[5]], [[None]]),
    ("all_equal", True, [[1, 1.0], ["a"], [{"a": [1]}, {"a": [1]}]], [[1, 2], [1, True], []], ["aa", None]),
    ("same_sequence_as", [1, 2], [[1, 2.0]], [[2, 1], [1], [1, 2, 3], [], ["1", "2"]], ["12", None]),
    ("same_items_as", [1, 2, 2], [[2, 1, 2]], [[1, 2], [1, 1, 2], [1, 2, 2, 3], []], ["122"]),
    ("same_items_as", [], [[]], [[1]], ["", None]),
    ("subset_of", [1, 2], [[1], [2, 2, 1]], [[3], [1, "2"], []], ["1"]),
    ("superset_of", [1, 2], [[1, 2, 3]], [[1], ["1", "2"], []], [{"1": 1}]),
    ("disjoint_from", [1, 2], [[3], [3, "1"]], [[1], [3, 2.0], []], [["1"], "3", None]),
]


def rows(table: list[tuple]) -> list:
    return [
        pytest.param(name, argument, value, expected, id=f"{name} {argument!r} {value!r} {expected}"[:80])
        for name, argument, *columns in table
        for expected, column in zip(("passed", "failed", "wrong type"), columns, strict=True)
        for value in column
    ]


@pytest.mark.parametrize(("name", "argument", "value", "expected"), rows(VALUES + LISTS))
def test_verdict(judge, name, argument, value, expected):
    (result,) = judge({"$.v": {name: argument}}, {"v": value})
    assert result.status == ("passed" if expected == "passed" else "failed"), result
    assert (result.findings == ()) == (expected == "passed")
    assert result.evaluated or value == []


@pytest.mark.parametrize(("name", "argument", "value", "expected"), rows(VALUES + LISTS))
def test_under_not(judge, name, argument, value, expected):
    (result,) = judge({"$.v": {"not": {name: argument}}}, {"v": value})
    judged = expected == "failed" and not (value == [] and MATCHERS[name].nothing_to_judge)
    assert result.status == ("passed" if judged else "failed"), result


@pytest.mark.parametrize(("name", "argument", "value", "expected"), rows(VALUES))
def test_every_selected_value_is_judged(judge, name, argument, value, expected):
    (result,) = judge({"$.list[*].v": {name: argument}}, {"list": [{"v": value}, {"v": value}]})
    assert result.evaluated == 2
    assert {finding.path.split(".v")[0] for finding in result.findings} == (
        set() if expected == "passed" else {"$.list[0]", "$.list[1]"}
    )


def test_the_tables_name_every_matcher():
    assert {row[0] for row in VALUES} | {
        "schema",
        "official_source",
        "policy_years",
        "shape_as_accepted",
    } == {name for name, matcher in MATCHERS.items() if matcher.kind == "value"}
    assert {row[0] for row in LISTS} | {"same_as_accepted"} == {
        name for name, matcher in MATCHERS.items() if matcher.kind == "list"
    }
    assert [name for name, matcher in MATCHERS.items() if matcher.kind == "presence"] == ["absent"]


@pytest.mark.parametrize("matcher", MATCHERS.values(), ids=lambda matcher: matcher.name)
def test_the_example_of_the_manual_parses(problems, matcher: Matcher):
    example = (
        matcher.example
        if matcher.example.startswith(("$", "body", "headers", "schema", "elapsed", "status"))
        else f"$.list[*]: {{each: {{{matcher.example}}}}}"
    )
    assert problems(example) == []
    assert matcher.name in matcher.example
    assert matcher.doc


# -- arguments


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("less_than", "5"),
        ("less_than", True),
        ("at_most", None),
        ("between", [3, 1]),
        ("between", [1]),
        ("between", ["a", "b"]),
        ("close_to", 3),
        ("close_to", {"value": 1, "within": -1}),
        ("close_to", {"value": 1}),
        ("length", -1),
        ("length", 1.5),
        ("length", True),
        ("count", "3"),
        ("sum", "3"),
        ("contains", ""),
        ("not_contains", ""),
        ("starts_with", ""),
        ("starts_with", 1),
        ("ends_with", ""),
        ("matches", "("),
        ("matches", ""),
        ("matches", ".*"),
        ("matches", "^.*"),
        ("matches", "x*"),
        ("matches", "a|"),
        ("matches", 1),
        ("one_of", []),
        ("one_of", "a"),
        ("none_of", []),
        ("type", "int"),
        ("type", []),
        ("type", [1]),
        ("type", ["string", "number", "boolean", "array", "object", "null"]),
        ("empty", False),
        ("not_empty", False),
        ("datetime", False),
        ("datetime", "yyyy-MM-dd"),
        ("datetime", "%Q"),
        ("within_last", {}),
        ("within_last", {"days": 0}),
        ("within_last", {"days": "1"}),
        ("within_last", {"months": 1}),
        ("within_last", {"days": 40000}),
        ("within_last", 30),
        ("within_last", {"format": "%Y-%m-%d"}),
        ("within_last", {"days": 1, "format": "yyyy"}),
        ("within_last", {"days": 1, "format": "%H:%M"}),
        ("before", {"time": "2024-01-01"}),
        ("before", {"time": "2024-01-01", "format": True}),
        ("before", {"time": "soon", "format": "%d/%m/%Y"}),
        ("after", {"time": "2024-01-01", "format": "%d/%m"}),
        ("before", "soon"),
        ("after", 1),
        ("after", "2024-02-30"),
        ("schema", "../x"),
        ("schema", "a/b"),
        ("schema", 1),
        ("unique", False),
        ("all_equal", "yes"),
        ("sorted", "descend"),
        ("sorted", {"by": []}),
        ("sorted", {"by": ["a down"]}),
        ("sorted", {"on": ["a"]}),
        ("same_items_as", "a"),
        ("superset_of", []),
        ("disjoint_from", []),
        ("absent", False),
        ("policy_text", False),
        ("policy_text", []),
        ("policy_text", ["heads"]),
        ("policy_text", "head"),
        ("policy_text", {}),
        ("policy_text", {"rule": ["head"]}),
        ("policy_text", ["blank_runs"]),
        ("policy_text", {"rules": ["head"], "except": ["head"]}),
        ("policy_text", {"accepted": "../a.yaml"}),
        ("policy_text", {"accepted": 1}),
        ("official_source", "../a.txt"),
        ("official_source", "/a.txt"),
        ("official_source", "a\\b.txt"),
        ("official_source", 1),
        ("official_source", ""),
        ("snowflake_time_of", 1752461900),
        ("snowflake_time_of", "12x"),
        ("snowflake_time_of", "9223372036854775808"),
    ],
)
def test_an_argument_that_is_refused(problems, name, argument):
    found = problems({"$.v": {name: argument}})
    assert len(found) == 1
    assert found[0].startswith(f"{name} 的值不对：")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("matches", "^$"),
        ("matches", "^x*$"),
        ("matches", r"\Ax?\Z"),
        ("between", [1, 1]),
        ("at_least", 0),
        ("sorted", {"by": ["a", "b.c desc"]}),
        ("same_items_as", []),
        ("equals", ""),
        ("one_of", [None]),
        ("before", "2024-01-01"),
    ],
)
def test_an_argument_that_is_taken(problems, name, argument):
    assert problems({"$.v": {name: argument}}) == []


def test_a_near_type_name_is_offered(problems):
    assert "你是不是要写 integer？" in problems({"$.v": {"type": "integr"}})[0]


def test_absent_false_says_what_to_write(problems):
    assert "not_empty: true" in problems({"$.v": {"absent": False}})[0]
