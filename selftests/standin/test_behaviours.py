"""Behaviours: each changes the replies, all of them keep the service sound, and faults come on top."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

import pytest

from standin.__main__ import main
from standin.attachments import CONTENT_TYPES
from standin.behaviours import BEHAVIOURS, UnknownBehaviour, behaviours_for, listing
from standin.behaviours.behaviour import together
from standin.contract import Refused
from standin.credentials import DEFAULT_TOKEN
from standin.faults import hooks_for
from standin.hooks import NONE
from standin.policy import TYPE_NAMES, Policy
from standin.seed.catalogue import others
from standin.seed.recorded import recorded
from standin.service import Service
from standin.store import Store
from standin.survey.services import SERVICES

PROBES = (
    {},
    {"pageNo": 0},
    {"pageNo": 100000},
    {"pageSize": 0},
    {"pageSize": 60},
    {"pageSize": 1000},
    {"query": {"policyType": 9999}},
    "not JSON",
)


@pytest.fixture(scope="module")
def policies() -> tuple[Policy, ...]:
    return (*recorded(), *others())


def service_with(policies: tuple[Policy, ...], *names: str) -> Service:
    conduct = together(behaviours_for(names), policies)
    return Service(Store(conduct.policies), "/oss/", conduct.hooks, conduct.order)


def ask(service: Service, body: Any) -> tuple[int, Mapping[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    try:
        reply = service.page_list(DEFAULT_TOKEN, text.encode())
    except Refused as refused:
        reply = service.refused(refused.refusal)
    return reply.status, json.loads(reply.body)


def seen(service: Service) -> list[Any]:
    first = ask(service, {})[1]["data"]["result"]
    files = [service.file(file["fileKey"]) for record in first for file in record["files"] or ()]
    return [[ask(service, probe) for probe in PROBES], [(file.status, file.content_type) for file in files]]


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_behaviour_changes_what_callers_see(policies, name):
    assert seen(service_with(policies, name)) != seen(service_with(policies))


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_agrees_with_itself(policies, name):
    service = service_with(policies, *SERVICES[name].behaviours)
    _, reply = ask(service, {"pageSize": 20})
    total = int(reply["data"]["totalNum"])
    size = reply["data"]["pageSize"]
    rows: list[Any] = []
    for number in range(1, -(-total // size) + 1):
        status, page = ask(service, {"pageNo": number, "pageSize": size})
        rows += page["data"]["result"]
        assert (status, page["data"]["pageNo"], page["data"]["pageSize"]) == (200, number, size)
        assert page["data"]["hasNext"] is (number * size < total)
    assert len(rows) == len({row["id"] for row in rows}) == total
    assert len({row["policyText"] for row in rows}) == total
    assert all(row["policyTypeName"] == TYPE_NAMES[row["policyType"]] for row in rows)
    files = [file for row in rows for file in row["files"] or ()]
    assert len({file["fileKey"] for file in files}) == len({file["fileId"] for file in files}) == len(files)
    for file in files[::19]:
        reply = service.file(file["fileKey"])
        assert reply.content_type in (CONTENT_TYPES[file["fileType"]], "application/octet-stream")
        assert -(-len(reply.body) // 1024) == file["fileSize"]


@pytest.mark.parametrize(
    ("name", "total"),
    [("one-policy", 1), ("ten-policies", 10), ("23-policies", 23), ("1900-policies", 1900)],
)
def test_the_number_of_policies(policies, name, total):
    assert ask(service_with(policies, name), {})[1]["data"]["totalNum"] == str(total)


def test_faults_come_on_top_and_go_again(policies):
    service = service_with(policies, "cap-20")
    service.switch_faults(hooks_for(["total-int"]))
    data = ask(service, {"pageSize": 60})[1]["data"]
    assert (data["pageSize"], data["totalNum"]) == (20, 190)
    service.switch_faults(NONE)
    data = ask(service, {"pageSize": 60})[1]["data"]
    assert (data["pageSize"], data["totalNum"]) == (20, "190")


def test_there_are_as_many_as_are_promised_and_each_service_has_its_own():
    assert len(BEHAVIOURS) >= 14 and len(SERVICES) >= 14
    assert [one.number for one in BEHAVIOURS.values()] == list(range(1, len(BEHAVIOURS) + 1))
    assert len({service.behaviours for service in SERVICES.values()}) == len(SERVICES)
    assert {name for service in SERVICES.values() for name in service.behaviours} == set(BEHAVIOURS)


def test_the_table_is_printed_and_an_unknown_name_is_one_line(capsys):
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as ended:
        main(["--list-behaviours"])
    assert ended.value.code == 0
    assert out.getvalue() == listing() and listing().count("\n") == len(BEHAVIOURS)
    with pytest.raises(UnknownBehaviour):
        behaviours_for(["cap-21"])
    assert main(["--port", "0", "--behaviour", "cap-21"]) == 2
    assert capsys.readouterr().err == "standin: no behaviour is called 'cap-21': see --list-behaviours\n"
