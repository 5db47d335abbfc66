"""The contracts of replies, and the JSON Schema of case files for editors.

The record in this module is invented; nothing of it comes from the service.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import to_plain
from framework.cases.yaml.textfile import read_source
from framework.checks.schema import Contracts
from framework.cli.commands import main

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = Contracts(ROOT / "schemas")
REMOVED = object()

KEY = "202403/0123456789ab4cde8f0123456789abcd.docx"
FILE = {
    "fileId": "1768000000000000001",
    "fileName": "示例办法",
    "fileKey": KEY,
    "fileType": "docx",
    "fileSize": 25,
    "fileUrl": "https://youth.cq.cqyl.org.cn/oss/" + KEY,
}
POLICY = {
    "id": "1768000000000000002",
    "policyTitle": "示例市人民政府关于印发《示例办法》的通知",
    "issueNumber": "示府发〔2024〕1号",
    "policyLevel": 1,
    "policyLevelName": "市级",
    "policyType": 4,
    "policyTypeName": "创新创业政策",
    "policyText": "<p>各有关单位:</p><p><br></p><p>第一条 甲\t乙 \xa0丙。</p>",
    "files": [FILE],
    "priority": 0,
    "publishTime": "2024-03-14 01:02:03",
}
PAGE = {
    "success": True,
    "code": "0",
    "msg": "success",
    "data": {"pageNo": 1, "pageSize": 10, "result": [POLICY], "totalNum": "1", "hasNext": False},
}


def changed(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Return a copy with one member set, or removed if *value* is REMOVED."""
    made = copy.deepcopy(document)
    parent = made
    for part in path[:-1]:
        parent = parent[part]
    if value is REMOVED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return made


def faults(name: str, document: Any) -> tuple[Any, ...]:
    return CONTRACTS.contract(name).violations(document)


DATA = ("data",)
FIRST = ("data", "result", 0)
FIRST_FILE = (*FIRST, "files", 0)

GOOD = [
    ("as it is", (), None),
    ("no policies", ("data", "result"), []),
    ("no policies in all", ("data", "totalNum"), "0"),
    (
        "an adoption sentence for a number",
        (*FIRST, "issueNumber"),
        "2024年3月14日示例市人民代表大会常务委员会第一次会议通过",
    ),
    ("a level that is not known", (*FIRST, "policyLevel"), 2),
    ("a priority", (*FIRST, "priority"), 5),
    ("a stand-in on this machine", (*FIRST_FILE, "fileUrl"), "http://127.0.0.1:54321/oss/" + KEY),
    ("two files", (*FIRST, "files"), [FILE, FILE]),
    ("last second of a leap day", (*FIRST, "publishTime"), "2024-02-29 23:59:59"),
]

