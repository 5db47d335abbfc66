"""Each row of the table of subjects: what it reads, when it is missing, when it is not recorded, its example."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from framework.cases.subjects import SUBJECTS, find_subject

BODY = {"success": True}
COOKIES = (
    ("Set-Cookie", "SESSION=abc=1; Path=/; HttpOnly"),
    ("set-cookie", "theme = dark "),
    ("Set-Cookie", "SESSION=second"),
    ("Set-Cookie", "no equals sign"),
)
HEADERS = (("Content-Type", "application/json"), ("X-Twice", "a"), ("X-Twice", "b"), *COOKIES)
GRAMMAR = json.loads(
    (Path(__file__).resolve().parents[2] / "schemas" / "case.schema.json").read_text("utf-8")
)

READS = [
    ("status_code", 200),
    ("url", "http://x/list"),
    ("elapsed_ms", 12.5),
    ("headers.content-type", "application/json"),
    ("headers.X-Twice", "a, b"),
    ("cookies.SESSION", "second"),
    ("cookies.theme", "dark"),
    ("body", '{"success": true}'),
    ("body.size", 17),
    ("body.size_kb", 1),
    ("body.kind", "json"),
]


@pytest.mark.parametrize(("subject", "value"), READS)
def test_a_subject_reads_its_part_of_the_reply(judge, subject, value):
    (result,) = judge({subject: {"equals": value}}, BODY, headers=HEADERS)
    assert (result.status, result.findings) == ("passed", ())


def test_every_row_is_tried():
    tried = {row.name for row, _ in map(find_subject, dict(READS))}
    assert tried == set(SUBJECTS)


@pytest.mark.parametrize("subject", ["headers.X-None", "cookies.None", "cookies.session"])
def test_a_header_or_cookie_that_is_not_there_is_a_failure_and_is_absent(judge, subject):
    (result,) = judge({subject: {"not_empty": True}}, BODY, headers=HEADERS)
    assert result.status == "failed"
    (result,) = judge({subject: {"absent": True}}, BODY, headers=HEADERS)
    assert result.status == "passed"


@pytest.mark.parametrize("subject", [name for name, _ in READS if name != "url"])
def test_a_part_that_the_tape_did_not_record_is_not_judged(judge, subject):
    nothing = {"status": None, "headers": None, "body": None, "elapsed_ms": None}
    results = judge({subject: {"equals": 1}}, **nothing)
    assert [result.status for result in results] == ["unrecorded"]


@pytest.mark.parametrize("row", SUBJECTS.values(), ids=lambda row: row.name)
def test_the_example_of_the_manual_parses(parse, row):
    (check,) = parse(row.example)
    assert check.subject.row is row


@pytest.mark.parametrize(
    "text",
    [
        "headers.",
        "cookies.",
        "headers",
        "body.colour",
        "status_code.x",
        "",
        ".",
        "headers.a b",
        "cookies.名称",
    ],
)
def test_a_text_that_is_no_subject(text):
    assert find_subject(text) is None


@pytest.mark.parametrize("name", [name for name, _ in READS])
def test_the_editor_knows_the_subject(name):
    assert re.search(GRAMMAR["definitions"]["subject"]["pattern"], name)
