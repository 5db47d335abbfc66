"""JSON's equality, strict and deep (rule 3), and the matchers built on it."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.checks.equality import ABSENT, differences, identity, same
from framework.checks.shown import BUDGET, short, text_difference

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.0, -0.0, 1.0, 1.5, 2.0**53])
    | st.sampled_from(["", "0", "1", "true", "null", "a"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("0", 0, False),
        (0, "0", False),
        (True, 1, False),
        (1, True, False),
        (False, 0, False),
        (0.0, False, False),
        (1, 1.0, True),
        (0.0, -0.0, True),
        (None, 0, False),
        (None, False, False),
        (None, "", False),
        (None, None, True),
        ([], {}, False),
        ("", [], False),
        ([1, [True]], [1, [1]], False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {}, False),
        (2**63, float(2**63), True),
        (2**53 + 1, float(2**53), False),
    ],
)
def test_equality_of_json(left, right, equal):
    assert same(left, right) is equal
    assert (identity(left) == identity(right)) is equal
    assert (next(differences(left, right), None) is None) is equal


def kind(value):
    return "number" if type(value) in (int, float) else type(value).__name__


def same_by_definition(left, right):
    if kind(left) != kind(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(
            same_by_definition(a, b) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        return sorted(left) == sorted(right) and all(
            same_by_definition(left[key], right[key]) for key in left
        )
    return left == right


@given(JSON, JSON)
def test_equality_identity_and_differences_agree_with_the_definition(left, right):
    expected = same_by_definition(left, right)
    assert same(left, right) == same(right, left) == expected
    assert (identity(left) == identity(right)) == expected
    assert (next(differences(left, right), None) is None) == expected


@given(JSON)
def test_a_value_is_the_same_as_its_copy(value):
    assert same(value, copy.deepcopy(value))
    assert same(value, json.loads(json.dumps(value)))


def test_differences_are_places():
    found = list(differences({"a": [1, 2], "b": 1}, {"a": [1, 3, 4], "c": 1}))
    assert [(at, left is ABSENT, right is ABSENT) for at, left, right in found] == [
        (("a", 1), False, False),
        (("a", 2), True, False),
        (("b",), False, True),
        (("c",), True, False),
    ]


# -- how values are shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("青年", '"青年"'),
        ("a\nb\x1b", '"a␊b␛"'),
        ('"', '"\\""'),
        (1.0, "1.0"),
        (True, "true"),
        (None, "null"),
        ([1, "a", {"b": []}], '[1, "a", {"b": []}]'),
        ({}, "{}"),
        ([[[[[[[1]]]]]]], "[[[[[[…]]]]]]"),
    ],
)
def test_a_short_value_is_whole(value, shown):
    assert short(value) == shown


def test_a_long_value_says_its_size():
    assert short("字" * 500).endswith("（共 500 字）")
    assert short(list(range(500))).endswith("…（列表，共 500 项）")
    assert short({str(n): n for n in range(500)}).endswith("…（对象，共 500 个键）")


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_value_is_one_short_printable_line(value):
    shown = short(value)
    assert all(char.isprintable() or char == "\u3000" for char in shown)
    assert len(shown) < 3 * BUDGET


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_first_difference_is_in_both_windows(left, right):
    if left != right:
        before, after, what = text_difference(left, right)
        assert before != after or any(not char.isprintable() for char in left + right)
        assert what
