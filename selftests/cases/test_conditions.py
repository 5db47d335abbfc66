"""Tests of the keys that say when a case runs, at every level: folder, suite, case and row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.case import Case
from framework.cases.environments import Environment
from framework.cases.parse import _ROW_KEYS, CASE_KEYS, ParseContext, parse_suite
from framework.plugin.conditions import skip_reason
from framework.run.plan import Plan
from selftests.project_matchers import MATCHERS

TAGS = ("smoke", "paging", "intrusive", "load")
PLAN = Plan(Environment("local", "https://api.example"), MATCHERS)
CSV = "id,word,tags\na,x,intrusive\n"


def read(text: str, *shared: str) -> tuple[Case, ...]:
    """Return the cases of a suite as a run in the environment ``local`` reads them; it allows nothing."""
    context = ParseContext(
        MATCHERS,
        tags=TAGS,
        read_data=lambda name, encoding: CSV,
        runs_here=lambda case: not skip_reason(case, PLAN),
    )
    above = tuple(Source("_shared.yaml", one) for one in shared)
    return parse_suite(Source("suite.yaml", text), above, context)


def level_texts(line: str) -> dict[str, tuple[str, ...]]:
    """Return a suite for each level at which *line* can be written."""
    cases = "cases:\n- id: a\n  validate: {status_code: 200}\n"
    return {
        "folder": (f"suite: s\n{cases}", line),
        "outer folder": (f"suite: s\n{cases}", line, "tags: [smoke]"),
        "suite": (f"suite: s\n{line}\n{cases}",),
        "case": (f"suite: s\n{cases}  {line}",),
        "row": (f"suite: s\n{cases}  parametrize:\n  - id: one\n    size: 1\n    {line}",),
    }


@pytest.mark.parametrize("level", level_texts(""))
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("skip: 等修复", "等修复"),
        ("only_in: [test]", "只在环境 test 运行"),
        ("requires: [password]", "环境 local 没有 password"),
        ("tags: [intrusive]", "环境 local 不允许 intrusive 的用例"),
        ("tags: load", "环境 local 不允许 load 的用例"),
    ],
)
def test_condition_works_at_every_level(level: str, line: str, reason: str) -> None:
    assert [skip_reason(case, PLAN) for case in read(*level_texts(line)[level])] == [reason]


@pytest.mark.parametrize("level", level_texts(""))
@pytest.mark.parametrize("line", ["skip: 等修复", "only_in: [test]", "requires: [password]", "tags: [load]"])
def test_names_of_a_case_that_does_not_run_here_are_not_resolved(level: str, line: str) -> None:
    suite, *shared = level_texts(line)[level]
    suite = suite.replace("- id: a\n", "- id: a\n  request: {json: '${password} ${other}'}\n")
    assert len(read(suite, *shared)) == 1


def test_names_of_a_case_that_runs_here_are_resolved() -> None:
    with pytest.raises(CaseFileError, match="没有叫 password 的变量"):
        read("suite: s\ncases:\n- {id: a, request: {json: '${password}'}, validate: {status_code: 200}}")


INTRUSIVE = "tags: [intrusive]"
SPELLINGS = {
    **level_texts(INTRUSIVE),
    **{f"{name}, one text": text for name, text in level_texts("tags: intrusive").items()},
    **{f"{name}, quoted": text for name, text in level_texts('"tags": ["intrusive"]').items()},
    **{f"{name}, other case": text for name, text in level_texts("tags: [Intrusive]").items()},
    **{
        f"{name}, other key": text for name, text in level_texts("Tags: [intrusive]").items() if name != "row"
    },
    **{f"{name}, one of two": text for name, text in level_texts("tags: [smoke, intrusive]").items()},
    **{f"{name}, by a reference": text for name, text in level_texts("tags: ['${kind}']").items()},
    "step": (
        "suite: s\ncases:\n- id: a\n  steps:\n"
        "  - {request: {url: /x}, tags: [intrusive], validate: {status_code: 1}}",
    ),
    "column": (
        "suite: s\ncases:\n- {id: a, parametrize: {tags: [intrusive], w: [x]}, validate: {status_code: 200}}",
    ),
    "column of lists": (
        "suite: s\ncases:\n"
        "- {id: a, parametrize: {w: [x], tags: [[intrusive]]}, validate: {status_code: 200}}",
    ),
    "data file": ("suite: s\ncases:\n- {id: a, parametrize: {file: x.csv}, validate: {status_code: 200}}",),
    "beside a data file": (
        "suite: s\ncases:\n- id: a\n  parametrize: {file: x.csv, tags: [intrusive]}\n"
        "  validate: {status_code: 1}",
    ),
    "one of two rows": (
        "suite: s\ncases:\n- id: a\n  tags: [smoke]\n  validate: {status_code: 200}\n  parametrize:\n"
        "  - {id: a, w: 1, tags: [intrusive]}\n  - {id: b, w: 1, tags: [paging, intrusive]}",
    ),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_nothing_intrusive_is_sent_by_any_spelling(name: str) -> None:
    try:
        cases = read(*SPELLINGS[name])
    except CaseFileError as error:
        assert all(problem.span for problem in error.problems)
        return
    assert cases
    assert all(skip_reason(case, PLAN) for case in cases)


def test_tags_and_assumptions_of_all_levels_add_up() -> None:
    (case,) = read(
        "suite: s\ntags: [paging]\ncases:\n- id: a\n  assumes: 甲\n  validate: {status_code: 200}\n"
        "  parametrize:\n  - {id: one, size: 1, tags: [load], assumes: [乙]}",
        "tags: [smoke]",
    )
    assert (case.tags, case.assumes) == (("smoke", "paging", "load"), ("甲", "乙"))
    assert case.parameters == ("size",)


def test_every_level_must_allow_the_environment() -> None:
    (case,) = read(
        "suite: s\nonly_in: [local, test]\ncases:\n- id: a\n  only_in: [local]\n  requires: [b]\n"
        "  validate: {status_code: 200}",
        "only_in: [local, test, prod]\nrequires: [a]",
    )
    assert (case.only_in, case.requires) == (("local",), ("a", "b"))


@pytest.mark.parametrize("line", ["only_in: [prod]", "only_in: []"])
@pytest.mark.parametrize("level", ["case", "row"])
def test_levels_without_a_common_environment_are_refused(level: str, line: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        read(*level_texts(line)[level], "only_in: [local]")
    assert [problem.code for problem in caught.value.problems] == ["no-environment"]


ROWS = "suite: s\ncases:\n- id: a\n  validate: {status_code: 200}\n  parametrize: "


@pytest.mark.parametrize("key", sorted(set(CASE_KEYS) - {"id", *_ROW_KEYS}))
def test_other_keys_of_a_case_are_refused_in_a_row(key: str) -> None:
    for rows in (f"[{{id: one, {key}: x}}]", f"{{{key}: [x]}}"):
        with pytest.raises(CaseFileError) as caught:
            read(ROWS + rows)
        (problem,) = caught.value.problems
        assert (problem.code, problem.span.line) == ("reserved-column", 5)
        assert problem.how


@pytest.mark.parametrize("key", _ROW_KEYS)
def test_keys_of_a_row_are_refused_as_columns_to_multiply(key: str) -> None:
    with pytest.raises(CaseFileError) as caught:
        read(ROWS + f"{{{key}: [x]}}")
    assert [problem.code for problem in caught.value.problems] == ["reserved-column"]


# -- the id of a row


@pytest.mark.parametrize(("value", "sent"), [("1000", 1000), ("'1000'", "1000"), ("many", "many")])
def test_id_of_a_row_is_a_variable(suite: Callable, value: str, sent: object) -> None:
    parsed = suite(ROWS + f"[{{id: {value}}}]\n  request: {{json: '${{id}}'}}")
    case = parsed.cases[0]
    assert parsed.request(case.id) == {"json": sent}
    assert case.parameters == ()


def test_id_of_a_row_in_a_data_file_is_a_variable() -> None:
    (case,) = parse_suite(
        Source("suite.yaml", ROWS + "{file: x.csv}\n  request: {json: '${id}'}"),
        (),
        ParseContext(MATCHERS, read_data=lambda name, encoding: "id:integer\n1000\n"),
    )
    assert (case.id, case.definitions["id"].value.value) == ("a[1000]", 1000)


def test_extract_may_have_the_name_of_the_id(suite: Callable) -> None:
    assert suite(ROWS + "[{id: one}]\n  extract: {id: $.data.id}").cases


def test_loop_may_have_the_name_of_the_id(suite: Callable) -> None:
    (case,) = suite(ROWS + "[{id: one}]\n  for_each: {id: [1, 2]}").cases
    assert "id" not in case.definitions


def test_variable_of_the_case_may_not_have_the_name_of_the_id(refused: Callable) -> None:
    assert refused(ROWS + "[{id: one}]\n  variables: {id: 1}") == ["shadow"]


def test_unknown_id_says_where_it_comes_from(suite: Callable) -> None:
    with pytest.raises(CaseFileError, match="给 parametrize 的每一行写 id"):
        suite(ROWS + "[{size: 1}]\n  request: {json: '${id}'}")
