"""Rules for numbering: an official document that numbers 1, 2, 4 has lost its third item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact
from framework.policy.markers import ROW, Marker, hard_marker, is_annex, markers

FRAGMENT: Final = re.compile("节选|摘录|摘编|选登|修改|修正|修订部分|废止")
"""Titles of excerpts and amendments, which do not have all articles."""
# An annex, or the date of the signature.
_AFTER_BODY = re.compile(
    r"附(?:件|表|录)?\d{0,2}:|附(?:件|表|录)\d{1,2}|(?:\d{4}|[〇○零一二三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
# Markers of deeper levels often continue a numbering from elsewhere, so their first number proves nothing.
_KINDS_THAT_START_AT_1 = ("章", "条", "一、", "(一)", "1.")
_MAX_NESTED_RUNS = 3


@dataclass(slots=True)
class Run:
    """A series of consecutive numbers; ``soft`` if it began with a soft marker."""

    last: int
    soft: bool


@dataclass(slots=True)
class KindNumbering:
    """The runs of one kind of marker that can still continue, the innermost last.

    ``new_section``: a heading above them has changed since, so that a new run may replace them.
    ``selective``: the items here were selected from another document (quoted articles of a law), so their
    numbers prove nothing.
    """

    runs: list[Run] = field(default_factory=list)
    new_section: bool = True
    selective: bool = False

    def accept(self, number: int, soft: bool) -> bool:
        """Add a number; return False if it is not 1 and continues no run.

        A soft marker is always accepted.
        """
        if number == 1:
            kept = [] if self.new_section and not soft else self.runs[-_MAX_NESTED_RUNS + 1 :]
            self.runs = [*kept, Run(1, soft)]
            self.new_section = self.new_section and soft
            self.selective = False
            return True
        for index in range(len(self.runs) - 1, -1, -1):
            run = self.runs[index]
            if run.last == number - 1 and (not soft or run.soft):
                del self.runs[index + 1 :]
                run.last = number
                self.new_section = self.new_section and soft
                return True
        return soft

    def continue_from(self, number: int) -> None:
        """Continue from a number that did not fit, so that one gap is reported only once."""
        self.runs = [*self.runs[:-1], Run(number, False)]
        self.new_section = False

    @property
    def last(self) -> int:
        return self.runs[-1].last if self.runs else 0


def numbering(document: Document) -> Iterator[RuleFinding]:
    """第一章, 第一条, 一、, (一), 1., (1), ① and table rows are numbered without gaps and repetitions.

    The numbers may continue across the headings above them, or begin at 1 again under each. A list may be
    inside an item of its own kind, and an annex begins a numbering of its own. Limits: a missing last item
    leaves no gap; a blank inside of 第十五 条 is only a warning; numbers inside a paragraph never count as
    missing; rows of tables, amendments and excerpts are only warnings; second-level decimals (1.1) are not
    examined.
    """
    is_excerpt = FRAGMENT.search(document.text_field("policyTitle")) is not None
    numberings: dict[str, KindNumbering] = {}
    found = list(markers(document))
    for index, marker in enumerate(found):
        if marker is None:
            numberings = {}
            continue
        yield from _blank_inside(marker)
        numbering = numberings.setdefault(marker.kind, KindNumbering())
        previous = numbering.last
        if not numbering.accept(marker.number, not marker.hard):
            # Forty markers are enough to see whether the numbering continues, and keep the search linear.
            following = found[index + 1 : index + 40]
            finding = None if numbering.selective else _finding(marker, previous, following, is_excerpt)
            if finding:
                yield finding
            elif previous == 0:
                numbering.selective = True
            numbering.continue_from(marker.number)
        if marker.hard:
            _begin_section(numberings, marker)


def _blank_inside(marker: Marker) -> Iterator[RuleFinding]:
    label = marker.paragraph.plain[marker.offset : marker.end]
    if marker.kind == "条" and len(label.split()) > 1:
        message = tr("条号“{label}”里有空格", label=label)
        yield RuleFinding(message, marker.paragraph, marker.offset, label, "warning")


def _begin_section(numberings: dict[str, KindNumbering], heading: Marker) -> None:
    """Let the kinds below *heading* begin at 1 again; articles alone are numbered through all chapters."""
    for kind, numbering in numberings.items():
        is_below = _LEVELS[kind] > heading.level
        is_article_of_chapter = kind == "条" and heading.level < _LEVELS["条"]
        if is_below and not is_article_of_chapter:
            numbering.new_section = True


# The order of markers.KINDS; articles of a law are numbered through all its chapters.
_LEVELS = {
    "编": 0,
    "章": 1,
    "节": 2,
    "条": 3,
    "一、": 4,
    "(一)": 5,
    "1.": 6,
    "(1)": 7,
    "1)": 8,
    "①": 9,
    ROW: 10,
}


def _finding(
    marker: Marker, previous: int, following: list[Marker | None], is_excerpt: bool
) -> RuleFinding | None:
    label = marker.paragraph.plain[marker.offset : marker.end].strip()
    if marker.kind == ROW and marker.number == previous:
        return None  # cells that were merged across rows repeat their number
    if previous == 0:
        if not _should_start_at_1(marker, following):
            return None
        message = tr("编号从 {label} 开始，前面缺第 1 项", label=label)
    elif marker.number <= previous:
        message = tr("编号 {label} 重复或倒退，前一项是第 {before} 项", label=label, before=previous)
    else:
        message = tr(
            "编号 {label} 之前缺第 {missing} 项，前一项是第 {before} 项",
            label=label,
            missing=previous + 1,
            before=previous,
        )
    quote = marker.paragraph.raw[marker.offset : marker.offset + 12]
    severity: Severity | None = "warning" if is_excerpt or marker.kind == ROW else None
    return RuleFinding(message, marker.paragraph, marker.offset, quote, severity)


def _should_start_at_1(marker: Marker, following: list[Marker | None]) -> bool:
    """Whether a first marker above 1 means that items are missing: its numbering continues below."""
    if marker.kind not in _KINDS_THAT_START_AT_1 or (marker.kind == "1." and marker.number > 3):
        return False
    next_item = (True, marker.kind, marker.number + 1)
    return any(other and (other.hard, other.kind, other.number) == next_item for other in following)


def list_end(document: Document) -> Iterator[RuleFinding]:
    """A list whose items end with a semicolon has a last item that ends with a full stop.

    The rule looks at (一) and 1. at the start of paragraphs if the item before also ended with a semicolon.
    It is an error if the text, apart from its signature and its annexes, ends with such an item; if a heading
    or a sentence follows, it is a warning. Limits: a list inside a table is ignored.
    """
    found = [
        marker
        for marker in markers(document)
        if marker is None or (marker.hard and marker.level <= _LEVELS["1."])
    ]
    for before, marker, after in zip(found, found[1:], [*found[2:], None], strict=False):
        if before is None or marker is None:
            continue
        if marker.kind not in ("(一)", "1.") or before.kind != marker.kind:
            continue
        is_next_item = marker.number == before.number + 1
        expects_another = is_next_item and _ends_with_semicolon(before) and _ends_with_semicolon(marker)
        if expects_another and not _is_continued_by(marker, after):
            yield RuleFinding(
                tr("第 {n} 项以分号结束，后面没有下一项", n=marker.number),
                marker.paragraph,
                len(marker.paragraph.plain.rstrip()) - 1,
                marker.paragraph.text[-12:],
                None if _is_end_of_body(document, marker.paragraph) else "warning",
            )


def _is_end_of_body(document: Document, paragraph: Paragraph) -> bool:
    """Whether *paragraph* is followed only by annexes, or by at most three lines of signature and a date."""
    below = list(islice((p for p in document.paragraphs[paragraph.index + 1 :] if p.text), 4))
    for following in below:
        text = compact(following.plain)
        if is_annex(following) or _AFTER_BODY.match(text):
            return True
        if len(text) > 40 or text[-1] in "。;:!?" or hard_marker(following):
            return False
    return not below


def _is_continued_by(marker: Marker, after: Marker | None) -> bool:
    """Whether *after* is the next item, a nested item, or the next item of the list around this one."""
    if after is None:
        return False
    is_next_of_outer_list = after.level < marker.level and after.kind == "(一)" and after.number > 1
    is_next_item = after.kind == marker.kind and after.number == marker.number + 1
    return is_next_of_outer_list or is_next_item or after.level > marker.level


def _ends_with_semicolon(marker: Marker) -> bool:
    return marker.paragraph.text.endswith(";") and "\t" not in marker.paragraph.plain
