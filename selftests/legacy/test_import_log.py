"""Tests for the import of logs: the requests that are read, the problems that are reported, and that no
credential is kept.
"""

from __future__ import annotations

import html

import pytest

from framework.base.errors import TapeError
from framework.cases.request import MISSING, Request
from framework.cli.commands import main
from framework.legacy.import_log import import_log
from framework.legacy.log_requests import read_legacy_log
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
        (run("{'a': 1, 'a': 2}"), 11, "字面量"),
        (run('{"a": null, "a": 1}'), 11, "字面量"),
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
        "repeated key",
        "repeated key in JSON",
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


@pytest.mark.parametrize("lines", [[], ["nothing of ours"]], ids=["empty", "another"])
def test_log_of_something_else_is_refused(log, tmp_path, lines):
    with pytest.raises(TapeError, match=r"old\.log"):
        import_log(log(lines), tmp_path / "tape")
    assert not (tmp_path / "tape").exists()


def test_log_without_a_readable_request_makes_no_tape(log, tmp_path):
    report = import_log(log(run("{'a'")), tmp_path / "tape")
    assert "一次请求也没有读入" in report and "old.log:" in report
    assert not (tmp_path / "tape").exists()


def test_missing_log_is_refused(tmp_path):
    with pytest.raises(TapeError, match="读不了"):
        read_legacy_log(tmp_path / "none.log")


# -- the law: every request is read or named

PREFIXES = [
    "2024-04-12 10:00:00.123 | INFO     | common.log_util:info:102 - ",
    "\x1b[32mINFO    \x1b[0m log:log_util.py:102 ",
    "[32mINFO    [0m log:log_util.py:102 ",
    "[2024-04-12 10:00:00,123] [INFO] ",
    "[2024-04-12 10:00:00,123] INFO [root] [log_util.py (info_log:14)] - ",
    "2024-04-12 10:00:00 - root - INFO - ",
    "INFO:root:",
    "10:00:00 ",
    "",
]


