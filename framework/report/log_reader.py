"""``python -m framework logs``: one run's log as people read it, filtered by case, verdict or slowness.

A line that is not an event (cut by a kill, or not ours) is counted and said, never silently dropped.
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
from framework.report.terminal import size_text

FOLDER = Path("reports/logs")
Event = dict[str, Any]


@dataclass(slots=True)
class CaseLog:
    """What the log says of one case; ``verdict`` is empty where the run was cut before its end."""

    case: str
    events: list[Event] = field(default_factory=list)
    verdict: str = ""

    @property
    def slowest(self) -> float:
        """The longest exchange, in milliseconds."""
        return max(
            (event.get("duration_ms") or 0 for event in self.events if event["event"] == "exchange"),
            default=0,
        )


def newest(folder: Path) -> Path:
    """Return the newest log of *folder*.

    Raises:
        ConfigError: there is none.
    """
    logs = sorted(folder.glob("*.jsonl"))
    if not logs:
        raise ConfigError(
            Problem(
                "no-log", tr("{folder} 里没有日志", folder=folder), tr("先运行一次 pytest,或写明日志文件")
            )
        )
    return logs[-1]


def read_events(path: Path) -> tuple[list[Event], int]:
    """Return the events of a log and how many lines are not one.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise ConfigError(
            Problem("log-unreadable", tr("{path} 读不了:{error}", path=path, error=error.strerror))
        ) from None
    events = [event for event in map(_event, lines) if event is not None]
    return events, len(lines) - len(events)


def _event(line: str) -> Event | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("event"), str) else None


def by_case(events: Iterable[Event]) -> list[CaseLog]:
    """Gather the events of each case, in the order in which the cases began; processes of one run write
    between one another.
    """
    cases: dict[str, CaseLog] = {}
    for event in events:
        name = event.get("case")
        if isinstance(name, str):
            log = cases.setdefault(name, CaseLog(name))
            log.events.append(event)
            log.verdict = event.get("verdict", log.verdict)
    return list(cases.values())


def tell(log: CaseLog) -> Iterator[str]:
    """Yield the lines of one case."""
    word = status_word(log.verdict) if log.verdict else tr("没有结束")
    yield f"{_clock(log.events[0])} {word} {visible(log.case)}"
    for event in log.events:
        if event["event"] == "exchange":
            yield "    " + _exchange(event)
        elif event["event"] == "checks":
            yield from (f"    {line}" for check in event.get("checks", ()) for line in _check(check))
        elif event["event"] == "step.stopped":
            yield "    " + tr("故障: {what}", what=visible(str(event.get("what"))))


def _clock(event: Event) -> str:
    return str(event.get("time", ""))[11:23]


def _exchange(event: Event) -> str:
    status = event.get("http.response.status_code") or tr("未记录")
    elapsed, size = event.get("duration_ms"), event.get("http.response.body.size")
    parts = [str(event.get("http.request.method")), visible(str(event.get("url.full"))), f"→ {status}"]
    parts += [f"{elapsed:.0f} ms"] if elapsed is not None else []
    parts += [size_text(size)] if size is not None else []
    return " ".join([*parts, str(event.get("body_digest") or "")]).rstrip()


def _check(check: Event) -> Iterator[str]:
    if check.get("status") == "passed":
        return
    yield (
        f"✗ {visible(str(check.get('check')))} "
        f"{status_word(check['status']) if check.get('status') == 'unrecorded' else ''}"
    ).rstrip()
    for finding in check.get("findings", ()):
        values = tr(
            "期望 {expected},实际 {actual}", expected=finding.get("expected"), actual=finding.get("actual")
        )
        yield "    " + visible(" ".join(filter(None, (finding.get("path"), finding.get("what"), values))))


def logs_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Print the log that the arguments name.

    Raises:
        ConfigError: there is no log, or it cannot be read.
    """
    parser = argparse.ArgumentParser(
        "python -m framework logs", description=tr("把一次运行的日志打印成可读的样子")
    )
    parser.add_argument("log", nargs="?", type=Path, help=tr("日志文件;不写就取最新的一个"))
    parser.add_argument("--case", default="", metavar="TEXT", help=tr("只看节点 id 含 TEXT 的用例"))
    parser.add_argument(
        "--verdict",
        default="",
        choices=("passed", "failed", "broken", "skipped", "known", "warned"),
        help=tr("只看这种判定"),
    )
    parser.add_argument(
        "--slow", default=0.0, type=float, metavar="MS", help=tr("只看有请求超过 MS 毫秒的用例")
    )
    options = parser.parse_args(arguments)
    events, strange = read_events(options.log or newest(FOLDER))
    shown = [
        log
        for log in by_case(events)
        if options.case in log.case and options.verdict in ("", log.verdict) and log.slowest >= options.slow
    ]
    for log in shown:
        for line in tell(log):
            say(line)
    say(tr("{n} 个用例", n=len(shown)) + (tr(",{n} 行不是事件,没有列出", n=strange) if strange else ""))
    return 0
