"""Which recorded request is the same as the one that is asked for."""

from __future__ import annotations

import pytest

from framework.tape.matching import differences, key_of, parts_of
from framework.tape.same_form import Substitutes

ORIGIN = "http://127.0.0.1:1"
SECRETS = {"PHONE_abc": "token", "PHONE_def": "token", "PHONE_xyz": "expired_token"}


def parts(*, token=None, bearer=None, body="{}", query=""):
    headers = [{"name": "Token", "value": token}] if token is not None else []
    headers += [{"name": "Authorization", "value": f"Bearer {bearer}"}] if bearer else []
    post = {"mimeType": "application/json", "text": body}
    record = {"method": "POST", "url": f"{ORIGIN}/list{query}", "headers": headers, "cookies": []}
    return parts_of({**record, "postData": post}, ORIGIN, SECRETS)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"token": "PHONE_abc"}, {"token": "PHONE_def"}, True),  # two log-ins
        ({"token": "PHONE_abc"}, {"token": "PHONE_xyz"}, False),
        ({"token": "PHONE_abc"}, {"token": "wrong"}, False),
        ({"token": "PHONE_abc"}, {"token": ""}, False),
        ({"token": "PHONE_abc"}, {}, False),
        ({"token": "wrong"}, {"token": "other"}, True),  # a recording has a made-up value in its place
        ({"bearer": "PHONE_abc"}, {"bearer": "PHONE_def"}, True),
        ({"bearer": "PHONE_abc"}, {"bearer": "wrong"}, False),
        ({"token": "PHONE_abcx"}, {"token": "wrong"}, True),
        ({"token": "PHONE_abcx"}, {"token": "PHONE_abc"}, False),
        ({"token": "Bearer PHONE_abc"}, {"token": "Bearer PHONE_def"}, True),
        ({"token": "Bearer PHONE_abc"}, {"token": "PHONE_abc"}, False),
        ({"body": '{"token": "PHONE_abc"}'}, {"body": '{"token": "wrong"}'}, False),
        ({"query": "?token=PHONE_abc"}, {"query": "?token=wrong"}, False),
        ({"body": '{"a": 1, "b": 2}'}, {"body": '{"b": 2.0, "a": 1}'}, True),
    ],
)
def test_a_secret_is_known_by_its_name_and_a_wrong_one_is_another_request(one, other, is_same):
    assert (key_of(parts(**one)) == key_of(parts(**other))) is is_same


def test_a_difference_names_no_value_of_a_secret():
    said = differences(parts(token="PHONE_abc"), parts(token="wrong-one"))
    assert "***token***" in said
    assert "PHONE_abc" not in said and "wrong-one" not in said


@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_substitute_is_not_replaced_again_behind_a_scheme(scheme):
    substitutes = Substitutes(b"key")
    made = substitutes.secret("PHONE_abcdefabcdefabcdef")
    assert substitutes.field("Token", scheme + made) == scheme + made
    assert substitutes.field("Token", f"{scheme}PHONE_abcdefabcdefabcdef") == scheme + made
