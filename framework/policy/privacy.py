"""The rule against personal data in a published text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from framework.base.messages import tr
from framework.policy.document import Document, RuleFinding

# The number ranges of mobile operators; not before a unit, since a sum of money has eleven digits, too.
_MOBILE = re.compile(
    r"(?<![\d.])1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}(?!\d|\.\d|\s{0,2}(?:元|万|亿|吨|人))"
)
# Province, place, date of birth, serial number and check digit.
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-6][0-9]|71|8[1-3])([0-9]{4})((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])([0-9]{3})([0-9Xx])(?![0-9A-Za-z])"
)
_CONTACT = re.compile(r"电话|手机|联系|咨询|热线|微信|传真")
# The weights of the check digit in GB 11643.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CONTACT_DISTANCE = 24


def personal_data(document: Document) -> Iterator[RuleFinding]:
    """The text contains no mobile number and no resident identity number (GB 11643).

    Limits: a mobile number after 电话, 联系 and the like was published on purpose, so it is only a warning.
    Names are not searched for.
    """
    for paragraph in document.paragraphs:
        for found in _MOBILE.finditer(paragraph.plain):
            search_from = max(0, found.start() - _CONTACT_DISTANCE)
            is_contact = _CONTACT.search(paragraph.plain, search_from, found.start()) is not None
            masked = found.group()[:3] + "****" + found.group()[-4:]
            yield RuleFinding(
                tr("手机号码 {number}", number=masked),
                paragraph,
                found.start(),
                masked,
                "warning" if is_contact else None,
            )
        for found in _IDENTITY.finditer(paragraph.plain):
            if _is_identity_number(found):
                masked = found.group()[:6] + "****"
                yield RuleFinding(
                    tr("居民身份证号码 {number}", number=masked), paragraph, found.start(), masked
                )


def _is_identity_number(found: re.Match[str]) -> bool:
    """Whether the 18 characters have a possible date of birth and the right check digit (GB 11643)."""
    try:
        birthday = date(int(found[3]), int(found[4]), int(found[5]))
    except ValueError:
        return False
    number = found.group().upper()
    remainder = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return birthday <= date.today() and "10X98765432"[remainder] == number[17]
