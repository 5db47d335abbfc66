"""Rules for annexes: those that a text lists, names, or has below its signature, and those in the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact
from framework.policy.document_names import bigram_share
from framework.policy.markers import is_annex
from framework.policy.numerals import number_of

_LIST: Final = re.compile(r"附件(?:1(?=:))?:(?=\S)")
_NUMBERED: Final = re.compile(r"(?:^|(?<=[;,。 ]))(\d{1,2})[.、](?=[^\d\s])")
_NEXT: Final = re.compile(r"(\d{1,2})[.、](?=\D)")
_HEADING: Final = re.compile(r"附件(\d{1,2}|[一二三四五六七八九十]{1,3})?:?")
_MENTION: Final = re.compile(r"(?<![》的])附件(\d{1,2})(?![\d.、:])")
_VAGUE: Final = re.compile(r"(?:详?见|按|填写)(?:本[^。,]{1,4})?附件(?![^。]{0,6}》)")
_SAME: Final = 0.5
_SHORTEST_NAME: Final = 3
_LONGEST_NAME: Final = 80
_QUOTED: Final = 12


@dataclass(frozen=True, slots=True)
class Annexes:
    """The annexes of a document: by number, the names of the list and the places and titles of the bodies.

    ``place`` is the paragraph with the list, None without one. An annex without a number is number 1.
    """

    place: Paragraph | None
    listed: Mapping[int, str]
    bodies: Mapping[int, tuple[Paragraph, str]]
    files: Sequence[str]


def annexes_of(document: Document) -> Annexes:
    paragraphs = document.filled_paragraphs
    at = next((at for at, each in enumerate(paragraphs) if _LIST.match(compact(each.plain))), None)
    listed = _listed(paragraphs, at) if at is not None else {}
    bodies: dict[int, tuple[Paragraph, str]] = {}
    for index, paragraph in enumerate(paragraphs):
        if is_annex(paragraph) and index > (at or 0):
            title = "".join(compact(each.plain) for each in paragraphs[index + 1 : index + 3])
            bodies.setdefault(_number(paragraph), (paragraph, title))
    files = document.record.get("files")
    names = (
        [file.get("fileName") for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    )
    texts = [compact(name) for name in names if isinstance(name, str)]
    return Annexes(paragraphs[at] if at is not None else None, listed, bodies, texts)


def _number(heading: Paragraph) -> int:
    found = _HEADING.match(compact(heading.plain))
    return (number_of(found[1]) if found and found[1] else None) or 1


def _listed(paragraphs: Sequence[Paragraph], at: int) -> dict[int, str]:
    """Return the names of the list that begins at a paragraph, which may go on in the next ones."""
    first = _LIST.sub("", compact(paragraphs[at].plain), count=1)
    pieces = _NUMBERED.split(first)
    if len(pieces) < 3:
        return {1: first}
    names = {int(number): name for number, name in zip(pieces[1::2], pieces[2::2], strict=True)}
    for paragraph in paragraphs[at + 1 :]:
        text = compact(paragraph.plain)
        found = _NEXT.match(text)
        if found is None or int(found[1]) != max(names) + 1 or len(text) > _LONGEST_NAME:
            break
        names[int(found[1])] = text[found.end() :]
    return names


def annex_missing(document: Document) -> Iterator[RuleFinding]:
    """An annex that the text lists (附件:1.…) is below it, or the record has a file.

    If some of the listed annexes are below the text, all of them are, or in files that have their names; a
    gap among them is an error, a missing last one a warning. Limits: the content of files is not examined
    here.
    """
    annexes = annexes_of(document)
    if annexes.place is None:
        yield from _named_without_any(document, annexes)
        return
    if not annexes.bodies:
        if not document.record.get("files") and "files" in document.record:
            message = tr("列出了附件，正文里没有，也没有文件")
            yield RuleFinding(message, annexes.place, 0, cut(annexes.place.text, _QUOTED))
        return
    for number, name in annexes.listed.items():
        in_file = any(_is_same(name, file) for file in annexes.files)
        if number not in annexes.bodies and not in_file:
            message = tr(
                "列出的附件{n}“{name}”不在正文里，也没有这个名字的文件", n=number, name=cut(name, 40)
            )
            severity: Severity | None = None if number < max(annexes.bodies) else "warning"
            yield RuleFinding(message, annexes.place, 0, cut(annexes.place.text, _QUOTED), severity)


def _named_without_any(document: Document, annexes: Annexes) -> Iterator[RuleFinding]:
    if annexes.bodies or document.record.get("files") or "files" not in document.record:
        return
    for paragraph in document.filled_paragraphs:
        found = _VAGUE.search(paragraph.plain)
        if found:
            message = tr("提到附件，正文里没有，也没有文件")
            yield RuleFinding(message, paragraph, found.start(), found.group(), "warning")
            return


def annex_agreement(document: Document) -> Iterator[RuleFinding]:
    """The annexes have the names and the numbers that the list gives them, and no other one is named.

    Limits: names are compared by their words, so an abbreviation may be reported; files are compared only if
    their names begin with 附件 and a number.
    """
    annexes = annexes_of(document)
    if annexes.place is None:
        return
    for number, (paragraph, title) in annexes.bodies.items():
        name = annexes.listed.get(number)
        if name is None:
            yield RuleFinding(tr("附件{n}不在附件说明里", n=number), paragraph, 0, paragraph.text)
        elif not _is_same(name, title):
            message = tr(
                "附件{n}在附件说明里叫“{name}”，不是“{title}”",
                n=number,
                name=cut(name, 40),
                title=cut(title, 40),
            )
            yield RuleFinding(message, paragraph, 0, paragraph.text)
    known = {*annexes.listed, *annexes.bodies}
    for paragraph in document.filled_paragraphs:
        for found in _MENTION.finditer(paragraph.plain) if paragraph.index < annexes.place.index else ():
            if int(found[1]) not in known:
                message = tr("提到附件{n}，附件说明里没有", n=found[1])
                yield RuleFinding(message, paragraph, found.start(), found.group())
    for file in annexes.files:
        found_number = _HEADING.match(file)
        if found_number and found_number[1] and number_of(found_number[1]) not in known:
            yield RuleFinding(tr("文件“{file}”不在附件说明里", file=cut(file, 40)), annexes.place)


def _is_same(name: str, other: str) -> bool:
    """Whether two names may be of one annex: one has most of the words of the other."""
    other = cut(other, _LONGEST_NAME)
    if min(len(name), len(other)) < _SHORTEST_NAME:
        return name in other or other in name
    return max(bigram_share(name, other), bigram_share(other, name)) >= _SAME