def with_prefix(lines: list[str], prefix: str) -> list[str]:
    return [line.replace(entry(""), prefix, 1) for line in lines]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefix_of_another_logger_is_read(log, prefix):
    found = read_legacy_log(log(with_prefix(run() + run(), prefix)))
    assert (len(found.exchanges), found.problems) == (2, ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_log_redirected_by_powershell_is_read(log, encoding):
    found = read_legacy_log(log(run(), run(), encoding=encoding, end="\r\n"))
    assert (len(found.exchanges), found.problems) == (2, ())


@pytest.mark.parametrize("quote", [True, False])
@pytest.mark.parametrize("end", ["\n", "<br/>", "</span><br>\n<span class='x'>"])
def test_log_out_of_an_html_report_is_read(log, end, quote):
    escaped = [html.escape(line, quote=quote) for line in run(path=URL + "?a=1&b=2") + run()]
    found = read_legacy_log(log(["<pre>", end.join(escaped), "</pre>"]))
    assert [exchange.request.url for exchange in found.exchanges] == [URL + "?a=1&b=2", URL]
    assert found.exchanges[0].reply.document == RESULT and found.problems == ()


@pytest.mark.parametrize("prefix", ["【信息】", '{"level": "INFO", "message": "', 'level=info msg="'])
def test_unknown_prefix_is_named_for_each_request(log, prefix):
    found = read_legacy_log(log(with_prefix(run() + run(), prefix)))
    assert (len(found.exchanges), found.unread) == (0, 2)
    assert all("前缀" in problem.what and problem.how for problem in found.problems)


def interleaved(*order: slice) -> list[str]:
    """Return the lines of two processes, for pages 1 and 2, taken in turn."""
    processes = [run(f"{{'data': {{'pageNo': {page}}}}}", body=f"{{'pageNo': {page}}}") for page in (1, 2)]
    return [line for turn, part in enumerate(order) for line in processes[turn % 2][part]]


@pytest.mark.parametrize(
    "order",
    [
        (slice(0, 7), slice(0, 12), slice(7, 12)),
        (slice(0, 7), slice(0, 7), slice(7, 12), slice(7, 12)),
        (slice(0, 3), slice(0, 3), slice(3, 12), slice(3, 12)),
        (slice(0, 8), slice(0, 8), slice(8, 12), slice(8, 12)),
    ],
    ids=["inside", "shifted", "names first", "after the status"],
)
def test_requests_of_two_processes_are_named_and_not_guessed(log, order):
    found = read_legacy_log(log(interleaved(*order), run()))
    assert (len(found.exchanges), found.unread) == (1, 2)
    assert found.exchanges[0].reply.document == RESULT


def test_second_reply_is_not_taken_for_the_missing_reply_of_another_process(log):
    own, other = "{'data': {'of': 1}}", "{'data': {'of': 3}}"
    missing = [line for line in run(other, body="{'pageNo': 3}")[2:9] if "开始" not in line]
    twice = run("{'data': {'of': 2}}", body="{'pageNo': 2}")
    twice.insert(10, entry("实际结果:{'code': '1'}"))
    mixed = run(own)
    mixed.insert(6, entry(f"实际结果:{other}"))
    found = read_legacy_log(log(missing, twice, mixed))
    assert (found.exchanges, found.unread >= 3) == ((), True)


def test_processes_without_names_that_log_different_lines_are_not_put_together(log):
    first = [line for line in run("{'of': 1}") if "请求" in line or "结果" in line][2:]
    second = [line for line in run("{'of': 2}", path=URL + "?p=2") if "请求" in line or "结果" in line][1:]
    second = [line for line in second if "请求头" not in line and "json" not in line]
    mixed = [second[0], *first[1:3], *second[1:], *run("{'of': 4}")[3:10], *first[3:], *first[1:2]]
    found = read_legacy_log(log(mixed))
    assert found.exchanges == ()


def test_interrupted_request_does_not_make_the_others_uncertain(log):
    found = read_legacy_log(log(run(), run()[:7], run(), run()))
    assert (len(found.exchanges), found.unread) == (3, 1)


def test_reply_of_another_page_after_an_interrupted_request_is_not_read(log):
    found = read_legacy_log(log(run()[:7], run("{'data': {'pageNo': 9}}")))
    assert (len(found.exchanges), found.unread) == (0, 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (6, "请求的头:{'Token': 'x'}", 7, "请求的头"),
        (6, "Request headers: {'Token': 'x'}", 7, "Request headers"),
        (7, "入参:{'a': 1}", 8, "入参"),
        (7, "请求files参数:{'f': 'a.txt'}", 8, "请求files参数"),
        (7, "请求data参数:['a', 'b']", 8, "请求data参数"),
        (7, "请求data参数:a=1&b=2", 8, "字面量"),
        (7, "请求params参数:{'a': {'b': 1}}", 8, "请求params参数"),
        (6, "请求头:{'X': 1}", 7, "请求头"),
        (6, "请求头", 7, "请求头"),
        (4, "请求方式:pos", 5, "请求方式"),
        (10, "实际结果:{'a': 1}\n" + entry("实际结果:{'a': 2}"), 4, "不知属于哪个请求"),
        (10, "实际结果:<!DOCTYPE html>\n<html>\n请求名称</html>", 11, "字面量"),
    ],
)
def test_part_that_is_not_understood_is_named(log, old, new, line, what):
    lines = run()
    lines[old - 1] = entry(new)
    found = read_legacy_log(log(lines, run()))
    assert (len(found.exchanges), found.unread) == (1, 1)
    (problem,) = found.problems
    assert f"old.log:{line}: " in problem.what and what in problem.what and problem.how


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("请求名称:", "接口名称:"),
        ("请求名称:", "请求名称："),
        ("请求方式:", "请求方法:"),
        ("请求路径:", "请求地址:"),
        ("请求头:", "请求headers参数:"),
        ("请求json参数:", "请求JSON参数:"),
    ],
)
def test_wordings_of_other_versions_are_read(log, old, new):
    expected = read_legacy_log(log(run(), run())).exchanges
    found = read_legacy_log(log([line.replace(old, new) for line in run() + run()]))
    assert (found.exchanges, found.problems) == (expected, ())


