"""The table of the exit codes: the documents show it, and real runs end with these codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from framework.base.exit_codes import TABLE, markdown
from framework.base.filelock import locked
from selftests.report.test_one_record import SUITE

ROOT = Path(__file__).parents[2]
MEANINGS = {row.code: row.regress for row in TABLE}


@pytest.mark.parametrize("document", ["docs/nightly.md", "docs/reading-a-failure.md"])
def test_the_documents_show_the_table(document: str) -> None:
    assert markdown() in (ROOT / document).read_text(encoding="utf-8")


BAD = SUITE.replace("success: true", "success: false")
SKIPPED = SUITE.replace("  - id: rows", "  - id: rows\n    skip: 等修复")


@pytest.mark.parametrize(
    ("suite", "arguments", "code", "word"),
    [
        (SUITE, (), 0, "全部通过"),
        (BAD, (), 1, "不符"),
        (SUITE.replace("validate", "valdate"), (), 1, "没有载入"),
        (SUITE, ("--env", ""), 4, "命令行"),
        (SUITE, ("--base-url", " "), 4, "命令行"),
        (SUITE, ("--replay", ""), 4, "命令行"),
        (SUITE, ("--env", "nowhere"), 4, "命令行"),
        (SUITE, ("-o", "evidence_mb=1.5"), 4, "配置"),
        (SUITE, ("-o", "evidence_mb=-1"), 4, "配置"),
        (SUITE, ("-o", "evidence_mb="), 4, "配置"),
        (SKIPPED, (), 5, "没有任何用例得到评判"),
    ],
    ids=range(11),
)
def test_runs_end_with_the_codes_of_the_table(
    project, suite: str, arguments: tuple[str, ...], code: int, word: str
) -> None:
    project.service.replies = {"/list": {"success": True}}
    project.suite(suite)
    run = project.run(*arguments)
    assert run.code == code and word in MEANINGS[code]
    assert "INTERNALERROR" not in run.out and "Traceback" not in run.out


def test_an_internal_error_ends_with_its_code(project) -> None:
    project.suite(SUITE)
    project.write(
        "conftest.py",
        'pytest_plugins = ["framework.plugin"]\n\n\n'
        "def pytest_collection_modifyitems():\n    raise RuntimeError(1)\n",
    )
    run = project.run()
    assert run.code == 3 and "内部出错" in MEANINGS[3]
    assert "INTERNALERROR" in run.out


def test_a_second_run_in_the_same_folder_is_refused(project) -> None:
    project.suite(SUITE)
    with locked(project.folder / "reports" / "allure-results" / ".lock", wait=False):
        assert project.run().code == 4
