"""Tests for the import of logs: what is read, which problems are reported, and that no credential is kept."""

from __future__ import annotations

import re

import pytest

from framework.base.errors import TapeError
from framework.cases.request import MISSING, Request
from framework.legacy.import_log import import_log, read_legacy_log
from framework.tape.tape import FILE_NAME, Tape

TOKEN = "PHONE_aaaabbbbccccddddeeeeffff"
URL = "https://app.test/api/list"
RESULT = {
    "success": True,
    "code": "0",
    "data": {"list": [{"title": "通知\t一", "text": "<p>甲\xa0乙</p>", "n": None}]},
}


def entry(text: str) -> str:
    return f"- INFO log:log_util.py:102 {text}"


def run(
    result: str = repr(RESULT),
    *,
    path=URL,
    headers=f"{{'Token': '{TOKEN}'}}",
    body="{'pageNo': 1}",
    status="<Response [200]>",
) -> list[str]:
    return [
        entry(text)
        for text in (
            "--------接口测试开始--------",
            "yaml框架检查基本通过",
            "请求名称:列表",
            "请求方式:post",
            f"请求路径:{path}",
            f"请求头:{headers}",
            f"请求json参数:{body}",
            f"实际结果: {status}",
            "预期结果:[{'contains': True}]",
            f"实际结果:{result}",
            "接口测试成功",
            "------接口测试结束————————",
        )
    ]


@pytest.fixture
def log(tmp_path):
    def write(*runs: list[str], encoding="utf-8", end="\n"):
        path = tmp_path / "old.log"
        path.write_bytes(
            end.join(["123456789101112 |", *(line for lines in runs for line in lines), "|"]).encode(encoding)
        )
        return path

    return write


def test_exchange_holds_exactly_what_was_logged(log):
    found = read_legacy_log(log(run()))
    assert found.problems == ()
    (exchange,) = found.exchanges
    assert exchange.request == Request("POST", URL, {}, {"Token": TOKEN}, {"pageNo": 1})
    reply = exchange.reply
    assert (reply.status, reply.document, reply.json) == (200, RESULT, RESULT)
    assert (reply.headers, reply.body, reply.elapsed_ms, reply.text) == (None, None, None, None)


def test_a_full_width_colon_after_a_name_is_read(log):
    full_width = [re.sub(r"((?:请求|实际).{2,6}):", r"\1：", line, count=1) for line in run()]
    assert any("请求路径：" in line for line in full_width)
    assert read_legacy_log(log(full_width)) == read_legacy_log(log(run()))


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("gb18030", "\r\n")])
def test_log_written_on_windows_is_read(log, encoding, end):
    found = read_legacy_log(log(run(), run(), encoding=encoding, end=end))
    assert [exchange.reply.document for exchange in found.exchanges] == [RESULT, RESULT]


def test_time_before_the_level_is_skipped(log):
    lines = [line.replace("- INFO", "2024-04-12 10:00:00,123 - WARNING") for line in run()]
    assert len(read_legacy_log(log(lines)).exchanges) == 1


def test_several_requests_of_one_run_are_read(log):
    found = read_legacy_log(log(run()[:-2] + run(status="<Response [500]>")[2:]))
    assert [exchange.reply.status for exchange in found.exchanges] == [200, 500]


def test_missing_body_is_not_a_null_body(log):
    assert read_legacy_log(log(run(body="None"))).exchanges[0].request.json is MISSING


