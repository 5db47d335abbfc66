"""Masks personal data by its form: mobile numbers and citizens' identity numbers.

A mobile number has eleven digits and begins with 13 to 19. An identity number has eighteen characters, with a
date of birth inside and a correct check digit (GB 11643-1999). Neither may have a letter or digit beside it,
so policy ids, which have nineteen digits, are not masked.
"""

from __future__ import annotations

import re

MOBILE, IDENTITY = "***mobile***", "***identity***"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_REGION_DIGITS = 6

# Each pattern begins with a literal, which re finds with memchr. One that begins with a character class would
# cost a millisecond for each page.
_MOBILE = re.compile(r"1[3-9]\d{9}(?![\dA-Za-z])", re.ASCII)
_FROM_BIRTH_YEAR = tuple(
    re.compile(century + r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])", re.ASCII)
    for century in ("19", "20")
)


def hide_personal(text: str) -> str:
    """Return *text* with every mobile and identity number replaced by a mask."""
    if _MOBILE.search(text):
        text = _without_mobiles(text)
    for pattern in _FROM_BIRTH_YEAR:
        if pattern.search(text):
            text = _without_identities(text, pattern)
    return text


def _without_mobiles(text: str) -> str:
    def mask(match: re.Match[str]) -> str:
        return match.group() if _follows_alphanumeric(text, match.start()) else MOBILE

    masked = _MOBILE.sub(mask, text)
    return text if masked == text else masked  # the same object, so that callers can compare with "is"


def _follows_alphanumeric(text: str, at: int) -> bool:
    # Not a lookbehind in the pattern: it would no longer begin with a literal.
    return at > 0 and text[at - 1].isascii() and text[at - 1].isalnum()


def _without_identities(text: str, pattern: re.Pattern[str]) -> str:
    parts: list[str] = []
    done = 0
    for match in pattern.finditer(text):
        start = match.start() - _REGION_DIGITS
        if start < done or _follows_alphanumeric(text, start):
            continue
        if is_identity(text[start : match.end()]):
            parts += [text[done:start], IDENTITY]
            done = match.end()
    return "".join([*parts, text[done:]]) if parts else text


def is_identity(number: str) -> bool:
    """Return whether *number* has 18 characters, the last being the right check digit (GB 11643-1999)."""
    digits = number[:17]
    if len(number) != 18 or not (digits.isascii() and digits.isdigit()):
        return False
    weighted_sum = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECK_DIGITS[weighted_sum % 11] == number[17].upper()
