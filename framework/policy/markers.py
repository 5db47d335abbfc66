"""The markers that number an official document: 第一章, 第一条, 一、, (一), 1., (1), ①, and the rows of
tables.

A marker at the start of a paragraph (or of a table's cell) is *hard*: the writer meant it. One inside a
paragraph, behind a colon, a full stop or 附件, is *soft*: it may begin or carry on a run, and never proves
anything missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from framework.policy.document import Document, Paragraph
from framework.policy.numerals import CHINESE, number_of

_N = f"[{CHINESE}]{{1,9}}"
_REFERENCE = (
    r"(?!规定|所称|所列|所述|中|款|项|之[一二三四五六七八九十]|的|[,、]|和第|至第|到第|或者?第|"
    r"及第|以及第|第)"
)
_YEAR = r"(?=(?:19|20)\d{2}\s?[年届级—~-])"  # 1.2024年度名单 is item 1, not a decimal
_PATTERNS: Final = (
    ("编", rf"第({_N}|\d{{1,3}})编(?![,、的])"),
    ("章", rf"第({_N}|\d{{1,3}})章{_REFERENCE}"),
    ("节", rf"第({_N}|\d{{1,3}})节{_REFERENCE}"),
    ("条", rf"第({_N}|\d{{1,4}})条{_REFERENCE}"),
    ("一、", rf"({_N})、(?![{CHINESE}]{{1,3}}(?:[、,]|等奖|级|线|产业|季度|审|号|年级|环|层))"),
    ("(一)", rf"\(({_N})\)"),
    ("1.", rf"(\d{{1,3}})(?:[..](?:(?![\d)])|{_YEAR})|、(?!\d))"),
    ("(1)", r"\((\d{1,3})\)"),
    ("1)", r"(\d{1,2})\)"),
    ("①", r"([①-⑳])"),
)
KINDS: Final = tuple(kind for kind, _ in _PATTERNS)
ROW: Final = "行"
_HARD = re.compile(
    r"\s{0,40}(?:"
    + "|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_PATTERNS))
    + ")"
)
_SOFT = re.compile(
    rf"(?:(?<=[:;。])|(?<=附件))\s{{0,8}}(?P<k6>(\d{{1,2}})[..](?:(?![\d)])|{_YEAR}))|(?<=[:;。])\s{{0,8}}(?:(?P<k7>\((\d{{1,2}})\))|(?P<k9>([①-⑳])))"
)
_ROW = re.compile(r"\s{0,8}(\d{1,4})\t")
_CELL = re.compile(r"[^\t]+")
_ANNEX = re.compile(r"附\s{0,4}(?:件|录|表)\s{0,2}(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\s{0,2}:?\s*$")
_CONTENTS = re.compile(r"目\s{0,12}[录次]\s*$")
_LEADER = re.compile(r"[\s.…·\-—]{0,200}\d{0,4}\s*$")
MOST_CONTENTS = 400


@dataclass(frozen=True, slots=True)
class Marker:
    """``level``: the place of its kind in KINDS, outermost first; ``end``: where its text begins in the
    paragraph.
    """

    kind: str
    level: int
    number: int
    paragraph: Paragraph
    offset: int
    end: int
    hard: bool = True


def hard_marker(paragraph: Paragraph, start: int = 0) -> Marker | None:
    """Return the marker that *paragraph* (or its cell at *start*) begins with."""
    found = _HARD.match(paragraph.plain, start)
    return _marker(found, paragraph, hard=True) if found else None


def _marker(found: re.Match[str], paragraph: Paragraph, *, hard: bool) -> Marker | None:
    name = found.lastgroup or ""
    level = int(name[1:])
    digits = next(group for group in found.groups()[found.re.groupindex[name] :] if group is not None)
    number = number_of(digits)
    return (
        None
        if number is None
        else Marker(KINDS[level], level, number, paragraph, found.start(name), found.end(), hard)
    )


def is_annex(paragraph: Paragraph) -> bool:
    """Whether the paragraph is nothing but 附件, 附件2 or 附表:."""
    return len(paragraph.plain) < 60 and _ANNEX.match(paragraph.text) is not None


def markers(document: Document) -> Sequence[Marker | None]:
    """Return the markers in order, read once a document; None where an annex begins, and with it a numbering
    of its own.

    The contents page is left out, and so is what stands inside a quotation that runs over several paragraphs.
    """
    if document.markers is None:
        document.markers = tuple(_read(document))
    return document.markers


def _read(document: Document) -> Iterator[Marker | None]:
    contents = contents_range(document)
    quoted = 0
    for paragraph in document.paragraphs:
        inside, quoted = quoted > 0, _quoted(paragraph, quoted)
        if is_annex(paragraph):
            quoted = 0
            yield None
        elif paragraph.index not in contents and not inside:
            yield from _in_paragraph(paragraph)


def _quoted(paragraph: Paragraph, depth: int) -> int:
    opened, closed = paragraph.plain.count("“"), paragraph.plain.count("”")
    opened -= depth > 0 and paragraph.text.startswith("“")  # each paragraph of a long quotation opens anew
    if opened == closed:
        return depth
    return 1 if opened > closed else 0


def _in_paragraph(paragraph: Paragraph) -> Iterator[Marker]:
    row = _ROW.match(paragraph.plain)
    if row:
        yield Marker(ROW, len(KINDS), int(row[1]), paragraph, row.start(1), row.end())
    for cell in _CELL.finditer(paragraph.plain):
        marker = hard_marker(paragraph, cell.start())
        if marker:
            yield marker
        yield from _soft_markers(paragraph, marker.end if marker else cell.start(), cell.end())


def _soft_markers(paragraph: Paragraph, start: int, end: int) -> Iterator[Marker]:
    for found in _SOFT.finditer(paragraph.plain, start, end):
        marker = _marker(found, paragraph, hard=False)
        if marker:
            yield marker


# -- the contents page


def contents_range(document: Document) -> range:
    """Return the indexes of the paragraphs of the contents page: from 目录 to where its first entry stands
    again.
    """
    head = next((p for p in document.paragraphs[:200] if len(p.plain) < 40 and _CONTENTS.match(p.text)), None)
    if head is None:
        return range(0)
    first, last = "", head.index
    for paragraph in document.paragraphs[head.index + 1 : head.index + 1 + MOST_CONTENTS]:
        entry = entry_of(paragraph)
        if not entry:
            continue
        if entry == first or len(entry) > 60 or entry.endswith("。"):
            break
        first, last = first or entry, paragraph.index
    return range(head.index, last + 1)


def entry_of(paragraph: Paragraph) -> str:
    """Return a heading as it is compared: without blanks, dots and the number of its page."""
    text = paragraph.text if len(paragraph.plain) <= 300 else paragraph.plain[:300]
    shorter = _LEADER.sub("", text)
    return "".join((shorter or text).split())
