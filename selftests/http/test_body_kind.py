"""The kind of a body by its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from framework.http.body_kind import body_kind


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x" * 50)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a\0", "gif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "doc"),
        (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "docx"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (archive("a.txt", "password/x"), "zip"),
        (archive(), "zip"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf\n <HTML>", "html"),
        (b'{"a": 1}', "json"),
        (b" [1]", "json"),
        (b"{not json", "text"),
        ("青年政策".encode(), "text"),
        ("青年".encode("gbk"), "binary"),
        (b"a\0b", "binary"),
        (b"<p>x</p>", "text"),
        (b"PK\x03\x04", "zip"),
        (b"[" * 100_000, "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kind(body, kind):
    assert body_kind(body) == kind
