"""The memory that a reply takes is bounded, not only its size."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import TooLargeError
from framework.cases.request import Request
from framework.http.hosts import Hosts
from framework.http.json_size import parsed_size
from framework.http.transport import Limits, Transport

MIB = 2**20


def get(server, megabytes):
    with Transport(Hosts(server.url), Limits(2, 20, int(megabytes * MIB)), {}, "harness/1") as transport:
        return transport.send(Request("GET", server.url + "/x")).reply


@pytest.mark.parametrize(
    ("item", "is_compressed"),
    [
        *(
            (item, False)
            for item in (b"[]", b"{}", b"[[[]]]", b'{"a":1}', b'[""]', b'{"a":{"b":[]}}', b"[ ]")
        ),
        (b"[]", True),
        (b'{"a":1}', True),
    ],
)
def test_a_reply_of_many_values_ends_at_the_limit(serve, reply, item, is_compressed):
    body = b" [" + b",".join([item] * (39 * MIB // 10 // (len(item) + 1))) + b"]"
    answer = reply(gzip.compress(body, 1), "Content-Encoding: gzip") if is_compressed else reply(body)
    server = serve(answer)
    tracemalloc.start()
    with pytest.raises(TooLargeError) as caught:
        get(server, 4)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * MIB
    for part in (f"GET {server.url}/x", "MiB", "64 MiB（max_reply_mb 的 8 倍", "改法", "environments.yaml"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(["[{," * 1000] * 1000).encode(),
        json.dumps([{"title": "政策，[1],{2}" * 40, "text": 'a"b\\' * 50}] * 2000).encode(),
        b"%PDF-1.7 " + b"[{" * MIB,
        b"plain text" + b"[{," * MIB,
    ],
    ids=["one string", "rows", "pdf", "text"],
)
def test_texts_and_documents_are_not_mistaken_for_values(serve, reply, body):
    assert get(serve(reply(body)), 4).body == body


@given(
    st.recursive(
        st.none() | st.text('"\\[{,'), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_strings_count_for_nothing(value):
    text = json.dumps([value, "x" * 1000])
    without = json.dumps(value).encode()
    assert parsed_size(text.encode(), 200 * len(without) + 300) == 0


@pytest.mark.parametrize(
    "text",
    [b"[" + b'"\\"' * MIB, b'["' + b"\\" * MIB, b"[" * MIB + b'"' * MIB],
    ids=["quotes", "backslashes", "brackets"],
)
def test_an_unfinished_string_costs_little_time(text):
    start = time.process_time()
    parsed_size(text, 1)
    assert time.process_time() - start < 2
