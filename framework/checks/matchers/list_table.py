"""The rows of the matchers that judge a list of values, or whether there is a value."""

from __future__ import annotations

from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.matchers import arguments, lists
from framework.checks.matchers.lists import SortKeys
from framework.checks.outcome import PASS, ContractSource, Matcher


def sort_keys(argument: Json, _contracts: ContractSource) -> SortKeys:
    if isinstance(argument, str):
        return [("", argument == "descending")]
    return [(key.split(" ")[0], key.endswith(" desc")) for key in argument["by"]]


def order_words(argument: Json) -> str:
    if isinstance(argument, str):
        return tr("从大到小") if argument == "descending" else tr("从小到大")
    return tr("按 {keys}", keys=", ".join(argument["by"]))


LIST_ROWS: Final = (
    Matcher(
        "unique",
        "list",
        "互不重复",
        "没有两个相等的值",
        "$.data.result[*].id: {unique: true}",
        arguments.only_true("允许重复就不必写"),
        lists.unique,
        self_contained=True,
        nothing_to_judge=True,
    ),
    Matcher(
        "sorted",
        "list",
        "次序为 {argument}",
        "数字或文字依次不减（ascending）、不增（descending），或按几个键（by）",
        "$.data.result[*].publishTime: {sorted: descending}",
        arguments.order,
        lists.is_sorted,
        self_contained=True,
        prepare=sort_keys,
        show=order_words,
        nothing_to_judge=True,
    ),
    Matcher(
        "count",
        "list",
        "共 {argument} 个",
        "选中的个数，单值路径下是数组的项数；可以是 0",
        "$.data.result[*]: {count: 2}",
        arguments.size,
        lists.count,
        measure=len,
    ),
    Matcher(
        "sum",
        "list",
        "总和为 {argument}",
        "数字的总和",
        "${counts}: {sum: 190}",
        arguments.total,
        lists.total,
        measure=lists.sum_of,
        nothing_to_judge=True,
    ),
    Matcher(
        "all_equal",
        "list",
        "全部相等",
        "所有的值都与第一个相等",
        "$.data.result[*].publisher: {all_equal: true}",
        arguments.only_true("允许不等就不必写"),
        lists.all_equal,
        self_contained=True,
        nothing_to_judge=True,
    ),
    Matcher(
        "same_sequence_as",
        "list",
        "与 {argument} 次序、内容相同",
        "与另一个列表逐项相等",
        '$.data.result[*].id: {same_sequence_as: "${by_ten}"}',
        arguments.items,
        lists.same_sequence_as,
        self_contained=True,
    ),
    Matcher(
        "same_items_as",
        "list",
        "与 {argument} 内容相同",
        "与另一个列表内容相同，不论次序；重复的次数也要相同",
        '$.data.result[*].id: {same_items_as: "${every}"}',
        arguments.items,
        lists.same_items_as,
        self_contained=True,
    ),
    Matcher(
        "subset_of",
        "list",
        "都在 {argument} 之内",
        "每一项都在另一个列表里",
        '${ids}: {subset_of: "${every}"}',
        arguments.items,
        lists.subset_of,
        self_contained=True,
        nothing_to_judge=True,
    ),
    Matcher(
        "superset_of",
        "list",
        "涵盖 {argument}",
        "另一个列表的每一项都在其中",
        '${every}: {superset_of: "${ids}"}',
        arguments.choices,
        lists.superset_of,
        self_contained=True,
    ),
    Matcher(
        "disjoint_from",
        "list",
        "与 {argument} 没有共同的项",
        "没有一项在另一个列表里；两边没有同类型的项算不符，另一个列表里有 null 除外",
        '${ids}: {disjoint_from: "${others}"}',
        arguments.choices,
        lists.disjoint_from,
        self_contained=True,
        nothing_to_judge=True,
    ),
    Matcher(
        "absent",
        "presence",
        "不存在",
        "答复是 JSON，上一级在，是能有它的对象或列表，而这里什么也没有",
        "$.data.result[*].deletedAt: {absent: true}",
        arguments.only_true("要求存在请写 not_empty: true 或别的匹配"),
        lambda _value, _true: PASS,
    ),
)
