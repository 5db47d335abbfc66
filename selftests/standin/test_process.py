"""The process of the stand-in: its start, its announcement, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from standin.contract import PAGE_LIST_PATH
from standin.credentials import DEFAULT_TOKEN
from standin.process import StandinError, StandinProcess

ROOT = str(Path(__file__).parents[2])
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def launch(*arguments: str, **options) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "standin", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, encoding="utf-8", **{**PIPES, **options})


def refused(*arguments: str) -> str:
    with launch(*arguments) as child:
        out, err = child.communicate(timeout=120)
    assert (child.returncode, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_it_prints_one_line_of_json_without_a_terminal():
    with launch("--port", "0", "--until-stdin-closes") as child:
        line = json.loads(child.stdout.readline())
        out, err = child.communicate(timeout=120)
    assert set(line) == {"event", "url", "token"}
    assert (line["event"], line["token"]) == ("listening", DEFAULT_TOKEN)
    assert line["url"].startswith("http://127.0.0.1:")
    assert (out, err, child.returncode) == ("", "", 0)


def test_it_ends_with_its_stdin_even_under_an_open_connection():
    with launch("--port", "0", "--until-stdin-closes") as child:
        url = json.loads(child.stdout.readline())["url"]
        with requests.Session() as session:
            assert (
                session.post(
                    url + PAGE_LIST_PATH, headers={"Token": DEFAULT_TOKEN}, json={}, timeout=120
                ).status_code
                == 200
            )
            child.stdin.close()
            assert child.wait(timeout=120) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(sent):
    with launch("--port", "0") as child:
        child.stdout.readline()
        child.send_signal(sent)
        out, err = child.communicate(timeout=120)
    assert (out, err) == ("", "")
    assert child.returncode in (0, -sent)


def is_ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        # The child had not accepted the connection yet when it ended.
        return True


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is meant")
def test_no_orphan_is_left_when_the_owner_is_killed():
    owner = (
        "from standin.process import StandinProcess as S; s = S().start(); print(s.url, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", owner], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        host, port = parent.stdout.readline().strip().removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=120) as connection:
            parent.kill()
            assert is_ended(connection), "the child ended, and with it the connection"


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "example.org", "::"])
def test_a_host_that_is_not_loopback_is_refused(host):
    assert host in refused("--port", "0", "--host", host)


def test_a_port_in_use_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        message = refused("--port", port)
    assert port in message
    assert "in use" in message


def test_a_port_out_of_range_is_refused():
    assert "70000" in refused("--port", "70000")


def test_the_base_of_file_addresses_can_be_set():
    with StandinProcess(("--files-base", "https://files.example/oss")) as standin:
        body = {"pageSize": 1}
        reply = requests.post(
            standin.url + PAGE_LIST_PATH, headers={"Token": standin.token}, json=body, timeout=120
        )
    (file,) = reply.json()["data"]["result"][0]["files"]
    assert file["fileUrl"] == "https://files.example/oss/" + file["fileKey"]


def test_two_starts_serve_the_same_bytes():
    body = {"pageNo": 2, "pageSize": 10, "query": {}}
    base = ("--files-base", "http://files.example/")
    with StandinProcess(base) as one, StandinProcess(base) as two:
        replies = {
            requests.post(s.url + PAGE_LIST_PATH, headers={"Token": s.token}, json=body, timeout=120).content
            for s in (one, two)
        }
    assert len(replies) == 1


def test_url_waits_until_it_listens():
    with StandinProcess() as process:
        assert requests.get(process.url, timeout=120).status_code == 404


def test_a_second_start_or_stop_does_nothing():
    process = StandinProcess().start()
    pid = process.pid
    assert process.start().pid == pid
    process.stop()
    process.stop()
    with pytest.raises(StandinError, match="not running"):
        _ = process.url


def test_a_process_that_was_never_started_can_be_stopped_and_has_no_url():
    process = StandinProcess()
    process.stop()
    with pytest.raises(StandinError, match="call start"):
        _ = process.token


def test_a_child_that_ends_is_reported_with_its_stderr():
    with StandinProcess(("--host", "192.0.2.1")) as process, pytest.raises(StandinError) as caught:
        _ = process.url
    assert "exit code 2" in str(caught.value)
    assert "192.0.2.1 is not a loopback address" in str(caught.value)


def test_start_does_not_wait_and_a_child_that_never_listens_is_reported(monkeypatch):
    def start_a_silent_child(_):
        return subprocess.Popen([sys.executable, "-c", "input()"], text=True, **PIPES)

    monkeypatch.setattr("standin.process._launch", start_a_silent_child)
    with StandinProcess(timeout_s=0.1) as process, pytest.raises(StandinError, match=r"within 0\.1 s"):
        _ = process.url


def test_its_data_are_ready_nearly_as_soon_as_its_server_is():
    code = (
        "import time, uvicorn, starlette.applications; server = time.process_time()\n"
        "import standin.__main__ as m; from standin.store import Store; Store((*m.recorded(), *m.others()))\n"
        "print(time.process_time() / server)"
    )
    ratio = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(ratio.stdout) < 9  # measured: 3
