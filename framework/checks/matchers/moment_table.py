"""The rows of the matchers that judge a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.matchers import arguments, values
from framework.checks.matchers.arguments import FORMAT
from framework.checks.matchers.moments import moment, moment_in
from framework.checks.matchers.values import Limit, Recent
from framework.checks.outcome import ContractSource, Matcher, Sources
from framework.checks.shown import without_quotes


def as_limit(argument: Json, _contracts: ContractSource) -> Limit:
    time, written = (argument["time"], argument[FORMAT]) if isinstance(argument, dict) else (argument, None)
    found = moment(time) or moment_in(time, written)
    if found is None:  # point_in_time has accepted it
        raise TypeError(argument)
    return found, written


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


MOMENT_ROWS: Final = (
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
)
