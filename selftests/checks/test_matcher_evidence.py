"""The evidence that each matcher gives: the place, the expected and the actual value, and why."""

from __future__ import annotations

from datetime import datetime

import pytest

from framework.base.clock import CHINA
from framework.checks.matchers.values import schema, within_last
from framework.checks.outcome import FAIL, PASS, Violation, mismatch

# matcher, argument, value, findings: place below $.v, expected, actual, a sentence
EVIDENCE = [
    ("equals", "0", 0, [("", '"0"', "0", "类型不同：期望字符串，实际数字")]),
    ("equals", 1, True, [("", "1", "true", "类型不同：期望数字，实际布尔值")]),
    ("equals", None, 0, [("", "null", "0", "")]),
    ("equals", [1], {"a": 1}, [("", "[1]", '{"a": 1}', "类型不同：期望列表，实际对象")]),
    ("equals", "a", "b", [("", '"a"', '"b"', "")]),
    (
        "equals",
        {"a": 1, "b": 2},
        {"a": 2, "c": 3},
        [(".a", "1", "2", ""), (".b", "2", "没有", ""), (".c", "没有", "3", "")],
    ),
    ("not_equals", "0", 0, [("", '不等于 "0"', "0", "类型不对：需要字符串，实际是数字")]),
    ("not_equals", "0", "0", [("", '不等于 "0"', '"0"', "")]),
    ("one_of", [1, 2], 3, [("", "是 [1, 2] 之一", "3", "")]),
    ("one_of", [1, "a"], True, [("", '是 [1, "a"] 之一', "true", "类型不对：需要数字，实际是布尔值")]),
    ("one_of", ["a", 1], True, [("", '是 ["a", 1] 之一', "true", "类型不对：需要字符串，实际是布尔值")]),
    ("none_of", [1, 2], 2, [("", "不是 [1, 2] 中任何一个", "2", "")]),
    ("none_of", [1], "1", [("", "不是 [1] 中任何一个", '"1"', "类型不对：需要数字，实际是字符串")]),
    ("less_than", 3, 3, [("", "小于 3", "3", "")]),
    ("less_than", 3, "2", [("", "小于 3", '"2"', "类型不对：需要数字，实际是字符串")]),
    ("at_most", 3, 4, [("", "不大于 3", "4", "")]),
    ("at_most", 3, "2", [("", "不大于 3", '"2"', "类型不对：需要数字，实际是字符串")]),
    ("greater_than", 3, 3, [("", "大于 3", "3", "")]),
    ("greater_than", 3, "4", [("", "大于 3", '"4"', "类型不对：需要数字，实际是字符串")]),
    ("at_least", 3, 2, [("", "不小于 3", "2", "")]),
    ("at_least", 3, None, [("", "不小于 3", "null", "类型不对：需要数字，实际是null")]),
    ("between", [1, 3], 0, [("", "在 [1, 3] 之间", "0", "")]),
    ("between", [1, 3], "2", [("", "在 [1, 3] 之间", '"2"', "类型不对：需要数字，实际是字符串")]),
    ("close_to", {"value": 1, "within": 0.5}, 2, [("", '约等于 {"value": 1, "within": 0.5}', "2", "")]),
    (
        "close_to",
        {"value": 1, "within": 0.5},
        "1",
        [("", '约等于 {"value": 1, "within": 0.5}', '"1"', "类型不对：需要数字，实际是字符串")],
    ),
    ("contains", "a", "b", [("", '包含 "a"', '"b"', "")]),
    ("contains", "a", ["b"], [("", '包含 "a"', '["b"]', "")]),
    ("contains", "a", 1, [("", '包含 "a"', "1", "类型不对：需要字符串、列表或对象，实际是数字")]),
    ("contains", 1, "1", [("", "包含 1", '"1"', "类型不对：需要列表（要找的是数字），实际是字符串")]),
    ("not_contains", "a", "a", [("", '不包含 "a"', '"a"', "")]),
    ("not_contains", "a", ["a"], [("", '不包含 "a"', '["a"]', "")]),
    ("not_contains", "a", [1], [("", '不包含 "a"', "[1]", "类型不对：需要含字符串的列表，实际是列表")]),
    ("not_contains", "a", 1, [("", '不包含 "a"', "1", "类型不对：需要字符串、列表或对象，实际是数字")]),
    ("not_contains", 1, "1", [("", "不包含 1", '"1"', "类型不对：需要列表（要找的是数字），实际是字符串")]),
    ("starts_with", "a", 1, [("", '以 "a" 开头', "1", "类型不对：需要字符串，实际是数字")]),
    ("ends_with", "a", 1, [("", '以 "a" 结尾', "1", "类型不对：需要字符串，实际是数字")]),
    ("matches", "^a", "b", [("", "匹配 ^a", '"b"', "")]),
    ("matches", "^a", 1, [("", "匹配 ^a", "1", "类型不对：需要字符串，实际是数字")]),
    ("type", "integer", "1", [("", "类型是 integer", '字符串 "1"', "")]),
    ("type", "integer", 1.5, [("", "类型是 integer", "数字 1.5", "")]),
    ("type", ["string", "null"], [1], [("", "类型是 string 或 null", "列表 [1]", "")]),
    (
        "type",
        "string",
        {"a": "x" * 100},
        [("", "类型是 string", '对象 {"a": "xxxxxxxxxxxxxxxxxx…xxxxxxxxxxx"}', "")],
    ),
    ("length", 2, "abc", [("", "2", "3", "")]),
    ("length", 2, 3, [("", "长度为 2", "3", "类型不对：需要字符串、列表或对象，实际是数字")]),
    ("length", {"at_most": 1}, [1, 2], [("", "条数 不大于 1", "条数 2", "")]),
    (
        "length",
        {"at_most": 1},
        7,
        [("", "长度为（不大于 1）", "7", "类型不对：需要字符串、列表或对象，实际是数字")],
    ),
    ("empty", True, "a", [("", "为空", '"a"', "")]),
    ("empty", True, 0, [("", "为空", "0", "类型不对：需要字符串、列表或对象，实际是数字")]),
    ("not_empty", True, [], [("", "不为空", "[]", "")]),
    ("not_empty", True, None, [("", "不为空", "null", "类型不对：需要字符串、列表或对象，实际是null")]),
    ("datetime", True, "x", [("", "是 yyyy-MM-dd HH:mm:ss 时间", '"x"', "")]),
    ("datetime", True, 1, [("", "是 yyyy-MM-dd HH:mm:ss 时间", "1", "类型不对：需要字符串，实际是数字")]),
    ("before", "2024-01-01", "2024-01-01", [("", "早于 2024-01-01", '"2024-01-01"', "")]),
    ("before", "2024-01-01", "x", [("", "早于 2024-01-01", '"x"', "类型不对：需要时间，实际是字符串")]),
    ("after", "2024-01-01", "2024-01-01", [("", "晚于 2024-01-01", '"2024-01-01"', "")]),
    ("after", "2024-01-01", 5, [("", "晚于 2024-01-01", "5", "类型不对：需要时间，实际是数字")]),
    (
        "unique",
        True,
        [1, 2, 1, 1.0],
        [("[2]", "不重复", "1", "与 $.v[0] 相同"), ("[3]", "不重复", "1.0", "与 $.v[0] 相同")],
    ),
    ("all_equal", True, [1, 2, 1, 3], [("[1]", "1", "2", ""), ("[3]", "1", "3", "")]),
    ("all_equal", True, [{"a": 1}, {"a": 2, "b": 1}], [("[1].a", "1", "2", ""), ("[1].b", "没有", "1", "")]),
    ("count", 1, [1, 2], [("", "1", "2", "")]),
    ("sum", 3, [1, 1], [("", "3", "2", "")]),
    ("sum", 3, [1, "x", 2], [("[1]", "总和为 3", '"x"', "类型不对：需要有限的数字，实际是字符串")]),
    ("sum", 3, [1.5, True], [("[1]", "总和为 3", "true", "类型不对：需要有限的数字，实际是布尔值")]),
    (
        "sorted",
        "ascending",
        [1, 3, 2, 1],
        [
            ("[2]", "不小于前一项 3", "2", "与 $.v[1] 次序颠倒"),
            ("[3]", "不小于前一项 2", "1", "与 $.v[2] 次序颠倒"),
        ],
    ),
    ("sorted", "descending", [3, 1, 2], [("[2]", "不大于前一项 1", "2", "与 $.v[1] 次序颠倒")]),
    (
        "sorted",
        "ascending",
        [1, "a"],
        [("[1]", "次序为 从小到大", '"a"', "类型不对：需要可比较的同类数字或文字，实际是字符串")],
    ),
    (
        "sorted",
        "ascending",
        [1, True],
        [("[1]", "次序为 从小到大", "true", "类型不对：需要可比较的同类数字或文字，实际是布尔值")],
    ),
    (
        "sorted",
        "ascending",
        [[1]],
        [("[0]", "次序为 从小到大", "[1]", "类型不对：需要可比较的同类数字或文字，实际是列表")],
    ),
    (
        "sorted",
        {"by": ["a.b desc", "c"]},
        [{"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 1}, {"a": {"b": 2}, "c": 0}],
        [
            ("[1].a.b", "不大于前一项 1", "2", "与 $.v[0] 次序颠倒"),
            ("[2].c", "不小于前一项 1", "0", "与 $.v[1] 次序颠倒"),
        ],
    ),
    (
        "sorted",
        {"by": ["a", "c"]},
        [{"a": 1, "c": 1}, {"a": 1}],
        [("[1]", "次序为 按 a, c", '{"a": 1}', "类型不对：需要可比较的同类数字或文字，实际是对象")],
    ),
    (
        "sorted",
        {"by": ["a"]},
        [{"a": 1}, {"a": "1"}],
        [("[1]", "次序为 按 a", '"1"', "类型不对：需要可比较的同类数字或文字，实际是字符串")],
    ),
    (
        "sorted",
        {"by": ["a"]},
        [{"a": 1}, 7],
        [("[1]", "次序为 按 a", "7", "类型不对：需要可比较的同类数字或文字，实际是数字")],
    ),
    ("same_sequence_as", [1, 2], [1, 3], [("[1]", "2", "3", "第 2 项起不同；期望共 2 项，实际共 2 项")]),
    ("same_sequence_as", [1, 2], [1], [("", "2", "没有", "第 2 项起缺少；期望共 2 项，实际共 1 项")]),
    ("same_sequence_as", [1], [1, 2], [("[1]", "没有", "2", "第 2 项起不同；期望共 1 项，实际共 2 项")]),
    ("same_sequence_as", [1], ["1"], [("[0]", "1", '"1"', "第 1 项起不同；期望共 1 项，实际共 1 项")]),
    ("same_sequence_as", [{"a": 1, "b": 2}], [{"a": 1, "b": 3}], [("[0].b", "2", "3", "")]),
    (
        "same_sequence_as",
        [0, {"a": 1, "b": 2, "c": 3}],
        [0, {"a": 1, "c": 3, "d": 4}],
        [("[1].b", "2", "没有", ""), ("[1].d", "没有", "4", "")],
    ),
    *(
        (
            "same_sequence_as",
            [left],
            [right],
            [("[0]", shown, other, "第 1 项起不同；期望共 1 项，实际共 1 项")],
        )
        for left, right, shown, other in [
            (
                {"a": 1, "b": 2, "c": 3},
                {"a": 1, "b": 0, "c": 0},
                '{"a": 1, "b": 2, "c": 3}',
                '{"a": 1, "b": 0, "c": 0}',
            ),
            ({"a": 1, "b": 2}, {"a": 1, "c": 3, "d": 4}, '{"a": 1, "b": 2}', '{"a": 1, "c": 3, "d": 4}'),
            ({"a": 1, "b": 2}, {"a": 0, "b": 0}, '{"a": 1, "b": 2}', '{"a": 0, "b": 0}'),
            ({"a": 1}, "a", '{"a": 1}', '"a"'),
            ("a", {"a": 1}, '"a"', '{"a": 1}'),
        ]
    ),
    (
        "same_items_as",
        [1, 2, 2],
        [1, 1, 3],
        [
            ("[1]", "共 1 个", "1 共 2 个", "多出 1 个"),
            ("[2]", "共 0 个", "3 共 1 个", "多出 1 个"),
            ("", "2 共 2 个", "共 0 个", "缺少 2 个"),
        ],
    ),
    (
        "same_items_as",
        [1, 2, 3],
        [],
        [
            ("", "1 共 1 个", "共 0 个", "缺少 1 个"),
            ("", "2 共 1 个", "共 0 个", "缺少 1 个"),
            ("", "3 共 1 个", "共 0 个", "缺少 1 个"),
        ],
    ),
    ("same_items_as", [], [1, 1], [("[0]", "共 0 个", "1 共 2 个", "多出 2 个")]),
    (
        "same_items_as",
        [{"a": 1}],
        [{"a": 2}],
        [
            ("[0]", "共 0 个", '{"a": 2} 共 1 个', "多出 1 个"),
            ("", '{"a": 1} 共 1 个', "共 0 个", "缺少 1 个"),
        ],
    ),
    ("subset_of", [1], [2, 1, 3], [("[0]", "都在 [1] 之内", "2", ""), ("[2]", "都在 [1] 之内", "3", "")]),
    ("superset_of", [1, 2, 2, 3], [1], [("", "2", "没有", "缺少"), ("", "3", "没有", "缺少")]),
    (
        "disjoint_from",
        [1, 2],
        [0, 2, 1],
        [("[1]", "与 [1, 2] 没有共同的项", "2", ""), ("[2]", "与 [1, 2] 没有共同的项", "1", "")],
    ),
    (
        "disjoint_from",
        [1],
        ["a"],
        [("", "与 [1] 没有共同的项", '["a"]', "类型不对：需要含数字的列表，实际是列表")],
    ),
    (
        "sum",
        {"at_most": 2},
        [1, "x"],
        [("[1]", "总和为（不大于 2）", '"x"', "类型不对：需要有限的数字，实际是字符串")],
    ),
]


def evidence(results):
    (result,) = results
    return [
        (found.path.removeprefix("$.v"), found.expected, found.actual, found.what)
        for found in result.findings
    ]


@pytest.mark.parametrize(
    ("name", "argument", "value", "expected"), EVIDENCE, ids=lambda value: repr(value)[:40]
)
def test_a_matcher_that_fails_says_where_and_why(judge, name, argument, value, expected):
    assert evidence(judge({"$.v": {name: argument}}, {"v": value})) == expected


@pytest.mark.parametrize(
    ("name", "argument", "value", "expected"), EVIDENCE, ids=lambda value: repr(value)[:40]
)
def test_not_passes_where_a_matcher_fails_unless_the_type_is_wrong(judge, name, argument, value, expected):
    (result,) = judge({"$.v": {"not": {name: argument}}}, {"v": value})
    wrong_type = any(what.startswith("类型") for *_, what in expected)
    assert result.status == ("failed" if wrong_type else "passed")


# matcher, argument, values that pass
PASSING = [
    ("equals", "0", ["0"]),
    ("equals", {"a": [1, None]}, [{"a": [1.0, None]}]),
    ("equals", None, [None]),
    ("not_equals", "0", ["1", ""]),
    ("not_equals", None, [0, "", False]),
    ("one_of", [1, "a"], [1.0, "a"]),
    ("none_of", [1], [2]),
    ("less_than", 3, [2.9]),
    ("at_most", 3, [3, 2]),
    ("greater_than", 3, [3.1]),
    ("at_least", 3, [3, 4]),
    ("between", [1, 3], [1, 2, 3]),
    ("contains", "a", ["ba", ["b", "a"], {"a": 1}]),
    ("contains", 1, [[2, 1.0]]),
    ("not_contains", "a", ["b", ["b"], [], {}, ["b", 1]]),
    ("starts_with", "a", ["ab", "a"]),
    ("ends_with", "a", ["ba", "a"]),
    ("matches", "^a", ["ab"]),
    ("type", "integer", [1, 1.0, -2]),
    ("type", "number", [1, 1.5]),
    ("type", ["string", "null"], ["", None]),
    ("type", ["string", "integer"], ["", 2.0]),
    ("length", 2, ["ab", [1, 2], {"a": 1, "b": 2}]),
    ("length", {"at_most": 1}, ["a", []]),
    ("empty", True, ["", [], {}]),
    ("not_empty", True, ["a", [0], {"a": 1}]),
    ("datetime", True, ["2024-02-29 00:00:00"]),
    ("before", "2024-01-01", ["2023-12-31"]),
    ("after", "2024-01-01", ["2024-01-02"]),
    ("unique", True, [[1, "1", True], [{"a": 1}, {"a": 2}]]),
    ("all_equal", True, [[1, 1.0, 1], ["a"]]),
    ("count", 2, [[1, 1]]),
    ("count", 0, [[]]),
    ("sum", 3, [[1, 2], [3.0]]),
    ("sum", 0.3, [[0.1, 0.2]]),
    ("sum", {"at_most": 3}, [[1, 2]]),
    ("sorted", "ascending", [[1, 1.0, 2], ["a", "b"], [1]]),
    ("sorted", "descending", [[2, 1, 1]]),
    ("sorted", {"by": ["a", "c desc"]}, [[{"a": 1, "c": 2}, {"a": 1, "c": 1}, {"a": 2, "c": 3}]]),
    ("sorted", {"by": ["a.b"]}, [[{"a": {"b": 1}}, {"a": {"b": 2}}]]),
    ("same_sequence_as", [1, 2], [[1, 2.0]]),
    ("same_items_as", [1, 2, 2], [[2, 1, 2]]),
    ("same_items_as", [], [[]]),
    ("subset_of", [1, 2], [[1], [2, 2, 1]]),
    ("superset_of", [1, 2], [[1, 2, 3]]),
    ("disjoint_from", [1, 2], [[3], [3, "1"]]),
]


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [(name, argument, value) for name, argument, values in PASSING for value in values],
    ids=lambda value: repr(value)[:40],
)
def test_a_value_passes(judge, name, argument, value):
    (result,) = judge({"$.v": {name: argument}}, {"v": value})
    assert (result.status, result.findings) == ("passed", ())


def test_long_texts_are_shown_around_their_first_difference(judge):
    expected, actual = "a" * 130, "a" * 100 + "b" + "a" * 29
    assert evidence(judge({"$.v": {"equals": expected}}, {"v": actual})) == [
        (
            "",
            '…"' + "a" * 60 + '"',
            '…"' + "a" * 30 + "b" + "a" * 29 + '"',
            "第 101 个字起不同（期望共 130 字，实际共 130 字）",
        )
    ]


@pytest.mark.parametrize(("left", "right"), [(121, 1), (1, 121)])
def test_a_text_is_long_if_either_side_has_more_than_120_characters(judge, left, right):
    ((_, _, _, what),) = evidence(judge({"$.v": {"equals": "a" * left}}, {"v": "b" * right}))
    assert what == f"第 1 个字起不同（期望共 {left} 字，实际共 {right} 字）"


def test_texts_of_120_characters_are_shown_whole(judge):
    left, right = "a" * 120, "b" * 120
    assert evidence(judge({"$.v": {"equals": left}}, {"v": right})) == [("", f'"{left}"', f'"{right}"', "")]


def test_a_long_text_that_became_a_number_is_shown_as_a_value(judge):
    ((path, expected, actual, what),) = evidence(
        judge({"$.v": {"equals": {"a": "x" * 121}}}, {"v": {"a": 1}})
    )
    assert (path, actual, what) == (".a", "1", "")
    assert expected.endswith("（共 121 字）")


@pytest.mark.parametrize("name", ["equals", "all_equal"])
def test_twenty_differences_of_one_value_are_enough(judge, name):
    left, right = list(range(25)), [-1 - number for number in range(25)]
    if name == "equals":
        found = evidence(judge({"$.v": {"equals": left}}, {"v": right}))
        places = [f"[{index}]" for index in range(20)]
    else:
        found = evidence(judge({"$.v": {"all_equal": True}}, {"v": [left, right]}))
        places = [f"[1][{index}]" for index in range(20)]
    assert [path for path, *_ in found] == places


@pytest.mark.parametrize(
    ("name", "shown"),
    [("starts_with", "b" * 100 + "c" * 20), ("ends_with", "b" * 20 + "c" * 100)],
)
def test_the_end_of_a_text_that_is_judged_is_shown(judge, name, shown):
    ((_, _, actual, _),) = evidence(judge({"$.v": {name: "a"}}, {"v": "b" * 100 + "c" * 100}))
    assert actual == f'"{shown}"'


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("2024-02-28 23:59:59", FAIL),
        ("2024-02-29 00:00:00", PASS),
        ("2024-03-01T12:00:00", PASS),
        ("2024-03-02", PASS),
        ("2024-03-02 00:00:01", FAIL),
        ("2024-03-01T16:00:01Z", FAIL),
        ("yesterday", mismatch("时间", "yesterday")),
        (20240301, mismatch("时间", 20240301)),
    ],
)
def test_a_time_is_recent_from_the_first_moment_to_the_last(value, outcome):
    recent = datetime(2024, 2, 29, tzinfo=CHINA), datetime(2024, 3, 2, tzinfo=CHINA), None
    assert within_last(value, recent) == outcome


