"""One meaning of a regular expression, in cases and in contracts (rule 14 of the case language).

Python's syntax, searched; ``\\d \\w \\s \\b`` are ASCII, as ECMA 262 and JSON Schema have them; ``$`` is the
end of the text only, where Python's also matches before a last line feed. A search ends within ``LIMIT``
seconds. The only module that imports
``regex``, the engine that can be told to stop.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex  # type: ignore[import-untyped]  # the one use of it is below

from framework.base.messages import tr
from framework.checks.shown import shorten

LIMIT: Final = 2.0
"""Seconds that one search may take."""
_SHORT = 256
_BITS_FOR_EACH_REPETITION = 8  # a text of up to 256 characters
_MOST_BITS = 16

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$|\{(?!(?:\d+(?:,\d*)?|,\d*)\})", re.DOTALL)
_CLASS_OPENING = re.compile(r"\\.|(?<!^)\[", re.DOTALL)
_MULTILINE = re.compile(r"\(\?[aiLsux]*m")
_WEIGHED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?|\)[*+?{]|\{\d+\}|[*+?{|]", re.DOTALL)


class PatternError(ValueError):
    """The text is not a regular expression; ``position`` is the 0-based offset where it stops being one."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class SlowPatternError(Exception):
    """A search did not end in time: the fault of ``pattern``, which can be matched in too many ways."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


MORE_DEFINITE: Final = "写得更确定,避免嵌套的 * 和 +"


def told_slow(error: SlowPatternError) -> str:
    return tr(
        "正则 {pattern} 在 {seconds} 秒内没有判完", pattern=shorten(error.pattern, 100), seconds=round(LIMIT)
    )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. ``search`` says whether it is found in a text.

    Raises:
        SlowPatternError: the search did not end in time.
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # hints on future set syntax are not about the reply
            re.compile(
                pattern, re.ASCII
            )  # first as written: Python's syntax and no other, and errors that speak of it
            search = regex.compile(
                _translated(pattern), regex.ASCII | regex.VERSION0, cache_pattern=False
            ).search
    except re.error as error:
        raise PatternError(error.msg, error.pos or 0) from None
    except regex.error as error:
        raise PatternError(error.msg, 0) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise PatternError(str(error), 0) from None
    harmless = (
        _SHORT if _is_plain(pattern) else -1
    )  # minding the time costs ten times what a short search does

    def found(text: str) -> bool:
        if len(text) <= harmless:
            return search(text) is not None
        try:
            return search(text, timeout=LIMIT) is not None
        except TimeoutError:
            raise SlowPatternError(pattern) from None

    return Pattern(pattern, found)


def _is_plain(pattern: str) -> bool:
    """Return whether a short text can be matched in few ways only: no repeated group, and few repetitions and
    branches.
    """
    tokens = _WEIGHED.findall(pattern)
    repeated = sum(token in ("*", "+", "?", "{") for token in tokens)
    return (
        not any(token[0] == ")" for token in tokens)
        and _BITS_FOR_EACH_REPETITION * repeated + tokens.count("|") <= _MOST_BITS
    )


def _translated(pattern: str) -> str:
    """Return what means to ``regex`` what *pattern* means to Python; and ``$`` as ours."""
    dollar = "$" if _MULTILINE.search(pattern) else r"\Z"
    return _TOKEN.sub(lambda found: _of_token(found.group(), dollar), pattern)


def _of_token(part: str, dollar: str) -> str:
    if part == "$":
        return dollar
    if part == "{":
        return r"\{"  # else {e<=1} would be a fuzzy match
    if part.startswith("["):
        return _CLASS_OPENING.sub(
            lambda inner: r"\[" if inner.group() == "[" else inner.group(), part
        )  # else a set [:alpha:]
    return part
