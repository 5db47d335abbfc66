"""Reads a curl line, as a browser's developer tools copy it, into the parts of a request."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from framework.base.errors import CaseFileError, Problem
from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr

_SWITCHES = """
    -s -S -sS -k -L -i -v -f -g -N -# --silent --show-error --compressed --insecure --location --include
    --verbose --fail --globoff --no-buffer --http1.1 --http2 --progress-bar --path-as-is
"""
_WITHOUT_VALUE = frozenset(_SWITCHES.split())
_IGNORED_VALUE = frozenset(("-o", "--output", "--max-time", "-m", "--connect-timeout", "--retry"))
_BODIES = "-d --data --data-raw --data-binary --data-ascii --json --data-urlencode"
_DATA = frozenset(_BODIES.split())
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_SHORT_WITH_VALUE = ("-H", "-X", "-d", "-b", "-A", "-e", "-u", "-o", "-m")


@dataclass(frozen=True, slots=True)
class CurlRequest:
    """A request as the curl line sends it. ``params`` are those of the URL."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, Json] = field(default_factory=dict)
    json: Json = None
    data: str = ""
    cookies: dict[str, str] = field(default_factory=dict)


def read_curl(line: str) -> CurlRequest:
    """Return the request of a curl line.

    Raises:
        CaseFileError: it is no curl line, or has an option that is not understood.
    """
    try:
        words = shlex.split(line.replace("\\\r\n", " ").replace("\\\n", " ").replace("$'", "'"))
    except ValueError as error:
        raise _refused(
            tr("curl 行读不懂：{error}", error=error), tr("引号要成对；整行放在单引号里")
        ) from None
    if not words or words[0] != "curl":
        raise _refused(
            tr("这不是 curl 行：它要以 curl 开头"), tr("在浏览器的开发者工具里复制为 cURL（bash）")
        )
    return _request(list(_options(words[1:])))


def read_url(url: str) -> CurlRequest:
    """Return the GET request of a URL."""
    return _request([("--url", url)])


def request_of(method: str, url: str, headers: dict[str, str], body: str) -> CurlRequest:
    """Return a request that was sent with these."""
    return _composed(url, method, headers, {}, [body] if body else [], as_query=False)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each option with its value; a word that is no option is the URL."""
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not word.startswith("-"):
            yield "--url", word
        elif word in _WITHOUT_VALUE or word in ("-I", "--head", "-G", "--get"):
            yield word, ""
        elif word[:2] in _SHORT_WITH_VALUE and not word.startswith("--") and len(word) > 2:
            yield word[:2], word[2:]
        elif equals:
            yield name, value
        elif left:
            yield word, left.pop(0)
        else:
            raise _refused(tr("curl 的选项 {option} 后面没有值", option=word), "")


def _request(options: list[tuple[str, str]]) -> CurlRequest:
    urls, bodies, method = [], [], ""
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    as_query = False
    for name, value in options:
        if name == "--url":
            urls.append(value)
        elif name in ("-X", "--request"):
            method = value.upper()
        elif name in ("-I", "--head"):
            method = "HEAD"
        elif name in ("-G", "--get"):
            as_query = True
        elif name in ("-H", "--header"):
            field_name, _, content = value.partition(":")
            headers[field_name.strip()] = content.strip()
        elif name in ("-A", "--user-agent"):
            headers["User-Agent"] = value
        elif name in ("-e", "--referer"):
            headers["Referer"] = value
        elif name in ("-b", "--cookie"):
            cookies |= _cookies(value)
        elif name in _DATA:
            bodies.append(value)
        elif name not in _WITHOUT_VALUE and name not in _IGNORED_VALUE:
            how = tr("删去它，或生成之后在用例里写")
            raise _refused(tr("不认识 curl 的选项 {option}", option=name), how)
    if len(urls) != 1:
        raise _refused(tr("curl 行里要有恰好一个地址，现在有 {n} 个", n=len(urls)), "")
    return _composed(urls[0], method, headers, cookies, bodies, as_query=as_query)


def _composed(
    url: str,
    method: str,
    headers: dict[str, str],
    cookies: dict[str, str],
    bodies: list[str],
    *,
    as_query: bool,
) -> CurlRequest:
    if "://" not in url:
        url = f"http://{url}"
    parts = urlsplit(url)
    params = _query(parts.query)
    cookies |= _cookies(next((value for name, value in headers.items() if name.lower() == "cookie"), ""))
    text = "&".join(bodies)
    if as_query and text:
        params |= _query(text)
        text = ""
    document: Json = None
    if text:
        try:
            document, text = read_json(text), ""
        except NotJsonError:
            document = None
    bare = parts._replace(query="", fragment="").geturl()
    return CurlRequest(
        method or ("POST" if bodies and not as_query else "GET"),
        bare,
        {name: value for name, value in headers.items() if name.lower() != "cookie"},
        params,
        document,
        text,
        cookies,
    )


def _query(text: str) -> dict[str, Json]:
    """Return the parameters; whole numbers as numbers, so that a walk can count with them."""
    values: dict[str, list[Json]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        values.setdefault(name, []).append(int(value) if _WHOLE.fullmatch(value) else value)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def _cookies(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(";") if "=" in pair)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _refused(what: str, how: str) -> CaseFileError:
    return CaseFileError(Problem("curl", what, how))
