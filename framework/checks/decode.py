"""Decodes extracted values: ``decode: [base64, json]``, in this order; a team may have its own decoders."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.checks.team_files import TeamFunction

MAX_DECODED = 32_000_000
"""Bytes that a value may have after decoding: a few compressed bytes can become very many."""


class CannotDecodeError(Exception):
    """The decoder cannot read the value; the text says why."""


def decode_value(value: Json, names: tuple[str, ...], own: Mapping[str, TeamFunction]) -> Json:
    """Return *value* after all decoders.

    Raises:
        CannotDecodeError: one of them cannot read the value, so the reply is wrong.
        HookError: a decoder of the team raised, or did not return a text, bytes or JSON.
    """
    decoded: Any = value
    for name in names:
        if name in own:
            decoded = _own(own[name], decoded)
        else:
            decoded = _BUILTIN[name](decoded)
    return _as_text(decoded) if isinstance(decoded, bytes) else decoded


def _own(function: TeamFunction, value: Any) -> Any:
    returned = function(value)
    if not isinstance(returned, bytes):
        return function.json(returned, MAX_DECODED)
    if len(returned) > MAX_DECODED:
        raise function.error(tr("返回了 {size} 字节，最多 {most}", size=len(returned), most=MAX_DECODED))
    return returned


def _base64(value: Any) -> bytes:
    """Decode both alphabets of RFC 4648, with or without padding."""
    text = _as_text(value).strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotDecodeError(tr("不是 base64：{error}", error=error)) from None


def _json(value: Any) -> Json:
    try:
        return read_json(_as_text(value))
    except NotJsonError as error:
        raise CannotDecodeError(str(error)) from None


def _url(value: Any) -> str:
    try:
        return unquote(_as_text(value), errors="strict")
    except UnicodeDecodeError as error:
        raise CannotDecodeError(tr("百分号编码的不是 UTF-8：{error}", error=error)) from None


def _gzip(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise CannotDecodeError(tr("gzip 要字节：先写 base64"))
    reader = zlib.decompressobj(wbits=31)
    try:
        data = reader.decompress(value, MAX_DECODED)
    except zlib.error as error:
        raise CannotDecodeError(tr("不是 gzip：{error}", error=error)) from None
    if reader.unconsumed_tail:
        raise CannotDecodeError(tr("解压后超过 {most} 字节", most=MAX_DECODED))
    if not reader.eof:
        raise CannotDecodeError(tr("gzip 不完整"))
    return data


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        raise CannotDecodeError(tr("不是文本"))
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotDecodeError(tr("不是 UTF-8：{error}", error=error)) from None


def _jwt(value: Any) -> Json:
    """Return the claims of a signed token (RFC 7519). Its signature is not verified: the key is not here."""
    parts = _as_text(value).removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        raise CannotDecodeError(tr("不是 JWT：要有两个点隔开的三段"))
    return _json(_base64(parts[1]))


_BUILTIN: Mapping[str, Callable[[Any], Any]] = {
    "base64": _base64,
    "json": _json,
    "url": _url,
    "gzip": _gzip,
    "jwt": _jwt,
}
