"""Describes an edit of a text in the words of a reader: a paragraph is missing, a number differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from framework.base.messages import tr
from framework.policy.normalization import NormalizedText
from framework.policy.text_edits import Edit

Kind = Literal["layout", "wording", "number", "passage"]
"""``wording``: some characters; only they may be tolerated. ``passage``: paragraphs, or the head or tail."""

_WORD = re.compile(r"[^\W_]")
_NUMERIC: Final = frozenset("0123456789.,%‰〇零一二三四五六七八九十百千万亿两")
_SURE_NUMERIC: Final = frozenset("0123456789%‰十百千万亿")
_SIGNS: Final = frozenset("%‰℃°+±×÷=<>≤≥$¥€")
_DATE = re.compile(r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")
_AUTHORITY = re.compile(
    r"[一-鿿]{1,16}(?:委员会|管委会|人民政府|政府|办公厅|办公室|法院|检察院|海关|银行|集团|公司|大学|学院|协会|联合会|中心|局|厅|部|委|院|署|处)"
)
_KINDS: Final = re.compile(r"通[知告报]|公告|意见|决定|批复|办法|条例|规定|方案|知|告")
_ADDRESS_SIGNS: Final = frozenset("./@_:")
_NEAR: Final = 20
_FARTHEST_SLIDE: Final = 40
_SHORTEST_MOVED: Final = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that happened. ``size``: the most characters that it took away or added."""

    kind: Kind
    words: str
    edit: Edit
    size: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """Both editions of a text: as published, and as the service has it. ``expected_start``: where the
    published one begins to be compared.
    """

    expected: NormalizedText
    actual: NormalizedText
    expected_start: int = 0

    def removed(self, edit: Edit) -> str:
        return self.expected.text[edit.expected_start : edit.expected_end]

    def added(self, edit: Edit) -> str:
        return self.actual.text[edit.actual_start : edit.actual_end]


def differences(edits: Sequence[Edit], texts: Texts) -> Iterator[Difference]:
    """Yield the differences that the edits make, in the order of the text; a move is one difference."""
    moved = _moved(edits, texts)
    for number, edit in enumerate(edits):
        if number in moved:
            other = moved[number]
            if other > number:
                yield _move(edit, edits[other], texts)
            continue
        yield _difference(edit, texts)


# -- paragraphs


def at_paragraphs(edit: Edit, texts: Texts) -> Edit:
    """Return an equal edit that begins and ends with a paragraph, if there is one.

    Removing 乙。甲 from 甲。乙。甲。 leaves the same text as removing 甲。乙。, the true edit.
    """
    if edit.actual_start == edit.actual_end:
        start, end = _slid(texts.expected, edit.expected_start, edit.expected_end)
        by = start - edit.expected_start
        at = edit.actual_start + by
        return Edit(start, end, at, at)
    if edit.expected_start == edit.expected_end:
        start, end = _slid(texts.actual, edit.actual_start, edit.actual_end)
        at = edit.expected_start + start - edit.actual_start
        return Edit(at, at, start, end)
    return edit


def _slid(text: NormalizedText, start: int, end: int) -> tuple[int, int]:
    for step in (-1, 1):
        first, last = start, end
        for _ in range(_FARTHEST_SLIDE):
            if text.paragraphs_in(first, last):
                return first, last
            # Going left, the character before the stretch takes the place of its last one.
            leaving, entering = (last - 1, first - 1) if step < 0 else (first, last)
            if not 0 <= entering < len(text.text) or text.text[entering] != text.text[leaving]:
                break
            first, last = first + step, last + step
    return start, end


# -- moves


def _moved(edits: Sequence[Edit], texts: Texts) -> dict[int, int]:
    """Return pairs of edits of which one adds the text that the other removed, each by the other's number."""
    removed: dict[str, int] = {}
    added: dict[str, int] = {}
    for number, edit in enumerate(edits):
        before, after = texts.removed(edit), texts.added(edit)
        if before and not after:
            removed.setdefault(before, number)
        elif after and not before:
            added.setdefault(after, number)
    pairs = [
        (at, added[text]) for text, at in removed.items() if text in added and len(text) >= _SHORTEST_MOVED
    ]
    return {**dict(pairs), **{other: at for at, other in pairs}}


def _move(first: Edit, second: Edit, texts: Texts) -> Difference:
    """Describe a stretch that was removed at one of the edits and added at the other."""
    is_removed_first = first.expected_end > first.expected_start
    source, target = (first, second) if is_removed_first else (second, first)
    stretch = texts.removed(source)
    between = sorted(
        (source.expected_start if not is_removed_first else source.expected_end, target.expected_start)
    )
    is_swap = (
        texts.expected.paragraphs_in(source.expected_start, source.expected_end) == 1
        and texts.expected.paragraphs_in(*between) == 1
    )
    size = _count(stretch)
    if is_swap:
        words = tr("两段互换")
    else:
        number, at = texts.actual.place(target.actual_start)
        words = tr("{n} 字移到了正文第 {number} 段第 {at} 字", n=size, number=number, at=at)
    return Difference("passage", words, source, size)


# -- one edit


def _difference(edit: Edit, texts: Texts) -> Difference:
    before, after = texts.removed(edit), texts.added(edit)
    removed, added = _count(before), _count(after)
    if not removed and not added:
        return _of_signs(edit, texts)
    kind, words = _in_words(edit, texts, removed, added)
    return Difference(kind, words, edit, max(removed, added))


