"""Paths of names, indexes and ``[*]`` are walked without the library, and select the same as the library."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from framework.base.jsonpath import compile_path, format_location

NAMES = st.sampled_from(["a", "b", "0", "-1", ""])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
STEPS = st.lists(st.none() | st.integers(-4, 4) | NAMES, max_size=4)


def path_of(steps: list[int | str | None]) -> str:
    return "$" + "".join("[*]" if step is None else f"[{json.dumps(step)}]" for step in steps)


@given(DOCUMENTS, STEPS)
@example({"a": [[1], [2, 3]]}, ["a", None, -1])
@example("ab", [0])
@example({"0": 1}, [0])
@example([1], ["0"])
def test_a_plain_path_selects_what_the_library_selects(
    document: object, steps: list[int | str | None]
) -> None:
    path = compile_path(path_of(steps))
    assert path.steps == tuple(steps)
    assert [(found.location, found.value) for found in path.select(document)] == [
        (node.location, node.value) for node in path.query.finditer(document)
    ]


@given(DOCUMENTS, STEPS)
def test_a_location_selects_its_value_again(document: object, steps: list[int | str | None]) -> None:
    for found in compile_path(path_of(steps)).select(document):
        (again,) = compile_path(format_location(found.location)).select(document)
        assert again.value is found.value


def test_a_path_with_another_selector_has_no_steps() -> None:
    for text in ("$..a", "$[0:1]", "$['a','b']", "$[?@.a]"):
        assert compile_path(text).steps is None
