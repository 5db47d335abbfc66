"""Log-in, detail and upload of the stand-in, without faults."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from standin.accounts import BRIEF_LIFE_S, LIFE_S, MAX_TOKENS, Accounts
from standin.contract import (
    DELETE_PATH,
    DETAIL_PATH,
    LOGIN_PATH,
    LOGOUT_PATH,
    MAX_UPLOAD_BYTES,
    UPLOAD_PATH,
    Refused,
)
from standin.credentials import BRIEF_USER, DEFAULT_TOKEN, EXPIRED_TOKEN, OTHER_TENANT_TOKEN, PASSWORD, USER
from standin.hooks import NONE
from standin.tokens import TENANTS
from standin.uploads import MAX_KEPT, Uploads

PDF = b"%PDF-1.4\n" + bytes(range(256)) + b"\r\n--x\r\n\n\r"


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def accounts(clock: _Clock) -> Accounts:
    return Accounts(clock)


def log_in(accounts: Accounts, user: str = USER, password: str = PASSWORD) -> str:
    data = accounts.log_in(json.dumps({"user": user, "password": password}).encode(), NONE)
    return str(data["token"])


def is_valid(accounts: Accounts, token: str) -> bool:
    try:
        accounts.tenant_of(token, NONE)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(("user", "life"), [(USER, LIFE_S), (BRIEF_USER, BRIEF_LIFE_S)])
def test_a_token_lives_as_long_as_the_log_in_said(accounts, clock, user, life):
    token = log_in(accounts, user)
    clock.now = life - 0.01
    assert is_valid(accounts, token)
    clock.now = life
    assert not is_valid(accounts, token)


def test_a_log_out_ends_its_own_token_only(accounts):
    first, second = log_in(accounts), log_in(accounts)
    accounts.log_out(first, NONE)
    assert (is_valid(accounts, first), is_valid(accounts, second)) == (False, True)
    with pytest.raises(Refused):
        accounts.log_out(first, NONE)


def test_the_fixed_tokens_do_not_end(accounts, clock):
    for token in TENANTS:
        accounts.log_out(token, NONE)
        assert is_valid(accounts, token)
    assert not is_valid(accounts, EXPIRED_TOKEN)


def test_so_many_tokens_are_kept(accounts):
    tokens = [log_in(accounts) for _ in range(MAX_TOKENS + 1)]
    assert [is_valid(accounts, token) for token in tokens] == [False] + [True] * MAX_TOKENS


@pytest.fixture
def send(standin, http) -> Callable[..., requests.Response]:
    def sent(
        method: str, path: str, token: str | None = DEFAULT_TOKEN, **options: object
    ) -> requests.Response:
        headers = {"Token": token} if token else {}
        return http.request(method, standin.url + path, headers=headers, timeout=120, **options)

    return sent


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"user": 1, "password": "x"}', 400),
        (b'{"user": "qa_engineer"}', 400),
        (json.dumps({"user": USER, "password": ""}).encode(), 401),
        (json.dumps({"user": "", "password": PASSWORD}).encode(), 401),
    ],
)
def test_a_wrong_log_in_is_refused(send, body, status):
    reply = send("POST", LOGIN_PATH, None, data=body)
    assert (reply.status_code, reply.json()["success"], reply.json()["data"]) == (status, False, None)


def test_the_detail_is_the_record_of_the_list(every, send):
    for record in every[::37]:
        assert send("GET", DETAIL_PATH, params={"id": record["id"]}).json()["data"] == record


def test_a_detail_is_for_those_who_see_the_policy_in_the_list(every, partner_ids, send):
    assert send("GET", DETAIL_PATH, OTHER_TENANT_TOKEN, params={"id": every[0]["id"]}).status_code == 404
    one = min(partner_ids)
    assert send("GET", DETAIL_PATH, params={"id": one}).status_code == 404
    assert send("GET", DETAIL_PATH, OTHER_TENANT_TOKEN, params={"id": one}).status_code == 200


@pytest.mark.parametrize("policy_id", ["", "x", "-1", "1", "1.0", "٣", str(2**63), "9" * 5000])
def test_an_unknown_policy_has_no_detail(send, policy_id):
    assert send("GET", DETAIL_PATH, params={"id": policy_id}).status_code == 404


def test_each_endpoint_has_its_method(send):
    for path in (LOGIN_PATH, LOGOUT_PATH, UPLOAD_PATH, DELETE_PATH):
        reply = send("GET", path)
        assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert send("POST", DETAIL_PATH).headers["Allow"] == "GET"


@pytest.mark.parametrize("name", ["notice.pdf", "办法（试行）.PDF", "a b;c.pdf", "a.b.pdf"])
def test_an_upload_is_kept_byte_by_byte(send, http, name):
    data = send("POST", UPLOAD_PATH, files={"file": (name, PDF)}).json()["data"]
    assert (data["fileName"] + "." + data["fileType"], data["fileSize"]) == (name.replace("PDF", "pdf"), 1)
    reply = http.get(data["fileUrl"], timeout=120)
    assert (reply.content, reply.headers["Content-Type"]) == (PDF, "application/pdf")
    assert send("POST", DELETE_PATH, json={"fileKey": data["fileKey"]}).status_code == 200
    assert http.get(data["fileUrl"], timeout=120).status_code == 404
    assert send("POST", DELETE_PATH, json={"fileKey": data["fileKey"]}).status_code == 404


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"file": "x"}},
        {"data": b"x"},
        {"files": {"other": ("a.pdf", PDF)}},
        {"files": {"file": ("a.exe", PDF)}},
        {"files": {"file": ("a.docx", PDF)}},
        {"files": {"file": ("pdf", PDF)}},
        {"files": {"file": ("a.pdf", b"")}},
    ],
    ids=repr,
)
def test_another_upload_is_refused(send, options):
    assert send("POST", UPLOAD_PATH, **options).status_code == 400


def test_an_upload_is_bounded(send):
    assert send("POST", UPLOAD_PATH, files={"file": ("a.pdf", bytes(MAX_UPLOAD_BYTES))}).status_code == 413


def test_so_many_uploads_are_kept():
    uploads = Uploads()
    boundary = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-\r\n--B--\r\n'
    )
    keys = [
        uploads.add("multipart/form-data; boundary=B", boundary, "/", NONE)["fileKey"]
        for _ in range(MAX_KEPT + 1)
    ]
    assert [uploads.find(key) is not None for key in keys] == [False] + [True] * MAX_KEPT
