"""The checks that every walk makes by itself, with the pages and keys that are wrong.

They need no expected values: they compare the pages of one list with each other and with its own total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from framework.base.messages import tr
from framework.cases.case import Walk
from framework.checks.result import CheckResult, Finding
from framework.checks.shown import short
from framework.http.paginate import Page, Walked, missing_path

RULE = "walk"
"""The name by which a known defect refers to findings of these checks."""
UNREADABLE = "unreadable"
"""The kind of a finding that names the place in the reply at which a page could not be read."""


def invariants(walked: Walked) -> tuple[CheckResult, ...]:
    """Return the results of the checks that this style of walk can have, always in the same order.

    A note of the last one names those that it cannot have.
    """
    walk = walked.walk
    has_total = walk.total is not None
    has_pages = walk.following is None and bool(walked.size)  # a cursor says nothing about sizes
    has_echo = walk.echoed is not None
    checks: tuple[tuple[bool, str, Callable[[Walked], Iterator[Finding]]], ...] = (
        (True, tr("翻页：每一页都可读"), _unreadable_pages),
        (True, tr("翻页：没有重复的页"), _repeated_pages),
        (True, tr("翻页：没有重复的 {key}", key=walk.key), _repeated_keys),
        (has_total, tr("翻页：总数不变"), _changed_totals),
        (
            has_total and has_pages and walk.more is not None,
            tr("翻页：是否还有下一页与总数一致"),
            _wrong_flags,
        ),
        (has_pages, tr("翻页：末页之前没有不满的页"), _wrong_page_sizes),
        (has_total, tr("翻页：取到的条数等于总数"), _wrong_item_count),
        (has_echo, tr("翻页：服务用的每页条数就是所要的"), _wrong_echoes),
        (True, tr("翻页：能走到头"), _wrong_ending),
    )
    made = [_check_result(title, tuple(find(walked)), walked) for applies, title, find in checks if applies]
    left_out = [title for applies, title, find in checks if not applies and find is not _wrong_echoes]
    notes = [_left_out(walk, left_out)] if left_out else []
    if not has_total and not has_echo and walk.more is None and has_pages:
        notes += _perhaps_capped(walked)
    made[-1] = replace(made[-1], notes=tuple(notes))
    return tuple(made)


def _left_out(walk: Walk, titles: list[str]) -> Finding:
    names = tr("、").join(title.partition("：")[2] or title for title in titles)
    return Finding(
        f"walks.{walk.name}", "", "", tr("按 {style} 翻页，没有检查：{names}", style=walk.style, names=names)
    )


def _perhaps_capped(walked: Walked) -> Iterator[Finding]:
    """Say that a list of one short page may go on: a service that caps the size answers the same."""
    count = len(walked.pages[0].items)
    if len(walked.pages) == 1 and 0 < count < walked.size:
        what = tr(
            "要 {size} 条，只得到 {n} 条就当作末页：服务每页最多 {n} 条时也是这样；"
            "写 total、more 或 echoed 才看得出",
            size=walked.size,
            n=count,
        )
        yield Finding(f"walks.{walked.walk.name}", "", "", what)


def _check_result(title: str, findings: tuple[Finding, ...], walked: Walked) -> CheckResult:
    named = tuple(replace(finding, rule=RULE) for finding in findings)
    return CheckResult(title, "failed" if named else "passed", len(walked.pages), named, walked.walk.span)


def _page_name(page: Page) -> str:
    return tr("第 {number} 页", number=page.number)


def _names(*pages: Page) -> tuple[str, ...]:
    return tuple(map(_page_name, pages))


def _unreadable_pages(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        if page.problem:
            yield Finding(
                _page_name(page),
                tr("一页记录"),
                tr("读不出"),
                page.problem,
                kind=UNREADABLE,
                replies=_names(page),
            )
        else:
            total = walked.walk.total
            if total is not None and total.path is None and page.total is None:
                actual = tr("没有，或不是数字")
                expected = tr("{path} 是数字", path=total.text)
                yield Finding(_page_name(page), expected, actual, kind=UNREADABLE, replies=_names(page))
            of_total = total.path if total else None
            for path, value in ((of_total, page.total), (walked.walk.echoed, page.echoed)):
                if path is not None and value is None:
                    missing = not path.select(page.document)
                    yield Finding(
                        _page_name(page),
                        tr("{path} 是数字", path=path.text),
                        tr("没有") if missing else tr("不是数字"),
                        missing_path(path) if missing else "",
                        kind=UNREADABLE,
                        replies=_names(page),
                    )


def _repeated_pages(walked: Walked) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], Page] = {}
    for page in walked.pages:
        identities = page.identities(walked.walk.key)
        first = seen.setdefault(identities, page)
        if identities and first is not page:
            actual = tr("与第 {number} 页相同", number=first.number)
            yield Finding(_page_name(page), tr("新的一页"), actual, replies=_names(first, page))


def _repeated_keys(walked: Walked) -> Iterator[Finding]:
    name = walked.walk.key
    # A key may be a list, which no dict takes, and two long keys may look alike once they are shortened.
    holders: dict[str, list[Page]] = defaultdict(list)
    shown: dict[str, str] = {}
    for page in walked.pages:
        for index, key in enumerate(page.keys(name)):
            if key is None:
                where = f"{_page_name(page)} [{index}]"
                yield Finding(where, tr("有 {key}", key=name), tr("没有"), replies=_names(page))
            else:
                holders[repr(key)].append(page)
                shown[repr(key)] = short(key)
    for identity, pages in holders.items():
        if len(pages) > 1:
            where = tr("、").join(map(_page_name, pages))
            actual = tr("出现 {n} 次：{where}", n=len(pages), where=where)
            path = f"{name} {shown[identity]}"
            yield Finding(path, tr("出现一次"), actual, replies=_names(*pages))


def _changed_totals(walked: Walked) -> Iterator[Finding]:
    for before, page in pairwise(walked.pages):
        if not page.problem and page.total != before.total:
            expected, actual = (tr("总数 {total}", total=total) for total in (before.total, page.total))
            yield Finding(_page_name(page), expected, actual, replies=_names(before, page))


def _wrong_flags(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        flag = walked.walk.more
        if page.problem or page.total is None or page.before is None or flag is None:
            continue
        more = page.before + walked.size < page.total
        if page.more is not more:
            reason = _about_caps(walked, page) if page.more else ""
            reason = reason or tr("总数 {total}，每页 {size} 条", total=page.total, size=walked.size)
            where = f"{_page_name(page)} {flag.text}"
            wanted, found = (value is not walked.walk.inverted for value in (more, page.more))
            yield Finding(where, short(wanted), short(found), reason, replies=_names(page))


def _wrong_page_sizes(walked: Walked) -> Iterator[Finding]:
    for page in walked.pages:
        count = len(page.items)
        # only the last page may be short
        too_short = page.more and count < walked.size
        if not page.problem and (too_short or count > walked.size):
            expected, actual = tr("{n} 条", n=walked.size), tr("{n} 条", n=count)
            yield Finding(_page_name(page), expected, actual, _about_caps(walked, page), replies=_names(page))


def _about_caps(walked: Walked, page: Page) -> str:
    """Say where a cap on the page size is declared, if all full pages are short by the same number."""
    counts = {len(other.items) for other in walked.pages[:-1]}
    count = len(page.items)
    if page is not walked.pages[0] or len(counts) != 1 or not 1 < count < walked.size or count == page.total:
        return ""
    return _declare_cap(count)


def _declare_cap(number: int) -> str:
    return tr("如果服务每页最多 {n} 条，在 environments.yaml 里写 variables: {{largest_page: {n}}}", n=number)


def _wrong_echoes(walked: Walked) -> Iterator[Finding]:
    path = walked.walk.echoed
    for page in walked.pages:
        if path is not None and page.echoed is not None and walked.size and page.echoed != walked.size:
            about = _declare_cap(page.echoed) if page.echoed < walked.size else ""
            yield Finding(
                f"{_page_name(page)} {path.text}",
                short(walked.size),
                short(page.echoed),
                about,
                replies=_names(page),
            )


def _wrong_item_count(walked: Walked) -> Iterator[Finding]:
    total = walked.pages[0].total
    count = sum(len(page.items) for page in walked.pages)
    # a walk that starts at a later page does not have the items before it
    if walked.first == 1 and total is not None and count != total:
        missing = tr("少 {n} 条", n=total - count) if count < total else ""
        yield Finding("$.items", tr("{n} 条", n=total), tr("{n} 条", n=count), missing)


def _wrong_ending(walked: Walked) -> Iterator[Finding]:
    reasons = {
        "endless": tr("总数之外还说有下一页"),
        "max_pages": tr("到了上限 {n} 页还没有走到头", n=walked.walk.max_pages),
        "repeated": tr("同一页又出现了"),
        "empty": tr("空页还说有下一页"),
        "looping": tr("下一页的游标或地址又是用过的"),
        "lost": tr("说有下一页，却没有给出它的游标或地址"),
    }
    if walked.ending in reasons:
        last = walked.pages[-1]
        yield Finding(_page_name(last), tr("没有下一页"), reasons[walked.ending], replies=_names(last))