@pytest.mark.parametrize(
    ("broken", "line", "what"),
    [
        (run()[:7], 4, "没有记完，缺少 实际结果"),
        (run()[:4], 4, "请求路径、实际结果"),
        (run("{'a': "), 11, "字面量"),
        (run("<html>"), 11, "字面量"),
        (run("__import__('os').getcwd()"), 11, "字面量"),
        (run("{1: 2}"), 11, "字面量"),
        (run("(1, 2)"), 11, "字面量"),
        (run("1e999"), 11, "字面量"),
        (run("[" * 5000), 11, "字面量"),
        (run("-" * 100_000 + "1"), 11, "字面量"),
        (run(headers="{'Token'"), 7, "字面量"),
        (run(headers="[1]"), 4, "不是字典"),
        (run(path="/relative"), 4, "完整的地址"),
    ],
    ids=[
        "no result",
        "no path",
        "cut",
        "html",
        "code",
        "key",
        "tuple",
        "infinite",
        "deep",
        "long",
        "cut header",
        "list header",
        "relative",
    ],
)
def test_unreadable_part_is_reported_with_its_line_and_the_rest_is_kept(log, broken, line, what):
    found = read_legacy_log(log(broken, run()))
    assert len(found.exchanges) == 1
    (problem,) = found.problems
    assert f"old.log:{line}: " in problem.what and what in problem.what


def test_line_in_another_encoding_is_reported(log):
    path = log(run(), run())
    lines = path.read_bytes().split(b"\n")
    lines[3] = lines[3].decode().encode("gb18030")
    path.write_bytes(b"\n".join(lines))
    found = read_legacy_log(path)
    assert len(found.exchanges) == 2 and "old.log:4: " in found.problems[0].what


def test_reply_that_looks_like_a_log_is_only_a_reply(log):
    hostile = {"text": "\n- INFO log:log_util.py:102 请求路径:https://evil.test/"}
    (exchange,) = read_legacy_log(log(run(repr(hostile)))).exchanges
    assert (exchange.request.url, exchange.reply.document) == (URL, hostile)


def test_tape_holds_no_credential(log, tmp_path):
    other = "PHONE_zzzzyyyyxxxxwwwwvvvvuuuu"
    headers = {
        "Token": TOKEN,
        "authorization": "Bearer s3cret-value",
        "Cookie": "JSESSIONID=abc",
        "X-API-Key": "key-123456",
        "Accept": "a/b",
    }
    result = {"echo": [TOKEN, "x Bearer s3cret-value y", {other: "key-123456"}], "url": f"/a?t={other}"}
    report = import_log(log(run(repr(result), headers=repr(headers)), run("{'a'")), tmp_path / "tape")
    text = (tmp_path / "tape" / FILE_NAME).read_text("utf-8")
    for secret in (TOKEN, other, "s3cret-value", "JSESSIONID", "key-123456"):
        assert secret not in text and secret not in report
    assert "读入 1 次请求" in report and "没能读入的 1 处" in report and "old.log:23" in report
    tape = Tape.load(tmp_path / "tape")
    assert (tape.origin, tape.source) == ("https://app.test", "legacy log")
    assert tape.exchanges[0].request.headers["Accept"] == "a/b"


def test_imported_tape_answers_only_a_request_with_the_masked_token(log, tmp_path):
    import_log(log(run()), tmp_path / "tape")
    tape = Tape.load(tmp_path / "tape")
    asked = Request("POST", URL, {}, {"Token": "***token***"}, {"pageNo": 1})
    answer = tape.answer(asked)
    assert (answer.reply.json, answer.replayed, answer.request) == (RESULT, True, asked)
    for headers in ({}, {"Token": "PHONE_another"}):
        assert tape.answer(Request("POST", URL, {}, headers, {"pageNo": 1})) is None


@pytest.mark.parametrize(
    "lines", [[], run("{'a'"), ["nothing of ours"]], ids=["empty", "unreadable", "another"]
)
def test_log_without_a_readable_request_is_refused(log, tmp_path, lines):
    with pytest.raises(TapeError, match=r"old\.log"):
        import_log(log(lines), tmp_path / "tape")
    assert not (tmp_path / "tape").exists()


def test_missing_log_is_refused(tmp_path):
    with pytest.raises(TapeError, match="读不了"):
        read_legacy_log(tmp_path / "none.log")
