"""Reads JSON numbers exactly, including those with more digits than a double holds."""

from __future__ import annotations

import math
from decimal import Decimal, DecimalException
from typing import Any, cast


class ExactNumber(float):
    """A number with more digits than a double holds.

    It is a float, so it can be formatted and passed on like one, but comparing it uses all written digits.
    It never equals a plain float, since every number that a double represents is read as a plain float.
    """

    __slots__ = ("_exact", "_text")
    _text: str
    _exact: Decimal

    def __new__(cls, text: str) -> ExactNumber:
        number = super().__new__(cls, text)
        number._text = text
        number._exact = Decimal(text)
        return number

    def __getnewargs__(self) -> Any:  # float declares a tuple with one float
        return (self._text,)

    def __repr__(self) -> str:
        return self._text

    def __hash__(self) -> int:
        return hash(self._exact)

    def __eq__(self, other: object) -> bool:
        return self._exact == _decimal(other)

    def __ne__(self, other: object) -> bool:
        return self._exact != _decimal(other)

    def __lt__(self, other: float) -> bool:
        return self._exact < _decimal(other)

    def __le__(self, other: float) -> bool:
        return self._exact <= _decimal(other)

    def __gt__(self, other: float) -> bool:
        return self._exact > _decimal(other)

    def __ge__(self, other: float) -> bool:
        return self._exact >= _decimal(other)

    def is_integer(self) -> bool:
        """Return whether all digits after the decimal point are zero."""
        return self._exact == self._exact.to_integral_value()


def read_number(text: str) -> float:
    """Return a JSON number that is written with a fraction or an exponent.

    A double is returned if its shortest decimal form has the written value, otherwise an ExactNumber.

    Raises:
        OverflowError: the number is too large or too close to zero for a double.
    """
    number = float(text)
    if repr(number) == text:
        return number
    try:
        exact = Decimal(text)
    except DecimalException:  # the exponent has about 20 digits
        raise OverflowError(text) from None
    if exact == Decimal(repr(number)):
        return number
    if math.isinf(number) or number == 0:
        raise OverflowError(text)
    return ExactNumber(text)


def _decimal(number: Any) -> Decimal:
    # A float means the shortest decimal that reads back as it.
    if isinstance(number, ExactNumber):
        return number._exact
    return Decimal(repr(number)) if isinstance(number, float) else cast(Decimal, number)
