"""Tests of a team's own Python: functions, signers, decoders and fixtures, in one real run for all."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

FUNCTIONS = """
import datetime

def sms_code(phone, length=6):
    return {"code": "7" * length, "phone": phone}

def raises(number):
    return {"code": 1 / number}

def no_json():
    return {"at": datetime.datetime(2026, 1, 1)}

def leaves():
    raise SystemExit(3)
"""
SIGNERS = """
import hashlib

def md5_sorted(request, secrets):
    text = "&".join(f"{key}={value}" for key, value in sorted(request["params"].items()))
    digest = hashlib.md5((text + secrets["token"]).encode()).hexdigest()
    request["params"]["sign"] = digest
    request["headers"]["Authorization"] = "Bearer " + secrets["token"][::-1]
    return request

def elsewhere(request, secrets):
    request["url"] = "http://127.0.0.1:1/steal"
    return request

def forgets(request, secrets):
    request["headers"]["X-Sign"] = "1"
"""
DECODERS = """
def reversed_text(value):
    return value[::-1]

def no_json(value):
    return {1, 2}
"""
CONFTEST = """
pytest_plugins = ["framework.plugin"]
import pytest

@pytest.fixture
def seeded():
    yield {"id": "p-1"}
    open("torn-down", "w").close()

@pytest.fixture
def connection():
    return object()

@pytest.fixture
def failing():
    raise RuntimeError("the database is down")
"""
SUITE = """
  - id: calls
    steps:
      - name: 短信
        call: sms_code
        with: {phone: "${phone}"}
        validate: {$.code: {matches: '^7+$'}}
        extract: {code: $.code}
      - request: {url: /echo, params: {code: "${code}"}}
        validate: {$.query: "code=777777"}
  - id: call-fails
    steps: [{call: sms_code, with: {phone: "1", length: 4}, validate: {$.code: "777777"}}]
  - id: raises
    steps: [{call: raises, with: {number: 0}, validate: {$.code: 1}}]
  - id: no-json
    steps: [{call: no_json, validate: {$.at: x}}]
  - id: leaves
    steps: [{call: leaves, validate: {$.at: x}}]
  - id: signs
    request: {url: /echo, auth: md5_sorted, params: {b: 2, a: 1}}
    validate:
      $.query: {matches: '^b=2&a=1&sign=[0-9a-f]{32}$'}
      $.headers.Authorization: {starts_with: Bearer}
  - id: goes-elsewhere
    request: {url: /echo, auth: elsewhere}
    validate: {status_code: 200}
  - id: forgets
    request: {url: /echo, auth: forgets}
    validate: {status_code: 200}
  - id: decodes
    request: {url: /coded}
    validate: {"${user.level}": 3, "${zipped}": 第一条, "${mirrored}": abc, "${all}": {equals: [1, 2]}}
    extract:
      user: {path: $.payload, decode: [base64, json]}
      zipped: {path: $.zipped, decode: [base64, gzip]}
      mirrored: {path: $.mirrored, decode: [url, reversed_text]}
      all: {path: "$.list[*]", decode: json}
  - id: cannot-decode
    request: {url: /coded}
    validate: {"${broken}": 1}
    extract: {broken: {path: $.mirrored, decode: [base64, gzip]}}
  - id: decoder-no-json
    request: {url: /coded}
    validate: {"${broken}": 1}
    extract: {broken: {path: $.payload, decode: no_json}}
  - id: fixture
    fixtures: [seeded, connection]
    request: {url: /echo, params: {id: "${seeded.id}"}}
    validate: {$.query: id=p-1}
  - id: fixture-fails
    fixtures: failing
    request: {url: /echo}
    validate: {status_code: 200}
"""


@pytest.fixture(scope="module")
def outcome(module_project):
    project = module_project

    def answer(headers, body):
        return {"query": project.service.received[-1][1].partition("?")[2], "headers": headers}

    payload = base64.b64encode(json.dumps({"level": 3}).encode()).decode()
    zipped = base64.urlsafe_b64encode(gzip.compress("第一条".encode())).decode().rstrip("=")
    coded = {"payload": payload, "zipped": zipped, "mirrored": "c%62a", "list": ["1", "2"]}
    project.service.replies = {"/echo": answer, "/coded": coded}
    for name, text in (("functions", FUNCTIONS), ("signers", SIGNERS), ("decoders", DECODERS)):
        project.write(f"testcases/{name}.py", text)
    project.write("conftest.py", CONFTEST)
    project.suite(SUITE, head="variables: {phone: '13800000000'}\n")
    return project.run("-p", "no:randomly")


def test_each_case_has_the_status_that_it_deserves(outcome):
    expected = {
        "calls": "passed",
        "call-fails": "failed",
        "raises": "broken",
        "no-json": "broken",
        "leaves": "broken",
        "signs": "passed",
        "goes-elsewhere": "broken",
        "forgets": "broken",
        "decodes": "passed",
        "cannot-decode": "failed",
        "decoder-no-json": "broken",
        "fixture": "passed",
        "fixture-fails": "broken",
    }
    assert outcome.statuses == expected, outcome.out


@pytest.mark.parametrize(
    "line",
    [
        "故障：函数 raises 出错：ZeroDivisionError: division by zero",
        "位置：testcases/functions.py:8:5",
        "故障：函数 no_json 返回的 dict 不是 JSON（TypeError: Object of type datetime is not",
        "故障：函数 leaves 出错：SystemExit: 3",
        "故障：签名函数 elsewhere 改了 url：签名只能加请求头、参数和请求体的内容",
        "故障：签名函数 forgets 返回了 NoneType，要返回请求（一个字典）",
        "$.mirrored：不是 base64",
        "故障：解码函数 no_json 返回的 set 不是 JSON",
        "RuntimeError: the database is down",
    ],
)
def test_the_reason_is_named(outcome, line):
    assert line in outcome.out


def test_nothing_went_to_the_other_address_and_the_fixture_was_torn_down(outcome):
    assert (outcome.folder / "torn-down").exists()


def test_what_a_signer_derives_from_a_secret_is_masked(outcome, token):
    for name, content in outcome.everything().items():
        assert token[::-1].encode() not in content, name


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["steps: [{call: sms_code, with: {phon: '1'}, validate: {$.a: x}}]"], "sms_code(phone, length=6)"),
        (["steps: [{call: sms_cod, validate: {$.a: x}}]"], "你是不是要写 sms_code？"),
        (["fixtures: seded", "request: {url: /a}", "validate: {status_code: 200}"], "你是不是要写 seeded？"),
    ],
    ids=["arguments", "function", "fixture"],
)
def test_a_wrong_name_is_a_located_problem(outcome, module_project, lines, message):
    module_project.suite("  - id: a\n" + "".join(f"    {line}\n" for line in lines))
    out = module_project.run("--collect-only", "-q").out
    assert message in out and "testcases/list.yaml:" in out, out
    assert "Traceback" not in out


def test_a_file_that_cannot_be_imported_is_named_with_its_line(project):
    project.write("testcases/functions.py", "import json\nnope()\n")
    project.suite("  - id: a\n    steps: [{call: x, validate: {$.code: x}}]\n")
    out = project.run("--collect-only", "-q").out
    assert "testcases/functions.py:2:1: 导入时出错：NameError: name 'nope' is not defined" in out
    project.suite("  - id: a\n    request: {url: /a}\n    validate: {status_code: 200}\n")
    assert "导入时出错" not in project.run("--collect-only", "-q").out
