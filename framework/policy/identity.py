"""Is this the text of this policy: its title, its number, its issuer, its date; and the record's own fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, Slip, narrow, squeezed
from framework.policy.markers import hard_marker

_NAME = re.compile(r"《([^《》]{2,120})》")
_EDITION = re.compile(r"\((?:\d{4}.{0,12}|试行|暂行|修订|草案|修正|征求意见稿|.{0,6}版)\)$")
_TITLE = re.compile(
    r"(?:通知|意见|决定|公告|通告|通报|批复|函|条例|办法|规定|细则|方案|规划|计划|措施|规则|指南|要点|标准|目录|纲要|若干政策|政策)(?:\([^()]{1,30}\))?$"
)
_COLLECTION = re.compile(r"(?:清单|汇编|解读|问答|一览表?|摘编|选编|指引|手册)$")
_NAMED = re.compile(r"关于|《|[省市区县州局委厅部院]|中国|国家|全国|中华|中共|中央")
_ISSUING = re.compile(r"(?:印发|转发|发布|公布|下发)")
_ISSUED = re.compile(
    r"现将(?:市委、市政府)?(?:研究)?(?:制定|修订)?的?《[^《》]{2,120}》[^。]{0,120}?(?:印发|转发|发布|公布|下发)|"
    r"(?:^|[。,;])《[^《》]{2,120}》[^。]{0,120}?,现(?:予以?)?(?:印发|转发|发布|公布|下发)"
)
_GENERAL = re.compile(
    r"^[一-鿿]{2,3}[省市区县州]|关于|若干|实施|行动|管理|工作|发展|促进|支持|推动|加快|(?:方案|办法|计划|规划|措施|意见|细则|规定|政策|通知|条例|要点|指南|规则)$"
)
_NUMBER = re.compile(r"^[一-鿿]{1,12}〔(?:19|20)\d{2}〕[1-9]\d{0,3}号$")
_ADOPTED = re.compile(
    r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日.{0,60}会议?.{0,20}(?:通过|修订|修正|批准)|令第?\d{1,4}号|第\d{1,4}号"
)
_DATE = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日")
_LAW = re.compile(r"(?:条例|法|决定)$")
_MASTHEAD = 15


def _core(name: str) -> str:
    """Return a document's name as it is compared: without its edition and its quotation marks."""
    return re.sub(r"[《》〈〉“”\"]", "", _EDITION.sub("", squeezed(name)))


def plan_names(title: str) -> list[str]:
    """Return the names of the documents that a title names in 《》, as they are compared."""
    return [_core(found) for found in _NAME.findall(title)]


def title_agreement(document: Document) -> Iterator[Slip]:
    """The text is the one its record's title announces.

    An error only on evidence that it is another's: a title of its own at its head that disagrees, or 现将《…》印发 of another
    document than the one the title issues. Limits: that the title is not found is no evidence, many texts never say it (see
    title_absent); compares wording without blanks, brackets and editions; two policies of one subject and issuer whose titles
    differ by an edition only are taken for one; a list or an explanation of policies may begin with the name of one.
    """
    title = squeezed(document.field("policyTitle"))
    if len(title) < 6 or not document.filled or _core(title) in re.sub(r"[《》〈〉“”\"]", "", document.words):
        return
    own = _own_title(document)
    wanted = plan_names(title)
    told = min((_share(name, document.words) for name in wanted or [_subject(title)]), default=1.0)
    if (
        own
        and not _same_subject(title, own[1], wanted)
        and (told < 0.9 or (wanted and plan_names(own[1])) or _elsewhere(title, own[1]))
    ):
        yield Slip(
            tr("正文的标题是“{own}”,不是记录的标题", own=own[1][:60]),
            own[0],
            0,
            own[0].text[:12],
            None if _contradicts(title, own[1]) else "warning",
        )
        return
    other = _issues_another(document, title, wanted)
    if other:
        yield Slip(
            tr(
                "正文印发的是《{other}》,不是标题所说的“{name}”",
                other=other[1][:60],
                name=(wanted or [_subject(title)])[0][:60],
            ),
            other[0],
            other[0].plain.find("《"),
            other[1][:12],
        )
        return
    for name in wanted if not own else ():
        if _share(name, document.words) < 0.9:
            yield Slip(
                tr("正文里没有与标题一字不差的“{name}”", name=name[:60]), document.filled[0], 0, "", "warning"
            )


