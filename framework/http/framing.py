"""Reads the head of a reply strictly, so that its end is never guessed (RFC 9112 sections 5 and 6).

The standard library ignores a wrong Content-Length, drops the header lines behind one that it cannot read,
and takes 103 Early Hints for the final reply. A reply whose end is not certain is no reply.
"""

from __future__ import annotations

import re
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from framework.base.cutting import cut
from framework.base.messages import tr
from framework.base.source import visible

_HEADER_LINE = re.compile(rb"(?:[\x21-\x39\x3b-\x7e]+:|[ \t])[^\r\0]*\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [0-9]{3}(?: [^\r\n]*)?\r?\n")
_VERSION = re.compile(rb"HTTP/([^ \t\r\n]*)")
_MAX_LINE = 65536
_MAX_LINES = 100
"""Lines of the header fields. The standard library refuses more without a reason in words."""

_MAX_INTERIM = 100
"""Interim replies (1xx) before the final one. The standard library skips any number of them."""

_SHOWN_CHARACTERS = 40


class FramingError(HTTPException):
    """The end of the reply cannot be determined reliably. The message is the reason, in the reader's
    language.
    """


class StrictResponse(HTTPResponse):
    """The standard library's response, which skips every interim reply and refuses a head with faults."""

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None) -> None:
        super().__init__(sock, debuglevel, method)
        self._answers_head = method == "HEAD"
        self._is_given_up = False

    def begin(self) -> None:
        """Read the head of the final reply.

        Raises:
            FramingError: a header line cannot be read, or the length of the body is not certain.
            IncompleteRead: the connection ended inside the head.
        """
        for _ in range(_MAX_INTERIM + 1):
            # The base class then reads the next head.
            self.headers = self.msg = None  # type: ignore[assignment]
            self._read_head()
            # 101 is final: from there on the connection does not speak HTTP.
            if self.status >= 200 or self.status == 101:
                self._check_framing()
                return
        raise _too_many_interim()

    def close(self) -> None:
        """Give the reply up; one that was read to its end is closed already."""
        self._is_given_up = True
        super().close()

    def _close_conn(self) -> None:
        # Called by the base class at the end of the body.
        reader: Any = self.fp
        super()._close_conn()  # type: ignore[misc]
        if self._is_given_up:
            return
        if self.length is None and not self.chunked and getattr(reader, "is_torn", False):
            raise IncompleteRead(b"")
        surplus = getattr(reader, "surplus", b"").strip(b"\r\n")
        if surplus and self.status != 101:
            text = _shown(surplus.decode("utf-8", "replace"))
            raise FramingError(tr("答复已经结束，后面却还有不属于它的字节：“{value}”", value=text))

    def _read_head(self) -> None:
        reader: Any = self.fp
        head = _HeadReader(reader)
        self.fp = head  # type: ignore[assignment]
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = reader
        _check_lines(head.lines)

    def _check_framing(self) -> None:
        lengths = self.headers.get_all("Content-Length", [])
        _check_lengths([length.strip() for length in lengths])
        coding = ", ".join(self.headers.get_all("Transfer-Encoding", [])).strip().lower()
        if lengths and coding not in ("", "identity"):
            # RFC 9112 section 6.3: a sign of smuggling. Who reads it in the other way sees another end.
            what = tr("同时有 Content-Length 与 Transfer-Encoding：{value}", value=_shown(coding))
            raise FramingError(what)
        if coding == "chunked":
            self.chunked, self.chunk_left, self.length = True, None, None
        elif coding not in ("", "identity"):
            raise FramingError(tr("不支持的 Transfer-Encoding：{value}", value=_shown(coding)))
        if self.status in (101, 204, 304) or self._answers_head:
            # The server may send a body all the same, which the next request would take for its reply.
            self.chunked, self.length, self.will_close = False, 0, True

    def _read_and_discard_trailer(self) -> None:
        # Called by the base class, which takes the end of the connection for the end of the trailer.
        for _ in range(_MAX_LINES):
            line = self.fp.readline(_MAX_LINE)
            if not line.endswith(b"\n"):
                raise IncompleteRead(b"")
            if not line.strip(b"\r\n"):
                return
        raise FramingError(tr("最后一个分块后面超过 {limit} 行", limit=_MAX_LINES))

    def _get_chunk_left(self) -> int | None:
        # Called by the base class, which skips two bytes after a chunk, whatever they are.
        if self.chunk_left == 0:
            end = self._safe_read(2)  # type: ignore[attr-defined]  # of the base class, without a type
            if end != b"\r\n":
                raise FramingError(tr("分块后面不是换行，而是“{value}”", value=_shown(end.decode("latin-1"))))
            self.chunk_left = None
        left: int | None = super()._get_chunk_left()  # type: ignore[misc]
        return left

    def _read_next_chunk_size(self) -> int:
        # Called by the base class, which accepts 0x5, -5 and 1_0.
        line = self.fp.readline(_MAX_LINE)
        size = _CHUNK_SIZE.fullmatch(line)
        if size:
            return int(size[1], 16)
        if not line.endswith(b"\n") and len(line) < _MAX_LINE:
            raise ValueError  # the base class reports that the connection ended
        raise FramingError(tr("分块的长度写成了“{value}”", value=_shown(line.decode("latin-1").strip())))


