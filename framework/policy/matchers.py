"""The matchers of the policy domain, as rows of the one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.outcome import Matcher, kind_name
from framework.checks.shown import short
from framework.policy.snowflake import snowflake_time_of


def _late(module: str, name: str) -> Callable[..., Any]:
    """Return a function of the domain that is imported when it is first called: its rules hold a hundred
    patterns, which a run that looks at no text need not compile.
    """

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"framework.policy.{module}"), name)(*arguments)

    return call


_SNOWFLAKE = re.compile(r"[1-9][0-9]{0,18}")


def _accepts_snowflake(argument: Json) -> str | None:
    if isinstance(argument, str) and _SNOWFLAKE.fullmatch(argument) and int(argument) < 1 << 63:
        return None
    return tr(
        "参数应为雪花编号(一串数字的文字),现在是{kind} {shown}",
        kind=kind_name(argument),
        shown=short(argument, 60),
    )


POLICY: Final[Mapping[str, Matcher]] = {
    row.name: row
    for row in (
        Matcher(
            "snowflake_time_of",
            "value",
            "等于编号 {argument} 里的时间",
            "时间等于雪花编号里的时间(四舍五入到秒,北京时间)",
            '$.data.result[*]: {each: {publishTime: {snowflake_time_of: "${@.id}"}}}',
            _accepts_snowflake,
            snowflake_time_of,
        ),
        Matcher(
            "policy_text",
            "value",
            "是完整、无误的公文({argument})",
            "正文符合公文的规则:true 是全部,也可以列出规则名;错误判失败,警告与提示只报告",
            "$.data.result[*].policyText: {policy_text: [head, tail, numbering]}",
            _late("policy_text", "accepts"),
            _late("policy_text", "policy_text"),
            prepare=_late("policy_text", "prepare"),
            show=_late("policy_text", "show"),
            needs_record=True,
        ),
        Matcher(
            "official_source",
            "value",
            "与官方原文 {argument} 一致",
            "正文与官方公布的原文一致:缺头尾、缺多三字以上、改数字日期机关都判失败;文件放在套件旁边",
            "$.data.result[0].policyText: {official_source: sources/yfb-2024-27.txt}",
            _late("official_source", "accepts"),
            _late("official_source", "official_source"),
            prepare=_late("official_source", "prepare"),
            needs_record=True,
        ),
    )
}
