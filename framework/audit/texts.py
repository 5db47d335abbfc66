"""The mutations of texts: cut, lost, read in the wrong charset, escaped twice, with a script in them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

_CHINESE = re.compile(r"[一-鿿]")
_PARAGRAPH = re.compile(r"<p>([^<]+)</p>")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})([ T])(\d{2}:\d{2}:\d{2})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LETTER = re.compile(r"[A-Za-z一-鿿]")
_DIGIT = re.compile(r"[0-9]")
SCRIPT = "<script>alert(1)</script>"
MIN_PROSE = 8
_SAFE_DIGITS = 15  # a double represents every integer of so many digits


def is_prose(text: str) -> bool:
    """Return whether a text is for people: long enough to be cut, and Chinese or with markup."""
    return len(text) >= MIN_PROSE and (_CHINESE.search(text) is not None or "<" in text)


def head_cut(text: str) -> str:
    """Lose the first half of the first paragraph, its markup kept; a third of a text without paragraphs."""
    cut = _change_paragraph(text, 0, lambda words: words[(len(words) + 1) // 2 :] or "…")
    return cut or text[max(1, len(text) // 3) :]


def tail_cut(text: str) -> str:
    """Lose the second half of the last paragraph, its markup kept; a third of a text without paragraphs."""
    cut = _change_paragraph(text, -1, lambda words: words[: len(words) // 2] or "…")
    return cut or text[: -max(1, len(text) // 3)]


def _change_paragraph(text: str, which: int, change: Callable[[str], str]) -> str:
    """Change the words of one paragraph; return an empty text if there are no paragraphs."""
    found = list(_PARAGRAPH.finditer(text))
    if not found:
        return ""
    words = found[which]
    return text[: words.start(1)] + change(words.group(1)) + text[words.end(1) :]


def truncated(text: str) -> str:
    """Lose the second half, markup or not."""
    return text[: len(text) // 2]


def paragraph_lost(text: str) -> str | None:
    """Lose a whole paragraph in the middle."""
    found = list(_PARAGRAPH.finditer(text))
    if len(found) < 3:
        return None
    lost = found[len(found) // 2]
    return text[: lost.start()] + text[lost.end() :]


def mojibake(text: str) -> str | None:
    """Read the UTF-8 bytes as Latin-1."""
    return None if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def escaped_twice(text: str) -> str | None:
    escaped = html.escape(text, quote=False)
    return None if escaped == text else escaped


def script_added(text: str) -> str:
    """Put a script into the first paragraph, or behind a text without paragraphs."""
    return text.replace("<p>", "<p>" + SCRIPT, 1) if "<p>" in text else text + SCRIPT


def digit_changed(text: str) -> str | None:
    """Change the digit in the middle, unless the text is a date or a short number."""
    if is_moment(text) or (text.isdigit() and len(text) <= _SAFE_DIGITS):
        return None
    return _change_middle(text, _DIGIT, lambda digit: str((int(digit) + 1) % 10))


def off_by_one(text: str) -> str | None:
    """Add one to a number written as text."""
    return str(int(text) + 1) if text.isascii() and text.isdigit() and len(text) <= _SAFE_DIGITS else None


def character_changed(text: str) -> str | None:
    """Change the letter or Chinese character in the middle, to its neighbour."""
    return _change_middle(
        text, _LETTER, lambda letter: chr(ord(letter) - 1 if letter in "zZ\u9fff" else ord(letter) + 1)
    )


def _change_middle(text: str, kind: re.Pattern[str], change: Callable[[str], str]) -> str | None:
    """Change the first match of *kind* in the second half of the text, or else the first one."""
    half = len(text) // 2
    found = kind.search(text, half) or kind.search(text)
    return text[: found.start()] + change(found.group()) + text[found.end() :] if found else None


def is_moment(text: str) -> bool:
    return (_MOMENT.fullmatch(text) or _DATE.fullmatch(text)) is not None


def a_little_later(text: str) -> str | None:
    """Return the time one second later; a date without a time one day later."""
    return _shifted(text, timedelta(seconds=1) if _MOMENT.fullmatch(text) else timedelta(days=1))


def other_zone(text: str) -> str | None:
    """Return the same moment in UTC instead of China Standard Time."""
    return _shifted(text, timedelta(hours=-8)) if _MOMENT.fullmatch(text) else None


def _shifted(text: str, by: timedelta) -> str | None:
    if not is_moment(text):
        return None
    try:
        moment = datetime.fromisoformat(text) + by
    except (ValueError, OverflowError):
        return None
    return (
        moment.strftime("%Y-%m-%d")
        if len(text) == len("2024-01-31")
        else moment.isoformat(text[10], "seconds")
    )


def rounded(text: str) -> str | None:
    """Return a long number as JavaScript writes it after parsing it: the last digits become zeros."""
    exceeds_double = text.isascii() and text.isdigit() and 16 < len(text) < 21
    return _as_javascript_writes(text) if exceeds_double else None


def _as_javascript_writes(text: str) -> str:
    digits = repr(float(text))
    mantissa, _, exponent = digits.partition("e+")
    whole = mantissa.replace(".", "")
    return (whole + "0" * (int(exponent) + 1 - len(whole))) if exponent else mantissa.partition(".")[0]