def _contradicts(title: str, own: str) -> bool:
    """Whether *own* is beyond doubt the title of another document: not a heading, not the title in short."""
    if _COLLECTION.search(_core(title)) or not _NAMED.search(own):
        return False
    plans = bool(plan_names(title) and plan_names(own))
    return (
        plans
        or _elsewhere(title, own)
        or max(_share(_subject(own), _core(title)), _share(_subject(title), _core(own))) < 0.65
    )


def _issues_another(document: Document, title: str, wanted: list[str]) -> tuple[Paragraph, str] | None:
    """Return what the text issues, and where, if its title issues something else."""
    if not _ISSUING.search(title):
        return None
    names = wanted or [_subject(title)]
    if max(_share(name, document.words) for name in names) >= 0.9:
        return None
    for paragraph in document.filled[:12]:
        text = squeezed(paragraph.plain)
        if len(text) > 600 or not _ISSUED.search(text):
            continue
        issued = plan_names(text[: _ISSUED.search(text).end()])  # type: ignore[union-attr]
        if issued and not any(_akin(one, name) for one in issued for name in names):
            return paragraph, issued[-1]
    return None


def _akin(one: str, other: str) -> bool:
    """Whether two names may be those of one document, in full and in short."""
    if one in other or other in one:
        return True
    if _elsewhere(one, other):
        return False
    mine, theirs = _GENERAL.sub("", one), _GENERAL.sub("", other)
    return len(mine) < 2 or len(theirs) < 2 or max(_share(mine, other), _share(theirs, one)) >= 0.5


def _own_title(document: Document) -> tuple[Paragraph, str] | None:
    """Return the first paragraph that reads as the title of the whole text, with the lines it goes on over."""
    text = ""
    first = None
    for paragraph in document.filled[:3]:
        piece = squeezed(paragraph.plain)
        if (
            len(piece) > 100
            or _NUMBER.match(piece)
            or piece[-1] in ":;"
            or "。" in piece
            or hard_marker(paragraph)
        ):
            break
        first, text = first or paragraph, text + piece
        if _TITLE.search(text):
            return first, text
    return None


def _same_subject(title: str, own: str, wanted: list[str]) -> bool:
    core, other = _core(title), _core(own)
    if other in core or core in other:
        return True
    names = plan_names(own)
    if names and wanted:
        return any(name in wanted or any(name in one or one in name for one in wanted) for name in names)
    if any(name in other or other in name for name in wanted):
        return True
    return min(_share(core, other), _share(other, core)) >= 0.8 and _places(core) == _places(other)


def _places(text: str) -> list[str]:
    return re.findall(r"[一-鿿]{2}[区县市]", text)[:4]


def _elsewhere(title: str, own: str) -> bool:
    """Whether both titles name places, and not the same ones."""
    return bool(_places(title)) and bool(_places(own)) and _places(_core(title)) != _places(_core(own))


def _subject(title: str) -> str:
    """Return what a title is about: between 关于 (印发) and 的通知."""
    found = re.search(
        r"关于(?:印发|发布|公布|转发|开展|做好)?(.{4,120}?)(?:的(?:通知|意见|实施意见|决定|公告|通告|通报|批复|函|指导意见))?$",
        _core(title),
    )
    return found[1] if found else _core(title)


def _share(name: str, text: str) -> float:
    """Return which share of the pairs of characters of *name* is found in *text*."""
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 1.0


