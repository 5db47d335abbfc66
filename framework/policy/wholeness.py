"""Rules for a complete text: its head, its tail and each of its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from framework.base.cutting import masked
from framework.base.messages import tr
from framework.policy.brackets import PAIRS
from framework.policy.document import Document, Paragraph, RuleFinding, compact
from framework.policy.markers import hard_marker, is_annex
from framework.policy.numbering import FRAGMENT
from framework.policy.openings import (
    CERTAIN,
    FORMAL,
    ISSUING,
    OPINION,
    USUALLY_FORMAL,
    begins_inside_salutation,
    continues_a_word,
    impossible_opening,
    may_begin_letter,
)
from framework.policy.tables import ends_in_a_row

TERMINAL: Final = "。!?;:.…”’」』)]〕》】}"
_LONG_PARAGRAPH = 40
_SHORTEST_TITLE = 4
_MOST_LINES = 12
_LONGEST_HEADING = 30
_SIBLINGS = 3
_PROSE = re.compile("[。;?!].|,")
_SIGNATURE_LINE = re.compile(r"[一-鿿“”(),、]{2,60}(?:委员会|政府|办公室|办公厅|[厅局委部院会社])")
_HIGHEST_NUMBER = 60
_ROW_NUMBER = re.compile(r"\s{0,8}(\d{1,4})\t")
_DATE = re.compile(
    r"(?:\d{4}|[〇○零一二三四五六七八九]{4})\s{0,3}年\s{0,3}[\d一二三四五六七八九十]{1,3}\s{0,3}月(?:\s{0,3}[\d一二三四五六七八九十]{1,3}\s{0,3}日)?$"
)
_CONTACT = re.compile(r"电话|邮箱|地址|网址|传真|联系人|邮编|https?:")
# Usual last words, after which only the full stop can be missing.
_CLOSING = re.compile(r"(?:施行|执行|实施|生效|废止|(?:负责|承担)解释|有效期.{1,8}年)$|" + _DATE.pattern)
_IN_FORCE = re.compile(r"^(?:本|自)[^。;]{2,40}(?:施行|执行|实施|生效)$")
# Marks that no text begins with.
_NEVER_FIRST = re.compile(r"[,、。;:!?)\]〕》」』】”’]")
_FRAGMENTS: Final = (
    "开区",
    "委会",
    "员会",
    "理委员会",
    "治县",
    "治区",
    "辖市",
    "关单位",
    "关部门",
    "民政府",
    "公室",
    "事处",
    "道办事处",
    "属机构",
    "务院",
    "业单位",
    "会保障局",
    "学城",
    "庆市",
    "庆高新区",
)
"""The rest of a salutation's first word if its beginning is lost: 开区 of 经开区, 民政府 of 人民政府."""


def head(document: Document) -> Iterator[RuleFinding]:
    """The text begins with its title, its number or a complete salutation, not in the middle of one.

    It is an error if the text shows that its beginning is lost: it starts with the rest of the title, with
    the rest of a salutation's word, with a mark that no text starts with, with words that only end a text
    or a sentence, with a number above 1, or it closes a bracket that was never opened. Limits: most heads
    that were cut between two words of prose are not detected.
    """
    if not document.filled_paragraphs:
        return
    first = document.filled_paragraphs[0]
    reason = _cut_in_first_line(document, first) or _cut_before_first_line(document, first)
    if reason:
        yield RuleFinding(reason, first, 0, first.text[:12])
        return
    title, text = compact(document.text_field("policyTitle")), compact(first.plain)
    lines = [compact(each.plain) for each in document.filled_paragraphs[:_MOST_LINES]]
    whole = f"{title}\n{document.compact_text[2:]}"
    if continues_a_word(text, whole, CERTAIN):
        yield RuleFinding(tr("正文从一个词的中间开始，前面缺字"), first, 0, first.text[:12])
    elif USUALLY_FORMAL.search(title) and not may_begin_letter(lines, title):
        message = tr("这样的公文很少这样开头，前面多半缺字")
        yield RuleFinding(message, first, 0, first.text[:12], "warning")
    elif "。" in text and continues_a_word(text, whole):
        message = tr("正文多半从一个词的中间开始，前面缺字")
        yield RuleFinding(message, first, 0, first.text[:12], "warning")


def _cut_in_first_line(document: Document, first: Paragraph) -> str:
    text, title = compact(first.plain), compact(document.text_field("policyTitle"))
    missing_title = _missing_title_start(title, text)
    if _NEVER_FIRST.match(text) and not text.startswith(("”", "’")):
        return tr("正文以“{char}”开头，前面缺字", char=text[0])
    if missing_title:
        return tr("正文开头只剩标题的后半截，缺“{lost}”", lost=missing_title[:30])
    if _is_salutation(text) and _starts_inside_word(text):
        return tr("称呼从一个词的中间开始，前面缺字")
    if _closes_unopened_bracket(text[:200]):
        return tr("开头的括号只有后一半，前面缺字")
    return ""


