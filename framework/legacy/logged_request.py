"""One request of the old harness's log while its lines are being read, and why it is not read, if so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from framework.base.messages import tr
from framework.http.exchange import Exchange
from framework.legacy.log_entries import WORDINGS
from framework.legacy.log_values import LoggedPart, UnreadablePart, build_exchange


@dataclass(frozen=True)
class Fault:
    line: int
    what: str
    how: str


@dataclass
class LoggedRequest:
    """One request whose lines are being read; ``line`` is its first one."""

    line: int
    parts: dict[str, LoggedPart] = field(default_factory=dict)
    name_wordings: list[str] = field(default_factory=list)
    last_part: LoggedPart | None = None
    fault: Fault | None = None
    exchange: Exchange | None = None

    @property
    def answered(self) -> bool:
        return "result" in self.parts

    @property
    def may_have_been_sent(self) -> bool:
        """Whether the log goes on after the method, the first part that is written."""
        return not self.parts.keys() <= {"method"}

    def fail(self, line: int, what: str, how: str) -> None:
        """Note why the request is not read; the first reason counts."""
        self.fault = self.fault or Fault(line, what, how)

    def fail_as_interleaved(self, line: int) -> None:
        self.fail(
            self.line,
            tr("不能确定这次请求的各行与答复：第 {line} 行不知属于哪个请求", line=line),
            tr("几个进程写进了同一份日志：让每个进程写自己的日志，再分别导入"),
        )

    def fail_as_cut(self, line: int) -> None:
        self.fail(
            self.line,
            tr("不能确定这次请求的答复：第 {line} 行的那次运行，开始不在这份日志里", line=line),
            tr("日志的开头被截去了：用完整的日志，或从一次运行的开始处截取"),
        )

    @property
    def order(self) -> tuple[str, ...]:
        """The parts in the order in which the log has them."""
        return tuple(name for name in self.parts if name not in ("status", "result"))

    def fail_as_out_of_order(self, line: int) -> None:
        self.fail(
            self.line,
            tr("不能确定这次请求的各行：第 {line} 行本该在它们前面，像是另一次请求的", line=line),
            tr("几个进程写进了同一份日志，或日志的开头被截去了：用一个进程的完整日志"),
        )

    def build(self) -> None:
        """Make the exchange of the parts, or note why this is impossible."""
        if self.fault is not None:
            return
        try:
            self.exchange = build_exchange(self.parts)
        except UnreadablePart as error:
            self.fail(error.line or self.line, str(error), error.how)


def fail_out_of_order(requests: Sequence[LoggedRequest], *, is_whole: bool) -> None:
    """Fail each request with parts in an order that is not the usual one of the log.

    It is the order of WORDINGS, unless several requests of the log have another one. If the log is not
    *is_whole*, its first request may be a piece of one, which shows nothing.
    """
    rank = {name: at for at, name in enumerate(WORDINGS)}
    votes = Counter(pair for request in requests[not is_whole :] for pair in combinations(request.order, 2))
    is_alone = is_whole and len(requests) == 1
    for request in requests:
        for one, other in combinations(request.order, 2):
            is_of_version = is_alone or votes[one, other] > max(votes[other, one], 1)
            if (rank[one] > rank[other] and not is_of_version) or votes[other, one] > votes[one, other] + 1:
                request.fail_as_out_of_order(request.parts[other].line)
                break
