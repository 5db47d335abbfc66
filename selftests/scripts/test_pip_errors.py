"""The cause that scripts/bootstrap names for a failed pip, from recorded output of pip 23.0 and 26.3."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
from pip_errors import find_cause

NO_MATCH = """\
2026-11-26T01:09:13,601 ERROR: Could not find a version that satisfies the requirement regex==2026.11.15 (from versions: none)
2026-11-26T01:09:13,606 ERROR: No matching distribution found for regex==2026.11.15
"""
OTHER_VERSIONS = """\
ERROR: Could not find a version that satisfies the requirement regex==2026.11.15 (from versions: 2026.6.1, 2026.7.19, 2026.8.2, 2026.9.10, 2026.9.29)
ERROR: No matching distribution found for regex==2026.11.15
"""
OTHER_PYTHON = """\
ERROR: Ignored the following versions that require a different python version: 2026.11.15 Requires-Python >=3.11; 2026.11.18 Requires-Python >=3.11
"""

RECORDED = {
    "python": (OTHER_PYTHON + OTHER_VERSIONS, "regex==2026.11.15 不能用于 Python 3.10.13，它需要 Python >=3.11"),
    "behind": (OTHER_VERSIONS, "软件源里没有 regex==2026.11.15"),
    "other-pin-ignored": (
        "ERROR: Ignored the following versions that require a different python version: "
        "2026.11.150 Requires-Python >=3.11; 12026.11.15 Requires-Python >=3.11\n" + OTHER_VERSIONS,
        "软件源里没有 regex==2026.11.15",
    ),
    "refused": (
        "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection "
        "broken by 'NewConnectionError': /simple/regex/\n"
        "Could not fetch URL http://127.0.0.1:9/simple/regex/: connection error: HTTPConnectionPool("
        "host='127.0.0.1', port=9): Max retries exceeded with url: /simple/regex/ (Caused by NewConnectionError("
        "'Failed to establish a new connection: [Errno 111] Connection refused')) - skipping\n" + NO_MATCH,
        "连不上软件源，或它没有正常应答（http://127.0.0.1:9/simple/regex/）",
    ),
    "name": (
        "Could not fetch URL http://mirror.invalid/simple/regex/: connection error: Failed to resolve IP address "
        "for 'mirror.invalid' ([Errno -2] Name or service not known) - skipping\n" + NO_MATCH,
        "连不上软件源",
    ),
    "server-error": (
        "Could not fetch URL http://127.0.0.1:8771/503/regex/: HTTPConnectionPool(host='127.0.0.1', port=8771): Max "
        "retries exceeded with url: /503/regex/ (Caused by ResponseError('too many 503 error responses')) - "
        "skipping\n" + NO_MATCH,
        "连不上软件源，或它没有正常应答",
    ),
    "forbidden": (
        "Could not fetch URL http://127.0.0.1:8771/403/regex/: 403 Client Error: Forbidden for url: "
        "http://127.0.0.1:8771/403/regex/ - skipping\n" + NO_MATCH,
        "软件源拒绝了请求",
    ),
    "not-found": (
        "Could not fetch URL http://127.0.0.1:8771/404/regex/: 404 Client Error: Not Found for url: "
        "http://127.0.0.1:8771/404/regex/ - skipping\n" + NO_MATCH,
        "软件源里没有 regex==2026.11.15",
    ),
    "certificate": (
        "Could not fetch URL https://localhost:8773/simple/regex/: There was a problem confirming the ssl "
        "certificate: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate "
        "(_ssl.c:1006) - skipping\n" + NO_MATCH,
        "无法确认软件源的证书",
    ),
    "proxy-old": (
        "Could not fetch URL https://mirror.example/simple/regex/: connection error: HTTPSConnectionPool("
        "host='mirror.example', port=443): Max retries exceeded with url: /simple/regex/ (Caused by ProxyError("
        "'Cannot connect to proxy.', NewConnectionError('[Errno 111] Connection refused'))) - skipping\n" + NO_MATCH,
        "连不上代理",
    ),
    "proxy-new": (
        "Could not fetch URL https://mirror.example/simple/regex/: proxy connection error: ('Unable to connect to "
        "proxy', NewConnectionError('[Errno 111] Connection refused')) - skipping\n" + NO_MATCH,
        "连不上代理",
    ),
    "proxy-in-the-address-only": (
        "Could not fetch URL http://mirror.example/pypi-proxy/simple/regex/: connection error: Max retries exceeded "
        "with url: /pypi-proxy/simple/regex/ - skipping\n" + NO_MATCH,
        "连不上软件源",
    ),
    "hash": (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package "
        "versions, please update the hashes.\n    regex==2026.9.29 from somewhere:\n        Expected sha256 00\n",
        "哈希不符",
    ),
    "hash-after-an-index-that-failed": (
        "Could not fetch URL http://127.0.0.1:9/simple/regex/: connection error: [Errno 111] Connection refused - "
        "skipping\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n",
        "哈希不符",
    ),
    "incomplete-lock": (
        "ERROR: In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:\n"
        "    charset_normalizer<4,>=2 from somewhere (from requests==2.34.2)\n",
        "锁文件不完整",
    ),
    "space": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
        "磁盘空间不足",
    ),
    "build-old": (
        "  error: subprocess-exited-with-error\n  × python setup.py egg_info did not run successfully.\n"
        "error: metadata-generation-failed\n",
        "从源代码构建又失败了",
    ),
    "build-after-an-index-that-failed": (
        "Could not fetch URL http://127.0.0.1:9/simple/setuptools/: connection error: [Errno 111] Connection "
        "refused - skipping\nERROR: Failed to build 'regex' when getting requirements to build wheel\n",
        "从源代码构建又失败了",
    ),
    "conflict": (
        "ERROR: Cannot install a==1 and b==1 because these package versions have conflicting dependencies.\n"
        "ERROR: ResolutionImpossible: for help visit the documentation\n",
        "版本互相冲突",
    ),
    "permission": (
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '.venv/lib'\n",
        "没有写入的权限",
    ),
    "download": (
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example', port=443): Read "
        "timed out.\n",
        "下载中断",
    ),
    "unknown": (
        "ERROR: Exception:\nTraceback (most recent call last):\n  File \"x.py\", line 1, in run\n"
        "NotADirectoryError: [Errno 20] Not a directory: 'x'\n",
        "pip 没有成功",
    ),
    "silent": ("", "pip 没有成功"),
}  # fmt: skip


@pytest.mark.parametrize(("log", "reason"), RECORDED.values(), ids=RECORDED)
def test_the_cause_is_the_one_that_the_log_shows(log: str, reason: str) -> None:
    cause = find_cause(log, "3.10.13")
    assert reason in cause.reason
    assert cause.remedy


def test_the_line_is_the_one_that_decides() -> None:
    assert find_cause(RECORDED["forbidden"][0], "3.10.13").line.startswith("Could not fetch URL")
    assert find_cause(RECORDED["unknown"][0], "3.10.13").line.startswith("NotADirectoryError")
    assert find_cause("ERROR: one\nERROR: two\nlast", "3.10.13").line == "ERROR: two"


def test_the_line_is_short_and_holds_no_password() -> None:
    line = find_cause(OTHER_VERSIONS, "3.10.13").line
    assert line.endswith("regex==2026.11.15 (from versions: …)")
    secret = (
        "Could not fetch URL https://me:pass@mirror.example/simple/: 401 Client Error - skipping\n" + NO_MATCH
    )
    cause = find_cause(secret, "3.10.13")
    assert "pass" not in cause.line + cause.reason and "***@mirror.example" in cause.line
    assert len(find_cause("ERROR: " + "x" * 9999, "3.10.13").line) < 400
