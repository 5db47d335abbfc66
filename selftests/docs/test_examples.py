"""Every example of the documents is run against the stand-in, in a pytest of its own.

A YAML block must pass unchanged; a block of environments.yaml must be valid. An HTML comment above a block
changes that::

    <!-- prints -->                    it fails, and pytest prints the text block after it
    <!-- prints; fault: NAME -->       the same, against a stand-in with this fault
    <!-- file: NAME -->                above a block of another language: a file beside the examples

After a change of messages, update the printed blocks and review the difference::

    UPDATE_GOLDEN=1 python -m pytest -c selftests/pytest.ini --rootdir selftests selftests/docs
    git diff README.md README.zh-CN.md docs
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from framework.cases.environments import load_environments
from selftests.docs.documents import (
    FOLDER,
    ROOT,
    Block,
    Project,
    blocks_of,
    failure_of,
    same_as_printed,
    suite_of,
)

DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
MAY_BE_EXPECTED = ("known_defect:", "level: warning")


def sound_examples(*, environments: bool = False) -> list[Block]:
    found = [
        block
        for path in DOCUMENTS
        for block in blocks_of(path)
        if block.language == "yaml" and not block.note
    ]
    return [block for block in found if block.text.startswith("environments:") is environments]


def failing_examples() -> Iterator[tuple[Block, Block]]:
    for path in DOCUMENTS:
        for block, after in pairwise(blocks_of(path)):
            if block.language == "yaml" and block.note.startswith("prints"):
                yield block, after


def file_of(block: Block) -> str:
    return f"{block.path.stem}-{block.line}.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """A function that makes a project whose stand-in has the given faults: ``project("fault", …)``."""
    return lambda *faults: Project(tmp_path / "project", faults)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Run all sound examples together; return the outcomes of the cases of each file."""
    project = Project(tmp_path_factory.mktemp("documents") / "project")
    for path in DOCUMENTS:
        for block in blocks_of(path):
            if block.note.startswith("file: "):
                project.write(block.note.removeprefix("file: "), block.text)
    for block in sound_examples():
        project.write(file_of(block), suite_of(block.text))
    done = project.run("-q", "--junitxml=junit.xml")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(project.folder / "junit.xml").iter("testcase"):
        found.setdefault(case.attrib["classname"].removeprefix(FOLDER.replace("/", ".") + "."), []).append(
            "; ".join(f"{part.tag}: {part.get('message')}" for part in case) or "passed"
        )
    return found


@pytest.mark.parametrize("block", sound_examples(), ids=lambda block: block.id)
def test_an_example_passes(block: Block, outcomes: dict[str, list[str]]) -> None:
    results = outcomes[file_of(block)]
    assert results
    if any(words in block.text for words in MAY_BE_EXPECTED):
        assert all(result == "passed" or "已知缺陷" in result or "警告" in result for result in results), (
            results
        )
    else:
        assert set(results) == {"passed"}


@pytest.mark.parametrize("block", sound_examples(environments=True), ids=lambda block: block.id)
def test_an_example_of_environments_is_valid(block: Block, tmp_path: Path) -> None:
    (tmp_path / "environments.yaml").write_text(f"default: test\n{block.text}", encoding="utf-8")
    assert load_environments(tmp_path)[0] == "test"


@pytest.mark.parametrize(("block", "printed"), failing_examples(), ids=lambda block: block.id)
def test_a_failure_is_printed_as_in_the_document(
    block: Block, printed: Block, project: Callable[..., Project]
) -> None:
    here = project(*re.findall(r"fault: ([\w-]+)", block.note))
    here.write("mine.yaml", block.text)
    done = here.run(f"{FOLDER}/mine.yaml", *re.findall(r"--\S+", block.note))
    assert done.returncode in (1, 2), done.stdout
    same_as_printed(printed, failure_of(done.stdout))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_first_case_of_a_readme_passes(readme: Path, project: Callable[..., Project]) -> None:
    blocks = blocks_of(readme)
    (example,) = (block for block in blocks if block.language == "yaml")
    shown, failure = (block for block in blocks if block.language == "text")
    here = project()
    here.write("mine.yaml", example.text)
    done = here.run(f"{FOLDER}/mine.yaml")
    assert done.returncode == 0, done.stdout
    assert set(shown.text.splitlines()) <= set(done.stdout.splitlines())

    here.write("mine.yaml", example.text.replace("重庆", "通知"))
    same_as_printed(failure, failure_of(here.run(f"{FOLDER}/mine.yaml").stdout))
