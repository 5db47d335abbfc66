"""Tests of a login: one for a run and all its workers, renewed when the service ends it, never shown."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from framework.base.filelock import locked
from framework.cases.request import Request
from framework.run.session import Login, Memory, Session

PASSWORD = "PASSWORD-0123456789"
ENVIRONMENT = """\
  test:
    base_url: '{url}'
    allow: [write]
    secrets: {{user: QA_USER, password: QA_PASSWORD}}
    rejected_credentials: [401]
    login:
      - request: {{method: POST, url: /login, json: {{user: "${{user}}", password: "${{password}}"}}}}
        extract: {{token: $.data.token}}
"""
SUITE = """
  - id: list
    parametrize: {n: [1, 2, 3, 4, 5, 6]}
    request: {url: /list, headers: {Token: "${token}"}, params: {n: "${n}"}}
    validate: {$.success: true}
  - id: open
    request: {url: /open}
    validate: {$.success: true}
  - id: wrong-token
    request: {url: /list, headers: {Token: wrong-token-of-the-case}}
    validate: {status_code: 401}
"""


class Accounts:
    """A service whose tokens live as long as *lives* requests; 0 means for ever."""

    def __init__(self, lives: int = 0) -> None:
        self.lives = lives
        self.left: dict[str, int] = {}
        self.logins: list[Any] = []
        self.lock = threading.Lock()

    def login(self, headers: dict[str, str], body: bytes) -> Any:
        with self.lock:
            self.logins.append(json.loads(body))
            token = f"SESSION-{len(self.logins)}-0123456789abcdef"
            self.left = {token: self.lives or 10**6}
            return {"data": {"token": token}}

    def list(self, headers: dict[str, str], body: bytes) -> Any:
        with self.lock:
            token = headers.get("Token", "")
            if self.left.get(token, 0) < 1:
                return 401, {"success": False, "echo": token}
            self.left[token] -= 1
            return {"success": True, "echo": token}


@pytest.fixture
def accounts(project):
    made = Accounts()
    project.variables |= {"QA_USER": "qa-user", "QA_PASSWORD": PASSWORD}
    project.environments(ENVIRONMENT.format(url=project.service.url))
    replies = {"/login": made.login, "/list": made.list, "/open": {"success": True}}
    project.service.replies = replies
    project.suite(SUITE)
    return made


@pytest.fixture
def temporary(project) -> Path:
    """A folder for temporary files that only the runs of this test use."""
    folder = project.folder / "temporary"
    folder.mkdir()
    project.variables["TMPDIR"] = str(folder)
    return folder


def assert_no_token(outcome) -> None:
    for name, content in outcome.everything().items():
        assert b"SESSION-" not in content, name
        assert PASSWORD.encode() not in content, name


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "two-workers"])
def test_a_run_logs_in_once_and_leaves_nothing_behind(project, accounts, temporary, workers):
    outcome = project.run(*workers)
    assert outcome.code == 0, outcome.out
    assert accounts.logins == [{"user": "qa-user", "password": PASSWORD}]
    assert list(temporary.glob("api-regression-*")) == []
    assert_no_token(outcome)


def test_a_run_deletes_the_logins_of_runs_that_were_killed_and_no_others(project, accounts, temporary):
    folders = {}
    for name in ("killed", "running", "foreign"):
        folders[name] = temporary / f"api-regression-{name}"
        folders[name].mkdir(mode=0o700 if name != "foreign" else 0o755)
        (folders[name] / "owner").touch()
        (folders[name] / "login.json").write_text('{"number": 1, "values": {"token": "SESSION-old"}}')
    with locked(folders["running"] / "owner"):
        assert project.run("-k", "open").code == 0
    assert [name for name, folder in folders.items() if folder.exists()] == ["running", "foreign"]


def test_cases_that_need_no_session_do_not_log_in(project, accounts):
    outcome = project.run("-k", "open or wrong")
    assert outcome.code == 0, outcome.out
    assert accounts.logins == []


def test_a_session_that_the_service_ends_is_renewed_and_the_request_repeated(project, accounts):
    accounts.lives = 2
    outcome = project.run("-p", "no:randomly")
    assert outcome.code == 0, outcome.out
    assert len(accounts.logins) == 3
    assert_no_token(outcome)
    # Every request is counted and in the log: those of the logins, and those that were refused.
    sent = [line for line in outcome.log if line["event"] == "exchange"]
    assert sum(1 + line["http.request.resend_count"] for line in sent) == len(project.service.received)
    logins = [line for line in sent if line["url.full"].endswith("/login")]
    assert [line["step"] for line in logins] == ["登录：第 1 步"] * 3
    assert "password" in logins[0]["request"] and "qa-user" not in logins[0]["request"]
    cases = json.loads(outcome.files["reports/run.json"])["cases"]
    assert sum(case["requests"] for case in cases) == len(project.service.received)


@dataclass(frozen=True)
class Answer:
    """As much of an exchange as a session looks at."""

    reply: SimpleNamespace
    attempts: int = 1


def two_processes(lives: int, monkeypatch) -> tuple[list[Any], list[int]]:
    """Return two sessions of one run, each as a function that sends, and the numbers of their logins."""
    left: dict[str, int] = {}
    logins: list[int] = []

    def log_in(number, environment, context, results):
        logins.append(number)
        left.clear()
        left[f"SESSION-{number}"] = lives
        return Login(number, {"token": f"SESSION-{number}"})

    def send(request):
        token = request.headers["Token"]
        left[token] = left.get(token, 0) - 1
        return Answer(SimpleNamespace(status=200 if left[token] >= 0 else 401))

    monkeypatch.setattr("framework.run.session._run_login", log_in)
    store, environment = Memory(), SimpleNamespace(rejected_credentials=(401,), rejected_replies=())
    context = SimpleNamespace(environment=environment)

    def process():
        session = Session(context, store, lambda *_: None)
        token = session.needed_values()["token"]
        return lambda: session.sending(send)(Request("GET", "http://s/", headers={"Token": token}))

    return [process(), process()], logins


@pytest.mark.parametrize("lives", [1, 2, 3])
@pytest.mark.parametrize("order", ["0101010101", "0011100011", "0111101111"])
def test_two_processes_share_a_session_that_lives_for_a_few_requests(monkeypatch, lives, order):
    senders, logins = two_processes(lives, monkeypatch)
    assert [senders[int(one)]().reply.status for one in order] == [200] * len(order)
    assert len(logins) <= -(-len(order) // lives) + 1


def test_what_no_session_may_do_logs_in_once_more_in_each_process(monkeypatch):
    senders, logins = two_processes(0, monkeypatch)
    assert {senders[int(one)]().reply.status for one in "0011010101"} == {401}
    assert logins == [1, 2, 3]


def test_a_login_that_fails_breaks_the_cases_that_need_it_once(project, accounts):
    def refuse(headers, body):
        accounts.logins.append(body)
        return 200, {"code": "500", "msg": "密码错误"}

    project.service.replies["/login"] = refuse
    outcome = project.run("-n", "2")
    assert outcome.code != 0
    assert len(accounts.logins) == 1
    statuses = outcome.statuses
    assert [statuses[f"list[{n}]"] for n in range(1, 7)] == ["broken"] * 6
    assert (statuses["open"], statuses["wrong-token"]) == ("passed", "passed")
    assert "登录没有成功：$.data.token：" in outcome.out
    assert "6 × [环境故障] 登录没有成功：" in outcome.out
    assert "environments.yaml:" in outcome.out
    assert_no_token(outcome)


def test_a_login_without_its_secret_is_not_sent(project, accounts):
    project.variables = {"QA_USER": "user-of-the-tests"}
    outcome = project.run()
    assert not accounts.logins
    assert outcome.statuses["list[1]"] == "broken"
    assert outcome.statuses["open"] == "passed"
    assert "密钥 password 没有值" in outcome.out


NEEDS_A_SECRET = """
  - id: called
    steps:
      - call: give
        with: {code: "${password}"}
        validate: {$.code: {type: string}}
  - id: compared
    request: {url: /open}
    validate: {$.success: "${password}"}
  - id: compared-at-the-end
    steps:
      - request: {url: /open}
        extract: {found: $.success}
    validate: {"${found}": "${password}"}
  - id: own-value
    variables: {password: not-a-secret}
    request: {url: /open, params: {p: "${password}"}}
    validate: {$.success: true}
