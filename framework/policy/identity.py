"""The rule that a text belongs to its record: it is the document that the policyTitle announces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact
from framework.policy.document_names import (
    bigram_share,
    core_name,
    have_same_subject,
    may_be_same_document,
    name_different_places,
    quoted_names,
    subject_of,
    without_quotation_marks,
)
from framework.policy.markers import hard_marker

# The last word of a title, with an edition in brackets if there is one.
_TITLE = re.compile(
    r"(?:通知|意见|决定|公告|通告|通报|批复|函|条例|办法|规定|细则|方案|规划|计划|措施|规则|指南|要点|标准|目录|纲要|若干政策|政策)(?:\([^()]{1,30}\))?$"
)
# A list or an explanation of policies may begin with the title of one of them.
_COLLECTION = re.compile(r"(?:清单|汇编|解读|问答|一览表?|摘编|选编|指引|手册)$")
# A short heading such as 工作方案 has none of these, so it is no evidence for another document.
_NAMES_AUTHORITY_OR_SUBJECT = re.compile(r"关于|《|[省市区县州局委厅部院]|中国|国家|全国|中华|中共|中央")
_ISSUING_TITLE = re.compile(r"(?:印发|转发|发布|公布|下发)")
# 现将《…》印发给你们, and 《…》已经…同意,现印发给你们.
_ISSUES_DOCUMENT = re.compile(
    r"现将(?:市委、市政府)?(?:研究)?(?:制定|修订)?的?《[^《》]{2,120}》[^。]{0,120}?(?:印发|转发|发布|公布|下发)|"
    r"(?:^|[。,;])《[^《》]{2,120}》[^。]{0,120}?,现(?:予以?)?(?:印发|转发|发布|公布|下发)"
)
ISSUE_NUMBER = re.compile(r"^[一-鿿]{1,12}〔(?:19|20)\d{2}〕[1-9]\d{0,3}号$")
# A name counts as found in a text if this share of its pairs of characters is.
_FOUND_SHARE = 0.9
# The contents, and the sentence of its adoption below the title of a regulation.
_NO_TITLE = re.compile(r"目[录次]|\(.*\)")
_MAX_ISSUING_PARAGRAPH = 600
_SAME_SHARE = 0.93
_BRACKETED = re.compile(r"\([^()]{0,40}\)|[《》“”\"]")
# The title of an order does not name the published document.
_ORDER = re.compile(r"令(?:\(?第?\d{1,4}号\)?)?$")
# Kinds whose titles name their topic; a plan, a list or an answer to a proposal does not.
_ONE_SUBJECT = re.compile(
    r"(?:通知|意见|通报|批复|公告|通告|措施|政策|条例|办法|规定|细则|方案|计划)(?:\([^()]{1,30}\))?$"
)
_COMMON_WORDS = re.compile(
    r"关于|印发|转发|通知|意见|实施|工作|的|开展|做好|进一步|加强|推进|推动|促进|支持|加快|发展|管理|办法|方案|措施|若干|公告|计划|行动"
    r"|细则|规定|政策|有关|事项|和|与|及|一批|部分|调整|[一-鿿]{2,3}[省市区县州]|\d+|年|[()《》“”、,:·—-]"
)
_PLAIN_LETTER = re.compile(r"(?:通知|函|批复|通报|请示|公告|通告)$")
_FIRST_ARTICLE = re.compile(r"第[一1][条章]")
_SHORTEST_TEXT = 100
_SHORT_TEXT = 300
_FEWEST_WORDS = 5
_SUBJECT_SHARE = 0.3
_CHARACTER_SHARE = 0.7
_REGULATION = re.compile(r"条例(?:\([^()]{1,30}\))?$")
_ARTICLE_ONE = re.compile(r"第\s{0,4}(?:一|1)\s{0,4}条")


def title_agreement(document: Document) -> Iterator[RuleFinding]:
    """The text is the document that its record's title announces.

    It is an error only if there is evidence for another document: a title at the head of the text that
    disagrees, 现将《…》印发 of another document, a regulation without 第一条, or hardly any of the title's
    own words; in a short text, that is only a warning. Limits: a missing title is no evidence, since many
    texts do not contain it (see title_absent). Only wording is compared, without blanks, brackets and
    editions, so two policies of one issuer whose titles differ only in their edition count as one. A list or
    an explanation of policies may begin with the name of one of them.
    """
    title = compact(document.text_field("policyTitle"))
    if len(title) < 6 or not document.filled_paragraphs:
        return
    if core_name(title) in without_quotation_marks(document.compact_text):
        return
    names = quoted_names(title)
    # The text does not contain the title literally, so look for evidence of another document.
    own = _own_title(document)
    if own and _belongs_to_another(document, title, names, own[1]):
        yield _own_title_finding(title, *own)
        return
    issued = _other_issued_document(document, title, names)
    if issued:
        yield _issued_finding((names or [subject_of(title)])[0], *issued)
        return
    # If the text has a title of its own that agrees, missing words are no finding.
    yield from () if own else _without_own_title(document, title, names)


def _without_own_title(document: Document, title: str, names: Sequence[str]) -> Iterator[RuleFinding]:
    first = document.filled_paragraphs[0]
    other_kind = _other_kind(document, title)
    reason = other_kind or _other_subject(document, title)
    if reason:
        is_short = len(document.compact_text) < _SHORT_TEXT
        yield RuleFinding(
            reason, first, 0, first.text[:12], "warning" if is_short and not other_kind else None
        )
        return
    text = without_quotation_marks(document.compact_text)
    for name in names:
        if bigram_share(name, text) < _FOUND_SHARE:
            message = tr("正文里没有与标题一字不差的“{name}”", name=name[:60])
            yield RuleFinding(message, first, 0, "", "warning")


def _other_kind(document: Document, title: str) -> str:
    """Return why the text is of another kind than *title*; empty if it may be of its kind."""
    if _REGULATION.search(title) and not _ARTICLE_ONE.search(document.raw):
        return tr("标题是条例，正文里没有第一条")
    is_letter = _PLAIN_LETTER.search(title) and not _ISSUING_TITLE.search(title)
    if is_letter and _FIRST_ARTICLE.match(document.filled_paragraphs[0].text):
        return tr("标题是一封公函，正文却从第一条开始")
    return ""


def _other_subject(document: Document, title: str) -> str:
    """Return why a text without a title of its own cannot be that of *title*; empty if it may be."""
    text = document.compact_text
    words = _specific_words(title)
    if len(text) < _SHORTEST_TEXT or len(words) < _FEWEST_WORDS or not _ONE_SUBJECT.search(title):
        return ""
    share = sum(word in text for word in words) / len(words)
    # An abbreviation (残保金) has no pair of its full name, but its characters.
    characters = set("".join(words))
    known = sum(char in text for char in characters) / len(characters)
    is_other = share < _SUBJECT_SHARE and known < _CHARACTER_SHARE
    return tr("标题的用词正文里几乎没有，说的不是这件事") if is_other else ""


def _specific_words(title: str) -> set[str]:
    """Return the pairs of adjacent characters of a title's subject, without words that many titles share."""
    names = quoted_names(title)
    pieces = _COMMON_WORDS.split(names[0] if names else subject_of(title))
    return {piece[at : at + 2] for piece in pieces for at in range(len(piece) - 1)}


