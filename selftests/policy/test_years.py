"""The matcher policy_years: years of a text against the issue number and the publication of its record."""

from __future__ import annotations

import pytest

from framework.policy.years import policy_years

SOUND = (
    "<p>各区县人民政府：</p><p>根据渝府发〔2021〕8号文件，到2035年全面建成。自2024年5月1日起施行。</p>"
    "<p>重庆市人民政府</p><p>2023年12月29日</p>"
)
RECORD = {"issueNumber": "渝府发〔2023〕57号", "publishTime": "2024-04-12 15:44:48"}


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (SOUND, RECORD),
        (SOUND.replace("2023年12月29日", "2024年1月3日"), RECORD),
        (SOUND, {**RECORD, "issueNumber": ""}),
        (SOUND, {**RECORD, "issueNumber": None}),
        ("<p>没有年份。</p>", RECORD),
        (SOUND.replace("2035", "2050"), RECORD),
        (SOUND.replace("2023年12月29日", "2024年4月12日"), RECORD),
        (SOUND.replace("〔2021〕", "〔2024〕"), RECORD),
    ],
)
def test_sound_years_hold(text, record):
    assert policy_years(text, True, record).violations == ()


@pytest.mark.parametrize(
    ("text", "record", "expected", "actual", "what"),
    [
        (
            SOUND,
            {**RECORD, "issueNumber": "渝府发〔2025〕57号"},
            "不晚于 2024-04-12",
            "2025",
            "文号的年份晚于发布",
        ),
        (
            SOUND,
            {**RECORD, "issueNumber": "渝府发〔2024〕57号"},
            "2024",
            "2023-12-29",
            "落款与文号不是同一年",
        ),
        (
            SOUND,
            {**RECORD, "issueNumber": "渝府发〔2019〕57号"},
            "2019",
            "2023-12-29",
            "落款与文号不是同一年",
        ),
        (
            SOUND.replace("2023年12月29日", "２０２５年１月２日"),
            RECORD,
            "不晚于 2024-04-12",
            "2025-01-02",
            "落款晚于发布",
        ),
        (
            SOUND.replace("2023年12月29日", "2024年4月13日"),
            RECORD,
            "不晚于 2024-04-12",
            "2024-04-13",
            "落款晚于发布",
        ),
        (SOUND.replace("〔2021〕", "〔2026〕"), RECORD, "不晚于 2024", "2026", "引用的文件晚于发布：“"),
        (SOUND.replace("2035", "2305"), RECORD, "不晚于 2054", "2305", "年份在很远的将来：“"),
        (SOUND, {**RECORD, "publishTime": None}, None, None, "publishTime 里没有日期"),
        (SOUND, {}, None, None, "publishTime 里没有日期"),
    ],
)
def test_each_wrong_year_is_named(text, record, expected, actual, what):
    found = policy_years(text, True, record).violations
    assert (expected, actual) in {(each.expected, each.actual) for each in found if what in each.what}


def test_other_types_cannot_be_judged():
    assert policy_years(3, True, RECORD).type_mismatch
