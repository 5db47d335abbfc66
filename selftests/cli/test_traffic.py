"""The commands import-har and import-curl: every request comes out or is named, without secrets."""

from __future__ import annotations

import base64
import json

import pytest

from framework.cli.traffic.har_file import read_har

TOKEN, MOBILE = "PHONE_qwertyuiopasdfghjklzxcvb", "13812345678"
ORIGIN = "https://api.example"
CURL = f"""curl '{ORIGIN}/list?a=1&a=2' -H 'Token: {TOKEN}' -H 'User-Agent: x' -H 'Accept: */*' --compressed ;
curl '{ORIGIN}/page' \\
  -H 'content-type: application/json' \\
  --data-raw '{{"pageNo":1,"password":"Pass-Word-01"}}' ;
curl '{ORIGIN}/form' --data-raw 'user=me&password=Pass-Word-02' &
curl '{ORIGIN}/upload' -F 'file=@a.docx'
"""


def entry(path: str = "/list", **keys: object) -> dict:
    request = {
        "method": "GET",
        "url": ORIGIN + path,
        "headers": [{"name": ":authority", "value": "api.example"}, {"name": "Token", "value": TOKEN}],
        **keys.pop("request", {}),
    }
    document = {"success": True, "token": TOKEN, "mobile": MOBILE}
    content = {"size": 9, "mimeType": "application/json", "text": json.dumps(document)}
    response = {
        "status": 200,
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "content": content,
        "redirectURL": "",
        **keys.pop("response", {}),
    }
    return {
        "startedDateTime": "2026-11-01T08:00:00.000Z",
        "time": 12.5,
        "request": request,
        "response": response,
    }


def posted(mime: str, text: str) -> dict:
    return {"method": "POST", "postData": {"mimeType": mime, "text": text}}


ENTRIES = [
    entry("/list?a=1"),
    entry("/list?a=1"),
    entry("/page", request=posted("application/json;charset=UTF-8", '{"pageNo": 1}')),
    entry(
        "/image",
        response={"content": {"size": 3, "text": base64.b64encode(b"\x89PN").decode(), "encoding": "base64"}},
    ),
    entry("/moved", response={"status": 302, "redirectURL": "/list"}),
    entry("/blocked", response={"status": 0}),
    entry("/gone", response={"content": {"size": 99}}),
    entry(request={"url": "wss://api.example/ws"}),
    entry("/upload", request=posted("multipart/form-data; boundary=x", "…")),
    {"request": {"url": ORIGIN + "/odd"}},
    7,
]
NAMED = ("/moved", "/blocked", "/gone", "wss://", "/upload", "/odd", "第 11 条")


@pytest.fixture
def imported(small_project):
    small_project.write(
        "environments.yaml",
        "default: test\nenvironments:\n  test:\n"
        f"    base_url: '{ORIGIN}'\n    secrets: {{token: POLICY_TOKEN, password: QA_PASSWORD}}\n",
    )
    small_project.write(
        "web.har", json.dumps({"log": {"version": "1.2", "entries": ENTRIES}}, ensure_ascii=False)
    )
    outcome = small_project.run("import-har", "web.har", "--to", "tape", "--suite", "testcases/web.yaml")
    return small_project, outcome


def test_all_that_goes_in_comes_out_or_is_named(imported):
    project, (code, out, err) = imported
    assert (code, err) == (1, "")
    tape = [json.loads(path.read_text("utf-8")) for path in (project.root / "tape/cases").rglob("*.har")]
    assert [one["request"]["url"].removeprefix(ORIGIN) for one in tape[0]["log"]["entries"]] == [
        "/list?a=1",
        "/list?a=1",
        "/page",
        "/image",
    ]
    assert all(name in out for name in NAMED) and "省去 1 个" in out
    assert "/image：答复不是 JSON" in out


def test_no_secret_reaches_the_tape_or_the_suite(imported):
    project, _ = imported
    for folder in ("tape", "testcases"):
        for path in (project.root / folder).rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert TOKEN.encode() not in content, path
            assert folder == "testcases" or MOBILE.encode() not in content, path


def test_the_suite_passes_on_the_tape(imported, regress):
    project, _ = imported
    regress(f"--replay={project.root / 'tape'}").assert_outcomes(passed=2)


def test_curl_lines_become_cases_and_the_others_are_named(small_project):
    small_project.write("lines.txt", CURL)
    code, out, _ = small_project.run("import-curl", "lines.txt", "--suite", "testcases/web.yaml")
    text = (small_project.root / "testcases/web.yaml").read_text("utf-8")
    assert code == 1 and "第 4 条：不认识 curl 的选项 -F" in out and "写成 3 个用例" in out
    assert "User-Agent、Accept" in out and "密钥 password_2 没有写出来" in out
    assert "Pass-Word" not in text and TOKEN not in text
    assert "a: [1, 2]" in text and "password: '${password}'" in text and "data: {user: me" in text


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        ('{"log": {"entries": [', ("--to", "tape"), "不是完整的 JSON，可能被截断"),
        ('{"entries": []}', ("--to", "tape"), "不是 HAR"),
        ('{"log": {"entries": []}}', ("--to", "tape"), "没有可以回放的请求"),
        ('{"log": {"entries": []}}', (), "没有说写到哪里"),
        ('{"log": {"entries": []}}', ("--suite", "web.har"), "已经存在，不覆盖"),
    ],
)
def test_a_bad_file_is_one_clear_line(small_project, content, options, expected):
    small_project.write("web.har", content)
    code, _, err = small_project.run("import-har", "web.har", *options)
    assert code == 2 and expected in err and len(err.splitlines()) <= 2


def test_a_body_null_and_the_type_that_curl_sends_are_kept_and_options_without_a_place_are_named(
    small_project,
):
    small_project.write("lines.txt", f"curl -k {ORIGIN}/a -d null\ncurl {ORIGIN}/b --json null\n")
    code, out, _ = small_project.run("import-curl", "lines.txt", "--suite", "testcases/web.yaml")
    text = (small_project.root / "testcases/web.yaml").read_text("utf-8")
    assert code == 1 and "第 1 条：curl 的 -k 没有带过来；" in out
    assert text.count("data: 'null'") == 2
    assert "Content-Type: application/x-www-form-urlencoded" in text and "application/json" in text


@pytest.mark.parametrize("content", ["", "wget http://a", "curl"])
def test_a_file_without_a_curl_line_is_refused(small_project, content):
    small_project.write("lines.txt", content)
    code, _, err = small_project.run("import-curl", "lines.txt", "--suite", "web.yaml")
    assert code == 2 and "curl" in err


def test_cookies_that_http2_splits_are_joined_as_cookies(tmp_path):
    """RFC 9113, section 8.2.3."""
    headers = [{"name": "cookie", "value": "A=1"}, {"name": "cookie", "value": "B=2"}]
    headers += [{"name": "X-Tag", "value": "a"}, {"name": "x-tag", "value": "b"}]
    file = tmp_path / "web.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry(request={"headers": headers})]}}))
    (exchange,) = read_har(file).exchanges
    assert exchange.request.headers == {"cookie": "A=1; B=2", "X-Tag": "a, b"}
