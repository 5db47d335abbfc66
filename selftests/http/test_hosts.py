"""The rules for the hosts to which requests and secrets may go."""

from __future__ import annotations

import pytest

from framework.http.hosts import Hosts, origin_of

BASE = "https://app.test"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://App.Test/x", "https://app.test"),
        ("http://a.test:80", "http://a.test"),
        ("https://a.test:8443/?q", "https://a.test:8443"),
        ("http://[::1]:81/", "http://[::1]:81"),
        ("https://a.test./", "https://a.test"),
        ("HTTPS://a.test?x", "https://a.test"),
    ],
)
def test_origin_of_a_url(url, origin):
    assert str(origin_of(url)) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/path",
        "//a.test/",
        "ftp://a.test/",
        "http:///x",
        "http://u@a.test/",
        "http://u:p@a.test/",
        "http://a.test\\@b.test/",
        "http://a.test:99999/",
        "http://a.test:x/",
        "http://[::1",
        "http://a .test/",
        "http://a\t.test/",
        "http://主机/",
        "javascript:alert(1)",
    ],
)
def test_urls_without_an_unambiguous_origin(url):
    assert origin_of(url) is None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://app.test/any?x=https://evil.test", True),
        ("https://app.test:443/", True),
        ("https://files.test/a", True),
        ("http://alt.test:8080/", True),
        ("https://alt.test:8080/", True),
        ("http://app.test/", False),
        ("https://app.test:444/", False),
        ("http://files.test/", False),
        ("https://files.test:444/", False),
        ("https://alt.test/", False),
        ("https://app.test.evil.test/", False),
        ("https://evil.test/https://app.test/", False),
        ("https://app.test@evil.test/", False),
        ("https://sub.files.test/", False),
        ("https://evil.test#app.test", False),
    ],
)
def test_allowed_hosts(url, allowed):
    assert Hosts(BASE, ("Files.test", "alt.test:8080"), BASE).allows(url) is allowed


@pytest.mark.parametrize(
    ("base", "named", "declared", "may"),
    [
        ("https://app.test", (), "https://app.test", True),
        ("https://app.test:8443", (), "https://app.test", True),
        ("https://evil.test", (), "https://app.test", False),
        ("http://app.test", (), "https://app.test", False),
        ("http://app.test", (), "http://app.test", True),
        ("https://files.test", ("files.test",), "https://app.test", True),
        ("http://files.test", ("files.test:80",), "https://app.test", False),
        ("http://127.0.0.1:8000", (), "", True),
        ("http://127.9.9.9", (), "https://app.test", True),
        ("http://localhost:1", (), "", True),
        ("http://[::1]:1", (), "", True),
        ("http://localhost.evil.test", (), "", False),
        ("http://0.0.0.0:1", (), "", False),
        ("https://app.test", (), "", False),
    ],
)
def test_secrets_go_only_to_a_declared_or_loopback_base_url(base, named, declared, may):
    assert Hosts(base, named, declared).may_carry_secrets(base + "/x") is may


def test_secrets_go_to_no_other_origin():
    hosts = Hosts("http://127.0.0.1:8000", ("files.test", "127.0.0.1:9000"), "https://app.test")
    urls = (
        "https://app.test/",
        "https://files.test/",
        "http://127.0.0.1:9000/",
        "https://127.0.0.1:8000/",
        "http://localhost:8000/",
    )
    assert not any(hosts.may_carry_secrets(url) for url in urls)
