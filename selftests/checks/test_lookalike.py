"""Texts that look alike and differ: the finding names the code point and its place."""

from __future__ import annotations

import pytest

EQUALS = [
    ("Café", "Cafe\u0301", "第 4 个字", "U+00E9 é", "U+0065 e U+0301 COMBINING ACUTE ACCENT"),
    ("人才", "\u2f08才", "第 1 个字", "U+4EBA 人", "U+2F08 \u2f08"),
    ("重庆", "重\u200b庆", "第 2 个字", "U+5E86 庆", "U+200B ZERO WIDTH SPACE"),
    ("a b", "a\u3000b", "第 2 个字", "U+0020 SPACE", "U+3000 IDEOGRAPHIC SPACE"),
    ("a b", "a\u00a0b", "第 2 个字", "U+0020 SPACE", "U+00A0 NO-BREAK SPACE"),
    ("政策", "政策\ufeff", "第 3 个字", "没有", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ("\ufffd", "\u200b", "第 1 个字", "U+FFFD \ufffd", "U+200B ZERO WIDTH SPACE"),
    ("字" * 200 + " ", "字" * 200 + "\u2003", "第 201 个字", "U+0020 SPACE", "U+2003 EM SPACE"),
]


@pytest.mark.parametrize(("expected", "actual", "place", "left", "right"), EQUALS)
def test_equals_names_the_code_points(judge, expected, actual, place, left, right):
    (result,) = judge({"$.a": {"equals": expected}}, {"a": actual})
    (finding,) = result.findings
    assert place in finding.what
    assert left in finding.what
    assert right in finding.what


def test_inside_an_object_too(judge):
    (result,) = judge({"$.a": {"equals": {"b": ["人"]}}}, {"a": {"b": ["\u2f08"]}})
    assert "U+2F08" in result.findings[0].what


@pytest.mark.parametrize(
    ("check", "value", "named"),
    [
        ({"contains": "人才"}, "引进\u2f08才的办法", "实际第 3 个字 U+2F08"),
        ({"one_of": ["北京", "重庆"]}, "重\u200b庆", "实际第 2 个字 U+200B"),
        ({"starts_with": "a b"}, "a\u00a0b c", "实际第 2 个字 U+00A0"),
        ({"ends_with": "e\u0301"}, "Caf\u00e9", "期望第 2 个字 U+0301"),
    ],
)
def test_other_matchers_name_the_unusual_code_points(judge, check, value, named):
    (result,) = judge({"$.a": check}, {"a": value})
    assert named in result.findings[0].what


@pytest.mark.parametrize(("expected", "actual"), [("重庆", "北京"), ("a", "b"), ("", "x"), ("1", "l")])
def test_texts_that_look_different_get_no_sentence(judge, expected, actual):
    (result,) = judge({"$.a": {"equals": expected}}, {"a": actual})
    assert result.findings[0].what == ""
