"""A master and two workers, each a process of its own, all on 127.0.0.1."""

from __future__ import annotations

import re
import socket

from selftests.conftest import Project
from selftests.load.conftest import end, start


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def test_two_workers_make_one_report(service_of_two: Project) -> None:
    port = free_port()
    workers = [start(service_of_two, "--worker", "--master-port", port) for _ in range(2)]
    master = end(
        service_of_two,
        start(
            service_of_two,
            *("--master", "--expect-workers", "2", "--master-bind-port", port),
            *("--users", "6", "--run-time", "2s", "--throughput", "60"),
        ),
    )
    ended = [end(service_of_two, worker) for worker in workers]
    assert [master.code, *(worker.code for worker in ended)] == [0, 0, 0], (master.out, ended)
    total = int(re.search(r"^用例 +(\d+) 次", master.out, re.MULTILINE)[1])
    parts = [int(re.search(r"worker：跑了 (\d+) 次", worker.out)[1]) for worker in ended]
    assert total == sum(parts) == len(service_of_two.service.received)
    assert all(part > 0 for part in parts)
    assert "要 60 个/秒" in master.out
    assert master.page.count("<svg") == 3
    traces = [headers["traceparent"] for _, _, headers, _ in service_of_two.service.received]
    assert len(set(traces)) == len(traces)


def test_a_worker_with_other_cases_is_refused(service_of_two: Project) -> None:
    port = free_port()
    worker = start(service_of_two, "--worker", "--master-port", port, "-m", "smoke")
    options = ("--master", "--master-bind-port", port, "--users", "2", "--run-time", "2s")
    master = end(service_of_two, start(service_of_two, *options))
    assert master.code == 2
    assert "worker 要跑的与 master 的不同" in master.out
    assert end(service_of_two, worker).code == 1
    assert not service_of_two.service.received


def test_a_worker_that_dies_ends_the_test(service_of_two: Project) -> None:
    port = free_port()
    doomed, other = (start(service_of_two, "--worker", "--master-port", port) for _ in range(2))
    options = ("--master", "--expect-workers", "2", "--master-bind-port", port)
    process = start(service_of_two, *options, "--users", "4", "--run-time", "60s")
    assert service_of_two.arrived.wait(120)
    doomed.kill()
    master = end(service_of_two, process)
    assert master.code == 1
    assert "✗ 1 个 worker 断了" in master.out
    assert end(service_of_two, other).code == 0
    doomed.communicate()


def test_a_port_in_use_is_one_message(service_of_two: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        options = ("--master", "--master-bind-port", port, "--users", "1", "--run-time", "1s")
        master = end(service_of_two, start(service_of_two, *options))
    assert master.code == 2
    assert "用不了" in master.out
    assert "Traceback" not in master.out
