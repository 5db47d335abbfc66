"""Normalizes a text for comparison with another edition of it: only the wording is kept.

The list of things that count as layout is here and nowhere else: blanks and line breaks; full or half width;
the kind
of brackets, quotation marks and dashes; bullets, and the sign after the number of a list item; lines of a web
page or a printed page; and the imprint at the end (抄送, 印发, 此件公开发布).

Each remaining character keeps its place in the original text: the paragraph among those that are not empty,
and the character of the paragraph without its indentation, both counted from 1.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Lines of a web page or a printed page that are not part of the document: page numbers, buttons, sources.
_PAGE_FURNITURE = re.compile(
    r"[-—–―_\s]{1,8}\d{1,4}[-—–―_\s]{1,8}|第\s?\d{1,4}\s?页(?:[,\s/]{0,3}共\s?\d{1,4}\s?页)?|\d{1,4}\s?/\s?\d{1,4}|"
    r"(?:来源|发布时间|发布日期|发布机构|索引号|字号|浏览次数|点击数|责任编辑|信息来源)\s?:.{0,60}|(?:打印|关闭|分享|分享到|收藏|返回顶部|扫一扫.{0,20}|\[?(?:打印|关闭)\]?|\s)*"
)
# The imprint of a printed document. Some editions have it, others do not.
_IMPRINT = re.compile(
    r"(?:抄送|主题词|信息公开(?:属性|选项|类别))\s?:.{1,200}|.{2,40}\d{4}年\d{1,2}月\d{1,2}日\s{0,4}印发|"
    r"\(?此件(?:主动公开|依申请公开|不予公开|公开发布|删减后公开发布)\)?"
)
_WIDEST_PRINTED_LINE: Final = 60
_FEWEST_FULL_LINES: Final = 3
_ENDS_OF_PARAGRAPHS: Final = "。：；:;"
# Not before a digit, which would make it a decimal number.
_LIST_MARK = re.compile(r"\s*(?:[●■◆▪•○◇□★]\s*)?(\d{1,3})[.、](?!\d)")
_BULLET = re.compile(r"\s*[●■◆▪•]\s*")
_EQUIVALENT: Final = str.maketrans(
    {
        "〔": "(",
        "〕": ")",
        "﹝": "(",
        "﹞": ")",
        "[": "(",
        "]": ")",
        "【": "(",
        "】": ")",
        "“": '"',
        "”": '"',
        "「": '"',
        "」": '"',
        "『": '"',
        "』": '"',
        "‘": '"',
        "’": '"',
        "'": '"',
        "〈": "《",
        "〉": "》",
        "—": "-",
        "–": "-",
        "―": "-",
        "─": "-",
        "−": "-",
        "~": "-",
        "∼": "-",
        "•": "·",
        "・": "·",
        "‧": "·",
    }
)


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A normalized text.

    Character ``i`` is in paragraph ``numbers[i]``, at ``offsets[i]`` of it. ``starts`` are the indexes at
    which paragraphs begin, and the length of the text.
    """

    text: str
    numbers: array[int]
    offsets: array[int]
    starts: tuple[int, ...]

    def place(self, index: int) -> tuple[int, int]:
        """Return paragraph and character of an index, from 1; past the end, the place after the last one."""
        if index < len(self.numbers):
            return self.numbers[index], self.offsets[index]
        return (self.numbers[-1], self.offsets[-1] + 1) if self.numbers else (1, 1)

    def paragraphs_in(self, start: int, end: int) -> int:
        """Return how many whole paragraphs a stretch consists of; 0 if it does not begin and end with one."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        is_whole = start < end <= self.starts[-1] and self.starts[first] == start and self.starts[last] == end
        return last - first if is_whole else 0


@lru_cache(maxsize=65536)
def _normalize_character(char: str) -> str:
    """Return the half-width form with one kind of bracket, quotation mark and dash; empty for a blank."""
    normalized = unicodedata.normalize("NFKC", char).translate(_EQUIVALENT)
    return "".join(normalized.split())


def normalize_lines(lines: Iterable[str], *, page: bool) -> NormalizedText:
    """Join and normalize lines, each of which is a paragraph; without *page*, an empty one is none.

    With *page*, lines that belong to a page, such as page numbers, 打印 关闭 and 来源, are dropped, and lines
    that end at the right margin are joined with the next.
    """
    text: list[str] = []
    numbers, offsets, starts = array("l"), array("l"), []
    number = 0
    for paragraph in _joined(lines) if page else lines:
        if not paragraph.strip() or _is_imprint(paragraph):
            continue
        number += 1
        starts.append(len(text))
        indented = len(paragraph) - len(paragraph.lstrip())
        start, mark = _split_list_mark(paragraph)
        for char in mark:
            text.append(char)
            numbers.append(number)
            offsets.append(1)
        # NFKC may replace one character by several, which all keep its offset.
        for offset in range(start, len(paragraph)):
            for char in _normalize_character(paragraph[offset]):
                text.append(char)
                numbers.append(number)
                offsets.append(offset - indented + 1)
    return NormalizedText("".join(text), numbers, offsets, (*starts, len(text)))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield the paragraphs of a page: without its furniture, with wrapped lines joined."""
    kept = [line.strip() for line in lines if not _is_page_furniture(line)]
    width = _width_of_page(kept)
    paragraph = ""
    for line in kept:
        paragraph += line
        if not width or len(line) < width - 1 or line[-1] in _ENDS_OF_PARAGRAPHS:
            yield paragraph
            paragraph = ""
    yield paragraph


def _width_of_page(lines: Sequence[str]) -> int:
    """Return the width in characters of a page whose lines are wrapped; 0 if they are not."""
    width = max(map(len, lines), default=0)
    full = sum(len(line) >= width - 1 for line in lines)
    is_wrapped = width <= _WIDEST_PRINTED_LINE and full >= _FEWEST_FULL_LINES and full * 4 >= len(lines)
    return width if is_wrapped else 0


def _is_page_furniture(line: str) -> bool:
    return _matches(_PAGE_FURNITURE, line, 120)


def _is_imprint(line: str) -> bool:
    return _matches(_IMPRINT, "".join(line.split()), 240)


def _matches(pattern: re.Pattern[str], line: str, longest: int) -> bool:
    if len(line) >= longest:
        return False
    return pattern.fullmatch(unicodedata.normalize("NFKC", line).strip()) is not None


def _split_list_mark(line: str) -> tuple[int, str]:
    """Return the offset at which the words of a line begin, and its list mark.

    Both 1、 and 1. give the mark ``1.``; a bullet gives none, because editions often differ in bullets.
    """
    head = line[:12].translate(
        {0xFF0E: ".", 0x3000: " ", 0xA0: " "} | {0xFF10 + digit: 0x30 + digit for digit in range(10)}
    )
    found = _LIST_MARK.match(head)
    if found:
        return found.end(), found[1] + "."
    bullet = _BULLET.match(head)
    return (bullet.end() if bullet else 0), ""