def title_absent(document: Document) -> Iterator[Slip]:
    """The text holds its title and its number.

    Limits: a warning: many are published without their masthead.
    """
    words = re.sub(r"[《》]", "", document.words)
    missing = [
        label
        for label, value in (
            (tr("标题"), document.field("policyTitle")),
            (tr("文号"), document.field("issueNumber")),
        )
        if value and re.sub(r"[《》()]", "", squeezed(value)) not in re.sub(r"[()]", "", words)
    ]
    if missing:
        yield Slip(
            tr("正文里没有{what}", what=tr("和").join(missing)),
            document.filled[0] if document.filled else None,
        )


def signature(document: Document) -> Iterator[Slip]:
    """The issuer of the title signs; the date is of the number's year and not after publication.

    Limits: the date is the first that stands as a paragraph of its own; an issuer may sign with a short name,
    hence a warning.
    """
    signed = next(
        (p for p in document.filled if len(p.text) <= 14 and _DATE.fullmatch(squeezed(p.plain))), None
    )
    if signed is None:
        return
    day = _DATE.search(squeezed(signed.plain))
    year = re.search(r"〔(\d{4})〕", narrow(document.field("issueNumber")))
    if day and year and day[1] != year[1]:
        yield Slip(
            tr("落款是 {day} 年,文号是 {year} 年", day=day[1], year=year[1]),
            signed,
            0,
            signed.text,
            "warning",
        )
    published = document.field("publishTime")[:10]
    if (
        day
        and re.fullmatch(r"\d{4}-\d{2}-\d{2}", published)
        and published < f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    ):
        yield Slip(
            tr("发布时间 {published} 早于落款日期", published=published), signed, 0, signed.text, "warning"
        )
    issuer = squeezed(document.field("policyTitle")).partition("关于")[0]
    if (
        4 <= len(issuer) <= 40
        and "关于" in document.field("policyTitle")
        and not re.search(r"等\d+个?部门$|、", issuer)
    ):
        before = document.paragraphs[max(0, signed.index - 30) : signed.index]
        if not any(issuer in squeezed(p.plain) for p in before if len(p.text) <= 60):
            yield Slip(
                tr("落款里没有标题的发文机关“{issuer}”", issuer=issuer), signed, 0, signed.text, "warning"
            )


def title_blanks(document: Document) -> Iterator[Slip]:
    """No blank inside the title but the one after the issuer.

    Limits: a blank between Latin letters or digits is right.
    """
    title = document.field("policyTitle")
    for found in re.finditer(r"\s+", title):
        before, after = title[: found.start()], title[found.end() :]
        latin = (
            before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum()
        )
        if not latin and not (after.startswith("关于") and "关于" not in before):
            yield Slip(
                tr("标题里有多余的空格:“{around}”", around=before[-6:] + "␣" + after[:6]),
                None,
                found.start(),
                "",
            )


def issue_number(document: Document) -> Iterator[Slip]:
    """A notice has a number such as 渝府发〔2018〕57号, a regulation its adoption.

    Limits: a regulation whose field holds the sentence of its adoption is a note; another form is a warning.
    """
    number = squeezed(document.field("issueNumber"))
    if not number or _NUMBER.match(number):
        return
    law = _LAW.search(squeezed(document.field("policyTitle"))) and _ADOPTED.search(number)
    yield Slip(
        tr("文号“{number}”不是文号的写法", number=number[:40]),
        None,
        0,
        number[:12],
        "info" if law else "warning",
    )


def file_name(document: Document) -> Iterator[Slip]:
    """The name of the file does not begin with an ordinal: 10 关于印发….

    Limits: looks at fileName only.
    """
    files = document.record.get("files")
    for item in files if isinstance(files, list) else ():
        name = item.get("fileName") if isinstance(item, dict) else None
        if isinstance(name, str) and re.match(r"\d{1,4}\s", name):
            yield Slip(tr("附件名以序号开头:“{name}”", name=name[:30]), None, 0, name[:8])