def test_header_with_none_was_not_sent(log):
    (exchange,) = read_legacy_log(log(run(headers="{'Token': None, 'A': 'b'}"))).exchanges
    assert exchange.request.headers == {"A": "b"}


@pytest.mark.parametrize(
    "result", ['{"a": null, "u": "http:\\/\\/x"}', '{\n "a": null,\n "u": "http://x"\n}']
)
def test_reply_in_json_is_read(log, result):
    (exchange,) = read_legacy_log(log(run(result))).exchanges
    assert exchange.reply.document == {"a": None, "u": "http://x"}


def test_other_lines_are_named_once(log):
    lines = [entry("断言:成功"), entry("接口测试失败:x"), "- DEBUG urllib3:pool.py:9 Starting: {'a': 1}"]
    found = read_legacy_log(log(run(), lines, lines))
    assert (len(found.exchanges), found.unread, len(found.problems)) == (1, 0, 1)
    assert "old.log:14: " in found.problems[0].what and "断言" in found.problems[0].what


@pytest.mark.parametrize(("lines", "code"), [(run(), 0), (run() + run("{'a'"), 1), (run("{'a'"), 1), ([], 2)])
def test_exit_code_says_whether_all_was_carried_over(log, tmp_path, capsys, lines, code):
    assert main(["import-log", str(log(lines)), "--to", str(tmp_path / "tape")]) == code
    output = capsys.readouterr()
    assert ("old.log:" in output.out + output.err) == (code > 0)


@pytest.mark.parametrize(
    "cut",
    [
        "{'password': 's3cr3t-1234', 'x': 's3cr3t-5678",
        "['s3cr3t-1234', 's3cr3t",
        "token=s3cr3t-1&password=s3cr3t",
        "{'tokens': ['s3cr3t-1', 's3cr3t-2",
        '{"a": {"token": "s3cr3t-1',
    ],
)
def test_message_about_a_cut_line_shows_no_secret(log, tmp_path, cut):
    lines = run(headers=cut) + run()
    assert "s3cr3t" not in import_log(log(lines), tmp_path / "tape")


def test_tape_answers_the_requests_of_a_case_with_masks(log, tmp_path):
    lines = run(
        "{'data': {'refreshToken': 's3cr3t-0001', '密码': 's3cr3t-0002'}}",
        path=URL + "?access_token=s3cr3t-0003&x=1",
        headers="{'Authorization': 'Bearer s3cr3t-0004', 'Cookie': 'JSESSIONID=s3cr3t-0005'}",
        body="{'user': {'password': 's3cr3t-0006', 'pin': 's3cr3t-0001'}, 'n': 1}",
    )
    report = import_log(log(lines), tmp_path / "tape")
    assert "s3cr3t" not in (tmp_path / "tape" / FILE_NAME).read_text("utf-8") + report
    tape = Tape.load(tmp_path / "tape")
    for scheme in ("", "Bearer "):
        headers = {"Authorization": f"{scheme}***authorization***", "Cookie": "***cookie***"}
        for secret in ("***password***", "another", 123456):
            body = {"user": {"password": secret, "pin": "***refreshtoken***"}, "n": 1}
            assert tape.answer(Request("POST", URL + "?access_token=other&x=1", {}, headers, body))
        body["n"] = 2
        assert tape.answer(Request("POST", URL + "?access_token=other&x=1", {}, headers, body)) is None


def test_reply_that_may_belong_to_an_earlier_request_is_not_read(log):
    """The second process was killed inside its request, and the reply that follows is the first one's."""
    first, second = (run("{'data': {}}", body=f"{{'pageNo': {page}}}") for page in (1, 2))
    found = read_legacy_log(log(first[:7], second[:7], first[7:], run()))
    assert (found.exchanges, found.unread) == ((), 3)
    assert "这个答复也可能是第 4 行那次请求的" in found.problems[1].what


def test_reply_that_repeats_the_page_is_certain_after_an_interrupted_request(log):
    later = run("{'data': {'pageNo': 2}}", body="{'pageNo': 2}")
    found = read_legacy_log(log(run()[:7], later))
    assert (len(found.exchanges), found.unread) == (1, 1)


