"""The transport against servers that are slow, wrong, hostile or correct."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import warnings
import zlib
from contextlib import ExitStack

import pytest

from framework.base.errors import (
    BlockedError,
    ConfigError,
    ConnectError,
    CutShortError,
    HarnessError,
    TimedOutError,
    TooLargeError,
    TransportError,
)
from framework.cases.request import Request
from framework.http import connections
from framework.http.exchange import NotJsonError
from framework.http.hosts import Hosts
from framework.http.retry import matches_retry
from framework.http.transport import Limits, Transport

TOKEN = "PHONE_aaaabbbbccccddddeeeeffff"


@pytest.fixture
def transport():
    made: list[Transport] = []

    def make(server, *named, declared="", **limits):
        base = server if isinstance(server, str) else server.url
        made.append(
            Transport(
                Hosts(base, named, declared),
                Limits(**{"connect": 2, "total": 5} | limits),
                {"token": TOKEN},
                "harness/1",
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def send(transport, server, path="/", method="GET", **keys):
    return transport.send(Request(method, server.url + path, **keys))


def head_and_body(request: bytes) -> tuple[list[str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


# -- requests


def test_json_is_sent_compact_in_utf8_with_our_defaults_only(serve, reply, transport):
    server = serve(reply())
    send(
        transport(server),
        server,
        "/list",
        "post",
        json={"关键字": "青年", "pageNo": 1},
        headers={"Token": TOKEN},
    )
    head, body = head_and_body(server.received[0])
    assert body.decode() == '{"关键字":"青年","pageNo":1}'
    assert head == [
        "POST /list HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: harness/1",
        "Accept-Encoding: gzip, deflate",
        "Accept: */*",
        "Content-Type: application/json",
        f"Token: {TOKEN}",
        f"Content-Length: {len(body)}",
    ]


@pytest.mark.parametrize(
    ("keys", "content_type", "body"),
    [
        ({"json": None}, "application/json", b"null"),
        ({"json": 1, "headers": {"content-type": "text/plain"}}, "text/plain", b"1"),
        ({"json": {"a": "\ud800"}}, "application/json", b'{"a":"\\ud800"}'),
        ({"data": "文"}, None, "文".encode()),
        (
            {"data": {"a": "文 1", "b": [1, True], "c": None}},
            "application/x-www-form-urlencoded",
            b"a=%E6%96%87+1&b=1&b=true",
        ),
        ({}, None, b""),
    ],
)
def test_encoding_of_bodies(serve, reply, transport, keys, content_type, body):
    server = serve(reply())
    send(transport(server), server, method="POST", **keys)
    head, sent = head_and_body(server.received[0])
    types = [line.partition(": ")[2] for line in head if line.lower().startswith("content-type:")]
    assert (types, sent) == ([content_type] if content_type else [], body)


def test_a_null_header_is_not_sent_even_by_a_library(serve, reply, transport):
    server = serve(reply())
    dropped = {"User-Agent": None, "accept-encoding": None, "Accept": None, "Content-Type": None}
    send(transport(server), server, method="POST", json={}, headers=dropped)
    head, _ = head_and_body(server.received[0])
    assert head == ["POST / HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Content-Length: 2"]


def test_headers_of_the_case_win_and_params_extend_the_query(serve, reply, transport):
    server = serve(reply())
    request = Request(
        "GET", server.url + "/a?x=1", {"k": ["一", 2], "no": None, "flag": True}, {"X-Trace": "case"}
    )
    transport(server).send(request, {"X-Trace": "ours", "X-Run": "7"})
    head, _ = head_and_body(server.received[0])
    assert head[0] == "GET /a?x=1&k=%E4%B8%80&k=2&flag=true HTTP/1.1"
    assert "X-Trace: case" in head and "X-Run: 7" in head and "X-Trace: ours" not in head


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nEvil: 1"},
        {"X": "a\nb"},
        {"X": "令牌"},
        {"X": " a"},
        {"X\r\nEvil": "1"},
        {"": "1"},
        {"X": "a\0"},
    ],
)
def test_an_unsendable_header_is_a_config_error(serve, reply, transport, headers):
    server = serve(reply())
    with pytest.raises(ConfigError) as caught:
        send(transport(server), server, headers=headers)
    assert "请求头" in str(caught.value) and "\r" not in str(caught.value)
    assert server.connections == 0


def test_the_error_for_a_token_with_a_newline_does_not_show_it(serve, reply, transport):
    server = serve(reply())
    with pytest.raises(ConfigError) as caught:
        send(transport(server), server, headers={"Token": "PHONE_other\n"})
    assert "PHONE_other" not in str(caught.value)


@pytest.mark.parametrize("keys", [{"json": {"a": float("nan")}}, {"json": {"a": {1}}}, {"data": "\ud800"}])
def test_an_unencodable_body_is_a_config_error(serve, reply, transport, keys):
    server = serve(reply())
    with pytest.raises(ConfigError):
        send(transport(server), server, method="POST", **keys)


def test_requests_share_only_the_connection(serve, reply, transport, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server = serve(reply(b"{}", "Set-Cookie: session=1; Path=/"))
    sender = transport(server)
    for _ in range(3):
        send(sender, server)
    assert server.connections == 1
    assert not any(b"Cookie" in request for request in server.received)


def test_a_connection_closed_by_the_server_is_reopened(serve, transport):
    closed = threading.Event()

    def once(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        connection.close()
        closed.set()

    server = serve(once)
    sender = transport(server)
    for _ in range(3):
        closed.clear()
        assert send(sender, server).reply.status == 200
        assert closed.wait(120)
    assert server.connections == 3


# -- complete replies


def test_a_reply_is_kept_as_received(serve, reply, transport):
    server = serve(
        reply('{"标题":1}'.encode(), "X-Name: 政策", "x-two: a", "x-two: b", status="404 Not Found")
    )
    begun = time.time()
    exchange = send(transport(server), server, "/p?q=1")
    got = exchange.reply
    assert (got.status, got.json, got.url) == (404, {"标题": 1}, server.url + "/p?q=1")
    assert got.headers == (("Content-Length", "12"), ("X-Name", "政策"), ("x-two", "a"), ("x-two", "b"))
    assert got.elapsed_ms > 0 and not exchange.replayed
    assert begun <= exchange.started <= time.time()


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        ("gzip", gzip.compress(b'{"a":1}')),
        ("GZIP", gzip.compress(b'{"a"') + gzip.compress(b":1}") + b"\0\0"),
        ("deflate", zlib.compress(b'{"a":1}')),
        ("deflate", zlib.compress(b'{"a":1}')[2:-4]),
        ("identity", b'{"a":1}'),
        ("deflate, gzip", gzip.compress(zlib.compress(b'{"a":1}'))),
    ],
    ids=["gzip", "members", "deflate", "bare deflate", "identity", "both"],
)
def test_content_codings_are_decoded(serve, reply, transport, coding, encoded):
    server = serve(reply(encoded, f"Content-Encoding: {coding}"))
    assert send(transport(server), server).reply.json == {"a": 1}


@pytest.mark.parametrize(
    ("coding", "raw"),
    [
        ("gzip", b"not gzip at all"),
        ("gzip", b"?"),
        ("gzip", gzip.compress(b"{}") + b"?"),
        ("br", b"??"),
        ("deflate", b"\xff\xff"),
        ("gzip, gzip, gzip, gzip, gzip", b"?"),
        ("gzip", gzip.compress(b"") * 100_000),
    ],
    ids=["not gzip", "one byte", "byte behind", "unknown", "not deflate", "many", "many members"],
)
def test_undecodable_content_is_a_complete_reply(serve, reply, transport, coding, raw):
    server = serve(reply(raw, f"Content-Encoding: {coding}"))
    got = send(transport(server), server).reply
    assert (got.status, got.body) == (200, raw)
    assert got.undecodable and "Error" not in got.undecodable and isinstance(got.text, str)
    with pytest.raises(NotJsonError, match=r"内容编码|Content-Encoding"):
        _ = got.json


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("kept", [1, 2, 5, 11, 20, -9, -5, -1])
def test_truncated_content_is_cut_short(serve, reply, transport, coding, kept):
    encoded = b"".join(bytes([index * 7 % 256]) for index in range(200))
    for name in coding.split(", "):
        encoded = gzip.compress(encoded) if name == "gzip" else zlib.compress(encoded)
    server = serve(reply(encoded[:kept], f"Content-Encoding: {coding}"))
    with pytest.raises(CutShortError, match=r"GET .*/x：.*(gzip|deflate)，但压缩内容不完整"):
        send(transport(server), server, "/x")


def test_truncation_inside_the_second_layer_or_member_is_found(serve, reply, transport):
    server = serve(
        {
            "/layer": reply(gzip.compress(gzip.compress(b"{}")[:-4]), "Content-Encoding: gzip, gzip"),
            "/member": reply(gzip.compress(b"{}") * 2 + gzip.compress(b"{}")[:12], "Content-Encoding: gzip"),
            "/bare": reply(zlib.compress(b"x" * 5000)[2:-6], "Content-Encoding: deflate"),
        }
    )
    for path in ("/layer", "/member", "/bare"):
        with pytest.raises(CutShortError):
            send(transport(server), server, path)


@pytest.mark.parametrize(
    ("accepted", "coding", "expected"),
    [
        ("br, gzip", "br", "用例要求的内容编码 br 这里不能解码"),
        ("zstd;q=0.5", "ZSTD", "用例要求的内容编码 zstd 这里不能解码"),
        ("*", "br", "用例要求的内容编码 br"),
        (None, "br", "没有请求过的内容编码 br"),
        ("gzip", "br", "没有请求过的内容编码 br"),
    ],
)
def test_a_coding_that_the_case_requested_is_not_called_unrequested(
    serve, reply, transport, accepted, coding, expected
):
    server = serve(reply(b"\x0b\x02\x80{}\x03", f"Content-Encoding: {coding}"))
    headers = {} if accepted is None else {"accept-encoding": accepted}
    got = send(transport(server), server, headers=headers).reply
    assert got.undecodable.find(expected) >= 0


# -- character sets


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=GBK", "政策".encode("gbk"), "政策"),
        ("text/html;charset=gb2312", "<p>镕".encode("gbk"), "<p>镕"),
        ('text/plain; charset="ISO-8859-1"', "Über".encode("latin-1"), "Über"),
        ("text/plain; format=flowed; CHARSET = latin1", b"\xdc", "Ü"),
        ("text/plain; charset=utf-16", "政策".encode("utf-16"), "政策"),
        ("text/plain; charset=UTF-16BE", "政策".encode("utf-16-be"), "政策"),
        ("text/plain; charset=big5", "政策".encode("big5"), "政策"),
        ("text/plain; charset=Shift_JIS", "政策".encode("shift_jis"), "政策"),
        ("text/plain; charset=windows-1252", b"\x80", "€"),
        ("text/plain; charset='utf-8'", "政策".encode(), "政策"),
        ("text/plain; charset=", "政策".encode(), "政策"),
        ("text/plain", "政策".encode(), "政策"),
        ("application/pdf; charset=utf-8", b"%PDF-1.7\xff", "%PDF-1.7\ufffd"),
    ],
)
def test_a_declared_charset_is_obeyed(serve, reply, transport, content_type, body, text):
    server = serve(reply(body, f"Content-Type: {content_type}"))
    got = send(transport(server), server).reply
    assert (got.text, got.text_problem) == (text, "")


@pytest.mark.parametrize(
    ("content_type", "body", "problem"),
    [
        ("text/plain; charset=klingon", b"a", "字符集 klingon 不认识"),
        ("text/plain; charset=base64", b"YQ==", "字符集 base64 不认识"),
        ("text/plain; charset=rot13", b"a", "字符集 rot13 不认识"),
        ("text/plain; charset=unicode_escape", b"a", "字符集 unicode_escape 不认识"),
        ("text/plain; charset=binary", b"a", "字符集 binary 不认识"),
        ("text/plain; charset=utf-8", "政策".encode("gbk"), "charset=utf-8，但正文第 0 个字节起"),
        ("text/plain; charset=ascii", "a政".encode(), "charset=ascii，但正文第 1 个字节起"),
        ("text/plain; charset=utf-16", b"abc", "charset=utf-16，但正文第 2 个字节起"),
    ],
)
def test_a_charset_that_is_unknown_or_wrong_is_named(serve, reply, transport, content_type, body, problem):
    server = serve(reply(body, f"Content-Type: {content_type}"))
    got = send(transport(server), server).reply
    assert problem in got.text_problem and isinstance(got.text, str)


@pytest.mark.parametrize(
    ("content_type", "body", "problem"),
    [
        ("application/json; charset=GBK", '{"a":"政策"}'.encode("gbk"), "charset=GBK，而 JSON 只能是 UTF-8"),
        ("application/json; charset=GBK", b'{"a":1}', "charset=GBK，而 JSON 只能是 UTF-8"),
        ("application/json;charset=ISO-8859-1", '{"a":"政"}'.encode(), "ISO-8859-1，而 JSON 只能是 UTF-8"),
        ("application/json; charset=utf-16", '{"a":1}'.encode("utf-16"), "charset=utf-16，而 JSON 只能是"),
        ("application/json; charset=us-ascii", '{"a":"政"}'.encode(), "charset=us-ascii，而 JSON 只能是"),
        ("application/json; charset=klingon", b'{"a":1}', "字符集 klingon 不认识"),
        ("application/json", '{"a":"政策"}'.encode("gbk"), "不是 UTF-8：第 6 个字节"),
        ("application/json", b"\xef\xbb\xbf{}", "以 BOM 开头（UTF-8）"),
        ("application/json", "{}".encode("utf-16"), "以 BOM 开头（UTF-16）"),
        ("application/json", "{}".encode("utf-32"), "以 BOM 开头（UTF-32）"),
        ("application/json", b"\xfe\xff\0{\0}", "以 BOM 开头（UTF-16）"),
    ],
)
def test_json_that_is_not_utf8_is_named(serve, reply, transport, content_type, body, problem):
    server = serve(reply(body, f"Content-Type: {content_type}"))
    with pytest.raises(NotJsonError, match=problem):
        _ = send(transport(server), server).reply.json


@pytest.mark.parametrize("charset", ["UTF-8", "utf8", '"utf-8"', "us-ascii"])
def test_json_with_a_harmless_charset_is_read(serve, reply, transport, charset):
    server = serve(reply(b'{"a":1}', f"Content-Type: application/json; charset={charset}"))
    assert send(transport(server), server).reply.json == {"a": 1}


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("GET", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
    ids=["204", "304", "HEAD", "empty", "100"],
)
def test_replies_without_a_body(serve, transport, method, answer):
    server = serve(answer)
    got = send(transport(server), server, method=method).reply
    assert (got.body, got.undecodable) == (b"", None)


def test_chunked_bodies_and_bodies_until_close(serve, transport):
    server = serve(
        {
            "/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            b'chunked\r\n\r\n3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\nT: 1\r\n\r\n',
            "/close": lambda connection: connection.sendall(b'HTTP/1.0 200 OK\r\n\r\n{"a":1}'),
        }
    )
    for path in ("/chunked", "/close"):
        assert send(transport(server), server, path).reply.json == {"a": 1}


# -- incomplete replies


def closing(data: bytes):
    return lambda connection: connection.sendall(data)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"",
    ],
    ids=["length", "length of gzip", "in a chunk", "between chunks", "nothing"],
)
def test_a_reply_that_ends_early_is_cut_short(serve, transport, data):
    server = serve(closing(data))
    with pytest.raises(CutShortError) as caught:
        send(transport(server), server, "/x")
    assert f"GET {server.url}/x" in str(caught.value) and "改法" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/9.9 abc\r\n\r\n",
        b"\x16\x03\x01\x00\xff",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    ids=["ssh", "version", "tls", "many fields", "long field", "two lengths"],
)
def test_a_reply_that_is_not_http_is_reported_as_malformed(serve, transport, data):
    server = serve(closing(data))
    with pytest.raises(TransportError, match=r"不是合法的 HTTP|断开"):
        send(transport(server), server)


def test_a_reset_is_cut_short(serve, transport):
    def reset(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    server = serve(reset)
    with pytest.raises(CutShortError):
        send(transport(server), server)


def test_a_refused_connection_suggests_to_start_the_service(transport):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectError, match="确认服务已启动、base_url 正确"):
        transport(f"http://127.0.0.1:{port}").send(Request("GET", f"http://127.0.0.1:{port}/"))


def test_a_host_that_does_not_resolve_is_a_connect_error(transport, monkeypatch):
    def unknown(*args, **keywords):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(connections.socket, "getaddrinfo", unknown)
    with pytest.raises(ConnectError, match="找不到这个主机"):
        transport("http://policy.test").send(Request("GET", "http://policy.test/"))


def test_a_hanging_resolver_ends_at_the_deadline(transport, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(connections.socket, "getaddrinfo", lambda *args, **keywords: release.wait(120) and [])
    with pytest.raises(TimedOutError, match=r"0\.2 秒内没有连上"):
        transport("http://policy.test", connect=0.2).send(Request("GET", "http://policy.test/"))
    release.set()


def lead_to(monkeypatch, *addresses):
    """Have policy.test resolve to *addresses*, in this order."""
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *arguments, **keywords):
        if host != "policy.test":
            return real(host, port, *arguments, **keywords)
        return [entry for address in addresses for entry in real(address, port, *arguments, **keywords)]

    monkeypatch.setattr(connections.socket, "getaddrinfo", getaddrinfo)


def test_an_address_that_refuses_leaves_the_next_and_the_host_keeps_its_name(
    serve, reply, transport, monkeypatch
):
    server = serve(reply(b"1"))
    lead_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    url = f"http://policy.test:{server.port}"
    assert transport(url).send(Request("GET", url + "/")).reply.json == 1
    assert f"Host: policy.test:{server.port}" in head_and_body(server.received[0])[0]


@pytest.mark.skipif(
    sys.platform != "linux", reason="needs 127.0.0.2 and a queue that drops what it cannot hold"
)
def test_an_address_that_swallows_everything_leaves_time_for_the_next(serve, reply, transport, monkeypatch):
    server = serve(reply(b"1"))
    lead_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    url = f"http://policy.test:{server.port}"
    with ExitStack() as stack:
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.2", server.port))
        silent.listen(0)
        for _ in range(4):  # its queue is full from here on
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.2", server.port))
        assert transport(url, connect=2).send(Request("GET", url + "/")).reply.json == 1


def test_a_handshake_that_is_never_answered_ends_with_the_connect_timeout(transport, monkeypatch):
    lead_to(monkeypatch, "127.0.0.1", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://policy.test:{silent.getsockname()[1]}"
        with pytest.raises(TimedOutError, match=r"连上了，但 0\.5 秒内没有完成 TLS 握手"):
            transport(url, connect=0.5).send(Request("GET", url + "/"))


def test_tls_to_a_plain_server_is_reported_as_a_tls_error(serve, transport):
    server = serve(closing(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    url = server.url.replace("http", "https", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_plainly, args=(listener,), daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ConnectError, match="这个端口上不是 TLS"):
            transport(url).send(Request("GET", url + "/"))


def _answer_plainly(listener):
    connection, _ = listener.accept()
    with connection:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.recv(100)


@pytest.fixture
def over_tls(tmp_path):
    """``over_tls(name)``: the port of a server whose certificate, made here, is for *name*."""
    with ExitStack() as stack:

        def serve_for(name: str) -> int:
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
            command += [
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName=DNS:{name}",
            ]
            command += ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("no openssl to make a certificate with")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=_answer_over_tls, args=(listener, context), daemon=True).start()
            return listener.getsockname()[1]

        yield serve_for


def test_a_certificate_is_verified_unless_the_case_disables_it(over_tls, transport):
    url = f"https://127.0.0.1:{over_tls('localhost')}"
    with pytest.raises(ConnectError, match=r"不是可信的机构签发的（self"):
        transport(url).send(Request("GET", url + "/"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert transport(url).send(Request("GET", url + "/", verify=False)).reply.body == b"{}"


@pytest.mark.parametrize("name", ["policy.test", "other.test"])
def test_a_certificate_must_be_for_the_name_and_not_for_its_address(
    over_tls, transport, tmp_path, monkeypatch, name
):
    lead_to(monkeypatch, "127.0.0.2", "127.0.0.1")
    url = f"https://policy.test:{over_tls(name)}"
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "cert"))
    if name == "policy.test":
        assert transport(url).send(Request("GET", url + "/")).reply.body == b"{}"
    else:
        with pytest.raises(ConnectError, match=r"不是给这个主机名的.*policy\.test"):
            transport(url).send(Request("GET", url + "/"))


def _answer_over_tls(listener, context):
    while True:
        try:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(4096)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        except ssl.SSLError:
            continue
        except OSError:
            return


# -- limits


def dripping(start: bytes, drip: bytes = b"1\r\n1\r\n"):
    """Send *start*, then a few bytes every 50 ms until the client closes the connection."""

    def answer(connection):
        connection.sendall(start)
        gone = threading.Event()
        for _ in range(400):
            connection.sendall(drip)
            gone.wait(0.05)

    return answer


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
    ],
    ids=["status", "header", "length", "close", "chunks", "chunk", "gzip"],
)
def test_the_deadline_holds_while_bytes_drip(serve, transport, said):
    server = serve(dripping(said, b"1" if b"X: " in said or not said else b"1\r\n1\r\n"))
    with pytest.raises(TimedOutError, match=r"0\.3 秒内没有"):
        send(transport(server, total=0.3), server)


def test_a_silent_server_times_out(serve, transport):
    server = serve(lambda connection: connection.recv(1))
    with pytest.raises(TimedOutError, match=r"0\.2 秒内没有"):
        send(transport(server), server, timeout=0.2)


def test_redirects_share_the_one_deadline(serve, reply, transport):
    def slow(connection):
        threading.Event().wait(0.15)
        connection.sendall(reply(b"", "Location: /", "Connection: close", status="302 Found"))

    server = serve(slow)
    with pytest.raises(TimedOutError):  # a time for each would end at the limit of redirects
        send(transport(server, total=0.4), server)


@pytest.mark.parametrize(
    "head",
    [b"", b"Content-Length: 314572800\r\n", b"Content-Encoding: gzip\r\n"],
    ids=["unsaid", "said", "coded"],
)
def test_a_300_mb_reply_ends_at_the_limit(serve, transport, head):
    def flood(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        for _ in range(300):
            connection.sendall(b"x" * 2**20)

    server = serve(flood)
    tracemalloc.start()
    with pytest.raises(TooLargeError, match="超过 2 MiB"):
        send(transport(server, max_reply_bytes=2 * 2**20), server)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20


def test_a_gzip_bomb_ends_at_the_limit(serve, reply, transport):
    server = serve(reply(gzip.compress(b"\0" * 100_000_000, 1), "Content-Encoding: gzip"))
    tracemalloc.start()
    with pytest.raises(TooLargeError, match="超过 1 MiB"):
        send(transport(server, max_reply_bytes=2**20), server)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_reply_of_exactly_the_limit_is_read(serve, reply, transport):
    server = serve(
        {"/plain": reply(b"x" * 1000), "/gzip": reply(gzip.compress(b"x" * 1000), "Content-Encoding: gzip")}
    )
    for path in ("/plain", "/gzip"):
        assert len(send(transport(server, max_reply_bytes=1000), server, path).reply.body) == 1000


# -- hosts and redirects


def test_an_undeclared_host_receives_no_request(serve, reply, transport):
    named, other = serve(reply()), serve(reply())
    with pytest.raises(BlockedError, match="没有写明这个主机"):
        send(transport(named), other, headers={"Token": TOKEN})
    assert other.connections == 0


def test_a_named_host_receives_no_secret(serve, reply, transport):
    base, files = serve(reply()), serve(reply())
    sender = transport(base, f"127.0.0.1:{files.port}")
    assert send(sender, files).reply.status == 200
    encoded = "".join(f"%{ord(char):02x}" for char in TOKEN)
    for keys in (
        {"headers": {"X": "Bearer " + TOKEN}},
        {"params": {"t": TOKEN}},
        {"path": "/" + encoded},
        {"json": {"t": [TOKEN]}},
        {"data": {"t": TOKEN}},
        {"cookies": {"t": TOKEN}},
    ):
        with pytest.raises(BlockedError, match="带着密钥 token") as caught:
            send(sender, files, **{"method": "POST"} | keys)
        assert TOKEN not in str(caught.value) and encoded not in str(caught.value)
    assert len(files.received) == 1


def test_a_redirect_within_the_origin_keeps_everything(serve, reply, transport):
    server = serve(
        {
            "/a": reply(b"", "Location: b?x=1", "Set-Cookie: s=1", status="307 Temporary Redirect"),
            "/b?x=1": reply(b"[1]"),
        }
    )
    exchange = send(
        transport(server), server, "/a", "POST", json={"q": 1}, headers={"Token": TOKEN, "Cookie": "own=2"}
    )
    assert (exchange.reply.json, exchange.reply.url, exchange.redirects) == (
        [1],
        server.url + "/b?x=1",
        (server.url + "/a",),
    )
    head, body = head_and_body(server.received[1])
    assert (head[0], body) == ("POST /b?x=1 HTTP/1.1", b'{"q":1}')
    assert f"Token: {TOKEN}" in head and "Cookie: own=2; s=1" in head


def test_cookies_of_several_redirects_are_sent_once_and_with_the_last_value(serve, reply, transport):
    server = serve(
        {
            "/a": reply(b"", "Location: /b", "Set-Cookie: s=1; Path=/", status="302 Found"),
            "/b": reply(b"", "Location: /c", "Set-Cookie: s=2; Path=/", status="302 Found"),
            "/c": reply(b"", "Location: /d", status="302 Found"),
            "/d": reply(),
        }
    )
    exchange = send(transport(server), server, "/a", "POST", cookies={"own": "1"})
    sent = [re.search(rb"Cookie: (.*?)\r", request)[1].decode() for request in server.received]
    assert sent == ["own=1", "own=1; s=1", "own=1; s=2", "own=1; s=2"]
    assert exchange.redirect_methods == ("GET", "GET", "GET")


def test_a_location_in_utf8_is_followed(serve, reply, transport):
    server = serve(
        {
            "/a": reply(b"", "Location: /政策?名=一 二", status="302 Found"),
            "/%E6%94%BF%E7%AD%96?%E5%90%8D=%E4%B8%80%20%E4%BA%8C": reply(b"[]"),
        }
    )
    assert send(transport(server), server, "/a").reply.json == []


@pytest.mark.parametrize("path", ["/a b", "/%zz", "/{x}", "/|", "/..//x", "/中"])
def test_unusual_paths_are_sent_or_reported(serve, reply, transport, path):
    server = serve(reply())
    assert send(transport(server), server, path).reply.status == 200


def test_a_password_in_a_url_is_not_shown(serve, reply, transport):
    server = serve(reply())
    with pytest.raises(BlockedError) as caught:
        transport(server).send(Request("GET", f"http://user:pass@127.0.0.1:{server.port}/"))
    assert "pass@" not in str(caught.value) and server.connections == 0


def test_an_invalid_host_name_is_reported(transport):
    host = "a" * 70 + ".test"
    with pytest.raises((ConfigError, ConnectError)):
        transport(f"http://{host}").send(Request("GET", f"http://{host}/"))


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        ("301 M", "POST", "GET"),
        ("302 F", "POST", "GET"),
        ("303 S", "POST", "GET"),
        ("303 S", "PUT", "GET"),
        ("302 F", "PUT", "PUT"),
        ("308 P", "POST", "POST"),
        ("301 M", "HEAD", "HEAD"),
        ("303 S", "HEAD", "HEAD"),
    ],
)
def test_the_method_of_a_redirect(serve, reply, transport, status, method, becomes):
    server = serve({"/a": reply(b"", "Location: /b", status=status), "/b": reply(b"")})
    send(transport(server), server, "/a", method, **({} if method == "HEAD" else {"json": 1}))
    head, body = head_and_body(server.received[1])
    assert head[0] == f"{becomes} /b HTTP/1.1"
    assert bool(body) == (becomes in ("PUT", "POST")) == any(line.startswith("Content-Type") for line in head)


def test_a_redirect_to_another_port_is_blocked(serve, reply, transport):
    other = serve(reply())
    server = serve(reply(b"", f"Location: {other.url}/x?t={TOKEN}", status="302 Found"))
    with pytest.raises(BlockedError, match="令牌也没有发给它") as caught:
        send(transport(server), server, headers={"Token": TOKEN})
    assert other.url in str(caught.value) and TOKEN not in str(caught.value)
    assert other.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.test/",
        "//evil.test/x",
        "ftp://127.0.0.1/",
        "http://[::1",
        "javascript:alert(1)",
        "http://user@{host}/",
        "https://{host}/",
        "http://{host}\\@evil.test/",
    ],
)
def test_a_redirect_to_another_host_is_blocked(serve, reply, transport, location):
    server = serve(
        lambda connection: connection.sendall(
            reply(b"", f"Location: {location.format(host=f'127.0.0.1:{server.port}')}", status="302 F")
        )
    )
    with pytest.raises(BlockedError, match="重定向"):
        send(transport(server), server, headers={"Token": TOKEN})
    assert len(server.received) == 1


def test_a_redirect_to_a_named_host_drops_the_token(serve, reply, transport):
    files = serve(reply(b"file"))
    server = serve(reply(b"", f"Location: {files.url}/f", "Set-Cookie: s=1", status="302 Found"))
    headers = {
        "Token": TOKEN,
        "X-Copy": f"a {TOKEN} b",
        "Authorization": "Basic dTpw",
        "Cookie": "own=2",
        "X-Plain": "stays",
    }
    exchange = send(transport(server, f"127.0.0.1:{files.port}"), server, headers=headers)
    assert exchange.reply.body == b"file"
    head, _ = head_and_body(files.received[0])
    assert "X-Plain: stays" in head
    assert TOKEN.encode() not in files.received[0]
    assert not any(
        line.lower().startswith(("token", "x-copy", "authorization", "cookie: own")) for line in head
    )


def test_a_redirect_that_repeats_a_body_with_a_secret_is_blocked(serve, reply, transport):
    files = serve(reply())
    server = serve(reply(b"", f"Location: {files.url}/f", status="307 T"))
    with pytest.raises(BlockedError, match="带着密钥 token"):
        send(transport(server, f"127.0.0.1:{files.port}"), server, method="POST", json={"t": TOKEN})
    assert files.connections == 0


def test_a_redirect_is_not_followed_if_disabled_or_without_target(serve, reply, transport):
    server = serve(
        {
            "/a": reply(b"", "Location: http://evil.test/", status="302 Found"),
            "/b": reply(b"", status="302 Found"),
            "/c": reply(b"", "Location: /a", status="201 Created"),
        }
    )
    assert (
        send(transport(server), server, "/a", allow_redirects=False).reply.header("location")
        == "http://evil.test/"
    )
    assert [send(transport(server), server, path).reply.status for path in ("/b", "/c")] == [302, 201]


def test_a_redirect_loop_ends(serve, reply, transport):
    server = serve(reply(b"", "Location: /", status="302 Found"))
    with pytest.raises(TransportError, match="重定向超过 10 次"):
        send(transport(server), server)
    assert len(server.received) == 11


def test_an_undeclared_base_url_receives_no_secret(transport, monkeypatch):
    monkeypatch.setattr(
        connections.socket, "getaddrinfo", lambda *a, **k: pytest.fail("nothing may be looked up")
    )
    sender = transport("https://app.test.evil.test", declared="https://app.test")
    with pytest.raises(BlockedError, match="带着密钥 token"):
        sender.send(Request("GET", "https://app.test.evil.test/", headers={"Token": TOKEN}))


# -- errors


def test_no_error_contains_a_secret_or_a_library_error(serve, transport):
    server = serve(closing(b""))
    with pytest.raises(CutShortError) as caught:
        send(transport(server), server, "/?t=" + TOKEN, headers={"Token": TOKEN})
    assert TOKEN not in str(caught.value) and "***token***" in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_outcomes_that_a_retry_names(serve, reply, transport):
    server = serve({"/502": reply(status="502 Bad Gateway"), "/cut": closing(b"")})
    assert matches_retry((502, "timeout"), send(transport(server), server, "/502"))
    assert not matches_retry((503,), send(transport(server), server, "/502"))
    with pytest.raises(HarnessError) as caught:
        send(transport(server), server, "/cut")
    assert matches_retry(("connection",), caught.value) and not matches_retry((502, "timeout"), caught.value)
    assert not matches_retry(("timeout", "connection"), BlockedError())
    assert matches_retry(("timeout",), TimedOutError())
