"""Tests of a team's own Python: functions, signers, decoders and fixtures, in one real run for all."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import signal

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

@pytest.fixture
def untidy():
    yield 1
    raise OSError("the disk is full")
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
  - id: decodes-a-token
    request: {url: /coded}
    validate: {"${claims.role}": admin}
    extract: {claims: {path: $.jwt, decode: jwt}}
  - id: no-token
    request: {url: /coded}
    validate: {"${claims}": 1}
    extract: {claims: {path: $.payload, decode: jwt}}
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
  - id: fixture-cannot-clean-up
    fixtures: untidy
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
    claims = base64.urlsafe_b64encode(json.dumps({"role": "admin", "q": "?>"}).encode()).decode().rstrip("=")
    coded["jwt"] = f"Bearer eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln"
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
        "decodes-a-token": "passed",
        "no-token": "failed",
        "cannot-decode": "failed",
        "decoder-no-json": "broken",
        "fixture": "passed",
        "fixture-fails": "broken",
        "fixture-cannot-clean-up": "broken",
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
        "$.payload：不是 JWT：要有两个点隔开的三段",
        "故障：解码函数 no_json 返回的 set 不是 JSON",
        "RuntimeError: the database is down",
    ],
)
def test_the_reason_is_named(outcome, line):
    assert line in outcome.out


def test_the_cause_of_a_fixture_that_fails_is_what_it_raised(outcome):
    causes = {
        case["id"].partition("::")[2]: case["cause"]
        for case in json.loads(outcome.files["reports/run.json"])["cases"]
    }
    assert causes["fixture-fails"] == "RuntimeError: the database is down"
    assert causes["fixture-cannot-clean-up"] == "OSError: the disk is full"


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


ENDLESS = """
import threading

def endless(value=None, argument=None):
    while True:
        try:
            threading.Event().wait()
        except Exception:
            pass

def while_imported(value=None):
    return value
"""
HANGING = """
  - id: function
    steps: [{call: endless, validate: {$.code: x}}]
  - id: signer
    request: {url: /a, auth: endless}
    validate: {status_code: 200}
  - id: decoder
    request: {url: /a}
    extract: {found: {path: $.text, decode: endless}}
    validate: {"${found}": x}
  - id: sound
    request: {url: /a}
    validate: {$.text: abc}
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timer signal")
def test_a_function_that_never_returns_is_ended_where_it_is(project):
    project.service.replies["/a"] = {"text": "abc"}
    project.environments(
        f"  test: {{base_url: '{project.service.url}', timeout: {{hook: 0.05}}, allow: [write]}}"
    )
    for kind in ("functions", "signers", "decoders"):
        project.write(f"testcases/{kind}.py", ENDLESS)
    project.suite(HANGING)
    outcome = project.run("-p", "no:randomly")
    hanging = dict.fromkeys(("function", "signer", "decoder"), "broken")
    assert outcome.statuses == {**hanging, "sound": "passed"}, outcome.out
    for kind, word in (("functions", "函数"), ("signers", "签名函数"), ("decoders", "解码函数")):
        assert f"故障：{word} endless 0.05 秒没有返回" in outcome.out
        assert f"位置：testcases/{kind}.py:7:13" in outcome.out
    assert "timeout: {hook: 秒数}" in outcome.out


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timer signal")
def test_a_matcher_and_an_import_that_never_return_are_ended_too(project):
    limit = (
        "import framework.checks.declare as d, framework.checks.team_files as t\n"
        "d.HOOK_SECONDS = t.HOOK_SECONDS = 0.05\n"
    )
    project.write("conftest.py", limit + 'pytest_plugins = ["framework.plugin"]\n')
    declared = "from framework import matcher\n" + ENDLESS.replace(
        "def endless", '@matcher(example="$.text: {endless: 1}", doc="never")\ndef endless'
    )
    project.write("testcases/matchers.py", declared)
    project.write("testcases/functions.py", "import threading\nthreading.Event().wait()\n")
    project.service.replies["/a"] = {"text": "abc"}
    project.suite("  - id: a\n    request: {url: /a}\n    validate: {$.text: {endless: 1}}\n")
    outcome = project.run()
    assert outcome.statuses == {"a": "broken"}
    assert "匹配器 endless 自己出错，服务没有得到评判：0.05 秒没有返回" in outcome.out
    project.suite("  - id: a\n    steps: [{call: x, validate: {$.code: x}}]\n")
    assert "testcases/functions.py:2:1: 导入时出错：0.05 秒没有返回" in project.run().out


BODY = """
import hashlib

def of_the_body(request, secrets):
    request["headers"]["X-Sign"] = hashlib.sha256(request["body"].encode()).hexdigest()
    return request

def changes_the_body(request, secrets):
    request["body"] = "{}"
    return request
"""


def test_a_signer_gets_the_body_as_it_is_sent(project):
    def check(headers, body):
        return {"signed": headers.get("X-Sign") == hashlib.sha256(body).hexdigest()}

    project.service.replies["/a"] = check
    project.environments(f"  test: {{base_url: '{project.service.url}', allow: [write]}}")
    project.write("testcases/signers.py", BODY)
    project.suite(
        """
  - id: json
    request: {method: POST, url: /a, auth: of_the_body, json: {b: [1, {z: 李}], a: null}}
    validate: {$.signed: true}
  - id: form
    request: {method: POST, url: /a, auth: of_the_body, data: {b: [1, 2], a: 李 明}}
    validate: {$.signed: true}
  - id: text
    request: {method: POST, url: /a, auth: of_the_body, data: "<a>李</a>"}
    validate: {$.signed: true}
  - id: changed
    request: {method: POST, url: /a, auth: changes_the_body, json: {a: 1}}
    validate: {$.signed: true}
"""
    )
    outcome = project.run()
    expected = {"json": "passed", "form": "passed", "text": "passed", "changed": "broken"}
    assert outcome.statuses == expected, outcome.out
    assert "改了 body：它只供计算，要改就改 json 或 data" in outcome.out


SLOW_FIXTURES = """
import time

import pytest

pytest_plugins = ["framework.plugin"]


@pytest.fixture(scope="session")
def never():
    while True:
        time.sleep(0.01)


@pytest.fixture
def lingers():
    yield 1
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timer signal")
def test_a_fixture_that_never_returns_is_ended_where_it_is(project):
    project.service.replies["/a"] = {"text": "abc"}
    project.environments(f"  test: {{base_url: '{project.service.url}', timeout: {{hook: 0.1}}}}")
    project.write("conftest.py", SLOW_FIXTURES)
    case = "  - {{id: {0}, fixtures: [{1}], request: {{url: /a}}, validate: {{$.text: abc}}}}\n"
    project.suite(case.format("one", "never") + case.format("two", "never") + case.format("end", "lingers"))
    outcome = project.run("-p", "no:randomly")
    assert outcome.code == 1
    assert (outcome.statuses["one"], outcome.statuses["two"]) == ("broken", "broken"), outcome.out
    assert "fixture never 0.1 秒没有返回" in outcome.out
    assert "conftest.py:12:" in outcome.out
    assert "fixture 的收回 0.1 秒没有返回" in outcome.out
