"""Reads a curl line, as a browser's developer tools copy it, into the parts of a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, urlsplit

from framework.base.errors import CaseFileError, Problem
from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr

_PLAIN_SWITCHES = """
    -s -S -L -i -v -f -g -N -# --silent --show-error --compressed --location --include
    --verbose --fail --globoff --no-buffer --http1.1 --http2 --progress-bar --path-as-is
"""
_SWITCHES = frozenset(_PLAIN_SWITCHES.split())
_WITH_MEANING = frozenset(("-I", "--head", "-G", "--get", "-k", "--insecure"))
_WITHOUT_VALUE = _SWITCHES | _WITH_MEANING
_IGNORED = frozenset(("-o", "--output"))
_LEFT_OUT = {
    ("-k", "--insecure"): "证书不受信任时，在 environments.yaml 里写 tls: {ca: 证书文件}",
    (
        "-m",
        "--max-time",
        "--connect-timeout",
    ): "时限在 environments.yaml 里写 timeout: {connect: 3, total: 20}",
    ("--retry",): "要重试就在用例里写 retry",
    ("-x", "--proxy"): "代理在 environments.yaml 里写 proxy: http://地址:端口",
    ("--cacert",): "服务自己的 CA 在 environments.yaml 里写 tls: {ca: 证书文件}",
    (
        "-E",
        "--cert",
        "--key",
    ): "客户端证书在 environments.yaml 里写 tls: {cert: 证书文件, key: 私钥文件}",
}
"""Options that change nothing in the request, and what takes their place."""
_REFUSED = {
    (
        "-u",
        "--user",
    ): "换成 -H 'Authorization: Basic …'，… 是 用户名:密码 的 base64；值会写进 .env",
    (
        "-F",
        "--form",
    ): "去掉它，生成之后在用例里写 files: {字段: {path: 文件}}，普通字段写在 data 里",
    ("-T", "--upload-file"): "去掉它，生成之后在用例里写 body: {path: 文件}",
}
"""Options that change the request, and what says the same."""
_BODIES = "-d --data --data-raw --data-binary --data-ascii --json --data-urlencode"
_DATA = frozenset(_BODIES.split())
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")
_SHORT_WITH_VALUE = ("-H", "-X", "-d", "-b", "-A", "-e", "-u", "-o", "-m", "-x", "-E", "-F", "-T")
_PIECE = re.compile(
    r"""\$'(?P<ansi>(?:[^'\\]|\\.)*)' | '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)"
    | \\(?P<joined>\r?\n) | \\(?P<escaped>.) | (?P<blank>\s+) | (?P<plain>(?:[^\s'"\\$]|\$(?!'))+)""",
    re.DOTALL | re.VERBOSE,
)
_ANSI = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_ANSI_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


@dataclass(frozen=True, slots=True)
class CurlRequest:
    """A request as the curl line sends it. ``params`` are those of the URL.

    ``left_out``: remarks about options that are not in it.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, Json] = field(default_factory=dict)
    json: Json = None
    data: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def read_curl(line: str) -> CurlRequest:
    """Return the request of a curl line.

    Raises:
        CaseFileError: it is no curl line, or has an option that is not understood.
    """
    words = _words(line)
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


def _words(line: str) -> list[str]:
    """Split a line as bash does; a browser writes texts that single quotes cannot hold as ``$'…'``."""
    words: list[str] = []
    at, inside = 0, False
    while at < len(line):
        piece = _PIECE.match(line, at)
        if piece is None:
            raise _refused(
                tr("curl 行读不懂：第 {at} 个字的引号没有成对", at=at + 1), tr("整行重新复制，不要截断")
            )
        at = piece.end()
        kind = str(piece.lastgroup)
        if kind in ("blank", "joined"):
            inside = inside and kind == "joined"
            continue
        text = _unquoted(kind, piece[kind])
        words[-1:] = [words[-1] + text] if inside else [*words[-1:], text]
        inside = True
    return words


def _unquoted(kind: str, text: str) -> str:
    if kind == "double":
        return re.sub(r"\\([$`\"\\]|\r?\n)", lambda found: found[1].strip("\r\n"), text)
    if kind != "ansi":
        return text
    made = _ANSI.sub(_ansi_character, text)
    # A browser writes a character beyond U+FFFF as two.
    return made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _ansi_character(found: re.Match[str]) -> str:
    number = found[1] or found[2] or found[3]
    if number:
        return chr(min(int(number, 16), 0x10FFFF))
    return chr(int(found[4], 8)) if found[4] else _ANSI_CHARACTERS.get(found[5], found[5])


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each option with its value; a word that is no option is the URL."""
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not word.startswith("-"):
            yield "--url", word
        elif word in _WITHOUT_VALUE:
            yield word, ""
        elif len(word) > 2 and word[1] != "-" and f"-{word[1]}" in _WITHOUT_VALUE:
            yield f"-{word[1]}", ""
            left.insert(0, f"-{word[2:]}")
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
    is_json = False
    left_out: list[str] = []
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
            add_header(headers, field_name.strip(), content.strip())
        elif name in ("-A", "--user-agent"):
            headers["User-Agent"] = value
        elif name in ("-e", "--referer"):
            headers["Referer"] = value
        elif name in ("-b", "--cookie"):
            cookies |= _cookies(value)
        elif name in _DATA:
            bodies.append(_body(name, value))
            is_json = is_json or name == "--json"
        elif instead := next((how for names, how in _LEFT_OUT.items() if name in names), ""):
            left_out.append(tr("curl 的 {option} 没有带过来；{instead}", option=name, instead=tr(instead)))
        elif name not in _SWITCHES and name not in _IGNORED:
            known = next((how for names, how in _REFUSED.items() if name in names), "")
            how = tr(known) if known else tr("删去它，或生成之后在用例里写")
            raise _refused(tr("不认识 curl 的选项 {option}", option=name), how)
    if len(urls) != 1:
        raise _refused(tr("curl 行里要有恰好一个地址，现在有 {n} 个", n=len(urls)), "")
    made = _composed(urls[0], method, headers, cookies, bodies, as_query=as_query)
    if is_json and made.data and "content-type" not in map(str.lower, headers):
        made.headers["Content-Type"] = "application/json"
    return replace(made, left_out=tuple(left_out))


def add_header(headers: dict[str, str], name: str, value: str) -> None:
    """Add a header. Two of the same name are one with both values (RFC 9110, section 5.3)."""
    same = next((known for known in headers if known.lower() == name.lower()), name)
    joint = "; " if name.lower() == "cookie" else ", "
    headers[same] = f"{headers[same]}{joint}{value}" if same in headers else value


def _body(name: str, value: str) -> str:
    """Return the body that an option sends, or raise if curl would read it from a file."""
    if name == "--data-urlencode":
        field_name, equals, content = value.partition("=")
        if equals:
            return f"{field_name}={quote(content, safe='')}" if field_name else quote(content, safe="")
        if "@" not in value:
            return quote(value, safe="")
    if name != "--data-raw" and "@" in value[: None if name == "--data-urlencode" else 1]:
        what = tr("curl 的 {option} 从文件读请求体：{value}", option=name, value=value)
        raise _refused(what, tr("把文件的内容写进 --data-raw"))
    return value


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
            document = read_json(text)
        except NotJsonError:
            document = None
        # The body null stays text: no document would be no body.
        text = text if document is None else ""
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
