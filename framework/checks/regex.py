"""Compiles the regular expressions of cases and contracts, which mean the same in both (rule 14).

The syntax is Python's, and a pattern is searched for. ``\\d \\w \\b`` are ASCII, as in ECMA 262 and JSON
Schema, and so is ``\\s``. ``$`` matches only at the end of the text, while Python's also matches before a
last line feed. A search takes at most ``LIMIT`` seconds, so that no pattern can hang a run: that is why
this module, and no other, uses the package ``regex``, which has a time limit.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import regex  # type: ignore[import-untyped]  # it has no types

from framework.base.messages import tr
from framework.checks.shown import shorten

LIMIT: Final = 2.0
"""The longest time for one search, in seconds."""

# A search with a time limit costs ten times as much as a short search without one. So there is no limit if
# a text is short and the pattern plain: then the number of ways to match is at most 2 ** 16.
_SHORT_TEXT = 256
_BITS_FOR_EACH_REPETITION = 8  # a repetition can end at each of 256 characters
_MOST_BITS = 16
_COUNT = re.compile(r"\{(\d*)(?:,(\d*))?\}")

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$|\{(?!(?:\d+(?:,\d*)?|,\d*)\})", re.DOTALL)
"""An escape, a character class, a dollar, or a brace that is not a quantifier."""
_CLASS_OPENING = re.compile(r"\\.|(?<!^)\[", re.DOTALL)
_MULTILINE = re.compile(r"\(\?[aiLsux]*m")
_WEIGHED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?|\)?(?:[*+?]|\{[\d,]*\})|[{|]", re.DOTALL)
"""The tokens that decide how many ways there are to match, and those that could be mistaken for them."""

MORE_DEFINITE: Final = "写得更确定，避免嵌套的 * 和 +"


class PatternError(ValueError):
    """The text is not a regular expression. ``position`` is the 0-based offset of the mistake."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class SlowPatternError(Exception):
    """A search exceeded its time limit, because ``pattern`` can be matched in too many ways."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


def slow_pattern_message(error: SlowPatternError) -> str:
    """Return the message for a search that exceeded its time limit."""
    pattern = shorten(error.pattern, 100)
    return tr("正则 {pattern} 在 {seconds} 秒内没有判完", pattern=pattern, seconds=round(LIMIT))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. ``search`` returns whether a text contains a match.

    Raises:
        SlowPatternError: the search exceeded its time limit.
    """

    text: str
    search: Callable[[str], bool]


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Pattern:
    """Compile *pattern*; an inline ``(?m)`` keeps its meaning of ``$``.

    Raises:
        PatternError: it is not a regular expression.
    """
    try:
        search = _compiled_search(pattern)
    except re.error as error:
        raise PatternError(error.msg, error.pos or 0) from None
    except regex.error as error:
        raise PatternError(error.msg, 0) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise PatternError(str(error), 0) from None
    longest_without_limit = _SHORT_TEXT if _is_plain(pattern) else -1

    def found(text: str) -> bool:
        if len(text) <= longest_without_limit:
            return search(text) is not None
        try:
            return search(text, timeout=LIMIT) is not None
        except TimeoutError:
            raise SlowPatternError(pattern) from None

    return Pattern(pattern, found)


def _compiled_search(pattern: str) -> Any:
    """Return the bound ``search`` of the compiled pattern."""
    with warnings.catch_warnings():
        # Python warns of syntax that may change its meaning in a later version
        warnings.simplefilter("ignore")
        # re comes first: the package regex accepts more than Python's syntax, and its errors are less clear
        re.compile(pattern, re.ASCII)
        translated = _translated(pattern)
        return regex.compile(translated, regex.ASCII | regex.VERSION0, cache_pattern=False).search


def _is_plain(pattern: str) -> bool:
    """Return whether a short text can be matched in few ways only.

    That needs a pattern without repeated groups and with few repetitions and branches. An optional group is
    one branch.
    """
    return sum(map(_bits, _WEIGHED.findall(pattern))) <= _MOST_BITS


def _bits(token: str) -> int:
    """Return how many binary choices a token of a pattern leaves at most in a short text."""
    if token in ("|", "?", ")?"):
        return 1
    if token.startswith(")"):
        return _MOST_BITS + 1
    if count := _COUNT.fullmatch(token):
        least, most = count[1] or "0", count[1] if count[2] is None else count[2]
        return (int(most) - int(least)).bit_length() if most else _BITS_FOR_EACH_REPETITION
    return _BITS_FOR_EACH_REPETITION if token in ("*", "+", "{") else 0


def _translated(pattern: str) -> str:
    """Return a pattern that means in ``regex`` what *pattern* means to Python, but with our ``$``."""
    dollar = "$" if _MULTILINE.search(pattern) else r"\Z"

    def replacement(found: re.Match[str]) -> str:
        part = found.group()
        if part == "$":
            return dollar
        if part == "{":
            return r"\{"  # regex would read {e<=1} as a fuzzy match
        if part.startswith("["):
            return _CLASS_OPENING.sub(_escaped_opening, part)
        return part

    return _TOKEN.sub(replacement, pattern)


def _escaped_opening(found: re.Match[str]) -> str:
    # regex would read [:alpha:] inside a class as a set of its own
    return r"\[" if found.group() == "[" else found.group()
