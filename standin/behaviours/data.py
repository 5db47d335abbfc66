"""Behaviours of the data: how many policies there are, and their contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from standin.behaviours.behaviour import Behaviour, Data
from standin.hooks import Hooks
from standin.policy import HOME_TENANT, Policy
from standin.snowflake import TIME_FORMAT, publish_time

OTHER_TYPES = {1: 8, 4: 5, 10: 7}
ISSUE_NUMBERS = (
    "渝科局发[{year}]{n}号",
    "渝府办〔{year}〕第{n}号",
    "重庆市人民政府令第{n}号",
    "({year})渝农发{n}号",
    "{year}年第{n}号公告",
    "无",
)
LATER = timedelta(days=3)


def _is_visible(policy: Policy) -> bool:
    return policy.tenant == HOME_TENANT and not (policy.draft or policy.deleted)


def _visible(change: Callable[[int, Policy], Policy]) -> Callable[[Data], Data]:
    """Return a change of each visible policy, which is given with its number from 0."""

    def changed(policies: Data) -> Data:
        numbers = count()
        return tuple(change(next(numbers), one) if _is_visible(one) else one for one in policies)

    return changed


def _newest(most: int) -> Callable[[Data], Data]:
    def some(policies: Data) -> Data:
        visible = [one for one in policies if _is_visible(one)]
        return (*visible[:most], *(one for one in policies if not _is_visible(one)))

    return some


def _at_least(wanted: int) -> Callable[[Data], Data]:
    """Return a change that adds similar policies, each some minutes older than the one that it is like."""

    def more(policies: Data) -> Data:
        visible = [one for one in policies if _is_visible(one)]
        hidden = [one for one in policies if not _is_visible(one)]
        similar = islice(_similar(visible), max(0, wanted - len(visible)))
        return (*visible, *similar, *hidden)

    return more


def _similar(policies: list[Policy]) -> Iterator[Policy]:
    # The newest ten stay alone, so that page 1 is the same.
    for number in count(1):
        yield from (_copy(policy, number) for policy in policies[10:])


def _copy(policy: Policy, number: int) -> Policy:
    older = number * 61_007 << 22
    title = f"{policy.title}（之{number}）"
    main = policy.attachment
    stem, _, kind = main.key.rpartition(".")
    middle = f"{(int(stem[-9:-1], 16) + number) % 16**8:08x}"
    file = replace(main, id=main.id - older, name=title, key=f"{stem[:-9]}{middle}{stem[-1]}.{kind}")
    return replace(
        policy,
        id=policy.id - older,
        title=title,
        text=policy.text.replace(policy.title, title),
        attachment=file,
        publish_time=publish_time(policy.id - older),
    )


def _of_kind(number: int, policy: Policy) -> Policy:
    kind = ("pdf", "xls", policy.attachment.kind)[number % 3]
    key = policy.attachment.key.rpartition(".")[0]
    return replace(policy, attachment=replace(policy.attachment, kind=kind, key=f"{key}.{kind}"))


def _some_without_file(number: int, policy: Policy) -> Policy:
    return replace(policy, files=0 if number % 3 == 1 else policy.files)


def _some_without_number_or_file(number: int, policy: Policy) -> Policy:
    number_of_it = "" if number % 4 == 1 else policy.issue_number
    return replace(policy, issue_number=number_of_it, files=0 if number % 3 == 1 else policy.files)


def _null_for_nothing(record: dict[str, Any], policy: Policy) -> dict[str, Any]:
    return {name: None if value in ("", []) else value for name, value in record.items()}


def _several_files(number: int, policy: Policy) -> Policy:
    return replace(policy, files=1 + number % 3)


def _of_other_type(number: int, policy: Policy) -> Policy:
    return replace(policy, type=OTHER_TYPES.get(policy.type, policy.type))


def _of_one_type(number: int, policy: Policy) -> Policy:
    return replace(policy, type=4, level=1)


def _other_issue_number(number: int, policy: Policy) -> Policy:
    form = ISSUE_NUMBERS[number % len(ISSUE_NUMBERS)]
    year = re.search(r"\d{4}", policy.issue_number)
    assert year is not None  # all numbers have one
    return replace(policy, issue_number=form.format(n=number + 1, year=year[0]))


def _published_later(number: int, policy: Policy) -> Policy:
    if number % 3:
        return policy
    later = datetime.strptime(policy.publish_time, TIME_FORMAT) + LATER
    return replace(policy, publish_time=later.strftime(TIME_FORMAT))


def _repeated_title(policies: Data) -> Data:
    """Return the policies, of which the seventh has the title of the third."""
    if len(policies) < 7:
        return policies
    third, seventh = policies[2], policies[6]
    text = third.text.replace("。</p>", "；</p>", 1)
    return (*policies[:6], replace(seventh, title=third.title, text=text), *policies[7:])


DATA = (
    Behaviour(14, "one-policy", "只有 1 条政策", data=_newest(1)),
    Behaviour(15, "ten-policies", "只有 10 条政策", data=_newest(10)),
    Behaviour(16, "23-policies", "有 23 条政策", data=_newest(23)),
    Behaviour(17, "1900-policies", "有 1,900 条政策", data=_at_least(1900)),
    Behaviour(18, "pdf-and-xls", "附件也有 pdf 与 xls", data=_visible(_of_kind)),
    Behaviour(19, "some-without-file", "有的政策没有附件", data=_visible(_some_without_file)),
    Behaviour(20, "several-files", "有的政策有几个附件", data=_visible(_several_files)),
    Behaviour(21, "other-types", "类型的号码与名称不是已知的四种", data=_visible(_of_other_type)),
    Behaviour(22, "one-type", "全部政策是同一类型、同一级别", data=_visible(_of_one_type)),
    Behaviour(23, "other-issue-numbers", "文号有别的写法", data=_visible(_other_issue_number)),
    Behaviour(24, "edited-later", "有的政策建好之后改过发布时间", data=_visible(_published_later)),
    Behaviour(25, "titles-repeat", "两条政策的标题相同", data=_repeated_title),
    Behaviour(
        26,
        "null-for-nothing",
        "有的政策没有文号，有的没有附件，这时是 null",
        Hooks(record=(_null_for_nothing,)),
        data=_visible(_some_without_number_or_file),
    ),
)
