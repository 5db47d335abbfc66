"""Reads a text file with a size limit and names the first byte that is not UTF-8."""

from __future__ import annotations

from pathlib import Path

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span

MAX_BYTES = 1024 * 1024


def read_source(path: Path, name: str, limit: int = MAX_BYTES) -> Source:
    """Read a file of UTF-8 text, with or without a byte order mark.

    Raises:
        CaseFileError: the file cannot be read, is larger than *limit* bytes, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            # One byte more than allowed shows that the file is too large, however large it is.
            data = file.read(limit + 1)
    except OSError as error:
        raise CaseFileError(
            Problem(
                "file-unreadable", tr("{name}: 读不了这个文件（{reason}）", name=name, reason=error.strerror)
            )
        ) from None
    if len(data) > limit:
        raise CaseFileError(
            Problem(
                "file-too-large",
                tr("{name}: 文件超过 {limit} 字节", name=name, limit=limit),
                tr("拆成几个文件"),
            )
        )
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CaseFileError(_not_utf8(name, data, error.start)) from None


def _not_utf8(name: str, data: bytes, position: int) -> Problem:
    """Return the problem of a byte that is not UTF-8, at its line and its column in characters."""
    last_line = data[:position].decode("utf-8-sig").rpartition("\n")[2]
    line = data.count(b"\n", 0, position) + 1
    column = len(last_line) + 1
    # The excerpt of the problem shows the bad byte as a replacement character.
    source = Source(name, data.decode("utf-8-sig", "replace"))
    return Problem(
        "not-utf8",
        tr("从这里起不是 UTF-8"),
        tr("另存为 UTF-8（记事本默认的 ANSI 即 GBK）"),
        Span(source, line, column, line, column + 1),
    )
