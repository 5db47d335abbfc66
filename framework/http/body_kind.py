"""Finds the type of a body by its first bytes: a file name proves nothing, and a server's Content-Type may
be wrong.

Signatures: PNG (ISO 15948), JPEG (SOI), GIF (89a), PDF (ISO 32000), ZIP (APPNOTE 4.3.7), OLE2 ([MS-CFB] 2.2).
"""

from __future__ import annotations

from typing import Final

from framework.base.json_reader import NotJsonError, read_json

_ZIP: Final = b"PK\x03\x04"
_LOCAL_NAME = 30  # the file name in a ZIP local header starts here; its length stands in the two bytes at 26

_SIGNATURES: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"PK\x05\x06", "zip"),
)
_OFFICE: Final = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"))
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body")


def body_kind(body: bytes) -> str:
    """Return ``docx``, ``pdf``, ``json`` … or ``binary``; ``empty`` for no byte at all.

    ``doc`` stands for every OLE2 file: .xls and .ppt of before 2007 begin alike.
    """
    if not body:
        return "empty"
    if body.startswith(_ZIP):
        return _zip_kind(body)
    return next((kind for magic, kind in _SIGNATURES if body.startswith(magic)), None) or _text_kind(body)


def _zip_kind(body: bytes) -> str:
    at = 0
    while at >= 0:
        size = int.from_bytes(body[at + 26 : at + 28], "little")
        name = body[at + _LOCAL_NAME : at + _LOCAL_NAME + size]
        for folder, kind in _OFFICE:
            if name.startswith(folder):
                return kind
        at = body.find(_ZIP, at + 4)
    return "zip"


def _text_kind(body: bytes) -> str:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:16].lower().startswith(_HTML):
        return "html"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return "binary"
    if start[:1] in (b"{", b"["):
        try:
            read_json(text)
            return "json"
        except NotJsonError:
            return "text"
    return "binary" if "\0" in text else "text"
