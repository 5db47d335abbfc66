"""Decodes the content codings of a reply (RFC 9110 section 8.4), with a limit on the decoded size."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from framework.base.messages import tr

ACCEPT_ENCODING = "gzip, deflate"
"""Fixed, so that a run sends the same header on every machine, whichever codecs are installed there."""

_MAX_CODINGS = 4
_MAX_MEMBERS = 64
"""The rest of the body is copied for each gzip member, so a million tiny members would take hours."""

_ANY_HEADER = 32 + zlib.MAX_WBITS
"""zlib's flag to recognize gzip or zlib format by the first bytes."""


class ContentTooLarge(Exception):
    """The decoded content is larger than the limit."""


@dataclass(frozen=True, slots=True)
class Content:
    """The decoded content. If decoding failed: the bytes as received, and the reason."""

    body: bytes
    undecodable: str | None = None


def decode_content(raw: bytes, codings: str, limit: int) -> Content:
    """Decode *raw* according to *codings*, the value of Content-Encoding.

    Raises:
        ContentTooLarge: the content has more than *limit* bytes. Decoding stops there, so memory is bounded.
    """
    listed = [part.strip().lower() for part in codings.split(",")]
    names = [name for name in listed if name not in ("", "identity")]
    if not names or not raw:
        return Content(raw)
    if len(names) > _MAX_CODINGS:
        return Content(raw, tr("答复声明了 {count} 层内容编码", count=len(names)))
    body = raw
    for name in reversed(names):  # listed in the order in which they were applied
        if name not in ("gzip", "x-gzip", "deflate"):
            return Content(raw, tr("答复用了没有请求过的内容编码 {name}", name=name))
        try:
            body = _inflate(body, limit, allow_raw=name == "deflate")
        except zlib.error as error:
            return Content(
                raw, tr("答复声明 Content-Encoding: {name},但内容无法解码:{error}", name=name, error=error)
            )
        except EOFError:
            return Content(raw, tr("答复声明 Content-Encoding: {name},但压缩内容不完整", name=name))
    return Content(body)


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
            raise EOFError
        data = decoder.unused_data.lstrip(b"\0")
    return b"".join(parts)
