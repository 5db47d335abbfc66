"""The arguments that each matcher takes and refuses, with the reason that the author reads."""

from __future__ import annotations

import pytest

from framework.base.messages import set_language
from framework.checks.matchers.arguments import only_true

ORDER = "参数应为ascending、descending 或 {by: [publishTime desc, id desc]}"
TYPES = "这种类型，可以写 string、integer、number、boolean、array、object、null。"

TAKEN = [
    ("close_to", {"value": 1, "within": 0}),
    ("length", 0),
    ("sum", 3.5),
    ("length", {"at_least": 1}),
    ("length", {"at_least": 0.5}),
    ("length", {"greater_than": 0}),
    ("sum", {"at_least": 0}),
    ("contains", 0),
    ("matches", "^x*$"),
    ("matches", "x*\\b"),
    ("matches", "x*\\B"),
    ("matches", "(?!y)x*"),
    ("same_items_as", []),
    ("type", ["string", "number", "boolean", "array", "object"]),
    ("type", ["string", "integer", "boolean", "array", "object", "null"]),
    ("before", "2024-01-01"),
    ("schema", "policy.v2-a_b"),
    ("sorted", {"by": ["a.b asc"]}),
]

REFUSED = [
    ("less_than", "5", '参数应为一个数字，现在是字符串 "5"'),
    ("less_than", True, "参数应为一个数字，现在是布尔值 true"),
    ("between", [3, 1], "下限 3 大于上限 1"),
    ("between", [1], "参数应为[下限, 上限] 两个数字，现在是列表 [1]"),
    ("between", [1, 2, 3], "参数应为[下限, 上限] 两个数字，现在是列表 [1, 2, 3]"),
    ("between", ["a", "b"], '参数应为[下限, 上限] 两个数字，现在是列表 ["a", "b"]'),
    ("between", [1, "b"], '参数应为[下限, 上限] 两个数字，现在是列表 [1, "b"]'),
    ("between", 3, "参数应为[下限, 上限] 两个数字，现在是数字 3"),
    ("close_to", 3, "参数应为{value: 数字, within: 数字}，现在是数字 3"),
    ("close_to", {"value": 1, "within": -1}, "within 不能是负数"),
    ("close_to", {"value": 1}, '参数应为{value: 数字, within: 数字}，现在是对象 {"value": 1}'),
    (
        "close_to",
        {"value": 1, "within": "1"},
        '参数应为{value: 数字, within: 数字}，现在是对象 {"value": 1, "within": "1"}',
    ),
    (
        "close_to",
        {"value": 1, "within": 1, "x": 1},
        '参数应为{value: 数字, within: 数字}，现在是对象 {"value": 1, "within": 1, "x": 1}',
    ),
    ("length", -1, "参数应为一个不小于 0 的整数，现在是数字 -1"),
    ("length", 1.5, "参数应为一个不小于 0 的整数，现在是数字 1.5"),
    ("length", True, "参数应为一个不小于 0 的整数，现在是布尔值 true"),
    ("length", "3", '参数应为一个不小于 0 的整数，现在是字符串 "3"'),
    ("count", "3", '参数应为一个不小于 0 的整数，现在是字符串 "3"'),
    ("sum", "3", '参数应为一个数字，现在是字符串 "3"'),
    ("contains", "", "空文字总是成立，这条检查永远成立"),
    ("not_contains", "", "任何文字都包含空文字，这条检查永远不会通过"),
    ("starts_with", "", "空文字总是成立，这条检查永远成立"),
    ("starts_with", 1, "参数应为一段文字，现在是数字 1"),
    ("ends_with", "", "空文字总是成立，这条检查永远成立"),
    ("ends_with", ["a"], '参数应为一段文字，现在是列表 ["a"]'),
    ("matches", "(", "正则表达式有误，第 1 个字起：missing ), unterminated subpattern"),
    ("matches", "ab(", "正则表达式有误，第 3 个字起：missing ), unterminated subpattern"),
    ("matches", "", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", ".*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "^.*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", ".*^", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "^^.*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "x*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "x*$", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "^x*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "\\Ax*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "x*\\Z", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "x*(?=y)?", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "(?<=y)?x*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "a|", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", 1, "参数应为一个正则表达式，现在是数字 1"),
    ("matches", "(?:x)*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("matches", "\\d*", "它匹配空文字，即匹配任何文字，这条检查永远成立"),
    ("one_of", [], "参数应为一个不空的列表，现在是列表 []"),
    ("one_of", "a", '参数应为一个不空的列表，现在是字符串 "a"'),
    ("one_of", {}, "参数应为一个不空的列表，现在是对象 {}"),
    ("none_of", [], "参数应为一个不空的列表，现在是列表 []"),
    ("superset_of", [], "参数应为一个不空的列表，现在是列表 []"),
    ("disjoint_from", {}, "参数应为一个不空的列表，现在是对象 {}"),
    ("same_items_as", "a", '参数应为一个列表，现在是字符串 "a"'),
    ("subset_of", {"a": 1}, '参数应为一个列表，现在是对象 {"a": 1}'),
    (
        "type",
        "int",
        '没有 "int" ' + TYPES + "你是不是要写 integer？",
    ),
    (
        "type",
        "integr",
        '没有 "integr" ' + TYPES + "你是不是要写 integer？",
    ),
    ("type", [], "参数应为一个不空的列表，现在是列表 []"),
    ("type", [1], "没有 1 " + TYPES),
    (
        "type",
        ["string", "numbr"],
        '没有 "numbr" ' + TYPES + "你是不是要写 number？",
    ),
    (
        "type",
        ["string", "number", "boolean", "array", "object", "null"],
        "列出了所有类型，这条检查永远成立",
    ),
    (
        "type",
        ["string", "number", "integer", "boolean", "array", "object", "null"],
        "列出了所有类型，这条检查永远成立",
    ),
    ("type", True, "没有 true " + TYPES),
    ("empty", False, "只能写 true。要求不空请写 not_empty: true"),
    ("unique", False, "只能写 true。允许重复就不必写"),
    ("all_equal", "yes", "只能写 true。允许不等就不必写"),
    (
        "datetime",
        False,
        "参数应为 true，或 strptime 的格式，如 %Y-%m-%dT%H:%M:%S%z，现在是布尔值 false",
    ),
    ("datetime", "yyyy-MM-dd", "格式里没有 %，只有一种文字与它相同"),
    (
        "within_last",
        {"months": 1},
        '参数应为{days: 30} 这样的一段时间（weeks、days、hours、minutes、seconds），现在是对象 {"months": 1}',
    ),
    ("within_last", {"days": 40000}, "超过一百年，任何时间都在其中"),
    ("before", "soon", '参数应为一个时间，如 2024-01-31 08:00:00，现在是字符串 "soon"'),
    ("after", 1, "参数应为一个时间，如 2024-01-31 08:00:00，现在是数字 1"),
    ("after", "2024-02-30", '参数应为一个时间，如 2024-01-31 08:00:00，现在是字符串 "2024-02-30"'),
    (
        "before",
        "2024-02-30T00:00:00Z",
        '参数应为一个时间，如 2024-01-31 08:00:00，现在是字符串 "2024-02-30T00:00:00Z"',
    ),
    ("schema", "../x", '参数应为schemas/ 里一个契约的名字，如 policy_page，现在是字符串 "../x"'),
    ("schema", "a.json", '参数应为schemas/ 里一个契约的名字，如 policy_page，现在是字符串 "a.json"'),
    ("schema", 1, "参数应为schemas/ 里一个契约的名字，如 policy_page，现在是数字 1"),
    ("schema", "a/b", '参数应为schemas/ 里一个契约的名字，如 policy_page，现在是字符串 "a/b"'),
    ("schema", "-a", '参数应为schemas/ 里一个契约的名字，如 policy_page，现在是字符串 "-a"'),
    ("schema", "", '参数应为schemas/ 里一个契约的名字，如 policy_page，现在是字符串 ""'),
    (
        "sorted",
        "descend",
        ORDER + '，现在是字符串 "descend"。你是不是要写 descending？',
    ),
    (
        "sorted",
        "descnding",
        ORDER + '，现在是字符串 "descnding"。你是不是要写 descending？',
    ),
    ("sorted", "up", ORDER + '，现在是字符串 "up"'),
    (
        "sorted",
        {"by": []},
        ORDER + '，现在是对象 {"by": []}',
    ),
    (
        "sorted",
        {"by": "a"},
        ORDER + '，现在是对象 {"by": "a"}',
    ),
    (
        "sorted",
        {"by": ["a down"]},
        ORDER + '，现在是对象 {"by": ["a down"]}',
    ),
    (
        "sorted",
        {"by": ["a", 1]},
        ORDER + '，现在是对象 {"by": ["a", 1]}',
    ),
    (
        "sorted",
        {"on": ["a"]},
        ORDER + '，现在是对象 {"on": ["a"]}',
    ),
    (
        "sorted",
        {"by": ["a"], "on": 1},
        ORDER + '，现在是对象 {"by": ["a"], "on": 1}',
    ),
    (
        "sorted",
        {"by": ["a..b"]},
        ORDER + '，现在是对象 {"by": ["a..b"]}',
    ),
    (
        "sorted",
        {"by": ["a  desc"]},
        ORDER + '，现在是对象 {"by": ["a  desc"]}',
    ),
    ("sorted", 1, ORDER + "，现在是数字 1"),
    ("sorted", None, ORDER + "，现在是null null"),
    (
        "starts_with",
        ["x" * 100],
        '参数应为一段文字，现在是列表 ["xxxxxxxxxxxxxxxxxx…xxxxxxxxxxx"]',
    ),
]


@pytest.mark.parametrize(("name", "argument"), TAKEN, ids=repr)
def test_an_argument_that_is_taken(problems, name, argument):
    assert problems({"$.v": {name: argument}}) == []


@pytest.mark.parametrize(("name", "argument", "reason"), REFUSED, ids=repr)
def test_an_argument_that_is_refused_says_why(problems, name, argument, reason):
    assert problems({"$.v": {name: argument}}) == [f"{name} 的值不对：{reason}"]


@pytest.mark.parametrize(
    ("name", "calls", "always"),
    [
        ("length", {"at_least": 0}, "at_least"),
        ("length", {"greater_than": -1}, "greater_than"),
        ("length", {"greater_than": -1, "at_most": 3}, "greater_than"),
        ("count", {"at_least": -1}, "at_least"),
    ],
)
def test_a_bound_that_every_size_keeps_is_refused_once(problems, name, calls, always):
    expected = f"$.v 的 {name} 无论是什么值，{always} 都成立，这条检查永远成立"
    assert problems({"$.v": {name: calls}}) == [expected]


def test_a_long_argument_is_shown_short(problems):
    (text,) = problems({"$.v": {"starts_with": ["x" * 100]}})
    assert text == 'starts_with 的值不对：参数应为一段文字，现在是列表 ["' + "x" * 18 + "…" + "x" * 11 + '"]'


@pytest.mark.parametrize("argument", [False, 1, "true", None, [True]])
def test_a_matcher_that_only_takes_true_says_what_to_write_instead(argument):
    # Called here because the table calls it while it is imported, before a mutant is switched on.
    accepts = only_true("允许重复就不必写")
    assert accepts(True) is None
    assert accepts(argument) == "只能写 true。允许重复就不必写"
    assert only_true("")(argument) == "只能写 true。"


def test_a_sentence_ends_without_a_space_where_nothing_follows():
    # English has a space between two sentences
    set_language("en")
    try:
        assert only_true("")(1) == only_true("")(1).strip()
    finally:
        set_language("zh")