def _in_words(edit: Edit, texts: Texts, removed: int, added: int) -> tuple[Kind, str]:
    if removed and added:
        return _changed(edit, texts)
    if _number_differs(edit, texts):
        return "number", _number_words(edit, texts)
    paragraphs = texts.expected.paragraphs_in(edit.expected_start, edit.expected_end)
    if added:
        paragraphs = texts.actual.paragraphs_in(edit.actual_start, edit.actual_end)
        if paragraphs > 1:
            return "passage", tr("多 {k} 段（{n} 字）", k=paragraphs, n=added)
        return (
            ("passage", tr("多一段（{n} 字）", n=added))
            if paragraphs
            else ("wording", tr("多 {n} 字", n=added))
        )
    if edit.expected_start == texts.expected_start:
        return "passage", tr("开头缺 {n} 字", n=removed)
    if edit.expected_end == len(texts.expected.text):
        return "passage", tr("结尾缺 {n} 字", n=removed)
    if paragraphs > 1:
        return "passage", tr("缺 {k} 段（{n} 字）", k=paragraphs, n=removed)
    if paragraphs:
        return "passage", tr("缺一段（{n} 字）", n=removed)
    return "wording", tr("缺 {n} 字", n=removed)


def _changed(edit: Edit, texts: Texts) -> tuple[Kind, str]:
    is_date = _is_in_date(edit, texts)
    if is_date or _number_differs(edit, texts):
        return "number", _number_words(edit, texts)
    if _KINDS.fullmatch(texts.removed(edit)) and _KINDS.fullmatch(texts.added(edit)):
        return "wording", tr("文种不同")
    is_authority = _inside(_AUTHORITY, texts.expected.text, edit.expected_start, edit.expected_end)
    if is_authority or _inside(_AUTHORITY, texts.actual.text, edit.actual_start, edit.actual_end):
        return "wording", tr("机关名称不同")
    return "wording", tr("改字")


def _number_words(edit: Edit, texts: Texts) -> str:
    return tr("日期不同") if _is_in_date(edit, texts) else tr("数字不同")


def _is_in_date(edit: Edit, texts: Texts) -> bool:
    return _inside(_DATE, texts.expected.text, edit.expected_start, edit.expected_end)


def _number_differs(edit: Edit, texts: Texts) -> bool:
    """Whether the edit is inside of a number in one of the editions, and nothing else was changed."""
    before, after = texts.removed(edit), texts.added(edit)
    if not set(before + after) <= _NUMERIC:
        return False
    runs = (
        _run(texts.expected.text, edit.expected_start, edit.expected_end),
        _run(texts.actual.text, edit.actual_start, edit.actual_end),
    )
    # 一 alone is a word more often than a number, as in 统一 and 进一步.
    return any(_SURE_NUMERIC & set(run) or len(run) > 1 for run in runs) or bool(before and after)


def _run(text: str, start: int, end: int) -> str:
    """Return ``text[start:end]`` with the numeric characters around it."""
    while start > 0 and text[start - 1] in _NUMERIC and end - start < _NEAR:
        start -= 1
    while end < len(text) and text[end] in _NUMERIC and end - start < _NEAR:
        end += 1
    return text[start:end]


def _of_signs(edit: Edit, texts: Texts) -> Difference:
    """Describe an edit without a word: layout, unless a sign that belongs to a number changed."""
    before, after = texts.removed(edit), texts.added(edit)
    if _SIGNS & set(before + after) or _is_minus(edit, texts):
        return Difference("number", tr("数字不同"), edit)
    thousands = {before, after} == {",", ""}
    between_digits = _is_between_digits(texts.expected.text, edit.expected_start, edit.expected_end)
    if not thousands and (
        between_digits or _is_between_digits(texts.actual.text, edit.actual_start, edit.actual_end)
    ):
        return Difference("number", tr("数字不同"), edit)
    if _is_in_address(edit, texts):
        return Difference("wording", tr("网址不同"), edit, 1)
    return Difference("layout", tr("标点不同"), edit)


def _is_in_address(edit: Edit, texts: Texts) -> bool:
    """Whether a sign changed between two Latin letters or digits, as in www.abc.cn."""
    if not _ADDRESS_SIGNS & set(texts.removed(edit) + texts.added(edit)):
        return False
    text, start, end = texts.expected.text, edit.expected_start, edit.expected_end
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()


def _is_minus(edit: Edit, texts: Texts) -> bool:
    """Whether the edit takes away or adds the sign of a number, as in 增长-3%; -- is a dash."""
    sides = (
        (texts.expected.text, edit.expected_start, edit.expected_end),
        (texts.actual.text, edit.actual_start, edit.actual_end),
    )
    return any(
        end - start == 1
        and text[start] == "-"
        and text[end : end + 1].isdigit()
        and text[max(0, start - 1) : start] != "-"
        for text, start, end in sides
    )


def _is_between_digits(text: str, start: int, end: int) -> bool:
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def _inside(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` lies inside of a match."""
    # Text inserted between two characters is inside a match only if that contains both of them.
    first = start if end > start else start - 1
    found = pattern.finditer(text, max(0, start - _NEAR), min(len(text), end + 12))
    return any(match.start() <= first and start < match.end() and end <= match.end() for match in found)


def _count(text: str) -> int:
    return len(_WORD.findall(text))
