"""Records as files: nothing is lost, ignored members are not kept, and two branches merge."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import BaselineError
from framework.base.numbers import ExactNumber
from framework.baseline import files
from framework.baseline.records import RecordForm
from framework.checks.equality import same

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(record=st.dictionaries(st.sampled_from(["id", "text", "lines", "plain", "x"]), JSON), text=st.text())
def test_what_is_written_is_read_again(record: dict[str, Any], text: str) -> None:
    record["body"] = text
    form = RecordForm("id", ("text", "body"))
    read = form.read(files.load(files.dump(form.written(record)), "x.json"))
    assert same(read, record)


def test_a_number_keeps_all_its_digits() -> None:
    exact = ExactNumber("0.12345678901234567890123")
    assert repr(files.load(files.dump({"n": exact}), "x.json")["n"]) == "0.12345678901234567890123"


def test_a_text_has_one_paragraph_a_line() -> None:
    form = RecordForm("id", ("text",))
    lines = files.dump(form.written({"id": "1", "text": "<p>甲</p><p>乙</p>"})).splitlines()
    assert [line.strip(' ,"') for line in lines if "<p>" in line] == ["<p>甲</p>", "<p>乙</p>"]


def test_what_is_ignored_is_not_kept() -> None:
    record = {"id": "1", "priority": 3, "files": [{"key": "a", "seen": 1}, {"key": "b", "seen": 2}]}
    kept = RecordForm("id", ignore=("priority", "files.seen", "gone")).kept(record)
    assert kept == {"id": "1", "files": [{"key": "a"}, {"key": "b"}]}


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", ".", "x" * 200, "政策", "CON:1", 17])
def test_a_key_is_never_a_path(key: str | int) -> None:
    name = files.file_name(key)
    assert files._SAFE_NAME.fullmatch(name)


GOOD = files.dump({"id": "1", "title": "甲"})
BAD = {
    "cut": (GOOD[:40], "不是 JSON"),
    "empty": ("", "是空的"),
    "edited by hand": (GOOD.replace("甲", "乙"), "被手工改过"),
    "a merge conflict": (GOOD.replace(' "value"', '<<<<<<< HEAD\n "value"'), "没有解决的合并冲突"),
    "something else": ('{"id": "1"}', "不是认可过的文件"),
    "no object": ("[]", "不是认可过的文件"),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_a_file_that_is_not_right_is_named(text: str, expected: str) -> None:
    with pytest.raises(BaselineError, match=expected) as caught:
        files.load(text, "items/1.json")
    (problem,) = caught.value.problems
    assert "items/1.json" in problem.what
    assert problem.how
