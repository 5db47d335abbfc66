"""Every fault shows in some reply, none breaks the stand-in itself, and all can be switched off again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from standin.contract import PAGE_LIST_PATH
from standin.control import CONTROL_PATH, KEY_HEADER
from standin.credentials import DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN
from standin.faults import EXTRA_FROM, FAULTS
from standin.faults.endpoints import ENDPOINTS
from standin.faults.records import as_javascript_prints
from standin.faults.wire import SLOW_S
from standin.process import StandinProcess

KEY = "control-key-of-the-selftests"
ROOT = Path(__file__).parents[2]
WIRE_BROKEN = {"stream-cut", "slow", "connection-closed", "every-7th-fails", "gzip-corrupt", "slow-with-size"}
OF_ENDPOINTS = {fault.name for fault in ENDPOINTS}
"""They have probes of their own: ``test_endpoint_faults``."""
OTHER_STATUS = {"http-500": 500, "file-gone": 404}
FILES = ["202404/da13243e9a1e444e9246b2ebda53410e.doc", "202404/ec24eeff95724f8787b94d4efe318c81.docx"]
PROBES = [
    {"pageNo": 1, "pageSize": 10, "query": {}},
    {"pageNo": 1, "pageSize": 5, "query": {}},
    {"pageNo": 2, "pageSize": 10, "query": {}},
    {"pageNo": 19, "pageSize": 10, "query": {}},
    {"pageNo": 20, "pageSize": 10, "query": {}},
    {"pageNo": 1, "pageSize": 190, "query": {}},
    {"pageNo": 1, "pageSize": 1000, "query": {"policyType": 99}},
    {"pageNo": 1, "pageSize": 10, "query": {"policyType": 3, "policyLevel": 2}},
    {"pageNo": 1, "pageSize": 10, "query": {"policyTitle": "保障措施"}},
    {"pageNo": 1, "pageSize": 10, "query": {"policyTitle": "重庆%通知"}},
]

REFUSALS_AND_OTHERS: list[tuple[str | None, Any]] = [
    (None, {}),
    (EXPIRED_TOKEN, {}),
    (OTHER_TENANT_TOKEN, PROBES[0]),
    (DEFAULT_TOKEN, {"pageNo": "x"}),
    (DEFAULT_TOKEN, {"pageSize": 0}),
    (DEFAULT_TOKEN, {"pageSize": 100, "query": {"policyType": 1}}),
    (DEFAULT_TOKEN, {"pageNo": 2, "query": {"policyType": 1}}),
    (DEFAULT_TOKEN, {"query": {"policyTitle": "营商环境"}}),
]


def _seen(process: StandinProcess, http: requests.Session) -> list[Any]:
    """Return everything that a tester could see: the replies to all probes, and two downloads."""
    headers = {"Token": process.token}
    found = [
        http.post(process.url + PAGE_LIST_PATH, json=body, headers=headers, timeout=120) for body in PROBES
    ]
    found += [http.get(f"{process.url}/oss/{key}", timeout=120) for key in FILES]
    for token, body in REFUSALS_AND_OTHERS:
        found.append(
            http.post(
                process.url + PAGE_LIST_PATH,
                json=body,
                headers={"Token": token} if token else {},
                timeout=120,
            )
        )
    return [(reply.status_code, reply.headers["Content-Type"], reply.content) for reply in found]


@pytest.fixture(scope="module")
def faulty() -> Iterator[StandinProcess]:
    with StandinProcess(("--control-key", KEY)) as process:
        yield process


@pytest.fixture
def switch(faulty: StandinProcess, http: requests.Session) -> Iterator[Callable[..., requests.Response]]:
    def switched(*names: Any, key: str = KEY) -> requests.Response:
        return http.post(
            faulty.url + CONTROL_PATH, json={"faults": names}, headers={KEY_HEADER: key}, timeout=120
        )

    yield switched
    assert switched().status_code == 200


@pytest.fixture(scope="module")
def get(faulty: StandinProcess, http: requests.Session) -> Callable[..., requests.Response]:
    def posted(body: Any = None, timeout: float = 120) -> requests.Response:
        headers = {"Token": faulty.token}
        return http.post(
            faulty.url + PAGE_LIST_PATH, json=body or PROBES[0], headers=headers, timeout=timeout
        )

    return posted


@pytest.fixture(scope="module")
def seen(faulty: StandinProcess, http: requests.Session) -> Callable[[], list[Any]]:
    return lambda: _seen(faulty, http)


@pytest.fixture(scope="module")
def sound(faulty, http) -> list[Any]:
    """The replies without faults, whichever test asks first."""
    everything_off = http.post(
        faulty.url + CONTROL_PATH, json={"faults": []}, headers={KEY_HEADER: KEY}, timeout=120
    )
    assert everything_off.status_code == 200
    return _seen(faulty, http)


def test_the_faults_are_numbered_without_gaps_and_named():
    assert [fault.number for fault in FAULTS.values()] == list(range(1, len(FAULTS) + 1))
    assert 1 < EXTRA_FROM <= len(FAULTS)
    for name, fault in FAULTS.items():
        assert re.fullmatch("[a-z0-9-]+", name)
        assert fault.effect


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in WIRE_BROKEN | OF_ENDPOINTS])
def test_every_fault_shows_and_goes_away(name, sound, seen, switch, get):
    assert switch(name).json() == {"faults": [name]}
    altered = seen()
    assert altered != sound
    statuses = {status for status, _, _ in altered[: len(PROBES) + len(FILES)]}
    assert statuses <= {200, OTHER_STATUS.get(name, 200)}
    switch()
    assert get().content == sound[0][2]


def test_a_cut_stream_ends_early(switch, get):
    switch("stream-cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get()


def test_a_slow_reply_is_slow(switch, get):
    switch("slow")
    begun = time.monotonic()
    get()
    assert time.monotonic() - begun >= SLOW_S


SHOWN: dict[str, Callable[[Any], bool]] = {
    "success-false": lambda r: r["success"] is False and len(r["data"]["result"]) == 10,
    "code-int": lambda r: r["code"] == 0,
    "result-renamed": lambda r: "result" not in r["data"] and len(r["data"]["records"]) == 10,
    "total-int": lambda r: r["data"]["totalNum"] == 190,
    "total-decimal": lambda r: r["data"]["totalNum"] == "190.0",
    "has-next-text": lambda r: r["data"]["hasNext"] == "true",
    "size-plus-one": lambda r: len(r["data"]["result"]) == 11,
    "total-is-pages": lambda r: r["data"]["totalNum"] == "19",
    "total-with-deleted": lambda r: r["data"]["totalNum"] == "200",
    "draft-shown": lambda r: (
        r["data"]["totalNum"] == "200" and r["data"]["result"][0]["publishTime"] > "2024-04-13"
    ),
    "tenant-leak": lambda r: (
        r["data"]["totalNum"] == "200" and r["data"]["result"][0]["publishTime"] > "2024-04-13"
    ),
    "id-number": lambda r: r["data"]["result"][0]["id"] == 1778690715361914880,
    "id-double": lambda r: r["data"]["result"][0]["id"] == "1778690715361915000",
    "id-twice": lambda r: len({x["id"] for x in r["data"]["result"]}) == 9,
    "time-utc": lambda r: r["data"]["result"][0]["publishTime"] == "2024-04-12 07:44:48",
    "time-iso": lambda r: r["data"]["result"][0]["publishTime"] == "2024-04-12T15:44:48",
    "time-epoch": lambda r: r["data"]["result"][0]["publishTime"] == 1712907888000,
    "time-truncated": lambda r: r["data"]["result"][0]["publishTime"] == "2024-04-12 15:44:47",
    "priority-text": lambda r: r["data"]["result"][0]["priority"] == "0",
    "head-cut": lambda r: not r["data"]["result"][0]["policyText"].startswith("<p>中共"),
    "tail-cut": lambda r: r["data"]["result"][0]["policyText"].endswith("</"),
    "cut-at-4000": lambda r: len(r["data"]["result"][0]["policyText"]) == 4000,
    "double-escaped": lambda r: r["data"]["result"][0]["policyText"].startswith("&lt;p&gt;"),
    "text-of-another": lambda r: r["data"]["result"][0]["policyText"].startswith("<p>重庆市人民政府关于"),
    "tabs-stripped": lambda r: "\t" not in r["data"]["result"][4]["policyText"],
    "file-host-internal": lambda r: r["data"]["result"][0]["files"][0]["fileUrl"].startswith("http://10."),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_fault_has_its_effect(name, switch, get):
    switch(name)
    assert SHOWN[name](get().json())


def test_a_skipped_record_is_missing_from_all_pages(switch, get, every):
    switch("record-skipped")
    ids = [r["id"] for n in (1, 2, 3) for r in get({"pageNo": n}).json()["data"]["result"]]
    expected = [record["id"] for record in every]
    assert ids == expected[:10] + expected[11:21] + expected[22:32]


def test_the_order_can_be_wrong_across_pages_only(switch, get):
    switch("order-across-pages")
    pages = [[r["publishTime"] for r in get({"pageNo": n}).json()["data"]["result"]] for n in range(1, 20)]
    assert all(times == sorted(times, reverse=True) for times in pages)
    together = [time for times in pages for time in times]
    assert together != sorted(together, reverse=True)


def test_has_next_can_be_wrong_on_the_last_full_page_only(switch, get):
    switch("has-next-on-last-full-page")
    assert [get({"pageNo": n}).json()["data"]["hasNext"] for n in (1, 19, 20)] == [True, True, False]


def test_several_faults_can_be_on_at_once(switch, get):
    switch("total-int", "code-int", "time-iso")
    reply = get().json()
    assert (reply["code"], reply["data"]["totalNum"]) == (0, 190)
    assert "T" in reply["data"]["result"][0]["publishTime"]


def test_all_faults_of_content_together_still_give_a_reply(switch, get):
    switch(
        *(
            name
            for name, fault in FAULTS.items()
            if fault.number < EXTRA_FROM and name not in WIRE_BROKEN | {"http-500"}
        )
    )
    assert get().status_code == 200


def test_an_unknown_fault_is_refused_and_changes_nothing(switch, get):
    switch("total-int")
    assert "no-such" in switch("no-such").json()["msg"]
    assert get().json()["data"]["totalNum"] == 190


@pytest.mark.parametrize("names", [(1,), (None,), ([],)])
def test_names_of_faults_must_be_text(switch, names):
    assert switch(*names).status_code == 400


def test_control_needs_its_key(switch):
    assert switch("total-int", key="").status_code == 401
    assert switch("total-int", key="x").status_code == 401


def test_there_is_no_control_without_a_key(standin, http):
    reply = http.post(standin.url + CONTROL_PATH, json={"faults": []}, headers={KEY_HEADER: ""}, timeout=120)
    assert reply.status_code == 404


def test_faults_can_be_given_at_the_start(http):
    with StandinProcess(("--fault", "total-int", "--fault", "code-int")) as process:
        reply = http.post(
            process.url + PAGE_LIST_PATH, json={}, headers={"Token": process.token}, timeout=120
        ).json()
    assert (reply["code"], reply["data"]["totalNum"]) == (0, 190)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "standin", *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def test_an_unknown_fault_at_the_start_is_an_error_of_one_line():
    ended = run("--port", "0", "--fault", "no-such")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "no-such" in ended.stderr


def test_faults_are_listed_without_a_port():
    ended = run("--list-faults")
    assert ended.returncode == 0
    assert [line.split()[1] for line in ended.stdout.splitlines()] == list(FAULTS)


@pytest.mark.parametrize(
    ("number", "printed"), [(2**53 + 2, "9007199254740994"), (1778690715361914881, "1778690715361915000")]
)
def test_doubles_are_written_as_javascript_does(number, printed):
    assert as_javascript_prints(number) == printed
    assert json.loads(printed) == pytest.approx(number)
