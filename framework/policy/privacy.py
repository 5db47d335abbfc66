"""The rule against personal data in a published text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.cn import ric

from framework.base.messages import tr
from framework.policy.document import Document, RuleFinding, Severity

# The number ranges of mobile operators; not before a unit, since a sum of money has eleven digits, too.
_MOBILE = re.compile(
    r"(?<![\d.])1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}(?!\d|\.\d|\s{0,2}(?:元|万|亿|吨|人))"
)
_SPACED_MOBILE = re.compile(r"(?<![\d.-])1[3-9]\d[ -]\d{4}[ -]\d{4}(?![\d.-])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
# Cards of China UnionPay, perhaps in groups of four digits.
_CARD = re.compile(r"(?<![\d.-])62\d{2}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?(?![\d.-])")
_ACCOUNT = re.compile(r"账号|账户|帐号|帐户|开户")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_CONTACT = re.compile(r"电话|手机|联系|咨询|热线|微信|传真|邮箱|邮件|信箱|e-?mail|发送至|报送", re.IGNORECASE)
_CONTACT_DISTANCE = 24


def personal_data(document: Document) -> Iterator[RuleFinding]:
    """The text contains no number of a mobile, identity card (GB 11643) or bank card, and no e-mail.

    Limits: a mobile number after 电话, 联系 and the like was published on purpose, so it is only a warning;
    so is a card after 账号. An e-mail address is a warning, and sound after such a word. Names are not
    searched for.
    """
    for paragraph in document.paragraphs:
        text = paragraph.plain
        for pattern in (_MOBILE, _SPACED_MOBILE):
            for found in pattern.finditer(text):
                shown = found.group()[:3] + "****" + found.group()[-4:]
                severity = _unless_after(_CONTACT, found)
                yield RuleFinding(
                    tr("手机号码 {number}", number=shown), paragraph, found.start(), shown, severity
                )
        for found in _IDENTITY.finditer(text):
            if ric.is_valid(found.group()):
                shown = found.group()[:6] + "****"
                yield RuleFinding(
                    tr("居民身份证号码 {number}", number=shown), paragraph, found.start(), shown
                )
        for found in _CARD.finditer(text):
            if luhn.is_valid(re.sub("[ -]", "", found.group())):
                shown = found.group()[:4] + "****"
                severity = _unless_after(_ACCOUNT, found)
                yield RuleFinding(
                    tr("银行卡号 {number}", number=shown), paragraph, found.start(), shown, severity
                )
        for found in _MAIL.finditer(text):
            if _unless_after(_CONTACT, found) is None:
                shown = found.group()[:2] + "****"
                yield RuleFinding(
                    tr("电子邮箱 {mail}", mail=shown), paragraph, found.start(), shown, "warning"
                )


def _unless_after(words: re.Pattern[str], found: re.Match[str]) -> Severity | None:
    """Return ``warning`` if one of the words is shortly before: then it was published on purpose."""
    start = max(0, found.start() - _CONTACT_DISTANCE)
    return "warning" if words.search(found.string, start, found.start()) else None