def _own_title_finding(title: str, paragraph: Paragraph, own_title: str) -> RuleFinding:
    message = tr("正文的标题是“{own}”，不是记录的标题", own=own_title[:60])
    severity: Severity | None = None if _is_certain_contradiction(title, own_title) else "warning"
    return RuleFinding(message, paragraph, 0, paragraph.text[:12], severity)


def _issued_finding(name: str, paragraph: Paragraph, issued_name: str) -> RuleFinding:
    message = tr(
        "正文印发的是《{other}》，不是标题所说的“{name}”",
        other=cut(issued_name, 60),
        name=cut(name, 60),
    )
    return RuleFinding(message, paragraph, paragraph.plain.find("《"), issued_name[:12])


def _belongs_to_another(document: Document, title: str, names: Sequence[str], own_title: str) -> bool:
    """Whether the text's own title is about another document than the record's title."""
    if have_same_subject(title, own_title, names):
        return False
    found_share = min(bigram_share(name, document.compact_text) for name in names or [subject_of(title)])
    if found_share < _FOUND_SHARE or name_different_places(title, own_title):
        return True
    return bool(names and quoted_names(own_title))


def _is_certain_contradiction(title: str, own_title: str) -> bool:
    """Whether *own_title* is certainly another title, and not a heading or the same title in short."""
    if _COLLECTION.search(core_name(title)) or not _NAMES_AUTHORITY_OR_SUBJECT.search(own_title):
        return False
    if quoted_names(title) and quoted_names(own_title):
        return True
    if name_different_places(title, own_title):
        return True
    own_share = bigram_share(subject_of(own_title), core_name(title))
    title_share = bigram_share(subject_of(title), core_name(own_title))
    return max(own_share, title_share) < 0.65


def _other_issued_document(
    document: Document, title: str, names: Sequence[str]
) -> tuple[Paragraph, str] | None:
    """Return the document that the text issues, and its paragraph, if the title issues another one."""
    if _ORDER.search(title):
        return None
    announced = names or [subject_of(title)]
    text_of_names = without_quotation_marks(document.compact_text)
    if _ISSUING_TITLE.search(title) and any(
        without_quotation_marks(name) in text_of_names for name in announced
    ):
        return None
    for paragraph in document.filled_paragraphs[:12]:
        text = compact(paragraph.plain)
        issuing = _ISSUES_DOCUMENT.search(text) if len(text) <= _MAX_ISSUING_PARAGRAPH else None
        issued = quoted_names(text[: issuing.end()]) if issuing else []
        if issued and not any(_is_same_name(one, name) for one in issued for name in (*announced, title)):
            return paragraph, issued[-1]
    return None


def _is_same_name(name: str, other: str) -> bool:
    """Whether two names are one but for the edition, some characters, or words that one leaves out."""
    shorter, longer = sorted((_BRACKETED.sub("", name), _BRACKETED.sub("", other)), key=len)
    if shorter in longer or bigram_share(longer, shorter) >= _SAME_SHARE:
        return True
    # A short name may put the words in another order, but has none of its own.
    return set(shorter) <= set(longer) and may_be_same_document(name, other)


def _own_title(document: Document) -> tuple[Paragraph, str] | None:
    """Return the title at the head of the text, which may span three paragraphs, and its first paragraph."""
    text = ""
    first = None
    for paragraph in document.filled_paragraphs[:3]:
        piece = compact(paragraph.plain)
        if _cannot_be_title(piece) or hard_marker(paragraph):
            break
        first, text = first or paragraph, text + piece
        if _TITLE.search(text):
            return first, text
    return None


def _cannot_be_title(text: str) -> bool:
    is_other = ISSUE_NUMBER.match(text) or _NO_TITLE.fullmatch(text)
    return len(text) > 100 or is_other is not None or text[-1] in ":;" or "。" in text
