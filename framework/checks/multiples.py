"""Decides whether one JSON number is a multiple of another, in decimal arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite


def is_multiple(value: float, divisor: float) -> bool:
    """Return whether *value* is a whole multiple of *divisor*.

    A float means the shortest decimal that reads back as it, which is how JSON writes it: 4.02 is a
    multiple of 0.01, although the double nearest to 4.02 is not. Integers are exact at any size. An
    infinite number, which is how Python reads ``1e400``, is a multiple of nothing.
    """
    if type(value) is int and type(divisor) is int:
        return value % divisor == 0
    if not (_is_finite(value) and _is_finite(divisor)):
        return False
    return (_exact(value) / _exact(divisor)).denominator == 1


def _is_finite(number: float) -> bool:
    # isfinite converts an int to a double first, and overflows if it is too large
    return type(number) is int or isfinite(number)


def _exact(number: float) -> Fraction:
    return Fraction(number) if type(number) is int else Fraction(repr(number))
