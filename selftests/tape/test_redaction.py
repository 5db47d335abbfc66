"""Secrets are masked by the name of their field, and a masked tape still answers the same requests."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.tape.secret_fields import is_secret_name
from framework.tape.tape import FILE_NAME, Tape, write_tape

ORIGIN = "https://app.test"
SECRET = "s3cr3t-Value.1"
NO_MASKER = Masker({})


def exchange(request: Request, document=None, body: bytes | None = None, headers=()) -> Exchange:
    return Exchange(request, Reply(request.url, 200, headers, body, 1.0, document), 0.0)


def post(path="/login", **keys) -> Request:
    return Request("POST", ORIGIN + path, **keys)


@pytest.fixture
def record(tmp_path):
    def record(*exchanges: Exchange, masker=NO_MASKER) -> tuple[str, Tape]:
        write_tape(tmp_path / "tape", ORIGIN, "run", exchanges, masker)
        return (tmp_path / "tape" / FILE_NAME).read_text("utf-8"), Tape.load(tmp_path / "tape")

    return record


SECRET_NAMES = """
    token Token accessToken refresh_token X-Auth-Token Authorization Proxy-Authorization password
    passwd userPwd newPassword client_secret appSecret Cookie Set-Cookie session sessionId
    JSESSIONID PHPSESSID api_key apiKey X-API-KEY accesskey privateKey credentials 密码 登录密码
    令牌 访问令牌 密钥 access%5Ftoken user[password] sid
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_a_field_of_this_name_is_secret(name):
    assert is_secret_name(name)


OTHER_NAMES = """
    tokenType token_expires_in tokenExpire password_policy secretary secretaryName possession
    sessionTimeout pageNo title policyTitle fileKey key author passage 令牌类型 密码有效期
    ***token***
"""


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_a_field_of_this_name_is_not_secret(name):
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "request_sent",
    [
        post(json={"user": "a", "login": {"list": [{"password": SECRET}]}}),
        post(json={"password": {"old": SECRET, "new": [SECRET]}}),
        post(json={"fields": [{"name": "password", "value": SECRET}]}),
        post(json={"text": json.dumps({"password": SECRET})}),
        post(json={"back": f"{ORIGIN}/x?access_token={SECRET}&y=1"}),
        post(data={"passwd": SECRET, "user": "a"}),
        post(data=f"user=a&password={SECRET}&x=1"),
        post(data=json.dumps({"密码": SECRET})),
        post(f"/login?access_token={SECRET}&x=1"),
        post(f"/login;jsessionid={SECRET}?x=1"),
        post(f"/login?back=%2Fx%3Ftoken%3D{SECRET}"),
        post(params={"api_key": SECRET, "x": [1]}),
        post(params={"token": [SECRET, "b"]}),
        post(cookies={"session": SECRET, "lang": "zh"}),
        post(json={"authorization": f"Basic {SECRET}"}),
    ],
    ids=str,
)
def test_named_secret_of_a_request_is_masked_and_the_request_still_answered(record, request_sent):
    text, tape = record(exchange(request_sent, body=f'{{"echo":"x {SECRET} y"}}'.encode()))
    assert SECRET not in text
    assert tape.answer(request_sent).replayed


@pytest.mark.parametrize("value", [123456, 1.5, 'a"b&c', "短", "a b", "***", "\\"])
def test_secret_that_is_no_plain_text_is_masked_and_answered(record, value):
    text, tape = record(exchange(post(json={"password": value, "n": 1})))
    assert json.loads(text.splitlines()[1])["request"]["json"] == {"password": "***password***", "n": 1}
    assert tape.answer(post(json={"password": value, "n": 1}))
    assert tape.answer(post(json={"password": value, "n": 2})) is None


@pytest.mark.parametrize("value", [None, True, False, ""])
def test_field_without_a_secret_stays(record, value):
    text, _ = record(exchange(post(json={"password": value})))
    assert json.loads(text.splitlines()[1])["request"]["json"] == {"password": value}


