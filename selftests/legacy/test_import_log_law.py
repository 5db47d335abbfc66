"""The law of the import: each request of a log is read or named, no reply goes to another request, and no
secret of a named field gets into the tape. The logs are generated, and imported through the command.
"""

from __future__ import annotations

import contextlib
import html
import io
import re
from dataclasses import dataclass

from hypothesis import given, note, settings
from hypothesis import strategies as st

from framework.cases.request import MISSING
from framework.cli.commands import main
from framework.legacy.log_requests import read_legacy_log
from framework.tape.tape import FILE_NAME, Tape

URL = "https://app.test/api/list"
PREFIXES = {
    "pytest": "- INFO log:log_util.py:102 ",
    "loguru": "2024-04-12 10:00:00.123 | INFO     | common.log_util:info:102 - ",
    "brackets": "[2024-04-12 10:00:00,123] [INFO] ",
    "module": "[2024-04-12 10:00:00,123] INFO [root] [log_util.py (info_log:14)] - ",
    "time": "10:00:00 ",
    "thread": "2024/04/12 10:00:00 [MainThread] [log_util.py:14] [INFO]: ",
    "colour": "\x1b[32mINFO    \x1b[0m log:log_util.py:102 ",
    "rest of a colour": "[32mINFO    [0m log:log_util.py:102 ",
    "none": "",
    "arrow": ">> ",
    "chinese": "【信息】",
    "json": '{"level": "INFO", "message": "',
    "logfmt": 'level=info msg="',
}
BARE = (
    (),
    (),
    ("请求头",),
    ("请求头", "请求params"),
    ("请求头", "请求json"),
    ("请求头", "请求params", "请求json"),
    ("请求方式", "请求路径"),
    ("-", "接口测试"),
)
"""The lines that a version of the old harness does not write."""

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
FATES = (
    "ok",
    "ok",
    "ok",
    "crashed",
    "unknown header",
    "unknown body",
    "second reply",
    "page of html",
    "list as form",
    "number in header",
    "no status",
    "noise",
)


@dataclass(frozen=True)
class Logged:
    """One generated request: its lines, and the secrets in them."""

    lines: list[str]
    secrets: tuple[str, ...]


def logged(
    page: int,
    fate: str,
    length: int,
    *,
    echo: bool = True,
    marked: bool = True,
    wording: str = "请求名称",
    bare: tuple[str, ...] = (),
) -> Logged:
    secrets = tuple(f"s3cr3t{page:04d}{place}" for place in "abcdef")
    header, query, body, reply, cookie, form = secrets
    url = f"{URL}?access_token={query}&x=1"
    result = {"code": "0", "data": {"token": reply, "list": [{"密码": reply, "of": page}]}}
    if echo:
        result["data"]["pageNo"] = page
    texts = [
        "--------接口测试开始--------",
        "yaml框架检查基本通过",
        f"{wording}:列表{page}",
        "请求方式:post",
        f"请求路径:{url}",
        f"请求头:{{'Token': '{header}', 'Cookie': 'JSESSIONID={cookie}', 'X-Page': '{page}'}}",
        f"请求json参数:{{'pageNo': {page}, 'user': {{'password': '{body}'}}}}",
        f"请求params参数:{{'apiKey': '{form}', 'p': '{page}'}}",
        "实际结果: <Response [200]>",
        "预期结果:[{'contains': True}]",
        f"实际结果:{result}",
        "接口测试成功",
        "------接口测试结束————————",
    ]
    if fate == "crashed":
        texts = texts[: 3 + length % 7]
    elif fate == "unknown header":
        texts[5] = texts[5].replace("请求头", "请求的头部")
    elif fate == "unknown body":
        texts[6] = texts[6].replace("请求json参数", "入参")
    elif fate == "second reply":
        texts.insert(11, "实际结果:{'code': '1'}")
    elif fate == "page of html":
        texts[10] = "实际结果:<!DOCTYPE html>\n<html>\n请求名称 <b>502</b>\n</html>"
    elif fate == "list as form":
        texts[6] = "请求data参数:['a', 'b']"
    elif fate == "number in header":
        texts[5] = "请求头:{'X': 1}"
    elif fate == "no status":
        del texts[8]
    elif fate == "noise":
        texts[4:4] = ["提取变量:{'a': 1}", "随便一行"]
    if not marked:
        texts = [text for text in texts if not text.startswith(("-", "请求名称", "接口名称", "接口测试"))]
    if bare:
        texts = [text for text in texts if not text.startswith(bare)]
    return Logged(texts, secrets)


