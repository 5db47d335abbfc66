"""Chinese numerals for headings, articles and meetings."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """Return the numeral of an article, 1 to 199: 十, 十一, 二十, 一百零五, 一百一十二.

    Raises:
        ValueError: the number is outside of that range.
    """
    if not 1 <= number <= 199:
        raise ValueError(f"no numeral for {number}: 1 to 199 are known")
    if number >= 100:
        return "一百" + _after_hundred(number - 100)
    tens, ones = divmod(number, 10)
    head = DIGITS[tens] if tens > 1 else ""
    return head + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def _after_hundred(rest: int) -> str:
    if rest == 0:
        return ""
    tens, ones = divmod(rest, 10)
    return (DIGITS[tens] + "十" if tens else "零") + (DIGITS[ones] if ones else "")
