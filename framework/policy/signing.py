"""Says what is lost of the end of a document: its signature, its date, or the article that puts it in force.

A letter that issues another document is signed and dated before that document begins (GB/T 9704, 7.3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.policy.document import Document, Paragraph, RuleFinding, Severity, compact

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
SIGNATURE: Final = re.compile(
    r"[^。,;:]{0,50}(?:委员会|政府|办公厅|办公室|人社局|[厅室局委府会部院署处行司校站团队社]|中心|小组|党组|集团|大学|银行|公司|海关|联盟|支队|总队|基地|指挥部|编办|军区)"
    r"(?:\([^()]{1,12}\))?"
)
_SIGNED_AND_DATED: Final = re.compile(rf"[^。,;:]{{2,60}}{_DATE.pattern}")
_ARTICLE: Final = re.compile(rf"第[{_CN_DIGITS}\d]{{1,8}}条")
_IN_FORCE: Final = re.compile(r"施行|实施|执行|生效|实行|有效期")
_RULES_KIND: Final = re.compile(r"(?:条例|办法|规定|细则|规则)(?:\([^()]{1,12}\))?$")
_LONGEST_DATE: Final = 16
_MOST_SIGNATURES: Final = 40
_FIRST: Final = 8
_ARTICLES: Final = 10
_LAST_ARTICLES: Final = 5
_QUOTED: Final = 12


def signed(document: Document) -> Iterator[RuleFinding]:
    """A document of a kind that is signed has signature and date; regulations end with the day they apply.

    Limits: which kind a document is of is seen from its salutation, from 现印发给你们 or from the record's
    title. A notice that issues nothing is only a warning, since some sites leave its signature out. A lost
    last paragraph of a plan is not seen: nothing says how a plan ends.
    """
    paragraphs = document.filled_paragraphs
    letter = _letter_end(document, paragraphs)
    if letter is not None:
        yield from _unsigned(paragraphs, letter)
    yield from _without_day(document, paragraphs)


def _letter_end(document: Document, paragraphs: Sequence[Paragraph]) -> int | None:
    """Return the number of the paragraph after which signature and date are due; None for other documents."""
    for number, paragraph in enumerate(paragraphs[:_FIRST]):
        if _ISSUES.search(compact(paragraph.plain)):
            return number
    is_saluted = any(_SALUTED.fullmatch(compact(each.plain)) for each in paragraphs[:_FIRST])
    title = compact(document.text_field("policyTitle"))
    return 0 if is_saluted and _SIGNED_KIND.search(title) else None


def _unsigned(paragraphs: Sequence[Paragraph], letter: int) -> Iterator[RuleFinding]:
    issues = _ISSUES.search(compact(paragraphs[letter].plain)) is not None
    following = paragraphs[letter + 1 :][:_MOST_SIGNATURES] if issues else paragraphs[letter + 1 :]
    if any(_SIGNED_AND_DATED.fullmatch(compact(each.plain)) for each in following):
        return
    dated = next((at for at, each in enumerate(following) if _is_date(each)), None)
    if dated is None:
        yield _undated(paragraphs[letter] if issues else paragraphs[-1], issues=issues)
        return
    before = following[dated - 1] if dated else paragraphs[letter]
    if not SIGNATURE.fullmatch(compact(before.plain)):
        day = following[dated]
        severity: Severity = "error" if issues else "warning"
        yield RuleFinding(tr("成文日期之前没有署名"), day, 0, day.text, severity)


def _undated(last: Paragraph, *, issues: bool) -> RuleFinding:
    if issues:
        return RuleFinding(tr("印发的话之后没有成文日期，落款缺失或不全"), last, 0, cut(last.text, _QUOTED))
    # Some sites publish a notice without its signature, so this is no proof.
    return RuleFinding(tr("没有成文日期，落款缺失或不全"), last, 0, cut(last.text, _QUOTED), "warning")


def _is_date(paragraph: Paragraph) -> bool:
    text = compact(paragraph.plain)
    return len(text) <= _LONGEST_DATE and _DATE.fullmatch(text) is not None


def _without_day(document: Document, paragraphs: Sequence[Paragraph]) -> Iterator[RuleFinding]:
    names = (compact(document.text_field("policyTitle")), compact(paragraphs[0].plain) if paragraphs else "")
    if not any(map(_RULES_KIND.search, names)):
        return
    articles = [each for each in paragraphs if _ARTICLE.match(compact(each.plain))]
    if len(articles) < _ARTICLES:
        return
    start = articles[-min(_LAST_ARTICLES, len(articles))].index
    ending = [each for each in paragraphs if each.index >= start]
    if not any(_IN_FORCE.search(each.plain) for each in ending):
        last = articles[-1]
        yield RuleFinding(tr("最后几条里没有施行的日期，结尾缺失"), last, 0, cut(last.text, _QUOTED))
