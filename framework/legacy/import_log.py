"""Reads the log of the old harness as exchanges, and writes them as a tape.

A request is logged in these lines::

    - INFO log:log_util.py:102 请求名称:… / 请求方式:post / 请求路径:https://… / 请求头:{…} / 请求json参数:{…}
    - INFO log:log_util.py:102 实际结果: <Response [200]>
    - INFO log:log_util.py:102 实际结果:{…}

The texts in braces are Python literals, not JSON. The header, time and bytes of a reply were never logged, so
they are None.
"""

from __future__ import annotations

import argparse
import ast
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from framework.base.errors import Problem, TapeError, render
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING, Request
from framework.http.exchange import Exchange, Reply
from framework.http.hosts import origin_of
from framework.http.masking import MIN_LENGTH, Masker, mask_of
from framework.tape.tape import write_tape

MAX_BYTES = 256 * 1024 * 1024
# Python's parser needs a multiple of the text's size in memory.
MAX_LITERAL = 16 * 1024 * 1024
# A logged reply may hold text that looks like an entry, so no Chinese and no bracket may precede the level.
_ENTRY = re.compile(r"^[^\u4e00-\u9fff{\[]{0,120}?\b(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\s+\S+:\d+\s+(.*)$")
_PART = re.compile(
    r"(请求名称|请求方式|请求路径|请求头|请求json参数|请求data参数|请求params参数|实际结果)[:：](.*)$"
)
_RESPONSE = re.compile(r"<Response \[(\d{3})\]>")
_CREDENTIAL = re.compile(r"token|authorization|cookie|api-?key|secret|session|password", re.IGNORECASE)
# The form of the service's tokens; they also occur in URLs and texts.
_KNOWN_TOKEN = re.compile(r"PHONE_[a-z]{24}")
_KEYS = {"请求头": "headers", "请求json参数": "json", "请求data参数": "data", "请求params参数": "params"}


@dataclass(frozen=True)
class LegacyLog:
    """The exchanges of a log in their order, and a problem for each part that could not be read."""

    exchanges: tuple[Exchange, ...]
    problems: tuple[Problem, ...]


class _Unreadable(ValueError):
    """A part of the log does not have the expected form."""


@dataclass
class _PartialExchange:
    """A request of the log whose lines are still being read; ``line`` is its first one, counted from 1."""

    line: int
    parts: dict[str, Json] = field(default_factory=dict)
    failed: bool = False


def read_legacy_log(path: Path) -> LegacyLog:
    """Read a log, which may hold any number of runs.

    Raises:
        TapeError: the file cannot be read, or is larger than MAX_BYTES.
    """
    exchanges: list[Exchange] = []
    problems: list[Problem] = []
    partial: _PartialExchange | None = None
    for number, text in _entries(path, problems):
        part = _PART.match(text)
        if "接口测试开始" in text or "接口测试结束" in text or (part and part[1] == "请求名称"):
            _finish(partial, path, exchanges, problems)
            partial = None
        if not part:
            continue
        partial = partial or _PartialExchange(number)
        try:
            _add_part(partial, part[1], part[2].strip())
        except _Unreadable as error:
            partial.failed = True
            problems.append(_problem(path, number, str(error)))
    _finish(partial, path, exchanges, problems)
    return LegacyLog(tuple(exchanges), tuple(problems))


def _problem(path: Path, line: int, what: str) -> Problem:
    return Problem("legacy-log", f"{path}:{line}: {what}")


