"""The command ``import-log``: makes a tape of the log of the old harness.

A request is logged in these lines, with any prefix::

    - INFO log:log_util.py:102 请求名称:… / 请求方式:post / 请求路径:https://… / 请求头:{…} / 请求json参数:{…}
    - INFO log:log_util.py:102 实际结果: <Response [200]>
    - INFO log:log_util.py:102 实际结果:{…}

The texts in braces are Python literals, sometimes JSON. The header, time and bytes of a reply were never
logged, so they are None.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.base.errors import Problem, TapeError, render
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.http.hosts import origin_of
from framework.http.masking import mask_of
from framework.legacy.log_requests import LegacyLog, read_legacy_log
from framework.tape.tape import write_tape

COMPLETE, PARTIAL = 0, 1
"""The exit codes of both importers: 1 if anything is named that was not carried over, be it all. It is 2, as
for other mistakes of the user, if the file cannot be read at all."""

# The form of the service's tokens; they also occur in URLs and texts.
_KNOWN_TOKEN = re.compile(r"PHONE_[a-z]{24}")


def import_log_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Convert the log that the arguments name; return 0 if everything was read, 1 if not.

    Raises:
        TapeError: it is no log of the old harness, or the tape cannot be written.
    """
    parser = argparse.ArgumentParser(
        "python -m framework import-log",
        description=tr("把旧框架的日志转换为录制数据，令牌会被遮盖"),
        epilog=tr("退出码：0 全部带过来了；1 有没能读入的，已逐处列出；2 文件读不了，或不是旧框架的日志"),
    )
    parser.add_argument("log", type=Path, help=tr("旧框架的日志文件"))
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help=tr("录制数据的文件夹"))
    options = parser.parse_args(arguments)
    log = read_legacy_log(options.log)
    say(_write(log, options.log, options.to))
    if log.exchanges:
        say(tr("下一步：pytest --replay={folder}", folder=options.to))
    return PARTIAL if log.problems else COMPLETE


def import_log(source: Path, target: Path) -> str:
    """Write the log *source* as a tape without secrets into the folder *target*; return a report.

    Raises:
        TapeError: it is no log of the old harness, or the tape cannot be written.
    """
    return _write(read_legacy_log(source), source, target)


def _write(log: LegacyLog, source: Path, target: Path) -> str:
    if not log.exchanges and not log.problems:
        raise TapeError(
            Problem(
                "legacy-log",
                f"{source}:1: " + tr("里面没有旧框架的请求记录"),
                tr("旧框架的日志里有写着请求方式、请求路径、实际结果的行"),
            )
        )
    if log.exchanges:
        origin = str(origin_of(log.exchanges[0].request.url))
        write_tape(target, origin, "legacy log", log.exchanges, _TokenMasker(), one_header_mask=True)
        lines = [tr("读入 {count} 次请求，写到 {target}", count=len(log.exchanges), target=target)]
    else:
        lines = [tr("一次请求也没有读入，没有写出录制数据")]
    if log.unread:
        total = len(log.exchanges) + log.unread
        lines.append(tr("日志里共 {total} 次请求，{unread} 次没有读入", total=total, unread=log.unread))
    if log.problems:
        lines.append(tr("没能读入的 {count} 处：", count=len(log.problems)))
    return "\n".join([*lines, *(render(problem) for problem in log.problems)])


class _TokenMasker:
    """Masks tokens of the known form in all texts; the tape masks the secrets of named fields by itself."""

    def data(self, data: bytes) -> bytes:
        return re.sub(_KNOWN_TOKEN.pattern.encode(), mask_of("token").encode(), data)

    def json(self, value: Json) -> Json:
        if isinstance(value, str):
            return _KNOWN_TOKEN.sub(mask_of("token"), value)
        if isinstance(value, dict):
            return {self.json(key): self.json(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.json(item) for item in value]
        return value
