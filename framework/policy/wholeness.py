"""Is the text whole: its head, its tail, each of its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from framework.base.messages import tr
from framework.policy.brackets import PAIRS
from framework.policy.document import Document, Paragraph, Slip, squeezed
from framework.policy.markers import hard_marker, is_annex

TERMINAL: Final = "。!?;:.…”’」』)]〕》】}"
_LONG = 40
_DATE = re.compile(
    r"(?:\d{4}|[〇○零一二三四五六七八九]{4})\s{0,3}年\s{0,3}[\d一二三四五六七八九十]{1,3}\s{0,3}月(?:\s{0,3}[\d一二三四五六七八九十]{1,3}\s{0,3}日)?$"
)
_CONTACT = re.compile(r"电话|邮箱|地址|网址|传真|联系人|邮编|https?:")
_CLOSING = re.compile(r"(?:施行|执行|实施|生效|废止|(?:负责|承担)解释|有效期.{1,8}年)$|" + _DATE.pattern)
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
"""What the words of a salutation leave when their beginning is lost: 开区 of 经开区, 民政府 of 人民政府."""


def head(document: Document) -> Iterator[Slip]:
    """The text begins with its title, its number or a whole salutation, not in the middle of one.

    An error only where the beginning is seen to be lost: the rest of the title, the rest of a word of
    salutations, a mark that nothing begins with, a bracket closed that was never opened. Limits: a head cut
    at the border of two words is not seen.
    """
    if not document.filled:
        return
    first = document.filled[0]
    text, title = squeezed(first.plain), squeezed(document.field("policyTitle"))
    if _NEVER_FIRST.match(text) and not text.startswith(("”", "’")):
        yield _head_slip(first, tr("正文以“{char}”开头,前面缺字", char=text[0]))
    elif (
        title
        and len(text) >= 4
        and text != title
        and title.endswith(text)
        and _cut_inside(title, len(title) - len(text))
    ):
        yield _head_slip(
            first, tr("正文开头只剩标题的后半截,缺“{lost}”", lost=title[: len(title) - len(text)][:30])
        )
    elif _salutes(text) and (
        text.startswith(_FRAGMENTS) or (text[0] in "府位门会员" and text[1:2] in ",、:(")
    ):
        yield _head_slip(first, tr("称呼从一个词的中间开始,前面缺字"))
    elif _closes_unopened(text[:200]):
        yield _head_slip(first, tr("开头的括号只有后一半,前面缺字"))


def _cut_inside(title: str, at: int) -> bool:
    """Whether what is left of a title is no title: one may do without its issuer or its place, not without
    half a word.
    """
    rest, before = title[at:], title[:at]
    return not rest.startswith("关于") if "关于" in title else before[-1:] not in "市省区县"


def _salutes(text: str) -> bool:
    return text.endswith(":") or "," in text[:60]


def _closes_unopened(text: str) -> bool:
    for opener, closer in (("(", ")"), ("《", "》"), ("〔", "〕")):
        at = text.find(closer)
        if at >= 0 and opener not in text[:at] and not (closer == ")" and at <= 3):
            return True
    return False


def _head_slip(paragraph: Paragraph, what: str) -> Slip:
    return Slip(what, paragraph, 0, paragraph.text[:12])


def tail(document: Document) -> Iterator[Slip]:
    """The text ends with ``</p>``, after a whole sentence, a date, a note, a list or a table; never inside a
    word or a bracket.

    Limits: a tail cut between two whole paragraphs is not seen. A text that ends with a heading is a warning,
    and so is a last article that lacks its full stop only (自发布之日起施行).
    """
    if not document.raw.endswith("</p>"):
        yield Slip(tr("正文没有以 </p> 结束,最后是“{end}”", end=document.raw[-20:]), quote=document.raw[-8:])
    if not document.filled:
        return
    last = document.filled[-1]
    text = last.text
    marker = hard_marker(last)
    if text[-1] in ",、" or text[-1] in PAIRS:
        yield Slip(tr("正文以“{char}”结尾,后面缺字", char=text[-1]), last, len(last.plain) - 1, text[-12:])
    elif text[-1] not in TERMINAL and marker and marker.kind == "条" and len(text) > 8:
        yield Slip(
            tr("最后一条没有写完"),
            last,
            len(last.plain) - 1,
            text[-12:],
            "warning" if _CLOSING.search(text) else None,
        )
    elif marker and marker.kind in ("章", "节", "一、") and len(text) < 30 and text[-1] not in TERMINAL:
        yield Slip(tr("正文以标题结尾,下面没有内容"), last, 0, text[:12], "warning")


def trailing_blanks(document: Document) -> Iterator[Slip]:
    """No empty paragraphs at the end."""
    if document.filled:
        extra = len(document.paragraphs) - 1 - document.filled[-1].index
        if extra:
            yield Slip(tr("末尾有 {n} 个空段", n=extra), document.paragraphs[-1])


def paragraph_cut(document: Document) -> Iterator[Slip]:
    """A long paragraph of prose ends with a full stop, a colon or a closing mark.

    Prose has a full stop or a semicolon inside, or two commas in a text whose other long paragraphs all end
    well. Tables, dates, contacts and annex lists are left alone. Limits: a paragraph of up to 40 characters
    is not looked at; where more than one in ten (and more than two) end openly, that is the style of the
    text, and a warning.
    """
    prose = [p for p in document.filled if len(p.text) > _LONG and "\t" not in p.plain]
    cut = [p for p in prose if _ends_openly(p) and not _in_table(document.paragraphs, p.index)]
    whole = len(prose) - len(cut)
    style = len(cut) > max(2, whole // 10)
    for paragraph in cut:
        sentences = re.search("[。;]", paragraph.text) is not None
        if sentences or (paragraph.text.count(",") >= 2 and not hard_marker(paragraph)):
            yield Slip(
                tr("长段没有写完,停在“{end}”", end=paragraph.text[-8:]),
                paragraph,
                len(paragraph.plain.rstrip()) - 1,
                paragraph.text[-12:],
                "warning" if style or not (sentences or whole >= 5) else None,
            )


def _ends_openly(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if text[-1] in TERMINAL or text[-1].isascii() or text[-1] in "①②③④⑤⑥⑦⑧⑨⑩%%℃元%":
        return False
    return not (
        _DATE.search(text)
        or _CONTACT.search(text)
        or text.startswith(("附件", "附:", "注:", "抄送", "主题词", "来源", "各"))
        or is_annex(paragraph)
    )


def _in_table(paragraphs: Sequence[Paragraph], index: int) -> bool:
    around = paragraphs[max(0, index - 3) : index + 4]
    return any("\t" in paragraph.text for paragraph in around)


_SHORT = re.compile(r"(?<=[。])([一-鿿]{2,6})。")
_FORMULA = re.compile(
    r"特此|不|请|予以|现|应|可|需|须|按|由|其|该|本|逾|详|下同|以下|从|并|同上|已|未|无|有|是|为|此|均|也|将|要|则|仍|否则|除外|负责|执行|实施|施行|处理|办理|废止|公布|备案"
)


def heading_fused(document: Document) -> Iterator[Slip]:
    """A heading such as 相关软件。 stands at the start of its paragraph, not inside another one.

    Looks for a sentence of two to six characters that is not the first, in a text whose paragraphs often
    begin with such a heading. Limits: formulas (特此通知) are known by a list of words; hence a warning.
    """
    led = [p for p in document.filled if re.match(r"[^,。;:]{2,12}。.{10}", p.text)]
    if len(led) < 3:
        return
    for paragraph in led:
        for found in _SHORT.finditer(paragraph.plain):
            if not _FORMULA.search(found[1]):
                yield Slip(
                    tr("小标题“{text}”接在了别的段落里", text=found[1]),
                    paragraph,
                    found.start(1),
                    found.group(),
                )
