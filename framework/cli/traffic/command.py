"""The commands ``import-har`` and ``import-curl``: a tape and a suite from the requests of a browser."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.base.errors import CaseFileError, ConfigError, HarnessError, Problem, TapeError
from framework.base.messages import tr
from framework.cli.init.curl import read_curl, request_of
from framework.cli.traffic.har_file import Traffic, read_har
from framework.cli.traffic.suite import Sent, Written, notes, suite_of
from framework.http.exchange import Exchange, NotJsonError
from framework.http.hosts import origin_of
from framework.tape.recorder import Recorder
from framework.tape.recording import finish, recording_into

COMPLETE, PARTIAL = 0, 1
_KEY_BYTES = 32
_NEXT_LINE = re.compile(r"(?m)^(?=[ \t]*curl\s)")
Say = Callable[[str], None]


def import_har_command(arguments: Sequence[str], say: Say) -> int:
    """Read a HAR file; return 0 if all of it was carried over, 1 if something is named that was not.

    Raises:
        TapeError: it is no HAR file, or the tape cannot be written.
        ConfigError: the suite exists already, or neither a tape nor a suite was asked for.
    """
    parser = argparse.ArgumentParser(
        "python -m framework import-har",
        description=tr("把浏览器导出的 HAR 变成录制数据或用例；密钥与个人信息换成同样形式的值"),
        epilog=tr("退出码：0 全部带过来了；1 有没带过来的，已逐条列出；2 读不了，或写不了"),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("HAR 文件"))
    parser.add_argument(
        "--to", type=Path, metavar="DIR", help=tr("录制数据的文件夹，供 pytest --replay=DIR 回放")
    )
    parser.add_argument("--suite", type=Path, metavar="YAML", help=tr("写成的用例文件"))
    options = parser.parse_args(arguments)
    if options.to is None and options.suite is None:
        what = tr("没有说写到哪里")
        raise ConfigError(
            Problem("import-target", what, tr("写 --to DIR（录制数据）或 --suite FILE.yaml（用例），或都写"))
        )
    _refuse_existing(options.suite)
    traffic = read_har(options.file)
    if options.to is not None:
        if not traffic.exchanges:
            raise TapeError(
                Problem(
                    "har-empty",
                    tr("{path} 里没有可以回放的请求", path=options.file),
                    tr("；").join(traffic.left_out),
                )
            )
        _write_tape(options.to, options.file, traffic)
        say(tr("读入 {count} 次请求，写到 {target}", count=len(traffic.exchanges), target=options.to))
    left_out = list(traffic.left_out)
    if options.suite is not None:
        sent, others = _sent(traffic.exchanges)
        left_out += others
        _write_suite(options.suite, suite_of(options.file.stem, sent), say)
    if left_out:
        say(tr("没有带过来的 {count} 条：", count=len(left_out)))
        say("\n".join(left_out))
    return PARTIAL if left_out else COMPLETE


def _write_tape(folder: Path, source: Path, traffic: Traffic) -> None:
    counted = Counter(str(origin_of(exchange.request.url)) for exchange in traffic.exchanges)
    facts = {"environment": "", "origin": counted.most_common(1)[0][0]}
    with recording_into(folder):
        recorder = Recorder(folder, secrets.token_bytes(_KEY_BYTES), facts, {})
        recorder.begin(source.stem)
        for exchange in traffic.exchanges:
            recorder.take(exchange)
        recorder.end()
        finish(folder, "har")


def _sent(exchanges: Sequence[Exchange]) -> tuple[list[Sent], list[str]]:
    """Return the requests that make cases: those with a JSON reply. The others are named."""
    sent, others = [], []
    for exchange in exchanges:
        request = exchange.request
        try:
            document = exchange.reply.json
        except NotJsonError:
            where = request.url.partition("?")[0]
            others.append(tr("{method} {url}：答复不是 JSON，没有写成用例", method=request.method, url=where))
            continue
        body = request.data if isinstance(request.data, str) else ""
        made = request_of(request.method, request.url, dict(request.headers), body)
        sent.append(Sent(made, exchange.reply.status or 0, document))
    return sent, others


def import_curl_command(arguments: Sequence[str], say: Say) -> int:
    """Read curl lines; return 0 if all were carried over, 1 if some are named that were not.

    Raises:
        CaseFileError: no line can be read.
        ConfigError: the suite exists already.
    """
    parser = argparse.ArgumentParser(
        "python -m framework import-curl",
        description=tr("把浏览器复制的 cURL（bash）写成用例，可以有许多行；不发送"),
        epilog=tr("退出码：0 全部带过来了；1 有没带过来的，已逐条列出；2 一行也读不懂，或写不了"),
    )
    parser.add_argument("file", metavar="FILE", help=tr("存着 curl 行的文件；- 是标准输入"))
    parser.add_argument("--suite", type=Path, required=True, metavar="YAML", help=tr("写成的用例文件"))
    options = parser.parse_args(arguments)
    _refuse_existing(options.suite)
    sent, left_out = [], []
    first: HarnessError | None = None
    for number, line in enumerate(_lines(_text(options.file)), start=1):
        try:
            sent.append(Sent(read_curl(line)))
            reasons = sent[-1].request.left_out
        except CaseFileError as error:
            first = first or error
            reasons = (error.problems[0].what,)
        left_out += [tr("第 {number} 条：{reason}", number=number, reason=reason) for reason in reasons]
    if not sent:
        raise first or CaseFileError(Problem("curl", tr("{path} 里没有 curl 行", path=options.file)))
    _write_suite(options.suite, suite_of(options.suite.stem, sent), say)
    if left_out:
        say(tr("没有带过来的 {count} 条：", count=len(left_out)))
        say("\n".join(left_out))
    return PARTIAL if left_out else COMPLETE


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CaseFileError(
            Problem("curl", tr("{path} 读不了", path=name), tr("写存着 curl 行的文件"))
        ) from None


def _lines(text: str) -> list[str]:
    """Return the curl lines. A browser joins several with ``;`` or ``&``."""
    parts = (part.strip() for part in _NEXT_LINE.split(text.replace("\r\n", "\n")))
    return [re.sub(r"\s*[;&]+\Z", "", part) for part in parts if part]


def _refuse_existing(path: Path | None) -> None:
    if path is not None and path.exists():
        what = tr("{name} 已经存在，不覆盖", name=path.name)
        raise ConfigError(Problem("file-exists", what, tr("换一个名字")))


def _write_suite(path: Path, written: Written, say: Say) -> None:
    if not written.cases:
        say(tr("没有可以写成用例的请求"))
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written.text, encoding="utf-8", newline="\n")
    except OSError as error:
        what = tr("{path} 写不了：{error}", path=path, error=error.strerror)
        raise ConfigError(Problem("suite-write", what)) from None
    say(tr("写成 {count} 个用例：{path}", count=written.cases, path=path))
    for line in notes(written):
        say(line)
