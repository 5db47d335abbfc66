"""The rows of the matchers that judge one value."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.matchers import arguments, values
from framework.checks.matchers.arguments import FORMAT
from framework.checks.matchers.moments import moment, moment_in
from framework.checks.matchers.values import Limit, Recent
from framework.checks.outcome import Contract, ContractSource, IsAccepted, Matcher, Sources
from framework.checks.regex import compile_pattern
from framework.checks.shown import short, shorten


def compiled(argument: Json, _contracts: ContractSource) -> object:
    return compile_pattern(argument)


def as_limit(argument: Json, _contracts: ContractSource) -> Limit:
    time, written = (argument["time"], argument[FORMAT]) if isinstance(argument, dict) else (argument, None)
    found = moment(time) or moment_in(time, written)
    if found is None:  # point_in_time has accepted it
        raise TypeError(argument)
    return found, written


def as_contract(argument: Json, sources: Sources) -> tuple[Contract, IsAccepted | None]:
    values = sources.accepted_values(f"contracts/{argument}")
    return sources.contract(argument), values.is_accepted if values else None


def as_recent(argument: Json, sources: Sources) -> Recent:
    now = sources.now()
    span = {unit: number for unit, number in argument.items() if unit != FORMAT}
    return now - timedelta(**span), now, argument.get(FORMAT)


def format_in_words(argument: Json) -> str:
    return "yyyy-MM-dd HH:mm:ss" if argument is True else str(argument)


def duration_in_words(argument: Json) -> str:
    return " ".join(
        f"{number:g} {tr(arguments.UNITS[unit])}" for unit, number in argument.items() if unit != FORMAT
    )


def limit_in_words(argument: Json) -> str:
    return without_quotes(argument["time"] if isinstance(argument, dict) else argument)


def without_quotes(argument: Json) -> str:
    """Return an expression, a name or a time as people read it best."""
    words = argument if isinstance(argument, list) else [argument]
    return tr(" 或 ").join(shorten(word if isinstance(word, str) else short(word), 80) for word in words)


VALUE_ROWS: Final = (
    Matcher(
        "equals",
        "value",
        "等于 {argument}",
        '与给定的值相等；类型也要相同，"0" 不是 0',
        '$.code: {equals: "0"}',
        arguments.anything,
        values.equals,
        exact=True,
    ),
    Matcher(
        "not_equals",
        "value",
        "不等于 {argument}",
        "与给定的值不相等；类型不同算不符，与 null 比较除外",
        "$.msg: {not_equals: error}",
        arguments.anything,
        values.not_equals,
        exact=True,
    ),
    Matcher(
        "less_than",
        "value",
        "小于 {argument}",
        "数字，小于给定的数",
        "elapsed_ms: {less_than: 2000}",
        arguments.number,
        values.less_than,
        exact=True,
    ),
    Matcher(
        "at_most",
        "value",
        "不大于 {argument}",
        "数字，不大于给定的数",
        "$.data.pageSize: {at_most: 50}",
        arguments.number,
        values.at_most,
        exact=True,
    ),
    Matcher(
        "greater_than",
        "value",
        "大于 {argument}",
        "数字，大于给定的数",
        "body.size: {greater_than: 100}",
        arguments.number,
        values.greater_than,
        exact=True,
    ),
    Matcher(
        "at_least",
        "value",
        "不小于 {argument}",
        "数字，不小于给定的数",
        "$.data.pageNo: {at_least: 1}",
        arguments.number,
        values.at_least,
        exact=True,
    ),
    Matcher(
        "between",
        "value",
        "在 {argument} 之间",
        "数字，在两个数之间，两端都算",
        "status_code: {between: [200, 299]}",
        arguments.bounds,
        values.between,
        exact=True,
    ),
    Matcher(
        "close_to",
        "value",
        "约等于 {argument}",
        "数字，与给定的数相差不超过 within",
        "$.data.result[0].files[0].size: {close_to: {value: 25, within: 1}}",
        arguments.nearness,
        values.close_to,
        exact=True,
    ),
    Matcher(
        "contains",
        "value",
        "包含 {argument}",
        "文字含这一段，列表含这一项，对象含这个键；列表里没有一项与它同类型，算类型不对",
        "$.data.result[*].title: {contains: 测试}",
        arguments.member,
        values.contains,
        self_contained=True,
    ),
    Matcher(
        "not_contains",
        "value",
        "不包含 {argument}",
        "文字不含这一段，列表不含这一项，对象不含这个键；列表不空而没有一项与它同类型，算不符",
        "body: {not_contains: Exception}",
        arguments.missing_member,
        values.not_contains,
        self_contained=True,
    ),
    Matcher(
        "starts_with",
        "value",
        "以 {argument} 开头",
        "文字以这一段开头",
        "headers.Content-Type: {starts_with: application/json}",
        arguments.text,
        values.starts_with,
        self_contained=True,
    ),
    Matcher(
        "ends_with",
        "value",
        "以 {argument} 结尾",
        "文字以这一段结尾",
        "$.data.result[*].files[*].key: {ends_with: .pdf}",
        arguments.text,
        values.ends_with,
        self_contained=True,
    ),
    Matcher(
        "matches",
        "value",
        "匹配 {argument}",
        "文字里找得到这个正则表达式；要整段匹配就写 ^…$",
        "$.data.result[*].id: {matches: '^\\d{16}$'}",
        arguments.pattern,
        values.matches,
        prepare=compiled,
        show=without_quotes,
        self_contained=True,
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
        "不等于其中任何一个；与它们的类型都不同算不符，其中有 null 除外",
        "$.data.result[*].title: {none_of: [无题, untitled]}",
        arguments.choices,
        values.none_of,
        exact=True,
    ),
    Matcher(
        "type",
        "value",
        "类型是 {argument}",
        "JSON 类型；1.0 也是 integer；可以列几个",
        "$.data.totalNum: {type: string}",
        arguments.type_names,
        values.type_is,
        show=without_quotes,
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
        self_contained=True,
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
        "是 {argument} 时间",
        "真实的时间；true 是 yyyy-MM-dd HH:mm:ss，别的写法用 strptime 的格式",
        "$.data.result[*].publishTime: {datetime: true}",
        arguments.time_format,
        values.is_datetime,
        show=format_in_words,
        self_contained=True,
    ),
    Matcher(
        "within_last",
        "value",
        "在最近 {argument} 之内",
        "时间（写法同 before），不晚于现在，也不早于这么久以前；"
        "单位 weeks、days、hours、minutes、seconds；别的写法加 format",
        "$.data.result[*].publishTime: {within_last: {days: 36500}}",
        arguments.duration,
        values.within_last,
        prepare=as_recent,
        show=duration_in_words,
    ),
    Matcher(
        "before",
        "value",
        "早于 {argument}",
        "时间（也可以是日期、ISO 8601、10 位秒或 13 位毫秒的时间戳；别的写法加 format），"
        "早于给定的时间（没写时区的是北京时间）",
        '$.data.result[*].publishTime: {before: "${now}"}',
        arguments.point_in_time,
        values.before,
        prepare=as_limit,
        show=limit_in_words,
        self_contained=True,
    ),
    Matcher(
        "after",
        "value",
        "晚于 {argument}",
        "时间（也可以是日期、ISO 8601、10 位秒或 13 位毫秒的时间戳；别的写法加 format），"
        "晚于给定的时间（没写时区的是北京时间）",
        "$.data.result[*].publishTime: {after: 2020-01-01 00:00:00}",
        arguments.point_in_time,
        values.after,
        prepare=as_limit,
        show=limit_in_words,
        self_contained=True,
    ),
    Matcher(
        "schema",
        "value",
        "符合契约 {argument}",
        "符合 schemas/ 里的契约（JSON Schema 2020-12）",
        "schema: book_page",
        arguments.contract_name,
        values.schema,
        prepare=as_contract,
        show=without_quotes,
    ),
)
