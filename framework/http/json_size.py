"""Estimates how much memory a JSON text takes once it is parsed, without parsing it.

A list of empty lists takes 28 times the memory of its text, so a limit of the text alone limits nothing.
"""

from __future__ import annotations

import re

# Bytes in CPython: an object or a list with its first members, and any further value.
_OBJECT, _LIST, _VALUE = 160, 64, 32
_MOST_PER_BYTE = (_OBJECT + _VALUE) / 3  # of ``{},``
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_BEFORE_VALUE = b"\xef\xbb\xbf \t\r\n"


def parsed_size(body: bytes, limit: int) -> int:
    """Return about how many bytes the value of *body* takes; 0 if it is no JSON or takes at most *limit*."""
    if len(body) * _MOST_PER_BYTE <= limit or not _begins_like_json(body):
        return 0
    if _count(body) <= limit:
        return 0
    # Brackets and commas inside strings are no values. A copy without the strings would need much memory.
    size = _count(body) - sum(_count(string[0]) for string in _STRING.finditer(body))
    return size if size > limit else 0


def _begins_like_json(body: bytes) -> bool:
    return body[:512].lstrip(_BEFORE_VALUE)[:1] in (b"{", b"[")


def _count(text: bytes) -> int:
    return text.count(b"{") * _OBJECT + text.count(b"[") * _LIST + text.count(b",") * _VALUE
