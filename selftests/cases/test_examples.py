"""Tests of the case language by example: examples/positive must be parsed, examples/negative must be refused.

NAME.txt beside each negative example holds the whole message that its author reads. After a change of
wording, update these texts and read the difference::

    UPDATE_GOLDEN=1 python -m pytest -c selftests/pytest.ini --rootdir selftests
    selftests/cases/test_examples.py git diff selftests/cases/examples
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from framework.base.errors import CaseFileError, ConfigError, HarnessError, render
from framework.cases.case import Case
from framework.cases.environments import Environment, environment_definitions, load_environments
from framework.cases.parse import SHARED_FILE, ParseContext, parse_suite
from framework.cases.yaml.textfile import MAX_BYTES, read_source
from framework.checks.outcome import Matcher
from framework.cli.manual.sample import SAMPLE
from selftests.project_matchers import MATCHERS

EXAMPLES = Path(__file__).parent / "examples"
TAGS = ("smoke", "paging", "intrusive")
ENVIRONMENT = Environment("test", "https://api.example", secret_values={"token": "TOKEN-of-the-examples"})
CONTEXT = ParseContext(MATCHERS, environment_definitions(ENVIRONMENT), tags=TAGS)
MAX_LINES = 6
NOT_YET: dict[str, str] = {}
"""Positive examples that the parser cannot read yet, with the reason; others must not be listed."""


def examples(folder: str) -> list[Path]:
    return sorted(path for path in (EXAMPLES / folder).glob("*.yaml") if path.name != SHARED_FILE)


def load(path: Path) -> tuple[Case, ...]:
    above = path.parent / SHARED_FILE
    shared = (read_source(above, above.name),) if above.is_file() else ()
    return parse_suite(read_source(path, path.name), shared, CONTEXT)


def compare_with_golden(error: HarnessError, path: Path) -> None:
    """Compare the message with NAME.txt; write that file if UPDATE_GOLDEN is set."""
    golden = path.with_suffix(".txt")
    text = f"{error}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing; see the top of this file"
    assert text == golden.read_text(encoding="utf-8")


def check_style_of_message(error: HarnessError) -> None:
    """Check that each problem has a clickable place, at most six lines, and no path of this machine."""
    for problem in error.problems:
        lines = render(problem).splitlines()
        assert len(lines) <= MAX_LINES, lines
        assert re.match(r"(错误: )?\S+\.yaml(:\d+)*: \S", lines[0]), lines[0]
        assert problem.how or len(lines[0]) > 20, f"says what is wrong and not what to write: {lines[0]}"
    assert str(EXAMPLES) not in str(error)


def expected_failure(path: Path) -> object:
    reason = NOT_YET.get(path.stem)
    marks = [pytest.mark.xfail(reason=reason, strict=True, raises=CaseFileError)] if reason else []
    return pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", map(expected_failure, examples("positive")))
def test_positive_example_is_read(path: Path) -> None:
    cases = load(path)
    assert cases
    assert len({case.id for case in cases}) == len(cases)


@pytest.mark.parametrize("path", examples("negative"), ids=lambda path: path.stem)
def test_negative_example_is_refused_with_its_golden_text(path: Path) -> None:
    with pytest.raises(CaseFileError) as caught:
        load(path)
    check_style_of_message(caught.value)
    compare_with_golden(caught.value, path)


@pytest.mark.parametrize("path", examples("environments"), ids=lambda path: path.stem)
def test_negative_environment_is_refused_with_its_golden_text(path: Path, tmp_path: Path) -> None:
    (tmp_path / "environments.yaml").write_bytes(path.read_bytes())
    with pytest.raises(ConfigError) as caught:
        load_environments(tmp_path)
    check_style_of_message(caught.value)
    compare_with_golden(caught.value, path)


@pytest.mark.parametrize("matcher", MATCHERS.values(), ids=lambda matcher: matcher.name)
def test_example_of_every_matcher_is_read(matcher: Matcher, tmp_path: Path) -> None:
    example = matcher.example
    has_subject = example.startswith(("$", "status", "elapsed", "headers", "body", "schema"))
    if not has_subject:
        example = f"$.data.result[*]: {{each: {{{example}}}}}"
    path = tmp_path / "example.yaml"
    names = ", ".join(SAMPLE.variables)
    path.write_text(
        f"suite: 例\ncases:\n  - id: a\n    requires: [{names}]\n    validate:\n      {example}\n",
        encoding="utf-8",
    )
    (case,) = load(path)
    assert case.steps[0].checks


def test_every_golden_text_has_its_example() -> None:
    texts = {path.with_suffix("") for path in EXAMPLES.rglob("*.txt")}
    assert texts == {
        path.with_suffix("") for folder in ("negative", "environments") for path in examples(folder)
    }


def test_file_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(CaseFileError, match=r"big\.yaml: 文件超过 1048576 字节"):
        load(path)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match=r"gone\.yaml: 读不了这个文件"):
        load(tmp_path / "gone.yaml")


def test_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + "suite: 列表\r\ncases:\r\n  - id: a\r\n    validate: {status_code: 200}\r\n".encode()
    )
    assert [(case.suite, case.id) for case in load(path)] == [("列表", "a")]
