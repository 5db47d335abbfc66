"""Finds the edits that turn one long text into another, in time that grows linearly with their length.

Clauses that occur exactly once in both texts are anchors (patience diff). The text between two anchors is
compared again in the same way. The rest is usually short enough for difflib, character by character; if
it is still too long, the whole stretch counts as one edit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

_CLAUSE = re.compile(r"[^。;:,、!?()]{1,40}[。;:,、!?()]*|[。;:,、!?()]+")
# difflib takes quadratic time, so longer stretches are never given to it, and not too many in all.
_MAX_CHARACTER_DIFF: Final = 1_200
_MAX_WORK: Final = 20_000_000
_MAX_ANCHOR_DEPTH: Final = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """``expected[expected_start:expected_end]`` was replaced by ``actual[actual_start:actual_end]``.

    Either piece may be empty.
    """

    expected_start: int
    expected_end: int
    actual_start: int
    actual_end: int

    def shifted(self, expected_by: int, actual_by: int) -> Edit:
        """Return the edit of longer texts, which begin so many characters earlier."""
        expected = self.expected_start + expected_by, self.expected_end + expected_by
        return Edit(*expected, self.actual_start + actual_by, self.actual_end + actual_by)


def find_edits(expected: str, actual: str) -> list[Edit]:
    """Return the edits in order; adjacent edits are joined into one."""
    joined: list[Edit] = []
    for edit in _clause_edits(expected, actual):
        previous = joined[-1] if joined else None
        if (
            previous
            and previous.expected_end == edit.expected_start
            and previous.actual_end == edit.actual_start
        ):
            joined[-1] = Edit(
                previous.expected_start, edit.expected_end, previous.actual_start, edit.actual_end
            )
        else:
            joined.append(edit)
    return joined


def _clause_edits(expected: str, actual: str) -> Iterator[Edit]:
    work = _MAX_WORK
    left, right = _CLAUSE.findall(expected), _CLAUSE.findall(actual)
    left_offsets, right_offsets = _offsets(left), _offsets(right)
    for a, b, c, d in _differing_ranges(left, right):
        stretch = Edit(left_offsets[a], left_offsets[b], right_offsets[c], right_offsets[d])
        work -= (stretch.expected_end - stretch.expected_start) * (stretch.actual_end - stretch.actual_start)
        yield from _character_edits(expected, actual, stretch, _MAX_CHARACTER_DIFF if work > 0 else 0)


def _offsets(clauses: Sequence[str]) -> list[int]:
    offsets = [0]
    for clause in clauses:
        offsets.append(offsets[-1] + len(clause))
    return offsets


def _differing_ranges(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return ``(a, b, c, d)`` for each ``left[a:b]`` and ``right[c:d]`` that differ, in order."""
    waiting = [(0, len(left), 0, len(right), 0)]
    differing = []
    while waiting:
        a, b, c, d, depth = waiting.pop()
        while a < b and c < d and left[a] == right[c]:
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
        if a == b and c == d:
            continue
        # Each level costs one pass over the text; without a limit, hostile texts would need many.
        can_split = depth < _MAX_ANCHOR_DEPTH and a < b and c < d
        anchors = _anchors(left[a:b], right[c:d]) if can_split else []
        if not anchors:
            differing.append((a, b, c, d))
            continue
        ends = [(-1, -1), *anchors, (b - a, d - c)]
        for (i, k), (j, m) in pairwise(ends):
            if j > i + 1 or m > k + 1:
                waiting.append((a + i + 1, a + j, c + k + 1, c + m, depth + 1))
    return sorted(differing)


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest increasing sequence of clauses that occur once on each side, as pairs of indexes."""
    # Only a clause that is unique on both sides certainly corresponds to its counterpart.
    left_counts, right_counts = Counter(left), Counter(right)
    right_index = {clause: index for index, clause in enumerate(right) if right_counts[clause] == 1}
    pairs = [
        (index, right_index[clause])
        for index, clause in enumerate(left)
        if left_counts[clause] == 1 and clause in right_index
    ]
    return _longest_increasing(pairs)


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of *pairs* whose second members increase (patience sorting)."""
    tops: list[int] = []
    tails: list[int] = []
    predecessors: list[int] = []
    for index, (_, other) in enumerate(pairs):
        pile = bisect_left(tops, other)
        predecessors.append(tails[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(other)
            tails.append(index)
        else:
            tops[pile], tails[pile] = other, index
    chain = []
    index = tails[-1] if tails else -1
    while index >= 0:
        chain.append(pairs[index])
        index = predecessors[index]
    return chain[::-1]


def _character_edits(expected: str, actual: str, stretch: Edit, longest: int) -> Iterator[Edit]:
    """Compare a stretch character by character; one with more than *longest* characters is a single edit."""
    a, b = stretch.expected_start, stretch.expected_end
    c, d = stretch.actual_start, stretch.actual_end
    while a < b and c < d and expected[a] == actual[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and expected[b - 1] == actual[d - 1]:
        b, d = b - 1, d - 1
    if a == b and c == d:
        return
    if a == b or c == d or max(b - a, d - c) > longest:
        yield Edit(a, b, c, d)
        return
    matcher = SequenceMatcher(None, expected[a:b], actual[c:d], autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield Edit(a + i, a + j, c + k, c + m)
