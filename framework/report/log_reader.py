"""``python -m framework logs``: prints the log of a run, filtered by case, verdict or duration.

Lines that are not events, for example because a kill cut them, are counted, and the count is printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framework.base.errors import ConfigError, Problem
from framework.base.messages import tr
from framework.base.source import visible
from framework.report.explain import status_word
from framework.report.numbers import size_text

FOLDER = Path("reports/logs")
Event = dict[str, Any]


@dataclass(slots=True)
class CaseLog:
    """The events of one case. ``verdict`` is empty if the run was killed before the case ended."""

    case: str
    events: list[Event] = field(default_factory=list)
    verdict: str = ""

    @property
    def slowest_ms(self) -> float:
        """The duration of the longest exchange, in milliseconds."""
        exchanges = (event for event in self.events if event["event"] == "exchange")
        return max((event.get("duration_ms") or 0 for event in exchanges), default=0)

    def has_trace(self, beginning: str) -> bool:
        """Whether a request has a trace id with this beginning; true for none at all."""
        return not beginning or any(
            str(event.get("trace_id", "")).startswith(beginning) for event in self.events
        )


def newest_log(folder: Path) -> Path:
    """Return the newest log of *folder*.

    Raises:
        ConfigError: there is none.
    """
    logs = sorted(folder.glob("*.jsonl"))
    if not logs:
        raise ConfigError(
            Problem(
                "no-log", tr("{folder} 里没有日志", folder=folder), tr("先运行一次 pytest，或写明日志文件")
            )
        )
    return logs[-1]


def read_events(path: Path) -> tuple[list[Event], int]:
    """Return the events of a log and the number of lines that are not events.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise ConfigError(
            Problem("log-unreadable", tr("{path} 读不了：{error}", path=path, error=error.strerror))
        ) from None
    events = [event for event in map(_parsed_event, lines) if event is not None]
    return events, len(lines) - len(events)


def _parsed_event(line: str) -> Event | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("event"), str) else None


def by_case(events: Iterable[Event]) -> list[CaseLog]:
    """Group the events by case, in the order in which the cases began.

    The events of different cases are mixed in the file if several processes wrote it.
    """
    cases: dict[str, CaseLog] = {}
    for event in events:
        name = event.get("case")
        if isinstance(name, str):
            log = cases.setdefault(name, CaseLog(name))
            log.events.append(event)
            log.verdict = event.get("verdict", log.verdict)
    return list(cases.values())


def case_lines(log: CaseLog) -> Iterator[str]:
    """Yield the lines to print for one case."""
    word = status_word(log.verdict) if log.verdict else tr("没有结束")
    yield f"{_clock(log.events[0])} {word} {visible(log.case)}"
    for event in log.events:
        if event["event"] == "exchange":
            yield "    " + _exchange_line(event)
        elif event["event"] == "checks":
            for check in event.get("checks", ()):
                yield from (f"    {line}" for line in _check_lines(check))
        elif event["event"] == "step.stopped":
            yield "    " + tr("故障：{what}", what=visible(str(event.get("what"))))


def _clock(event: Event) -> str:
    return str(event.get("time", ""))[11:23]


def _exchange_line(event: Event) -> str:
    status = event.get("http.response.status_code") or tr("未记录")
    elapsed = event.get("duration_ms")
    size = event.get("http.response.body.size")
    asked = event.get("request") or f"{event.get('http.request.method')} {event.get('url.full')}"
    parts = [visible(str(asked)), f"→ {status}"]
    if elapsed is not None:
        parts.append(f"{elapsed:.0f} ms")
    if size is not None:
        parts.append(size_text(size))
    return " ".join([*parts, str(event.get("body_digest") or "")]).rstrip()


def _check_lines(check: Event) -> Iterator[str]:
    """Yield the lines of a check that did not pass."""
    status = check.get("status")
    if status == "passed":
        return
    word = status_word(status) if status in ("unrecorded", "unaccepted", "pending") else ""
    yield f"✗ {visible(str(check.get('check')))} {word}".rstrip()
    for finding in check.get("findings", ()):
        values = tr(
            "期望 {expected}，实际 {actual}", expected=finding.get("expected"), actual=finding.get("actual")
        )
        parts = (finding.get("path"), finding.get("what"), values)
        yield "    " + visible(" ".join(part for part in parts if part))


def logs_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Print the log that the arguments name.

    Raises:
        ConfigError: there is no log, or it cannot be read.
    """
    parser = argparse.ArgumentParser(
        "python -m framework logs", description=tr("把一次运行的日志打印成可读的样子")
    )
    parser.add_argument("log", nargs="?", type=Path, help=tr("日志文件；不写就取最新的一个"))
    parser.add_argument("--case", default="", metavar="TEXT", help=tr("只看节点 id 含 TEXT 的用例"))
    parser.add_argument(
        "--verdict",
        default="",
        choices=("passed", "failed", "broken", "skipped", "known", "warned"),
        help=tr("只看这种判定"),
    )
    parser.add_argument(
        "--trace", default="", metavar="ID", help=tr("只看这个 trace id（或它的开头）的请求所属的用例")
    )
    parser.add_argument(
        "--slow", default=0.0, type=float, metavar="MS", help=tr("只看有请求超过 MS 毫秒的用例")
    )
    options = parser.parse_args(arguments)
    events, other_lines = read_events(options.log or newest_log(FOLDER))
    shown = [
        log
        for log in by_case(events)
        if options.case in log.case
        and options.verdict in ("", log.verdict)
        and log.slowest_ms >= options.slow
        and log.has_trace(options.trace.lower())
    ]
    for log in shown:
        for line in case_lines(log):
            say(line)
    count = tr("{n} 个用例", n=len(shown))
    say(count + tr("，{n} 行不是事件，没有列出", n=other_lines) if other_lines else count)
    return 0
