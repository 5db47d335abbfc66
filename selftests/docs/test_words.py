"""Commands, options, files and links in the documents exist, and the two READMEs have the same content."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from framework.cli.commands import COMMANDS, main
from selftests.docs.documents import ROOT, blocks_of
from selftests.project_matchers import MATCHERS
from standin.faults import FAULTS

NOT_OURS = {
    ".venv",
    ".cache",
    ".pytest_cache",
    ".hypothesis",
    ".ruff_cache",
    ".mypy_cache",
    ".git",
    "reports",
    "out",
    "node_modules",
    "__pycache__",
    "testcases",  # the user's
}
SHELLS = ("sh", "powershell")
PYTHON = re.compile(r"(?:\.venv[/\\](?:bin|Scripts)[/\\])?python$|^py$")
MADE_BY_READER = {
    "old_run.log",
    "old_tape",
    "testcases/policy_list/mine.yaml",
    "testcases/policy_list/old.yaml",
    "DIR",
    "LOG",
    "FILE",
    "reports/logs/*.jsonl",
    "shards/*",
}
OTHER_TOOLS = {"jq", "git", "export", ".", "$env:PYTHONUTF8"}
OF_A_MACHINE = re.compile(
    r"/(?:work|root|home|Users)/\w|[A-Z]:\\\\?Users|\bregistry\.\w+\.|\bmirrors?\.\w+\.|\bpypi\.\w+"
)
"""Folders of a machine, and hosts of packages, which an installation takes from the settings of its machine.
"""


def files(suffix: str = "") -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        yield from (Path(folder, name) for name in sorted(set(names) - NOT_OURS) if name.endswith(suffix))


DOCUMENTS = list(files(".md"))
FOR_READERS = [path for path in DOCUMENTS if path.parent in (ROOT, ROOT / "docs")]


def commands(path: Path) -> Iterator[list[str]]:
    """Yield the command lines of a document, from its shell blocks and from text between backticks."""
    for block in blocks_of(path):
        if block.language in SHELLS:
            text = block.text.replace("\\", "/") if block.language == "powershell" else block.text
            yield from filter(None, (shlex.split(line, comments=True) for line in text.splitlines()))
    prose = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for code in re.findall(r"`([^`\n]+)`", prose):
        if re.match(r"scripts/|\.ci/run|pytest --|(\.venv/bin/)?python -m ", code):
            yield shlex.split(code)


def cases() -> list[object]:
    return [
        pytest.param(words, id=f"{path.name}: {' '.join(words)}")
        for path in FOR_READERS
        for words in commands(path)
    ]


@cache
def options_of(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return done.stdout


@pytest.mark.parametrize("words", cases())
def test_a_command_exists_with_its_options(words: list[str]) -> None:
    words = [word for word in words if not re.fullmatch(r"[A-Z_]+=\S*", word)]
    tool, rest = words[0], words[1:]
    if tool in OTHER_TOOLS:
        return
    if PYTHON.search(tool):
        assert rest[0] == "-m"
        tool, rest = rest[1], rest[2:]
    if tool in ("venv", "pip"):
        assert all((ROOT / word).is_file() for word in rest if word.endswith(".txt"))
    elif tool.startswith("benchmarks."):
        assert (ROOT / f"{tool.replace('.', '/')}.py").is_file()
        return
    elif tool == "framework" and rest == ["…"]:
        return  # any command
    elif tool == "framework" and rest:
        assert rest[0] in COMMANDS
        _check_words(rest[1:], "framework", rest[0])
    elif tool == "standin":
        is_survey = rest[0] == "fault-survey"
        _check_words(rest[is_survey:], "standin", *rest[:is_survey])
    elif tool == "scripts/nightly":
        _check_words(rest, "pytest", also=options_of("framework", "night"))
    elif tool in ("pytest", "scripts/regress", "scripts/test"):
        _check_words(rest, "pytest")
    assert tool in ("venv", "pip", "framework", "standin", "pytest") or os.access(ROOT / tool, os.X_OK)


def _check_words(words: list[str], *command: str, also: str = "") -> None:
    for word, following in pairwise([*words, ""]):
        option, _, value = word.partition("=")
        if option.startswith("-"):
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", options_of(*command) + also), option
        elif "/" in word and word not in MADE_BY_READER:
            assert (ROOT / word.partition("::")[0]).exists(), word
        if option == "-m" and command == ("pytest",):
            markers = (ROOT / "pytest.ini").read_text(encoding="utf-8")
            assert all(
                f"    {tag}: " in markers for tag in set(re.findall(r"\w+", following)) - {"and", "or", "not"}
            )
        for fault in re.findall(r"--fault ([\w-]+)", f"{word} {following} {value}"):
            assert fault in FAULTS


def test_the_two_readmes_have_the_same_content() -> None:
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-CN.md"))
    assert _headings(english) == _headings(chinese)
    assert _code(english) == _code(chinese)
    assert set(_links(english)) - {"README.zh-CN.md"} == set(_links(chinese)) - {"README.md"}


def _headings(path: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^(#+) ", text, re.MULTILINE)


def _code(path: Path) -> list[str]:
    """Return the blocks without their comments, which are translated."""
    return [re.sub(r"\s+#.*", "", block.text) for block in blocks_of(path)]


def _links(path: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", prose)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(path: Path) -> None:
    for link in _links(path):
        target, _, anchor = link.partition("#")
        if not re.match(r"https?://", link):
            assert (path.parent / target).exists(), link
            assert not anchor or f"#{anchor}" in _anchors(path.parent / target if target else path), link


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_writing_cases_refers_to_the_list_of_matchers_and_shows_most_of_them() -> None:
    text = (ROOT / "docs" / "writing-cases.md").read_text(encoding="utf-8")
    assert "python -m framework matchers" in text or "matchers.md" in text
    shown = set(re.findall(r"\{(\w+): ", text)) & set(MATCHERS)
    assert len(shown) * 2 > len(MATCHERS), "the examples show less than half of the matchers"


def test_no_file_contains_a_folder_of_a_machine_or_a_host_of_packages() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path not in (Path(__file__), ROOT / "environments.yaml", ROOT / ".env"):
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in OF_A_MACHINE.finditer(text)]
    assert not found


def test_the_page_of_the_nightly_run_has_all_of_its_options(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["night", "-h"])
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    page = (ROOT / "docs" / "nightly.md").read_text(encoding="utf-8")
    table = page.partition("## 选项")[2].partition("\n## ")[0]
    assert options == set(re.findall(r"`(--[a-z-]+)", table))


def test_an_unknown_command_is_named_with_a_suggestion(capsys) -> None:
    assert main(["lnit", "--lang", "zh"]) == 2
    said = capsys.readouterr()
    assert "没有叫 lnit 的命令" in said.err and "lint" in said.err and "lint" in said.out
