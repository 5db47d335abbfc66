"""The cause that scripts/bootstrap names for a failed pip, from recorded output of pip 23.0 and 26.3."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
from pip_errors import find_cause

REASONS = {
    "python": "regex==2026.11.15 不能用于 Python 3.10.13，它需要 Python >=3.11",
    "behind": "软件源里没有 regex==2026.11.15",
    "other-pin-ignored": "软件源里没有 regex==2026.11.15",
    "refused": "连不上软件源，或它没有正常应答（http://127.0.0.1:9/simple/regex/）",
    "name": "连不上软件源",
    "server-error": "连不上软件源，或它没有正常应答",
    "forbidden": "软件源拒绝了请求",
    "not-found": "软件源里没有 regex==2026.11.15",
    "certificate": "无法确认软件源的证书",
    "proxy-old": "连不上代理",
    "proxy-new": "连不上代理",
    "proxy-in-the-address-only": "连不上软件源",
    "hash": "哈希不符",
    "hash-after-an-index-that-failed": "哈希不符",
    "incomplete-lock": "锁文件不完整",
    "space": "磁盘空间不足",
    "build-old": "从源代码构建又失败了",
    "build-after-an-index-that-failed": "从源代码构建又失败了",
    "conflict": "版本互相冲突",
    "permission": "没有写入的权限",
    "download": "下载中断",
    "unknown": "pip 没有成功",
    "password": "软件源拒绝了请求",
}


def recorded(name: str) -> str:
    return (Path(__file__).parent / "pip_output" / f"{name}.txt").read_text(encoding="utf-8")


def test_every_recorded_output_has_a_reason() -> None:
    assert {path.stem for path in (Path(__file__).parent / "pip_output").iterdir()} == set(REASONS)


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=REASONS)
def test_the_cause_is_the_one_that_the_output_shows(name: str, reason: str) -> None:
    cause = find_cause(recorded(name), "3.10.13")
    assert reason in cause.reason
    assert cause.remedy and cause.line


def test_no_output_is_not_an_error_of_its_own() -> None:
    assert "pip 没有成功" in find_cause("", "3.10.13").reason


def test_the_line_is_the_one_that_decides() -> None:
    assert find_cause(recorded("forbidden"), "3.10.13").line.startswith("Could not fetch URL")
    assert find_cause(recorded("unknown"), "3.10.13").line.startswith("NotADirectoryError")
    assert find_cause("ERROR: one\nERROR: two\nlast", "3.10.13").line == "ERROR: two"


def test_the_line_is_short_and_holds_no_password() -> None:
    assert find_cause(recorded("behind"), "3.10.13").line.endswith("regex==2026.11.15 (from versions: …)")
    assert len(find_cause("ERROR: " + "x" * 9999, "3.10.13").line) < 400
    cause = find_cause(recorded("password"), "3.10.13")
    assert "pass" not in cause.line + cause.reason
    assert "***@mirror.example" in cause.line
