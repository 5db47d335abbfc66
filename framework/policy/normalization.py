"""Normalizes a text for comparison with another edition of it: only the wording is kept.

Each remaining character keeps its position in the original text.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Lines of a web page or a printed page that are not part of the document: page numbers, buttons, sources.
_PAGE_FURNITURE = re.compile(
    r"[-—–―_\s]{1,8}\d{1,4}[-—–―_\s]{1,8}|第\s?\d{1,4}\s?页(?:[,\s/]{0,3}共\s?\d{1,4}\s?页)?|\d{1,4}\s?/\s?\d{1,4}|"
    r"(?:来源|发布时间|发布日期|发布机构|索引号|字号|浏览次数|点击数|责任编辑|信息来源)\s?:.{0,60}|(?:打印|关闭|分享|分享到|收藏|返回顶部|扫一扫.{0,20}|\[?(?:打印|关闭)\]?|\s)*"
)
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
        "~": "-",
        "∼": "-",
        "•": "·",
        "・": "·",
        "‧": "·",
    }
)


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A normalized text; character i was at ``offsets[i]`` of the original line ``lines[i]``."""

    text: str
    lines: array[int]
    offsets: array[int]

    def original_position(self, index: int) -> tuple[int, int]:
        """Return line and offset of a character; an index past the end gives the last character's."""
        index = min(index, len(self.lines) - 1)
        return (self.lines[index], self.offsets[index]) if index >= 0 else (0, 0)


@lru_cache(maxsize=65536)
def _normalize_character(char: str) -> str:
    """Return the half-width form with one kind of bracket, quotation mark and dash; empty for a blank."""
    normalized = unicodedata.normalize("NFKC", char).translate(_EQUIVALENT)
    return "".join(normalized.split())


def normalize_lines(lines: Iterable[str], *, page: bool) -> NormalizedText:
    """Join and normalize lines.

    With *page*, lines that belong to a page, such as page numbers, 打印 关闭 and 来源, are dropped.
    """
    text: list[str] = []
    numbers, offsets = array("l"), array("l")
    for number, line in enumerate(lines):
        if page and _is_page_furniture(line):
            continue
        start, mark = _split_list_mark(line)
        for char in mark:
            text.append(char)
            numbers.append(number)
            offsets.append(0)
        # NFKC may replace one character by several, which all keep its offset.
        for offset in range(start, len(line)):
            for char in _normalize_character(line[offset]):
                text.append(char)
                numbers.append(number)
                offsets.append(offset)
    return NormalizedText("".join(text), numbers, offsets)


def _is_page_furniture(line: str) -> bool:
    return (
        len(line) < 120 and _PAGE_FURNITURE.fullmatch(unicodedata.normalize("NFKC", line).strip()) is not None
    )


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
