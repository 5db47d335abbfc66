"""Rules for parts that must agree: contents and body, references and articles, counts and items."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, compact
from framework.policy.markers import KINDS, Marker, contents_range, hard_marker, heading_key, markers
from framework.policy.numerals import CHINESE, number_of

_CHAPTER = re.compile(rf"第[{CHINESE}\d]{{1,9}}[编章节]")
_N = rf"[{CHINESE}\d]{{1,6}}"
_REFERENCE = re.compile(
    rf"(?:本(?:条例|办法|规定|细则|法|规则|通则|章程)|依照|按照|根据|违反|依据|适用|参照)第({_N})条((?:(?:第{_N}款)?(?:第{_N}项)?(?:、|和|至|或者?|以及|及)第{_N}条){{0,8}})"
)
# The name of another law, in 《》 or by its last word.
_FOREIGN = re.compile(r"[》]|[^本办](?:法|条例|规定|办法|细则|规则|公约|协定|决定)第")
# Amendments quote articles of the amended law, which the document itself does not have.
_AMENDS = re.compile("修改为|作如下修改|作出如下修改|作以下修改|修改如下|增加一条")
# No official document is longer; a longer text must not slow a run down.
_MAX_PARAGRAPHS = 5000


def contents(document: Document) -> Iterator[RuleFinding]:
    """The contents page lists the chapters of the body, with the same wording and in the same order.

    Limits: only entries of the form 第一章 are compared, without page numbers and blanks. An annex may have
    chapters of its own.
    """
    page = contents_range(document)
    listed = [p for p in document.paragraphs[page.start : page.stop] if _CHAPTER.match(p.text)]
    if len(listed) < 2:
        return
    body = list(_chapter_headings(document.paragraphs[page.stop : page.stop + _MAX_PARAGRAPHS]))
    position = 0
    for paragraph in listed:
        entry = heading_key(paragraph)
        if entry in body[position:]:
            position = body.index(entry, position) + 1
            continue
        if entry in body:
            message = tr("目录里的“{entry}”与正文的次序不同", entry=entry[:40])
        else:
            message = tr("目录里的“{entry}”在正文里没有", entry=entry[:40])
        yield RuleFinding(message, paragraph, 0, paragraph.text[:12])
    if position >= len(listed):
        yield from _unlisted_chapters([heading_key(paragraph) for paragraph in listed], body)


def _unlisted_chapters(listed: Sequence[str], body: Sequence[str]) -> Iterator[RuleFinding]:
    """Yield the headings that the contents lack, of the kinds (章, 节, …) that the contents list."""
    listed_kinds = {found.group()[-1] for found in map(_CHAPTER.match, listed) if found}
    for entry in dict.fromkeys(body):
        found = _CHAPTER.match(entry)
        if found and entry not in listed and found.group()[-1] in listed_kinds:
            message = tr("正文的“{entry}”不在目录里", entry=entry[:40])
            yield RuleFinding(message, None, 0, entry[:12], "warning")


def _chapter_headings(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Yield the headings of chapters; a heading may be split into two lines, its number and its name."""
    for index, paragraph in enumerate(paragraphs):
        if len(paragraph.text) > 60 or not _CHAPTER.match(paragraph.text):
            continue
        entry = heading_key(paragraph)
        # The heading is only a number, so its name is in the next line.
        if _CHAPTER.fullmatch(entry):
            following = next((p for p in paragraphs[index + 1 : index + 4] if p.text), None)
            entry += heading_key(following) if following else ""
        yield entry


def cross_reference(document: Document) -> Iterator[RuleFinding]:
    """A reference 第N条 to the document itself names an article that exists.

    Limits: only documents with at least three articles are judged, and only references such as 本办法第N条
    and 依照第N条 in a sentence that does not name another law before; amendments are ignored.
    """
    articles = {
        marker.number for marker in markers(document) if marker and marker.kind == "条" and marker.hard
    }
    if len(articles) < 3 or _AMENDS.search(document.raw):
        return
    for paragraph in document.paragraphs:
        if "条" not in paragraph.plain:
            continue
        for found in _REFERENCE.finditer(paragraph.plain):
            if _refers_to_other_law(paragraph.plain, found):
                continue
            for numeral in (found[1], *re.findall(rf"第({_N})条", found[2])):
                number = number_of(numeral)
                if number is not None and number not in articles:
                    message = tr(
                        "引用的第{numeral}条不存在（本文有第 1 至 {last} 条）",
                        numeral=numeral,
                        last=max(articles),
                    )
                    yield RuleFinding(message, paragraph, found.start(), found.group()[:12])


