"""Refused requests get a wrapped error with a fitting status."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import urlsplit

import pytest

from standin.contract import PAGE_LIST_PATH
from standin.credentials import DEFAULT_TOKEN, EXPIRED_TOKEN


def refused(reply, status: int) -> str:
    """Check the wrapped error and return its message."""
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
    body = reply.json()
    assert list(body) == ["success", "code", "msg", "data"]
    assert (body["success"], body["code"], body["data"]) == (False, str(status), None)
    return body["msg"]


@pytest.mark.parametrize(
    "token", ["PHONE_" + "a" * 24, "PHONE_", "x", DEFAULT_TOKEN.upper(), DEFAULT_TOKEN + "a"]
)
def test_an_invalid_token_is_refused(ask, token):
    assert "令牌无效" in refused(ask({}, token=token), 401)


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_token_is_refused(ask, token):
    assert "缺少令牌" in refused(ask({}, token=token), 401)


def test_an_expired_token_has_its_own_message(ask):
    assert "过期" in refused(ask({}, token=EXPIRED_TOKEN), 401)


def test_the_token_is_checked_before_the_body(ask):
    refused(ask(b"{", token=None), 401)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'pageNo': 1}", b"\xff\xfe", b'{"pageNo": NaN}', b"[" * 5000, b'{"pageNo": 1}x']
)
def test_a_body_that_is_not_json_is_refused(ask, body):
    assert "JSON" in refused(ask(body), 400)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"a"', b"null", b"true"])
def test_a_body_that_is_not_an_object_is_refused(ask, body):
    assert "对象" in refused(ask(body), 400)


@pytest.mark.parametrize("value", ["a", "1", 1.5, True, [1], {}, 2**31, -(2**31) - 1, 10**30])
@pytest.mark.parametrize("key", ["pageNo", "pageSize"])
def test_a_page_value_of_the_wrong_type_is_refused(ask, key, value):
    assert key in refused(ask({key: value}), 400)


@pytest.mark.parametrize(
    "query", [{"policyType": "a"}, {"policyLevel": [1]}, {"policyTitle": 1}, {"policyTitle": {}}]
)
def test_a_query_value_of_the_wrong_type_is_refused(ask, query):
    assert next(iter(query)) in refused(ask({"query": query}), 400)


@pytest.mark.parametrize("query", [[], "a", 1])
def test_a_query_that_is_not_an_object_is_refused(ask, query):
    assert "query" in refused(ask({"query": query}), 400)


@pytest.mark.parametrize("size", [0, -1, -(2**31)])
def test_a_page_size_below_one_is_refused(ask, size):
    assert "pageSize" in refused(ask({"pageSize": size}), 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused(ask, method):
    reply = ask({}, method=method)
    refused(reply, 405)
    assert reply.headers["Allow"] == "POST"


def test_a_body_that_is_too_large_is_refused(ask):
    refused(ask(b" " * 70_000), 413)


@pytest.mark.parametrize("path", ["/", "/api", PAGE_LIST_PATH + "/x", "/oss"])
def test_another_path_is_refused(standin, http, path):
    refused(http.get(standin.url + path, timeout=120, allow_redirects=False), 404)


def test_the_content_type_of_a_request_is_ignored(standin):
    connection = http.client.HTTPConnection(urlsplit(standin.url).netloc, timeout=120)
    connection.request("POST", PAGE_LIST_PATH, json.dumps({"pageSize": 1}), {"Token": DEFAULT_TOKEN})
    with connection.getresponse() as reply:
        assert (reply.status, len(json.loads(reply.read())["data"]["result"])) == (200, 1)
    connection.close()


def test_small_replies_are_not_delayed(ask):
    quick = 0
    for _ in range(1000):
        before = time.perf_counter()
        ask({}, token="x")
        # The kernel's delayed acknowledgement would make each of them 40 ms, but for the first few.
        quick += time.perf_counter() - before < 0.03
        if quick == 20:
            break
    assert quick == 20
