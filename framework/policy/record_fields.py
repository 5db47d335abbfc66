"""Rules for the fields of the record: whether they are well-formed and agree with the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.cutting import cut, masked
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact, to_half_width
from framework.policy.identity import ISSUE_NUMBER

# The sentence of its adoption (date, meeting, decision), or the number of an order.
_ADOPTED = re.compile(
    r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日.{0,60}会议?.{0,20}(?:通过|修订|修正|批准)|令第?\d{1,4}号|第\d{1,4}号"
)
_BRACKETS = re.compile("[《》()]")
_DATE = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日")
_ISSUER = re.compile(r"(?:委员会|政府|办公厅|办公室|银行|中心|局|厅|部|委|院|署|处|会|社)$")
_SHORTEST_ISSUER = 4
_LONGEST_REST = 12
_REST_OF_TITLE = re.compile(r"[^。:]{0,6}?的?(?:通知|意见|决定|公告|通告|通报|批复|函|请示)(?![,、的])")
_PUBLIC = re.compile(r"(?:公告|通告|公示|令(?:\(?第?\d{1,4}号\)?)?)$")
_SERIAL = re.compile(r"[一-鿿]{0,20}?(?:\d{4}年)?第\d{1,4}号")
_LAW = re.compile(r"(?:条例|法|决定)$")


def title_absent(document: Document) -> Iterator[RuleFinding]:
    """The text contains its title and its number.

    Limits: many texts are published without their masthead, so this is a warning.
    """
    text = _BRACKETS.sub("", document.compact_text)
    missing = []
    for label, name in ((tr("标题"), "policyTitle"), (tr("文号"), "issueNumber")):
        value = document.text_field(name)
        if value and _BRACKETS.sub("", compact(value)) not in text:
            missing.append(label)
    if missing:
        first = document.filled_paragraphs[0] if document.filled_paragraphs else None
        yield RuleFinding(tr("正文里没有{what}", what=tr("和").join(missing)), first)


def signature(document: Document) -> Iterator[RuleFinding]:
    """The issuer in the title signs the text, in the year of the issue number and before the publication.

    Limits: the date of signature is taken from the first paragraph that contains only a date. An issuer may
    sign with a short name, so this is a warning.
    """
    for paragraph in document.filled_paragraphs:
        signed = _DATE.fullmatch(compact(paragraph.plain)) if len(paragraph.text) <= 14 else None
        if signed:
            for message in _signature_problems(document, paragraph, signed):
                yield RuleFinding(message, paragraph, 0, paragraph.text, "warning")
            return


def _signature_problems(document: Document, paragraph: Paragraph, signed: re.Match[str]) -> Iterator[str]:
    number_year = re.search(r"〔(\d{4})〕", to_half_width(document.text_field("issueNumber")))
    if number_year and signed[1] != number_year[1]:
        yield tr("落款是 {day} 年，文号是 {year} 年", day=signed[1], year=number_year[1])
    published = document.text_field("publishTime")[:10]
    signed_day = f"{signed[1]}-{int(signed[2]):02}-{int(signed[3]):02}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", published) and published < signed_day:
        yield tr("发布时间 {published} 早于落款日期", published=published)
    issuer = _single_issuer(document.text_field("policyTitle"))
    # The signature is above the date; joint notices have up to thirty lines of issuers.
    before = document.paragraphs[max(0, paragraph.index - 30) : paragraph.index]
    lines = [compact(paragraph.plain) for paragraph in before if len(paragraph.text) <= 60]
    signs = any(issuer in line or (len(line) >= _SHORTEST_ISSUER and issuer.endswith(line)) for line in lines)
    if issuer and not signs:
        yield tr("落款里没有标题的发文机关“{issuer}”", issuer=issuer)


def _single_issuer(title: str) -> str:
    """Return the issuer at the start of a title, or an empty string if there is none or more than one."""
    # Joint issuers (甲局、乙局, or 甲局等3个部门) sign with names that the title does not contain.
    written, about, _ = title.partition("关于")
    issuer = compact(written)
    if not about or not 4 <= len(issuer) <= 40 or len(written.split()) > 1:
        return ""
    return "" if re.search(r"等[\d一二三四五六七八九十]+个?(?:部门|单位)$|、", issuer) else issuer


def title_blanks(document: Document) -> Iterator[RuleFinding]:
    """The title contains no blank except the one after the issuer.

    Limits: a blank between Latin letters or digits is correct.
    """
    title = document.text_field("policyTitle")
    for found in re.finditer(r"\s+", title):
        before, after = title[: found.start()], title[found.end() :]
        is_between_latin = _is_latin(before[-1:]) and _is_latin(after[:1])
        # GB/T 9704 sets joint issuers apart by a blank.
        follows_issuer = "关于" not in before and (
            after.startswith("关于") or _ISSUER.search(before) is not None
        )
        if not is_between_latin and not follows_issuer:
            excerpt = masked(before)[-6:] + "␣" + cut(after, 6)
            yield RuleFinding(tr("标题里有多余的空格：“{around}”", around=excerpt), None, found.start(), "")


_PAIRS = (("《", "》"), ("(", ")"), ("“", "”"))
_CUT_END = re.compile(r"(?:的[通意决公批报]?|[、,:\-—])$")
_CUT_START = re.compile(r"[的、,》)]|于(?:印发|做好|进一步|开展|加强)")


def title_cut(document: Document) -> Iterator[RuleFinding]:
    """The title is complete: its marks come in pairs, and it does not end with 的 or within its last word.

    If the text begins with a title that goes on after the record's, the record's is cut. Limits: a title that
    lost whole words is not seen, unless the text has it.
    """
    title = compact(document.text_field("policyTitle"))
    if not title:
        return
    head = compact("".join(paragraph.plain for paragraph in document.filled_paragraphs[:4]))
    goes_on = head.removeprefix(title)[:_LONGEST_REST] if head.startswith(title) else ""
    rest = _REST_OF_TITLE.match(goes_on)
    if rest:
        yield RuleFinding(tr("标题缺后半截，正文里还有“{rest}”", rest=rest.group()), None, 0, title[-8:])
    elif any(title.count(opener) != title.count(closer) for opener, closer in _PAIRS):
        yield RuleFinding(tr("标题里的括号或引号不成对"), None, 0, title[:12])
    elif _CUT_END.search(title):
        yield RuleFinding(tr("标题停在“{end}”，没有写完", end=title[-4:]), None, 0, title[-8:])
    elif _CUT_START.match(title):
        yield RuleFinding(tr("标题以“{start}”开头，前面缺字", start=title[:4]), None, 0, title[:8])


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def issue_number(document: Document) -> Iterator[RuleFinding]:
    """A notice has a number such as 渝府发〔2018〕57号; a regulation has the sentence of its adoption.

    Orders and public notices may be numbered through the year: 令第358号, 2023年第5号.

    Limits: a regulation with the sentence of its adoption is a note; any other form is a warning.
    """
    number = compact(document.text_field("issueNumber"))
    title = compact(document.text_field("policyTitle"))
    if not number or ISSUE_NUMBER.match(number):
        return
    if _PUBLIC.search(title) and _SERIAL.fullmatch(number):
        return
    is_law = _LAW.search(title)
    severity: Severity = "info" if is_law and _ADOPTED.search(number) else "warning"
    message = tr("文号“{number}”不是文号的写法", number=number[:40])
    yield RuleFinding(message, None, 0, number[:12], severity)


def file_name(document: Document) -> Iterator[RuleFinding]:
    """The name of the file does not begin with an ordinal number, as in 10 关于印发….

    Limits: only fileName is examined.
    """
    files = document.record.get("files")
    for item in files if isinstance(files, list) else ():
        name = item.get("fileName") if isinstance(item, dict) else None
        if isinstance(name, str) and re.match(r"\d{1,4}\s", name):
            yield RuleFinding(tr("附件名以序号开头：“{name}”", name=name[:30]), None, 0, name[:8])
