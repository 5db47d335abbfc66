"""Tests of init: a project that runs, made of one request, with its credentials taken out."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from framework.base.errors import CaseFileError, ConfigError
from framework.cli.init.command import init_command
from framework.cli.init.curl import CurlRequest, read_curl
from framework.cli.init.learn import contract_of, find_list, find_walk
from framework.cli.init.secrets import without_secrets
from framework.run.project import read_project
from selftests.inner import run_pytest
from selftests.shipped import ROOT, WITHOUT_PLUGINS

TOKEN = "SECRET-TOKEN-123456"
RECORDS = [{"id": number, "name": f"n{number}", "owner": None if number % 2 else "x"} for number in range(23)]


class _Handler(BaseHTTPRequestHandler):
    received: list[str]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        begin = (asked["pageNo"] - 1) * asked["pageSize"]
        page = RECORDS[begin : begin + asked["pageSize"]]
        more = begin + asked["pageSize"] < len(RECORDS)
        document: Any = {"data": {"result": page, "totalNum": str(len(RECORDS)), "hasNext": more}}
        authorized = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        self._answer(200 if authorized else 401, document if authorized else {"code": 401})

    def do_GET(self) -> None:
        if self.path == "/refused":
            self._answer(200, {"code": 10401, "msg": "请先登录"})
            return
        asked = dict(parse_qsl(urlsplit(self.path).query))
        begin, size = int(asked.get("offset", 0)), int(asked.get("limit", 10))
        self._answer(200, {"rows": RECORDS[begin : begin + size], "count": len(RECORDS)})

    def do_DELETE(self) -> None:
        self._answer(200, {})

    def _answer(self, status: int, document: Any) -> None:
        self.received.append(f"{self.command} {self.path}")
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Any]:
    handler = type("Handler", (_Handler,), {"received": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    server.received = handler.received  # type: ignore[attr-defined]
    yield server
    server.shutdown()
    server.server_close()


def curl_of(service: Any, token: str = TOKEN) -> str:
    return (
        f"curl '{service.url}/list' -H 'Authorization: Bearer {token}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  --data-raw \'{"pageNo":1,"pageSize":10,"query":{"text":"${x}"}}\' --compressed'
    )


def init(folder: Path, *arguments: str) -> tuple[int, str]:
    said: list[str] = []
    return init_command([str(folder), *arguments], said.append), "\n".join(said)


def run_in(folder: Path) -> tuple[int, str]:
    """Run pytest in *folder*, as a user who has the harness does."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = run_pytest(WITHOUT_PLUGINS, folder, variables)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", ["curl", "url"])
def test_the_project_is_green_at_once(service, tmp_path, arguments):
    folder = tmp_path / "made"
    url = ("--url", f"{service.url}/rows?offset=0&limit=10")
    given = ("--curl", curl_of(service)) if arguments == "curl" else url
    code, said = init(folder, *given)
    assert code == 0, said
    code, out = run_in(folder)
    assert code == 0, out
    assert "2 passed" in out
    assert not list(read_project(folder).problems)


def test_credentials_are_taken_out_and_only_their_owner_can_read_them(service, tmp_path):
    folder = tmp_path / "made"
    init(folder, "--curl", curl_of(service))
    for path in folder.rglob("*"):
        if path.is_file() and path.name != ".env":
            assert TOKEN not in path.read_text(encoding="utf-8"), path
    env = folder / ".env"
    assert env.read_text(encoding="utf-8") == f"QA_TOKEN='{TOKEN}'\n"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert ".env" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_nothing_that_exists_is_overwritten(service, tmp_path):
    (tmp_path / "pytest.ini").write_text("mine")
    with pytest.raises(ConfigError, match=r"已经有 pytest\.ini，什么也没有写"):
        init(tmp_path, "--url", f"{service.url}/rows")
    assert [path.name for path in tmp_path.iterdir()] == ["pytest.ini"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("curl http://127.0.0.1:1/list", "连接被拒绝"),
        ('curl {url}/list -d \'{{"pageNo":1,"pageSize":1}}\'', "服务答复 HTTP 401"),
        ("curl {url}/refused", '答复像是拒绝：{"code": 10401, "msg": "请先登录"}'),
    ],
)
def test_without_a_reply_nothing_is_written_so_that_the_line_can_be_tried_again(
    service, tmp_path, line, reason
):
    with pytest.raises(ConfigError, match=f"什么也没有写：.*{re.escape(reason)}"):
        init(tmp_path / "made", "--curl", line.format(url=service.url))
    assert list(tmp_path.iterdir()) == []


