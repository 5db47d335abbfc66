"""Finds a lost end of a document: its signature, its date, or the article that puts it in force.

A letter that issues another document is signed and dated before that document begins (GB/T 9704, 7.3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact
from framework.policy.document_names import quoted_names

_CN_DIGITS: Final = "〇零一二三四五六七八九十百千"
_DATE: Final = re.compile(
    rf"(?:\d{{4}}|[{_CN_DIGITS}]{{4}})年(?:\d{{1,2}}|[{_CN_DIGITS}]{{1,2}})月(?:\d{{1,2}}|[{_CN_DIGITS}]{{1,3}})日"
)
_ISSUES: Final = re.compile(
    r"(?:现(?:予以?)?|现将[^。]{1,120}?(?:予以)?|一并|随文|予以)(?:印发|转发|下发)(?:给你们|如下|,|。)"
    r"|(?:印发|转发)给你们"
)
_SALUTED: Final = re.compile(
    r"[^。;]{2,400}(?:部门|单位|政府|委|局|会|街道|镇|学校|公司|企业|机构|院|校|处):"
)
_SIGNED_KIND: Final = re.compile(r"(?:通知|意见|决定|通告|公告|批复|通报|函|请示|报告)(?:\([^()]{1,12}\))?$")
_PUBLIC_KIND: Final = re.compile(r"(?:通告|公告|公示)(?:\([^()]{1,12}\))?$")
# The last words of a letter; only its signature and annexes follow.
_CLOSING: Final = re.compile(
    r"(?:特此(?:公告|通告|通知|通报|批复|函复|函告|报告|公示)|专此函复|此复|此函)。?"
)
SIGNATURE: Final = re.compile(
    r"[^。,;:]{0,50}(?:委员会|政府|办公厅|办公室|人社局|[厅室局委府会部院署处行司校站团队社]|中心|小组|党组|集团|大学|银行|公司|海关|联盟|支队|总队|基地|指挥部|编办|军区)"
    r"(?:\([^()]{1,12}\))?"
)
_SIGNED_AND_DATED: Final = re.compile(rf"[^。,;:]{{2,60}}{_DATE.pattern}")
_ARTICLE: Final = re.compile(rf"第[{_CN_DIGITS}\d]{{1,8}}条")
_IN_FORCE: Final = re.compile(
    r"(?<!之日)起[^。;]{0,12}(?:施行|实施|执行|生效|实行|试行)|(?:印发|发布|公布|颁布|下发|核准|登记|签发|通过)之日起"
    r"|(?:施行|实施|执行|试行)(?:期|时间|日期|至)|有效期"
)
_RULES_KIND: Final = re.compile(r"(?:条例|办法|规定|细则|规则)(?:\([^()]{1,12}\))?$")
_NOT_SIGNATURE: Final = re.compile(
    r"[。;:,]|^附件|^\d{1,2}[.、]|^[一二三四五六七八九十]+、|^\(?[一二三四五六七八九十]+\)"
)
_LONGEST_SIGNATURE: Final = 60
_LONGEST_DATE: Final = 16
_MOST_SIGNATURES: Final = 40
_FIRST: Final = 8
_ARTICLES: Final = 10
_FEWEST_ARTICLES: Final = 5
_LAST_ARTICLES: Final = 5
_QUOTED: Final = 12


def signed(document: Document) -> Iterator[RuleFinding]:
    """A document of a kind that is signed has signature and date; regulations end with the day they apply.

    Limits: which kind a document is of is seen from its salutation, from 现印发给你们, from 特此公告 or from
    the record's title. A public notice without such words is only a warning, and so are regulations with
    five to nine articles. A lost last paragraph of a plan is not seen: nothing says how a plan ends.
    """
    paragraphs = document.filled_paragraphs
    letter = _letter_end(document, paragraphs)
    if letter is not None:
        yield from _unsigned(paragraphs, letter)
    elif _is_public_notice(document) and not any(map(_has_date, paragraphs)):
        yield _undated(paragraphs[-1], tr("没有成文日期，落款缺失或不全"), "warning")
    yield from _without_day(document, paragraphs)


def _is_public_notice(document: Document) -> bool:
    title = compact(document.text_field("policyTitle"))
    return bool(document.filled_paragraphs) and _PUBLIC_KIND.search(title) is not None


def _letter_end(document: Document, paragraphs: Sequence[Paragraph]) -> int | None:
    """Return the number of the paragraph after which signature and date are due; None for other documents."""
    texts = [compact(each.plain) for each in paragraphs]
    issuing = next((at for at, text in enumerate(texts[:_FIRST]) if _ISSUES.search(text)), None)
    if issuing is not None:
        return issuing
    closing = next((at for at, text in enumerate(texts) if _CLOSING.fullmatch(text)), None)
    if closing is not None:
        return closing
    title = compact(document.text_field("policyTitle"))
    is_letter = any(map(_SALUTED.fullmatch, texts[:_FIRST])) and _SIGNED_KIND.search(title)
    return 0 if is_letter else None


def _unsigned(paragraphs: Sequence[Paragraph], letter: int) -> Iterator[RuleFinding]:
    issues = _ISSUES.search(compact(paragraphs[letter].plain)) is not None
    following = paragraphs[letter + 1 :][:_MOST_SIGNATURES] if issues else paragraphs[letter + 1 :]
    if any(_SIGNED_AND_DATED.fullmatch(compact(each.plain)) for each in following):
        return
    dated = next((at for at, each in enumerate(following) if _is_date(each)), None)
    if dated is None:
        if issues:
            yield _undated(paragraphs[letter], tr("印发的话之后没有成文日期，落款缺失或不全"))
        else:
            yield _undated(paragraphs[-1], tr("没有成文日期，落款缺失或不全"))
        return
    before = following[dated - 1] if dated else paragraphs[letter]
    if not _may_be_signature(compact(before.plain)):
        day = following[dated]
        yield RuleFinding(tr("成文日期之前没有署名"), day, 0, day.text)


def _may_be_signature(text: str) -> bool:
    """Return whether a line above the date may be a signature: of an authority, or of a person."""
    is_short = len(text) <= _LONGEST_SIGNATURE and not _NOT_SIGNATURE.search(text)
    return is_short or SIGNATURE.fullmatch(text) is not None


def _undated(last: Paragraph, message: str, severity: Severity | None = None) -> RuleFinding:
    return RuleFinding(message, last, 0, cut(last.text, _QUOTED), severity)


def _has_date(paragraph: Paragraph) -> bool:
    return _is_date(paragraph) or _SIGNED_AND_DATED.fullmatch(compact(paragraph.plain)) is not None


def _is_date(paragraph: Paragraph) -> bool:
    text = compact(paragraph.plain)
    return len(text) <= _LONGEST_DATE and _DATE.fullmatch(text) is not None


def _without_day(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[RuleFinding]:
    title = compact(document.text_field("policyTitle"))
    names = (title, compact(paragraphs[0].plain) if paragraphs else "", *quoted_names(title))
    if not any(map(_RULES_KIND.search, names)):
        return
    articles = [each for each in paragraphs if _ARTICLE.match(compact(each.plain))]
    if len(articles) < _FEWEST_ARTICLES:
        return
    # The letter before the articles may say it, or the last ones.
    first, last = articles[0].index, articles[-_LAST_ARTICLES].index
    edges = [each for each in paragraphs if not first <= each.index < last]
    if any(_IN_FORCE.search(each.plain) for each in edges):
        return
    severity: Severity | None = None if len(articles) >= _ARTICLES else "warning"
    yield _undated(articles[-1], tr("没有说从哪天起施行，结尾多半缺失"), severity)
