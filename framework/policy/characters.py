"""Rules against characters that do not belong in a published document: lost, private, look-alike, rare."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.checks.shown import shorten
from framework.policy.document import Document, RuleFinding, Severity, to_half_width

LOOK_ALIKES: Final = {
    "釆": "采",
    "曰期": "日期",
    "己经": "已经",
    "巳经": "已经",
    "侯选": "候选",
    "入囗": "入口",
    "囗岸": "口岸",
    "人囗": "人口",
    "戸": "户",
    "产亜": "产业",
    "ㄧ": "一",
    "ー、": "一、",
    "—、": "一、",
    "-、": "一、",
    "氺": "水",
}
"""A wrong character, or a pair of characters that is always wrong, to the correct form."""
# 自己经营 is sound.
_LOOK_ALIKE = re.compile("|".join(f"(?<!自){re.escape(wrong)}" for wrong in LOOK_ALIKES))
_RADICALS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# Replacement characters, private use, control characters, byte order marks, bidirectional overrides,
# surrogates.
_LOST = re.compile(
    "[\ufffd\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010fffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064]")
# UTF-8 read as Latin-1 or Windows-1252 shows as runs of accented letters and symbols.
_LATIN_RUN = re.compile(
    "[\u0080-\u009f\u00a1-\u00af\u00b4\u00b6\u00b8-\u00bb\u00bf-\u00d6\u00d8-\u00f6\u00f8-\u00ff]{3}|"
    "[\u00c3-\u00f4][\u0080-\u00bf\u0152-\u017e\u2018-\u2122]{1,2}[\u00c3-\u00f4]"
)
# Sequences that other mistakes in decoding are known to leave, such as UTF-8 read as GBK.
_KNOWN_MOJIBAKE = re.compile(
    "锟斤拷|烫烫烫|屯屯屯|锘縷?|[一-鿿]\\?{2,8}[一-鿿]|\\?{4}|â€[œ™“”˜]|ï¼[Œšˆ‰]|(?:[銆锛鈥][^\n]){3}"
)
_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_UNIT = "年月日号个万亿元%名项人岁次家户件"
# A letter between digits, or beside them before a unit: 2O24, l2个, 5O%. But O2, 5l水 and H1N1 are sound.
_LETTER_IN_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.])[OolI0-9]{0,12}(?:\d[OolI]{1,6}\d[OolI0-9]{0,12}(?![A-Za-z0-9])"
    rf"|(?:[OolI]\d|\d[OolI])[OolI0-9]{{0,6}}(?=\s?[{_UNIT}]))"
)
_ODD_BRACKET = re.compile("[﹝﹞﹙﹚﹛﹜]")


def code_points(document: Document) -> Iterator[RuleFinding]:
    """The text contains no character that a published document never has.

    These are replacement characters, private use, control characters, bidirectional overrides, radicals and
    compatibility ideographs. Limits: a tab is layout, which other rules judge; zero-width characters are
    warnings.
    """
    kinds: tuple[tuple[re.Pattern[str], str, Severity | None], ...] = (
        (_LOST, tr("不该出现的字符"), None),
        (_RADICALS, tr("部首或兼容区的字，形似而不是那个字"), None),
        (_INVISIBLE, tr("看不见的字符"), "warning"),
    )
    for pattern, what, severity in kinds:
        if not pattern.search(document.raw):
            continue
        for paragraph in document.paragraphs:
            found = pattern.search(paragraph.raw)
            if found:
                yield RuleFinding(
                    tr("{what} U+{code}", what=what, code=f"{ord(found.group()):04X}"),
                    paragraph,
                    found.start(),
                    paragraph.raw[max(0, found.start() - 3) : found.start() + 4],
                    severity,
                )


def look_alikes(document: Document) -> Iterator[RuleFinding]:
    """The text contains no look-alike of the right character: 釆 (U+91C6) for 采, a dash for 一 in 一、.

    Limits: only the pairs of the table LOOK_ALIKES, which are wrong in any context. Unusual brackets are
    warnings.
    """
    half_width = to_half_width(document.raw)
    if not any(wrong in half_width for wrong in LOOK_ALIKES) and not _ODD_BRACKET.search(document.raw):
        return
    for paragraph in document.paragraphs:
        first = len(paragraph.plain) - len(paragraph.plain.lstrip())
        for found in _LOOK_ALIKE.finditer(paragraph.plain):
            wrong = found.group()
            # A dash before 、 is only wrong as the number of a heading.
            if wrong.endswith("、") and found.start() != first:
                continue
            yield RuleFinding(
                tr(
                    "“{wrong}”（U+{code}）形似“{right}”",
                    wrong=wrong,
                    code=f"{ord(wrong[0]):04X}",
                    right=LOOK_ALIKES[wrong],
                ),
                paragraph,
                found.start(),
                paragraph.raw[found.start() : found.start() + 4],
            )
        bracket = _ODD_BRACKET.search(paragraph.raw)
        if bracket:
            yield RuleFinding(
                tr("括号 {char} 应为六角括号〔〕或圆括号", char=bracket.group()),
                paragraph,
                bracket.start(),
                bracket.group(),
                "warning",
            )


def letters_in_numbers(document: Document) -> Iterator[RuleFinding]:
    """No letter takes the place of a digit that looks alike: 2O24年, l2个, 5O%.

    Limits: only O, o, l and I, between digits or beside a unit.
    """
    for paragraph in document.paragraphs:
        for found in _LETTER_IN_NUMBER.finditer(paragraph.plain):
            message = tr("数字“{number}”里有字母", number=found.group())
            yield RuleFinding(message, paragraph, found.start(), found.group())


def mojibake(document: Document) -> Iterator[RuleFinding]:
    """The text was not decoded with a wrong character set.

    Signs of that are runs of Latin-1 letters, 锟斤拷, ????, and many rare ideographs: ten or more outside GB
    2312 that make up 3% of all. Limits: a document in traditional characters has that many, too. A single
    accented letter (é) may be part of a name, so it is no finding.
    """
    for paragraph in document.paragraphs:
        found = _LATIN_RUN.search(paragraph.raw) or _KNOWN_MOJIBAKE.search(paragraph.raw)
        if found:
            yield RuleFinding(
                tr(
                    "像是用错了字符集读出的文字：{text}",
                    text=shorten(paragraph.raw[found.start() : found.start() + 20], 20),
                ),
                paragraph,
                found.start(),
                found.group(),
            )
    # Text that was decoded with a wrong character set is full of rare ideographs.
    counts = {char: n for char, n in Counter(document.raw).items() if _IDEOGRAPH.match(char)}
    rare = {char: n for char, n in counts.items() if not is_in_gb2312(char)}
    total = sum(rare.values())
    if total >= 10 and total * 100 >= sum(counts.values()) * 3:
        some = "".join(rare)
        message = tr("{n} 个字不在 GB 2312 里，像是用错了字符集：{some}", n=total, some=cut(some, 12))
        yield RuleFinding(message, quote=cut(some, 8))


def rare_characters(document: Document) -> Iterator[RuleFinding]:
    """The text contains no ideograph outside GB 2312; each is reported once.

    Limits: names contain such ideographs as well as misspellings do, so this is only a note for a
    proofreader.
    """
    rare = {
        char
        for char in set(document.raw)
        if _IDEOGRAPH.match(char) and not is_in_gb2312(char) and char not in LOOK_ALIKES
    }
    for paragraph in document.paragraphs if rare else ():
        for char in rare.intersection(paragraph.raw):
            rare.discard(char)
            yield RuleFinding(
                tr("“{char}”（U+{code}）不在 GB 2312 里", char=char, code=f"{ord(char):04X}"),
                paragraph,
                paragraph.raw.index(char),
                char,
            )


@lru_cache(maxsize=65536)
def is_in_gb2312(char: str) -> bool:
    """Whether GB 2312, the character set of everyday simplified Chinese, contains the character."""
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False
