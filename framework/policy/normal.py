"""A text as it is compared with another edition of it: only the wording counts, and every character knows
where it came from.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_FURNITURE = re.compile(
    r"[-—–―_\s]{1,8}\d{1,4}[-—–―_\s]{1,8}|第\s?\d{1,4}\s?页(?:[,\s/]{0,3}共\s?\d{1,4}\s?页)?|\d{1,4}\s?/\s?\d{1,4}|"
    r"(?:来源|发布时间|发布日期|发布机构|索引号|字号|浏览次数|点击数|责任编辑|信息来源)\s?:.{0,60}|(?:打印|关闭|分享|分享到|收藏|返回顶部|扫一扫.{0,20}|\[?(?:打印|关闭)\]?|\s)*"
)
_LIST_MARK = re.compile(r"\s*(?:[●■◆▪•○◇□★]\s*)?(\d{1,3})[.、](?!\d)")
_BULLET = re.compile(r"\s*[●■◆▪•]\s*")
_SAME: Final = str.maketrans(
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
class Normal:
    """``lines[i]`` is the index of the line (or paragraph) that character i stood in, ``offsets[i]`` its
    place there.
    """

    text: str
    lines: array[int]
    offsets: array[int]

    def place(self, at: int) -> tuple[int, int]:
        """Return line and offset of a character; of the last one where *at* is behind it."""
        at = min(at, len(self.lines) - 1)
        return (self.lines[at], self.offsets[at]) if at >= 0 else (0, 0)


@lru_cache(maxsize=65536)
def _folded(char: str) -> str:
    """Return what stands for a character: one width, one kind of bracket, quote and dash; nothing for a
    blank.
    """
    folded = unicodedata.normalize("NFKC", char).translate(_SAME)
    return "".join(folded.split())


def normal(lines: Iterable[str], *, page: bool) -> Normal:
    """Fold lines together; with *page*, the furniture of a page (its number, 打印 关闭, 来源) is left out."""
    text: list[str] = []
    numbers, offsets = array("l"), array("l")
    for number, line in enumerate(lines):
        if page and len(line) < 120 and _FURNITURE.fullmatch(unicodedata.normalize("NFKC", line).strip()):
            continue
        start, mark = _mark(line)
        for char in mark:
            text.append(char)
            numbers.append(number)
            offsets.append(0)
        for offset in range(start, len(line)):
            for char in _folded(line[offset]):
                text.append(char)
                numbers.append(number)
                offsets.append(offset)
    return Normal("".join(text), numbers, offsets)


def _mark(line: str) -> tuple[int, str]:
    """Return where the words of a line begin, and its list mark in one form: 1. for 1、 and 1.; bullets do
    not count.
    """
    head = line[:12].translate(
        {0xFF0E: ".", 0x3000: " ", 0xA0: " "} | {0xFF10 + digit: 0x30 + digit for digit in range(10)}
    )
    found = _LIST_MARK.match(head)
    if found:
        return found.end(), found[1] + "."
    bullet = _BULLET.match(head)
    return (bullet.end() if bullet else 0), ""
