"""``python -m framework init DIR``: makes a project that runs, from one request if there is one."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from framework.base.cutting import cut
from framework.base.errors import ConfigError, Problem, TransportError
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.read_only import SAFE_METHODS
from framework.cases.request import MISSING, Request
from framework.cli.init.curl import CurlRequest, read_curl, read_url
from framework.cli.init.files import Learned, project_files
from framework.cli.init.learn import contract_of, find_list, find_walk, refusal_in
from framework.cli.init.secrets import Kept, without_secrets
from framework.http.exchange import Exchange, NotJsonError
from framework.http.hosts import Hosts, origin_of
from framework.http.transport import Limits, Transport
from framework.run.project import read_project

SENT_ONCE = (*SAFE_METHODS, "POST")
"""The methods that are tried once. Any other may change something that nobody meant to change."""
_LIMITS = Limits(connect=5, total=30)


def init_command(arguments: Sequence[str], say: Callable[[str], None]) -> int:
    """Make the project; return 0, or 1 if something is left to do.

    Raises:
        ConfigError: a file exists already, the address is wrong, or the service gave no reply to learn from.
            Nothing is written then, so that the same line can be tried again.
        CaseFileError: the curl line cannot be read.
    """
    options = _parse_arguments(arguments)
    request = _request_of(options)
    kept = without_secrets(request) if request else Kept(None, {})
    trouble = ""
    if request is not None and request.method not in SENT_ONCE:
        trouble = tr("{method} 会改变数据，没有发送", method=request.method)
    learned = _learn(request, options.name) if request is not None and not trouble else Learned()
    files = project_files(options.name, kept, learned)
    _write(options.folder, files)
    for name in files:
        say(tr("写好 {file}", file=(options.folder / name).as_posix()))
    for line in request.left_out if request else ():
        say(line)
    if trouble:
        say(tr("没有答复可以学习，契约与检查要自己写：{reason}", reason=trouble))
    if learned.items and not learned.walk:
        say(tr("没有认出这个列表怎样翻页；不止一页就在 _shared.yaml 里写 walks，再写一个翻完全部的用例"))
    problems = list(read_project(options.folder.absolute()).problems)
    for problem in problems:
        say(tr("需要改：{what}", what=problem.what))
    if request is None:
        say(tr("在 environments.yaml 里写 base_url，在 _shared.yaml 里写请求"))
    say(tr("下一步：cd {folder}，再运行 pytest", folder=options.folder.as_posix()))
    return 1 if trouble or problems else 0


def _parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m framework init", description=tr("生成一个可以运行的项目；已有的文件不覆盖")
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help=tr("放项目的文件夹"))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--curl", metavar="LINE", help=tr("浏览器开发者工具里复制的 cURL（bash）；发送一次"))
    source.add_argument("--url", metavar="URL", help=tr("要检查的地址；用 GET 发送一次"))
    parser.add_argument("--name", default="list", metavar="NAME", help=tr("套件与契约的名字，默认 list"))
    options = parser.parse_args(arguments)
    if not options.name.replace("_", "a").isalnum() or not options.name.isascii():
        parser.error(tr("--name 只含字母、数字和 _"))
    return options


def _request_of(options: argparse.Namespace) -> CurlRequest | None:
    request: CurlRequest | None = None
    if options.curl is not None:
        request = read_curl(options.curl)
    elif options.url is not None:
        request = read_url(options.url)
    if request is not None and origin_of(request.url) is None:
        what = tr("读不懂的地址 {url}", url=request.url)
        raise ConfigError(Problem("bad-url", what, tr("写成 http:// 或 https:// 开头的地址")))
    return request


def _learn(request: CurlRequest, name: str) -> Learned:
    """Send the request once; return what can be learned from its reply.

    Raises:
        ConfigError: there is no reply, or it says nothing.
    """
    try:
        exchange = _send(request)
        if exchange.reply.status != 200:
            raise _nothing_learned(tr("服务答复 HTTP {status}", status=exchange.reply.status))
        document = exchange.reply.json
    except NotJsonError as error:
        raise _nothing_learned(str(error)) from None
    except TransportError as error:
        raise _nothing_learned(error.problems[0].what) from None
    if refusal := refusal_in(document):
        raise _nothing_learned(tr("答复像是拒绝：{reply}", reply=cut(visible(refusal), 200)))
    items = find_list(document)
    plain = {"params": request.params, "json": request.json}
    walk = find_walk(plain, document, items, exchange.reply.header("Link") or "") if items else {}
    return Learned(contract_of(document, name), items.path if items else "", walk)


def _nothing_learned(reason: str) -> ConfigError:
    what = tr("没有得到可以学习的答复，什么也没有写：{reason}", reason=reason)
    how = tr("核对地址、令牌与请求体，再运行同一行；服务现在问不到，就不写 --curl 与 --url，先生成空的项目")
    return ConfigError(Problem("nothing-learned", what, how))


def _send(request: CurlRequest) -> Exchange:
    base = str(origin_of(request.url))
    with Transport(Hosts(base, (), base), _LIMITS, {}, "policy-regression init") as transport:
        return transport.send(
            Request(
                request.method,
                request.url,
                params=request.params,
                headers={"Content-Type": "application/x-www-form-urlencoded", **request.headers}
                if request.data
                else request.headers,
                json=MISSING if request.json is None else request.json,
                data=request.data or None,
                cookies=request.cookies,
            )
        )


def _write(folder: Path, files: dict[str, str]) -> None:
    existing = [name for name in files if (folder / name).exists()]
    if existing:
        what = tr("已经有 {files}，什么也没有写", files=tr("、").join(existing))
        raise ConfigError(Problem("file-exists", what, tr("换一个文件夹，或先移走它们")))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name == ".env":
            path.touch(mode=0o600)  # before it has a secret in it
        path.write_text(text, encoding="utf-8")