def test_parts_without_names_that_follow_a_reply_make_its_request_uncertain(log):
    """Another process's reply came between the parts of a request, and no line names the requests."""
    lines = [line for line in run() if "请求名称" not in line and "接口测试" not in line]
    found = read_legacy_log(log(lines[:3], [entry("实际结果:{'code': '1'}")], lines[3:]))
    assert (found.exchanges, found.unread) == ((), 2)


def requests_without_markers(*pages: int) -> list[list[str]]:
    return [
        [line for line in run(f"{{'of': {page}}}", body=f"{{'pageNo': {page}}}") if "接口测试" not in line]
        for page in pages
    ]


def test_request_at_a_cut_beginning_may_have_the_reply_of_a_run_that_began_before(log):
    found = read_legacy_log(log(run()[2:], run()))
    assert (len(found.exchanges), found.unread) == (1, 1)
    assert "开始不在这份日志里" in found.problems[0].what


def test_log_without_markers_at_the_start_of_runs_has_no_cut_beginning(log):
    lines = [line for line in run() if "开始" not in line]
    assert read_legacy_log(log(lines, lines)).problems == ()


def test_reply_too_many_makes_all_requests_before_it_uncertain(log):
    """The reply may be that of the first request, which got the reply of a process that began before."""
    stray = [entry("实际结果:{'of': 9}")]
    found = read_legacy_log(log(*requests_without_markers(1, 2), stray, *requests_without_markers(3)))
    assert ([exchange.request.json for exchange in found.exchanges], found.unread) == ([{"pageNo": 3}], 2)


def test_same_reply_once_more_makes_only_its_request_uncertain(log):
    again = [entry("实际结果:{'of': 2}")]
    found = read_legacy_log(log(*requests_without_markers(1, 2), again))
    assert ([exchange.request.json for exchange in found.exchanges], found.unread) == ([{"pageNo": 1}], 1)


def test_reply_too_many_makes_no_run_uncertain_that_had_ended(log):
    found = read_legacy_log(log(run(), run()[:-2], [entry("实际结果:{'of': 9}")], run()[-2:], run()))
    assert (len(found.exchanges), found.unread) == (2, 1)


def test_part_out_of_place_makes_all_later_requests_uncertain_until_every_run_has_ended(log):
    first, second = requests_without_markers(1, 2)
    stray = [entry("请求头:{'A': 'b'}")]
    assert read_legacy_log(log(first, stray, second)).exchanges == ()
    found = read_legacy_log(log(run()[:-2], stray, run()[-2:], run()))
    assert (len(found.exchanges), found.unread) == (1, 1)


WHOLE = run()
SIGNS = {
    "a request without an address that got a status was sent": [*WHOLE[:4], *WHOLE[5:8], *WHOLE[10:], *WHOLE],
    "the header comes before the method": [*WHOLE[:3], WHOLE[5], *WHOLE[3:5], *WHOLE[6:], *WHOLE[:7]],
    "the log begins inside a run, and no run begins in it": [WHOLE[-1], *WHOLE[2:]],
    "a request is in no run": [*WHOLE[2:9], *WHOLE[:2], *WHOLE[9:]],
    "a piece of a request before its method": [WHOLE[6], *WHOLE[3:6], *WHOLE[7:]],
}


@pytest.mark.parametrize("lines", SIGNS.values(), ids=SIGNS)
def test_request_that_may_have_got_lines_of_another_is_not_read(log, lines):
    read = read_legacy_log(log(lines))
    assert not read.exchanges and read.unread


def test_another_order_of_the_parts_is_that_of_a_version(log):
    other = [*WHOLE[:3], WHOLE[5], *WHOLE[3:5], *WHOLE[6:]]
    assert len(read_legacy_log(log(other)).exchanges) == 1
    assert len(read_legacy_log(log(other, other, other)).exchanges) == 3
    read = read_legacy_log(log(WHOLE, WHOLE, other))
    assert len(read.exchanges) == 2 and read.unread == 1


def test_first_line_of_a_log_may_have_lost_its_beginning(tmp_path):
    path = tmp_path / "old.log"
    path.write_text("\n".join([WHOLE[-1][15:], *WHOLE[2:]]), encoding="utf-8")
    assert not read_legacy_log(path).exchanges