def _cut_before_first_line(document: Document, first: Paragraph) -> str:
    title = compact(document.text_field("policyTitle"))
    lines = [compact(each.plain) for each in document.filled_paragraphs[:_MOST_LINES]]
    reason = impossible_opening(lines, title, compact(document.text_field("issueNumber")))
    if reason:
        return reason
    is_letter = ISSUING.search(title) or FORMAL.search(title) or OPINION.search(title)
    if is_letter and begins_inside_salutation(lines[0]):
        return tr("称呼从一个词的中间开始，前面缺字")
    number = _first_number(first) or _chapter_after(document)
    if 1 < number <= _HIGHEST_NUMBER and not FRAGMENT.search(title):
        return tr("正文从第 {n} 项开始，前面缺字", n=number)
    if (ISSUING.search(title) or FORMAL.search(title)) and not may_begin_letter(lines, title):
        return tr("这样的公文不会这样开头，前面缺字")
    return ""


def _chapter_after(document: Document) -> int:
    """Return the number of the chapter below the first line, if that is what is left of the one before."""
    first, *rest = document.filled_paragraphs[:2]
    marker = hard_marker(rest[0]) if rest and len(first.text) <= _LONGEST_HEADING else None
    is_rest = marker is not None and marker.kind == "章" and hard_marker(first) is None
    return marker.number if marker and is_rest and not first.text.startswith("目") else 0


def _first_number(paragraph: Paragraph) -> int:
    """Return the number that *paragraph* begins with, of a heading or of a table row; 0 if there is none."""
    row = _ROW_NUMBER.match(paragraph.plain)
    marker = hard_marker(paragraph)
    return int(row[1]) if row else marker.number if marker else 0


def _missing_title_start(title: str, text: str) -> str:
    """Return the beginning of the title that *text*, a broken-off rest of it, lacks; empty if it is no rest.

    A title may do without its issuer or its place, but not without half a word.
    """
    if text == title or not title.endswith(text):
        return ""
    if len(text) < _SHORTEST_TITLE:
        return "" if text.startswith("的") else title.removesuffix(text)
    missing = title.removesuffix(text)
    is_complete = text.startswith("关于") if "关于" in title else missing[-1] in "市省区县"
    return "" if is_complete else missing


def _is_salutation(text: str) -> bool:
    return text.endswith(":") or "," in text[:60]


def _starts_inside_word(text: str) -> bool:
    return text.startswith(_FRAGMENTS) or (text[0] in "府位门会员" and text[1:2] in ",、:(")


def _closes_unopened_bracket(text: str) -> bool:
    for opener, closer in (("(", ")"), ("《", "》"), ("〔", "〕")):
        offset = text.find(closer)
        # 1) or 一), but not 15),
        is_label = closer == ")" and offset <= 3 and text[offset + 1 : offset + 2] not in ",。;、:"
        if offset >= 0 and opener not in text[:offset] and not is_label:
            return True
    return False


def tail(document: Document) -> Iterator[RuleFinding]:
    """The text ends with ``</p>`` after a complete sentence, a date, a note, a list or a table.

    It never ends inside a word or a bracket. Limits: a tail that was cut between two complete paragraphs is
    not detected. A text that ends with a heading is a warning, and so is a last article that only lacks its
    full stop (自发布之日起施行).
    """
    if not document.raw.endswith("</p>"):
        yield RuleFinding(
            tr("正文没有以 </p> 结束，最后是“{end}”", end=masked(document.raw)[-20:]), quote=document.raw[-8:]
        )
    if not document.filled_paragraphs:
        return
    last = document.filled_paragraphs[-1]
    text = last.text
    marker = hard_marker(last)
    if text[-1] in ",、" or text[-1] in PAIRS:
        yield RuleFinding(
            tr("正文以“{char}”结尾，后面缺字", char=text[-1]), last, len(last.plain) - 1, text[-12:]
        )
    elif _is_unfinished(document, last) or ends_in_a_row(document):
        yield RuleFinding(tr("最后一段没有写完"), last, len(last.plain.rstrip()) - 1, text[-12:])
    elif text[-1] not in TERMINAL and marker is None and _IN_FORCE.search(text):
        yield RuleFinding(tr("最后一段没有写完"), last, len(last.plain.rstrip()) - 1, text[-12:], "warning")
    elif text[-1] not in TERMINAL and marker and marker.kind == "条" and len(text) > 8:
        yield RuleFinding(
            tr("最后一条没有写完"),
            last,
            len(last.plain) - 1,
            text[-12:],
            "warning" if _CLOSING.search(text) else None,
        )
    elif marker and marker.kind in ("章", "节", "一、") and _is_heading(text):
        yield RuleFinding(tr("正文以标题结尾，下面没有内容"), last, 0, text[:12], "warning")


