"""Tests of causes.yaml: which cause a note is about, and the mistakes in it."""

from __future__ import annotations

import pytest

from framework.base.errors import CaseFileError
from framework.base.source import Source
from framework.cases.cause_notes import note_of, parse_cause_notes


def notes(text: str):
    return parse_cause_notes(Source("causes.yaml", text))


def test_the_first_note_that_fits_counts():
    given = notes(
        "causes:\n- {pattern: $.total*类型, owner: 甲}\n- {pattern: $.total, owner: 乙, state: wont_fix}\n"
    )
    assert note_of("$.totalNum 类型不对", given).owner == "甲"
    assert note_of("$.total 缺", given).owner == "乙"
    assert note_of("别的", given) is None


def test_a_pattern_is_no_regular_expression():
    assert note_of("axb", notes("causes: [{pattern: 'a.b', owner: 甲}]\n")) is None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{owner: 甲}", "这一项没有写 pattern"),
        ("{pattern: '*', owner: 甲}", "pattern 对每个原因都成立"),
        ("{pattern: x, link: 'javascript:alert(1)'}", "link 要写成 http 或 https 的地址"),
        ("{pattern: x, state: opn}", "你是不是要写 open？"),
        ("{pattern: x, ownr: 甲}", "你是不是要写 owner？"),
        ("x", "要写成“键: 值”"),
    ],
)
def test_a_mistake_is_located(entry, message):
    with pytest.raises(CaseFileError) as caught:
        notes(f"causes:\n- {entry}\n")
    assert message in str(caught.value)
    assert "causes.yaml:2:" in str(caught.value)