"""


def test_nothing_takes_an_empty_text_for_a_secret_without_a_value(project, accounts):
    project.variables = {"QA_USER": "user-of-the-tests"}
    project.write("testcases/functions.py", "def give(code):\n    return {'code': code}\n")
    project.suite(NEEDS_A_SECRET)
    outcome = project.run()
    assert outcome.statuses == {
        "called": "broken",
        "compared": "broken",
        "compared-at-the-end": "broken",
        "own-value": "passed",
    }
    assert not [path for _, path, _, _ in project.service.received if "p=" not in path]


def test_a_file_of_secrets_that_is_not_utf8_is_named(project, accounts):
    (project.folder / ".env").write_bytes("QA_PASSWORD=password-of-the-tests\n".encode("utf-16"))
    project.variables = {"QA_USER": "user-of-the-tests"}
    outcome = project.run()
    assert outcome.code == 4
    assert ".env 不是 UTF-8" in outcome.out
    assert "Traceback" not in outcome.out


def test_a_session_that_is_never_accepted_does_not_loop(project, accounts):
    project.service.replies["/list"] = lambda headers, body: (401, {"success": False})
    outcome = project.run("-p", "no:randomly")
    assert len(accounts.logins) == 2
    assert outcome.statuses["list[1]"] == "broken"
    assert outcome.statuses["open"] == "passed"
    assert "服务拒绝了登录取得的 token：HTTP 401" in outcome.out
    assert "[令牌失效] 服务拒绝了登录取得的 token" in outcome.out


def test_a_login_that_hangs_is_bounded(project, accounts):
    release = threading.Event()
    project.service.replies["/login"] = lambda headers, body: release.wait(60) and None
    text = ENVIRONMENT.format(url=project.service.url) + "    timeout: {total: 0.3}\n"
    project.environments(text)
    outcome = project.run("-k", "list or open")
    release.set()
    assert outcome.statuses["list[1]"] == "broken"
    assert outcome.statuses["open"] == "passed"
    assert "登录没有成功：" in outcome.out


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ("login: []", "login 没有抽取任何值"),
        ("login: [{request: {url: /login}}]", "login 没有抽取任何值"),
        ("login: [{request: {url: '${usr}'}, extract: {t: $.t}}]", "没有叫 usr 的变量"),
        ("login: [{request: {url: /l}, extract: {user: $.t}}]", "与这个环境的变量或密钥同名"),
        ("login: [{request: {url: /l}, without: [json]}]", "login里没有 without 这个键"),
        ("login: [{request: {url: /l}, validate: {$.a: {eqals: 1}}}]", "没有叫 eqals 的匹配器"),
        ('login: [{request: {url: /l}, validate: {$.a: "${usr}"}, extract: {t: $.t}}]', "没有叫 usr 的变量"),
    ],
)
def test_a_wrong_login_is_a_located_problem(project, accounts, login, message):
    head = ENVIRONMENT.partition("    login:")[0].format(url=project.service.url)
    project.environments(f"{head}    {login}\n")
    outcome = project.run()
    assert outcome.code == 4
    assert message.replace("login里", "login 里") in outcome.out, outcome.out
    assert "environments.yaml:" in outcome.out and "Traceback" not in outcome.out


COOKIES = """
  - id: within-a-case
    steps:
      - request: {url: /login-page, params: {next: "1"}}
        validate: {status_code: 200}
      - request: {url: /who}
        validate: {$.cookie: {matches: 'SID=COOKIE-0123456789'}}
      - request: {url: /who, cookies: {SID: mine-is-another}}
        validate: {$.cookie: SID=mine-is-another}
  - id: not-in-the-next-case
    request: {url: /who}
    validate: {$.cookie: ""}
