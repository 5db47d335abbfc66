"""Tests for the import of old case files; old/NAME.golden holds the result for old/NAME.yaml.

To update the golden texts::

    UPDATE_GOLDEN=1 python -m pytest -c selftests/pytest.ini --rootdir selftests
    selftests/legacy/test_import_cases.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import to_plain
from framework.cases.yaml.pyyaml import dump

OLD = Path(__file__).parent / "old"
NAMES = sorted(path.stem for path in OLD.glob("*.yaml"))
ENVIRONMENTS = (
    "default: test\nenvironments:\n  test: "
    "{base_url: 'https://app.youth.cq.cqyl.org.cn', secrets: {token: POLICY_TOKEN}}\n"
)


@pytest.fixture
def convert(project):
    def run(name: str, *arguments: str) -> tuple[int, str, str]:
        project.write("environments.yaml", ENVIRONMENTS)
        project.write(f"{name}.yaml", (OLD / f"{name}.yaml").read_bytes())
        return project.run("import-cases", f"{name}.yaml", *arguments)

    return run


@pytest.mark.parametrize("name", NAMES)
def test_import_matches_its_golden_text(convert, name):
    code, out, err = convert(name)
    golden = OLD / f"{name}.golden"
    text = f"{out}---- {code}\n{err}"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "nothing"])
def test_imported_suite_has_no_lint_problems(project, convert, name):
    convert(name, "--to", f"testcases/{name}.yaml")
    code, out, _ = project.run("lint")
    assert code == 0, out


def test_existing_file_is_not_overwritten(project, convert):
    project.write("testcases/new.yaml", "mine")
    code, _, err = convert("seed-list", "--to", "testcases/new.yaml")
    assert code == 2
    assert "不覆盖" in err
    assert (project.root / "testcases/new.yaml").read_text() == "mine"


def test_syntax_error_of_the_old_file_is_located(project):
    project.write("old.yaml", "- name: [\n")
    code, _, err = project.run("import-cases", "old.yaml")
    assert code == 2
    assert err.startswith("old.yaml:2:1: ")


def test_mistake_in_a_shared_file_costs_no_case(project, convert):
    project.write("testcases/_shared.yaml", "request: {headers: [1]}\nwat: 1\n")
    code, _, err = convert("step-variables", "--to", "testcases/new.yaml")
    assert (code, err.strip()) == (0, "1 个用例，0 处没有带过来，0 处请看一眼")


def test_missing_file_is_refused(project):
    assert project.run("import-cases", "gone.yaml")[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "010",
        "1e3",
        "~",
        "",
        "null",
        "-",
        "“引号”",
        "a #1",
        "a: b",
        "甲\n乙\n",
        " 甲",
        "甲 ",
        "1_000",
        "0x1F",
        "12:30:45",
        "｛甲｝",
        "$${x",
        "- a",
        "\t",
        "é\u00a0",
        "😀",
        "'",
        '"',
        "a\\b",
        "#",
        "%",
        "@a",
        "`",
        "[冒烟]",
        "*",
        "&",
        "!",
        "True",
        ".5",
        "+1",
        "=",
        "<<",
        "\ufeff甲",
        "\u2028",
    ],
)
def test_every_text_is_read_back_unchanged(text):
    for document in (
        {"a": text},
        {text: 1} if text not in ("<<",) else {},
        [text],
        {"a": [{"b": text, "c": [1, 2.5, None, True]}]},
    ):
        assert to_plain(parse_yaml(Source("x.yaml", dump(document)))) == document


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100)
@given(document=st.dictionaries(st.text(min_size=1, max_size=10), JSON, min_size=1, max_size=4))
def test_any_document_is_read_back_unchanged_or_refused(document):
    """The parser refuses a text with a reference in full-width braces even in quotes."""
    try:
        read = to_plain(parse_yaml(Source("x.yaml", dump(document))))
    except CaseFileError as error:
        assert {problem.code for problem in error.problems} <= {"reference-full-width"}
        return
    assert read == document
