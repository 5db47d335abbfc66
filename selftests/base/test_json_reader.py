"""JSON is read exactly, or not at all with the reason and the place."""

from __future__ import annotations

import copy
import json
import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.json_reader import NotJsonError, read_json
from framework.base.numbers import ExactNumber
from framework.checks.equality import identity, kind_of, same
from framework.checks.shown import short
from framework.http.body_kind import body_kind


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('{"a": 1, "a": 2}', "$.a", "不止一次"),
        ('{"a": 1, "a": 1}', "$.a", "不止一次"),
        ('{"a": 1, "\\u0061": 2}', "$.a", "不止一次"),
        ('{"": 1, "": 2}', "$", "不止一次"),
        ('{"data": {"list": [{"id": 1}, {"id": 1, "x": {}, "id": 2}]}}', "$.data.list[1].id", "不止一次"),
        ("1e400", "$", "1e400"),
        ("[-1e400]", "$[0]", "-1e400"),
        ('{"a": [0, 1E+999]}', "$.a[1]", "1E+999"),
        ("1e-400", "$", "1e-400"),
        ("1e-99999999999999999999", "$", "超出"),
        ("1e99999999999999999999", "$", "超出"),
        ("NaN", "$", "NaN"),
        ('{"a": {"b": -Infinity}}', "$.a.b", "-Infinity"),
        ("[1, " + "9" * 5000 + "]", "$[1]", "4300"),
    ],
    ids=lambda value: value[:40],
)
def test_what_cannot_be_read_in_one_way_is_named_with_its_place(text, place, reason):
    with pytest.raises(NotJsonError) as caught:
        read_json(text)
    assert place in str(caught.value)
    assert reason in str(caught.value) and len(str(caught.value)) < 200
    assert body_kind(text.encode()) == "text"


def test_a_syntax_error_behind_another_fault_is_reported_as_such():
    with pytest.raises(NotJsonError, match="第 1 行第 14 列"):
        read_json('{"a":1,"a":2,}')


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"a":1,"a":' * 100_000], ids=["1", "2", "3"]
)
def test_deep_nesting_is_named(text):
    with pytest.raises(NotJsonError, match="嵌套过深"):
        read_json(text)


def test_digits_beyond_a_double_count():
    exact, near = read_json("[1234567890.1234567890123456, 1234567890.1234567]")
    assert not same(exact, near) and not same(near, exact) and identity(exact) != identity(near)
    assert same(exact, read_json("1234567890.1234567890123456"))
    assert same(exact, read_json("1234567890.12345678901234560"))
    assert exact > near and near < exact and not exact <= near and max(exact, near) is exact
    assert read_json("12345678901234567890.0") == 12345678901234567890
    assert not read_json("1234567890.00000000001").is_integer()
    assert kind_of(exact) == "number"
    assert short(exact) == "1234567890.1234567890123456" and "1234567890.1234567890123456" in short([exact])
    json.dumps(exact)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_copy_keeps_all_digits(make):
    number = read_json("0.1000000000000000000001")
    assert make(number) == number and repr(make(number)) == repr(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_stays_a_plain_float(value):
    for text in (repr(value), f"{value:.17e}", repr(value) + ("" if "e" in repr(value) else "000")):
        number = read_json(text)
        if not isinstance(number, ExactNumber):
            assert type(number) is float and number == value
        elif text != f"{value:.17e}":
            pytest.fail(text)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_valid_json_is_read_as_the_standard_library_reads_it(value):
    assert read_json(json.dumps(value)) == value


def test_exact_reading_costs_little():
    rows = [{"id": str(i), "title": "政策" * 30, "score": i / 7, "price": i / 100} for i in range(1500)]
    text = json.dumps(rows, ensure_ascii=False)
    start = time.process_time()
    for _ in range(10):
        read_json(text)
    assert time.process_time() - start < 1


ROOT = Path(__file__).parents[2]
JSON_FILES = [
    path for folder in ("schemas", "framework", "standin") for path in (ROOT / folder).rglob("*.json")
]


@pytest.mark.parametrize("path", JSON_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_json_files_of_the_project_repeat_no_key(path):
    assert read_json(path.read_text("utf-8")) is not None
