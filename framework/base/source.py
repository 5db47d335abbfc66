"""Places in text: a file, a span in it, and the excerpt that shows it.

Lines and columns count from 1, in characters. A span travels with every parsed node, so that any later stage
can say where.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

_EXCERPT_WIDTH = 100


@dataclass(frozen=True)
class Source:
    """A text and the name people know it by (a path relative to the project)."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass(frozen=True, slots=True)
class Span:
    """From (line, column) to (end_line, end_column), the end not included."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> str:
        """``file:line:column``, which editors and terminals turn into a link."""
        return f"{self.source.name}:{self.line}:{self.column}"


def display_width(text: str) -> int:
    """Return the columns *text* takes on a terminal: a wide character takes two, a combining one none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def excerpt(span: Span) -> list[str]:
    """Return the line of *span* with its number, and under it the carets; long lines are cut around the
    place.
    """
    lines = span.source.lines
    text = visible(lines[span.line - 1]) if span.line <= len(lines) else ""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    offset = max(0, start - _EXCERPT_WIDTH // 2)
    shown = text[offset : offset + _EXCERPT_WIDTH]
    margin = f"{span.line:>4} | "
    pad = display_width(text[offset:start])
    carets = "^" * max(1, min(display_width(text[start:end]), _EXCERPT_WIDTH - pad))
    return [margin + shown, " " * (len(margin) - 2) + "| " + " " * pad + carets]


def visible(text: str) -> str:
    """Return *text* with every control, bidirectional or unassigned character made visible, one character for
    one.

    A reply and a case file are untrusted: nothing in them may move the cursor, colour the terminal, reverse
    the reading order or start a new line.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\u3000" else _stand_in(char) for char in text)


def _stand_in(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else ("\u00b7" if char == "\u00a0" else "\ufffd")
