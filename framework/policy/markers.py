"""Finds the markers that number an official document: 第一章, 第一条, 一、, (一), 1., (1), ① and table rows.

A marker at the start of a paragraph or of a table's cell is *hard*: it certainly is a marker. A marker inside
a paragraph, after a colon, a full stop or 附件, is *soft*: it may begin or continue a sequence of numbers,
but it never proves that a number is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from framework.policy.document import Document, Paragraph
from framework.policy.numerals import CHINESE, number_of

_N = f"[{CHINESE}]{{1,9}}"
# 第一条规定 and 第一条、第二条 refer to articles and do not begin them.
_REFERENCE = (
    r"(?!规定|所称|所列|所述|中|款|项|之[一二三四五六七八九十]|的|[,、]|和第|至第|到第|或者?第|"
    r"及第|以及第|第)"
)
_YEAR = r"(?=(?:19|20)\d{2}\s?[年届级—~-])"  # 1.2024年度名单 is item 1, not a decimal
# Outermost first. The look-aheads exclude words that begin like a marker, such as 一、二等奖.
_PATTERNS: Final = (
    ("编", rf"第({_N}|\d{{1,3}})编(?![,、的])"),
    ("章", rf"第({_N}|\d{{1,3}})章{_REFERENCE}"),
    ("节", rf"第({_N}|\d{{1,3}})节{_REFERENCE}"),
    ("条", rf"第\s?({_N}|\d{{1,4}})\s?条{_REFERENCE}"),
    ("一、", rf"({_N})、(?![{CHINESE}]{{1,3}}(?:[、,]|等奖|级|线|产业|季度|审|号|年级|环|层))"),
    ("(一)", rf"\(({_N})\)(?!(?:[、,至和或及到]\s?\([{CHINESE}]{{1,9}}\)){{1,8}}项|项)"),
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
    rf"(?:(?<=[:;。])|(?<=附件))\s{{0,8}}(?P<k6>(\d{{1,2}})(?:[..](?:(?![\d)])|{_YEAR})|、(?!\d)))|(?<=[:;。])\s{{0,8}}(?:(?P<k7>\((\d{{1,2}})\))|(?P<k9>([①-⑳])))"
)
_ROW = re.compile(r"\s{0,8}(\d{1,4})\t")
_CELL = re.compile(r"[^\t]+")
_ANNEX = re.compile(r"附\s{0,4}(?:件|录|表)\s{0,2}(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\s{0,2}:?\s*$")
_CONTENTS = re.compile(r"目\s{0,12}[录次]\s*$")
# The dots and the page number at the end of an entry of the contents.
_LEADER = re.compile(r"[\s.…·\-—]{0,200}\d{0,4}\s*$")
_MAX_CONTENTS = 400


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker.

    ``level`` is the index of its kind in KINDS, outermost first; ``offset`` and ``end`` are its bounds in the
    paragraph, so that the text of the item begins at ``end``.
    """

    kind: str
    level: int
    number: int
    paragraph: Paragraph
    offset: int
    end: int
    hard: bool = True


def hard_marker(paragraph: Paragraph, start: int = 0) -> Marker | None:
    """Return the marker at the start of *paragraph*, or of its cell at *start*; None if there is none."""
    found = _HARD.match(paragraph.plain, start)
    return _marker_of(found, paragraph, hard=True) if found else None


def _marker_of(found: re.Match[str], paragraph: Paragraph, *, hard: bool) -> Marker | None:
    # The group k<level> matches the whole marker; the first group inside of it is the numeral.
    name = found.lastgroup or ""
    level = int(name[1:])
    inner_groups = found.groups()[found.re.groupindex[name] :]
    number = number_of(next(group for group in inner_groups if group is not None))
    if number is None:
        return None
    return Marker(KINDS[level], level, number, paragraph, found.start(name), found.end(), hard)


def is_annex(paragraph: Paragraph) -> bool:
    """Whether the paragraph consists of 附件, 附件2, 附表: or the like."""
    return len(paragraph.plain) < 60 and _ANNEX.match(paragraph.text) is not None


def markers(document: Document) -> Sequence[Marker | None]:
    """Return the markers of the text in order, and None at each annex, which has a numbering of its own.

    The contents page is left out, and so are quotations of several paragraphs.
    """
    if document.marker_cache is None:
        document.marker_cache = tuple(_find_markers(document))
    return document.marker_cache


def _find_markers(document: Document) -> Iterator[Marker | None]:
    contents = contents_range(document)
    is_quotation_open = False
    for paragraph in document.paragraphs:
        starts_in_quotation = is_quotation_open
        is_quotation_open = _ends_in_quotation(paragraph, starts_in_quotation)
        if is_annex(paragraph):
            is_quotation_open = False
            yield None
        elif paragraph.index not in contents and not starts_in_quotation:
            yield from _paragraph_markers(paragraph)


def _ends_in_quotation(paragraph: Paragraph, starts_in_quotation: bool) -> bool:
    opened, closed = paragraph.plain.count("“"), paragraph.plain.count("”")
    # Each paragraph of a long quotation may begin with an opening mark of its own.
    if starts_in_quotation and paragraph.text.startswith("“"):
        opened -= 1
    return starts_in_quotation if opened == closed else opened > closed


def _paragraph_markers(paragraph: Paragraph) -> Iterator[Marker]:
    # A number with a tab after it is the first cell of a table row.
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
        marker = _marker_of(found, paragraph, hard=False)
        if marker:
            yield marker


# -- the contents page


def contents_range(document: Document) -> range:
    """Return the indexes of the paragraphs of the contents page.

    It begins with 目录 and ends before the paragraph that repeats its first entry, which is the first heading
    of the body. The range is empty if there is no contents page.
    """
    beginning = document.paragraphs[:200]
    title = next((p for p in beginning if len(p.plain) < 40 and _CONTENTS.match(p.text)), None)
    if title is None:
        return range(0)
    first_entry, last_index = "", title.index
    for paragraph in document.paragraphs[title.index + 1 : title.index + 1 + _MAX_CONTENTS]:
        entry = heading_key(paragraph)
        if not entry:
            continue
        # A long entry or a full stop also shows that the body has begun.
        if entry == first_entry or len(entry) > 60 or entry.endswith("。"):
            break
        first_entry, last_index = first_entry or entry, paragraph.index
    return range(title.index, last_index + 1)


def heading_key(paragraph: Paragraph) -> str:
    """Return a heading in the form for comparison: without blanks, leading dots and page number."""
    text = paragraph.text if len(paragraph.plain) <= 300 else paragraph.plain[:300]
    without_page = _LEADER.sub("", text)
    return "".join((without_page or text).split())
