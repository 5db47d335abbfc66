"""Replaces characters that a console cannot show.

A console in GBK (Windows in China) lacks a few marks, so similar ones take their places. A console in ASCII
lacks Chinese, so it gets English, unless the reader chose a language.
"""

from __future__ import annotations

import codecs
import io
import sys

ERRORS = "harness-console"
_SIMILAR = {"✗": "×", "✓": "√", "␛": "^[", "•": "·", "\u00a0": " ", "–": "-"}


def adapt_console() -> None:
    """Let stdout and stderr replace the characters that they lack: by a similar one, or by an escape."""
    codecs.register_error(ERRORS, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _has(stream, "✗中"):
            stream.reconfigure(errors=ERRORS)


def language_of_console() -> str:
    """Return ``en`` if the console cannot show Chinese, else an empty text."""
    return "" if _has(sys.stdout, "中") else "en"


def _has(stream: object, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    similar = _SIMILAR.get(char, "")
    try:
        similar.encode(error.encoding)
    except UnicodeEncodeError:
        similar = ""
    escaped = char.encode("ascii", "backslashreplace").decode("ascii")
    return similar or escaped, error.start + 1
