"""Writes the structured log: one file for each run, one JSON object on each line.

A line never holds a body, only its size and digest. JSON escapes the newlines in hostile text, so no reply
can forge a line. All processes of a run append to one file. Each write consists of whole lines, so that
neither another process nor a kill can cut a line in two.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from framework.base.clock import CHINA
from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.request import MISSING
from framework.cases.upload import file_lines
from framework.checks.result import CheckResult
from framework.http.masking import Masker
from framework.report.case_record import STATUSES, CaseRecord
from framework.report.disk import Disk
from framework.report.explain import check_title, headline, status_word
from framework.report.log_events import LEVELS, body_digest, verdict_events
from framework.report.numbers import size_text
from framework.report.run_file import record_of
from framework.report.sink import SinkContext
from framework.report.summary import request_line
from framework.run.verdict import StepResult, Verdict

NAME = "harness-log"
KEPT_RUNS = 30
_MARKS = {"passed": "✓", "failed": "✗", "unrecorded": "?", "unaccepted": "?", "pending": "△"}


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register the log. Its file is created when the first line is written."""
    config.pluginmanager.register(Log(config, context.run_id), NAME)


class Log:
    """The log of one process."""

    def __init__(self, config: pytest.Config, run_id: str) -> None:
        self.config = config
        self.run_id = run_id
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._sink: tuple[Any, int] | None = None
        self._file = -1
        self.disk = Disk()

    @property
    def path(self) -> Path:
        return self.config.rootpath / "reports" / "logs" / f"{self.run_id}.jsonl"

    def write(self, event: str, level: str = "INFO", **fields: Any) -> None:
        self._write_lines(level, self._json_line(event, level, fields))

    def _json_line(self, event: str, level: str, fields: dict[str, Any]) -> str:
        line = {
            "time": datetime.now(CHINA).isoformat(timespec="milliseconds"),
            "level": level,
            "run": self.run_id,
            "worker": self.worker,
            "event": event,
            **fields,
        }
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)

    def _write_lines(self, level: str, lines: str) -> None:
        with self.disk.writing():
            if self._sink is None:
                self._sink = self._open()
            self._sink[0].log(level, "{}", lines)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.disk.session = session

    def _open(self) -> tuple[Any, int]:
        from loguru import logger  # noqa: PLC0415  # it imports asyncio, which --collect-only does not need

        with suppress(ValueError):  # a conftest.py of the project may have removed the sink already
            logger.remove(0)  # loguru's own sink to stderr
        if self.worker == "main":  # only one process, because the others may just be opening the file
            prune_logs(self.path.parent, nights=self.path.parent.parent / "history")
        run_id = self.run_id
        self._file = open_to_append(self.path)
        sink = logger.add(
            self._append,
            format="{message}",
            # A project may use loguru too; its lines do not belong into this file.
            filter=lambda record: record["extra"].get("harness") == run_id,
            catch=False,
        )
        return logger.bind(harness=self.run_id), sink

    def _append(self, lines: str) -> None:
        """Write whole lines in one system call.

        A Python file object would write a long text in pieces, and another process could write between them.
        """
        data = lines.encode("utf-8", "backslashreplace")
        written = os.write(self._file, data)
        if written < len(data):  # a full disk takes only a part. The second call then raises the reason.
            os.write(self._file, data[written:])

    def pytest_harness_case_started(self, item: pytest.Item, case: Case) -> None:
        self.write("case.started", case=item.nodeid)

    def pytest_harness_case_finished(
        self, item: pytest.Item, case: Case, verdict: Verdict, masker: Masker
    ) -> None:
        """Write the events of the case in one call of the logger, because a call costs more than a line."""
        case_events = list(verdict_events(verdict))
        lines = self._json_lines(item, case_events)
        if (
            masker.text(lines) != lines
        ):  # rare. Then mask each value by itself, so that the lines are still JSON.
            masked = [(event, level, masker.json(fields)) for event, level, fields in case_events]
            lines = self._json_lines(item, masked)
        self._write_lines(LEVELS[verdict.status], lines)

    def _json_lines(self, item: pytest.Item, case_events: list[tuple[str, str, dict[str, Any]]]) -> str:
        return "\n".join(
            self._json_line(event, level, {"case": item.nodeid, **fields})
            for event, level, fields in case_events
        )

    def pytest_harness_run_started(self, facts: dict[str, str]) -> None:
        self.write("run.started", facts=facts)

    def pytest_harness_case_recorded(self, case: CaseRecord, known: bool) -> None:
        """Write the end of a case that its own process could not write: a crash, a tear-down, a skip."""
        if known:
            return
        cause = {"category": case.category, "cause": case.cause} if case.category else {}
        self.write(
            "case.finished",
            LEVELS[case.status],
            case=case.id,
            verdict=case.status,
            duration_ms=round(case.duration * 1000, 1),
            headline=case.headline,
            **cause,
        )

    def pytest_harness_run_finished(self) -> None:
        run = record_of(self.config)
        if run is not None:
            verdicts = {status: len(run.of(status)) for status in STATUSES}
            self.write("run.finished", cases=len(run.cases), verdicts=verdicts)

    def pytest_unconfigure(self) -> None:
        if self._sink is not None:
            logger, sink = self._sink
            logger.remove(sink)
            os.close(self._file)


