"""Output to a console that lacks characters, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import sys
from framework.base.console import adapt_console, language_of_console
adapt_console()
print(sys.argv[1])
print(language_of_console() or "-")
"""


def shown(encoding: str, text: str) -> list[str]:
    command = [sys.executable, "-c", SHOW, text]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=True)
    return done.stdout.decode(encoding).splitlines()


@pytest.mark.parametrize(
    ("encoding", "text", "printed"),
    [
        ("utf-8", "✗ 期望 ✓ → …", "✗ 期望 ✓ → …"),
        ("gbk", "✗ 第 3 段 ✓ → …", "× 第 3 段 √ → …"),
        ("gbk", "a\u00a0b␛[0m 😀", "a b^[[0m \\U0001f600"),
        ("ascii", "✗ 中 a", "\\u2717 \\u4e2d a"),
        ("latin-1", "✗ × é", "× × é"),
    ],
)
def test_a_mark_that_the_console_lacks_is_replaced(encoding, text, printed):
    assert shown(encoding, text)[0] == printed


@pytest.mark.parametrize(
    ("encoding", "language"),
    [("utf-8", "-"), ("gbk", "-"), ("gb18030", "-"), ("ascii", "en"), ("latin-1", "en")],
)
def test_a_console_without_chinese_gets_english(encoding, language):
    assert shown(encoding, "")[1] == language


@pytest.mark.parametrize(
    ("encoding", "choice", "words"),
    [("ascii", {}, "usage"), ("ascii", {"HARNESS_LANG": "zh"}, "\\u7528\\u6cd5"), ("gbk", {}, "用法")],
)
def test_a_command_speaks_a_language_that_the_console_can_show(encoding, choice, words):
    environment = {name: value for name, value in os.environ.items() if name != "HARNESS_LANG"}
    environment |= {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", **choice}
    command = [sys.executable, "-m", "framework", "--help"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=True)
    assert words in done.stdout.decode(encoding).lower()
