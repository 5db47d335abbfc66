"""The rule against a single wrong character: 管埋 for 管理, where another character makes a common word.

``confusables.txt`` has groups of characters that are taken for each other, and words that the word list
lacks. ``word_pairs.txt`` has the pairs of characters that words contain; ``scripts/word_pairs.py`` makes it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from framework.base.cutting import masked_slice
from framework.base.messages import tr
from framework.policy.document import Document, RuleFinding

FILE: Final = Path(__file__).with_name("word_pairs.txt")
_GROUPS: Final = Path(__file__).with_name("confusables.txt")
_FREQUENT, _KNOWN, _RARE = 0, 1, 2
_LONGEST_TEXT: Final = 100_000


class Words(NamedTuple):
    """``others``: by character, those it is taken for. ``pairs``: how common a pair is. ``candidates`` finds
    the characters that are judged: not those that are words by themselves, which stand between any others.
    """

    others: Mapping[str, str]
    pairs: Mapping[str, int]
    candidates: re.Pattern[str]


def confusable() -> Mapping[str, str]:
    """Return, for each character of the groups, the others of its groups."""
    others: dict[str, str] = defaultdict(str)
    for line in _lines(_GROUPS):
        for group in line.split() if not line.startswith("+") else ():
            for char in group:
                others[char] += "".join(each for each in group if each != char and each not in others[char])
    return others


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@lru_cache(maxsize=1)
def _words() -> Words:
    alone, *rows = _lines(FILE)
    pairs = {
        first + follower: level
        for first, *lists in (row.split("\t") for row in rows)
        for level, followers in enumerate(lists)
        for follower in followers
    }
    for line in _lines(_GROUPS):
        if line.startswith("+"):
            pairs.update(dict.fromkeys(line.split()[1:], _KNOWN))
    others = confusable()
    return Words(others, pairs, re.compile(f"[{''.join(set(others) - set(alone))}]"))


def confusions(document: Document) -> Iterator[RuleFinding]:
    """No character stands where it makes no word, if one that looks or sounds alike makes a common one.

    Limits: only characters of the table; a slip that makes another word (权利 for 权力), or that is in the
    text twice, is not seen; names of people may be reported. Only 100,000 characters are read.
    """
    text = document.compact_text[:_LONGEST_TEXT]
    words = _words()
    counts = Counter(text[at : at + 2] for at in range(len(text) - 1))
    read = 0
    for paragraph in document.filled_paragraphs:
        read += len(paragraph.plain)
        if read > _LONGEST_TEXT:
            return
        for found in words.candidates.finditer(paragraph.plain):
            right = _right_word(paragraph.plain, found.start(), words, counts)
            if right:
                wrong = masked_slice(paragraph.plain, max(0, found.start() - 1), found.end() + 1)
                message = tr("“{wrong}”里多半有错字，应为“{right}”", wrong=wrong.strip(), right=right)
                yield RuleFinding(message, paragraph, found.start(), found.group())


def _right_word(text: str, at: int, words: Words, counts: Mapping[str, int]) -> str:
    """Return the common word that a character should make with a neighbour; empty if it may be right."""
    char, left, following = text[at], text[max(0, at - 1) : at], text[at + 1 : at + 2]
    before, after = left + char, char + following
    if counts[before] > 1 or counts[after] > 1 or before in words.pairs or after in words.pairs:
        return ""
    for other in words.others[char]:
        for word in (left + other, other + following):
            level = words.pairs.get(word, _RARE)
            if level == _FREQUENT or (level == _KNOWN and counts[word]):
                return word
    return ""
