"""Decodes the text of a body by the charset that its Content-Type declares (RFC 9110 section 8.3.2)."""

from __future__ import annotations

import codecs
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from dataclasses import dataclass

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.base.source import visible

_PARAMETER = re.compile(r""";\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,]+))""", re.IGNORECASE)
_SHOWN_CHARACTERS = 40
# Codecs of Python that are no character encodings of the network.
_PYTHON_ONLY = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem")
# Servers declare GB2312 or GBK and send characters of the larger set that contains both.
_LARGER_SETS = {"gb2312": "gb18030", "gbk": "gb18030"}
# UTF-32 comes first, since its mark for little endian begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (BOM_UTF8, "UTF-8"),
    (BOM_UTF32_LE, "UTF-32"),
    (BOM_UTF32_BE, "UTF-32"),
    (BOM_UTF16_LE, "UTF-16"),
    (BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A body as text, with U+FFFD for undecodable bytes. ``problem`` says why it differs from the sent
    text.
    """

    text: str
    problem: str = ""


def declared_charset(content_type: str | None) -> str:
    """Return the charset of a Content-Type as written there; empty if it has none."""
    found = _PARAMETER.search(content_type or "")
    return next((part.strip() for part in found.groups() if part), "") if found else ""


def decode_text(body: bytes, charset: str) -> DecodedText:
    """Decode *body* by its declared charset; as UTF-8 if it is empty."""
    if not charset:
        return DecodedText(body.decode("utf-8", "replace"))
    codec = _codec_name(charset)
    if not codec:
        what = tr("答复声明的字符集 {charset} 不认识，正文无法解码", charset=_shown(charset))
        return DecodedText(body.decode("utf-8", "replace"), what)
    try:
        return DecodedText(body.decode(codec))
    except UnicodeDecodeError as error:
        what = tr(
            "答复声明 charset={charset}，但正文第 {at} 个字节起不是这种编码",
            charset=_shown(charset),
            at=error.start,
        )
        return DecodedText(body.decode(codec, "replace"), what)


def explain_not_utf8(body: bytes, charset: str) -> str:
    """Return why *body* is not JSON in UTF-8 (RFC 8259 section 8.1); empty if its encoding is right."""
    codec = _codec_name(charset) if charset else "utf-8"
    if not codec:
        return tr("答复声明的字符集 {charset} 不认识；JSON 只能是 UTF-8（RFC 8259）", charset=_shown(charset))
    if codec != "utf-8" and not (codec == "ascii" and body.isascii()):
        return tr("答复声明 charset={charset}，而 JSON 只能是 UTF-8（RFC 8259）", charset=_shown(charset))
    mark = next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), "")
    if mark:
        return tr("答复以 BOM 开头（{name}），JSON 前面不能有它（RFC 8259 第 8.1 节）", name=mark)
    return ""


def _codec_name(charset: str) -> str:
    """Return Python's name of a charset; empty if it is unknown."""
    try:
        name = codecs.lookup(charset).name
        b"a".decode(name, "replace")  # fails for codecs that do not produce text, such as base64
    except (LookupError, ValueError):
        return ""
    return "" if name.replace("-", "_") in _PYTHON_ONLY else _LARGER_SETS.get(name, name)


def _shown(charset: str) -> str:
    return visible(cut(charset, _SHOWN_CHARACTERS))
