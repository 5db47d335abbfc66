"""The parts of a document agree with each other: contents and body, references and articles, counts and what
is counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, Slip, squeezed
from framework.policy.markers import KINDS, Marker, contents_range, entry_of, hard_marker, markers
from framework.policy.numerals import CHINESE, number_of

_CHAPTER = re.compile(rf"第[{CHINESE}\d]{{1,9}}[编章节]")
_N = rf"[{CHINESE}\d]{{1,6}}"
_OWN = re.compile(
    rf"(?:本(?:条例|办法|规定|细则|法|规则|通则|章程)|依照|按照|根据|违反|依据|适用|参照)第({_N})条((?:(?:第{_N}款)?(?:第{_N}项)?(?:、|和|至|或者?|以及|及)第{_N}条){{0,8}})"
)
_FOREIGN = re.compile(r"[》]|[^本办](?:法|条例|规定|办法|细则|规则|公约|协定|决定)第")
_AMENDS = re.compile("修改为|作如下修改|作出如下修改|作以下修改|修改如下|增加一条")
_MOST = 5000


def contents(document: Document) -> Iterator[Slip]:
    """The contents page lists the chapters of the body, in their words and their order.

    Limits: entries of the form 第一章 only; page numbers and blanks do not count; an annex may have chapters
    of its own.
    """
    zone = contents_range(document)
    listed = [p for p in document.paragraphs[zone.start : zone.stop] if _CHAPTER.match(p.text)]
    if len(listed) < 2:
        return
    body = list(_chapters(document.paragraphs[zone.stop : zone.stop + _MOST]))
    position = 0
    for paragraph in listed:
        entry = entry_of(paragraph)
        if entry in body[position:]:
            position = body.index(entry, position) + 1
        elif entry not in body:
            yield Slip(
                tr("目录里的“{entry}”在正文里没有", entry=entry[:40]), paragraph, 0, paragraph.text[:12]
            )
        else:
            yield Slip(
                tr("目录里的“{entry}”与正文的次序不同", entry=entry[:40]), paragraph, 0, paragraph.text[:12]
            )
    known = {entry_of(paragraph) for paragraph in listed}
    kinds = {entry[-1] for entry in (found.group() for found in map(_CHAPTER.match, known) if found)}
    for entry in dict.fromkeys(body):
        found = _CHAPTER.match(entry)
        if found and entry not in known and found.group()[-1] in kinds and position >= len(listed):
            yield Slip(tr("正文的“{entry}”不在目录里", entry=entry[:40]), None, 0, entry[:12], "warning")


def _chapters(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Yield the headings of chapters; a heading may stand in two lines, its number and its name."""
    for at, paragraph in enumerate(paragraphs):
        if len(paragraph.text) > 60 or not _CHAPTER.match(paragraph.text):
            continue
        entry = entry_of(paragraph)
        if _CHAPTER.fullmatch(entry):
            following = next((p for p in paragraphs[at + 1 : at + 4] if p.text), None)
            entry += entry_of(following) if following else ""
        yield entry


def cross_reference(document: Document) -> Iterator[Slip]:
    """第N条 of this document names an article that exists.

    Limits: only in a document with three articles or more, and only 本办法第N条, 依照第N条 and the like in a
    sentence that names no other law before; amendments are left alone.
    """
    articles = {
        marker.number for marker in markers(document) if marker and marker.kind == "条" and marker.hard
    }
    if len(articles) < 3 or _AMENDS.search(document.raw):
        return
    for paragraph in document.paragraphs:
        for found in _OWN.finditer(paragraph.plain) if "条" in paragraph.plain else ():
            low = max(0, found.start() - 200)
            start = max(
                low,
                paragraph.plain.rfind("。", low, found.start()) + 1,
                paragraph.plain.rfind(";", low, found.start()) + 1,
            )
            own = found.group().startswith("本")
            if not own and _FOREIGN.search(paragraph.plain, start, found.start() + 2):
                continue
            for numeral in (found[1], *re.findall(rf"第({_N})条", found[2])):
                number = number_of(numeral)
                if number is not None and number not in articles:
                    yield Slip(
                        tr(
                            "引用的第{numeral}条不存在(本文有第 1 至 {last} 条)",
                            numeral=numeral,
                            last=max(articles),
                        ),
                        paragraph,
                        found.start(),
                        found.group()[:12],
                    )


_TOTAL = re.compile(r"\(共([一二三四五六七八九十\d]{1,4})(项|条|类|个|款|种)\)$")
_FOLLOWING = re.compile(
    r"以下([一二三四五六七八九十两]{1,3}|\d{1,2})(?:个方面|项|条|类|种|大)[^。:;]{0,12}[:。]$"
)


def declared_counts(document: Document) -> Iterator[Slip]:
    """A heading that says (共10项), or 以下三项任务:, is followed by as many items.

    Limits: counts the items of the kind that follows first, or the rows of the table, up to the next heading
    of the same or a higher kind; hence a warning.
    """
    found = [marker for marker in markers(document) if marker and marker.hard]
    places = [marker.paragraph.index for marker in found]
    for paragraph in document.filled:
        tail = paragraph.text[-40:]
        match = _TOTAL.search(tail) or _FOLLOWING.search(tail)
        wanted = number_of(match[1]) if match else None
        if not match or not wanted:
            continue
        own = hard_marker(paragraph)
        first = bisect_right(places, paragraph.index)
        count = _items_after(found[first : first + 600], paragraph, own.level if own else -1)
        if count and count != wanted:
            yield Slip(
                tr("说有 {wanted} 项,下面是 {count} 项", wanted=wanted, count=count),
                paragraph,
                0,
                match.group()[:12],
            )


def _items_after(later: Sequence[Marker], paragraph: Paragraph, level: int) -> int:
    """Count the run of items that begins behind *paragraph*."""
    if (
        not later
        or later[0].number != 1
        or later[0].level <= level
        or later[0].paragraph.index > paragraph.index + 6
    ):
        return 0
    kind, count = later[0].kind, 0
    for marker in later:
        if marker.level < min(later[0].level, KINDS.index("1.")):
            break
        if marker.kind == kind:
            if marker.number != count + 1:
                break
            count += 1
    return count


def heading_agreement(document: Document) -> Iterator[Slip]:
    """A heading that stands twice, in the body and in an annex, stands in the same words.

    Compares headings of one number and eight characters or more that are nearly the same. Limits: hence a
    warning.
    """
    by_number: dict[int, list[str]] = {}
    for paragraph in document.filled[:_MOST]:
        marker = hard_marker(paragraph) if len(paragraph.text) <= 50 else None
        if marker is None or marker.kind not in KINDS[:6]:
            continue
        name = squeezed(paragraph.plain[marker.end :]).rstrip("。:")
        known = by_number.setdefault(marker.number, [])
        for other in known[:8]:
            if len(name) >= 8 and name != other and _nearly(name, other):
                yield Slip(
                    tr("标题“{name}”与前面的“{other}”只差几个字", name=name, other=other),
                    paragraph,
                    marker.end,
                    name[:12],
                )
                break
        if name not in known[:8]:
            known.append(name)


def _nearly(name: str, other: str) -> bool:
    return (
        abs(len(name) - len(other)) <= 4
        and re.sub(r"\d", "", name) != re.sub(r"\d", "", other)
        and SequenceMatcher(None, name, other).ratio() >= 0.9
    )
