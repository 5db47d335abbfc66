"""Puts the lines of the old harness's log together to exchanges.

Every request is read or reported. The log has no process ids, so if several processes wrote into one file, a
reply cannot be assigned to its request. This shows in two steps:

1. A request gets no reply before the next one begins. It may also have been interrupted, so the requests
   after it are kept for the time being.
2. A reply comes too many, or a part of a request comes twice. Now all requests since then are uncertain, and
   none of them is read, until every run that began has ended and every request has got a reply.

One case shows no sign: a process was killed inside a request, and the next reply belongs to a request of
another process that began before. So after a request without a reply, a later one is read only if its reply
cannot be the missing one: see ``log_replies``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.http.exchange import Exchange
from framework.legacy.log_entries import USUAL_WORDINGS, Entry, read_entries
from framework.legacy.log_lines import read_lines
from framework.legacy.log_replies import contradicts, is_reply_of
from framework.legacy.log_values import LoggedPart, UnreadablePart, build_exchange, status_of

REQUEST, LINE = "legacy-request", "legacy-log"
"""The codes of problems: a request that was not read, and a line that belongs to no request."""

_VALUE_PARTS = ("headers", "json", "data", "params", "cookies", "result")


@dataclass(frozen=True)
class LegacyLog:
    """The exchanges of a log in their order, and the problems by line: one for each request not read."""

    exchanges: tuple[Exchange, ...]
    problems: tuple[Problem, ...]

    @property
    def unread(self) -> int:
        """The number of requests that were not read."""
        return sum(problem.code == REQUEST for problem in self.problems)


def read_legacy_log(path: Path) -> LegacyLog:
    """Read a log, which may hold any number of runs.

    Raises:
        TapeError: the file cannot be read, or is too large.
    """
    reader = _Reader()
    for entry in read_entries(read_lines(path)):
        reader.feed(entry)
    return reader.finish(path)


@dataclass(frozen=True)
class _Fault:
    line: int
    what: str
    how: str


@dataclass
class _LoggedRequest:
    """One request whose lines are being read; ``line`` is its first one."""

    line: int
    parts: dict[str, LoggedPart] = field(default_factory=dict)
    name_wordings: list[str] = field(default_factory=list)
    last_part: LoggedPart | None = None
    fault: _Fault | None = None
    exchange: Exchange | None = None

    @property
    def answered(self) -> bool:
        return "result" in self.parts

    def fail(self, line: int, what: str, how: str) -> None:
        """Note why the request is not read; the first reason counts."""
        self.fault = self.fault or _Fault(line, what, how)

    def build(self) -> None:
        """Make the exchange of the parts, or note why this is impossible."""
        if self.fault is not None:
            return
        try:
            self.exchange = build_exchange(self.parts)
        except UnreadablePart as error:
            self.fail(error.line or self.line, str(error), error.how)


class _Reader:
    def __init__(self) -> None:
        self._requests: list[_LoggedRequest] = []
        self._current: _LoggedRequest | None = None
        self._remarks: list[_Fault] = []
        self._noise: dict[str, list[int]] = {}
        self._pending: Entry | None = None
        self._has_names = False
        # In a log without names, the part with which requests begin.
        self._opening = ""
        # The index of the first request that got no reply, and how many replies are still to come.
        self._first_waiting: int | None = None
        self._waiting = 0
        self._open_runs = 0
        self._interleaved = False
        self._stray_status = False

    def feed(self, entry: Entry) -> None:
        """Take the next entry of the log."""
        if entry.kind == "part":
            self._feed_part(entry)
            if entry.misplaced and self._current is not None:
                self._current.fail(
                    entry.line,
                    tr("“{wording}”前面不是这份日志的前缀，不能确定它是不是日志", wording=entry.wording),
                    tr("把这一行的前缀改成与其他行相同，或删去这一行"),
                )
        elif entry.kind in ("start", "end"):
            self._feed_marker(entry)
        elif entry.kind == "prelude" and self._current is not None and self._current.parts:
            # Another process begins a request, if this one still has no reply.
            self._close()
        elif entry.kind == "undecodable":
            self._feed_undecodable(entry)
        elif entry.kind == "unknown":
            self._feed_unknown(entry)
        elif entry.kind == "loose" and self._current is not None and self._current.last_part is not None:
            self._current.last_part.lines.append(entry.value)
            return
        if self._current is not None and entry.kind != "part":
            self._current.last_part = None

    def _feed_marker(self, entry: Entry) -> None:
        self._close()
        self._open_runs = self._open_runs + 1 if entry.kind == "start" else max(0, self._open_runs - 1)
        if self._open_runs == 0 and self._waiting <= 0:
            self._first_waiting = None
            self._waiting = 0
            self._interleaved = False

    def _feed_part(self, entry: Entry) -> None:
        if entry.part == "name":
            self._feed_name(entry)
        elif entry.part == "result":
            self._feed_result(entry)
        else:
            self._feed_request_part(entry)

    def _feed_name(self, entry: Entry) -> None:
        self._has_names = True
        current = self._current
        if current is not None and not current.parts and entry.wording not in current.name_wordings:
            # One version writes two names for each request, with different wordings.
            current.name_wordings.append(entry.wording)
            return
        self._report_pending()
        self._begin(entry).name_wordings.append(entry.wording)

    def _begin(self, entry: Entry) -> _LoggedRequest:
        self._opening = self._opening or entry.part
        if not self._has_names and entry.part != self._opening and self._requests:
            # It belongs to one of the requests before: two processes are mixed, and nothing shows where.
            self._first_waiting = 0
            self._mark_interleaved(entry.line)
        self._close()
        self._current = _LoggedRequest(entry.line)
        self._requests.append(self._current)
        pending, self._pending = self._pending, None
        if pending is not None:
            self._fail_by_unknown(self._current, pending)
        return self._current

    def _feed_request_part(self, entry: Entry) -> None:
        current = self._current
        if current is None or current.answered:
            if self._has_names and self._requests:
                # It belongs to a request of another process that began before. If each request has a reply,
                # one of them has that of another.
                if self._first_waiting is None:
                    self._first_waiting = 0
                self._mark_interleaved(entry.line)
                self._remark_stray(entry)
                return
            current = self._begin(entry)
        elif entry.part in current.parts or "status" in current.parts:
            if current.name_wordings:
                self._mark_interleaved(entry.line)
                return
            current = self._begin(entry)
        self._add(current, entry.part, entry)

    def _add(self, current: _LoggedRequest, part: str, entry: Entry) -> None:
        current.parts[part] = LoggedPart(entry.line, [entry.value])
        current.last_part = current.parts[part] if part in _VALUE_PARTS else None

    def _feed_result(self, entry: Entry) -> None:
        current = self._current
        is_status = status_of(entry.value) is not None
        part = "status" if is_status else "result"
        if current is None or current.answered or part in current.parts:
            self._feed_second_reply(entry, is_status=is_status)
        else:
            self._add(current, part, entry)

    def _feed_second_reply(self, entry: Entry, *, is_status: bool) -> None:
        if not self._requests:
            if is_status or not self._stray_status:
                self._remark_stray(entry)
            self._stray_status = is_status
            return
        self._mark_interleaved(entry.line)
        # Inside a request that has its reply, it may be a second one, and the missing one is still to come.
        if not is_status and self._first_waiting is not None and self._current is None:
            self._waiting -= 1

    def _remark_stray(self, entry: Entry) -> None:
        self._remarks.append(
            _Fault(
                entry.line,
                tr("“{wording}”不知属于哪个请求，没有读入", wording=entry.wording),
                tr("日志的开头可能被截去，或者几个进程写进了同一份日志"),
            )
        )

    def _mark_interleaved(self, line: int) -> None:
        """Fail all requests to which the line may belong."""
        first = len(self._requests) - 1 if self._first_waiting is None else self._first_waiting
        self._interleaved = True
        for request in self._requests[first:]:
            self._fail_as_interleaved(request, line)

    def _fail_as_interleaved(self, request: _LoggedRequest, line: int) -> None:
        request.fail(
            request.line,
            tr("不能确定这次请求的各行与答复：第 {line} 行不知属于哪个请求", line=line),
            tr("几个进程写进了同一份日志：让每个进程写自己的日志，再分别导入"),
        )

    def _close(self) -> None:
        """End the current request, if there is one."""
        current, self._current = self._current, None
        if current is None:
            return
        current.build()
        if not current.answered:
            if self._first_waiting is None:
                self._first_waiting = len(self._requests) - 1
            self._waiting += 1
        elif self._first_waiting is not None:
            self._check_reply(current)
        else:
            self._interleaved = False

    def _check_reply(self, current: _LoggedRequest) -> None:
        """Fail *current* if its reply may be that of a request that got none."""
        if self._interleaved or (current.exchange is not None and contradicts(current.exchange)):
            self._mark_interleaved(current.parts["result"].line)
            return
        for earlier in self._requests[self._first_waiting : -1]:
            # A request without an address was never sent. One that failed may have got another's reply.
            has_its_reply = earlier.answered and earlier.fault is None
            if has_its_reply or "url" not in earlier.parts or current.exchange is None:
                continue
            if not is_reply_of(current.exchange, current.parts, earlier.parts):
                current.fail(
                    current.line,
                    tr("这个答复也可能是第 {line} 行那次请求的，那次没有记下答复", line=earlier.line),
                    tr("那次请求确实中断了，就从日志里删去它的各行，再导入"),
                )
                return

    def _feed_undecodable(self, entry: Entry) -> None:
        what, how = tr("这一行不是 UTF-8"), tr("用同一种编码写完整份日志")
        if self._current is not None and not self._current.answered:
            self._current.fail(entry.line, what, how)
        else:
            self._remarks.append(_Fault(entry.line, what, how))

    def _feed_unknown(self, entry: Entry) -> None:
        if not entry.about_request:
            self._noise.setdefault(entry.wording, []).append(entry.line)
        elif self._current is not None and not self._current.answered:
            self._fail_by_unknown(self._current, entry)
        else:
            self._report_pending()
            self._pending = entry

    def _fail_by_unknown(self, request: _LoggedRequest, entry: Entry) -> None:
        fault = _unknown_wording(entry)
        request.fail(fault.line, fault.what, fault.how)

    def _report_pending(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self._remarks.append(_unknown_wording(pending))

    def finish(self, path: Path) -> LegacyLog:
        """Return what was read; no more entries can follow."""
        self._close()
        self._report_pending()
        for wording, lines in self._noise.items():
            what = tr("不认识的写法“{wording}”，共 {count} 行", wording=wording, count=len(lines))
            self._remarks.append(_Fault(lines[0], what, tr("与请求和答复无关就不必处理")))
        faults = [(fault, LINE) for fault in self._remarks]
        exchanges = []
        for request in self._requests:
            if request.fault is not None:
                faults.append((request.fault, REQUEST))
            elif request.exchange is not None:
                exchanges.append(request.exchange)
        faults.sort(key=lambda item: item[0].line)
        problems = [Problem(code, f"{path}:{fault.line}: {fault.what}", fault.how) for fault, code in faults]
        return LegacyLog(tuple(exchanges), tuple(problems))


def _unknown_wording(entry: Entry) -> _Fault:
    return _Fault(
        entry.line,
        tr("不认识的写法“{wording}”，其中可能有请求的内容", wording=entry.wording),
        tr("改成认识的写法再导入：{known}", known=USUAL_WORDINGS),
    )