def _refers_to_other_law(text: str, reference: re.Match[str]) -> bool:
    """Whether the sentence names another law before a reference that does not begin with 本办法."""
    if reference.group().startswith("本"):
        return False
    # A limit on the length of the sentence keeps the search linear.
    earliest = max(0, reference.start() - 200)
    sentence_ends = [text.rfind(mark, earliest, reference.start()) + 1 for mark in "。;"]
    return _FOREIGN.search(text, max(earliest, *sentence_ends), reference.start() + 2) is not None


_TOTAL = re.compile(r"\(共([一二三四五六七八九十\d]{1,4})(项|条|类|个|款|种)\)$")
_FOLLOWING = re.compile(
    r"以下([一二三四五六七八九十两]{1,3}|\d{1,2})(?:个方面|项|条|类|种|大)(?!(?:或者?|以上|至|到|及以上))[^。:;]{0,12}[:。]$"
)


def declared_counts(document: Document) -> Iterator[RuleFinding]:
    """A heading that announces (共10项) or 以下三项任务: is followed by that number of items.

    The rule counts the items of the first kind that follows, or the rows of the table, up to the next heading
    of the same or a higher level. Limits: it may count the wrong kind of items, so this is a warning.
    """
    found = [marker for marker in markers(document) if marker and marker.hard]
    paragraph_indexes = [marker.paragraph.index for marker in found]
    for paragraph in document.filled_paragraphs:
        tail = paragraph.text[-40:]
        declaration = _TOTAL.search(tail) or _FOLLOWING.search(tail)
        declared = number_of(declaration[1]) if declaration else None
        if not declaration or not declared:
            continue
        own_marker = hard_marker(paragraph)
        first = bisect_right(paragraph_indexes, paragraph.index)
        # 600 is more than any list has, and keeps the search linear.
        later = found[first : first + 600]
        count = _count_items(later, paragraph, own_marker.level if own_marker else -1)
        if count and count != declared:
            yield RuleFinding(
                tr("说有 {wanted} 项，下面是 {count} 项", wanted=declared, count=count),
                paragraph,
                0,
                declaration.group()[:12],
            )


def _count_items(later: Sequence[Marker], paragraph: Paragraph, level: int) -> int:
    """Count the items of the list after *paragraph*; 0 if no list below *level* begins near it."""
    if not later or later[0].number != 1 or later[0].level <= level:
        return 0
    if later[0].paragraph.index > paragraph.index + 6:
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


def heading_agreement(document: Document) -> Iterator[RuleFinding]:
    """A heading that occurs twice, in the body and in an annex, has the same wording in both places.

    The rule compares headings with the same number and at least eight characters that are nearly equal.
    Limits: two different headings may be nearly equal, too, so this is a warning.
    """
    by_number: dict[int, list[str]] = {}
    for paragraph in document.filled_paragraphs[:_MAX_PARAGRAPHS]:
        marker = hard_marker(paragraph) if len(paragraph.text) <= 50 else None
        # Items (一)…; of a prohibition recur in its penalty, but for a few characters.
        if marker is None or marker.kind not in KINDS[:6] or paragraph.text[-1] in ";。":
            continue
        name = compact(paragraph.plain[marker.end :]).rstrip("。:")
        known = by_number.setdefault(marker.number, [])
        similar = next((other for other in known[:8] if _is_nearly_equal(name, other)), None)
        if similar:
            message = tr("标题“{name}”与前面的“{other}”只差几个字", name=name, other=similar)
            yield RuleFinding(message, paragraph, marker.end, name[:12])
        if name not in known[:8]:
            known.append(name)


def _is_nearly_equal(name: str, other: str) -> bool:
    """Whether two headings differ, in more than their digits, but only by a few characters."""
    if len(name) < 8 or abs(len(name) - len(other)) > 4:
        return False
    if re.sub(r"\d", "", name) == re.sub(r"\d", "", other):
        return False
    return SequenceMatcher(None, name, other).ratio() >= 0.9
