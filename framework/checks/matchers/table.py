"""The table of matchers: what each is called, takes, says and does. The manual is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.matchers import arguments, lists, values
from framework.checks.matchers.lists import SortKeys
from framework.checks.matchers.moments import moment
from framework.checks.outcome import PASS, Contract, ContractSource, Matcher
from framework.checks.regex import compile_pattern
from framework.checks.shown import short, shorten


def _pattern(argument: Json, _contracts: ContractSource) -> object:
    return compile_pattern(argument)


def _moment(argument: Json, _contracts: ContractSource) -> object:
    return moment(argument)


def _contract(argument: Json, contracts: ContractSource) -> Contract:
    return contracts.contract(argument)


def _sort_keys(argument: Json, _contracts: ContractSource) -> SortKeys:
    if isinstance(argument, str):
        return [("", argument == "descending")]
    return [(key.split(" ")[0], key.endswith(" desc")) for key in argument["by"]]


def _bare(argument: Json) -> str:
    """An expression, a name or a time reads better without quotes."""
    words = argument if isinstance(argument, list) else [argument]
    return tr(" 或 ").join(shorten(word if isinstance(word, str) else short(word), 80) for word in words)


def _order(argument: Json) -> str:
    if isinstance(argument, str):
        return tr("从大到小") if argument == "descending" else tr("从小到大")
    return tr("按 {keys}", keys=", ".join(argument["by"]))


_ROWS: Final = (
    # one value
    Matcher(
        "equals",
        "value",
        "等于 {argument}",
        '与给定的值相等;类型也要相同,"0" 不是 0',
        '$.code: {equals: "0"}',
        arguments.anything,
        values.equals,
        exact=True,
    ),
    Matcher(
        "not_equals",
        "value",
        "不等于 {argument}",
        "与给定的值不相等;类型不同算失败",
        "$.msg: {not_equals: error}",
        arguments.anything,
        values.not_equals,
        exact=True,
    ),
    Matcher(
        "less_than",
        "value",
        "小于 {argument}",
        "数字,小于给定的数",
        "elapsed_ms: {less_than: 2000}",
        arguments.number,
        values.less_than,
        exact=True,
    ),
    Matcher(
        "at_most",
        "value",
        "不大于 {argument}",
        "数字,不大于给定的数",
        "$.data.pageSize: {at_most: 50}",
        arguments.number,
        values.at_most,
        exact=True,
    ),
    Matcher(
        "greater_than",
        "value",
        "大于 {argument}",
        "数字,大于给定的数",
        "body.size: {greater_than: 100}",
        arguments.number,
        values.greater_than,
        exact=True,
    ),
    Matcher(
        "at_least",
        "value",
        "不小于 {argument}",
        "数字,不小于给定的数",
        "$.data.pageNo: {at_least: 1}",
        arguments.number,
        values.at_least,
        exact=True,
    ),
    Matcher(
        "between",
        "value",
        "在 {argument} 之间",
        "数字,在两个数之间,两端都算",
        "status_code: {between: [200, 299]}",
        arguments.bounds,
        values.between,
        exact=True,
    ),
    Matcher(
        "close_to",
        "value",
        "约等于 {argument}",
        "数字,与给定的数相差不超过 within",
        "$.data.result[0].files[0].size: {close_to: {value: 25, within: 1}}",
        arguments.nearness,
        values.close_to,
        exact=True,
    ),
    Matcher(
        "contains",
        "value",
        "包含 {argument}",
        "文字含这一段,列表含这一项,对象含这个键",
        "$.data.result[*].title: {contains: 测试}",
        arguments.member,
        values.contains,
    ),
    Matcher(
        "not_contains",
        "value",
        "不包含 {argument}",
        "文字不含这一段,列表不含这一项,对象不含这个键",
        "body: {not_contains: Exception}",
        arguments.member,
        values.not_contains,
    ),
    Matcher(
        "starts_with",
        "value",
        "以 {argument} 开头",
        "文字以这一段开头",
        "headers.Content-Type: {starts_with: application/json}",
        arguments.text,
        values.starts_with,
    ),
    Matcher(
        "ends_with",
        "value",
        "以 {argument} 结尾",
        "文字以这一段结尾",
        "$.data.result[*].files[*].key: {ends_with: .pdf}",
        arguments.text,
        values.ends_with,
    ),
    Matcher(
        "matches",
        "value",
        "匹配 {argument}",
        "文字里找得到这个正则表达式;要整段匹配就写 ^…$",
        "$.data.result[*].id: {matches: '^\\d{16}$'}",
        arguments.pattern,
        values.matches,
        prepare=_pattern,
        show=_bare,
    ),
    Matcher(
        "one_of",
        "value",
        "是 {argument} 之一",
        "等于其中一个",
        "$.data.result[*].type: {one_of: [1, 2, 3]}",
        arguments.choices,
        values.one_of,
        exact=True,
    ),
    Matcher(
        "none_of",
        "value",
        "不是 {argument} 中任何一个",
        "不等于其中任何一个",
        "$.data.result[*].title: {none_of: [无题, untitled]}",
        arguments.choices,
        values.none_of,
        exact=True,
    ),
    Matcher(
        "type",
        "value",
        "类型是 {argument}",
        "JSON 类型;1.0 也是 integer;可以列几个",
        "$.data.totalNum: {type: string}",
        arguments.type_names,
        values.type_is,
        show=_bare,
        exact=True,
    ),
    Matcher(
        "length",
        "value",
        "长度为 {argument}",
        "文字的字数、列表的项数、对象的键数",
        "$.data.result: {length: {at_least: 1, at_most: 10}}",
        arguments.size,
        values.length,
        measure=values.length_of,
    ),
    Matcher(
        "empty",
        "value",
        "为空",
        "空文字、空列表或空对象",
        "${missing}: {empty: true}",
        arguments.only_true("要求不空请写 not_empty: true"),
        values.empty,
        exact=True,
    ),
    Matcher(
        "not_empty",
        "value",
        "不为空",
        "不空的文字、列表或对象",
        "$.data.result[*].title: {not_empty: true}",
        arguments.only_true("要求为空请写 empty: true"),
        values.not_empty,
        exact=True,
    ),
    Matcher(
        "datetime",
        "value",
        "是 yyyy-MM-dd HH:mm:ss 时间",
        "写成 yyyy-MM-dd HH:mm:ss 的真实时间",
        "$.data.result[*].publishTime: {datetime: true}",
        arguments.only_true("不是时间请另写匹配"),
        values.is_datetime,
    ),
    Matcher(
        "before",
        "value",
        "早于 {argument}",
        "时间,早于给定的时间(北京时间)",
        '$.data.result[*].publishTime: {before: "${now}"}',
        arguments.point_in_time,
        values.before,
        prepare=_moment,
        show=_bare,
    ),
    Matcher(
        "after",
        "value",
        "晚于 {argument}",
        "时间,晚于给定的时间(北京时间)",
        "$.data.result[*].publishTime: {after: 2020-01-01 00:00:00}",
        arguments.point_in_time,
        values.after,
        prepare=_moment,
        show=_bare,
    ),
    Matcher(
        "schema",
        "value",
        "符合契约 {argument}",
        "符合 schemas/ 里的契约(JSON Schema 2020-12)",
        "schema: book_page",
        arguments.contract_name,
        values.schema,
        prepare=_contract,
        show=_bare,
    ),
    # a list
    Matcher(
        "unique",
        "list",
        "互不重复",
        "没有两个相等的值",
        "$.data.result[*].id: {unique: true}",
        arguments.only_true("允许重复就不必写"),
        lists.unique,
        nothing_to_judge=True,
    ),
    Matcher(
        "sorted",
        "list",
        "次序为 {argument}",
        "数字或文字依次不减(ascending)、不增(descending),或按几个键(by)",
        "$.data.result[*].publishTime: {sorted: descending}",
        arguments.order,
        lists.is_sorted,
        prepare=_sort_keys,
        show=_order,
        nothing_to_judge=True,
    ),
    Matcher(
        "count",
        "list",
        "共 {argument} 个",
        "选中的个数;可以是 0",
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
    ),
    Matcher(
        "same_items_as",
        "list",
        "与 {argument} 内容相同",
        "与另一个列表内容相同,不论次序;重复的次数也要相同",
        '$.data.result[*].id: {same_items_as: "${every}"}',
        arguments.items,
        lists.same_items_as,
    ),
    Matcher(
        "subset_of",
        "list",
        "都在 {argument} 之内",
        "每一项都在另一个列表里",
        '${ids}: {subset_of: "${every}"}',
        arguments.items,
        lists.subset_of,
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
    ),
    Matcher(
        "disjoint_from",
        "list",
        "与 {argument} 没有共同的项",
        "没有一项在另一个列表里",
        '${ids}: {disjoint_from: "${others}"}',
        arguments.choices,
        lists.disjoint_from,
        nothing_to_judge=True,
    ),
    # whether there is a value
    Matcher(
        "absent",
        "presence",
        "不存在",
        "答复是 JSON,上一级在,而这里什么也没有",
        "$.data.result[*].deletedAt: {absent: true}",
        arguments.only_true("要求存在请写 not_empty: true 或别的匹配"),
        lambda _value, _true: PASS,
    ),
)

CORE: Final[Mapping[str, Matcher]] = {row.name: row for row in _ROWS}
