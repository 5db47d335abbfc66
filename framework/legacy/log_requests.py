"""Puts the lines of the old harness's log together to exchanges.

Every request is read or reported. The log has no process ids, so if several processes wrote into one file, a
reply cannot be assigned to its request. This shows in two steps:

1. A request gets no reply before the next one begins. It may also have been interrupted, so the requests
   after it are kept for the time being.
2. A reply comes too many, or a part of a request comes twice. It may belong to any request since every run
   that began had ended and every request had got a reply, so none of them is read.

If more runs end than begin, or a request is in no run, the beginning of the log is cut off, and a run that
began before it may have got into the requests up to there: they are not read either. Nor is a request whose
parts come in another order than those of the others.

One case shows no sign: a process was killed inside a request, and the next reply belongs to a request of
another process that began before. So after a request without a reply, a later one is read only if its reply
cannot be the missing one: see ``log_replies``. If that other request is cut off too, nothing can be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.http.exchange import Exchange
from framework.legacy.log_entries import USUAL_WORDINGS, Entry, read_entries
from framework.legacy.log_lines import read_lines
from framework.legacy.log_replies import contradicts, is_reply_of
from framework.legacy.log_values import LoggedPart, status_of
from framework.legacy.logged_request import Fault, LoggedRequest, fail_out_of_order

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


class _Reader:
    def __init__(self) -> None:
        self._requests: list[LoggedRequest] = []
        self._current: LoggedRequest | None = None
        self._remarks: list[Fault] = []
        self._noise: dict[str, list[int]] = {}
        self._pending: Entry | None = None
        self._has_names = False
        # In a log without names, the part with which requests begin.
        self._opening = ""
        # The index of the first request that got no reply, and how many replies are still to come.
        self._first_waiting: int | None = None
        self._waiting = 0
        self._open_runs = 0
        self._has_starts = False
        # How many requests came before the last moment at which no run was open and no reply was to come.
        self._settled = 0
        # The last end of a run that did not begin in this log: its line, and how many requests came before.
        self._end_without_start: tuple[int, int] | None = None
        self._begins_inside_a_run = False
        # The last request that no run began before, in the same form.
        self._outside_runs: tuple[int, int] | None = None
        self._interleaved = False
        # A part of a request came where none can be: several processes are at work until all is settled.
        self._mixed_parts = False
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
        if entry.kind == "start":
            self._has_starts = True
            self._open_runs += 1
        elif self._open_runs == 0:
            self._end_without_start = entry.line, len(self._requests)
            self._begins_inside_a_run = self._begins_inside_a_run or not self._requests
        else:
            self._open_runs -= 1
        if self._open_runs == 0 and self._waiting <= 0:
            self._settled = len(self._requests)
            self._first_waiting = None
            self._waiting = 0
            self._interleaved = self._mixed_parts = False

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

    def _begin(self, entry: Entry) -> LoggedRequest:
        self._opening = self._opening or entry.part
        if not self._has_names and entry.part != self._opening and self._requests:
            # It belongs to one of the requests before: two processes are mixed, and nothing shows where.
            self._settled = 0
            self._mixed_parts = True
            self._mark_interleaved(entry.line)
        self._close()
        if self._open_runs == 0:
            self._outside_runs = entry.line, len(self._requests) + 1
        self._current = LoggedRequest(entry.line)
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
                self._mixed_parts = True
                self._mark_interleaved(entry.line)
                self._remark_stray(entry)
                return
            current = self._begin(entry)
        elif entry.part in current.parts or "status" in current.parts:
            if current.name_wordings:
                self._mixed_parts = True
                self._mark_interleaved(entry.line)
                return
            current = self._begin(entry)
        self._add(current, entry.part, entry)

    def _add(self, current: LoggedRequest, part: str, entry: Entry) -> None:
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
        current = self._current
        if current is not None and current.answered and current.parts["result"].lines == [entry.value]:
            # The same reply once more is no sign of another process.
            current.fail_as_interleaved(entry.line)
        else:
            self._mark_interleaved(entry.line)
        # Inside a request that has its reply, it may be a second one, and the missing one is still to come.
        if not is_status and self._first_waiting is not None and self._current is None:
            self._waiting -= 1

    def _remark_stray(self, entry: Entry) -> None:
        self._remarks.append(
            Fault(
                entry.line,
                tr("“{wording}”不知属于哪个请求，没有读入", wording=entry.wording),
                tr("日志的开头可能被截去，或者几个进程写进了同一份日志"),
            )
        )

    def _mark_interleaved(self, line: int) -> None:
        """Fail all requests to which the line may belong."""
        self._interleaved = True
        for request in self._requests[self._settled :]:
            request.fail_as_interleaved(line)

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
        elif self._mixed_parts:
            current.fail_as_interleaved(current.parts["result"].line)
        elif self._first_waiting is not None:
            self._check_reply(current)
        elif self._interleaved and self._open_runs:
            # Until all runs have ended, the reply may be that of another request.
            current.fail_as_interleaved(current.parts["result"].line)
        else:
            self._interleaved = False

    def _check_reply(self, current: LoggedRequest) -> None:
        """Fail *current* if its reply may be that of a request that got none."""
        if self._interleaved or (current.exchange is not None and contradicts(current.exchange)):
            self._mark_interleaved(current.parts["result"].line)
            return
        for earlier in self._requests[self._first_waiting : -1]:
            # One that failed may have got another's reply.
            has_its_reply = earlier.answered and earlier.fault is None
            if has_its_reply or not earlier.may_have_been_sent or current.exchange is None:
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
            self._remarks.append(Fault(entry.line, what, how))

    def _feed_unknown(self, entry: Entry) -> None:
        if not entry.about_request:
            self._noise.setdefault(entry.wording, []).append(entry.line)
        elif self._current is not None and not self._current.answered:
            self._fail_by_unknown(self._current, entry)
        else:
            self._report_pending()
            self._pending = entry

    def _fail_by_unknown(self, request: LoggedRequest, entry: Entry) -> None:
        fault = _unknown_wording(entry)
        request.fail(fault.line, fault.what, fault.how)

    def _report_pending(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self._remarks.append(_unknown_wording(pending))

    def _fail_what_was_cut(self) -> None:
        """Fail the requests into which a run may have got that began before this log does."""
        if (self._has_starts or self._begins_inside_a_run) and self._end_without_start is not None:
            line, count = self._end_without_start
            for request in self._requests[:count]:
                request.fail_as_cut(line)
        if self._has_starts and self._outside_runs is not None:
            line, count = self._outside_runs
            for request in self._requests[:count]:
                request.fail_as_cut(line)

    def finish(self, path: Path) -> LegacyLog:
        """Return the requests that were read; no more entries can follow."""
        self._close()
        self._report_pending()
        self._fail_what_was_cut()
        is_whole = (self._has_names or self._has_starts) and not self._remarks
        fail_out_of_order(self._requests, is_whole=is_whole)
        for wording, lines in self._noise.items():
            what = tr("不认识的写法“{wording}”，共 {count} 行", wording=wording, count=len(lines))
            self._remarks.append(Fault(lines[0], what, tr("与请求和答复无关就不必处理")))
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


def _unknown_wording(entry: Entry) -> Fault:
    return Fault(
        entry.line,
        tr("不认识的写法“{wording}”，其中可能有请求的内容", wording=entry.wording),
        tr("改成认识的写法再导入：{known}", known=USUAL_WORDINGS),
    )
