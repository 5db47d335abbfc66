"""Places in source text: a file, a span in it, and the excerpt that shows the span.

Lines and columns count from 1, in characters. Every parsed node keeps its span, so that any later stage can
report the place of a mistake.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from framework.base.cutting import masked

_EXCERPT_WIDTH = 100


@dataclass(frozen=True)
class Source:
    """A text and its name, which is usually a path relative to the project."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass(frozen=True, slots=True)
class Span:
    """A range of text from (line, column) to (end_line, end_column), without the end."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> str:
        """``file:line:column``, which editors and terminals show as a link."""
        return f"{self.source.name}:{self.line}:{self.column}"


def display_width(text: str) -> int:
    """Return the columns *text* takes on a terminal: two for a wide character, none for a combining one."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def excerpt(span: Span) -> list[str]:
    """Return two lines: the first line of *span* with its number, and carets under the span.

    A long line is cut around the span.
    """
    lines = span.source.lines
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    text = visible(masked(line))
    margin = f"{span.line:>4} | "
    if masked(line) != line:
        # The columns of the span no longer apply.
        shown = text[:_EXCERPT_WIDTH]
        return [margin + shown, " " * (len(margin) - 2) + "| " + "^" * display_width(shown)]
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    offset = max(0, start - _EXCERPT_WIDTH // 2)
    shown = text[offset : offset + _EXCERPT_WIDTH]
    padding = display_width(text[offset:start])
    width = min(display_width(text[start:end]), _EXCERPT_WIDTH - padding)
    carets = "^" * max(1, width)
    return [margin + shown, " " * (len(margin) - 2) + "| " + " " * padding + carets]


def visible(text: str) -> str:
    """Return *text* with each control, bidirectional or unassigned character replaced by a visible one.

    Replies and case files are untrusted: nothing in them may move the cursor, colour the terminal, reverse
    the reading order or start a new line.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible_char, masked(text)))


def _visible_char(char: str) -> str:
    if char.isprintable() or char == "\u3000":  # the space of Chinese text
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode's control pictures
    if code == 0x7F:
        return "␡"
    return "\u00b7" if char == "\u00a0" else "\ufffd"
