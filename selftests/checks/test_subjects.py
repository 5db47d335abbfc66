"""Each row of the table of subjects: the part it reads, if that is missing or not recorded, its example."""

from __future__ import annotations

import inspect
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from framework.cases.subjects import BODY_KINDS, SUBJECTS, find_subject
from framework.http.body_kind import body_kind

BODY = {"success": True}
COOKIES = (
    ("Set-Cookie", "SESSION=abc=1; Path=/; HttpOnly"),
    ("set-cookie", "theme = dark "),
    ("Set-Cookie", "SESSION=second"),
    ("Set-Cookie", "no equals sign"),
)
HEADERS = (
    ("Content-Type", "application/json"),
    ("X-Once", "a"),
    ("X-Twice", "a"),
    ("X-Twice", "b"),
    *COOKIES,
)
GRAMMAR = json.loads(
    (Path(__file__).resolve().parents[2] / "schemas" / "case.schema.json").read_text("utf-8")
)

READS = [
    ("status_code", 200),
    ("url", "http://x/list"),
    ("headers.content-type", "application/json"),
    ("headers.X-Once", "a"),
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


def test_every_field_of_a_header_that_repeats_is_judged(judge):
    (result,) = judge({"headers.X-Twice": {"one_of": ["a", "b"]}}, BODY, headers=HEADERS)
    assert (result.status, result.evaluated) == ("passed", 2)
    (result,) = judge({"headers.X-Twice": {"equals": "a"}}, BODY, headers=HEADERS)
    assert [(finding.path, finding.actual) for finding in result.findings] == [("headers.X-Twice[1]", '"b"')]


def test_the_time_is_in_milliseconds(judge):
    (result,) = judge({"elapsed_ms": {"between": [12, 13]}}, BODY)
    assert result.status == "passed"


def test_every_row_is_tried():
    tried = {"elapsed_ms", *(row.name for row, _ in map(find_subject, dict(READS)))}
    assert tried == set(SUBJECTS)


@pytest.mark.parametrize("subject", ["headers.X-None", "cookies.None", "cookies.session"])
def test_a_header_or_cookie_that_is_not_there_is_a_failure_and_is_absent(judge, subject):
    (result,) = judge({subject: {"not_empty": True}}, BODY, headers=HEADERS)
    assert result.status == "failed"
    (result,) = judge({subject: {"absent": True}}, BODY, headers=HEADERS)
    assert result.status == "passed"


@pytest.mark.parametrize(
    "check",
    [
        {"status_code": 200},
        {"elapsed_ms": {"less_than": 9}},
        {"headers.A": "x"},
        {"cookies.A": "x"},
        {"body": "x"},
        {"body.size": 9},
        {"body.size_kb": 9},
        {"body.kind": "json"},
    ],
    ids=lambda check: next(iter(check)),
)
def test_a_part_that_the_tape_did_not_record_is_not_judged(judge, check):
    results = judge(check, status=None, headers=None, body=None, elapsed_ms=None)
    assert [result.status for result in results] == ["unrecorded"]


def test_the_kinds_of_a_body_are_all_that_the_function_returns():
    source = Path(inspect.getsourcefile(body_kind)).read_text("utf-8")
    assert {kind for kind in BODY_KINDS if f'"{kind}"' in source} == set(BODY_KINDS)


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


@pytest.fixture
def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", "x" * 50)
    return out.getvalue()


def test_the_subjects_of_a_body(judge, docx):
    results = judge(
        {"body.kind": "docx", "body.size": {"greater_than": 100}, "body": {"contains": "word/"}},
        body=docx,
    )
    assert [result.status for result in results] == ["passed"] * 3
    (result,) = judge({"body.kind": "docx"}, body=b"<html>404</html>")
    assert (result.findings[0].path, result.findings[0].actual) == ("body.kind", '"html"')


def test_kilobytes_are_rounded_up_as_file_lists_do(judge):
    for size, kilobytes in ((0, 0), (1, 1), (1024, 1), (1025, 2)):
        assert [result.status for result in judge({"body.size_kb": kilobytes}, body=b"x" * size)] == [
            "passed"
        ]
