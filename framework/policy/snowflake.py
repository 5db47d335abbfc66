"""The matchers ``snowflake_time_of`` and ``after_snowflake``: compare a time with that inside a snowflake id.

A snowflake has 64 bits; the upper 42 count milliseconds since Twitter's epoch.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from framework.base.clock import CHINA
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Violation, failed, kind_name, mismatch
from framework.checks.shown import short

EPOCH_MS = 1288834974657
"""2010-11-04 01:42:54.657 UTC."""
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_WRITTEN = "%Y-%m-%d %H:%M:%S"
_LATER = timedelta(minutes=1)


def milliseconds(snowflake: str) -> int:
    """Return the Unix time in milliseconds inside *snowflake*, a positive decimal number below 2**63."""
    return (int(snowflake) >> 22) + EPOCH_MS


def published(snowflake: str) -> str:
    """Return the time that the service writes for a record with this id.

    It is ``yyyy-MM-dd HH:mm:ss`` in China Standard Time, rounded half up to the second.
    """
    # Rounding half up, as the service does; round() would round half to even.
    second = (milliseconds(snowflake) + 500) // 1000
    moment = _UNIX_EPOCH + timedelta(seconds=second)
    return moment.astimezone(CHINA).strftime(_WRITTEN)


_SNOWFLAKE = re.compile(r"[1-9][0-9]{0,18}")


def _accepts(argument: Json) -> str | None:
    if isinstance(argument, str) and _SNOWFLAKE.fullmatch(argument) and int(argument) < 1 << 63:
        return None
    return tr(
        "参数应为雪花编号（一串数字的文字），现在是{kind} {shown}",
        kind=kind_name(argument),
        shown=short(argument, 60),
    )


@matcher(
    doc="时间等于雪花编号里的时间（四舍五入到秒，北京时间）",
    words="等于编号 {argument} 里的时间",
    example='$.data.result[*]: {each: {publishTime: {snowflake_time_of: "${@.id}"}}}',
    accepts=_accepts,
)
def snowflake_time_of(value: Json, snowflake: str) -> Outcome:
    """Compare a time written as ``yyyy-MM-dd HH:mm:ss`` with the time inside *snowflake*."""
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    expected = published(snowflake)
    if value == expected:
        return Outcome(ok=True)
    return failed(
        Violation(
            f'"{expected}"', what=tr("编号 {id} 里的时间是 {expected}", id=snowflake, expected=expected)
        )
    )


@matcher(
    doc="时间比雪花编号里的时间晚一分钟以上：记录建好之后改过时间",
    words="晚于编号 {argument} 里的时间",
    example='$.data.result[*]: {each: {publishTime: {not: {after_snowflake: "${@.id}"}}}}',
    accepts=_accepts,
)
def after_snowflake(value: Json, snowflake: str) -> Outcome:
    """Return whether a time is at least a minute later than that in *snowflake*.

    A rounding error, an earlier time zone and a clock of twelve hours are no later time.
    """
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    created = published(snowflake)
    try:
        later_by = datetime.strptime(value, _WRITTEN) - datetime.strptime(created, _WRITTEN)
    except ValueError:
        later_by = timedelta(0)
    if later_by >= _LATER:
        return Outcome(ok=True)
    expected = tr("晚于 {moment}", moment=created)
    what = tr("编号 {id} 里的时间是 {expected}", id=snowflake, expected=created)
    return failed(Violation(expected, what=what))
