"""Writes the message to the chat group: totals, causes and a link, in fewer than 500 characters."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from framework.base.errors import ConfigError, Problem, empty_option
from framework.base.messages import tr
from framework.base.source import visible
from framework.night.summary_page import Night
from framework.report.causes import category_word
from framework.report.nights.record import CauseChange
from framework.report.run_record import early_end_text
from framework.report.verdict_words import age_text, changes_sentence, numbers_text, verdict_line, who_words
from framework.report.words import cut_at_word
from framework.tape.secret_fields import is_secret_name

LONGEST = 480
"""Characters of title and text together. Chat services cut longer messages, wherever that happens to be."""
REPORT_URL = "HARNESS_REPORT_URL"
_PARAMETER = re.compile(r"[?&;#/]([^=&;#?/]+)=(?=[^&;#/])")
_SIGNATURE = re.compile(r"(?:^|[-_])(?:sig|sign)$|signature$", re.IGNORECASE)
"""The names of what makes an address a key: of links to stores, for example."""
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}")
_LONGEST_LINE = 110
_LONGEST_ENVIRONMENT = 30
_LONGEST_LINK = 200
_MONTH_AND_DAY = slice(5, 10)
_FRONT_PAGE = "reports/index.html"


def message(night: Night, link: str = "") -> tuple[str, str]:
    """Return title and text of the message. *link* is the address of the report, empty if it has none."""
    run = night.run
    environment = cut_at_word(visible(run.environment), _LONGEST_ENVIRONMENT)
    title = tr("接口回归 {environment}：{verdict}", environment=environment, verdict=verdict_line(run))
    who = tr("；").join(who_words(run))
    numbers = numbers_text(run)
    head = [tr("{who}：{numbers}", who=who, numbers=numbers) if who else numbers]
    head.append(changes_sentence(night.changes))
    # Half an address leads nowhere, so one that is too long is left out.
    place = link if 0 < len(link) <= _LONGEST_LINK else _FRONT_PAGE
    tail = [tr("报告：{report}", report=place)]
    title, *rest = (_plain(line) for line in (title, *head, *_changes(night)))
    head, lines = rest[: len(head)], rest[len(head) :]
    if len("\n".join([title, *head, *tail])) > LONGEST:
        head = head[:1]  # the link is worth more than the number of changes
    return title, "\n".join([*head, *_fitting(lines, [title, *head, *tail]), *tail])


def _fitting(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return as many of *lines* as fit beside the *others*, and how many there are more."""
    room = LONGEST - sum(len(line) + 1 for line in others)
    kept: list[str] = []
    for number, line in enumerate(lines):
        rest = tr("… 另有 {n} 项，见报告", n=len(lines) - number)
        last = number == len(lines) - 1
        if len(line) + 1 + (0 if last else len(rest) + 1) > room:
            return [*kept, rest] if len(rest) + 1 <= room else kept
        kept.append(line)
        room -= len(line) + 1
    return kept


def _changes(night: Night) -> Iterator[str]:
    changes = night.changes
    if early_end_text(night.run):
        yield early_end_text(night.run)
    yield from _causes(tr("新出现"), changes.causes_new)
    yield from _causes(tr("已修好"), changes.causes_fixed)
    yield from _cases(tr("不再评判"), [change.case.id for change in changes.lost])
    yield from _cases(tr("上一夜评判了、今夜没有"), [case.id for case in changes.uncovered])
    yield from _cases(tr("用例文件没有载入"), changes.new_problems)
    yield from _cases(tr("用例不见了"), changes.gone)
    yield from _causes(tr("仍然存在"), changes.causes_still)


def _causes(word: str, changes: Sequence[CauseChange]) -> Iterator[str]:
    for change in changes:
        group = change.group
        age = age_text(replace(change, since=change.since[_MONTH_AND_DAY]))
        age = tr("（{age}）", age=age) if age else ""
        yield f"{word} {len(group.cases)} × [{category_word(group.category)}] {group.text}{age}"


def _cases(word: str, cases: Sequence[str]) -> Iterator[str]:
    if cases:
        more = tr(" 等 {n} 个", n=len(cases)) if len(cases) > 1 else ""
        yield f"{word}{tr('：')}{cases[0]}{more}"


def _plain(text: str) -> str:
    """Return one line without ``@``: some chat services notify everybody of ``@all`` in a reply's text."""
    return cut_at_word(visible(text).replace("@", "\uff20"), _LONGEST_LINE)


def report_url(given: str | None, variables: Mapping[str, str] = os.environ) -> str:
    """Return the address of the report that the option or else the variable gives; empty if neither does.

    Raises:
        ConfigError: it is empty, is not the address of a page, or has a password or a token in it: everyone
            in the group would get that too.
    """
    name, value = ("--report-url", given) if given is not None else (REPORT_URL, variables.get(REPORT_URL))
    if value is None:
        return ""
    if not value.strip():
        raise ConfigError(empty_option(name))
    if secret := _secret_in(value):
        what = tr("{name} 里有口令或令牌（{field}），通知会把它发到群里", name=name, field=visible(secret))
        raise ConfigError(Problem("report-url", what, tr("去掉它，让看报告的人自己登录")))
    if not _is_address(value):
        what = tr("{name} 不是网页的地址", name=name)
        raise ConfigError(Problem("report-url", what, tr("写 http:// 或 https:// 开头的地址")))
    return value


def report_link(given: str, variables: Mapping[str, str] = os.environ) -> str:
    """Return the address of this run in CI, else the *given* one."""
    run = variables.get("GITHUB_RUN_ID", "")
    repository = f"{variables.get('GITHUB_SERVER_URL', '')}/{variables.get('GITHUB_REPOSITORY', '')}"
    candidates = (
        f"{repository}/actions/runs/{run}" if run else "",
        variables.get("CI_JOB_URL", ""),
        variables.get("BUILD_URL", ""),
        given,
    )
    return next((link for link in candidates if _is_address(link) and not _secret_in(link)), "")


def _is_address(text: str) -> bool:
    """Return whether *text* is the address of a page."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  # raises if it is not a number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def _secret_in(address: str) -> str:
    """Return the name of a password or token in *address*; empty if there is none."""
    authority = re.split(r"[/?#\\]", address.split("//", 1)[-1])[0]
    if "@" in authority:
        return tr("用户名与密码")
    names = _PARAMETER.findall(address)
    if _JWT.search(address):
        names.append("JWT")
    return next(
        (name for name in names if name == "JWT" or is_secret_name(name) or _SIGNATURE.search(name)), ""
    )
