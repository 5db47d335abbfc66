"""One request rate for all processes, and a trace id in every request and in the log."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.http.pace import SharedSlots, pace_file, paced
from framework.http.trace import Tracer, traced

RATE = 4.0
LIST = """
  - id: rows
    parametrize: {n: [1, 2, 3, 4, 5, 6, 7, 8]}
    request: {url: "/list?n=${n}"}
    validate: {$.success: true}
"""


class Clock:
    """A clock that several senders share. Only ``sleep`` advances it."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.sent: list[float] = []

    def sender(self, path: Path, share: int = 1):
        """Return a sender with its own state, like a separate process."""

        def send(request: Request) -> Exchange:
            self.sent.append(self.now + self.asleep)
            return Exchange(request, Reply("", 200, (), b"{}", 1.0), self.now)

        self.asleep = 0.0

        def sleep(seconds: float) -> None:
            self.asleep = seconds

        def sent() -> None:
            self.asleep = 0.0
            held(Request("GET", "http://127.0.0.1/"))

        held = paced(send, RATE, SharedSlots(path, share), clock=lambda: self.now, sleep=sleep)
        return sent


def most_in_a_second(sent: list[float]) -> int:
    return max(sum(start <= other < start + 1 - 1e-6 for other in sent) for start in sent)


@pytest.mark.parametrize("processes", [1, 2, 8])
def test_the_rate_limit_applies_to_all_processes_together(tmp_path: Path, processes: int) -> None:
    clock = Clock()
    senders = [clock.sender(tmp_path / "pace", processes) for _ in range(processes)]
    for turn in range(24):
        senders[turn % processes]()
    assert most_in_a_second(clock.sent) == RATE
    assert max(clock.sent) - min(clock.sent) == pytest.approx(23 / RATE)


def test_one_busy_process_may_use_the_whole_rate(tmp_path: Path) -> None:
    clock = Clock()
    busy, _idle = (clock.sender(tmp_path / "pace", 2) for _ in range(2))
    for _ in range(9):
        busy()
    assert max(clock.sent) - min(clock.sent) == pytest.approx(8 / RATE)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"nan\n", b"1e300\n", b"99999999.0\n"], ids=repr)
def test_an_unusable_file_does_not_block(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pace").write_bytes(content)
    clock = Clock()
    send = clock.sender(tmp_path / "pace")
    send()
    send()
    assert clock.sent == [1000.0, 1000.25]


def test_without_the_file_each_process_keeps_its_share(tmp_path: Path) -> None:
    (tmp_path / "pace").mkdir()
    clock = Clock()
    send = clock.sender(tmp_path / "pace", share=2)
    send()
    send()
    assert clock.sent == [1000.0, 1000.5]


def test_one_service_has_one_file_and_two_have_two(tmp_path: Path) -> None:
    one = pace_file(tmp_path, "https://a.example/x")
    assert one == pace_file(tmp_path, "https://a.example:443/y")
    assert one != pace_file(tmp_path, "https://b.example/x")


# trace ids


def send(headers: dict[str, str], tracer: Tracer) -> tuple[str, str]:
    """Return the header that the transport got, and the trace id in the exchange."""
    given = {}

    def transport(request: Request, extra: dict[str, str]) -> Exchange:
        given.update(extra)
        return Exchange(request, Reply("", 200, (), b"", 1.0), 0.0)

    exchange = traced(transport, tracer)(Request("GET", "http://127.0.0.1/", headers=headers))
    return given["traceparent"], exchange.trace_id


def test_a_case_is_one_trace_and_each_request_a_span_of_it() -> None:
    tracer = Tracer("run")
    tracer.begin("a.yaml::one")
    (first, trace), (second, _) = send({}, tracer), send({}, tracer)
    tracer.begin("a.yaml::two")
    other, _ = send({}, tracer)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", first)
    assert trace in first and trace in second and trace not in other
    assert first != second


def test_the_id_of_a_case_is_the_same_in_any_order_and_process() -> None:
    one, other = Tracer("run"), Tracer("run")
    other.begin("b.yaml::first-here")
    one.begin("a.yaml::one")
    other.begin("a.yaml::one")
    assert one.trace_id == other.trace_id
    later = Tracer("another run")
    later.begin("a.yaml::one")
    assert later.trace_id != one.trace_id


@pytest.mark.parametrize(
    ("own", "remembered"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("nonsense", ""),
    ],
)
def test_a_traceparent_of_the_case_is_kept(own: str, remembered: str) -> None:
    assert send({"TraceParent": own}, Tracer("run"))[1] == remembered


def test_every_request_has_a_trace_id_that_the_log_has_too(project) -> None:
    project.service.replies["/list"] = {"success": True}
    project.suite(LIST)
    run = project.run("-n2", "-p", "no:cacheprovider")
    assert run.code == 0, run.out
    sent = {headers["traceparent"].split("-")[1] for _, _, headers, _ in project.service.received}
    logged = {line["trace_id"] for line in run.log if line["event"] == "exchange"}
    assert len(sent) == 8 and sent == logged
    agents = {headers["User-Agent"] for _, _, headers, _ in project.service.received}
    assert agents == {f"api-regression/1.0 (run {run.log[0]['run']})"}
