"""Writes the message to the chat group: totals, causes and a link, in fewer than 500 characters."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from framework.base.messages import tr
from framework.base.source import visible
from framework.night.summary_page import Night
from framework.report.causes import category_word
from framework.report.nights.record import CauseChange
from framework.report.run_record import early_end_text
from framework.report.verdict_words import age_text, changes_sentence, numbers_text, verdict_line, who_words
from framework.report.words import cut_at_word

LONGEST = 480
"""Characters of title and text together. Chat services cut longer messages, wherever that happens to be."""
REPORT_URL = "HARNESS_REPORT_URL"
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


def report_link(given: str, variables: Mapping[str, str] = os.environ) -> str:
    """Return the address of this run in CI, else the *given* one, else that of HARNESS_REPORT_URL."""
    run = variables.get("GITHUB_RUN_ID", "")
    repository = f"{variables.get('GITHUB_SERVER_URL', '')}/{variables.get('GITHUB_REPOSITORY', '')}"
    candidates = (
        f"{repository}/actions/runs/{run}" if run else "",
        variables.get("CI_JOB_URL", ""),
        variables.get("BUILD_URL", ""),
        given,
        variables.get(REPORT_URL, ""),
    )
    return next(filter(_is_address, candidates), "")


def _is_address(text: str) -> bool:
    """Return whether *text* is the address of a page, without a password in it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