BAD = [
    # envelope
    ("success false, with data", ("success",), False),
    ("success as text", ("success",), "true"),
    ("code a number", ("code",), 0),
    ("code 200", ("code",), "200"),
    ("msg empty", ("msg",), ""),
    ("a stack trace in msg", ("msg",), "java.lang.NullPointerException\n\tat com.example.Service"),
    ("msg with a line feed", ("msg",), "success\n"),
    ("data null", DATA, None),
    ("data a list", DATA, [PAGE["data"]]),
    ("data missing", DATA, REMOVED),
    ("an extra member on top", ("trace",), "1a2b"),
    ("an extra member in data", ("data", "pages"), 19),
    # paging
    ("result null", ("data", "result"), None),
    ("result renamed", ("data", "result"), REMOVED),
    ("result an object", ("data", "result"), {"0": POLICY}),
    ("total a number", ("data", "totalNum"), 190),
    ("total with a point", ("data", "totalNum"), "190.0"),
    ("total with a leading zero", ("data", "totalNum"), "0190"),
    ("total empty", ("data", "totalNum"), ""),
    ("total in full-width digits", ("data", "totalNum"), "\uff11\uff19\uff10"),
    ("total with a line feed", ("data", "totalNum"), "190\n"),
    ("hasNext as text", ("data", "hasNext"), "true"),
    ("hasNext a number", ("data", "hasNext"), 1),
    ("hasNext missing", ("data", "hasNext"), REMOVED),
    ("page zero", ("data", "pageNo"), 0),
    ("page as text", ("data", "pageNo"), "1"),
    ("size zero", ("data", "pageSize"), 0),
    # record
    ("a record null", FIRST, None),
    ("id a number", (*FIRST, "id"), 1768000000000000002),
    ("id as JavaScript prints a double", (*FIRST, "id"), "1.768e+18"),
    ("id of 18 digits", (*FIRST, "id"), "176800000000000000"),
    ("id with a line feed", (*FIRST, "id"), "1768000000000000002\n"),
    ("id in Arabic-Indic digits", (*FIRST, "id"), "١" * 19),
    ("id missing", (*FIRST, "id"), REMOVED),
    ("title and number swapped", (*FIRST, "policyTitle"), POLICY["issueNumber"]),
    ("title empty", (*FIRST, "policyTitle"), ""),
    ("title blank", (*FIRST, "policyTitle"), "  "),
    ("number null", (*FIRST, "issueNumber"), None),
    ("level name null", (*FIRST, "policyLevelName"), None),
    ("level name of another level", (*FIRST, "policyLevelName"), "国家级"),
    ("type as text", (*FIRST, "policyType"), "4"),
    ("type name of another type", (*FIRST, "policyTypeName"), "人才引进政策"),
    ("priority as text", (*FIRST, "priority"), "0"),
    ("priority a fraction", (*FIRST, "priority"), 0.5),
    ("priority true", (*FIRST, "priority"), True),
    ("an extra creator", (*FIRST, "createBy"), "someone"),
    ("an extra phone number", (*FIRST, "phone"), "13800000000"),
    # time
    ("ISO T", (*FIRST, "publishTime"), "2024-03-14T01:02:03"),
    ("milliseconds", (*FIRST, "publishTime"), 1710349323000),
    ("milliseconds as text", (*FIRST, "publishTime"), "1710349323000"),
    ("without seconds", (*FIRST, "publishTime"), "2024-03-14 01:02"),
    ("hour 24", (*FIRST, "publishTime"), "2024-03-14 24:00:00"),
    ("month 13", (*FIRST, "publishTime"), "2024-13-01 00:00:00"),
    # text
    ("text empty", (*FIRST, "policyText"), ""),
    ("text null", (*FIRST, "policyText"), None),
    ("text cut inside a tag", (*FIRST, "policyText"), "<p>甲。</p><p>乙。</"),
    ("a replacement character", (*FIRST, "policyText"), "<p>甲\ufffd乙。</p>"),
    ("escaped twice", (*FIRST, "policyText"), "&lt;p&gt;甲。&lt;/p&gt;"),
    ("a script", (*FIRST, "policyText"), "<p>甲。</p><script>alert(1)</script>"),
    ("an event handler", (*FIRST, "policyText"), '<p>甲<img src=x onerror="alert(1)"></p>'),
    ("bare text", (*FIRST, "policyText"), "甲。"),
    # files
    ("files null", (*FIRST, "files"), None),
    ("files empty", (*FIRST, "files"), []),
    ("files missing", (*FIRST, "files"), REMOVED),
    ("file id a number", (*FIRST_FILE, "fileId"), 1768000000000000001),
    ("name with its extension", (*FIRST_FILE, "fileName"), "示例办法.docx"),
    ("key without its folder", (*FIRST_FILE, "fileKey"), KEY[7:]),
    ("key that is no UUIDv4", (*FIRST_FILE, "fileKey"), KEY.replace("4cde", "1cde")),
    ("key that climbs", (*FIRST_FILE, "fileKey"), "../" + KEY),
    ("extension of another type", (*FIRST_FILE, "fileType"), "doc"),
    ("a type that is not known", (*FIRST_FILE, "fileType"), "pdf"),
    ("size as text", (*FIRST_FILE, "fileSize"), "25"),
    ("size zero", (*FIRST_FILE, "fileSize"), 0),
    ("plain http", (*FIRST_FILE, "fileUrl"), "http://youth.cq.cqyl.org.cn/oss/" + KEY),
    ("an internal host", (*FIRST_FILE, "fileUrl"), "http://10.0.0.8:9000/oss/" + KEY),
    (
        "a host that only begins alike",
        (*FIRST_FILE, "fileUrl"),
        "https://youth.cq.cqyl.org.cn.example/oss/" + KEY,
    ),
    ("a signed URL", (*FIRST_FILE, "fileUrl"), FILE["fileUrl"] + "?sign=abc"),
    ("an extra path on disk", (*FIRST_FILE, "path"), "/data/" + KEY),
]


