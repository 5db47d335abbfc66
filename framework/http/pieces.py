"""Finds the pieces of a secret that are left if a text was shortened inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Span = tuple[int, int]
"""A range of a text: where it begins, and where it ends."""

MIN_PIECE = 4
"""Fewer characters of a secret are harmless, and masking them would hit unrelated text."""

MIN_INNER_PIECE = 6
"""The same for a piece from the middle of a secret, which is likelier to occur in unrelated text."""

ELLIPSIS = "…"


def piece_spans(text: str, value: str) -> Iterator[Span]:
    """Yield the spans of the pieces of *value* beside an ellipsis. A quote may come in between."""
    done = 0
    at = text.find(ELLIPSIS)
    while at >= 0:
        end = at - 1 if text.startswith('"', at - 1) and at else at
        length = _head_length(text, end, value)
        if length and end - length >= done:
            yield end - length, end
        start = at + 2 if text.startswith('"', at + 1) else at + 1
        length = _tail_length(text, start, value)
        done = start + length
        if length:
            yield at + 1, done
        at = text.find(ELLIPSIS, max(done, at + 1))


def _head_length(text: str, end: int, value: str) -> int:
    """Return how many characters before *end* are a piece of *value*."""
    longest = _longest(lambda length: length <= end and text[end - length : end] in value, len(value))
    if longest >= MIN_INNER_PIECE:
        return longest
    lengths = range(longest, MIN_PIECE - 1, -1)
    return next((length for length in lengths if value.startswith(text[end - length : end])), 0)


def _tail_length(text: str, start: int, value: str) -> int:
    """Return how many characters from *start* on are a piece of *value*."""
    available = len(text) - start
    longest = _longest(
        lambda length: length <= available and text[start : start + length] in value, len(value)
    )
    if longest >= MIN_INNER_PIECE:
        return longest
    lengths = range(longest, MIN_PIECE - 1, -1)
    return next((length for length in lengths if value.endswith(text[start : start + length])), 0)


def _longest(fits: Callable[[int], bool], most: int) -> int:
    """Return the greatest length up to *most* that fits, given that all shorter ones fit then too."""
    if not fits(MIN_PIECE):
        return 0
    low, high = MIN_PIECE, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
