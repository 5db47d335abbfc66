"""Masks personal data by its form: mobile numbers and citizens' identity numbers.

A mobile number has eleven digits and begins with 13 to 19. An identity number has eighteen characters, with a
date of birth inside and a correct check digit (GB 11643-1999). Neither may have a letter or digit beside it,
so policy ids, which have nineteen digits, are not masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Substitute = Callable[[str, str], str]
"""Gets the mask of a kind of personal data and the data found; returns what to write instead."""

MOBILE, IDENTITY = "***mobile***", "***identity***"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_REGION_DIGITS = 6
IDENTITY_LENGTH = 18

# Each pattern begins with a literal, which re finds with memchr. One that begins with a character class would
# cost a millisecond for each page.
_MOBILE = re.compile(r"1[3-9]\d{9}(?![\dA-Za-z])", re.ASCII)
_FROM_BIRTH_YEAR = tuple(
    re.compile(century + r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])", re.ASCII)
    for century in ("19", "20")
)


def hide_personal(text: str, substitute: Substitute = lambda mask, found: mask) -> str:
    """Return *text* with every mobile and identity number replaced, by its mask if nothing else is given."""
    if _MOBILE.search(text):
        text = _without_mobiles(text, substitute)
    for pattern in _FROM_BIRTH_YEAR:
        if pattern.search(text):
            text = _without_identities(text, pattern, substitute)
    return text


def _without_mobiles(text: str, substitute: Substitute) -> str:
    def mask(match: re.Match[str]) -> str:
        found = match.group()
        return found if _follows_alphanumeric(text, match.start()) else substitute(MOBILE, found)

    masked = _MOBILE.sub(mask, text)
    return text if masked == text else masked  # the same object, so that callers can compare with "is"


def _follows_alphanumeric(text: str, at: int) -> bool:
    # Not a lookbehind in the pattern: it would no longer begin with a literal.
    return at > 0 and text[at - 1].isascii() and text[at - 1].isalnum()


def _without_identities(text: str, pattern: re.Pattern[str], substitute: Substitute) -> str:
    parts: list[str] = []
    done = 0
    for match in pattern.finditer(text):
        start = match.start() - _REGION_DIGITS
        if start < done or _follows_alphanumeric(text, start):
            continue
        found = text[start : match.end()]
        if is_identity(found):
            parts += [text[done:start], substitute(IDENTITY, found)]
            done = match.end()
    return "".join([*parts, text[done:]]) if parts else text


def is_identity(number: str) -> bool:
    """Return whether *number* has 18 characters, the last being the right check digit (GB 11643-1999)."""
    digits = number[:17]
    if len(number) != IDENTITY_LENGTH or not (digits.isascii() and digits.isdigit()):
        return False
    return identity_check_digit(digits) == number[17].upper()


def identity_check_digit(digits: str) -> str:
    """Return the last character of the identity number that begins with these 17 digits."""
    weighted_sum = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECK_DIGITS[weighted_sum % 11]
