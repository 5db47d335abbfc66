"""Rules for faults that the text itself makes evident: an impossible date, a text twice, residue of Word."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from framework.base.cutting import masked
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact
from framework.policy.markers import is_annex

_DATE = re.compile(r"(?<![\d.])(?:(\d{4})\s{0,3}年\s{0,3})?(\d{1,2})\s{0,3}月\s{0,3}(\d{1,2})\s{0,3}日")
_YEAR = re.compile(r"(?<![\d.])(\d{4})\s{0,3}年(?!\s{0,3}(?:期|代|级|前|来|历史|以前|之久|多))")
_LAST_YEAR: Final = 2100
_LEAP_YEAR: Final = 2000
_LONG_PARAGRAPH: Final = 20
_LONG_PROSE: Final = 60
_LONG_PASSAGE: Final = 40
_REPEATED_RUN: Final = 4


def impossible_dates(document: Document) -> Iterator[RuleFinding]:
    """Every date exists: no 2月30日, no 13月1日, and no year after 2100.

    Limits: dates in Chinese numerals and with dots or dashes are not judged; 2月29日 needs no year.
    """
    for paragraph in document.filled_paragraphs:
        for found in _DATE.finditer(paragraph.plain):
            year, month, day = int(found[1] or _LEAP_YEAR), int(found[2]), int(found[3])
            if not (1 <= month <= 12 and year >= 1 and 1 <= day <= monthrange(year, month)[1]):
                message = tr("没有“{date}”这一天", date=found.group())
                yield RuleFinding(message, paragraph, found.start(), found.group())
        for found in _YEAR.finditer(paragraph.plain):
            if int(found[1]) > _LAST_YEAR:
                message = tr("“{date}”太远了", date=found.group())
                yield RuleFinding(message, paragraph, found.start(), found.group())


def repeated_text(document: Document) -> Iterator[RuleFinding]:
    """No paragraph, and no longer passage, is there twice.

    It is an error if a paragraph of at least 20 characters follows itself, or if four paragraphs in a row
    recur. Limits: a single long paragraph that recurs elsewhere is a warning, since a form may do so; rows of
    tables are not judged.
    """
    paragraphs = [p for p in document.filled_paragraphs if "\t" not in p.plain]
    texts = [compact(p.plain) for p in paragraphs]
    passage = _repeated_passage(texts)
    if passage is not None:
        first, second, size = passage
        number, _ = document.place_of(paragraphs[first], 0)
        message = tr("从这里起的 {n} 段与第 {first} 段起的重复", n=size, first=number)
        yield RuleFinding(message, paragraphs[second], 0, paragraphs[second].text[:12])
        return
    seen: dict[str, int] = {}
    for at, text in enumerate(texts):
        before = seen.get(text)
        if before == at - 1 and len(text) >= _LONG_PARAGRAPH:
            yield RuleFinding(tr("与上一段相同"), paragraphs[at], 0, paragraphs[at].text[:12])
        elif before is not None and len(text) >= _LONG_PROSE and "。" in text:
            number, _ = document.place_of(paragraphs[before], 0)
            message = tr("与第 {n} 段相同", n=number)
            yield RuleFinding(message, paragraphs[at], 0, paragraphs[at].text[:12], "warning")
        seen[text] = at


def _repeated_passage(texts: list[str]) -> tuple[int, int, int] | None:
    """Return where a passage and its repetition begin, and its number of paragraphs, or None."""
    places: dict[tuple[str, ...], int] = {}
    for at in range(len(texts) - _REPEATED_RUN + 1):
        run = tuple(texts[at : at + _REPEATED_RUN])
        if sum(map(len, run)) < _LONG_PASSAGE:
            continue
        first = places.setdefault(run, at)
        if at - first >= _REPEATED_RUN:
            size = _REPEATED_RUN
            while at + size < len(texts) and first + size < at and texts[at + size] == texts[first + size]:
                size += 1
            return first, at, size
    return None


# -- remains of a program

_RESIDUE = re.compile(
    r"错误!\s?(?:未找到引用源|未定义书签|链接无效|不能识别)|Error! (?:Reference|Bookmark)"
    r"|\b(?:PAGEREF|MERGEFIELD|MERGEFORMAT|FORMTEXT|HYPERLINK)\b|\b_(?:Toc|Ref|Hlk)\d{5,}|_GoBack\b"
    r"|\bmso-|\[(?:if|endif)\b|EMBED Equation|Microsoft Office Word|\bMsoNormal\b",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[-—–]{1,2}\s{0,3}\d{1,4}\s{0,3}[-—–]{1,2}|第\s{0,3}\d{1,4}\s{0,3}页(?:[,/\s]{0,3}共\s{0,3}\d{1,4}\s{0,3}页)?"
)
_SPACED = re.compile(r"(?:[一-鿿][ \u00a0\u3000]{1,2}){8,}[一-鿿]")
_LOST_CHARACTER = re.compile(r"(?<=[一-鿿])\?(?=[一-鿿])")
_QUESTION = re.compile(r"吗|呢|何|哪|谁|什么|是否|怎|几|多少|能不能|可不可以|为啥")
# A line to be written on; without a sentence around it, it belongs to a form.
_BLANK_LINE = re.compile("_{2,}")
_MOST: Final = 100
# A name that readers are told to use: 邮件主题注明“XX区+姓名”.
_PATTERN_OF_NAMES = re.compile(r"格式|命名|注明|例如|示例|样式|模板|备注|标注|主题")
_PATTERN_DISTANCE: Final = 24
_PLACEHOLDER = re.compile(
    r"[X×]{1,4}(?:年|月)[X×\d]{1,4}(?:月|日)|(?<!\d)(?:19|20)\d?[X×]{1,2}年"
    r"|(?:[X×]{2,}|某某)(?:市|区|县|局|委|单位|公司|部门)|TODO|待(?:补充|完善|定)\)"
    r"|(?<![A-Za-z0-9×])[X×]{3,}(?![A-Za-z0-9×])"
    r"|此处(?:插入|填写|省略)|在此(?:输入|填写)|单击(?:此处|或点击)|lorem ipsum",
    re.IGNORECASE,
)


def word_residue(document: Document) -> Iterator[RuleFinding]:
    """The text contains nothing that a word processor left behind, such as 错误!未找到引用源 or PAGEREF.

    Limits: only the marks of the list.
    """
    for paragraph, found in _found(document.paragraphs, _RESIDUE):
        message = tr("文字处理软件留下的“{text}”", text=found.group())
        yield RuleFinding(message, paragraph, found.start(), found.group())


def line_feeds(document: Document) -> Iterator[RuleFinding]:
    """No paragraph contains a line feed: a page shows it as a blank, or not at all.

    Limits: none.
    """
    for paragraph in document.paragraphs:
        at = paragraph.raw.strip("\r\n").find("\n")
        if at >= 0:
            yield RuleFinding(tr("段落里有换行符"), paragraph, at, paragraph.raw[max(0, at - 6) : at])


def page_numbers(document: Document) -> Iterator[RuleFinding]:
    """No paragraph is the number of a printed page, such as — 3 — or 第3页 共9页.

    Limits: a number alone is not judged.
    """
    for paragraph in document.filled_paragraphs:
        if _PAGE_NUMBER.fullmatch(paragraph.text):
            yield RuleFinding(tr("页码“{text}”", text=paragraph.text), paragraph, 0, paragraph.text)


def spaced_characters(document: Document) -> Iterator[RuleFinding]:
    """There are no blanks between all the characters of a passage.

    Limits: at most eight characters may be spaced, as in headings.
    """
    for paragraph, found in _found(document.filled_paragraphs, _SPACED):
        yield RuleFinding(tr("字与字之间都有空格"), paragraph, found.start(), masked(found.group())[:24])


def lost_characters(document: Document) -> Iterator[RuleFinding]:
    """No question mark takes the place of a character that an encoding lacks: 办?法.

    Limits: a question mark after a word that asks (何, 是否, 吗) is sound; a single other one is a warning.
    """
    found = [
        (paragraph, match)
        for paragraph in document.filled_paragraphs
        for match in _LOST_CHARACTER.finditer(paragraph.raw)
        if not _QUESTION.search(paragraph.raw, max(0, match.start() - 24), match.start())
    ]
    for paragraph, match in found:
        quote = paragraph.raw[max(0, match.start() - 4) : match.end() + 4]
        severity: Severity | None = None if len(found) > 1 else "warning"
        yield RuleFinding(tr("问号多半代替了一个字"), paragraph, match.start(), quote, severity)


def placeholders(document: Document) -> Iterator[RuleFinding]:
    """The text has no placeholder: XX年XX月, 某某局, (待补充), 单击此处.

    Limits: annexes are not judged, since forms have them on purpose, nor how files are to be named.
    """
    body: list[Paragraph] = []
    for paragraph in document.filled_paragraphs:
        if is_annex(paragraph):
            break
        body.append(paragraph)
    sentences = (paragraph for paragraph in body if "," in paragraph.plain or "。" in paragraph.plain)
    for paragraph, found in (*_found(body, _PLACEHOLDER), *islice(_found(sentences, _BLANK_LINE), _MOST)):
        if _PATTERN_OF_NAMES.search(
            paragraph.plain, max(0, found.start() - _PATTERN_DISTANCE), found.start()
        ):
            continue
        message = tr("没有填写的“{text}”", text=found.group())
        yield RuleFinding(message, paragraph, found.start(), found.group())


def _found(
    paragraphs: Iterable[Paragraph], pattern: re.Pattern[str]
) -> Iterator[tuple[Paragraph, re.Match[str]]]:
    for paragraph in paragraphs:
        for found in pattern.finditer(paragraph.plain):
            yield paragraph, found