"""


def test_cookies_are_kept_within_a_case_only(project, accounts):
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            redirect = self.path.startswith("/login-page?")
            self.send_response(302 if redirect else 200)
            if redirect:
                self.send_header("Set-Cookie", "SID=COOKIE-0123456789; Path=/; HttpOnly")
                self.send_header("Location", "/home")
            body = json.dumps({"cookie": self.headers.get("Cookie", "")}).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    project.environments(f"  test: {{base_url: 'http://127.0.0.1:{server.server_port}'}}")
    project.suite(COOKIES)
    outcome = project.run("-p", "no:randomly")
    server.shutdown()
    server.server_close()
    assert outcome.code == 0, outcome.out


FORM = """\
  test:
    base_url: '{url}'
    allow: [write]
    secrets: {{password: QA_PASSWORD}}
    variables: {{user: admin}}
    login:
      - name: CSRF
        request: {{method: GET, url: /csrf}}
        extract: {{csrf: "$.csrf"}}
      - request:
          method: POST
          url: /login
          data: {{user: "${{user}}", password: "${{password}}", csrf: "${{csrf}}"}}
          allow_redirects: false
        validate: {{status_code: 302}}
        extract: {{session: cookies.SID, tenant: {{path: headers.X-Tenant, secret: false}}}}
