"""What turns one long text into another, in time that grows with their length.

Clauses that stand once in both are anchors (patience diff); what lies between anchors is compared the same
way again, and what is then left is small enough for difflib, character by character. A stretch that is not is
one edit as a whole.
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
_FINE: Final = 1_200
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """``wanted[start:end]`` stands in the other text as ``found[at:to]``; either may be empty."""

    start: int
    end: int
    at: int
    to: int


def edits(wanted: str, found: str) -> list[Edit]:
    """Return the edits in order, none beside another."""
    raw = list(_texts(wanted, found))
    joined: list[Edit] = []
    for edit in raw:
        if joined and joined[-1].end == edit.start and joined[-1].to == edit.at:
            joined[-1] = Edit(joined[-1].start, edit.end, joined[-1].at, edit.to)
        else:
            joined.append(edit)
    return joined


def _texts(wanted: str, found: str) -> Iterator[Edit]:
    left, right = _CLAUSE.findall(wanted), _CLAUSE.findall(found)
    left_at, right_at = _offsets(left), _offsets(right)
    for a, b, c, d in _gaps(left, right):
        yield from _fine(wanted, found, Edit(left_at[a], left_at[b], right_at[c], right_at[d]))


def _offsets(clauses: Sequence[str]) -> list[int]:
    offsets = [0]
    for clause in clauses:
        offsets.append(offsets[-1] + len(clause))
    return offsets


def _gaps(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return the ranges of clauses between anchors that differ, in order."""
    waiting = [(0, len(left), 0, len(right), 0)]
    gaps = []
    while waiting:
        a, b, c, d, depth = waiting.pop()
        while a < b and c < d and left[a] == right[c]:
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
        if a == b and c == d:
            continue
        anchors = _anchors(left[a:b], right[c:d]) if depth < _DEEPEST and a < b and c < d else []
        if not anchors:
            gaps.append((a, b, c, d))
            continue
        ends = [(-1, -1), *anchors, (b - a, d - c)]
        waiting += [
            (a + i + 1, a + j, c + k + 1, c + m, depth + 1)
            for (i, k), (j, m) in pairwise(ends)
            if j > i + 1 or m > k + 1
        ]
    return sorted(gaps)


def _anchors(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest rising sequence of clauses that stand once on both sides."""
    once_left, once_right = Counter(left), Counter(right)
    place = {clause: at for at, clause in enumerate(right) if once_right[clause] == 1}
    pairs = [
        (at, place[clause]) for at, clause in enumerate(left) if once_left[clause] == 1 and clause in place
    ]
    tops: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(pairs):
        at = bisect_left(tops, other)
        before.append(tails[at - 1] if at else -1)
        if at == len(tops):
            tops.append(other)
            tails.append(index)
        else:
            tops[at], tails[at] = other, index
    chain = []
    index = tails[-1] if tails else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _fine(wanted: str, found: str, stretch: Edit) -> Iterator[Edit]:
    """Compare two short stretches character by character; long ones are one edit."""
    a, b, c, d = stretch.start, stretch.end, stretch.at, stretch.to
    while a < b and c < d and wanted[a] == found[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and wanted[b - 1] == found[d - 1]:
        b, d = b - 1, d - 1
    if a == b or c == d or max(b - a, d - c) > _FINE:
        if a < b or c < d:
            yield Edit(a, b, c, d)
        return
    for tag, i, j, k, m in SequenceMatcher(None, wanted[a:b], found[c:d], autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(a + i, a + j, c + k, c + m)
