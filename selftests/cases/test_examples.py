"""The grammar, by example: every file in examples/positive is read, every file in examples/negative is
refused.

Beside each negative example stands NAME.txt, the whole text its author gets to read. After a change of the
wording, write the texts anew and read the difference::

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
from framework.cases.parse import SHARED_FILE, Outside, parse_suite
from framework.cases.yamlfile import MAX_BYTES, read_source
from framework.checks.outcome import Matcher
from framework.cli.manual.sample import SAMPLE
from selftests.project_matchers import MATCHERS

EXAMPLES = Path(__file__).parent / "examples"
TAGS = ("smoke", "paging", "intrusive")
ENVIRONMENT = Environment("test", "https://api.example", secret_values={"token": "TOKEN-of-the-examples"})
OUTSIDE = Outside(MATCHERS, environment_definitions(ENVIRONMENT), tags=TAGS)
MOST_LINES = 6
NOT_YET: dict[str, str] = {}
"""Examples of the language that the parser cannot read yet, and why. Strict: an entry that has come true must
go.
"""


def examples(folder: str) -> list[Path]:
    return sorted(path for path in (EXAMPLES / folder).glob("*.yaml") if path.name != SHARED_FILE)


def load(path: Path) -> tuple[Case, ...]:
    above = path.parent / SHARED_FILE
    shared = (read_source(above, above.name),) if above.is_file() else ()
    return parse_suite(read_source(path, path.name), shared, OUTSIDE)


def same_as_golden(error: HarnessError, path: Path) -> None:
    """Compare with NAME.txt; with UPDATE_GOLDEN set, write it."""
    golden = path.with_suffix(".txt")
    text = f"{error}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing; see the top of this file"
    assert text == golden.read_text(encoding="utf-8")


def teaches(error: HarnessError) -> None:
    """What holds of every text: places that can be clicked, at most six lines for each problem, nothing of
    the machine.
    """
    for problem in error.problems:
        lines = render(problem).splitlines()
        assert len(lines) <= MOST_LINES, lines
        assert re.match(r"(错误: )?\S+\.yaml(:\d+)*: \S", lines[0]), lines[0]
        assert problem.how or len(lines[0]) > 20, f"says what is wrong and not what to write: {lines[0]}"
    assert str(EXAMPLES) not in str(error)


def awaited(path: Path) -> object:
    reason = NOT_YET.get(path.stem)
    marks = [pytest.mark.xfail(reason=reason, strict=True, raises=CaseFileError)] if reason else []
    return pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", map(awaited, examples("positive")))
def test_is_read(path: Path) -> None:
    cases = load(path)
    assert cases
    assert len({case.id for case in cases}) == len(cases)


@pytest.mark.parametrize("path", examples("negative"), ids=lambda path: path.stem)
def test_is_refused_and_says_what_to_write(path: Path) -> None:
    with pytest.raises(CaseFileError) as caught:
        load(path)
    teaches(caught.value)
    same_as_golden(caught.value, path)


@pytest.mark.parametrize("path", examples("environments"), ids=lambda path: path.stem)
def test_environments_are_refused_and_say_what_to_write(path: Path, tmp_path: Path) -> None:
    (tmp_path / "environments.yaml").write_bytes(path.read_bytes())
    with pytest.raises(ConfigError) as caught:
        load_environments(tmp_path)
    teaches(caught.value)
    same_as_golden(caught.value, path)


@pytest.mark.parametrize("matcher", MATCHERS.values(), ids=lambda matcher: matcher.name)
def test_the_example_of_every_matcher_is_read(matcher: Matcher, tmp_path: Path) -> None:
    example = (
        matcher.example
        if matcher.example.startswith(("$", "status", "elapsed", "headers", "body", "schema", "${"))
        else (f"$.data.result[*]: {{each: {{{matcher.example}}}}}")
    )
    path = tmp_path / "example.yaml"
    names = ", ".join(SAMPLE.variables)
    path.write_text(
        f"suite: 例\ncases:\n  - id: a\n    requires: [{names}]\n    validate:\n      {example}\n",
        encoding="utf-8",
    )
    (case,) = load(path)
    assert case.steps[0].checks


def test_no_golden_text_without_its_example() -> None:
    texts = {path.with_suffix("") for path in EXAMPLES.rglob("*.txt")}
    assert texts == {
        path.with_suffix("") for folder in ("negative", "environments") for path in examples(folder)
    }


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(CaseFileError, match=r"big\.yaml: 文件超过 1048576 字节"):
        load(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match=r"gone\.yaml: 读不了这个文件"):
        load(tmp_path / "gone.yaml")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + "suite: 列表\r\ncases:\r\n  - id: a\r\n    validate: {status_code: 200}\r\n".encode()
    )
    assert [(case.suite, case.id) for case in load(path)] == [("列表", "a")]
