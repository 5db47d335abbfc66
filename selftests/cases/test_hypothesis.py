"""Property tests of the parser: any text yields cases or a CaseFileError in a short time.

Values that are written into YAML are read and rendered unchanged.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from framework.base.errors import CaseFileError
from framework.base.errors import render as render_problem
from framework.base.source import Source, Span
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.template import Binding, Constant, Scope, compile_template, format_value, render
from framework.cases.yaml.compose import parse_yaml
from framework.cases.yaml.nodes import ScalarNode, to_plain
from selftests.project_matchers import MATCHERS

ROOT = Path(__file__).parents[2]
SUITES = sorted((ROOT / "testcases").rglob("*.yaml")) + sorted(
    (Path(__file__).parent / "examples").glob("*tive/*.yaml")
)
TEXTS = [path.read_bytes().decode("utf-8", "replace") for path in SUITES]
SHARED = Source(
    "_shared.yaml", (ROOT / "testcases" / "policy_list" / "_shared.yaml").read_text(encoding="utf-8")
)
CONTEXT = ParseContext(MATCHERS, read_data=lambda name, encoding: "id,x\none,1\n")
SIGNS = [
    "${",
    "}",
    "{",
    "[",
    "]",
    ": ",
    "- ",
    "*",
    "&",
    "!",
    "|",
    ">",
    "'",
    '"',
    "#",
    " #1",
    "\t",
    "\n",
    "%",
    "@",
    "~",
    "?",
    "<<: ",
    "---\n",
    "：",
    "｛",
    "，",
    "“",
    "$｛",
    "\ufeff",
    "\u2028",
    "\x00",
    "\x1b",
    "😀",
    "${$.",
    "${@.",
    "$..",
    "0x",
    "each: ",
    "not: ",
    "without: ",
]
SPAN = Span(Source("suite.yaml", ""), 1, 1, 1, 1)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=60), inner, max_size=3),
    max_leaves=8,
)
"""The keys are short because YAML limits a key to 1024 characters, escapes included."""


def read(text: str) -> None:
    """Parse *text* as a suite; the problems of a refusal must be short and printable."""
    try:
        parse_suite(Source("suite.yaml", text), (SHARED,), CONTEXT)
    except CaseFileError as error:
        assert error.problems
        for problem in error.problems:
            lines = render_problem(problem).splitlines()
            assert len(lines) <= 6
            # The space of Chinese text is shown as it is.
            assert all(line.replace("\u3000", " ").isprintable() for line in lines[1:3])


@settings(max_examples=300)
@given(st.text(st.characters(codec="utf-8")))
@example("[" * 5000)
@example("{a: " * 5000)
@example("- " * 5000)
@example("? " * 3000)
@example("suite: " + "&a " * 1000)
@example("suite: 列表\ncases:\n- id: a\n  validate: {status_code: " + "9" * 5000 + "}")
@example('suite: "' + "\\x00" * 2000 + '"')
def test_any_text_is_read_or_refused(text: str) -> None:
    read(text)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                *SIGNS,
                "suite",
                "cases",
                "id",
                "a",
                "1",
                "validate",
                "request",
                "$.a",
                "status_code",
                "  ",
                "\n  ",
                "\n    ",
            ]
        )
    )
)
def test_any_mixture_of_signs_is_read_or_refused(pieces: list[str]) -> None:
    read("suite: 列表\ncases:\n  - id: a\n    validate: {status_code: 200}\n    " + "".join(pieces))


@settings(max_examples=250)
@given(st.sampled_from(range(len(TEXTS))), st.randoms(use_true_random=False), st.integers(1, 4))
def test_damaged_suite_is_read_or_refused(which: int, chance: random.Random, times: int) -> None:
    text = TEXTS[which]
    for _ in range(times):
        text = chance.choice(DAMAGES)(text, chance)
    read(text)


def _swap_lines(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines)


def _drop_or_double_a_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at : at + 1] = [] if chance.random() < 0.5 else [lines[at], lines[at]]
    return "".join(lines)


def _indent_a_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = lines[at][1:] if chance.random() < 0.5 else " " + lines[at]
    return "".join(lines)


def _change_characters(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(SIGNS) + text[at + chance.choice((0, 1, 1, 2, 20)) :]


DAMAGES = (_swap_lines, _drop_or_double_a_line, _indent_a_line, _change_characters, _change_characters)


@settings(max_examples=200)
@given(json_values)
def test_every_json_value_is_read_unchanged(value: object) -> None:
    assert to_plain(parse_yaml(Source("t.yaml", to_yaml({"value": value})))) == {"value": value}


def to_yaml(value: object) -> str:
    """Return *value* as JSON, but with the escapes of YAML, which has no surrogate pairs."""
    if isinstance(value, str):
        escaped = (char if char.isalnum() and char.isascii() else f"\\U{ord(char):08x}" for char in value)
        return f'"{"".join(escaped)}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(to_yaml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_yaml(key)}: {to_yaml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


@settings(max_examples=200)
@given(st.text())
def test_text_without_references_is_rendered_unchanged(text: str) -> None:
    template = compile_template(ScalarNode(text.replace("${", "$${"), SPAN), pytest.fail)
    assert render(template, Scope()) == text


@settings(max_examples=200)
@given(st.text(), json_values, st.text())
def test_reference_in_a_text_is_replaced_by_its_value(before: str, value: object, after: str) -> None:
    before, after = before.replace("${", "$ {").rstrip("$"), after.replace("${", "$ {")
    template = compile_template(ScalarNode(before + "${x}" + after, SPAN), pytest.fail)
    rendered = render(template, Scope({"x": Binding(value)}))
    assert rendered == (value if not before and not after else before + format_value(value) + after)


@settings(max_examples=100)
@given(json_values)
def test_rendered_value_is_not_rendered_again(value: object) -> None:
    template = compile_template(ScalarNode("${x}", SPAN), pytest.fail)
    assert render(template, Scope({"x": Binding(value), "token": Binding("never")})) == value
    assert not isinstance(template, Constant)