def open_to_append(path: Path) -> int:
    """Open *path* and return its descriptor. Every write goes to the end, even with several processes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o666)


def prune_logs(folder: Path, keep: int = KEPT_RUNS - 1, nights: Path | None = None) -> None:
    """Remove all logs but those of the newest runs, and those of the nights whose records are in *nights*.

    So the runs that a person makes by day push no night out. The names of logs begin with the time, so they
    sort by age.
    """
    kept = {path.stem.partition("-")[2] for path in nights.glob("*/*.json")} if nights else set()
    others = [path for path in sorted(folder.glob("*.jsonl")) if path.stem not in kept]
    for old in others[:-keep]:
        with suppress(OSError):
            old.unlink()


def readable_lines(verdict: Verdict) -> list[str]:
    """Return the lines that the old harness logged for a case, without the body of the reply."""
    lines = [
        tr("接口测试开始 {title}", title=verdict.title),
        tr("yaml 检查通过 {case}", case=verdict.case_id),
    ]
    for step in verdict.login:
        lines += _readable_login(step)
    for step in verdict.flat():
        lines += _readable_step(step)
    lines += [_readable_check(result) for result in verdict.results]
    for step in verdict.teardown:
        for part in step.flat():
            lines += _readable_step(part)
    words = {
        "passed": tr("接口测试成功"),
        "skipped": tr("接口测试跳过"),
        "known": tr("接口测试成功"),
        "warned": tr("接口测试警告"),
    }
    word = words.get(verdict.status, tr("接口测试失败"))
    return [*lines, f"{word}{tr('：')}{headline(verdict)}", tr("接口测试结束")]


def _readable_login(step: StepResult) -> Iterator[str]:
    """Yield a line whose content may be secret even if it is no declared secret: data sent or received."""
    yield tr("请求名称：{name}", name=step.name)
    if step.exchange is not None:
        reply = step.exchange.reply
        said = f"HTTP {reply.status}, {reply.elapsed_ms or 0:.0f} ms"
        yield f"{request_line(step.exchange.request)}{tr('：')}{said}"


def _readable_step(step: StepResult) -> Iterator[str]:
    name_line = tr("请求名称：{name}", name=step.name)
    was_sent = step.exchange or step.parts
    yield name_line if was_sent else name_line + tr("（{word}）", word=status_word(step.status))
    if step.exchange is not None:
        request, reply = step.exchange.request, step.exchange.reply
        yield tr("请求方式：{method}  请求路径：{url}", method=request.method, url=request.url)
        yield tr("请求头：{headers}", headers=json.dumps(dict(request.headers), ensure_ascii=False))
        parts = {"params": request.params, "data": request.data, "cookies": request.cookies}
        for part, value in parts.items():
            if value:
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield tr("请求{part}参数：{value}", part=part, value=shown)
        yield from (tr("请求文件 {file}", file=line) for line in file_lines(request.uploads))
        if request.json is not MISSING:
            yield tr("请求json参数：{json}", json=json.dumps(request.json, ensure_ascii=False))
        elapsed = tr("未记录") if reply.elapsed_ms is None else f"{reply.elapsed_ms:.0f} ms"
        size = tr("未记录") if reply.body is None else f"{size_text(len(reply.body))} {body_digest(reply)}"
        yield tr(
            "实际结果：HTTP {status}，{elapsed}，{size}",
            status=reply.status or tr("未记录"),
            elapsed=elapsed,
            size=size,
        )
        if step.exchange.shared_from:
            yield tr("答复与先问的用例 {case} 共用，没有再发请求", case=step.exchange.shared_from)
    for result in step.results:
        yield _readable_check(result)
    if step.error is not None:
        yield tr("{word}：{what}", word=status_word(step.status), what=step.error.problems[0].what)


def _readable_check(result: CheckResult) -> str:
    word = "" if result.status == "passed" else f" {status_word(result.status)}"
    notes = tr("（提示 {n} 处）", n=len(result.notes)) if result.notes else ""
    return (
        tr("预期结果：{mark} {title}", mark=_MARKS[result.status], title=check_title(result)) + word + notes
    )