"""


def test_a_form_login_has_cookies_a_redirect_and_values_that_are_no_secrets(project, accounts):
    def log_in(headers, body):
        accounts.logins.append((headers.get("Cookie", ""), body.decode()))
        fields = [("Location", "/home"), ("Set-Cookie", "SID=SESSION-0123456789; Path=/"), ("X-Tenant", "t1")]
        return 302, {}, fields

    project.service.replies["/csrf"] = lambda *_: (
        200,
        {"csrf": "csrf-0123456789"},
        [("Set-Cookie", "PRE=before-the-login; Path=/")],
    )
    project.service.replies["/login"] = log_in
    project.service.replies["/list"] = lambda headers, body: {"cookie": headers.get("Cookie", "")}
    project.environments(FORM.format(url=project.service.url))
    project.suite("""
  - id: page
    request: {url: /list, cookies: {SID: "${session}"}, params: {tenant: "${tenant}"}}
    validate: {$.cookie: "SID=${session}", url: {ends_with: tenant=t1}}
""")
    outcome = project.run()
    assert outcome.code == 0, outcome.out
    assert accounts.logins == [
        ("PRE=before-the-login", f"user=admin&password={PASSWORD}&csrf=csrf-0123456789")
    ]
    assert_no_token(outcome)


def test_a_login_that_fails_its_own_check_is_not_used_and_shows_no_token(project, accounts):
    locked = {"code": "1001", "msg": "账号被锁定", "data": {"token": "SESSION-of-a-guest-0123"}}
    project.service.replies["/login"] = locked
    text = ENVIRONMENT.format(url=project.service.url)
    check = '        validate: {$.code: "0", $.data.token: {length: 8}}\n'
    project.environments(text + check)
    outcome = project.run("-k", "list or open")
    assert outcome.statuses["list[1]"] == "broken"
    assert outcome.statuses["open"] == "passed"
    assert '登录没有成功：$.code：期望 "0"，实际 "1001"' in outcome.out
    assert accounts.left == {}
    assert_no_token(outcome)


def test_a_rejection_in_the_body_renews_the_session(project, accounts):
    """Many services answer HTTP 200 and a code of their own."""

    def listing(headers, body):
        reply = accounts.list(headers, body)
        return {"success": False, "code": "40101"} if isinstance(reply, tuple) else reply

    accounts.lives = 2
    project.service.replies["/list"] = listing
    text = ENVIRONMENT.format(url=project.service.url)
    project.environments(text.replace("[401]", '[401, {$.success: false, $.code: {starts_with: "401"}}]'))
    outcome = project.run("-p", "no:randomly", "--deselect", "testcases/list.yaml::wrong-token")
    assert outcome.code == 0, outcome.out
    assert len(accounts.logins) == 3
    project.service.replies["/list"] = {"success": False, "code": "40101"}
    outcome = project.run("-p", "no:randomly")
    assert outcome.statuses["list[1]"] == "broken"
    assert '服务拒绝了登录取得的 token：HTTP 200、$.success 等于 false、$.code 以 "401" 开头' in outcome.out


def test_a_rejected_session_in_a_cookie_is_no_fault_of_the_service(project, accounts):
    project.service.replies["/list"] = lambda headers, body: (401, {"success": False})
    project.suite("""
  - id: list
    request: {url: /list, cookies: {SID: "${token}"}}
    validate: {$.success: true}
""")
    outcome = project.run()
    assert outcome.statuses["list"] == "broken", outcome.out
