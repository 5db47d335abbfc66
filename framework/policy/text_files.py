"""Reads one document from a file as a policyText: plain text, HTML, or docx by python-docx.

Every line of a plain text, and every paragraph and table row of a docx, becomes a paragraph; the cells of a
row are separated by tabs, as the service does it. Reading is bounded in size.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_UNPACKED: Final = 128 * 1024 * 1024
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_COMPOUND_FILE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE = re.compile(rb"<(?:p|html|body|div|br)[\s>/]", re.IGNORECASE)
_BODY = re.compile(r"<body[^>]*>(.*?)(?:</body>|$)", re.IGNORECASE | re.DOTALL)


def read_text_file(path: Path) -> str:
    """Return the document of a file as a policyText.

    Raises:
        ConfigError: the file cannot be read, is too large, or is of a kind that is not read.
    """
    data = _bytes_of(path)
    if data.startswith(_COMPOUND_FILE):
        raise _problem(path, tr("是旧版 Word（doc）或加密的 docx，没有读"), tr("用 Word 另存为不加密的 docx"))
    if data.startswith(b"PK\x03\x04"):
        return as_policy_text(_docx_lines(path, data))
    text = _decoded(path, data)
    if path.suffix.lower() in (".html", ".htm") or _PAGE.search(data[:4096]):
        body = _BODY.search(text)
        return (body[1] if body else text).strip()
    return as_policy_text(text.splitlines())


def as_policy_text(lines: Iterable[str]) -> str:
    """Return lines as paragraphs of the service's HTML; an empty line is ``<p><br></p>``."""
    return "".join(f"<p>{html.escape(line, quote=False) if line.strip() else '<br>'}</p>" for line in lines)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _problem(path, tr("读不了（{reason}）", reason=error.strerror)) from None
    if len(data) > MAX_BYTES:
        raise _problem(path, tr("超过 {limit} 字节，没有读", limit=MAX_BYTES))
    return data


def _decoded(path: Path, data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _problem(path, tr("不是文本，也不是 docx"), tr("能读的是 txt、html 与 docx"))


# -- docx


def _docx_lines(path: Path, data: bytes) -> list[str]:
    _refuse_large_archive(path, data)
    try:
        import docx  # noqa: PLC0415  # only who checks docx files needs it
        from docx.opc.exceptions import OpcError  # noqa: PLC0415
    except ImportError:
        raise _problem(path, tr("读 docx 要 python-docx"), "pip install python-docx") from None
    try:
        return [
            line for block in docx.Document(BytesIO(data)).iter_inner_content() for line in _lines_of(block)
        ]
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise _problem(path, tr("不是完整的 docx：{error}", error=type(error).__name__)) from None


def _lines_of(block: Any) -> list[str]:
    """Return the lines of a paragraph or of a table."""
    rows = getattr(block, "rows", None)
    if rows is None:
        return str(block.text).split("\n")
    return ["\t".join(" ".join(cell.text.split()) for cell in row.cells) for row in rows]


def _refuse_large_archive(path: Path, data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise _problem(path, tr("不是完整的 docx：{error}", error=type(error).__name__)) from None
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _problem(path, tr("解压后超过 {limit} 字节，没有读", limit=MAX_UNPACKED))
    if any(part.flag_bits & 1 for part in parts):
        raise _problem(path, tr("是加密的压缩文件，没有读"))


def _problem(path: Path, what: str, how: str = "") -> ConfigError:
    return ConfigError(Problem("text-file", tr("{path}：{what}", path=path, what=what), how))
