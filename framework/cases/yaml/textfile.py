"""A file to its text."""

from __future__ import annotations

from pathlib import Path

from framework.base.errors import CaseFileError, Problem
from framework.base.messages import tr
from framework.base.source import Source, Span

MAX_BYTES = 1024 * 1024


def read_source(path: Path, name: str, limit: int = MAX_BYTES) -> Source:
    """Read a file of UTF-8 text, with or without a byte order mark.

    Raises:
        CaseFileError: it cannot be read, is larger than *limit* bytes, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise CaseFileError(
            Problem(
                "file-unreadable", tr("{name}: 读不了这个文件({reason})", name=name, reason=error.strerror)
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
        before = data[: error.start].decode("utf-8-sig").rpartition("\n")
        line, column = data.count(b"\n", 0, error.start) + 1, len(before[2]) + 1
        place = Span(Source(name, data.decode("utf-8-sig", "replace")), line, column, line, column + 1)
        raise CaseFileError(
            Problem("not-utf8", tr("从这里起不是 UTF-8"), tr("另存为 UTF-8(记事本默认的 ANSI 即 GBK)"), place)
        ) from None
