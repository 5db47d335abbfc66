"""Known slips of the pen, from the data file ``lexicon.tsv`` beside this module: wrong form, right form,
severity, exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

from framework.base.messages import tr
from framework.policy.document import Document, Severity, Slip

FILE = Path(__file__).with_name("lexicon.tsv")


@dataclass(frozen=True, slots=True)
class Entry:
    """``exceptions``: words in which the wrong form is right (彰显着 for 显着)."""

    wrong: str
    right: str
    severity: Severity
    exceptions: tuple[str, ...] = ()


def read_lexicon(text: str) -> dict[str, Entry]:
    """Return the entries by wrong form.

    Raises:
        ValueError: a line is not an entry, or a form stands twice; the message names the line.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        wrong, right, severity, exceptions, *rest = [*line.split("\t"), "", "", "", ""][:5]
        if rest != [""] or not wrong or not right or severity not in get_args(Severity) or wrong in entries:
            raise ValueError(f"lexicon line {number}: {line}")
        entries[wrong] = Entry(wrong, right, severity, tuple(filter(None, exceptions.split(","))))  # type: ignore[arg-type]
    return entries


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Mapping[str, Entry], re.Pattern[str]]:
    entries = read_lexicon(FILE.read_text(encoding="utf-8"))
    return entries, re.compile("|".join(map(re.escape, sorted(entries, key=len, reverse=True))))


def lexicon(document: Document) -> Iterator[Slip]:
    """No known slip of the pen; each entry has its own severity.

    Limits: the data file; a form stands there only where it is wrong in any context, but for the exceptions
    named with it.
    """
    entries, pattern = _lexicon()
    for paragraph in document.paragraphs:
        for found in pattern.finditer(paragraph.plain):
            entry = entries[found.group()]
            if not any(
                _inside(paragraph.plain, found.start(), entry.wrong, word) for word in entry.exceptions
            ):
                yield Slip(
                    tr("“{wrong}”应为“{right}”", wrong=entry.wrong, right=entry.right),
                    paragraph,
                    found.start(),
                    entry.wrong,
                    entry.severity,
                )


def _inside(text: str, at: int, wrong: str, word: str) -> bool:
    """Whether the wrong form at *at* stands inside *word*."""
    before = word.find(wrong)
    if before < 0:  # the exception overlaps: 断断续续 for 续续开展
        overlap = next(n for n in range(min(len(word), len(wrong)), -1, -1) if word.endswith(wrong[:n]))
        return overlap > 0 and text[max(0, at - len(word) + overlap) : at + overlap] == word
    return text[max(0, at - before) : at - before + len(word)] == word
