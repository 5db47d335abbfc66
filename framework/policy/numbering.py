"""Numbering without gaps: what is numbered 1, 2, 4 has lost its 3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, Slip, squeezed
from framework.policy.markers import ROW, Marker, hard_marker, is_annex, markers

_FRAGMENT = re.compile("节选|摘录|摘编|选登|修改|修正|修订部分|废止")
_AFTER = re.compile(
    r"附(?:件|表|录)?\d{0,2}:|附(?:件|表|录)\d{1,2}|(?:\d{4}|[〇○零一二三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$"
)
_FIRSTS = ("章", "条", "一、", "(一)", "1.")
_DEEPEST = 3


@dataclass(slots=True)
class Run:
    last: int
    soft: bool


@dataclass(slots=True)
class Sequence:
    """The runs of one kind that may still go on, the innermost last. ``fresh``: a heading above them has changed; ``loose``: what
    stands here was picked (articles of a law that are quoted), so that nothing follows from its numbers."""

    runs: list[Run] = field(default_factory=list)
    fresh: bool = True
    loose: bool = False

    def take(self, number: int, soft: bool) -> bool:
        """Add a number; False where no run can go on with it and it is not 1."""
        if number == 1:
            self.runs = (
                [Run(1, soft)] if self.fresh and not soft else [*self.runs[-_DEEPEST + 1 :], Run(1, soft)]
            )
            self.fresh = self.fresh and soft
            self.loose = False
            return True
        for at in range(len(self.runs) - 1, -1, -1):
            if self.runs[at].last == number - 1 and (not soft or self.runs[at].soft):
                del self.runs[at + 1 :]
                self.runs[at].last = number
                self.fresh = self.fresh and soft
                return True
        return soft

    def restart(self, number: int) -> None:
        """Go on from a number that did not fit, so that one slip is told once."""
        self.runs = [*self.runs[:-1], Run(number, False)]
        self.fresh = False

    @property
    def last(self) -> int:
        return self.runs[-1].last if self.runs else 0


def numbering(document: Document) -> Iterator[Slip]:
    """第一章, 第一条, 一、, (一), 1., (1), ① and the rows of tables run without gap and without repetition.

    A run may go on through the headings above it or begin again at 1 under each; a list may stand inside an item of its own
    kind; an annex begins anew. Limits: a last item that is gone leaves no gap; inline numbers never count as missing; rows of
    tables, amendments and excerpts are warnings; second-level decimals (1.1) are not looked at.
    """
    excerpt = _FRAGMENT.search(document.field("policyTitle") or "") is not None
    sequences: dict[str, Sequence] = {}
    found = list(markers(document))
    for at, marker in enumerate(found):
        if marker is None:
            sequences = {}
            continue
        sequence = sequences.setdefault(marker.kind, Sequence())
        before = sequence.last
        if not sequence.take(marker.number, not marker.hard):
            slip = None if sequence.loose else _slip(marker, before, found[at + 1 : at + 40], excerpt)
            if slip:
                yield slip
            sequence.loose = sequence.loose or (before == 0 and slip is None)
            sequence.restart(marker.number)
        if marker.hard:
            _begin_anew(sequences, marker)


def _begin_anew(sequences: dict[str, Sequence], marker: Marker) -> None:
    for kind, sequence in sequences.items():
        if (
            kind != marker.kind
            and _LEVELS[kind] > marker.level
            and not (kind == "条" and marker.level < _LEVELS["条"])
        ):
            sequence.fresh = True


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


def _slip(marker: Marker, before: int, following: list[Marker | None], excerpt: bool) -> Slip | None:
    label = marker.paragraph.plain[marker.offset : marker.end].strip()
    if marker.kind == ROW and marker.number == before:
        return None  # cells that were merged over rows repeat their number
    if before == 0:
        goes_on = any(
            other and other.hard and other.kind == marker.kind and other.number == marker.number + 1
            for other in following
        )
        if marker.kind not in _FIRSTS or not goes_on or (marker.kind == "1." and marker.number > 3):
            return None
        what = tr("编号从 {label} 开始,前面缺第 1 项", label=label)
    elif marker.number <= before:
        what = tr("编号 {label} 重复或倒退,前一项是第 {before} 项", label=label, before=before)
    else:
        what = tr(
            "编号 {label} 之前缺第 {missing} 项,前一项是第 {before} 项",
            label=label,
            missing=before + 1,
            before=before,
        )
    quote = marker.paragraph.raw[marker.offset : marker.offset + 12]
    return Slip(
        what, marker.paragraph, marker.offset, quote, "warning" if excerpt or marker.kind == ROW else None
    )


def list_end(document: Document) -> Iterator[Slip]:
    """A list whose items end with a semicolon does not stop at one of them: its last item ends with a full stop.

    Looks at (一) and 1. at the start of paragraphs, where the item before ended with a semicolon too. An error where the text, or
    what stands before its signature or its annexes, stops there; where a heading or a sentence follows, a warning. Limits: a
    list inside a table is left alone.
    """
    found = [
        marker
        for marker in markers(document)
        if marker is None or (marker.hard and marker.level <= _LEVELS["1."])
    ]
    for before, marker, after in zip(found, found[1:], [*found[2:], None], strict=False):
        if (
            before is None
            or marker is None
            or marker.kind not in ("(一)", "1.")
            or before.kind != marker.kind
        ):
            continue
        alike = marker.number == before.number + 1 and _goes_on(before) and _goes_on(marker)
        if alike and not _continued(marker, after):
            yield Slip(
                tr("第 {n} 项以分号结束,后面没有下一项", n=marker.number),
                marker.paragraph,
                len(marker.paragraph.plain.rstrip()) - 1,
                marker.paragraph.text[-12:],
                None if _stops(document, marker.paragraph) else "warning",
            )


def _stops(document: Document, paragraph: Paragraph) -> bool:
    """Whether nothing follows *paragraph* but the annexes, or a date with at most three lines of signature before it."""
    for below in islice((p for p in document.paragraphs[paragraph.index + 1 :] if p.text), 4):
        text = squeezed(below.plain)
        if is_annex(below) or _AFTER.match(text):
            return True
        if len(text) > 40 or text[-1] in "。;:!?" or hard_marker(below):
            return False
    return not any(p.text for p in document.paragraphs[paragraph.index + 1 :])


def _continued(marker: Marker, after: Marker | None) -> bool:
    """Whether *after* is the next item, an item below, or the next one of the list that this list stands in."""
    if after is None:
        return False
    outer = after.level < marker.level and after.kind == "(一)" and after.number > 1
    return (
        outer
        or after.level > marker.level
        or (after.kind == marker.kind and after.number == marker.number + 1)
    )


def _goes_on(marker: Marker) -> bool:
    return marker.paragraph.text.endswith(";") and "\t" not in marker.paragraph.plain