class _HeadReader:
    """Passes lines on and keeps them."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.lines: list[bytes] = []
        self._heads = self._lines_of_head = 0

    def readline(self, limit: int) -> bytes:
        line: bytes = self._reader.readline(limit)
        self.lines.append(line)
        if len(line) > _MAX_LINE:
            raise FramingError(tr("响应头里有一行超过 {limit} KiB", limit=_MAX_LINE // 1024))
        if line.startswith(b"HTTP/"):
            # The base class reads on after 100 Continue.
            self._heads += 1
            self._lines_of_head = 0
            if self._heads > 1 + _MAX_INTERIM:
                raise _too_many_interim()
        self._lines_of_head += 1
        if self._lines_of_head > 1 + _MAX_LINES:
            raise FramingError(tr("响应头超过 {limit} 行", limit=_MAX_LINES))
        if len(self.lines) == 1 or self._lines_of_head == 1:
            _check_status_line(line)
        return line

    def close(self) -> None:
        self._reader.close()


def _check_status_line(line: bytes) -> None:
    version = _VERSION.match(line)
    if version is None:
        if line.lstrip().startswith(b"HTTP/"):  # The base class skips blanks.
            said = _shown(line.decode("latin-1").strip("\r\n"))
            raise FramingError(tr("状态行读不懂：{value}", value=said))
        return  # The base class reports that it is no status line.
    if not line.endswith(b"\n"):
        raise IncompleteRead(b"")
    if version[1] not in (b"1.0", b"1.1"):
        said = _shown(version[0].decode("latin-1"))
        raise FramingError(tr("协议版本是 {version}，不是 HTTP/1.1", version=said))
    if b"\0" in line or b"\r" in line.rstrip(b"\r\n"):
        raise FramingError(tr("状态行里有控制字符：{value}", value=_shown(line.decode("latin-1").strip())))
    if not _STATUS_LINE.fullmatch(line):
        raise FramingError(tr("状态行读不懂：{value}", value=_shown(line.decode("latin-1").strip())))


def _check_lines(lines: list[bytes]) -> None:
    if not lines[-1].endswith(b"\n"):
        raise IncompleteRead(b"")
    if lines[1:] and lines[1].startswith((b" ", b"\t")):
        # It would continue the line before, and that is the status line.
        text = _shown(lines[1].decode("utf-8", "replace").strip())
        raise FramingError(tr("响应头里有一行读不懂：{value}", value=text))
    for line in lines:
        if not line.startswith(b"HTTP/") and line.strip(b"\r\n") and not _HEADER_LINE.fullmatch(line):
            text = _shown(line.decode("utf-8", "replace").strip())
            raise FramingError(tr("响应头里有一行读不懂：{value}", value=text))


def _too_many_interim() -> FramingError:
    return FramingError(tr("最终答复之前有超过 {limit} 个 1xx 答复", limit=_MAX_INTERIM))


def _check_lengths(lengths: list[str]) -> None:
    for length in lengths:
        if not _LENGTH.fullmatch(length):
            raise FramingError(tr("Content-Length 写成了“{value}”，不是一个字节数", value=_shown(length)))
    different = list(dict.fromkeys(map(int, lengths)))
    if len(different) > 1:
        values = tr("、").join(map(str, different))
        raise FramingError(tr("有几个不同的 Content-Length：{values}", values=_shown(values)))


def _shown(text: str) -> str:
    return visible(cut(text, _SHOWN_CHARACTERS, "…"))
