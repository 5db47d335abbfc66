"""The matcher ``policy_years``: the years of a policy agree with its issue number and its publication.

It judges the record as a whole: a document cannot be signed after it was published, and cannot refer to one
that was issued after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.declare import matcher
from framework.checks.outcome import Outcome, Violation, mismatch
from framework.policy.document import Document, Paragraph, to_half_width

MAX_PLAN_YEARS = 30
"""Plans name years ahead, and none of them looks further."""

_NUMBER_YEAR = re.compile(r"〔(\d{4})〕")
_YEAR = re.compile(r"(?<!\d)(\d{4})年")
_DATE = re.compile(r"\s*((?:19|20|21)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*")
_PUBLISHED = re.compile(r"(\d{4})-\d{2}-\d{2}")


def _only_true(argument: Json) -> str | None:
    return None if argument is True else tr("只能写 true")


@matcher(
    doc="正文里的年份与这条记录的文号、发布时间相符：落款不晚于发布，引用的文件不晚于发布",
    words="的年份与文号、发布时间相符",
    example="$.data.result[*]: {each: {policyText: {policy_years: true}}}",
    accepts=_only_true,
    needs_record=True,
)
def policy_years(value: Json, _argument: Json, record: Json) -> Outcome:
    """Compare the years in a policyText with ``issueNumber`` and ``publishTime`` of its record."""
    if not isinstance(value, str):
        return mismatch(tr("字符串"), value)
    violations = tuple(_violations(Document(value, record)))
    return Outcome(not violations, violations=violations)


def _violations(document: Document) -> Iterator[Violation]:
    published = _PUBLISHED.match(document.text_field("publishTime"))
    if published is None:
        yield Violation(what=tr("publishTime 里没有日期，年份无从比较"))
        return
    latest = int(published[1])
    number = _NUMBER_YEAR.search(to_half_width(document.text_field("issueNumber")))
    if number and int(number[1]) > latest:
        yield Violation(_not_after(published[0]), number[1], tr("文号的年份晚于发布"))
    yield from _of_signature(document, published[0], number[1] if number else "")
    for paragraph in document.filled_paragraphs:
        yield from _of_paragraph(paragraph, latest)


def _of_signature(document: Document, published: str, number_year: str) -> Iterator[Violation]:
    signed = next(filter(None, (_DATE.fullmatch(p.plain) for p in document.filled_paragraphs)), None)
    if signed is None:
        return
    day = f"{signed[1]}-{int(signed[2]):02}-{int(signed[3]):02}"
    if day > published:
        yield Violation(_not_after(published), day, tr("落款晚于发布"))
    # A number of the old year may be signed in the first days of the new one.
    if number_year and int(signed[1]) - int(number_year) not in (0, 1):
        yield Violation(number_year, day, tr("落款与文号不是同一年"))


def _of_paragraph(paragraph: Paragraph, latest: int) -> Iterator[Violation]:
    for cited in _NUMBER_YEAR.finditer(paragraph.plain):
        if int(cited[1]) > latest:
            quote = paragraph.quote_around(cited.start(), len(cited[0]))
            yield Violation(
                _not_after(str(latest)), cited[1], tr("引用的文件晚于发布：“{quote}”", quote=quote)
            )
    for named in _YEAR.finditer(paragraph.plain):
        if int(named[1]) > latest + MAX_PLAN_YEARS:
            quote = paragraph.quote_around(named.start(), len(named[0]))
            expected = _not_after(str(latest + MAX_PLAN_YEARS))
            yield Violation(expected, named[1], tr("年份在很远的将来：“{quote}”", quote=quote))


def _not_after(date: str) -> str:
    return tr("不晚于 {date}", date=date)
