"""Layout and style: nothing here is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.messages import tr
from framework.policy.document import Document, Slip
from framework.policy.markers import hard_marker

_RUN = re.compile("[ \u00a0\u3000]{4,}")
_RANGE = re.compile(r"(?<![\d.\-〔年第])(\d{1,4})[-~—](\d{1,4})(?=[一-鿿])([一-鿿]{1,2})")
_MEASURES = frozenset(
    "名人个项年月日天小时分秒万亿元岁级倍家次条章款种类批所座台套号期周季层米公里吨位件户亩千百十支篇部本张辆艘架场处点成度届代线折股版轮段页岗届季学间只头羽株棵幅组队班门节课学线公英平立厘毫微度区县镇村社幢栋栏版辆档阶路环克升伏安瓦兆帕码磅斤两顿餐工个"
)
_GAP = re.compile(r"\d (?=[一-鿿])")
_MARKER_GAP = re.compile(r"\s{0,8}\d{1,3}[..] (?=[一-鿿“《])")
_NOTE = re.compile(r"\((?:本文|此件|正文)?有删[减节]\)|\(节选\)|\(以下省略\)")


def blank_runs(document: Document) -> Iterator[Slip]:
    """No runs of four blanks or more that take the place of layout.

    Limits: told once a paragraph.
    """
    for paragraph in document.paragraphs:
        found = _RUN.search(paragraph.raw)
        if found:
            yield Slip(tr("用 {n} 个连续的空格排版", n=len(found.group())), paragraph, found.start())


def article_separators(document: Document) -> Iterator[Slip]:
    """What stands between 第N条 and its text is the same in all articles.

    Limits: told for the articles that differ from most.
    """
    found = [
        (marker.paragraph, re.match(r"\s*", marker.paragraph.raw[marker.end :]).group())  # type: ignore[union-attr]
        for marker in map(hard_marker, document.filled)
        if marker and marker.kind == "条"
    ]
    widths = [len(blank) for _, blank in found]
    usual = max(set(widths), key=widths.count) if widths else 0
    for paragraph, blank in found:
        if len(blank) != usual:
            yield Slip(
                tr("条号后有 {n} 个空格,别处是 {usual} 个", n=len(blank), usual=usual),
                paragraph,
                0,
                paragraph.text[:6],
            )


def digit_space(document: Document) -> Iterator[Slip]:
    """No blank between a number and the Chinese word after it: 500 万辆, 1. 持卡人.

    Limits: dates and tables set with blanks would be told too.
    """
    for paragraph in document.paragraphs:
        for pattern in (_GAP, _MARKER_GAP):
            for cell in re.finditer(r"[^\t]+", paragraph.plain):
                found = (
                    pattern.match(cell.group()) if pattern is _MARKER_GAP else pattern.search(cell.group())
                )
                if found:
                    at = cell.start() + found.start()
                    yield Slip(
                        tr("数字与汉字之间有空格"), paragraph, at, paragraph.raw[max(0, at - 4) : at + 8]
                    )


def range_unit(document: Document) -> Iterator[Slip]:
    """A range of numbers has a measure word: 1-7名陪同人员, not 1-7陪同人员.

    Limits: a list of measure words; clauses such as 附件1-3所列 would be told.
    """
    for paragraph in document.paragraphs:
        for found in _RANGE.finditer(paragraph.plain):
            if found[3][0] not in _MEASURES and int(found[1]) < int(found[2]):
                yield Slip(
                    tr("“{range}”缺量词", range=found.group()), paragraph, found.start(), found.group()
                )


def abridged(document: Document) -> Iterator[Slip]:
    """The text is published whole, not (本文有删减).

    Limits: knows the notes 有删减, 有删节, 节选, 以下省略 in brackets.
    """
    for paragraph in document.filled:
        found = _NOTE.search(paragraph.plain)
        if found:
            yield Slip(tr("正文注明“{note}”", note=found.group()), paragraph, found.start(), found.group())
