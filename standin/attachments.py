"""Makes the bytes of attached files: valid containers of the declared type.

``fileSize`` is interpreted as KiB rounded up (the evidence only shows that it is not bytes): a file of n KB
has more than (n - 1) * 1024 and at most n * 1024 bytes. The same policy always gives the same bytes. A docx
contains the title and the issue number; a doc or xls is a compound file with an empty stream of its
kind. A pdf has no page.
"""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape

from standin.policy import Policy

CONTENT_TYPES = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

# The numbers of the compound file format: the size of a sector, and the special entries of its FAT.
SECTOR = 512
FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SPARE_BYTES = 300
"""A docx is smaller than its size in KB by this number of bytes, so that its size is really rounded up."""

OOXML = "http://schemas.openxmlformats.org"
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def file_bytes(policy: Policy) -> bytes:
    """Return the attachment's bytes.

    Raises:
        KeyError: the type is none of these.
    """
    return {"doc": _compound, "xls": _compound, "docx": _docx, "pdf": _pdf}[policy.attachment.kind](policy)


def _pdf(policy: Policy) -> bytes:
    page = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n"
    page += b"2 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n"
    end = b"trailer\n<</Size 3 /Root 1 0 R>>\n%%EOF\n"
    padding = policy.attachment.size_kb * 1024 - SPARE_BYTES - len(page) - len(end)
    return page + b"%" + b" " * padding + b"\n" + end


def _compound(policy: Policy) -> bytes:
    """Return a compound file: header, one FAT sector per 128 sectors, a directory sector, the stream."""
    sectors = policy.attachment.size_kb * 1024 // SECTOR - 1
    fats = -(-sectors // 128)
    stream = sectors - fats - 1
    # The FAT lists its own sectors, then the directory, then the chain of the stream's sectors.
    chain = [FAT_SECTOR] * fats + [END] + [fats + 2 + i for i in range(stream - 1)] + [END]
    chain += [FREE] * (fats * 128 - len(chain))
    table = struct.pack(f"<{len(chain)}I", *chain)
    name = "WordDocument" if policy.attachment.kind == "doc" else "Workbook"
    return _header(fats) + table + _directory(name, fats + 1, stream * SECTOR) + bytes(stream * SECTOR)


def _header(fats: int) -> bytes:
    fixed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    numbers = bytes(6) + struct.pack("<9I", 0, fats, fats, 0, 4096, END, 0, END, 0)
    table = [*range(fats), *[FREE] * (109 - fats)]
    return fixed + numbers + struct.pack("<109I", *table)


def _directory(name: str, start: int, size: int) -> bytes:
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    return root + _entry(name, 2, child=FREE, start=start, size=size) + _entry("", 0, FREE, 0, 0) * 2


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    links = struct.pack("<HBB3I", len(encoded), kind, 1, FREE, FREE, child)
    return encoded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def _docx(policy: Policy) -> bytes:
    # The padding brings the file to the size that the record declares.
    wanted = policy.attachment.size_kb * 1024 - SPARE_BYTES
    return _zipped(policy, wanted - len(_zipped(policy, 0)))


def _zipped(policy: Policy, padding: int) -> bytes:
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(),
        "word/document.xml": _document(policy.title, policy.issue_number),
        "docProps/padding.bin": "\0" * padding,
    }
    buffer = io.BytesIO()
    # Stored without compression: zlib's output differs between builds, and the bytes must be the same
    # everywhere.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def _content_types() -> str:
    main = CONTENT_TYPES["docx"] + ".main+xml"
    return (
        f'{XML_HEAD}<Types xmlns="{OOXML}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="bin" ContentType="application/octet-stream"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )


def _relationships() -> str:
    kind = f"{OOXML}/officeDocument/2006/relationships/officeDocument"
    return (
        f'{XML_HEAD}<Relationships xmlns="{OOXML}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="word/document.xml"/></Relationships>'
    )


def _document(*paragraphs: str) -> str:
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    namespace = f"{OOXML}/wordprocessingml/2006/main"
    return f'{XML_HEAD}<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
