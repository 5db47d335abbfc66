"""Splits a policyText into paragraphs, and defines the findings that rules report.

Splitting never fails and takes linear time. Text outside of the grammar still becomes paragraphs, so that one
mistake in the markup does not hide the others. Rules read ``Paragraph.plain``, in which full-width characters
and blanks are replaced by their half-width forms one for one: an offset in ``plain`` is also an offset in
``raw``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

from framework.base.cutting import masked_slice
from framework.base.jsonpath import Json
from framework.checks.shown import shorten

Severity = Literal["error", "warning", "info"]

_HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0xFF61: 0x3002,
}
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\s+")
_QUOTE_CONTEXT = 12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The *index*-th ``<p>``, counted from 0.

    ``raw`` is its content without tags, ``plain`` the half-width form of ``raw``.
    """

    index: int
    raw: str
    plain: str

    @property
    def text(self) -> str:
        """The half-width content without blanks at its edges."""
        return self.plain.strip()

    def quote_around(self, offset: int, length: int = 1) -> str:
        """Return a short quotation of the paragraph around ``offset``."""
        start = max(0, offset - _QUOTE_CONTEXT)
        end = offset + min(length, _QUOTE_CONTEXT) + _QUOTE_CONTEXT
        before = "…" if start else ""
        after = "…" if end < len(self.raw) else ""
        return before + shorten(masked_slice(self.raw, start, end), 60) + after


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One place that breaks a rule.

    ``quote`` is the piece of text at fault. ``severity`` overrides the rule's own severity.
    """

    message: str
    paragraph: Paragraph | None = None
    offset: int = 0
    quote: str = ""
    severity: Severity | None = None


def to_half_width(text: str) -> str:
    """Replace full-width characters and blanks by their half-width forms, one for one."""
    return text.translate(_HALF_WIDTH)


def compact(text: str) -> str:
    """Return *text* in half width and without blanks, to compare wording only."""
    return _BLANK.sub("", to_half_width(text))


class Document:
    """A policyText and the record that contains it (empty if no record is available).

    ``today`` is the day for which it is judged; without one, nothing is said of documents that have expired.
    """

    def __init__(self, raw: str, record: Json = None, today: date | None = None) -> None:
        self.raw = raw
        self.today = today
        self.record: Mapping[str, Json] = record if isinstance(record, dict) else {}
        # Filled by the markers module: three rules need the markers, and they are costly to find.
        self.marker_cache: Sequence[Any] | None = None

    def text_field(self, name: str) -> str:
        """Return a text field of the record, or an empty string if it is missing or not text."""
        value = self.record.get(name)
        return value if isinstance(value, str) else ""

    @cached_property
    def paragraphs(self) -> Sequence[Paragraph]:
        pieces = self.raw.split("</p>")
        if not pieces[-1].strip():
            pieces.pop()
        texts = [_TAG.sub("", piece.removeprefix("<p>")) for piece in pieces]
        return [Paragraph(index, text, to_half_width(text)) for index, text in enumerate(texts)]

    @cached_property
    def filled_paragraphs(self) -> Sequence[Paragraph]:
        """The paragraphs that contain more than blanks."""
        return [paragraph for paragraph in self.paragraphs if paragraph.text]

    def place_of(self, paragraph: Paragraph, offset: int) -> tuple[int, int]:
        """Return the place as people count it, from 1: the paragraph, and its character without indentation.

        Empty paragraphs do not count, since nobody sees them.
        """
        number = sum(one.index < paragraph.index for one in self.filled_paragraphs) + 1
        indented = len(paragraph.plain) - len(paragraph.plain.lstrip())
        return number, max(0, offset - indented) + 1

    @cached_property
    def compact_text(self) -> str:
        """The whole text in half width and without blanks."""
        return compact("".join(paragraph.plain for paragraph in self.paragraphs))

    @property
    def has_paragraphs(self) -> bool:
        """Whether the text has any ``<p>``; without one, its paragraphs mean nothing."""
        return "<p>" in self.raw
