"""What every walk checks by itself, by name, with the pages and keys that are wrong (rule 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from framework.base.messages import tr
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.http.paginate import Page, Walked

RULE = "walk"


def invariants(walked: Walked) -> tuple[CheckResult, ...]:
    """Return the eight checks of a walk."""
    checks = (
        (tr("翻页:每一页都可读"), _readable(walked)),
        (tr("翻页:没有重复的页"), _repeated(walked)),
        (tr("翻页:没有重复的 {key}", key=walked.walk.key), _twice(walked)),
        (tr("翻页:总数不变"), _steady(walked)),
        (tr("翻页:是否还有下一页与总数一致"), _agrees(walked)),
        (tr("翻页:末页之前没有不满的页"), _full(walked)),
        (tr("翻页:取到的条数等于总数"), _whole(walked)),
        (tr("翻页:能走到头"), _ends(walked)),
    )
    return tuple(_result(title, tuple(findings), walked) for title, findings in checks)


def _result(title: str, findings: tuple[Finding, ...], walked: Walked) -> CheckResult:
    named = tuple(replace(finding, rule=RULE) for finding in findings)
    return CheckResult(title, "failed" if named else "passed", len(walked.pages), named, walked.walk.span)


def _page(page: Page) -> str:
    return tr("第 {number} 页", number=page.number)


def _readable(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        if page.problem:
            yield Finding(_page(page), tr("一页记录"), tr("读不出"), page.problem)
        elif page.total is None:
            yield Finding(_page(page), tr("{path} 是数字", path=walked.walk.total.text), tr("不是数字"))


def _repeated(walked: Walked) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], Page] = {}
    for page in walked.pages:
        identities = page.identities(walked.walk.key)
        first = seen.setdefault(identities, page)
        if identities and first is not page:
            yield Finding(_page(page), tr("新的一页"), tr("与第 {number} 页相同", number=first.number))


def _twice(walked: Walked) -> Iterator[Finding]:
    name = walked.walk.key
    # A key may be a list, which no dict takes, and two long keys may look alike once they are shortened.
    holders: dict[str, list[Page]] = defaultdict(list)
    shown: dict[str, str] = {}
    for page in walked.pages:
        for index, key in enumerate(page.keys(name)):
            if key is None:
                yield Finding(f"{_page(page)} [{index}]", tr("有 {key}", key=name), tr("没有"))
            else:
                holders[repr(key)].append(page)
                shown[repr(key)] = short(key)
    for identity, pages in holders.items():
        if len(pages) > 1:
            where = tr("、").join(map(_page, pages))
            actual = tr("出现 {n} 次:{where}", n=len(pages), where=where)
            yield Finding(f"{name} {shown[identity]}", tr("出现一次"), actual)


def _steady(walked: Walked) -> Iterator[Finding]:
    for before, page in pairwise(walked.pages):
        if not page.problem and page.total != before.total:
            yield Finding(
                _page(page), tr("总数 {total}", total=before.total), tr("总数 {total}", total=page.total)
            )


def _agrees(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        if page.problem or page.total is None:
            continue
        more = page.number * walked.size < page.total
        if page.more is not more:
            what = tr("总数 {total},每页 {size} 条", total=page.total, size=walked.size)
            yield Finding(f"{_page(page)} {walked.walk.more.text}", short(more), short(page.more), what)


def _full(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        count = len(page.items)
        short_page = page.more and count < walked.size
        if not page.problem and (short_page or count > walked.size):
            yield Finding(_page(page), tr("{n} 条", n=walked.size), tr("{n} 条", n=count))


def _whole(walked: Walked) -> Iterator[Finding]:
    total = walked.pages[0].total
    count = sum(len(page.items) for page in walked.pages)
    if walked.first == 1 and total is not None and count != total:
        yield Finding(
            "$.items",
            tr("{n} 条", n=total),
            tr("{n} 条", n=count),
            tr("少 {n} 条", n=total - count) if count < total else "",
        )


def _ends(walked: Walked) -> Iterator[Finding]:
    said = {
        "endless": tr("总数之外还说有下一页"),
        "max_pages": tr("到了上限 {n} 页还没有走到头", n=walked.walk.max_pages),
        "repeated": tr("同一页又出现了"),
        "empty": tr("空页还说有下一页"),
    }
    if walked.ending in said:
        yield Finding(_page(walked.pages[-1]), tr("没有下一页"), said[walked.ending])
