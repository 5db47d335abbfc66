"""The reason in the output of a pytest that ended early."""

from __future__ import annotations

from pathlib import Path

import pytest

from framework.night.early_end import last_words
from framework.report.last_words import reason_in


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ""),
        (
            "ERROR: usage: pytest [options] [file]\npytest: error: unrecognized arguments: --x\n  inifile: p",
            "unrecognized arguments: --x",
        ),
        (
            "ImportError while loading conftest '/p/conftest.py'.\nconftest.py:1: in <m>\n    import no\n"
            "E   ModuleNotFoundError: No module named 'no'",
            "ModuleNotFoundError: No module named 'no'",
        ),
        (
            "ImportError while loading conftest '/p/conftest.py'.\n  File \"/p/conftest.py\", line 9\n    x\n"
            "SyntaxError: invalid syntax",
            "SyntaxError: invalid syntax",
        ),
        (
            "ERROR: environments.yaml:3:1: 不认识的键\n   3 | x\n   = 改法：删去",
            "environments.yaml:3:1: 不认识的键",
        ),
        (
            'Traceback (most recent call last):\n  File "/p"\nOSError: [Errno 28] No space left on device',
            "OSError: [Errno 28] No space left on device",
        ),
        ("Killed", "Killed"),
        ("ERROR: 错误：没有叫 tset 的环境\n     = 改法：你是不是要写 test？", "没有叫 tset 的环境"),
        (
            "  File x, line 1\npluggy.PluggyTeardownRaisedWarning: A plugin raised\nRuntimeError: hook\n"
            "For more information see https://pluggy.example",
            "RuntimeError: hook",
        ),
    ],
)
def test_the_reason(text: str, reason: str) -> None:
    assert reason_in(text) == reason


def test_nothing_is_repeated_if_a_secret_cannot_be_masked(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "environments.yaml").write_text(
        "default: a\nenvironments:\n  a: {base_url: 'http://127.0.0.1:1', secrets: {token: SHORT_ONE}}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("SHORT_ONE", "abc")
    assert last_words(tmp_path, None, "RuntimeError: abc") == ""
