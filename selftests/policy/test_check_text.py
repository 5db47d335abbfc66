"""``check-text``: the findings of one document, for the people who publish it."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from framework.cli.commands import main
from framework.policy import text_files
from framework.policy.rules import RULES
from selftests.policy.sound import LONG

SOUND = f"某市教育局关于开展大赛的通知\n某教发〔2024〕8号\n\n各区县教委:\n{LONG}\n某市教育局\n2024年2月20日\n"
FAULTY = SOUND.replace("2月20日", "2月30日").replace("政策供给", "政?策供?给")


@pytest.fixture
def check(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, list[str]]:
        code = main(["check-text", *arguments])
        return code, capsys.readouterr().out.splitlines()

    return run


def docx_of(text: str) -> bytes:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text, row.cells[1].text = "序号", "名 称"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", SOUND.encode()),
        ("a.txt", SOUND.encode("gb18030")),
        ("a.txt", SOUND.replace("\n", "\r\n").encode("utf-8-sig")),
        ("a.html", text_files.as_policy_text(SOUND.splitlines()).encode()),
        ("a.html", f"<html><body>{text_files.as_policy_text(SOUND.splitlines())}</body></html>".encode()),
        ("a.docx", docx_of(SOUND)),
    ],
    ids=["utf8", "gbk", "bom", "fragment", "page", "docx"],
)
def test_a_sound_document_of_each_kind_is_sound(check, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    code, lines = check(name, "--errors")
    assert (code, len(lines)) == (0, 1), lines
    assert lines[0].startswith(f"{name}：0 处不符，")


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", FAULTY.encode()), ("a.docx", docx_of(FAULTY))], ids=["txt", "docx"]
)
def test_every_finding_has_its_rule_and_its_place(check, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    code, lines = check(name, "--errors")
    assert code == 1
    assert lines[0].startswith(f"{name}：3 处不符，")
    assert "  ✗ impossible_dates 第 6 段第 1 字：没有“2024年2月30日”这一天：“2024年2月30日”" in lines
    assert [line for line in lines if line.startswith("  ✗ lost_characters 第 4 段第 ")]


def test_title_and_number_are_compared_with_the_text(check, tmp_path):
    (tmp_path / "a.txt").write_text(SOUND, "utf-8")
    code, lines = check("a.txt", "--title", "某市民政局关于养老服务的通知", "--errors")
    assert code == 1
    assert "title_agreement" in lines[1]


def test_several_files_are_checked_and_one_that_cannot_be_read_is_named(check, tmp_path):
    (tmp_path / "a.txt").write_text(SOUND, "utf-8")
    code, lines = check("a.txt", "none.txt", "--errors")
    assert code == 2
    assert lines[0].startswith("a.txt：0 处不符")
    assert "none.txt：读不了" in lines[1]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (text_files.MAX_UNPACKED + 1))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为不加密的 docx"),
        ("a.docx", lambda: docx_of(SOUND)[:-300], "不是完整的 docx"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "不是完整的 docx"),
        ("a.docx", bomb, "解压后超过"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0", "不是文本"),
    ],
    ids=["doc", "cut", "broken", "bomb", "picture"],
)
def test_a_file_that_is_not_read_is_named_with_the_reason(check, tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content() if callable(content) else content)
    code, lines = check(name)
    assert code == 2
    assert words in "".join(lines)


def test_all_rules_are_listed(check):
    code, lines = check("--rules")
    assert code == 0
    assert [line.split()[0] for line in lines] == list(RULES)


@pytest.mark.parametrize("content", ["", "\n\n", "<p>" * 50_000, "<div>" * 100_000 + "x", "甲" * 500_000])
def test_any_document_is_judged(check, tmp_path, content):
    (tmp_path / "a.txt").write_text(content, "utf-8")
    assert check("a.txt", "--errors")[0] in (0, 1)
