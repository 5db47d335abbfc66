"""Rules for the dates of a document, and for the numbers of documents that it cites."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, compact

_DAY: Final = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_START: Final = re.compile(rf"(?:本[^。;,]{{1,12}})?自{_DAY}起(?:正式)?(?:施行|实施|执行|生效)")
_END: Final = re.compile(rf"有效期(?:限)?(?:截止)?(?:至|到){_DAY}|(?:施行|实施|执行|试行)至{_DAY}")
_YEARS: Final = re.compile(r"有效期(?:限)?(?:为)?([1-9]|[一二两三四五六七八九十]|\d{2})年")
_DIGITS: Final = {char: number for number, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_ONLY_DAY: Final = re.compile(_DAY)
# A document that was in force before it was sent on or amended may be much older than the letter.
_OLDER: Final = re.compile(r"转发|修订|修正|修改|废止|失效|继续|延长|重新|汇编")
_LONG_BEFORE: Final = 365
_LAST_YEAR: Final = 2100
_ABOLISHED_NOTE: Final = re.compile(r"[(\[【](?:本文件|此件|全文)?(?:已(?:经)?)?(?:废止|失效)[)\]】]")
_ABOLISHED: Final = re.compile(
    r"(?:本(?:文件|通知|办法|条例|意见)|此件|该文件)(?:已(?:经)?(?:[^。]{0,30})?|自[^。]{4,20}起)(?:废止|失效)"
)
_LONGEST_NOTE: Final = 60
_QUOTED: Final = 12
_PUBLISHED: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def validity(document: Document) -> Iterator[RuleFinding]:
    """A document applies from a day that is not long before its date, and no longer than it is shown.

    The end is 有效期至…, or the day from which it applies and 有效期5年; it is compared with the day of
    publication and with the day of the run. A document that says that it was abolished is not shown. Limits:
    only dates with all three parts; a day up to a year before the document's date is sound, since some rules
    apply to past events; whether another document abolished this one is not known.
    """
    yield from _abolished(document)
    published = _publication(document)
    signed = next(filter(None, (_signed_day(p) for p in document.filled_paragraphs)), None)
    may_be_older = _OLDER.search(document.text_field("policyTitle")) is not None
    for paragraph in document.filled_paragraphs:
        text = compact(paragraph.plain)
        start_found = _START.search(text)
        start = _day(start_found.groups()) if start_found else None
        if start and signed and not may_be_older and (signed - start).days > _LONG_BEFORE:
            message = tr("从 {start} 起施行，落款却是 {signed}", start=start, signed=signed)
            yield RuleFinding(message, paragraph)
        end = _end_of(text, start)
        if end and start and end < start:
            message = tr("有效期到 {end}，早于施行的 {start}", end=end, start=start)
            yield RuleFinding(message, paragraph)
        elif end and published and end < published:
            message = tr("有效期到 {end}，早于发布的 {published}，已经失效", end=end, published=published)
            yield RuleFinding(message, paragraph)
        elif end and document.today and end < document.today:
            yield RuleFinding(tr("有效期到 {end}，今天已经过期", end=end), paragraph)


def _abolished(document: Document) -> Iterator[RuleFinding]:
    title = compact(document.text_field("policyTitle"))
    if _ABOLISHED_NOTE.search(title):
        yield RuleFinding(tr("标题注明已经废止"))
    number = compact(document.text_field("issueNumber"))
    for paragraph in document.filled_paragraphs:
        text = compact(paragraph.plain)
        if len(text) <= _LONGEST_NOTE and (_ABOLISHED_NOTE.search(text) or _ABOLISHED.match(text)):
            yield RuleFinding(tr("正文注明已经废止"), paragraph, 0, cut(paragraph.text, _QUOTED))
        elif number and "废止" in text and number in text:
            yield RuleFinding(tr("正文废止了自己的文号“{number}”", number=number), paragraph, 0, number)


def _end_of(text: str, start: date | None) -> date | None:
    found = _END.search(text)
    if found:
        return _day(found.groups()[:3] if found[1] else found.groups()[3:])
    years = _YEARS.search(text)
    if years is None or start is None:
        return None
    number = _DIGITS.get(years[1]) or int(years[1])
    last_day = monthrange(start.year + number, start.month)[1]
    return start.replace(year=start.year + number, day=min(start.day, last_day))


def _day(parts: tuple[str, ...]) -> date | None:
    """Return the day; None if it does not exist, which another rule reports."""
    year, month, day = map(int, parts)
    exists = 1 <= year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return date(year, month, day) if exists else None


def _signed_day(paragraph: Paragraph) -> date | None:
    found = _ONLY_DAY.fullmatch(compact(paragraph.plain)) if len(paragraph.plain) < 60 else None
    return _day(found.groups()) if found else None


def _publication(document: Document) -> date | None:
    found = _PUBLISHED.match(document.text_field("publishTime"))
    return _day(found.groups()) if found else None


# -- cited numbers

# 某府发[2024]3号, 某府发〔2024〕第3号, 某府发〔2024〕03号; a case of a court has letters after the year.
_OTHER_BRACKETS: Final = re.compile(
    r"[一-鿿]{1,8}[发办函字文教财人规令告通知委局厅][\[(【](?:19|20)\d{2}[\])】]第?\d{1,4}号"
)
_NUMBER: Final = re.compile(r"[一-鿿]〔(?P<year>\d{1,6})〕(?P<rest>第?\d{1,5})(?P<end>号|)")
_FIRST_YEAR: Final = 1949


def citations(document: Document) -> Iterator[RuleFinding]:
    """A cited document number has its form: 某府发〔2024〕3号, without 第 and without a zero before it.

    Limits: only numbers after a word that ends issuers' marks (发, 办, 函 and the like) are known in other
    brackets; whether the cited document exists is not known.
    """
    for paragraph in document.filled_paragraphs:
        for found in _OTHER_BRACKETS.finditer(paragraph.plain):
            message = tr("文号“{number}”的年份要用六角括号〔〕", number=found.group())
            yield RuleFinding(message, paragraph, found.start(), found.group())
        for found in _NUMBER.finditer(paragraph.plain):
            reason = _number_fault(
                found["year"], found["rest"], found["end"], paragraph.plain[found.end() : found.end() + 1]
            )
            if reason:
                yield RuleFinding(reason, paragraph, found.start(), found.group())


def _number_fault(year: str, rest: str, end: str, following: str) -> str:
    if len(year) != 4 or not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return tr("文号的年份“{year}”不对", year=year)
    if rest.startswith("第"):
        return tr("文号的序号前不加“第”")
    if rest.startswith("0"):
        return tr("文号的序号前不加 0")
    is_list = following in ("、", "和", "及", "至", "-", "—", "~")
    return "" if end or is_list else tr("文号后面缺“号”字")