def test_a_request_that_is_not_sent_makes_a_project_all_the_same(service, tmp_path):
    folder = tmp_path / "made"
    code, said = init(folder, "--curl", f"curl -X DELETE {service.url}/list/7")
    assert code == 1
    assert "DELETE 会改变数据，没有发送" in said
    assert (folder / "testcases/list/smoke.yaml").is_file()
    assert not [entry for entry in service.received if entry.startswith("DELETE")]
    assert not list(read_project(folder).problems)


def test_a_project_without_a_request_says_where_to_write_it(tmp_path):
    code, said = init(tmp_path / "made")
    assert code == 0
    assert "在 environments.yaml 里写 base_url" in said


# -- the parts


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("curl example.org/a", CurlRequest("GET", "http://example.org/a")),
        ("curl -G https://e.org/a -d x=1", CurlRequest("GET", "https://e.org/a", params={"x": 1})),
        (
            "curl 'https://e.org/?q=007&b='",
            CurlRequest("GET", "https://e.org/", params={"q": "007", "b": ""}),
        ),
        ("curl -XPUT https://e.org/a -d 'a=b'", CurlRequest("PUT", "https://e.org/a", data="a=b")),
        ("curl -I --url https://e.org/", CurlRequest("HEAD", "https://e.org/")),
        (
            "curl https://e.org/ -b 'A=1; B=2'",
            CurlRequest("GET", "https://e.org/", cookies={"A": "1", "B": "2"}),
        ),
        ("curl https://e.org/ -H 'Cookie: A=1'", CurlRequest("GET", "https://e.org/", cookies={"A": "1"})),
        ("curl https://e.org/ --json '[1]'", CurlRequest("POST", "https://e.org/", json=[1])),
        ("curl https://e.org/ -d null", CurlRequest("POST", "https://e.org/", data="null")),
        ("curl https://e.org/ -d 'in $' -sSL", CurlRequest("POST", "https://e.org/", data="in $")),
        (
            r"""curl 'https://e.org/' -d $'{"a":"it\'s \u0021\n\ud83d\ude00"}'""".replace(r"\n", r"\\n"),
            CurlRequest("POST", "https://e.org/", json={"a": "it's !\n😀"}),
        ),
        (
            r"""curl https://e.org/ --data-raw "say \"\$5\" \n" """,
            CurlRequest("POST", "https://e.org/", data=r'say "$5" \n'),
        ),
        (
            "curl https://e.org/ --data-urlencode 'a=1 2' --data-urlencode '条例'",
            CurlRequest("POST", "https://e.org/", data="a=1%202&%E6%9D%A1%E4%BE%8B"),
        ),
    ],
)
def test_a_curl_line_is_read(line, request_):
    assert read_curl(line) == request_


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("wget x", "要以 curl 开头"),
        ("curl", "恰好一个地址，现在有 0 个"),
        ("curl a b", "恰好一个地址，现在有 2 个"),
        ("curl 'a", "读不懂"),
        ("curl a -H", "后面没有值"),
        ("curl a --upload-file b", "不认识 curl 的选项 --upload-file"),
        ("curl a -F x=y", "不认识 curl 的选项 -F"),
        ("curl a -d @body.json", "从文件读请求体：@body.json"),
        ("curl a --data-urlencode q@body.txt", "从文件读请求体：q@body.txt"),
        ("curl a -d $'x", "第 11 个字的引号没有成对"),
    ],
)
def test_a_curl_line_that_cannot_be_read_is_refused(line, message):
    with pytest.raises(CaseFileError, match=message):
        read_curl(line)


@pytest.mark.parametrize(
    ("option", "how"),
    [
        ("-u me:secret", "Authorization: Basic"),
        ("--user=me:secret", "Authorization: Basic"),
        ("-F x=@y.pdf", "files: {字段: {path: 文件}}"),
        ("-T y.pdf", "body: {path: 文件}"),
        ("--anyauth", "删去它"),
    ],
)
def test_a_refused_option_says_what_to_write(option, how):
    with pytest.raises(CaseFileError) as refused:
        read_curl(f"curl {option} https://e.org/")
    (problem,) = refused.value.problems
    assert how in problem.how


