"""A policyText as its paragraphs, and what a rule says of a place in it.

Reading never fails and is linear: what is not in the grammar still gives paragraphs, so that one mistake in
the markup does not hide the others. Rules read ``plain``, where full-width forms and all blanks are one
width, character for character, so that an offset in ``plain`` is an offset in ``raw``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from framework.base.jsonpath import Json
from framework.checks.shown import shorten

Severity = Literal["error", "warning", "info"]

_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0xFF61: 0x3002,
}
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\s+")
_QUOTE = 12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The n-th ``<p>``, counted from 0; ``raw`` is what it holds, without tags."""

    index: int
    raw: str
    plain: str

    @property
    def text(self) -> str:
        """The paragraph without the blanks at its edges."""
        return self.plain.strip()

    def around(self, offset: int, length: int = 1) -> str:
        """Return a short quotation with the place in it."""
        start, end = max(0, offset - _QUOTE), offset + min(length, _QUOTE) + _QUOTE
        return (
            ("…" if start else "") + shorten(self.raw[start:end], 60) + ("…" if end < len(self.raw) else "")
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """One place that a rule objects to: ``quote`` names the piece itself, ``severity`` stands in for the
    rule's own.
    """

    what: str
    paragraph: Paragraph | None = None
    offset: int = 0
    quote: str = ""
    severity: Severity | None = None


def narrow(text: str) -> str:
    """Return *text* with full-width forms and blanks in one width, character for character."""
    return text.translate(_NARROW)


def squeezed(text: str) -> str:
    """Return *text* in one width and without any blank: what is left when only the wording counts."""
    return _BLANK.sub("", narrow(text))


class Document:
    """A policyText and the record it stands in (empty where there is none at hand)."""

    def __init__(self, raw: str, record: Json = None) -> None:
        self.raw = raw
        self.record: Mapping[str, Json] = record if isinstance(record, dict) else {}
        self.markers: Sequence[Any] | None = None  # kept here by the module that reads them

    def field(self, name: str) -> str:
        """Return a text field of the record; empty where there is no such text."""
        value = self.record.get(name)
        return value if isinstance(value, str) else ""

    @cached_property
    def paragraphs(self) -> Sequence[Paragraph]:
        pieces = self.raw.split("</p>")
        if not pieces[-1].strip():
            pieces.pop()
        texts = [
            _TAG.sub("", piece) if "<" in piece else piece
            for piece in (piece.removeprefix("<p>") for piece in pieces)
        ]
        return [Paragraph(index, text, narrow(text)) for index, text in enumerate(texts)]

    @cached_property
    def filled(self) -> Sequence[Paragraph]:
        """The paragraphs that hold more than blanks."""
        return [paragraph for paragraph in self.paragraphs if paragraph.text]

    @cached_property
    def words(self) -> str:
        """The whole text without blanks, in one width."""
        return squeezed("".join(paragraph.plain for paragraph in self.paragraphs))

    @property
    def readable(self) -> bool:
        """Whether there is markup at all, so that paragraphs mean something."""
        return "<p>" in self.raw
