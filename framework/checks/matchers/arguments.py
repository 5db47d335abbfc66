"""The arguments of matchers: each function returns why a value is no such argument, or None.

The text is in the reader's language. An argument that makes a check a tautology is refused here (rule 1 of
the case language).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone

from framework.base.errors import did_you_mean
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.equality import is_number
from framework.checks.matchers.impossible import never_matches
from framework.checks.matchers.moments import moment, moment_in
from framework.checks.outcome import kind_name
from framework.checks.regex import PatternError, SlowPatternError, compile_pattern, slow_pattern_message
from framework.checks.shown import short

TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_CONTRACT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SORT_KEY = re.compile(r"[^\s.]+(?:\.[^\s.]+)*(?: (?:asc|desc))?")


def anything(_argument: Json) -> str | None:
    return None


def number(argument: Json) -> str | None:
    return None if is_number(argument) else _needs(tr("一个数字"), argument)


def size(argument: Json) -> str | None:
    """A non-negative integer, or matchers on that number."""
    is_size = type(argument) is int and argument >= 0
    return None if isinstance(argument, dict) or is_size else _needs(tr("一个不小于 0 的整数"), argument)


def total(argument: Json) -> str | None:
    """A number, or matchers on it."""
    return None if isinstance(argument, dict) else number(argument)


def bounds(argument: Json) -> str | None:
    if not isinstance(argument, list) or len(argument) != 2 or not all(map(is_number, argument)):
        return _needs(tr("[下限, 上限] 两个数字"), argument)
    return (
        tr("下限 {low} 大于上限 {high}", low=argument[0], high=argument[1])
        if argument[0] > argument[1]
        else None
    )


def nearness(argument: Json) -> str | None:
    good = (
        isinstance(argument, dict)
        and argument.keys() == {"value", "within"}
        and all(map(is_number, argument.values()))
    )
    if not good:
        return _needs(tr("{value: 数字, within: 数字}"), argument)
    return None if argument["within"] >= 0 else tr("within 不能是负数")


def text(argument: Json) -> str | None:
    """A text, not the empty one: every text contains that, starts and ends with it."""
    if not isinstance(argument, str):
        return _needs(tr("一段文字"), argument)
    return None if argument else tr("空文字总是成立，这条检查永远成立")


def member(argument: Json) -> str | None:
    return tr("空文字总是成立，这条检查永远成立") if argument == "" else None


def missing_member(argument: Json) -> str | None:
    """The argument of ``not_contains``: no text lacks the empty text."""
    return tr("任何文字都包含空文字，这条检查永远不会通过") if argument == "" else None


def pattern(argument: Json) -> str | None:
    if not isinstance(argument, str):
        return _needs(tr("一个正则表达式"), argument)
    try:
        matches_all = _matches_any_text(argument)
    except PatternError as error:
        return tr("正则表达式有误，第 {at} 个字起：{error}", at=error.position + 1, error=error)
    except SlowPatternError as error:
        return slow_pattern_message(error)
    if matches_all:
        return tr("它匹配空文字，即匹配任何文字，这条检查永远成立")
    return tr("没有文字能匹配它，这条检查永远不会通过") if never_matches(argument) else None


def _matches_any_text(argument: str) -> bool:
    search = compile_pattern(argument).search
    if search("") and not _HAS_ASSERTION.search(argument):
        return True  # it matches the empty text at any place
    return not _CAN_EXCLUDE.search(_ANYTHING.sub(".", argument)) and all(map(search, _PROBES))


_HAS_ASSERTION = re.compile(r"[$^]|\\[AZbB]|\(\?[=!<]")
_ANYTHING = re.compile(r"\[\\(?:s\\S|S\\s|d\\D|D\\d|w\\W|W\\w)\]")
"""A class and its complement, such as ``[\\s\\S]``."""

_CAN_EXCLUDE = re.compile(r"\(\?<?!|\[\^|\\[BDHPSVW]|\\p\{\^")
"""Constructs that exclude characters or texts. Without them, a pattern accepts only what it lists, so
one that matches all the probes lists everything.
"""

_PROBES = (
    "",
    " ",
    "0",
    "Az",
    "字",
    "\U0001f600",
    "~!@#$%^&*()_+{}|:<>?`-=[];',./\\\"",
    "".join(map(chr, (0xE9, 0x301, 0x20, 0x3000, 0x4E00, 0xFF08, 0x78, 0xFF09))),
    "q7" * 5000,
)


def choices(argument: Json) -> str | None:
    return None if isinstance(argument, list) and argument else _needs(tr("一个不空的列表"), argument)


def items(argument: Json) -> str | None:
    return None if isinstance(argument, list) else _needs(tr("一个列表"), argument)


def type_names(argument: Json) -> str | None:
    names = argument if isinstance(argument, list) else [argument]
    if not names:
        return choices(argument)
    wrong = next((name for name in names if name not in TYPES), None)
    if wrong is not None:
        hint = did_you_mean(wrong, TYPES) if isinstance(wrong, str) else ""
        return tr(
            "没有 {name} 这种类型，可以写 {types}。{hint}",
            name=short(wrong),
            types=tr("、").join(TYPES),
            hint=hint,
        ).rstrip()
    return tr("列出了所有类型，这条检查永远成立") if set(TYPES) - {"integer"} <= set(names) else None


def only_true(instead: str) -> Callable[[Json], str | None]:
    """Accept only ``true``; *instead* says how to write the contrary."""
    return lambda argument: (
        None if argument is True else tr("只能写 true。{instead}", instead=tr(instead)).rstrip()
    )


def point_in_time(argument: Json) -> str | None:
    """A time, or ``{time: …, format: …}``; then the time may be written in that format too."""
    if not isinstance(argument, dict):
        return None if moment(argument) else _needs(tr("一个时间，如 2024-01-31 08:00:00"), argument)
    if argument.keys() != {"time", FORMAT}:
        return _needs(tr(" {time: …, format: '%d/%m/%Y %H:%M'}"), argument)
    wrong = date_format(argument[FORMAT])
    if wrong or moment(argument["time"]) or moment_in(argument["time"], argument[FORMAT]):
        return wrong
    return tr("time 不是时间：{shown}", shown=short(argument["time"], 60))


FORMAT = "format"
"""The key with the format in which the service writes a time."""


_SAMPLE = datetime(2026, 11, 26, 13, 45, 59, 123456, tzinfo=timezone.utc)
UNITS = {"weeks": "周", "days": "天", "hours": "小时", "minutes": "分钟", "seconds": "秒"}
_LONGEST = 100 * 366 * 24 * 3600
_SECONDS = {"weeks": 7 * 86400, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


def duration(argument: Json) -> str | None:
    """A time span as a mapping from units to positive numbers, ``{days: 30}``, perhaps with a ``format``."""
    if isinstance(argument, dict) and FORMAT in argument:
        rest = {key: value for key, value in argument.items() if key != FORMAT}
        return duration(rest) or date_format(argument[FORMAT])
    good = (
        isinstance(argument, dict)
        and argument
        and all(unit in UNITS and is_number(number) and number > 0 for unit, number in argument.items())
    )
    if not good:
        units = tr("、").join(UNITS)
        return _needs(tr("{{days: 30}} 这样的一段时间（{units}）", units=units), argument)
    too_long = sum(_SECONDS[unit] * number for unit, number in argument.items()) > _LONGEST
    return tr("超过一百年，任何时间都在其中") if too_long else None


def date_format(argument: Json) -> str | None:
    """A format of ``strptime`` that says the day: without it nothing can be compared."""
    wrong = time_format(None if argument is True else argument)
    if wrong or not isinstance(argument, str):
        return tr("format 不对：{wrong}", wrong=wrong or "")
    found = datetime.strptime(_SAMPLE.strftime(argument), argument)
    is_day = found.date() == _SAMPLE.date()
    return None if is_day else tr("format 里要有年月日（%Y、%m、%d），不然无从比较")


def time_format(argument: Json) -> str | None:
    """True, or a format of ``strptime``."""
    if argument is True:
        return None
    if not isinstance(argument, str):
        return _needs(tr(" true，或 strptime 的格式，如 %Y-%m-%dT%H:%M:%S%z"), argument)
    try:
        written = _SAMPLE.strftime(argument)
        datetime.strptime(written, argument)  # only whether the format can be read
    except ValueError as error:
        return tr("strptime 读不了这个格式：{error}", error=error)
    return tr("格式里没有 %，只有一种文字与它相同") if written == argument else None


def contract_name(argument: Json) -> str | None:
    good = isinstance(argument, str) and _CONTRACT_NAME.fullmatch(argument) and not argument.endswith(".json")
    return None if good else _needs(tr("schemas/ 里一个契约的名字，如 policy_page"), argument)


def order(argument: Json) -> str | None:
    if argument in ("ascending", "descending"):
        return None
    keys = argument.get("by") if isinstance(argument, dict) and len(argument) == 1 else None
    if (
        isinstance(keys, list)
        and keys
        and all(isinstance(key, str) and _SORT_KEY.fullmatch(key) for key in keys)
    ):
        return None
    wrong = _needs(tr("ascending、descending 或 {by: [publishTime desc, id desc]}"), argument)
    hint = did_you_mean(argument, ("ascending", "descending")) if isinstance(argument, str) else ""
    return wrong + tr("。") + hint if hint else wrong


def _needs(wanted: str, argument: Json) -> str:
    return tr(
        "参数应为{wanted}，现在是{kind} {shown}",
        wanted=wanted,
        kind=kind_name(argument),
        shown=short(argument, 60),
    )
