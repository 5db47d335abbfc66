"""Every fault of log-in, detail and upload shows in some reply to a fixed sequence of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from standin.accounts import BRIEF_LIFE_S
from standin.contract import Refused
from standin.credentials import BRIEF_USER, DEFAULT_TOKEN, PASSWORD, USER
from standin.faults.endpoints import ENDPOINTS
from standin.hooks import NONE, Hooks, Reply
from standin.policy import Policy
from standin.seed.catalogue import others
from standin.service import Service, refusal_reply
from standin.store import Store

FORM = "multipart/form-data; boundary=B"
NAME = "办法.pdf"
_VARYING = re.compile(rb'(?<="PHONE_)[a-z]{24}|(?<=upload/)[0-9a-f]{32}')


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    """A visible policy, and one of each kind that the home tenant does not see."""
    everything = list(others())
    shown = islice((p for p in everything if p.tenant == "youth" and not (p.draft or p.deleted)), 1)
    hidden = [next(p for p in everything if p.draft), next(p for p in everything if p.deleted)]
    return [*shown, *hidden, next(p for p in everything if p.tenant != "youth")]


def form(name: str, content: bytes) -> bytes:
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--B--\r\n"


class _Caller:
    """Sends requests to a service, and keeps the replies without the parts that vary."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.seen: list[tuple[int, bytes]] = []

    def __call__(self, answer: Callable[..., Reply], *arguments: Any) -> dict[str, Any]:
        try:
            reply = answer(*arguments)
        except Refused as refused:
            reply = refusal_reply(refused.refusal)
        self.seen.append((reply.status, _VARYING.sub(b"", reply.body)))
        try:
            return json.loads(reply.body)["data"] or {}
        except ValueError:
            return {}

    def log_in(self, user: str, password: str) -> str:
        body = json.dumps({"user": user, "password": password}).encode()
        return str(self(self.service.log_in, body).get("token"))


def seen_with(hooks: Hooks, policies: list[Policy]) -> list[tuple[int, bytes]]:
    now = [0.0]
    service = Service(Store(policies), "/oss/", hooks, clock=lambda: now[0])
    call = _Caller(service)
    call.log_in(USER, "wrong")
    call.log_in("nobody", PASSWORD)
    first, second, brief = (call.log_in(user, PASSWORD) for user in (USER, USER, BRIEF_USER))
    call(service.log_out, first)
    now[0] += BRIEF_LIFE_S
    for token in (first, second, brief):
        call(service.page_list, token, b'{"pageSize": 1}')
    for token in (DEFAULT_TOKEN, None):
        for policy in policies:
            call(service.detail, token, str(policy.id))
        call(service.upload, token, FORM, form("a.exe", b"MZ"))
        data = call(service.upload, token, FORM, form(NAME, b"%PDF-1.4 text"))
        key = str(data.get("fileKey"))
        call(service.file, key)
        call(service.delete_upload, DEFAULT_TOKEN, json.dumps({"fileKey": key}).encode())
        call(service.file, key)
    return call.seen


def test_the_sound_service_always_answers_alike(policies):
    assert seen_with(NONE, policies) == seen_with(NONE, policies)


@pytest.mark.parametrize("fault", ENDPOINTS, ids=lambda fault: fault.name)
def test_every_fault_shows(fault, policies):
    assert seen_with(fault.make_hooks(), policies) != seen_with(NONE, policies)
