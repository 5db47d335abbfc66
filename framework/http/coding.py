"""Undoes the content codings of a reply (RFC 9110 section 8.4), bounded, without losing the bytes where that
fails.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from framework.base.messages import tr

ACCEPTED = "gzip, deflate"
"""What we ask for. Where more codecs happen to be installed, the same run must not ask for more."""

_MAX_CODINGS = 4
_MAX_MEMBERS = 64
"""What follows a member is copied each time: a body of a million tiny ones would take hours."""

_ANY_HEADER = 32 + zlib.MAX_WBITS
"""zlib's way to say: gzip or zlib, whichever the first bytes are."""


class TooLarge(Exception):
    """The decoded content is larger than the limit."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content; where it could not be decoded, the bytes as received and why."""

    body: bytes
    undecodable: str | None = None


def decode_content(raw: bytes, codings: str, limit: int) -> Content:
    """Undo *codings*, the value of Content-Encoding, last one first.

    Raises:
        TooLarge: the content has more than *limit* bytes; no more than that is ever held.
    """
    names = [name for part in codings.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if not names or not raw:
        return Content(raw)
    if len(names) > _MAX_CODINGS:
        return Content(raw, tr("答复声明了 {count} 层内容编码", count=len(names)))
    body = raw
    for name in reversed(names):
        if name not in ("gzip", "x-gzip", "deflate"):
            return Content(raw, tr("答复用了没有请求过的内容编码 {name}", name=name))
        try:
            body = _inflate(body, limit, raw_too=name == "deflate")
        except zlib.error as error:
            return Content(
                raw, tr("答复声明 Content-Encoding: {name},但内容无法解码:{error}", name=name, error=error)
            )
        except EOFError:
            return Content(raw, tr("答复声明 Content-Encoding: {name},但压缩内容不完整", name=name))
    return Content(body)


def _inflate(data: bytes, limit: int, raw_too: bool) -> bytes:
    try:
        return _members(data, limit, _ANY_HEADER)
    except zlib.error:
        # "deflate" is zlib's format, but some servers send the bare stream (RFC 9110 section 8.4.1.2).
        if not raw_too:
            raise
        return _members(data, limit, -zlib.MAX_WBITS)


def _members(data: bytes, limit: int, window: int) -> bytes:
    """Return what the members of *data*, one after the other, hold; zeros after the last are padding (RFC
    1952 section 2.2).
    """
    parts: list[bytes] = []
    held = 0
    while data:
        if len(parts) == _MAX_MEMBERS:
            raise zlib.error(tr("压缩成员超过 {limit} 个", limit=_MAX_MEMBERS))
        decoder = zlib.decompressobj(window)
        parts.append(decoder.decompress(data, limit - held + 1))
        held += len(parts[-1])
        if held > limit:
            raise TooLarge
        if not decoder.eof:
            raise EOFError
        data = decoder.unused_data.lstrip(b"\0")
    return b"".join(parts)
