"""Writing and reading tapes, and choosing the recording that answers a request."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import TapeError
from framework.cases.request import MISSING, Request
from framework.http.exchange import Exchange, NotJsonError, Reply
from framework.http.masking import Masker
from framework.tape.miss import TapeMiss
from framework.tape.tape import FILE_NAME, MAX_BYTES, Tape, write_tape

ORIGIN = "https://app.test"
TOKEN = "PHONE_aaaabbbbccccddddeeeeffff"
MASK = "***token***"
MASKER = Masker({"token": TOKEN})


def exchange(path="/list", body=b"{}", status=200, **keys) -> Exchange:
    request = Request("POST", ORIGIN + path, **keys)
    return Exchange(
        request,
        Reply(request.url, status, (("Content-Type", "application/json"),), body, 12.5),
        1_700_000_000.25,
    )


def recorded(tmp_path, *exchanges, masker=MASKER) -> Tape:
    write_tape(tmp_path / "tape", ORIGIN, "run", exchanges, masker)
    return Tape.load(tmp_path / "tape")


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *args, **keywords: pytest.fail("replay opens no socket"))


def test_an_exchange_survives_a_round_trip(tmp_path):
    was = replace(
        exchange(
            json={"页": [1, None, 2.5]},
            params={"k": ["一"]},
            headers={"X": "1"},
            body='{"标题":"政策\u2028"}'.encode(),
        ),
        redirects=(ORIGIN + "/old", "https://other.test/x"),
    )
    tape = recorded(tmp_path, was)
    assert (tape.origin, tape.source) == (ORIGIN, "run")
    assert tape.answer(was.request) == replace(was, replayed=True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(ORIGIN + "/list", 200, None, None, None, {"a": None}),
        Reply(ORIGIN + "/list", None, (), b"\xff\x00 bytes", 1.0),
        Reply("https://files.test/f", 404, (("a", "1"), ("a", "2")), b"", 0.1),
        Reply(ORIGIN + "/list", 200, (), b"\x1f\x8b?", 1.0, undecodable="坏"),
        Reply(ORIGIN + "/list", 200, None, None, None, None),
    ],
)
def test_unrecorded_parts_of_a_reply_survive_a_round_trip(tmp_path, reply):
    was = Exchange(Request("GET", ORIGIN + "/list"), reply, 0.0)
    got = recorded(tmp_path, was).answer(was.request)
    assert got.reply == reply
    if reply.undecodable:
        with pytest.raises(NotJsonError):
            _ = got.reply.json


def test_no_secret_is_written(tmp_path):
    was = exchange(
        "/x?t=" + TOKEN,
        json={"t": TOKEN, TOKEN: 1},
        headers={"Token": TOKEN},
        params={"t": TOKEN},
        cookies={"t": TOKEN},
        body=b"\xff" + TOKEN.encode(),
    )
    was = replace(
        was,
        reply=replace(
            was.reply, headers=(("Set-Cookie", "session=abc"), ("X", TOKEN)), url=ORIGIN + "/x?t=" + TOKEN
        ),
    )
    tape = recorded(tmp_path, was)
    text = (tmp_path / "tape" / FILE_NAME).read_text("utf-8")
    assert TOKEN not in text and "session=abc" not in text
    got = tape.answer(replace(was.request, headers={"Token": MASK}))
    assert got.reply.body == b"\xff***token***"


def test_a_mask_matches_any_value_in_a_body_but_only_itself_in_a_header(tmp_path):
    tape = recorded(tmp_path, exchange(headers={"Token": TOKEN, "X": "1"}, json={"t": TOKEN, "n": 1}))
    other = {"Token": MASK, "X": "1"}
    assert tape.answer(
        Request("POST", ORIGIN + "/list", headers={"X": "1", "Token": MASK}, json={"n": 1, "t": "another"})
    )
    assert (
        tape.answer(
            Request(
                "POST", ORIGIN + "/list", headers={"X": "1", "token": MASK}, json={"n": 1, "t": "another"}
            )
        )
        is None
    )  # as it was sent
    assert (
        tape.answer(
            Request(
                "POST",
                ORIGIN + "/list",
                headers={"x": "1", "token": "another"},
                json={"n": 1, "t": "another"},
            )
        )
        is None
    )
    for headers, body in (
        ({"X": "1"}, {"t": "b", "n": 1}),
        ({**other, "Y": ""}, {"t": "b", "n": 1}),
        ({**other, "X": "2"}, {"t": "b", "n": 1}),
        (other, {"t": "b", "n": 2}),
        (other, {"t": None, "n": 1}),
        (other, {"t": "b", "n": 1, "m": 1}),
    ):
        assert tape.answer(Request("POST", ORIGIN + "/list", headers=headers, json=body)) is None


def test_a_null_header_equals_a_missing_one(tmp_path):
    tape = recorded(tmp_path, exchange(headers={"X": "1", "Accept": None}))
    assert tape.answer(Request("POST", ORIGIN + "/list", headers={"X": "1"}))


def test_another_token_gets_another_answer(tmp_path):
    tape = recorded(
        tmp_path,
        exchange(headers={"Token": TOKEN}, body=b"1"),
        exchange(headers={"Token": "expired"}, body=b"2"),
    )
    answers = [
        tape.answer(Request("POST", ORIGIN + "/list", headers={"Token": token})).reply.body
        for token in (MASK, "expired", MASK)
    ]
    assert answers == [b"1", b"2", b"1"]


@pytest.mark.parametrize(
    ("request_sent", "same"),
    [
        ({"json": {"b": [1, {"d": 1, "c": 2}], "a": "x"}}, True),
        ({"json": {"a": "x", "b": [1.0, {"c": 2, "d": 1}]}}, True),
        ({"json": {"a": "x", "b": [{"c": 2, "d": 1}, 1]}}, False),
        ({"json": {"a": "x", "b": ["1", {"c": 2, "d": 1}]}}, False),
        ({"json": {"a": "x", "b": [True, {"c": 2, "d": 1}]}}, False),
        ({}, False),
        ({"json": None}, False),
        ({"data": "{}"}, False),
    ],
)
def test_bodies_are_compared_as_json(tmp_path, request_sent, same):
    tape = recorded(tmp_path, exchange(json={"a": "x", "b": [1, {"c": 2, "d": 1}]}))
    assert (tape.answer(Request("POST", ORIGIN + "/list", **request_sent)) is not None) is same


@pytest.mark.parametrize(
    "request_sent",
    [
        Request("GET", ORIGIN + "/list"),
        Request("POST", ORIGIN + "/list/"),
        Request("POST", ORIGIN + "/list?a=1"),
        Request("POST", "https://other.test/list"),
        Request("POST", ORIGIN + "/list", params={"a": 1}),
        Request("POST", ORIGIN + "/list", cookies={"a": "1"}),
    ],
)
def test_other_requests_are_not_answered(tmp_path, request_sent):
    assert recorded(tmp_path, exchange()).answer(request_sent) is None


def test_equal_requests_get_the_recordings_in_order_and_then_the_last(tmp_path):
    tape = recorded(
        tmp_path, exchange(body=b"1"), exchange("/other", body=b"9"), exchange(body=b"2"), exchange(body=b"3")
    )
    request = exchange().request
    assert [tape.answer(request).reply.body for _ in range(5)] == [b"1", b"2", b"3", b"3", b"3"]


@pytest.mark.parametrize(
    ("request_sent", "hint"),
    [
        (Request("GET", ORIGIN + "/none?t=" + TOKEN), "没有对这个地址的请求"),
        (Request("POST", ORIGIN + "/list", json=2), "录过 1 次"),
        (Request("POST", ORIGIN + "/list", headers={"Token": TOKEN}, json=1), "请求头不同"),
    ],
)
def test_a_miss_describes_the_nearest_recording(tmp_path, request_sent, hint):
    with pytest.raises(TapeMiss, match=hint) as caught:
        recorded(tmp_path, exchange(json=1)).send(request_sent)
    assert TOKEN not in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(body=st.just(MISSING) | json_values, text=st.binary())
def test_any_request_and_body_survive_a_round_trip(tmp_path_factory, body, text):
    was = exchange(json=body, body=text)
    assert recorded(tmp_path_factory.mktemp("t"), was, masker=Masker({})).answer(was.request) == replace(
        was, replayed=True
    )


# -- files


def test_writing_replaces_a_tape_but_no_other_file(tmp_path):
    recorded(tmp_path, exchange(body=b"1"))
    assert len(recorded(tmp_path, exchange(body=b"2")).exchanges) == 1
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    with pytest.raises(TapeError, match="不是录制数据"):
        write_tape(other, ORIGIN, "run", [exchange()], MASKER)
    assert [path.name for path in other.iterdir()] == ["notes.txt"]


def test_an_unfinished_tape_leaves_the_old_one(tmp_path):
    recorded(tmp_path, exchange(body=b"1"))

    def interrupted():
        yield exchange(body=b"2")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_tape(tmp_path / "tape", ORIGIN, "run", interrupted(), MASKER)
    assert Tape.load(tmp_path / "tape").exchanges[0].reply.body == b"1"


HEAD = json.dumps({"tape": 1, "origin": ORIGIN, "source": "run"})
GOOD = {
    "version": 1,
    "kind": "exchange",
    "request": {"method": "GET", "path": "/"},
    "reply": {"url": "/", "status": 200, "body": ""},
}


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([], ":1:"),
        (["{}"], ":1:"),
        (['{"tape": 2}'], ":1:"),
        (['{"tape": 1, "origin": 3}'], ":1:"),
        ([HEAD, "", "{"], ":3:"),
        ([HEAD, "[]"], ":2:"),
        ([HEAD, json.dumps(GOOD)[:-1] + ', "kind": "exchange"}'], ":2:"),
        ([HEAD, "[" * 100_000], ":2:"),
        ([HEAD, json.dumps({**GOOD, "version": 9})], ":2:"),
        ([HEAD, json.dumps(GOOD), json.dumps({**GOOD, "request": {"method": 1, "path": "/"}})], ":3:"),
        ([HEAD, json.dumps({**GOOD, "reply": {"status": "200"}})], ":2:"),
        ([HEAD, json.dumps({**GOOD, "reply": {"status": True}})], ":2:"),
        ([HEAD, json.dumps({**GOOD, "reply": {"headers": [["a"]]}})], ":2:"),
        ([HEAD, json.dumps({**GOOD, "reply": {"body_base64": "?"}})], ":2:"),
        ([HEAD, json.dumps({**GOOD, "reply": {"redirects": [1]}})], ":2:"),
        ([HEAD, json.dumps({**GOOD, "recorded": {"at": "yesterday"}})], ":2:"),
    ],
    ids=[
        "empty",
        "no header",
        "version",
        "origin",
        "json",
        "object",
        "repeated key",
        "deep",
        "line version",
        "method",
        "status",
        "bool",
        "headers",
        "base64",
        "redirects",
        "at",
    ],
)
def test_a_wrong_line_is_named(tmp_path, lines, place):
    (tmp_path / FILE_NAME).write_text("\n".join(lines), "utf-8")
    with pytest.raises(TapeError) as caught:
        Tape.load(tmp_path)
    assert FILE_NAME + place in str(caught.value)


def test_all_wrong_lines_are_reported_at_once(tmp_path):
    (tmp_path / FILE_NAME).write_text("\n".join([HEAD, "x", json.dumps(GOOD), "y"]), "utf-8")
    with pytest.raises(TapeError) as caught:
        Tape.load(tmp_path)
    assert len(caught.value.problems) == 2


def test_missing_undecodable_or_oversized_tapes_are_errors(tmp_path):
    with pytest.raises(TapeError, match="读不了"):
        Tape.load(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(HEAD.encode() + b"\n\xff")
    with pytest.raises(TapeError, match=":2: 不是 UTF-8"):
        Tape.load(tmp_path)
    with (tmp_path / FILE_NAME).open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(TapeError, match="超过 256 MiB"):
        Tape.load(tmp_path)
