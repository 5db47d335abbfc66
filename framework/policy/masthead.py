"""Aligns the beginnings of two editions of a document: one may lack the masthead that the other has.

The masthead is the lines before the salutation: the authority, the title and the issue number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from framework.policy.document import Document
from framework.policy.normalization import NormalizedText, normalize_lines

_EDGES = re.compile(r"^\W+|\W+$")
_MAX_PARAGRAPHS: Final = 24
_COMPARED: Final = 300
_WORD = re.compile(r"[^\W_]")
_AUTHORITY_LINE = re.compile(
    r"\W*[一-鿿]{2,30}(?:委员会|政府|办公厅|办公室|局|厅|部|委|院|署|会)(?:文件)?\W*"
)
_MOST_LINES_OF_A_NAME: Final = 4
_SHORTEST_REST: Final = 2
_SHORTEST_NAME: Final = 4
_NEARLY_SAME: Final = 0.6


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the compared parts begin, and where the masthead of each edition ends, as indexes of its text."""

    expected_start: int
    actual_start: int
    expected_end: int
    actual_end: int


class Masthead:
    """The lines that can be in the masthead of a record: its title, its issue number, and authorities."""

    def __init__(self, document: Document) -> None:
        title, number = (
            normalize_lines([document.text_field(name)], page=False).text
            for name in ("policyTitle", "issueNumber")
        )
        # Above a title, the authority often has a line of its own, and is left out of the title.
        authority, about, rest = title.partition("关于")
        names = (title, about + rest, number, authority if about else "")
        self._names = [name for name in dict.fromkeys(names) if len(name) >= _SHORTEST_NAME]

    def has(self, text: str) -> bool:
        """Whether a normalized text is nothing but names of the masthead, or a line with an authority."""
        rest = text
        for name in self._names:
            rest = rest.replace(name, "")
        return bool(self._names) and (not _WORD.search(rest) or _is_authority(rest))

    def is_name(self, text: str) -> bool:
        """Whether a normalized text is the title or the issue number, or either of them turned round.

        Which end of 渝府发1号渝 an edit took away cannot be seen.
        """
        words = _EDGES.sub("", text)
        return any(len(words) == len(name) and words in name + name for name in self._names)

    def ends(self, text: NormalizedText) -> list[int]:
        """Return the indexes at which a masthead may end: 0, and after each name that its lines give."""
        lines = [text.text[start:end] for start, end in pairwise(text.starts[: _MAX_PARAGRAPHS + 1])]
        ends, at = [0], 0
        while at < len(lines):
            count = self._name_at(lines[at : at + _MOST_LINES_OF_A_NAME])
            if count:
                ends.append(text.starts[at + count])
            elif not _is_authority(lines[at]):  # Authorities belong to it only if a name follows.
                break
            at += count or 1
        return ends

    def _name_at(self, lines: Sequence[str]) -> int:
        """Return how many of the lines together are names; 0 if they do not begin with one."""
        for count in range(1, len(lines) + 1):
            rest = "".join(lines[:count])
            for name in self._names:
                rest = rest.replace(name, "")
            if not _WORD.search(rest) and _WORD.search(lines[0]):
                return count
        return 0

    def align(self, expected: NormalizedText, actual: NormalizedText) -> Alignment:
        """Return the alignment under which the beginnings differ least.

        A recognized masthead is right, so there is nothing in it to compare. But if one of them is
        cut or wrong, and so not recognized as a whole, the other must not be passed over.
        """
        ends = self.ends(expected)[-1], self.ends(actual)[-1]
        is_changed = _is_changed(_authority_of(expected, ends[0]), _authority_of(actual, ends[1]))
        starts = [(0, 0), *([] if is_changed else [ends]), (ends[0], 0), (0, ends[1])]
        fitting = [start for start in starts if not _is_cut(expected.text, actual.text, start)]
        best = min(fitting, key=lambda start: _difference(expected.text[start[0] :], actual.text[start[1] :]))
        return Alignment(*best, *ends)


def _is_authority(text: str) -> bool:
    # A salutation has the same form, but ends with a colon.
    return ":" not in text and _AUTHORITY_LINE.fullmatch(text) is not None


def _authority_of(text: NormalizedText, end: int) -> str:
    """Return the lines of a masthead that are nothing but an authority."""
    lines = [text.text[start:stop] for start, stop in pairwise(text.starts) if stop <= end]
    return "".join(line.removesuffix("文件") for line in lines if _is_authority(line))


def _is_changed(authority: str, other: str) -> bool:
    """Whether one authority is the other with words changed or lost; different ones are different forms."""
    if not authority or not other or authority == other:
        return False
    is_part = authority in other or other in authority
    return is_part or SequenceMatcher(None, authority, other, autojunk=False).ratio() > _NEARLY_SAME


def _is_cut(expected: str, actual: str, start: tuple[int, int]) -> bool:
    """Whether one text goes on, at its start, with the last characters that the other one skipped."""
    passed_over, other_passed_over = expected[: start[0]], actual[: start[1]]
    return _goes_on(passed_over, actual[start[1] :]) or _goes_on(other_passed_over, expected[start[0] :])


def _goes_on(masthead: str, text: str) -> bool:
    return any(text.startswith(masthead[-size:]) for size in range(_SHORTEST_REST, len(masthead) + 1))


def _difference(left: str, right: str) -> int:
    """Return the number of characters in which the beginnings of two texts differ."""
    left, right = left[:_COMPARED], right[:_COMPARED]
    if left == right:
        return 0
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    # A difference after the last common stretch is only the effect of cutting both at the same length.
    last = blocks[-2] if len(blocks) > 1 else blocks[-1]
    same = sum(block.size for block in blocks)
    compared = last.a + last.size + last.b + last.size
    return compared - 2 * same if same else _COMPARED
