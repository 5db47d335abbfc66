"""Tests that docs/environments.md has every key of environments.yaml, and that its example is read."""

from __future__ import annotations

import re
from pathlib import Path

from framework.cases import environments
from framework.cases.environments import load_environments
from framework.checks.matchers import MATCHERS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "environments.md"


def test_the_page_has_every_key_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## 每一个键")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(environments._KEYS)


def test_the_page_has_every_word_of_allow() -> None:
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `allow`"))
    assert [word for word in environments.ALLOWED if f"`{word}`" not in row] == []


def test_the_examples_are_read_and_the_first_uses_every_key(tmp_path: Path) -> None:
    texts = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = []
    for text in texts:
        (tmp_path / "environments.yaml").write_text(text, encoding="utf-8")
        _, found = load_environments(tmp_path, MATCHERS)
        names.append(found["test"].session_names)
        assert found["test"].login[0].checks
    assert names == [("token",), ("session",)]
    assert [key for key in environments._KEYS if f"\n    {key}:" not in texts[0]] == []
