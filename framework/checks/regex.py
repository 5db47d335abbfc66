"""One meaning of a regular expression, in cases and in contracts (rule 14 of the case language).

Python's syntax, searched; ``\\d \\w \\s \\b`` are ASCII, as ECMA 262 and JSON Schema have them; ``$`` is the end of the text
only, where Python's also matches before a last line feed.
"""
from __future__ import annotations

import re
import warnings
from functools import lru_cache

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
_MULTILINE = re.compile(r"\(\?[aiLsux]*m")


class PatternError(ValueError):
    """The text is not a regular expression; ``position`` is the 0-based offset where it stops being one."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile *pattern*; an inline ``(?m)`` keeps its meaning of ``$``.

    Raises:
        PatternError: it is not a regular expression.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's hints on future set syntax are not about the reply
            re.compile(pattern, re.ASCII)  # first as written, so that an error speaks of what was written
            return re.compile(_end_of_text(pattern), re.ASCII)
    except re.error as error:
        raise PatternError(error.msg, error.pos or 0) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise PatternError(str(error), 0) from None


def _end_of_text(pattern: str) -> str:
    if "$" not in pattern or _MULTILINE.search(pattern):
        return pattern
    return _TOKEN.sub(lambda token: r"\Z" if token.group() == "$" else token.group(), pattern)
