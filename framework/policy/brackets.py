"""Brackets and quotation marks: what is opened is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, Slip

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
_MARK = re.compile("[" + re.escape("".join(PAIRS) + "".join(_CLOSERS)) + "]")
_LABEL = re.compile(
    r"(?:^|(?<=[\s\t,;:。、]))(?:\d{1,3}|[A-Za-z]|[一二三四五六七八九十甲乙丙丁戊]{1,3}|[ivxIVX]{1,4}|[①-⑳])$"
)
_INTERVAL = re.compile(
    r"[\[(]\s{0,3}[-+]?[\d.∞a-zA-Z%]{1,12}\s{0,3}[,、~]\s{0,3}[-+]?[\d.∞a-zA-Z%]{1,12}\s{0,3}[\])]"
)
_REACH = 8
_REACH_OF_QUOTES = 400


@dataclass(frozen=True, slots=True)
class Stray:
    """A mark without its partner in the same paragraph."""

    paragraph: Paragraph
    offset: int
    char: str


def brackets(document: Document) -> Iterator[Slip]:
    """Every bracket and quotation mark has its partner.

    A partner may stand up to 8 paragraphs away (quotation marks: 400, and each paragraph of a long quotation
    may open anew). Limits: 1) a) 一) as labels, half-open intervals and apostrophes are left alone; crossing
    pairs and straight quotes are not judged.
    """
    waiting: list[Stray] = []
    for paragraph in document.paragraphs:
        for stray in _strays(paragraph, _goes_on(waiting, paragraph)):
            if stray.char in PAIRS:
                waiting.append(stray)
                continue
            partner = _partner(waiting, stray)
            if partner is None:
                yield _slip(
                    stray,
                    tr("有 {char} 而没有与它配对的 {other}", char=stray.char, other=_CLOSERS[stray.char]),
                )
            else:
                del waiting[partner]
        while (
            waiting
            and waiting[0].char not in _QUOTES
            and paragraph.index - waiting[0].paragraph.index > _REACH
        ):
            yield _open(waiting.pop(0))
    for stray in waiting[:50]:
        yield _open(stray)


def _partner(waiting: Sequence[Stray], stray: Stray) -> int | None:
    """Return the place of the mark that this one closes: the innermost that is open, where it is of its kind
    and near.
    """
    opener = _CLOSERS[stray.char]
    reach = _REACH_OF_QUOTES if opener in _QUOTES else _REACH
    last = waiting[-1] if waiting else None
    return (
        len(waiting) - 1
        if last and last.char == opener and stray.paragraph.index - last.paragraph.index <= reach
        else None
    )


def _goes_on(waiting: Sequence[Stray], paragraph: Paragraph) -> bool:
    """Whether the quotation mark that *paragraph* begins with only carries on an open quotation."""
    text = paragraph.text
    if not waiting or not text or text[0] not in _QUOTES or waiting[-1].char != text[0]:
        return False
    closer = PAIRS[text[0]]
    return closer not in text or text.rstrip("。;,").endswith(closer)


def _open(stray: Stray) -> Slip:
    return _slip(stray, tr("有 {char} 而没有与它配对的 {other}", char=stray.char, other=PAIRS[stray.char]))


def _slip(stray: Stray, what: str) -> Slip:
    return Slip(
        what, stray.paragraph, stray.offset, stray.paragraph.raw[max(0, stray.offset - 5) : stray.offset + 6]
    )


def _strays(paragraph: Paragraph, goes_on: bool) -> Iterator[Stray]:
    """Yield the marks that have no partner in their paragraph, in order; pairs are matched by kind."""
    first = len(paragraph.plain) - len(paragraph.plain.lstrip()) if goes_on else -1
    plain = (
        _INTERVAL.sub(lambda found: "□" * len(found.group()), paragraph.plain)
        if "[" in paragraph.plain or "]" in paragraph.plain
        else paragraph.plain
    )
    open_at: dict[str, list[int]] = {}
    left: list[int] = []
    for found in _MARK.finditer(plain):
        at, char = found.start(), found.group()
        if at == first:
            continue
        if char in PAIRS:
            open_at.setdefault(char, []).append(at)
        elif open_at.get(_CLOSERS[char]):
            open_at[_CLOSERS[char]].pop()
        elif not _is_label(plain, at, char):
            left.append(at)
    left += [at for places in open_at.values() for at in places]
    yield from (Stray(paragraph, at, plain[at]) for at in sorted(left))


def _is_label(plain: str, at: int, char: str) -> bool:
    if char == "’":  # an apostrophe: O’Neill, ’90后
        return (at > 0 and plain[at - 1].isascii()) or plain[at + 1 : at + 2].isdigit()
    return char == ")" and _LABEL.search(plain[max(0, at - 6) : at]) is not None
