"""Reads a log file as lines of text, whatever the terminal, the shell or a report made of it.

Colour codes are removed, HTML escapes are undone, and the encoding is found: UTF-8, UTF-16 (a redirection in
PowerShell) or GBK (Chinese Windows).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from framework.base.errors import Problem, TapeError
from framework.base.messages import tr

MAX_BYTES = 256 * 1024 * 1024
_MARKERS = ("接口测试", "请求名称", "接口名称", "请求方式", "请求路径", "实际结果")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_COLOUR = re.compile(r"(?:\x1b|\^\[)\[[0-9;?]*[A-Za-z]")
# Some tools drop the escape character and leave the rest of the code.
_COLOUR_REST = re.compile(r"(?<![\w\]])\[\d{1,3}(?:;\d{1,3})*m|\[0?m")
_BEFORE_MESSAGE = re.compile(r"[^\u4e00-\u9fff{'\"]{0,200}")
_ESCAPED_QUOTE = re.compile(r"[\[{](?:&#39;|&#x27;|&apos;|&quot;|&#34;)")
_PLAIN_QUOTE = re.compile(r"[\[{]['\"]")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


def read_lines(path: Path) -> Iterator[tuple[int, str | None]]:
    """Yield the number of each line, from 1, and its text; None if it cannot be decoded.

    Raises:
        TapeError: the file cannot be read, or is larger than MAX_BYTES.
    """
    lines = [(number, line) for number, line in enumerate(_decoded_lines(_read(path)), start=1)]
    escaped = _is_html_escaped([line for _, line in lines if line is not None])
    for number, line in lines:
        if line is None:
            yield number, None
        elif escaped:
            yield from ((number, _without_colours(part)) for part in _unescaped(line))
        else:
            yield number, _without_colours(line)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TapeError(
                Problem("legacy-log", tr("{path} 超过 {limit} MiB", path=path, limit=MAX_BYTES // 2**20))
            )
        return path.read_bytes()
    except OSError as error:
        raise TapeError(
            Problem("legacy-log", tr("{path} 读不了：{error}", path=path, error=error.strerror))
        ) from None


def _decoded_lines(data: bytes) -> list[str | None]:
    """Return the lines without their ends; None for a line that is not in the encoding of the file."""
    encoding = _encoding(data)
    if encoding.startswith("utf-16"):
        # A line of UTF-16 cannot be cut out before it is decoded: a newline has two bytes.
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
        return [None if "\ufffd" in line else line.rstrip("\r") for line in text.split("\n")]
    return [_decoded(line, encoding) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding).rstrip("\r")
    except UnicodeDecodeError:
        return None


def _encoding(data: bytes) -> str:
    if data.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if data.startswith(b"\xfe\xff"):
        return "utf-16-be"
    for encoding in _ENCODINGS:
        if any(marker.encode(encoding) in data for marker in _MARKERS):
            return encoding
    return "utf-8"


def _without_colours(line: str) -> str:
    line = _COLOUR.sub("", line)
    before = _BEFORE_MESSAGE.match(line)
    length = before.end() if before else 0
    return _COLOUR_REST.sub("", line[:length]) + line[length:]


def _is_html_escaped(lines: list[str]) -> bool:
    # Some tools escape quotes and some do not, but all of them escape the brackets of <Response [200]>.
    if any("<Response [" in line for line in lines):
        return False
    if any("&lt;Response [" in line for line in lines):
        return True
    is_plain = any(_PLAIN_QUOTE.search(line) for line in lines)
    return not is_plain and any(_ESCAPED_QUOTE.search(line) for line in lines)


def _unescaped(line: str) -> list[str]:
    """Return the texts that one line of HTML shows; in escaped text, each ``<`` belongs to a tag."""
    return [html.unescape(_TAG.sub("", part)) for part in _LINE_BREAK.split(line)]
