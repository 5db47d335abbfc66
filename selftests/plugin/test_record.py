"""The option --record: its tape gives the verdicts of the recorded run and holds no secret."""

from __future__ import annotations

import base64
import html
import json
import shutil
import time
import uuid
from urllib.parse import quote

import pytest

from framework.tape.recording import recording_into

SECRET = "PHONE_qwertyuiopasdfghjklzxcvb"
PASSWORD = 'Pass"Word\\é&0123456789'  # JSON, URLs and HTML escape characters of it
MOBILE, IDENTITY, CARD, MAIL = (
    "13812345678",
    "11010519491231002X",
    "6222021234567890128",
    "wang.wu@mail.example",
)
SIGNERS = """
import time, uuid

def fresh(request, secrets):
    return {**request, "headers": {**request["headers"], "Signature": uuid.uuid4().hex + secrets["token"]}}
"""
FUNCTIONS = """
import itertools, uuid

def code(**given):
    return {"code": uuid.uuid4().hex, **given}
"""
ENVIRONMENT = """\
  test:
    base_url: '{url}'
    allow: [write]
    secrets: {{token: POLICY_TOKEN, password: QA_PASSWORD}}
    login:
      - request: {{method: POST, url: /login, json: {{password: "${{password}}"}}}}
        extract: {{session: $.data.session}}
  other: {{base_url: 'http://127.0.0.1:9'}}
"""
SUITE = """
  - id: token
    request: {url: /echo, headers: {Token: "${token}"}}
    validate: {$.token: {matches: "^PHONE_[a-z]{24}$", length: 30}}
  - id: session
    request: {url: /echo, headers: {Session: "${session}"}}
    validate: {status_code: 200}
  - id: moments
    steps:
      - request: {method: POST, url: /made, json: {at: "${now}", day: "${today}", id: "${uuid}"}}
        extract: {made: $.id}
        validate: {$.id: {type: string}}
      - request: {url: /made-one, params: {id: "${made}"}}
        validate: {status_code: 200}
  - id: signed
    request: {method: POST, url: /echo, auth: fresh, json: {n: 1}}
    validate: {status_code: 200}
  - id: polled
    request: {url: /state}
    wait_for: {until: {$.state: DONE}, timeout: 60, interval: 0.1}
    validate: {$.state: DONE}
  - id: never-done
    request: {url: /never}
    wait_for: {until: {$.state: DONE}, timeout: 0.3, interval: 0.1}
    validate: {$.state: DONE}
  - id: called
    steps:
      - call: code
        with: {user: me, password: "${password}"}
        extract: {code: $.code}
      - request: {method: POST, url: /echo, json: {code: "${code}"}}
        validate: {status_code: 200}
  - id: spelled
    request: {method: POST, url: /spelled, json: {password: "${password}"}}
    validate:
      $.itself: "${password}"
      $.escaped: {contains: '&amp;', length: 26}
      $.url: {matches: '^Pass|%22'}
      $.packed: {matches: '^[A-Za-z0-9+/=]+$', length: 32}
  - id: repeated
    request: {url: /count}
    repeat: 3
    validate: {"$.replies[*].n": {unique: true}}
  - id: red
    request: {url: /people}
    validate: {$.people: {length: 7}}
  - id: broken
    request: {url: /cut}
    validate: {status_code: 200}
  - id: people
    request: {url: /people}
    validate:
      $.people[*].mobile: {matches: "^1[3-9][0-9]{9}$"}
      $.people[*].identity: {matches: "^[0-9]{17}[0-9X]$"}
      $.people[*].password: {length: 9}
  - id: page
    parametrize: {n: [1, 2]}
    request: {method: POST, url: /echo, json: {pageNo: "${n}"}}
    validate: {status_code: 200}
"""
NO_SOCKETS = """
import socket
pytest_plugins = ["framework.plugin"]

def refuse(*_, **__):
    raise SystemExit("a socket was opened")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""
PEOPLE = {
    "people": [{"mobile": MOBILE, "identity": IDENTITY, "card": CARD, "mail": MAIL, "password": "abcd-1234"}],
    "text": f"联系人的手机 {MOBILE}，证件 {IDENTITY}，卡 {CARD}，{MAIL}",
}


class Answers:
    """A service that never answers alike twice."""

    def __init__(self) -> None:
        self.states = 0
        self.count = 0
        self.sessions: list[str] = []

    def echo(self, headers, body):
        return {
            "token": headers.get("Token", ""),
            "again": uuid.uuid4().hex,
            "sent": headers.get("Signature", ""),
        }

    def login(self, headers, body):
        self.sessions.append(uuid.uuid4().hex)
        return {"data": {"session": self.sessions[-1]}}

    def made(self, headers, body):
        return {"id": json.loads(body)["id"]}

    def state(self, headers, body):
        self.states += 1
        return {"state": "DONE" if self.states % 3 == 0 else "BUSY"}

    def spelled(self, headers, body):
        value = json.loads(body)["password"]
        packed = base64.b64encode(value.encode()).decode()
        return {
            "itself": value,
            "escaped": html.escape(value, quote=False),
            "url": quote(value),
            "packed": packed,
        }

    def counted(self, headers, body):
        self.count += 1
        return {"n": self.count}


@pytest.fixture(scope="module")
def recorded(module_project):
    """A project with the recordings ``one`` (by one process) and ``two`` (by two), and their outcomes."""
    project, answers = module_project, Answers()
    project.variables |= {"QA_PASSWORD": PASSWORD, "POLICY_TOKEN": SECRET}
    project.environments(ENVIRONMENT.format(url=project.service.url))
    project.write("testcases/signers.py", SIGNERS)
    project.write("testcases/functions.py", FUNCTIONS)
    replies = {
        "/echo": answers.echo,
        "/login": answers.login,
        "/made": answers.made,
        "/state": answers.state,
        "/made-one": {},
        "/cut": None,
        "/never": {"state": "BUSY"},
        "/count": answers.counted,
        "/spelled": answers.spelled,
        "/people": PEOPLE,
    }
    project.service.replies = replies
    project.suite(SUITE)
    outcomes = [project.run("--record", "tapes/one"), project.run("--record", "tapes/two", "-n", "2")]
    project.write("conftest.py", NO_SOCKETS)
    project.variables = {}
    return project, outcomes, answers.sessions


def verdicts(outcome) -> dict[str, tuple[str, str]]:
    document = json.loads(outcome.files["reports/run.json"])
    return {case["id"]: (case["status"], case.get("headline", "")) for case in document["cases"]}


@pytest.mark.parametrize(("tape", "processes"), [("one", ()), ("one", ("-n", "2")), ("two", ())])
def test_a_replay_gives_the_verdicts_of_the_recorded_run(recorded, tape, processes):
    project, outcomes, _ = recorded
    started = time.monotonic()
    replayed = project.run(f"--replay=tapes/{tape}", *processes)
    assert "socket was opened" not in replayed.out
    assert verdicts(replayed) == verdicts(outcomes[tape == "two"])
    assert {status for status, _ in verdicts(replayed).values()} == {"passed", "failed", "broken"}
    assert time.monotonic() - started < 120


def test_no_secret_and_no_personal_data_is_in_a_tape_in_any_spelling(recorded):
    project, _, sessions = recorded
    assert len(sessions) == 2  # a login for each recording, none for a replay
    for value in (SECRET, PASSWORD, MOBILE, IDENTITY, CARD, "wang.wu", "abcd-1234", *sessions):
        spellings = {value, value.encode().hex(), base64.b64encode(value.encode()).decode().rstrip("=")}
        for path in (project.folder / "tapes").rglob("*"):
            content = path.read_bytes().decode("utf-8") if path.is_file() else ""
            assert not [one for one in spellings if one in content], path


def test_a_request_that_the_tape_lacks_names_the_nearest_and_the_difference(recorded):
    project, _, _ = recorded
    changed = SUITE.replace('{pageNo: "${n}"}', '{pageNo: "${n}", pageSize: 50}')
    project.suite(changed)
    try:
        outcome = project.run("--replay=tapes/one", "-k", "page", "-rs")
    finally:
        project.suite(SUITE)
    assert (
        "最近的一条是 POST /echo（用例 testcases/list.yaml::page[1]）：录制时没有 json.pageSize，现在是 50"
        in (outcome.out)
    )


def edit(folder, name, change):
    path = next(folder.rglob(name))
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    ("change", "options", "expected"),
    [
        (lambda tape: edit(tape, "red-*.har", lambda data: data[:-40]), (), "与录制时不同：被截断或改过"),
        (lambda tape: edit(tape, "red-*.har", lambda data: data.replace(b"200", b"500")), (), "被截断或改过"),
        (lambda tape: edit(tape, "*.json", lambda data: data[:-9]), (), "被截断或改过"),
        (lambda tape: shutil.rmtree(tape / "bodies"), (), "录制数据缺了"),
        (lambda tape: next(tape.rglob("red-*.har")).unlink(), (), "录制数据缺了"),
        (lambda tape: (tape / "tape.json").unlink(), (), "没有录完"),
        (lambda tape: (tape / "tape.json").write_text("{"), (), "被截断或改过"),
        (lambda tape: (tape / "tape.json").write_text('{"tape": 9}'), (), "不是第 2 版的录制数据"),
        (lambda tape: None, ("--env", "other"), "录的是环境 test，不是 other"),
        (lambda tape: None, ("--record=tapes/new",), "--record 与 --replay 不能同时用"),
    ],
)
def test_a_bad_tape_is_one_clear_line(recorded, tmp_path, change, options, expected):
    project, _, _ = recorded
    shutil.copytree(project.folder / "tapes/one", tmp_path / "tape")
    change(tmp_path / "tape")
    outcome = project.run(f"--replay={tmp_path / 'tape'}", *options)
    assert outcome.code == 4 and expected in outcome.out and "Traceback" not in outcome.out


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ({"notes.txt": "mine"}, "里有别的文件"),
        ({"cases/a.har": "{}"}, "里有一次没有录完的录制"),
        ({"tape.json": '{"environment": "uat"}'}, "里已有环境 uat 的一次录制"),
    ],
)
def test_nothing_is_recorded_over_other_files(recorded, tmp_path, existing, expected):
    project, _, _ = recorded
    for name, text in existing.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    outcome = project.run(f"--record={tmp_path}")
    assert outcome.code == 4 and expected in outcome.out
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} - {".lock"} == {
        name.split("/")[-1] for name in existing
    }


def test_two_runs_cannot_record_into_one_folder_at_once(recorded, tmp_path):
    project, _, _ = recorded
    with recording_into(tmp_path / "tape"):
        outcome = project.run(f"--record={tmp_path / 'tape'}")
    assert outcome.code == 4 and "另一次运行正在录制到" in outcome.out
