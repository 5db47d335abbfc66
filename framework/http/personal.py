"""Personal data by pattern: mobile numbers and citizens' identity numbers, hidden in everything that people
are shown.

A number counts where it stands alone (no letter or digit beside it) and has the form: eleven digits from 13
to 19, or eighteen with a date of birth inside and the right check digit (GB 11643-1999). Policy ids have
nineteen digits and are left alone.
"""

from __future__ import annotations

import re

MOBILE, IDENTITY = "***mobile***", "***identity***"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_REGION = 6

# A pattern that begins with a literal is found by memchr; one that begins with a class costs a millisecond a
# page.
_MOBILE = re.compile(r"1[3-9]\d{9}(?![\dA-Za-z])", re.ASCII)
_BIRTHS = tuple(
    re.compile(century + r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])", re.ASCII)
    for century in ("19", "20")
)


def hide_personal(text: str) -> str:
    """Return *text* with every mobile and identity number replaced by a mask."""
    if _MOBILE.search(text):
        whole = text
        text = _MOBILE.sub(lambda match: match.group() if _joined(whole, match.start()) else MOBILE, whole)
        text = whole if text == whole else text
    for pattern in _BIRTHS:
        if pattern.search(text):
            text = _without_identities(text, pattern)
    return text


def _joined(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isascii() and text[at - 1].isalnum()


def _without_identities(text: str, pattern: re.Pattern[str]) -> str:
    parts: list[str] = []
    done = 0
    for match in pattern.finditer(text):
        start = match.start() - _REGION
        if start >= done and not _joined(text, start) and is_identity(text[start : match.end()]):
            parts += [text[done:start], IDENTITY]
            done = match.end()
    return "".join([*parts, text[done:]]) if parts else text


def is_identity(number: str) -> bool:
    """Whether *number* is eighteen characters whose last is the check digit of the others (GB 11643-1999)."""
    digits = number[:17]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()):
        return False
    return (
        _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]
        == number[17].upper()
    )
