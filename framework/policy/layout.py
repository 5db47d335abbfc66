"""Rules for layout and style; none of them is an error."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding
from framework.policy.markers import hard_marker

_RUN = re.compile("[ \u00a0\u3000]{4,}")
# Not after a year, 第 or 〔, which begin dates, ordinals and issue numbers.
_RANGE = re.compile(r"(?<![\d.\-〔年第])(\d{1,4})[-~—](\d{1,4})(?=[一-鿿])([一-鿿]{1,2})")
# The first characters of measure words and units; a single character is enough to exclude a finding.
_MEASURES = frozenset(
    "名人个项年月日天小时分秒万亿元岁级倍家次条章款种类批所座台套号期周季层米公里吨位件户亩千百十支篇部本张辆艘架场处点成度届代线折股版轮段页岗届季学间只头羽株棵幅组队班门节课学线公英平立厘毫微度区县镇村社幢栋栏版辆档阶路环克升伏安瓦兆帕码磅斤两顿餐工个"
)
_COUNTED = frozenset("名人个项万亿元倍家岁")
"""What is counted from the smaller number to the greater one."""
_GAP = re.compile(r"\d (?=[一-鿿])")
# A numbered item with a blank after its dot, which only counts at the start of a cell.
_MARKER_GAP = re.compile(r"\s{0,8}\d{1,3}[..] (?=[一-鿿“《])")
_NOTE = re.compile(r"\((?:本文|此件|正文)?有删[减节]\)|\(节选\)|\(以下省略\)")


def blank_runs(document: Document) -> Iterator[RuleFinding]:
    """The text has no runs of four blanks or more, which imitate a layout.

    Limits: reported once for each paragraph.
    """
    for paragraph in document.paragraphs:
        found = _RUN.search(paragraph.raw)
        if found:
            yield RuleFinding(tr("用 {n} 个连续的空格排版", n=len(found.group())), paragraph, found.start())


def article_separators(document: Document) -> Iterator[RuleFinding]:
    """All articles have the same number of blanks between 第N条 and their text.

    Limits: only the articles that differ from the majority are reported.
    """
    widths: list[tuple[Paragraph, int]] = []
    for marker in map(hard_marker, document.filled_paragraphs):
        if marker and marker.kind == "条":
            rest = marker.paragraph.raw[marker.end :]
            widths.append((marker.paragraph, len(rest) - len(rest.lstrip())))
    counts = Counter(width for _, width in widths)
    usual = max(sorted(counts), key=lambda width: counts[width], default=0)
    for paragraph, width in widths:
        if width != usual:
            yield RuleFinding(
                tr("条号后有 {n} 个空格，别处是 {usual} 个", n=width, usual=usual),
                paragraph,
                0,
                paragraph.text[:6],
            )


def digit_space(document: Document) -> Iterator[RuleFinding]:
    """There is no blank between a number and the Chinese word after it, as in 500 万辆 and 1. 持卡人.

    Limits: dates and tables that are laid out with blanks are reported, too.
    """
    for paragraph in document.paragraphs:
        for find in (_GAP.search, _MARKER_GAP.match):
            for cell in re.finditer(r"[^\t]+", paragraph.plain):
                found = find(cell.group())
                if found:
                    offset = cell.start() + found.start()
                    quote = paragraph.raw[max(0, offset - 4) : offset + 8]
                    yield RuleFinding(tr("数字与汉字之间有空格"), paragraph, offset, quote)


def range_unit(document: Document) -> Iterator[RuleFinding]:
    """A range of numbers has a measure word, 1-7名陪同人员, and does not fall: not 10-5名.

    Limits: measure words are known from a list; a clause such as 附件1-3所列 is reported, too.
    """
    for paragraph in document.paragraphs:
        for found in _RANGE.finditer(paragraph.plain):
            if found[3][0] not in _MEASURES and int(found[1]) < int(found[2]):
                yield RuleFinding(
                    tr("“{range}”缺量词", range=found.group()), paragraph, found.start(), found.group()
                )
            elif found[3][0] in _COUNTED and int(found[1]) > int(found[2]):
                message = tr("“{range}”从大到小", range=found.group())
                yield RuleFinding(message, paragraph, found.start(), found.group())


def abridged(document: Document) -> Iterator[RuleFinding]:
    """The text is complete: it has no note such as (本文有删减).

    Limits: only the notes 有删减, 有删节, 节选 and 以下省略 in brackets are known.
    """
    for paragraph in document.filled_paragraphs:
        found = _NOTE.search(paragraph.plain)
        if found:
            yield RuleFinding(
                tr("正文注明“{note}”", note=found.group()), paragraph, found.start(), found.group()
            )