@pytest.mark.parametrize(("path", "value"), [pytest.param(*row[1:], id=row[0]) for row in GOOD])
def test_a_sound_page_passes(path, value):
    assert faults("policy_page", changed(PAGE, path, value) if path else PAGE) == ()


@pytest.mark.parametrize(("path", "value"), [pytest.param(*row[1:], id=row[0]) for row in BAD])
def test_a_wrong_page_fails(path, value):
    assert faults("policy_page", changed(PAGE, path, value))


@pytest.mark.parametrize(("name", "document"), [("policy", POLICY), ("policy_file", FILE)])
def test_record_and_file_are_contracts_of_their_own(name, document):
    assert faults(name, document) == ()
    for member in document:
        assert faults(name, changed(document, (member,), REMOVED)), member
        assert faults(name, changed(document, (member,), None)), member
    assert faults(name, {**document, "more": 1})


@pytest.mark.parametrize(
    "fault", [row for row in BAD if row[1][:1] == ("data",) and len(row[1]) > 3], ids=lambda row: row[0]
)
def test_a_fault_of_one_record_is_found_among_sound_records(fault):
    page = changed(PAGE, ("data", "result"), [POLICY, POLICY, POLICY])
    _, path, value = fault
    assert faults("policy_page", changed(page, ("data", "result", 1, *path[3:]), value))


# -- the grammar of case files --

SUITES = sorted(
    path
    for path in (ROOT / "testcases").rglob("*.yaml")
    if path.name == "_shared.yaml" or not path.name.startswith("_")
)


GRAMMAR = Draft7Validator(json.loads((ROOT / "schemas/case.schema.json").read_text("utf-8")))


def document_of(text: str) -> Any:
    return to_plain(parse_yaml(Source("suite.yaml", text)))


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_grammar_accepts_every_suite_that_the_harness_reads(path, monkeypatch):
    grammar = copy.deepcopy(GRAMMAR.schema)
    grammar["definitions"]["matchers"]["additionalProperties"] = True  # a team may have its own
    try:
        document = to_plain(parse_yaml(read_source(path, path.name)))
    except CaseFileError:
        return
    if violations := list(Draft7Validator(grammar).iter_errors(document)):
        monkeypatch.chdir(ROOT)
        assert main(["lint", str(path)]) != 0, violations


def test_the_suites_and_their_shared_file_are_found():
    assert {"_shared.yaml", "smoke.yaml"} <= {path.name for path in SUITES}


def case(*lines: str) -> str:
    return "\n".join(
        ["suite: 甲", "cases:", "  - id: one", "    name: 一", *(f"    {line}" for line in lines)]
    )


CHECK = "validate: {status_code: 200}"

GOOD_SUITES = {
    "the least": case(CHECK),
    "rows": case("parametrize: [{id: a, size: 1}, {size: 2}]", CHECK),
    "a product": case("parametrize: {size: [1, 2], page: [1]}", CHECK),
    "a measure": case('validate: {$.a: {length: {at_least: 1, at_most: "${n}"}}}'),
    "an object to compare with": case("validate: {$.a: {equals: {b: 1}}}"),
    "a record": case("validate:", "  $.a[*]:", "    each:", '      files[*]: {each: {"@": {schema: file}}}'),
    "combinations": case("validate:", "  any_of: [{status_code: 200}, {$.a: {not: {matches: b}}}]"),
    "an extract": case(CHECK, "extract: {a: $.b, c: {path: '$.d[*]', as: integer, distinct: true}}"),
    "steps": case(
        "steps:",
        "  - {name: 一, validate: {status_code: 200}, extract: {a: $.b}}",
        "validate: {'${a}': {at_least: 1}}",
    ),
    "retry": case(CHECK, "retry: {attempts: 3, interval: 0.5, on: [timeout, 502]}"),
    "a walk": case("paginate: all", "validate: {$.items: {not_empty: true}}"),
    "rounds": case("steps:", "  - {name: 一, for_each: {x: '${xs}'}, validate: {status_code: 200}}"),
    "again": case("repeat: 5", "validate: {'$.replies[*].data': {all_equal: true}}"),
    "a known defect": case(CHECK, "known_defect: [{path: $.a, reason: 待修复}]"),
    "a shared file": "request: {method: POST}\nvalidate: {status_code: 200}\nvariables: {a: 1}\n",
    "a shared walk": "walks: {all: {page: json.p, size: json.s, more: $.m, items: $.i, total: $.t, "
    "key: id, max_pages: 9}}\n",
    "a row of one environment": case("parametrize: [{id: a, size: 1, only_in: [standin]}]", CHECK),
    "rows of a file": case("parametrize: {file: words.csv, encoding: gbk}", CHECK),
    "a warning": case(CHECK, "level: warning"),
}

