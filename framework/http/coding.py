"""Decodes the content codings of a reply (RFC 9110 section 8.4), with a limit on the decoded size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.base.source import visible

ACCEPT_ENCODING = "gzip, deflate"
"""Fixed, so that a run sends the same header on every machine, whichever codecs are installed there."""

_DECODED = ("gzip", "x-gzip", "deflate")
_SHOWN_CHARACTERS = 40
_MAX_CODINGS = 4
_MAX_MEMBERS = 64
"""The rest of the body is copied for each gzip member, so a million tiny members would take hours."""

_ANY_HEADER = 32 + zlib.MAX_WBITS
"""zlib's flag to recognize gzip or zlib format by the first bytes."""

_FIRST_BYTES = (b"\x1f", b"\x78")
"""Of the gzip and the zlib format."""


class ContentTooLarge(Exception):
    """The decoded content is larger than the limit."""


class ContentTruncated(Exception):
    """The compressed content ends early, so the reply is not complete. The argument is the coding."""


@dataclass(frozen=True, slots=True)
class Content:
    """The decoded content. If decoding failed: the bytes as received, and the reason."""

    body: bytes
    undecodable: str | None = None


def decode_content(raw: bytes, codings: str, limit: int, requested: str = ACCEPT_ENCODING) -> Content:
    """Decode *raw* according to *codings*, the value of Content-Encoding.

    *requested* is the Accept-Encoding of the request.

    Raises:
        ContentTooLarge: the content has more than *limit* bytes. Decoding stops there, so memory is bounded.
        ContentTruncated: the content ends early.
    """
    names = [name for name in _listed(codings) if name != "identity"]
    if not names or not raw:
        return Content(raw)
    if len(names) > _MAX_CODINGS:
        return Content(
            raw, tr("答复声明了 {count} 层内容编码，最多解 {limit} 层", count=len(names), limit=_MAX_CODINGS)
        )
    body = raw
    for name in reversed(names):  # listed in the order in which they were applied
        if name not in _DECODED:
            return Content(raw, _not_decoded(name, requested))
        try:
            body = _inflate(body, limit, allow_raw=name == "deflate")
        except zlib.error as error:
            what = tr(
                "答复声明 Content-Encoding: {name}，但内容无法解码：{error}", name=name, error=_reason(error)
            )
            return Content(raw, what)
        except EOFError:
            raise ContentTruncated(name) from None
    return Content(body)


def _reason(error: zlib.error) -> str:
    """Return why decoding failed, in the reader's language; zlib says it in English."""
    known = (
        ("incorrect header check", tr("内容不是这种压缩格式，或者压缩内容后面还有别的字节")),
        ("data check", tr("校验和不对，内容在途中改变了")),
        ("length check", tr("校验的长度不对，内容在途中改变了")),
        ("Error", tr("压缩数据有误")),
    )
    return next((reason for part, reason in known if part in str(error)), str(error))


def _listed(codings: str) -> list[str]:
    names = [part.partition(";")[0].strip().lower() for part in codings.split(",")]
    return [name for name in names if name]


def _not_decoded(name: str, requested: str) -> str:
    shown = visible(cut(name, _SHOWN_CHARACTERS))
    if name in _listed(requested) or "*" in _listed(requested):
        return tr(
            "用例要求的内容编码 {name} 这里不能解码，能解的是 gzip 和 deflate；改用例的 Accept-Encoding",
            name=shown,
        )
    return tr("答复用了没有请求过的内容编码 {name}", name=shown)


def _inflate(data: bytes, limit: int, allow_raw: bool) -> bytes:
    try:
        return _inflate_members(data, limit, _ANY_HEADER)
    except zlib.error:
        # "deflate" is zlib's format, but some servers send the bare stream (RFC 9110 section 8.4.1.2).
        if not allow_raw:
            raise
        return _inflate_members(data, limit, -zlib.MAX_WBITS)


def _inflate_members(data: bytes, limit: int, window: int) -> bytes:
    """Decompress all members of *data* and join them (RFC 1952 section 2.2).

    Zero bytes after the last member are padding.
    """
    parts: list[bytes] = []
    size = 0
    while data:
        if len(parts) == _MAX_MEMBERS:
            raise zlib.error(tr("压缩成员超过 {limit} 个", limit=_MAX_MEMBERS))
        decoder = zlib.decompressobj(window)
        # One byte more than allowed is enough to see that the limit is exceeded.
        part = decoder.decompress(data, limit - size + 1)
        parts.append(part)
        size += len(part)
        if size > limit:
            raise ContentTooLarge
        if not decoder.eof:
            if window == _ANY_HEADER and data not in _FIRST_BYTES and len(data) == 1:
                raise zlib.error("incorrect header check")  # zlib looks at two bytes
            raise EOFError
        data = decoder.unused_data.lstrip(b"\0")
    return b"".join(parts)
