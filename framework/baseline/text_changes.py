"""Finds the changes between two editions of a text: the paragraph, the character, the words before and
after.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.baseline.records import paragraph_lines

_TAG: Final = re.compile(r"<[^<>]{0,20000}>")
_CONTEXT: Final = 8
_LONGEST: Final = 60
_MOST_PAIRS: Final = 4_000_000
"""Pairs of paragraphs that are compared; with more, only the first difference is found."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """``what`` says what happened and where; ``before`` and ``after`` are the words with some around them."""

    what: str
    before: str = ""
    after: str = ""


def text_changes(before: str, after: str) -> Iterator[TextChange]:
    """Yield the changes from one text, plain or HTML, to another, in the order of the text."""
    old, new = _paragraphs(before), _paragraphs(after)
    if old == new:
        yield TextChange(tr("文字相同，标签或空白不同"))
        return
    if len(old) * len(new) > _MOST_PAIRS:
        old, new = _around_first_difference(old, new)
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _in_paragraphs(old, new, (start, end), (first, last))


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs as people see them."""
    shown = (html.unescape(_TAG.sub("", line)).strip() for line in paragraph_lines(text))
    return [paragraph for paragraph in shown if paragraph]


def _around_first_difference(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    pairs = enumerate(zip(old, new, strict=False))
    at = next((number for number, (left, right) in pairs if left != right), min(len(old), len(new)))
    return old[: at + 1], new[: at + 1]


def _in_paragraphs(
    old: Sequence[str], new: Sequence[str], before: tuple[int, int], after: tuple[int, int]
) -> Iterator[TextChange]:
    paired = min(before[1] - before[0], after[1] - after[0])
    for offset in range(paired):
        yield _in_words(old[before[0] + offset], new[after[0] + offset], after[0] + offset + 1)
    lost = old[before[0] + paired : before[1]]
    added = new[after[0] + paired : after[1]]
    if lost:
        size = sum(map(len, lost))
        what = tr("第 {at} 段起缺 {n} 段（{size} 字）", at=after[0] + paired + 1, n=len(lost), size=size)
        yield TextChange(what, cut(lost[0], _LONGEST))
    if added:
        size = sum(map(len, added))
        what = tr("第 {at} 段起多 {n} 段（{size} 字）", at=after[0] + paired + 1, n=len(added), size=size)
        yield TextChange(what, "", cut(added[0], _LONGEST))


def _in_words(old: str, new: str, number: int) -> TextChange:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    lost, added = old[head : len(old) - tail], new[head : len(new) - tail]
    place = tr("第 {paragraph} 段第 {at} 字", paragraph=number, at=head + 1)
    if lost and added:
        what = tr(
            "{place}：“{lost}”改为“{added}”",
            place=place,
            lost=cut(lost, _LONGEST),
            added=cut(added, _LONGEST),
        )
    elif lost:
        what = tr("{place}：少了“{lost}”", place=place, lost=cut(lost, _LONGEST))
    else:
        what = tr("{place}：多了“{added}”", place=place, added=cut(added, _LONGEST))
    return TextChange(what, _window(old, head, len(lost)), _window(new, head, len(added)))


def _common(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def _window(text: str, at: int, size: int) -> str:
    start, end = max(0, at - _CONTEXT), at + min(size, _LONGEST) + _CONTEXT
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
