"""Reads the numerals of official documents: 12, 十二, 一百零三, ⑫."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
CHINESE = "零〇一二三四五六七八九十百千两"


def number_of(numeral: str) -> int | None:
    """Return the value of a numeral below 10,000, or None if the text is not one."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral) if len(numeral) <= 4 else None
    if len(numeral) == 1 and "①" <= numeral <= "⑳":
        return ord(numeral) - ord("①") + 1
    return _chinese(numeral) if numeral and len(numeral) <= 9 else None


def _chinese(numeral: str) -> int | None:
    total, digit = 0, 0
    for char in numeral:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        else:
            return None
    return total + digit