@pytest.mark.parametrize(
    ("document", "headers"),
    [
        ({"data": {"token": SECRET, "refreshToken": SECRET + "x"}}, ()),
        ({"data": [{"accessToken": {"value": SECRET, "expiresIn": 7200}}]}, ()),
        ({"html": f"<input name='token' value='{SECRET}'>"}, ()),
        ({"msg": f"Authorization: Bearer {SECRET}"}, ()),
        ({"msg": f"X-Token: {SECRET}, 新密码：{SECRET}；"}, ()),
        ({}, (("Location", f"/x?token={SECRET}"), ("X-Session-Token", SECRET))),
        ({}, (("Set-Cookie", f"SESSION={SECRET}; Path=/"), ("X", SECRET))),
    ],
    ids=str,
)
@pytest.mark.parametrize("as_bytes", [True, False])
def test_named_secret_of_a_reply_is_masked(record, document, headers, as_bytes):
    body = json.dumps(document).encode() if as_bytes else None
    text, _ = record(exchange(post(), None if as_bytes else document, body, headers))
    assert SECRET not in text


def test_description_of_a_secret_stays(record):
    document = {"token": {"value": SECRET, "expiresIn": 7200, "tokenType": "bearer"}}
    _, tape = record(exchange(post(), document))
    assert tape.exchanges[0].reply.json["token"] == {
        "value": "***token***",
        "expiresIn": 7200,
        "tokenType": "bearer",
    }


def test_replayed_token_of_a_reply_is_accepted_in_the_next_request(record):
    bearer = {"Authorization": f"Bearer {SECRET}"}
    _, tape = record(
        exchange(post(), {"access_token": SECRET}), exchange(post("/list", headers=bearer), {"n": 1})
    )
    token = tape.answer(post()).reply.json["access_token"]
    sent = post("/list", headers={"Authorization": f"Bearer {token}"})
    assert tape.answer(sent).reply.json == {"n": 1}


def test_two_values_of_one_field_get_their_own_answers(record):
    requests = [post(json={"password": value}) for value in ("right-1", "wrong-1", "wrong-2")]
    _, tape = record(*(exchange(request, index) for index, request in enumerate(requests)))
    for _ in range(2):
        assert [tape.answer(request).reply.json for request in requests] == [0, 1, 2]


def test_scheme_before_a_mask_counts_only_in_authorization(record):
    _, tape = record(exchange(post(headers={"Token": SECRET})), masker=Masker({"token": SECRET}))
    assert tape.answer(post(headers={"Token": "***token***"}))
    assert tape.answer(post(headers={"Token": "Bearer ***token***"})) is None


@pytest.mark.parametrize("value", ["request", "document", "version", "exchange", "headers"])
def test_secret_that_is_a_word_of_the_format_leaves_the_tape_readable(record, value):
    _, tape = record(exchange(post(json={"password": value}), {"a": 1}))
    assert tape.exchanges[0].reply.json == {"a": 1}


NAMES = st.sampled_from(["token", "password", "sessionId", "密码", "api_key"])
VALUES = st.from_regex(r"[A-Za-z0-9!#%*+/:;=?@\"'\\ 密]{6,20}", fullmatch=True).filter(
    lambda value: value.strip("* ") and len(value.strip()) >= 6 and "***" not in value
)


@settings(max_examples=60, deadline=None)
@given(NAMES, VALUES, st.integers(0, 4))
def test_no_value_of_a_named_field_is_left_anywhere(tmp_path_factory, name, value, place):
    folder = tmp_path_factory.mktemp("tape")
    request = (
        post(json={"a": [{name: value}]}),
        post(params={name: value}),
        post(data={name: value}),
        post(headers={"X-Token": value}),
        post(cookies={name: value}),
    )[place]
    document = {"echo": f"({value})", "deep": [{"list": [{name: value}, value]}]}
    was = replace(exchange(request, document), redirects=())
    write_tape(folder, ORIGIN, "run", [was], NO_MASKER)
    record = json.loads((folder / FILE_NAME).read_text("utf-8").splitlines()[1])
    assert not any(value in text for text in texts_of(record))
    assert Tape.load(folder).answer(request) or place == 3


def texts_of(value):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *texts_of(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, str):
        yield value
