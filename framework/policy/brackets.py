"""The rule that brackets and quotation marks come in pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding

PAIRS: Final = {
    "(": ")",
    "[": "]",
    "{": "}",
    "《": "》",
    "〈": "〉",
    "〔": "〕",
    "【": "】",
    "「": "」",
    "『": "』",
    "“": "”",
    "‘": "’",
    "﹝": "﹞",
}
_CLOSERS: Final = {close: opener for opener, close in PAIRS.items()}
_QUOTES = "“‘「『"
_ANY_MARK = re.compile("[" + re.escape("".join(PAIRS) + "".join(_CLOSERS)) + "]")
# 1) a) 一) ①): a closing bracket without an opener that only labels an item.
_LABEL = re.compile(
    r"(?:^|(?<=[\s\t,;:。、]))(?:\d{1,3}|[A-Za-z]|[一二三四五六七八九十甲乙丙丁戊]{1,3}|[ivxIVX]{1,4}|[①-⑳])$"
)
# [0,1): a half-open interval has brackets of two kinds on purpose.
_INTERVAL = re.compile(
    r"[\[(]\s{0,3}[-+]?[\d.∞a-zA-Z%]{1,12}\s{0,3}[,、~]\s{0,3}[-+]?[\d.∞a-zA-Z%]{1,12}\s{0,3}[\])]"
)
_MAX_DISTANCE = 8
_MAX_QUOTATION = 400
_MAX_UNCLOSED = 50
# No paragraph has more marks, and no document more open ones at once: a hostile text costs no more.
_MAX_MARKS = 10_000
_MAX_OPEN = 200


@dataclass(frozen=True, slots=True)
class UnpairedMark:
    """A mark without its partner in the same paragraph."""

    paragraph: Paragraph
    offset: int
    char: str


def brackets(document: Document) -> Iterator[RuleFinding]:
    """Every bracket and quotation mark has its partner.

    The partner may be up to 8 paragraphs away, for quotation marks 400, and each paragraph of a long
    quotation may begin with an opening mark of its own. Limits: labels such as 1) a) 一), half-open intervals
    and apostrophes are ignored. Crossing pairs and straight quotation marks are not judged, nor is text
    after 200 marks that are open at once.
    """
    open_marks: list[UnpairedMark] = []
    for paragraph in document.paragraphs:
        for mark in _unpaired_marks(paragraph, _continues_quotation(open_marks, paragraph)):
            if mark.char in PAIRS:
                open_marks.append(mark)
            elif _closes_last(open_marks, mark):
                open_marks.pop()
            else:
                yield _finding(mark, _CLOSERS[mark.char])
        if len(open_marks) > _MAX_OPEN:
            break
        while open_marks and _is_out_of_reach(open_marks[0], paragraph):
            yield _finding(open_marks[0], PAIRS[open_marks[0].char])
            del open_marks[0]
    for mark in open_marks[:_MAX_UNCLOSED]:
        yield _finding(mark, PAIRS[mark.char])


def _closes_last(open_marks: Sequence[UnpairedMark], mark: UnpairedMark) -> bool:
    """Whether a closing mark closes the innermost open mark: it is of the same kind and near enough."""
    opener = _CLOSERS[mark.char]
    if not open_marks or open_marks[-1].char != opener:
        return False
    max_distance = _MAX_QUOTATION if opener in _QUOTES else _MAX_DISTANCE
    return mark.paragraph.index - open_marks[-1].paragraph.index <= max_distance


def _is_out_of_reach(mark: UnpairedMark, paragraph: Paragraph) -> bool:
    return mark.char not in _QUOTES and paragraph.index - mark.paragraph.index > _MAX_DISTANCE


def _continues_quotation(open_marks: Sequence[UnpairedMark], paragraph: Paragraph) -> bool:
    """Whether the quotation mark at the start of *paragraph* only continues an open quotation."""
    text = paragraph.text
    if not open_marks or not text or text[0] not in _QUOTES or open_marks[-1].char != text[0]:
        return False
    closer = PAIRS[text[0]]
    return closer not in text or text.rstrip("。;,").endswith(closer)


def _finding(mark: UnpairedMark, partner: str) -> RuleFinding:
    message = tr("有 {char} 而没有与它配对的 {other}", char=mark.char, other=partner)
    quote = mark.paragraph.raw[max(0, mark.offset - 5) : mark.offset + 6]
    return RuleFinding(message, mark.paragraph, mark.offset, quote)


def _unpaired_marks(paragraph: Paragraph, continues_quotation: bool) -> Iterator[UnpairedMark]:
    """Yield the marks that have no partner in their paragraph, in order; pairs are matched by kind."""
    plain = _without_intervals(paragraph.plain)
    ignored = len(plain) - len(plain.lstrip()) if continues_quotation else -1
    open_offsets: dict[str, list[int]] = {}
    unpaired: list[int] = []
    for found in islice(_ANY_MARK.finditer(plain), _MAX_MARKS):
        offset, char = found.start(), found.group()
        if offset == ignored:
            continue
        if char in PAIRS:
            open_offsets.setdefault(char, []).append(offset)
        elif open_offsets.get(_CLOSERS[char]):
            open_offsets[_CLOSERS[char]].pop()
        elif not _needs_no_opener(plain, offset):
            unpaired.append(offset)
    for offsets in open_offsets.values():
        unpaired += offsets
    for offset in sorted(unpaired):
        yield UnpairedMark(paragraph, offset, plain[offset])


def _without_intervals(plain: str) -> str:
    """Return the text, of the same length, with half-open intervals such as [0,1) blotted out."""
    if "[" not in plain and "]" not in plain:
        return plain
    return _INTERVAL.sub(lambda found: "□" * len(found.group()), plain)


def _needs_no_opener(plain: str, offset: int) -> bool:
    """Whether the closing mark at *offset* is an apostrophe or ends a label."""
    if plain[offset] == "’":  # an apostrophe: O’Neill, ’90后
        follows_latin = offset > 0 and plain[offset - 1].isascii()
        return follows_latin or plain[offset + 1 : offset + 2].isdigit()
    return plain[offset] == ")" and _LABEL.search(plain[max(0, offset - 6) : offset]) is not None