def test_a_contract_is_asked_which_values_were_accepted():
    class OnlyWhatWasAccepted:
        def violations(self, value, is_accepted=None):
            return () if is_accepted and is_accepted("/a", value) else (Violation(),)

    def is_one(_place, value):
        return value == 1

    assert schema(1, (OnlyWhatWasAccepted(), is_one)) == PASS
    assert schema(2, (OnlyWhatWasAccepted(), is_one)) == FAIL
    assert schema(1, (OnlyWhatWasAccepted(), None)) == FAIL


@pytest.mark.parametrize(
    ("near", "value", "status"),
    [
        ({"value": 0.3, "within": 0.1}, 0.2, "passed"),
        ({"value": 0.1, "within": 0.2}, 0.3, "passed"),
        ({"value": 1, "within": 0}, 1.0, "passed"),
        ({"value": -1, "within": 1}, 1, "failed"),
        ({"value": -1, "within": 2}, 1, "passed"),
    ],
)
def test_close_to_counts_as_numbers_are_written(judge, near, value, status):
    (result,) = judge({"$.v": {"close_to": near}}, {"v": value})
    assert result.status == status


def test_a_number_beyond_all_others_is_close_to_none_and_has_no_sum(judge):
    (result,) = judge({"$.v": {"close_to": {"value": 1, "within": 1}}}, body=b'{"v": 1e999}')
    assert result.status == "failed"
    for number in (b"1e999", b"-1e999"):
        (result,) = judge({"$.v": {"sum": 1}}, body=b'{"v": [1.5, ' + number + b"]}")
        assert result.status == "failed"
        assert f"$.v[1] 是 {number.decode()}，超出双精度数的范围" in result.findings[0].what


@pytest.mark.parametrize(
    ("values", "total"),
    [(b"[1e308, 1e308]", "Infinity"), (b"[9007199254740993, 1]", "9007199254740994"), (b"[0.5, 1]", "1.5")],
)
def test_a_sum_is_exact_until_no_number_holds_it(judge, values, total):
    (result,) = judge({"$.v": {"sum": 0}}, body=b'{"v": ' + values + b"}")
    assert result.findings[0].actual == total


def test_a_contract_names_each_place_that_breaks_it(judge, contracts):
    contracts.mkdir()
    schema = '{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}'
    (contracts / "c.schema.json").write_text(schema, encoding="utf-8")
    (result,) = judge({"$.v": {"schema": "c"}}, {"v": {"a": 1, "b": "x"}})
    assert result.status == "passed"
    (result,) = judge({"$.v": {"schema": "c"}}, {"v": {"a": "x", "b": 1}})
    assert [found.path for found in result.findings] == ["$.v.a", "$.v.b"]
