"""Tests of files in a request: the form as it arrives, its report and curl line, and files out of bounds."""

from __future__ import annotations

import email
import shutil
import subprocess

import pytest

SUITE = """
  - id: upload
    request:
      method: POST
      url: /upload
      data: {title: 通知, tags: [a, b]}
      files:
        file: {path: data/a.docx, type: application/msword, name: 附件.docx}
        note: {content: "第一行\\n", name: note.txt}
    validate: {status_code: 200}
  - id: several
    request: {method: POST, url: /upload, files: {file: [data/a.docx, data/a.docx]}}
    validate: {status_code: 200}
  - id: whole-body
    request: {method: PUT, url: /upload, body: data/a.docx}
    validate: {status_code: 200}
  - id: whole-body-with-a-type
    request: {method: PUT, url: /upload, headers: {X-A: b}, body: {path: "${there}", type: image/x-own}}
    variables: {there: data/a.docx}
    validate: {$.ok: false}
  - id: fails
    request: {method: POST, url: /upload, files: {file: data/a.docx}}
    validate: {$.ok: false}
  - id: by-reference
    parametrize:
      - {id: there, which: data/a.docx}
      - {id: missing, which: data/none.docx}
      - {id: outside, which: ../../environments.yaml}
    request: {method: POST, url: /upload, files: {file: "${which}"}}
    validate: {status_code: 200}
"""
CONTENT = b"\xd0\xcf\x11\xe0 not text \x00\xff"


@pytest.fixture(scope="module")
def outcome(module_project):
    module_project.service.replies = {"/upload": {"ok": True}}
    path = module_project.write("testcases/data/a.docx", "")
    path.write_bytes(CONTENT)
    module_project.suite(SUITE)
    return module_project.run("-p", "no:randomly")


def parts(received) -> list[tuple[str, str | None, str, bytes]]:
    _, _, headers, body = received
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in form.get_payload()
    ]


def test_the_form_arrives_as_it_is_written(outcome, module_project):
    # Browsers and RFC 7578 send the name of a file as UTF-8; Python's reader of mails does not know that.
    assert 'filename="附件.docx"'.encode() in module_project.service.received[0][3]
    arrived = parts(module_project.service.received[0])
    assert [(field, ... if "docx" in str(name) else name, *rest) for field, name, *rest in arrived] == [
        ("title", None, "text/plain", "通知".encode()),
        ("tags", None, "text/plain", b"a"),
        ("tags", None, "text/plain", b"b"),
        ("file", ..., "application/msword", CONTENT),
        ("note", "note.txt", "text/plain", "第一行\n".encode()),
    ]
    assert [part[:2] for part in parts(module_project.service.received[1])] == [("file", "a.docx")] * 2


def test_a_file_that_is_the_whole_body_arrives_as_it_is(outcome, module_project):
    received = module_project.service.received
    sent = [(headers["Content-Type"], body) for method, _, headers, body in received if method == "PUT"]
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert sent[:2] == [(docx, CONTENT), ("image/x-own", CONTENT)]


def test_a_file_that_a_reference_leads_to_is_looked_for_when_it_is_sent(outcome):
    statuses = [outcome.statuses[f"by-reference[{row}]"] for row in ("there", "missing", "outside")]
    assert statuses == ["passed", "broken", "broken"], outcome.out
    assert "没有文件 data/none.docx" in outcome.out
    assert "要写成相对套件的路径，不含 .. 与" in outcome.out


def test_the_report_names_file_and_digest_and_the_curl_line_sends_it_again(outcome, module_project):
    shown = "note：note.txt（text/plain，10 字节，sha256 ".encode()
    assert any(shown in content for content in outcome.everything().values())
    body_line, line = [line for line in outcome.out.splitlines() if line.startswith("复现：curl")]
    assert "--data-binary '@testcases/data/a.docx'" in body_line
    assert any("请求体：a.docx（".encode() in content for content in outcome.everything().values())
    assert '-F \'file=@"testcases/data/a.docx";filename="a.docx";type=' in line
    if shutil.which("curl") and shutil.which("bash"):
        before = len(module_project.service.received)
        environment = {"BASE_URL": module_project.service.url, "PATH": "/usr/bin:/bin"}
        for command in (line, body_line):
            bash = ["bash", "-c", command.removeprefix("复现：")]
            subprocess.run(bash, cwd=outcome.folder, env=environment, timeout=120, check=True)
        form, whole = module_project.service.received[before:]
        assert [part[3] for part in parts(form)] == [CONTENT]
        assert (whole[0], whole[2]["Content-Type"], whole[3]) == ("PUT", "image/x-own", CONTENT)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("data/b.docx", "你是不是要写 a.docx？"),
        ("../../secret.txt", "要写成相对套件的路径，不含 .. 与"),
        ("/etc/passwd", "要写成相对套件的路径，不含 .. 与"),
        ("data/link.txt", "的链接指向 testcases/ 之外"),
        ("data", "没有文件 data"),
    ],
)
def test_a_file_that_is_not_there_is_a_located_problem(project, path, message):
    project.write("testcases/data/a.docx", "a")
    (project.folder / "testcases/data/link.txt").symlink_to("/etc/hostname")
    text = f"{{method: POST, url: /u, files: {{file: '{path}'}}}}"
    project.suite(f"  - {{id: a, request: {text}, validate: {{status_code: 200}}}}\n")
    out = project.run("--collect-only", "-q").out
    assert message in out and "testcases/list.yaml:3:" in out, out
