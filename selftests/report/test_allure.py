"""Allure's records made from a verdict: attachments, truncation and masking."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.http.masking import Masker
from framework.report.http_exchange import beginning_of_reply, http_exchange
from framework.report.masking_writer import mask_in_place
from framework.report.results_folder import clear_results

UNMASKED = Masker({})


def exchange(body: bytes | None, document: object = None, **request: object) -> Exchange:
    reply = Reply("http://127.0.0.1/list", 200, (("Content-Type", "application/json"),), body, 12.0, document)
    return Exchange(Request("POST", "http://127.0.0.1/list", **request), reply, 1_700_000_000.0)


@pytest.mark.parametrize(
    ("body", "value", "truncated"),
    [
        (b'{"a": 1}', '{"a": 1}', False),
        ("正文".encode() * 100, "正文" * 5, True),
        (b"\xff\xfe", "\ufffd\ufffd", False),
        (b"", "", False),
    ],
)
def test_a_body_is_shown_as_text_and_marked_if_truncated(body: bytes, value: str, truncated: bool) -> None:
    shown = http_exchange(exchange(body), 10, UNMASKED)["response"]["body"]
    assert (shown["value"], shown["truncated"]) == (value, truncated)


def test_a_reply_with_only_a_recorded_document_is_shown_as_json() -> None:
    assert (
        http_exchange(exchange(None, {"a": "条例"}), 100, UNMASKED)["response"]["body"]["value"]
        == '{"a": "条例"}'
    )


@pytest.mark.parametrize(
    ("request_of", "shown"),
    [
        ({"json": {"词": "条例"}}, '"词": "条例"'),
        ({"data": "a=1"}, "a=1"),
        ({"data": {"a": [1]}}, '{"a":[1]}'),
    ],
)
def test_the_request_body_is_shown_in_chinese(request_of: dict, shown: str) -> None:
    assert shown in http_exchange(exchange(b"", **request_of), 1000, UNMASKED)["request"]["body"]["value"]


def test_a_request_without_body_has_none() -> None:
    assert http_exchange(exchange(b""), 1000, UNMASKED)["request"]["body"] is None


def test_the_body_is_masked_before_it_is_cut() -> None:
    masker = Masker({"token": "SECRET"})
    document = http_exchange(exchange(b"xxSECRETyy", data="SECRET"), 4, masker)
    assert document["response"]["body"]["value"] == "xx**"
    assert document["request"]["body"]["value"] == "***t"
    assert "SEC" not in json.dumps(document)


@pytest.mark.parametrize(
    "spell",
    [
        "{}".format,
        lambda char: "\\" * 16 + f"u{ord(char):04x}",
        lambda char: "\\" * 16 + f"U{ord(char):08x}",
        lambda char: "%" + "25" * 4 + f"{ord(char):02x}",
        lambda char: "&" + "amp;" * 4 + f"#x00000000{ord(char):x};",
    ],
)
def test_the_longest_spellings_of_a_secret_are_masked_wherever_the_cut_is(
    spell: Callable[[str], str],
) -> None:
    secret = "SECRET"
    spelled = "".join(map(spell, secret))
    reply = exchange(f"{spelled}{'y' * 20}".encode()).reply
    masker = Masker({"token": secret})
    assert len(spelled) <= masker.reach
    for limit in range(1, len("***token***")):
        assert beginning_of_reply(reply, limit, masker) == "***token***"[:limit] + "…"


def test_every_text_of_a_record_is_masked() -> None:
    record = SimpleNamespace(
        name="SECRET",
        start=1,
        status=None,
        steps=[SimpleNamespace(name="a SECRET", labels=["SECRET", 5])],
        details=SimpleNamespace(message="SECRET\nSECRET"),
    )
    mask_in_place(record, lambda text: text.replace("SECRET", "*"))
    assert record == SimpleNamespace(
        name="*",
        start=1,
        status=None,
        steps=[SimpleNamespace(name="a *", labels=["*", 5])],
        details=SimpleNamespace(message="*\n*"),
    )


def test_clear_removes_results_and_keeps_other_files(tmp_path: Path) -> None:
    ours = [
        "1-result.json",
        "1-container.json",
        "1-attachment.txt",
        "1-globals.json",
        "environment.properties",
    ]
    theirs = ["categories.json", "executor.json", "notes.txt"]
    for name in (*ours, *theirs):
        (tmp_path / name).touch()
    clear_results(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == theirs
