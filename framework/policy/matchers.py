"""The matchers of the policy domain, as rows of the one table."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from framework.checks.outcome import Matcher, kind_name
from framework.checks.shown import short
from framework.jsonpath import Json
from framework.messages import tr
from framework.policy.snowflake import snowflake_time_of

_SNOWFLAKE = re.compile(r"[1-9][0-9]{0,18}")


def _accepts_snowflake(argument: Json) -> str | None:
    if isinstance(argument, str) and _SNOWFLAKE.fullmatch(argument) and int(argument) < 1 << 63:
        return None
    return tr("参数应为雪花编号(一串数字的文字),现在是{kind} {shown}", kind=kind_name(argument), shown=short(argument, 60))


POLICY: Final[Mapping[str, Matcher]] = {row.name: row for row in (
    Matcher("snowflake_time_of", "value", "等于编号 {argument} 里的时间", "时间等于雪花编号里的时间(四舍五入到秒,北京时间)",
            "publishTime: {snowflake_time_of: \"${@.id}\"}", _accepts_snowflake, snowflake_time_of),
)}
