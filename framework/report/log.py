"""The structured log: one JSON object a line, one file a run, and the same events as readable Chinese lines
for a case.

The only module that imports loguru. A line never holds a body: it holds its size and digest. Newlines in
hostile text are escaped by JSON, so no reply can forge a line. The processes of one run append to one file,
each time whole lines in one write, so that neither another process nor a kill can cut one in two.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from framework.base.messages import tr
from framework.cases.case import Case
from framework.cases.request import MISSING
from framework.cases.template import CHINA
from framework.checks.result import CheckResult
from framework.http.masking import Masker
from framework.report.disk import Disk
from framework.report.explain import headline, status_word
from framework.report.log_events import LEVELS, body_digest, events
from framework.report.sink import SinkContext
from framework.report.terminal import counts_of, size_text
from framework.run.verdict import CaseStatus, StepResult, Verdict

NAME = "harness-log"
KEPT_RUNS = 30
_MARKS = {"passed": "✓", "failed": "✗", "unrecorded": "?"}


def install(config: pytest.Config, context: SinkContext) -> None:
    """Register the log; its file is made when the first line is written."""
    config.pluginmanager.register(Log(config, context.run_id), NAME)


class Log:
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
        self._put(level, self._line(event, level, fields))

    def _line(self, event: str, level: str, fields: dict[str, Any]) -> str:
        line = {
            "time": datetime.now(CHINA).isoformat(timespec="milliseconds"),
            "level": level,
            "run": self.run_id,
            "worker": self.worker,
            "event": event,
            **fields,
        }
        return json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=str)

    def _put(self, level: str, lines: str) -> None:
        with self.disk.writing():
            if self._sink is None:
                self._sink = self._open()
            self._sink[0].log(level, "{}", lines)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.disk.session = session

    def _open(self) -> tuple[Any, int]:
        from loguru import logger  # noqa: PLC0415  # it brings asyncio along, which listing the cases can do without

        with suppress(ValueError):  # a conftest.py of the user's may have set loguru up already
            logger.remove(0)  # loguru's own sink to stderr
        if self.worker == "main":
            prune(self.path.parent)
        mine = self.run_id
        self._file = appended(self.path)
        sink = logger.add(
            self._append,
            format="{message}",
            filter=lambda record: record["extra"].get("harness") == mine,
            catch=False,
        )
        return logger.bind(harness=self.run_id), sink

    def _append(self, lines: str) -> None:
        """Write whole lines. A file of Python's would write a long text in pieces, between which another
        process writes its own.
        """
        data = lines.encode("utf-8", "backslashreplace")
        written = os.write(self._file, data)
        if written < len(data):  # a full disk takes a part; the rest is refused, and that says why
            os.write(self._file, data[written:])

    def pytest_harness_case_started(self, item: pytest.Item, case: Case) -> None:
        self.write("case.started", case=item.nodeid)

    def pytest_harness_case_finished(
        self, item: pytest.Item, case: Case, verdict: Verdict, masker: Masker
    ) -> None:
        """Write what happened, all lines at once: what a call of the logger costs, a line does not."""
        told = list(events(verdict))
        lines = self._lines(item, told)
        if masker.text(lines) != lines:  # seldom; then value by value, so that what is masked is still JSON
            lines = self._lines(item, [(event, level, masker.json(fields)) for event, level, fields in told])
        self._put(LEVELS[verdict.status], lines)

    def _lines(self, item: pytest.Item, told: list[tuple[str, str, dict[str, Any]]]) -> str:
        return "\n".join(
            self._line(event, level, {"case": item.nodeid, **fields}) for event, level, fields in told
        )

    def pytest_harness_run_started(self, facts: dict[str, str]) -> None:
        self.write("run.started", facts=facts)

    def pytest_harness_run_finished(self) -> None:
        counts = counts_of(self.config)
        if counts is not None and counts.cases:
            statuses = get_args(CaseStatus)
            self.write(
                "run.finished",
                cases=len(counts.cases),
                verdicts={status: counts.of(status) for status in statuses},
            )

    def pytest_unconfigure(self) -> None:
        if self._sink is not None:
            logger, sink = self._sink
            logger.remove(sink)
            os.close(self._file)


def appended(path: Path) -> int:
    """Open *path* to append to; every write goes to its end, whoever else writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)


def prune(folder: Path, keep: int = KEPT_RUNS - 1) -> None:
    """Remove the logs of all but the newest runs; their names begin with the time."""
    for old in sorted(folder.glob("*.jsonl"))[:-keep]:
        with suppress(OSError):
            old.unlink()


def readable(verdict: Verdict) -> list[str]:
    """Return the case as the old harness logged it, line for line, without the body."""
    lines = [
        tr("接口测试开始 {title}", title=verdict.title),
        tr("yaml 检查通过 {case}", case=verdict.case_id),
    ]
    for step in verdict.flat():
        lines += _readable_step(step)
    lines += [_readable_check(result) for result in verdict.results]
    words = {
        "passed": tr("接口测试成功"),
        "skipped": tr("接口测试跳过"),
        "known": tr("接口测试成功"),
        "warned": tr("接口测试警告"),
    }
    word = words.get(verdict.status, tr("接口测试失败"))
    return [*lines, f"{word}{tr(':')}{headline(verdict)}", tr("接口测试结束")]


def _readable_step(step: StepResult) -> Iterator[str]:
    yield tr("请求名称: {name}", name=step.name) + (
        "" if step.exchange or step.parts else tr("({word})", word=status_word(step.status))
    )
    if step.exchange is not None:
        request, reply = step.exchange.request, step.exchange.reply
        yield tr("请求方式: {method}  请求路径: {url}", method=request.method, url=request.url)
        yield tr("请求头: {headers}", headers=json.dumps(dict(request.headers), ensure_ascii=False))
        if request.json is not MISSING:
            yield tr("请求json参数: {json}", json=json.dumps(request.json, ensure_ascii=False))
        elapsed = tr("未记录") if reply.elapsed_ms is None else f"{reply.elapsed_ms:.0f} ms"
        size = tr("未记录") if reply.body is None else f"{size_text(len(reply.body))} {body_digest(reply)}"
        yield tr(
            "实际结果: HTTP {status},{elapsed},{size}",
            status=reply.status or tr("未记录"),
            elapsed=elapsed,
            size=size,
        )
    for result in step.results:
        yield _readable_check(result)
    if step.error is not None:
        yield tr("{word}: {what}", word=status_word(step.status), what=step.error.problems[0].what)


def _readable_check(result: CheckResult) -> str:
    word = "" if result.status == "passed" else f" {status_word(result.status)}"
    notes = tr("(提示 {n} 处)", n=len(result.notes)) if result.notes else ""
    return tr("预期结果: {mark} {title}", mark=_MARKS[result.status], title=result.title) + word + notes
