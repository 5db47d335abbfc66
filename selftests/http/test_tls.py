"""Tests of tls and proxy: own authorities, client certificates, and every way in which a handshake fails."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from framework.base.errors import ConfigError, ConnectError, CutShortError, TimedOutError, TransportError
from framework.base.source import Source, Span
from framework.cases.connection_settings import TlsFiles
from framework.cases.request import Request
from framework.http.hosts import Hosts
from framework.http.tls import read_identity
from framework.http.transport import Limits, Transport

SPAN = Span(Source("environments.yaml", "tls: {}"), 1, 1, 1, 4)
TOKEN = "TOKEN-0123456789abcdef"
NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Callable[..., TlsFiles]:
    """Return ``files(ca=…, cert=…, key=…)``: whichever is given is written to a file of that name."""

    def write(**contents: bytes) -> TlsFiles:
        for name, content in contents.items():
            (tmp_path / f"{name}.pem").write_bytes(content)
        names = {name: f"{name}.pem" if name in contents else "" for name in ("ca", "cert", "key")}
        return TlsFiles(**names, span=SPAN)

    return write


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Return ``serve(answer)``: the port of a server that gives each connection to *answer*."""
    listeners: list[socket.socket] = []

    def start(answer: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        answer(connection)
                    except OSError:
                        continue

        threading.Thread(target=accept, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.close()


def over_tls(context: ssl.SSLContext) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    return answer


def server_context(authority: trustme.CA, name: str = "localhost", **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


def send(port: int, identity: Any = None, proxy: str = "", scheme: str = "https") -> bytes:
    base = f"{scheme}://localhost:{port}"
    options = {"proxy": proxy} | ({"identity": identity} if identity is not None else {})
    with Transport(Hosts(base), Limits(connect=1, total=5), {"token": TOKEN}, "t/1", **options) as transport:
        request = Request("GET", f"{base}/", headers={"Token": TOKEN})
        return transport.send(request).reply.body or b""


def test_an_own_authority_is_trusted_once_it_is_declared(authority, files, serve, tmp_path):
    port = serve(over_tls(server_context(authority)))
    with pytest.raises(ConnectError, match="不是可信的机构签发的"):
        send(port)
    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    assert send(port, identity) == b"{}"


def test_each_case_has_a_connection_of_its_own_and_one_full_handshake_is_enough(
    authority, files, serve, tmp_path, monkeypatch
):
    context, resumed, loads = server_context(authority), [], []

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            resumed.append(secure.session_reused)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            secure.recv(4096)
            secure.recv(4096)

    base = f"https://localhost:{serve(answer)}"
    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    load = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda *given, **named: loads.append(load(*given, **named))
    )
    with Transport(Hosts(base), Limits(connect=1, total=5), {}, "t/1", identity=identity) as transport:
        for _ in range(3):
            transport.begin_case()
            assert transport.send(Request("GET", base)).reply.body == b"{}"
    assert resumed == [False, True, True] and len(loads) == 1


def test_a_client_certificate_is_presented(authority, files, serve, tmp_path):
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    port = serve(over_tls(context))
    ca = authority.cert_pem.bytes()
    with pytest.raises(ConnectError, match="要客户端证书"):
        send(port, read_identity(files(ca=ca), tmp_path))
    client = authority.issue_cert("client@example.org")
    cert = b"".join(blob.bytes() for blob in client.cert_chain_pems)
    identity = read_identity(files(ca=ca, cert=cert, key=client.private_key_pem.bytes()), tmp_path)
    assert send(port, identity) == b"{}"
    stranger = trustme.CA().issue_cert("client@example.org")
    other = read_identity(
        files(ca=ca, cert=stranger.cert_chain_pems[0].bytes(), key=stranger.private_key_pem.bytes()),
        tmp_path,
    )
    with pytest.raises(ConnectError, match="要客户端证书"):
        send(port, other)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("localhost", {"not_before": NOW - 3 * DAY, "not_after": NOW - DAY}, "已经过期"),
        ("localhost", {"not_before": NOW + DAY, "not_after": NOW + 3 * DAY}, "还没有生效"),
        ("other.example", {}, "不是给这个主机名的"),
    ],
    ids=["expired", "not-yet", "other-name"],
)
def test_a_certificate_that_does_not_hold_is_named_for_its_fault(
    authority, files, serve, tmp_path, name, options, message
):
    port = serve(over_tls(server_context(authority, name, **options)))
    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    with pytest.raises(ConnectError, match=message) as caught:
        send(port, identity)
    assert "verify: false" not in str(caught.value)


def silent(connection: socket.socket) -> None:
    connection.settimeout(3)
    while connection.recv(4096):
        pass


def hangs_up(connection: socket.socket) -> None:
    connection.recv(4096)


def plain(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (silent, "连上了，但 1 秒内没有完成 TLS 握手"),
        (hangs_up, "对方在 TLS 握手途中断开了"),
        (plain, "这个端口上不是 TLS"),
    ],
)
def test_a_handshake_that_fails_is_named_for_its_cause(serve, answer, message):
    with pytest.raises((ConnectError, TimedOutError), match=message) as caught:
        send(serve(answer))
    assert "verify: false" not in str(caught.value)


def torn(context: ssl.SSLContext, reply: bytes, *, says_goodbye: bool) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            secure.sendall(reply)
            if says_goodbye:
                secure.unwrap()

    return answer


