"""Personal data that a published text must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from framework.base.messages import tr
from framework.policy.document import Document, Slip

_MOBILE = re.compile(
    r"(?<![\d.])1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}(?!\d|\.\d|\s{0,2}(?:元|万|亿|吨|人))"
)
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-6][0-9]|71|8[1-3])([0-9]{4})((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])([0-9]{3})([0-9Xx])(?![0-9A-Za-z])"
)
_CONTACT = re.compile(r"电话|手机|联系|咨询|热线|微信|传真")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NEAR = 24


def personal_data(document: Document) -> Iterator[Slip]:
    """No mobile number, no resident identity number (GB 11643, with its check digit).

    Limits: a number behind 电话, 联系 and the like is published on purpose and is a warning; names are not
    looked for.
    """
    for paragraph in document.paragraphs:
        for found in _MOBILE.finditer(paragraph.plain):
            meant = _CONTACT.search(paragraph.plain, max(0, found.start() - _NEAR), found.start())
            masked = found.group()[:3] + "****" + found.group()[-4:]
            yield Slip(
                tr("手机号码 {number}", number=masked),
                paragraph,
                found.start(),
                masked,
                "warning" if meant else None,
            )
        for found in _IDENTITY.finditer(paragraph.plain):
            if _is_identity(found):
                masked = found.group()[:6] + "****"
                yield Slip(tr("居民身份证号码 {number}", number=masked), paragraph, found.start(), masked)


def _is_identity(found: re.Match[str]) -> bool:
    try:
        born = date(int(found[3]), int(found[4]), int(found[5]))
    except ValueError:
        return False
    number = found.group().upper()
    check = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return born <= date.today() and "10X98765432"[check] == number[17]
