"""Cuts texts for people between words, and never inside a word, a number or a code."""

from __future__ import annotations

from framework.base.cutting import masked

_MARK = "…"


def cut_at_word(text: str, limit: int) -> str:
    """Return at most *limit* characters of the masked *text*, cut where neither side is part of a word.

    A single word that is longer than half of the limit is cut: there is no better place.
    """
    text = masked(text)
    if len(text) <= limit:
        return text
    end = limit - len(_MARK)
    at = end
    while at > limit // 2 and _is_inside_word(text, at):
        at -= 1
    return text[: at if at > limit // 2 else end].rstrip() + _MARK


def _is_inside_word(text: str, at: int) -> bool:
    """Return whether a cut before the character *at* would separate two characters of one word."""
    return all(char.isascii() and (char.isalnum() or char in "_-./:$%@") for char in text[at - 1 : at + 1])