def test_a_reply_without_a_length_ends_with_the_closing_alert_and_not_with_the_connection(
    authority, files, serve, tmp_path
):
    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    context = server_context(authority)
    unmeasured, measured = b"HTTP/1.1 200 OK\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    assert send(serve(torn(context, unmeasured, says_goodbye=True)), identity) == b"{}"
    assert send(serve(torn(context, measured, says_goodbye=False)), identity) == b"{}"
    with pytest.raises(CutShortError, match="在答复内部断开"):
        send(serve(torn(context, unmeasured, says_goodbye=False)), identity)


def test_a_record_that_is_damaged_after_the_handshake_is_not_called_a_handshake(
    authority, files, serve, tmp_path
):
    context = server_context(authority)

    def damaged(connection: socket.socket) -> None:
        raw = socket.socket(fileno=os.dup(connection.fileno()))
        with raw, context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)
            raw.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)

    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    with pytest.raises(ConnectError, match="TLS 握手之后的数据读不懂"):
        send(serve(damaged), identity)


def test_an_old_version_of_tls_is_named(authority, files, serve, tmp_path):
    context = server_context(authority)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    except (ValueError, ssl.SSLError):
        pytest.skip("this OpenSSL has no TLS 1.1")
    port = serve(over_tls(context))
    with pytest.raises(ConnectError, match="太旧的 TLS 版本"):
        send(port, read_identity(files(ca=authority.cert_pem.bytes()), tmp_path))


# -- the files


@pytest.mark.parametrize("name", ["ca", "cert"])
def test_a_file_that_is_missing_or_wrong_is_named(files, tmp_path, name):
    missing = TlsFiles(**{**dict.fromkeys(("ca", "cert", "key"), ""), name: "no.pem"}, span=SPAN)
    with pytest.raises(ConfigError, match=f"tls 的 {name} 没有这个文件：no.pem"):
        read_identity(missing, tmp_path)
    with pytest.raises(ConfigError, match="不是 PEM 格式"):
        read_identity(files(**{name: b"not a certificate"}), tmp_path)


def test_a_certificate_without_its_key_is_named(authority, files, tmp_path):
    certificate = authority.issue_cert("client.example").cert_chain_pems[0].bytes()
    with pytest.raises(ConfigError, match="tls 的 cert 里没有私钥"):
        read_identity(files(cert=certificate), tmp_path)


def test_a_key_of_another_certificate_is_named(authority, files, tmp_path):
    one, other = authority.issue_cert("a.example"), authority.issue_cert("b.example")
    wrong = files(cert=one.cert_chain_pems[0].bytes(), key=other.private_key_pem.bytes())
    with pytest.raises(ConfigError, match="tls 的 key 不是这个 cert 的私钥"):
        read_identity(wrong, tmp_path)


def test_a_key_with_a_passphrase_is_refused_before_openssl_asks_for_it(authority, files, tmp_path):
    cert = authority.issue_cert("a.example").cert_chain_pems[0].bytes()
    key = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
    with pytest.raises(ConfigError, match="tls 的 key 有口令"):
        read_identity(files(cert=cert, key=key), tmp_path)


# -- the proxy


class Proxy:
    """A proxy that makes tunnels, answers plain requests itself, and may refuse."""

    def __init__(self, refuse: bytes = b"") -> None:
        self.refuse = refuse
        self.received: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        self.received.append(head)
        if self.refuse:
            connection.sendall(b"HTTP/1.1 " + self.refuse + b"\r\nContent-Length: 0\r\n\r\n")
        elif head.startswith(b"CONNECT"):
            self._tunnel(connection, int(head.split(b" ")[1].split(b":")[1]))
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    @staticmethod
    def _tunnel(connection: socket.socket, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as service:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

            def pump() -> None:
                while data := service.recv(65536):
                    connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)

            back = threading.Thread(target=pump, daemon=True)
            back.start()
            while data := connection.recv(65536):
                service.sendall(data)
            back.join(5)


def test_requests_go_through_the_proxy_of_the_environment(authority, files, serve, tmp_path):
    proxy = Proxy()
    address = f"http://user:pass%40word@127.0.0.1:{serve(proxy)}"
    identity = read_identity(files(ca=authority.cert_pem.bytes()), tmp_path)
    port = serve(over_tls(server_context(authority)))
    assert send(port, identity, proxy=address) == b"{}"
    assert proxy.received[0].startswith(f"CONNECT localhost:{port} ".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNzQHdvcmQ=" in proxy.received[0]
    assert TOKEN.encode() not in proxy.received[0]
    assert send(1, proxy=address, scheme="http") == b"[]"
    assert proxy.received[1].startswith(b"GET http://localhost:1/ ")


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"403 Forbidden"])
def test_a_proxy_that_refuses_is_named(serve, status):
    address = f"http://user:password-of-proxy@127.0.0.1:{serve(Proxy(status))}"
    with pytest.raises(TransportError, match=f"没有放行，HTTP {status[:3].decode()}") as caught:
        send(1, proxy=address)
    assert "password-of-proxy" not in str(caught.value)


def test_a_proxy_that_refuses_a_plain_request_is_no_reply_of_the_service(serve):
    address = f"http://user:password-of-proxy@127.0.0.1:{serve(Proxy(b'407 Proxy Authentication Required'))}"
    with pytest.raises(TransportError, match="没有放行，HTTP 407"):
        send(1, proxy=address, scheme="http")


def test_a_proxy_that_is_not_there_is_named():
    with pytest.raises(ConnectError, match=r"连不上代理 http://127\.0\.0\.1:1"):
        send(1, proxy="http://user:password@127.0.0.1:1")


def test_the_proxy_of_the_machine_is_ignored(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    port = serve(Proxy())
    assert send(port, scheme="http") == b"[]"
