"""Where a reply ends is never guessed, and a connection that did not end cleanly is not used again."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading

import pytest

from framework.base.errors import CutShortError, TooLargeError, TransportError
from framework.cases.request import Request
from framework.http import connections
from framework.http.hosts import Hosts
from framework.http.transport import Limits, Transport
from selftests.http.conftest import RawServer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def transport():
    made: list[Transport] = []

    def make(server, **limits):
        made.append(
            Transport(Hosts(server.url), Limits(**{"connect": 2, "total": 3} | limits), {}, "harness/1")
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def send(transport, server, path="/", method="GET"):
    return transport.send(Request(method, server.url + path)).reply


def short_id(value: object) -> str:
    return repr(value)[:60]


def with_head(*fields: str, body: bytes = b"{}") -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (with_head("Content-Length: abc"), "abc"),
        (with_head("Content-Length: -5"), "-5"),
        (with_head("Content-Length: +2"), r"\+2"),
        (with_head("Content-Length: 0x2"), "0x2"),
        (with_head("Content-Length: 2_0"), "2_0"),
        (with_head("Content-Length: 2.0"), r"2\.0"),
        (with_head("Content-Length:"), "Content-Length"),
        (with_head("Content-Length: ２"), "Content-Length"),
        (with_head("Content-Length: " + "9" * 5000), "9999"),
        (with_head("Content-Length: 2", "Content-Length: 3"), "2、3"),
        (with_head("Content-Length: 2, 3"), "2, 3"),
        (with_head("Content-Length: 2", "content-length: abc"), "abc"),
        (with_head("Transfer-Encoding: gzip, chunked"), "不支持的 Transfer-Encoding：gzip, chunked"),
        (with_head("Transfer-Encoding: x"), "Transfer-Encoding：x"),
        (
            with_head("Transfer-Encoding: chunked", "Content-Length: 2", body=b"2\r\n{}\r\n0\r\n\r\n"),
            "同时有 Content-Length 与 Transfer-Encoding：chunked",
        ),
        (with_head("Content-Length: 2", "Transfer-Encoding: gzip"), "同时有 Content-Length 与"),
        (with_head("no colon", "Content-Length: 2"), "no colon"),
        (with_head("Content-Length : 2"), "Content-Length : 2"),
        (with_head("X: a\rContent-Length: 1", "Content-Length: 2"), "读不懂"),
        (with_head("X: a\0b", "Content-Length: 2"), "读不懂"),
        (with_head("Transfer-Encoding: chunked", body=b"-5\r\n{}\r\n0\r\n\r\n"), "-5"),
        (with_head("Transfer-Encoding: chunked", body=b"0x2\r\n{}\r\n0\r\n\r\n"), "0x2"),
        (with_head("Transfer-Encoding: chunked", body=b"1\r\n{}\r\n0\r\n\r\n"), "分块"),
        (with_head("Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"), "zz"),
        (
            with_head("Transfer-Encoding: chunked", body=b"2;" + b"x" * 70_000 + b"\r\n{}\r\n0\r\n\r\n"),
            "写成了“2;xxx",
        ),
        (b"HTTP/1.1 103 Early Hints\r\nbad\r\n\r\n" + OK, "bad"),
        (OK.replace(b"HTTP/1.1", b"HTTP/2.0"), r"协议版本是 HTTP/2\.0，不是 HTTP/1\.1"),
        (OK.replace(b"HTTP/1.1", b"HTTP/0.9"), r"协议版本是 HTTP/0\.9"),
        (OK.replace(b"OK", b"O\0K"), "状态行里有控制字符"),
        (OK.replace(b"1.1 200", b"1.1  200"), "状态行读不懂：HTTP/1.1  200 OK"),
        (OK.replace(b" 200 ", b" +200 "), "状态行读不懂"),
        (OK.replace(b" 200 ", b"\t200\t"), "状态行读不懂"),
        (OK.replace(b" 200 ", b" 2000 "), "状态行读不懂"),
        (b" " + OK, "状态行读不懂： HTTP/1.1 200"),
        (b"\x0b" + OK, "状态行读不懂"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200 + OK, "超过 100 个 1xx 答复"),
        (b"HTTP/1.1 102 Processing\r\n\r\n" * 200 + OK, "超过 100 个 1xx 答复"),
        (with_head(" X: 1", "Content-Length: 2"), "X: 1"),
        (with_head("Transfer-Encoding: chunked", body=b"2\r\n{}XX0\r\n\r\n"), "分块后面不是换行，而是“XX”"),
        (
            b"HTTP/1.1 302 F\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
            "几个不同的 Location：/a、/b",
        ),
        (OK.replace(b"OK", b"x" * 70_000), "一行超过 64 KiB"),
        (with_head("X: " + "x" * 70_000, "Content-Length: 2"), "一行超过 64 KiB"),
        (with_head(*[f"X-{at}: 1" for at in range(150)], "Content-Length: 2"), "响应头超过 100 行"),
        (
            with_head("Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n" + b"X: 1\r\n" * 150 + b"\r\n"),
            "最后一个分块后面超过",
        ),
    ],
    ids=short_id,
)
def test_a_reply_with_an_uncertain_end_is_refused_with_the_reason(serve, transport, data, reason):
    server = serve(data)
    with pytest.raises(TransportError, match=reason) as caught:
        send(transport(server), server, "/x")
    assert f"GET {server.url}/x" in str(caught.value) and "改法" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: a",
        b"HTTP/1.1 2",
        with_head("Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n"),
        with_head("Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\nX: 1\r\n"),
        with_head("Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0"),
    ],
    ids=short_id,
)
def test_a_head_that_ends_early_is_cut_short(serve, transport, data):
    server = serve(lambda connection: connection.sendall(data))
    with pytest.raises(CutShortError):
        send(transport(server), server)


@pytest.mark.parametrize(
    "data",
    [
        with_head("Content-Length: 2", "Content-Length: 2"),
        with_head("Content-Length:  2  "),
        with_head("Content-Length: 002"),
        with_head("transfer-encoding: Chunked ", body=b"2 ;x=y\r\n{}\r\n00\r\nT: 1\r\n\r\n"),
        with_head("Transfer-Encoding: identity", "Content-Length: 2"),
        with_head("Content-Length: 2", "X: a", " folded"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK,
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK,
        b"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" * 50 + OK,
    ],
    ids=short_id,
)
def test_correct_replies_are_read_and_interim_replies_are_skipped(serve, transport, data):
    server = serve(data)
    sender = transport(server)
    for _ in range(3):
        reply = send(sender, server)
        assert (reply.status, reply.body) == (200, b"{}")


# -- the next case


def then_correct(*first):
    """Answer the first requests with *first*, all later ones correctly, and keep the connections open."""
    answers = itertools.chain(first, itertools.repeat(OK))

    def answer(connection):
        while True:
            reply = next(answers)
            if not isinstance(reply, bytes):
                return reply(connection)
            connection.sendall(reply)
            if not connection.recv(65536):
                return None

    return answer


SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x00\xff"
FOLLOWED_BY = [b"x", b"HTTP/1.1 500 Late\r\nContent-Length: 1\r\n\r\n!", b"\0" * 100_000]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "dirty",
    [
        SWITCH,
        OK + b"\r\n",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ids=short_id,
)
def test_the_case_after_a_dirty_reply_is_not_affected(serve, transport, dirty, method):
    server = serve(then_correct(dirty))
    sender = transport(server)
    send(sender, server, "/dirty")
    for _ in range(3):
        reply = send(sender, server, "/next", method)
        assert (reply.status, reply.body) == (200, b"{}")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("dirty", "asked_by"),
    [
        *((OK + surplus, "GET") for surplus in FOLLOWED_BY),
        (with_head("Content-Length: 1"), "GET"),
        (b"HTTP/1.1 204 No Content\r\n\r\n{}", "GET"),
        (b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "GET"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n", "GET"),
        (with_head("Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\nHTTP/1.1 500\r\n\r\n"), "GET"),
        (with_head("Content-Length: 20", "Content-Encoding: br", body=b"x" * 20 + OK), "GET"),
        (OK, "HEAD"),
    ],
    ids=short_id,
)
def test_bytes_beyond_the_reply_are_named_and_do_not_affect_the_next_case(
    serve, transport, dirty, asked_by, method
):
    server = serve(then_correct(dirty))
    sender = transport(server)
    with pytest.raises(TransportError, match="答复已经结束，后面却还有不属于它的字节"):
        send(sender, server, "/dirty", asked_by)
    for _ in range(3):
        reply = send(sender, server, "/next", method)
        assert (reply.status, reply.body) == (200, b"{}")


def test_a_second_reply_that_comes_late_does_not_answer_the_next_case(serve, transport):
    is_asked = threading.Event()

    def twice(connection):
        connection.sendall(OK)
        is_asked.wait(5)  # for the next request, on whichever connection
        connection.sendall(b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n")

    server = serve({"/first": twice, "/next": OK})
    sender = transport(server)
    assert send(sender, server, "/first").status == 200
    sender.begin_case()
    is_asked.set()
    assert send(sender, server, "/next").status == 200
    assert server.connections == 2


def test_a_case_keeps_its_connection_and_each_case_has_one_of_its_own(serve, transport):
    server = serve(OK)
    sender = transport(server)
    for _ in range(3):
        sender.begin_case()
        send(sender, server)
        send(sender, server)
    assert server.connections == 3


def test_a_name_is_looked_up_once_until_its_address_refuses(serve, monkeypatch):
    lookups = []
    monkeypatch.setattr(connections, "_addresses", lambda host, port: lookups.append(1) or [(address, port)])
    server, address = serve(OK), "127.0.0.1"
    url = f"http://service.test:{server.port}"
    with Transport(Hosts(url, declared_base=url), Limits(connect=2, total=3), {}, "harness/1") as sender:
        for _ in range(3):
            sender.begin_case()
            sender.send(Request("GET", url))
        assert len(lookups) == 1
        server.close()
        address = "127.0.0.2"
        moved = RawServer(OK, address, server.port)
        sender.begin_case()
        sender.send(Request("GET", url))
        assert len(lookups) == 2 and moved.connections == 1
        moved.close()


@pytest.mark.parametrize(
    "refused",
    [
        with_head("Content-Length: abc"),
        with_head("Content-Length: 3000", body=b"x" * 3000 + OK),
        with_head("Content-Length: 2000", "Content-Encoding: gzip", body=gzip.compress(b"\0" * 10**6)[:2000]),
        with_head("Transfer-Encoding: chunked", body=b"bbb8\r\n" + b"x" * 5000),
        b"garbage\r\n\r\n",
    ],
    ids=short_id,
)
def test_the_case_after_a_refused_reply_is_not_affected(serve, transport, refused):
    server = serve(then_correct(OK, refused))
    sender = transport(server, max_reply_bytes=1000, total=1)
    send(sender, server)
    with pytest.raises((TransportError, TooLargeError)):
        send(sender, server, method="POST")
    assert send(sender, server, method="POST").body == b"{}"


def closed_on_next_request(reset: bool = False):
    """Answer the first request of a connection, then read the second one and close the connection."""

    def answer(connection):
        connection.sendall(OK.replace(b"2\r\n\r\n{}", b"0\r\n\r\n"))  # also right for HEAD
        connection.recv(65536)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    return answer


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_request_on_a_kept_connection_that_ended_is_repeated_once(serve, transport, method, reset):
    server = serve(closed_on_next_request(reset))
    sender = transport(server)
    send(sender, server)
    assert send(sender, server, method=method).status == 200
    assert server.connections == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_request_that_may_have_an_effect_is_never_repeated(serve, transport, method):
    server = serve(closed_on_next_request())
    sender = transport(server)
    send(sender, server)
    with pytest.raises(CutShortError):
        send(sender, server, method=method)
    assert server.connections == 1


def test_a_request_is_repeated_only_before_the_first_byte_and_only_once(serve, transport):
    server = serve(then_correct(OK, lambda connection: connection.sendall(b"HTT")))
    sender = transport(server)
    send(sender, server)
    with pytest.raises(TransportError):
        send(sender, server)
    assert server.connections == 1
    server = serve(then_correct(OK, *[lambda connection: None] * 5))
    sender = transport(server)
    send(sender, server)
    with pytest.raises(CutShortError):
        send(sender, server)
    assert server.connections == 2


def test_a_new_connection_that_ends_is_not_repeated(serve, transport):
    server = serve(lambda connection: None)
    with pytest.raises(CutShortError):
        send(transport(server), server)
    assert server.connections == 1


def test_bytes_that_arrive_later_do_not_become_the_next_reply(serve, transport):
    sent = threading.Event()

    def late(connection):
        connection.sendall(OK)
        connection.recv(65536)
        connection.sendall(b"\0\0late bytes of the reply before\r\n")
        sent.wait(5)

    server = serve(then_correct(OK, late))
    sender = transport(server)
    assert send(sender, server).body == b"{}"
    assert send(sender, server).body == b"{}"
    assert send(sender, server).body == b"{}"
    sent.set()