def test_two_headers_of_one_name_are_one_with_both_values():
    request = read_curl("curl https://e.org/ -H 'X-Tag: a' -H 'x-tag: b' -H 'Cookie: A=1' -H 'Cookie: B=2'")
    assert request.headers == {"X-Tag": "a, b"}
    assert request.cookies == {"A": "1", "B": "2"}
    assert request.left_out == ()


@pytest.mark.parametrize(
    "option",
    [
        "-k",
        "--insecure",
        "-m 5",
        "--max-time 5",
        "--connect-timeout=1",
        "--retry 2",
        "-x p:1",
        "--cacert ca",
        "--cert c",
        "-sSkL",
    ],
)
def test_an_option_that_changes_no_request_is_named(option):
    request = read_curl(f"curl {option} https://e.org/")
    assert replace(request, left_out=()) == CurlRequest("GET", "https://e.org/")
    (line,) = request.left_out
    name = "-k" if option == "-sSkL" else re.split("[ =]", option)[0]
    assert line.startswith(f"curl 的 {name} 没有带过来；")


def test_the_same_secret_is_kept_once_and_short_values_stay():
    request = CurlRequest(
        "POST",
        "https://e.org/",
        {"X-Token": "abcdef123", "Token": "short"},
        {"sign": "1"},
        {"password": "p@ssword1", "text": "${x}"},
        cookies={"SID": "abcdef123"},
    )
    kept = without_secrets(request)
    assert kept.secrets == {"x_token": "abcdef123", "password": "p@ssword1"}
    assert kept.request.headers == {"X-Token": "${x_token}", "Token": "short"}
    assert kept.request.cookies == {"SID": "${x_token}"}
    assert kept.request.json == {"password": "${password}", "text": "$${x}"}


@pytest.mark.parametrize(
    ("request_", "document", "walk"),
    [
        (
            {"params": {"page": 0, "size": 5}},
            {"content": [{"id": "a"}], "last": True, "totalElements": 1},
            {
                "page": "params.page",
                "first": 0,
                "size": "params.size",
                "items": "$.content",
                "key": "id",
                "last": "$.last",
                "total": "$.totalElements",
            },
        ),
        ({"params": {}}, {"content": [{"id": "a"}]}, {}),
        ({"params": {"page": 1}}, {"content": [{"id": "a"}, {"id": "a"}]}, {}),
        ({"params": {"page": 1}}, [{"id": 1}], {"page": "params.page", "items": "$", "key": "id"}),
        (
            {},
            {"data": [{"id": 1}], "links": {"prev": "/a?p=0", "next": "/a?p=2"}},
            {"next": "$.links.next", "items": "$.data", "key": "id"},
        ),
        (
            {"json": {"cursor": None}},
            {"items": [{"id": 1}], "page": {"next": "10"}},
            {"cursor": "json.cursor", "from": "$.page.next", "items": "$.items", "key": "id"},
        ),
        ({"json": {"cursor": None}}, {"items": [{"id": 1}], "page": {"next": None}}, {}),
        ({}, {"items": [{"id": 1}], "next": "10"}, {}),
    ],
)
def test_paging_is_recognized(request_, document, walk):
    assert find_walk(request_, document, find_list(document)) == walk


def test_paging_by_a_link_header_is_recognized():
    document = [{"id": 1}]
    walk = find_walk({}, document, find_list(document), '<http://x/a?p=2>; rel="next"')
    assert walk == {"next": "headers.Link", "items": "$", "key": "id"}


def test_a_list_whose_paging_is_not_recognized_is_named(service, tmp_path):
    code, said = init(tmp_path / "made", "--url", f"{service.url}/rows")
    assert code == 0
    assert "没有认出这个列表怎样翻页" in said
    assert "没有认出" not in init(tmp_path / "paged", "--url", f"{service.url}/rows?offset=0&limit=10")[1]


def test_a_contract_has_what_all_records_have():
    contract = contract_of({"rows": [{"id": 1, "a": None}, {"id": 1.5, "b": [True]}]}, "x")
    assert contract["properties"]["rows"]["items"] == {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "number"},
            "a": {"type": "null"},
            "b": {"type": "array", "items": {"type": "boolean"}},
        },
    }
