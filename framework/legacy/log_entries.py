"""Recognizes the lines of the old harness's log: a prefix, a wording, a value.

The prefix depends on the log format of the project. If any line has a level or a time before its wording,
all must have one: a reply can hold text that looks like a line of the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["part", "start", "end", "noise", "prelude", "unknown", "undecodable", "loose"]

WORDINGS = {
    "name": ("请求名称", "接口名称"),
    "method": ("请求方式", "请求方法"),
    "url": ("请求路径", "请求地址", "请求url", "接口地址"),
    "headers": ("请求头", "请求头信息", "请求头参数", "请求headers", "请求headers参数"),
    "json": ("请求json参数", "请求json", "请求json数据"),
    "data": ("请求data参数", "请求data", "请求data数据"),
    "params": ("请求params参数", "请求params"),
    "cookies": ("请求cookies参数", "请求cookies"),
    "result": ("实际结果",),
}
"""The parts of an exchange and what the versions of the old harness wrote before them; the first is usual."""

USUAL_WORDINGS = "、".join(wordings[0] for wordings in WORDINGS.values())
_PART_OF = {wording: part for part, wordings in WORDINGS.items() for wording in wordings}
_ANY_WORDING = "|".join(sorted(map(re.escape, _PART_OF), key=len, reverse=True))
# No Chinese, no bracket of a value and no quote may precede the wording: that is text inside a value.
_PREFIX = r"(?P<prefix>[^\u4e00-\u9fff{}'\"]{0,200}?)"
_PART = re.compile(rf"{_PREFIX}(?P<wording>{_ANY_WORDING})\s*[:：](?P<value>.*)", re.IGNORECASE | re.DOTALL)
_MARKER = re.compile(_PREFIX + "接口测试(?P<wording>开始|结束)")
_KNOWN_NOISE = re.compile(_PREFIX + "(?:预期结果|期望结果|接口测试|yaml框架检查)")
_PRELUDE = re.compile(_PREFIX + "yaml框架检查")
"""The check of the case file, which comes before a request."""

_MISPLACED = re.compile(
    rf"(?P<prefix>[^{{}}'\"]{{0,80}}?)(?P<wording>{_ANY_WORDING})\s*[:：](?P<value>.*)", re.IGNORECASE
)
_MISPLACED_ANYWHERE = re.compile(
    rf"(?P<prefix>.{{0,160}}?)(?P<wording>{_ANY_WORDING})\s*[:：](?P<value>.*)", re.IGNORECASE
)
_LEVEL_OR_TIME = re.compile(
    r"\b(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL|TRACE|SUCCESS)\b|\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d",
    re.IGNORECASE,
)
_BEFORE_VALUE = re.compile(r"[^\u4e00-\u9fff{}'\"]{0,200}")
# The fields of a prefix: [anything], (anything), log_util.py:102, module:function:102, a level, punctuation.
_PREFIX_FIELD = re.compile(
    r"\s*(?:\[[^\]]*\]|\([^)]*\)|\S+\.py\S*|[\w.]+:[\w<>]*:?\d+|[\d:.,/-]+|[-|:>]+"
    r"|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL|TRACE|SUCCESS)\b)\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*([^:：{}\[\]'\"=]{1,40}?)\s*[:：=](.*)", re.DOTALL)
_ABOUT_REQUEST = re.compile(
    r"请求|header|头|参数|body|json|data|param|cookie|files?\b|文件|附件|入参|表单|报文|url|地址|method",
    re.IGNORECASE,
)
_ABOUT_RUN = re.compile(r"耗时|时间|时长|次数|结果|状态|成功|失败|通过")
_NOTHING = ("", "None", "{}", "[]", "''", '""', "null")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        part: which part of an exchange the line holds, a key of WORDINGS; "" if the kind is not "part".
        wording: the words before the value, as written.
        misplaced: the prefix is not one of this log, so the line may be part of a text.
        about_request: an unknown wording that may hold a part of the request.
    """

    line: int
    kind: Kind
    part: str = ""
    wording: str = ""
    value: str = ""
    misplaced: bool = False
    about_request: bool = False


def read_entries(lines: Iterable[tuple[int, str | None]]) -> Iterator[Entry]:
    """Yield an entry for each line that is of any importance."""
    numbered = list(lines)
    has_prefixes = any(_has_prefix(line) for _, line in numbered if line is not None)
    for number, line in numbered:
        if line is None:
            yield Entry(number, "undecodable")
        else:
            # The first line may have lost its beginning.
            entry = _entry(number, line, has_prefixes) if number > 1 else _first_entry(line, has_prefixes)
            if entry is not None:
                yield entry


def _has_prefix(line: str) -> bool:
    known = _PART.match(line) or _MARKER.match(line)
    return known is not None and _LEVEL_OR_TIME.search(known["prefix"]) is not None


def _first_entry(line: str, has_prefixes: bool) -> Entry | None:
    entry = _entry(1, line, has_prefixes)
    return _entry(1, line, False) if entry is not None and entry.kind == "loose" else entry


def _entry(number: int, line: str, has_prefixes: bool) -> Entry | None:
    prefix = _BEFORE_VALUE.match(line)
    in_place = not has_prefixes or (prefix is not None and _LEVEL_OR_TIME.search(prefix[0]) is not None)
    part = _PART.match(line)
    if part is None and not _KNOWN_NOISE.match(line):
        is_message = in_place and has_prefixes
        misplaced = (_MISPLACED if is_message else _MISPLACED_ANYWHERE).match(line)
        if misplaced:
            return _part_entry(number, misplaced, misplaced=True)
    if part is not None:
        return _part_entry(number, part, misplaced=not in_place)
    if not in_place:
        return Entry(number, "loose", value=line)
    marker = _MARKER.match(line)
    if marker is not None:
        return Entry(number, "start" if marker["wording"] == "开始" else "end")
    if _PRELUDE.match(line):
        return Entry(number, "prelude")
    if _KNOWN_NOISE.match(line):
        return Entry(number, "noise")
    return _unknown_entry(number, line, has_prefixes)


def _part_entry(number: int, found: re.Match[str], *, misplaced: bool) -> Entry:
    wording = found["wording"]
    part = _PART_OF[wording.lower()]
    return Entry(number, "part", part, wording, found["value"].strip(), misplaced)


def _unknown_entry(number: int, line: str, has_prefixes: bool) -> Entry | None:
    message = _message(line) if has_prefixes else line
    label = _LABEL.match(message)
    if label is None:
        # A line that was cut inside its wording.
        is_cut = message.strip().startswith("请求") and len(message.strip()) <= 12
        if is_cut or not has_prefixes:
            kind: Kind = "unknown" if is_cut else "loose"
            return Entry(number, kind, wording=message.strip(), value=message, about_request=is_cut)
        return None
    wording, value = label[1].strip(), label[2].strip()
    about_request = _ABOUT_REQUEST.search(wording) is not None and not _ABOUT_RUN.search(wording)
    is_chinese = re.search(r"[\u4e00-\u9fff]", wording) is not None
    if about_request and (is_chinese or value[:1] in ("{", "[", "'", '"')):
        return None if value in _NOTHING else Entry(number, "unknown", "", wording, value, about_request=True)
    if not has_prefixes:
        return Entry(number, "loose", value=line)
    return Entry(number, "unknown", "", wording, value) if is_chinese else None


def _message(line: str) -> str:
    at = 0
    while found := _PREFIX_FIELD.match(line, at):
        if found.end() == at:
            break
        at = found.end()
    return line[at:]