@st.composite
def logs(draw) -> tuple[bytes, str, tuple[str, ...]]:
    """Draw a log: its bytes, its text, and the secrets in it."""
    count = draw(st.integers(1, 5))
    echo, marked = draw(st.booleans()), draw(st.sampled_from((True, True, False)))
    wording = draw(st.sampled_from(("请求名称", "接口名称")))
    runs = [
        logged(
            page,
            draw(st.sampled_from(FATES)),
            draw(st.integers(0, 6)),
            echo=echo,
            marked=marked,
            wording=wording,
            bare=draw(st.sampled_from(BARE)),
        )
        for page in range(1, count + 1)
    ]
    processes: list[list[str]] = [[] for _ in range(draw(st.sampled_from((1, 1, 2, 3))))]
    for run in runs:
        processes[draw(st.integers(0, len(processes) - 1))].extend(run.lines)
    lines: list[str] = []
    while any(processes):
        process = draw(st.sampled_from([process for process in processes if process]))
        length = draw(st.sampled_from((1, 3, 7, 30)))
        lines += process[:length]
        del process[:length]
    prefix = PREFIXES[draw(st.sampled_from(tuple(PREFIXES)))]
    text = "".join(prefix + line + draw(st.sampled_from(("\n", "\r\n"))) for line in lines)
    if draw(st.booleans()):
        text = html.escape(text, quote=draw(st.booleans()))
    if draw(st.integers(0, 3)) == 0:
        text = text[: draw(st.integers(0, len(text)))]
    if draw(st.integers(0, 3)) == 0:
        text = text[draw(st.integers(0, len(text))) :]
    secrets = tuple(secret for run in runs for secret in run.secrets)
    return text.encode(draw(st.sampled_from(ENCODINGS))), text, secrets


def run_command(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = main(arguments)
    return code, output.getvalue()


@settings(max_examples=150, deadline=None, database=None)
@given(logs())
def test_every_request_is_read_or_named(tmp_path_factory, generated):
    data, text, secrets = generated
    folder = tmp_path_factory.mktemp("log")
    path = folder / "old.log"
    path.write_bytes(data)
    code, output = run_command("import-log", str(path), "--to", str(folder / "tape"))
    note(text)
    note(output)

    log = read_legacy_log(path)
    names = len(re.findall("(?:请求|接口)名称:", text))
    # Without names, it is not always certain how many requests there were.
    assert len(log.exchanges) + log.unread >= names or not names
    assert output.count("错误：") == max(len(log.problems), code == 2)
    for problem in log.problems:
        assert re.search(r"old\.log:\d+: ", problem.what) and problem.how
    assert not any(secret in output for secret in secrets)

    assert code == (1 if log.problems else 0 if log.exchanges else 2)
    assert (folder / "tape").exists() == bool(log.exchanges)
    if not log.exchanges:
        return
    assert f"读入 {len(log.exchanges)} 次请求" in output
    written = (folder / "tape" / FILE_NAME).read_text("utf-8")
    assert not any(secret in written for secret in secrets)
    exchanges = Tape.load(folder / "tape").exchanges
    assert len(exchanges) == len(log.exchanges)
    for exchange in exchanges:
        sent = exchange.request.headers or {}
        assert sent.get("Token") in (None, "***token***")
        assert sent.get("Cookie") in (None, "***cookie***")
        # All parts and the reply are of one request.
        pages = {str(item["of"]) for item in exchange.reply.json["data"]["list"]}
        pages |= {sent[name] for name in ("X-Page",) if name in sent}
        pages |= {exchange.request.params["p"]} if exchange.request.params else set()
        if exchange.request.json is not MISSING:
            pages.add(str(exchange.request.json["pageNo"]))
        assert len(pages) == 1
