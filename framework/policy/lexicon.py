"""The rule against known misspellings, which the data file ``lexicon.tsv`` beside this module lists.

Its columns are the wrong form, the right form, the severity, and words in which the wrong form is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

from framework.base.messages import tr
from framework.policy.document import Document, RuleFinding, Severity

FILE = Path(__file__).with_name("lexicon.tsv")


@dataclass(frozen=True, slots=True)
class Entry:
    """One misspelling; ``exceptions`` are words in which the wrong form is right (彰显着 for 显着)."""

    wrong: str
    right: str
    severity: Severity
    exceptions: tuple[str, ...] = ()


def read_lexicon(text: str) -> dict[str, Entry]:
    """Return the entries by wrong form.

    Raises:
        ValueError: a line is not an entry, or a wrong form occurs twice; the message has the line.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        # The last column may be left out; a fifth one is an error.
        wrong, right, severity, exceptions, *rest = [*line.split("\t"), "", "", "", ""][:5]
        is_entry = rest == [""] and wrong and right and severity in get_args(Severity)
        if not is_entry or wrong in entries:
            raise ValueError(f"lexicon line {number}: {line}")
        exception_words = tuple(word for word in exceptions.split(",") if word)
        entries[wrong] = Entry(wrong, right, severity, exception_words)  # type: ignore[arg-type]
    return entries


@lru_cache(maxsize=1)
def _lexicon() -> tuple[Mapping[str, Entry], re.Pattern[str]]:
    entries = read_lexicon(FILE.read_text(encoding="utf-8"))
    # At the same offset, re takes the first alternative that matches, so the longest form must be first.
    longest_first = sorted(entries, key=len, reverse=True)
    return entries, re.compile("|".join(map(re.escape, longest_first)))


def lexicon(document: Document) -> Iterator[RuleFinding]:
    """The text contains no known misspelling; each entry of the data file has its own severity.

    Limits: only the forms in the data file. A form is listed there only if it is wrong in any context, apart
    from the exceptions listed with it.
    """
    entries, pattern = _lexicon()
    for paragraph in document.paragraphs:
        for found in pattern.finditer(paragraph.plain):
            entry = entries[found.group()]
            if _is_exception(paragraph.plain, found.start(), entry):
                continue
            yield RuleFinding(
                tr("“{wrong}”应为“{right}”", wrong=entry.wrong, right=entry.right),
                paragraph,
                found.start(),
                entry.wrong,
                entry.severity,
            )


def _is_exception(text: str, offset: int, entry: Entry) -> bool:
    return any(_is_part_of(text, offset, entry.wrong, word) for word in entry.exceptions)


def _is_part_of(text: str, offset: int, wrong: str, word: str) -> bool:
    """Whether the wrong form at *offset* is part of an occurrence of *word*, or overlaps its end."""
    before = word.find(wrong)
    if before < 0:  # the exception only overlaps: 断断续续 for 续续开展
        longest = min(len(word), len(wrong))
        overlap = next(n for n in range(longest, -1, -1) if word.endswith(wrong[:n]))
        return overlap > 0 and text[max(0, offset - len(word) + overlap) : offset + overlap] == word
    return text[max(0, offset - before) : offset - before + len(word)] == word