def _entries(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the line number and the message of each log entry."""
    for number, raw in enumerate(_read(path).split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            problems.append(_problem(path, number, tr("这一行不是 UTF-8")))
            continue
        entry = _ENTRY.match(line.rstrip("\r"))
        if entry:
            yield number, entry[1]


def _read(path: Path) -> bytes:
    """Return the log in UTF-8.

    On Chinese Windows the old harness wrote GBK. The marker that every run writes tells the two encodings
    apart.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TapeError(
                Problem("legacy-log", tr("{path} 超过 {limit} MiB", path=path, limit=MAX_BYTES // 2**20))
            )
        data = path.read_bytes()
    except OSError as error:
        raise TapeError(
            Problem("legacy-log", tr("{path} 读不了：{error}", path=path, error=error.strerror))
        ) from None
    marker = "接口测试"
    if marker.encode("utf-8") not in data and marker.encode("gb18030") in data:
        return data.decode("gb18030", "replace").encode("utf-8")
    return data


def _add_part(partial: _PartialExchange, name: str, text: str) -> None:
    response = _RESPONSE.fullmatch(text)
    if name == "实际结果":
        partial.parts |= {"status": int(response[1])} if response else {"document": _literal(text)}
    elif name in _KEYS:
        value = _literal(text)
        partial.parts |= {} if value is None else {_KEYS[name]: value}
    else:
        partial.parts[name] = text


def _literal(text: str) -> Json:
    if len(text) > MAX_LITERAL:
        raise _Unreadable(tr("字面量超过 {limit} MiB", limit=MAX_LITERAL // 2**20))
    try:
        with warnings.catch_warnings():
            # Python warns about an unknown escape in a text, which is a matter of the service.
            warnings.simplefilter("ignore")
            value = ast.literal_eval(text)
        _check_json(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        # Python's parser raises the last two for text that is nested too deeply.
        raise _Unreadable(tr("读不懂的 Python 字面量：{start}…", start=text[:40])) from None
    return value


def _check_json(value: Json) -> None:
    """Raise ValueError if a Python literal is not valid JSON."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError
        for item in value.values():
            _check_json(item)
    elif isinstance(value, list):
        for item in value:
            _check_json(item)
    elif not _is_json_scalar(value):
        raise ValueError


def _is_json_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))


def _finish(
    partial: _PartialExchange | None, path: Path, exchanges: list[Exchange], problems: list[Problem]
) -> None:
    if partial is None or partial.failed:
        return
    parts = partial.parts
    missing = [name for name in ("请求方式", "请求路径") if not parts.get(name)]
    if "document" not in parts:
        missing.append("实际结果")
    if missing:
        problems.append(
            _problem(path, partial.line, tr("这次请求没有记完，缺少 {missing}", missing="、".join(missing)))
        )
        return
    headers, params = parts.get("headers", {}), parts.get("params", {})
    if not isinstance(headers, dict) or not isinstance(params, dict) or origin_of(parts["请求路径"]) is None:
        problems.append(_problem(path, partial.line, tr("请求头、参数不是字典，或请求路径不是完整的地址")))
        return
    data = parts.get("data")
    request = Request(
        parts["请求方式"].upper(),
        parts["请求路径"],
        params,
        {name: str(value) for name, value in headers.items()},
        parts.get("json", MISSING),
        data if isinstance(data, (str, dict)) else None,
    )
    reply = Reply(request.url, parts.get("status"), document=parts["document"])
    exchanges.append(Exchange(request, reply, started=0.0))


# Writing the tape


def import_log_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Convert the log that the arguments name."""
    parser = argparse.ArgumentParser(
        "python -m framework import-log", description=tr("把旧框架的日志转换为录制数据，令牌会被遮盖")
    )
    parser.add_argument("log", type=Path, help=tr("旧框架的日志文件"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help=tr("录制数据的文件夹"))
    options = parser.parse_args(arguments)
    say(import_log(options.log, options.to))
    say(tr("下一步：pytest --replay={folder}", folder=options.to))
    return 0


def import_log(source: Path, target: Path) -> str:
    """Write the log *source* as a tape without credentials into the folder *target*; return a report.

    Raises:
        TapeError: no exchange could be read, or the tape cannot be written.
    """
    log = read_legacy_log(source)
    if not log.exchanges:
        raise TapeError(*(log.problems or (_problem(source, 1, tr("里面没有旧框架的请求记录")),)))
    origin = str(origin_of(log.exchanges[0].request.url))
    masker = _CredentialMasker(log.exchanges)
    masked = [masker.exchange(exchange) for exchange in log.exchanges]
    write_tape(target, origin, "legacy log", masked, masker)
    lines = [tr("读入 {count} 次请求，写到 {target}", count=len(log.exchanges), target=target)]
    if log.problems:
        lines.append(tr("没能读入的 {count} 处：", count=len(log.problems)))
    return "\n".join([*lines, *(render(problem) for problem in log.problems)])


class _CredentialMasker:
    """Masks everything that looks like a credential.

    These are header fields with a telling name, their values anywhere else, and tokens of the known form.
    """

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        values = {
            value: name.lower()
            for exchange in exchanges
            for name, value in exchange.request.headers.items()
            if _CREDENTIAL.search(name) and len(value) >= MIN_LENGTH
        }
        # A value that is part of a mask, even of two in a row, is masked already.
        secrets = [(name, value) for value, name in values.items() if value not in mask_of(name) * 2]
        self._maskers = [Masker({name: value}) for name, value in secrets]

    def exchange(self, exchange: Exchange) -> Exchange:
        headers = {
            name: mask_of(name.lower()) if _CREDENTIAL.search(name) else value
            for name, value in exchange.request.headers.items()
        }
        return replace(exchange, request=replace(exchange.request, headers=headers))

    def data(self, data: bytes) -> bytes:
        for masker in self._maskers:
            data = masker.data(data)
        return re.sub(_KNOWN_TOKEN.pattern.encode(), mask_of("token").encode(), data)

    def json(self, value: Json) -> Json:
        for masker in self._maskers:
            value = masker.json(value)
        return _mask_tokens(value)


def _mask_tokens(value: Json) -> Json:
    if isinstance(value, str):
        return _KNOWN_TOKEN.sub(mask_of("token"), value)
    if isinstance(value, dict):
        return {_mask_tokens(key): _mask_tokens(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mask_tokens(item) for item in value]
    return value