BAD_SUITES = {
    "a key that is not known": case(CHECK, "validat: {status_code: 200}"),
    "a top key that is not known": case(CHECK) + "\nfoo: 1\n",
    "no cases": "suite: 甲\ncases: []\n",
    "a suite without a name": "cases:\n  - {id: one, validate: {status_code: 200}}\n",
    "no id": "suite: 甲\ncases:\n  - {name: 一, validate: {status_code: 200}}\n",
    "an id with a slash": case(CHECK).replace("one", "a/b"),
    "an id with two colons": case(CHECK).replace("one", "a::b"),
    "an id with brackets": case(CHECK).replace("one", "'a[1]'"),
    "an id with a blank": case(CHECK).replace("one", "a b"),
    "a severity that is not known": case(CHECK, "allure: {severity: high}"),
    "a label that is not known": case(CHECK, "allure: {epik: 甲}"),
    "a request key that is not known": case(CHECK, "request: {body: {}}"),
    "a method with blanks": case(CHECK, "request: {method: PO ST}"),
    "a matcher that is not known": case("validate: {status_code: {equal: 200}}"),
    "a bare matcher name": case("validate: {$.a: empty}"),
    "no matcher": case("validate: {$.a: {}}"),
    "only a permission": case("validate: {'$.a[*]': {may_be_empty: true}}"),
    "a subject that is not known": case("validate: {status: 200}"),
    "a subject without its dollar": case("validate: {data.result: 1}"),
    "one branch": case("validate: {any_of: [{status_code: 200}]}"),
    "an absolute path in a record": case("validate: {'$.a[*]': {each: {$.b: 1}}}"),
    "unique that is false": case("validate: {'$.a[*]': {unique: false}}"),
    "an order that is not known": case("validate: {'$.a[*]': {sorted: down}}"),
    "a type that is not known": case("validate: {$.a: {type: text}}"),
    "three bounds": case("validate: {status_code: {between: [1, 2, 3]}}"),
    "text to compare numbers with": case("validate: {elapsed_ms: {less_than: '2000'}}"),
    "a conversion that is not known": case(CHECK, "extract: {a: {path: $.b, as: int}}"),
    "an extract without a path": case(CHECK, "extract: {a: {as: integer}}"),
    "an extract called now": case(CHECK, "extract: {now: $.b}"),
    "an extract of plain text": case(CHECK, "extract: {a: data.b}"),
    "no steps": case("steps: []", CHECK),
    "a step with an id": case("steps: [{id: a, name: 一, validate: {status_code: 200}}]"),
    "rows that are text": case("parametrize: [a, b]", CHECK),
    "a column without values": case("parametrize: {size: []}", CHECK),
    "without a part of nothing": case(CHECK, "without: [header.Token]"),
    "a retry on 200": case(CHECK, "retry: {attempts: 3, on: [200]}"),
    "a skip without a reason": case(CHECK, "skip: true"),
    "a walk without its items": "walks: {all: {page: json.p, size: json.s, more: $.m, "
    "key: id, max_pages: 9}}\n",
    "a level that is not known": case(CHECK, "level: info"),
    "a known defect without a reason": case(CHECK, "known_defect: [{path: $.a}]"),
    "a shared file with a description": "description: 甲\nrequest: {method: POST}\n",
}


@pytest.mark.parametrize("text", GOOD_SUITES.values(), ids=GOOD_SUITES)
def test_the_grammar_accepts_a_valid_suite(text):
    assert list(GRAMMAR.iter_errors(document_of(text))) == []


@pytest.mark.parametrize("text", BAD_SUITES.values(), ids=BAD_SUITES)
def test_the_grammar_refuses_an_invalid_suite(text):
    assert not GRAMMAR.is_valid(document_of(text))