def _is_unfinished(document: Document, last: Paragraph) -> bool:
    """Whether the last paragraph has no end mark, though all others like it have one."""
    if "\t" in last.plain or not _lacks_end_mark(last) or _SIGNATURE_LINE.fullmatch(compact(last.plain)):
        return False
    marker = hard_marker(last)
    if marker is None:
        prose = [each for each in document.filled_paragraphs if _PROSE.search(each.text) and each != last]
        marked = len(prose) >= _SIBLINGS and not any(map(_lacks_end_mark, prose))
        return marked and _PROSE.search(last.text) is not None
    others = [hard_marker(paragraph) for paragraph in document.filled_paragraphs[:-1]]
    siblings = [each.paragraph for each in others if each and each.kind == marker.kind]
    if "。" in last.text:  # an item of prose is no sibling of headings
        siblings = [sibling for sibling in siblings if "。" in sibling.text]
    ends = [sibling.text[-1] in TERMINAL for sibling in siblings[-_SIBLINGS:]]
    fewest = 2 if "。" in last.text else _SIBLINGS
    return marker.kind != "条" and len(ends) >= fewest and all(ends)


def _is_heading(text: str) -> bool:
    """Whether a short numbered line is a heading, and not an item such as 三、热线:12345."""
    return (
        len(text) < _LONGEST_HEADING
        and text[-1] not in TERMINAL
        and not text[-1].isdigit()
        and ":" not in text
    )


def trailing_blanks(document: Document) -> Iterator[RuleFinding]:
    """The text has no empty paragraphs at its end."""
    if document.filled_paragraphs:
        extra = len(document.paragraphs) - 1 - document.filled_paragraphs[-1].index
        if extra:
            yield RuleFinding(tr("末尾有 {n} 个空段", n=extra), document.paragraphs[-1])


def paragraph_cut(document: Document) -> Iterator[RuleFinding]:
    """A long paragraph of prose ends with a full stop, a colon or a closing mark.

    Prose contains a full stop or a semicolon, or two commas in a text whose other long paragraphs are
    complete. Tables, dates, contacts and lists of annexes are ignored. Limits: paragraphs of up to 40
    characters are not judged. If more than two paragraphs and more than one in ten have no end mark, that is
    the style of the text, and only a warning.
    """
    paragraphs = document.filled_paragraphs
    prose = [p for p in paragraphs if len(p.text) > _LONG_PARAGRAPH and "\t" not in p.plain]
    cut = [p for p in prose if _lacks_end_mark(p) and not _is_near_table(document.paragraphs, p.index)]
    complete = len(prose) - len(cut)
    is_style = len(cut) > max(2, complete // 10)
    for paragraph in cut:
        marker = hard_marker(paragraph)
        is_article = marker is not None and marker.kind == "条"
        has_sentences = re.search("[。;]", paragraph.text) is not None or paragraph.text[-1] in ",、"
        if has_sentences or is_article or (paragraph.text.count(",") >= 2 and not marker):
            is_certain = has_sentences or is_article or complete >= 5
            yield RuleFinding(
                tr("长段没有写完，停在“{end}”", end=paragraph.text[-8:]),
                paragraph,
                len(paragraph.plain.rstrip()) - 1,
                paragraph.text[-12:],
                "warning" if is_style or not is_certain else None,
            )


def _lacks_end_mark(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if text[-1] in TERMINAL or (text[-1].isascii() and text[-1] not in ",") or text[-1] in "①②③④⑤⑥⑦⑧⑨⑩%%℃元%":
        return False
    return not (
        _DATE.search(text)
        or _CONTACT.search(text)
        or text.startswith(("附件", "附:", "注:", "抄送", "主题词", "来源", "各"))
        or is_annex(paragraph)
    )


def _is_near_table(paragraphs: Sequence[Paragraph], index: int) -> bool:
    nearby = paragraphs[max(0, index - 3) : index + 4]
    return any("\t" in paragraph.text for paragraph in nearby)


_SHORT_SENTENCE = re.compile(r"(?<=[。])([一-鿿]{2,6})。")
# Short sentences with these words are formulas or provisions, not headings.
_FORMULA = re.compile(
    r"特此|不|请|予以|现|应|可|需|须|按|由|其|该|本|逾|详|下同|以下|从|并|同上|已|未|无|有|是|为|此|均|也|将|要|则|仍|否则|除外|负责|执行|实施|施行|处理|办理|废止|公布|备案"
)


def heading_fused(document: Document) -> Iterator[RuleFinding]:
    """A heading such as 相关软件。 is at the start of its paragraph, not inside another one.

    The rule searches for a sentence of two to six characters that is not the first, in a text whose
    paragraphs often begin with such a heading. Limits: formulas (特此通知) are known from a list of words, so
    this is a warning.
    """
    with_heading = [p for p in document.filled_paragraphs if re.match(r"[^,。;:]{2,12}。.{10}", p.text)]
    if len(with_heading) < 3:
        return
    for paragraph in with_heading:
        for found in _SHORT_SENTENCE.finditer(paragraph.plain):
            if not _FORMULA.search(found[1]):
                yield RuleFinding(
                    tr("小标题“{text}”接在了别的段落里", text=found[1]),
                    paragraph,
                    found.start(1),
                    found.group(),
                )
