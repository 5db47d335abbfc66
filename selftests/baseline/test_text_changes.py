"""The description of a changed text: the place, counted from one, and the words."""

from __future__ import annotations

import pytest

from framework.baseline.records import paragraph_lines
from framework.baseline.text_changes import text_changes

BEFORE = "<p>重庆市示例通知</p>\n<p>各区县：</p>\n<p>企业不得虚报，期限为3年。</p>\n<p>特此通知。</p>"
CASES = {
    "a negation": ("不得虚报", "得虚报", ["第 3 段第 3 字：少了“不”"]),
    "a digit": ("3年", "5年", ["第 3 段第 11 字：“3”改为“5”"]),
    "a unit": ("3年", "3个月", ["第 3 段第 12 字：“年”改为“个月”"]),
    "words added": ("特此通知", "特此紧急通知", ["第 4 段第 3 字：多了“紧急”"]),
    "a paragraph lost": ("<p>各区县：</p>\n", "", ["第 2 段起缺 1 段（4 字）"]),
    "a paragraph added": ("<p>特此", "<p>另行告知。</p>\n<p>特此", ["第 4 段起多 1 段（5 字）"]),
    "markup alone": ("<p>各区县", "<p class='x'>各区县", ["文字相同，标签或空白不同"]),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_a_change_is_said_with_its_place(old: str, new: str, expected: list[str]) -> None:
    assert [change.what for change in text_changes(BEFORE, BEFORE.replace(old, new))] == expected


def test_two_changes_far_apart_are_two() -> None:
    after = BEFORE.replace("示例", "样例").replace("特此", "现")
    assert [change.what.partition("：")[0] for change in text_changes(BEFORE, after)] == [
        "第 1 段第 4 字",
        "第 4 段第 1 字",
    ]


def test_the_words_around_a_change_are_shown() -> None:
    (change,) = text_changes("甲" * 100 + "不得" + "乙" * 100, "甲" * 100 + "可以" + "乙" * 100)
    assert (change.before, change.after) == (
        "…甲甲甲甲甲甲甲甲不得乙乙乙乙乙乙乙乙…",
        "…甲甲甲甲甲甲甲甲可以乙乙乙乙乙乙乙乙…",
    )


def test_a_long_text_is_bounded() -> None:
    before = "".join(f"<p>第{number}条</p>" for number in range(5000))
    after = before.replace("第2500条", "第贰仟伍佰条")
    (change,) = text_changes(before, after)
    assert change.what.startswith("第 2501 段第 2 字")


@pytest.mark.parametrize("text", ["", "甲", "<p>甲</p>", "<p>甲</p>\n\n<br/>乙<BR>", "甲\n乙", "\n"])
def test_paragraphs_joined_are_the_text(text: str) -> None:
    assert "".join(paragraph_lines(text)) == text
