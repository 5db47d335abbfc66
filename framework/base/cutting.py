"""Shortens texts after their secrets have been masked.

Half of a secret is no longer recognized as one, so masking must come before every cut, and before characters
are replaced. The functions that cut are called in all layers, long before a sink writes the text. So the
masker of a process is kept here, and everything that cuts a text calls ``masked`` or ``cut``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Mask = Callable[[str], str]


def _unchanged(text: str) -> str:
    return text


_mask: Mask = _unchanged


_PASSWORD_OF_ADDRESS: Final = re.compile(r"(://[^\s/?#@:'\"]*:)[^\s/?#@'\"]+@")


def mask_with(mask: Mask | None) -> None:
    """Make *mask* the function that hides the secrets of this process; None if there are none."""
    global _mask  # noqa: PLW0603  # one per process: see above
    _mask = mask or _unchanged


def masked(text: str) -> str:
    """Return *text* with the secrets of this process masked, and with no password of an address.

    Such a password is in no list of secrets: it is written in a file that is refused for it.
    """
    if "://" in text:
        text = _PASSWORD_OF_ADDRESS.sub(r"\1***@", text)
    return _mask(text)


def cut(text: str, limit: int, mark: str = "") -> str:
    """Return the first *limit* characters of the masked *text*, with *mark* at the end if it was longer."""
    text = masked(text)
    return text if len(text) <= limit else text[:limit] + mark


def masked_slice(text: str, start: int, end: int) -> str:
    """Return ``text[start:end]`` with the secrets masked that lie in it, in whole or in part.

    If a secret crosses one of its ends, the place in the masked text is unknown; the result is then the
    beginning of the masked text.
    """
    if start < 0 or start >= end:
        return ""
    offset = max(0, start - _NEIGHBOURHOOD)
    text = text[offset : end + _NEIGHBOURHOOD]
    start, end = start - offset, end - offset
    whole = masked(text)
    if whole == text:
        return text[start:end]
    before, inside, after = text[:start], text[start:end], text[end:]
    marked = masked(f"{before}{_EDGE}{inside}{_EDGE}{after}")
    parts = marked.split(_EDGE)
    if len(parts) == 3 and "".join(parts) == whole:
        return parts[1]
    return whole[: end - start]


_NEIGHBOURHOOD = 32 * 1024
"""So many characters around a slice are looked at: more than any spelling of a secret has."""

_EDGE = "\uf8ff"
"""A private character, so no spelling of a secret that crosses an edge is found in the marked text."""
