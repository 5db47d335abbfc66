"""The matcher official_source: which differences are layout, and the messages about all others."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.policy.normalization import normalize_lines
from framework.policy.official_source import OfficialText, accepts, official_source
from selftests.growth import grows_linearly
from selftests.policy.conftest import policies, record_of

ITEMS = [
    "第一条 为支持青年创业，制定本办法。",
    "第二条 申请人不得重复申领补贴。",
    "第三条 支持企业在南岸区设立孵化基地，每家补贴1.5万元。",
    "第四条 禁止转让名额，比例不超过50%。",
    "第五条 市教育委员会统一受理，进一步简化流程。",
    "第六条 名额共三十个，于2024年1月2日在www.abc.cn公布。",
]
RECORD = {"policyTitle": "某市人民政府关于印发《青年行动方案》的通知", "issueNumber": "某府发〔2024〕8号"}
AUTHORITY, SHORT, NUMBER = "某市人民政府", "关于印发《青年行动方案》的通知", "某府发〔2024〕8号"
TITLE = AUTHORITY + SHORT
BODY = [
    "某市各区县人民政府：",
    "现将《青年行动方案》印发给你们，请认真贯彻落实。",
    *ITEMS,
    "某市人民政府",
    "2024年1月2日",
]


def compared(source: Sequence[str], text: Sequence[str], tolerate: int = 0, record: object = None):
    original = OfficialText("a.txt", normalize_lines(source, page=True), tolerate)
    return official_source("".join(f"<p>{line}</p>" for line in text), original, record or {})


def said(outcome) -> list[str]:
    return [violation.what.rpartition("：")[2] for violation in outcome.violations]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("不得", "得", "缺 1 字"),
        ("禁止", "允许", "改字"),
        ("支持企业", "限制企业", "改字"),
        ("企业", "个人", "改字"),
        ("南岸", "江北", "改字"),
        ("重复", "", "缺 2 字"),
        ("企业", "企业和个人", "多 3 字"),
        ("1.5", "15", "数字不同"),
        ("1.5", "2.5", "数字不同"),
        ("万元", "亿元", "数字不同"),
        ("50%", "50", "数字不同"),
        ("50%", "5%", "数字不同"),
        ("三十", "三百", "数字不同"),
        ("1月2日", "1月3日", "日期不同"),
        ("1月2日", "1月12日", "日期不同"),
        ("办法", "方案", "文种不同"),
        ("统一", "统计", "改字"),
        ("进一步", "进步", "缺 1 字"),
        ("教育委员会", "教委委员会", "机关名称不同"),
        ("abc.cn", "abccn", "网址不同"),
    ],
)
def test_every_changed_lost_or_added_word_fails(before, after, words):
    text = [item.replace(before, after) for item in ITEMS]
    assert said(compared(ITEMS, text)) == [words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ITEMS[:2] + ITEMS[3:], ["缺一段（25 字）"]),
        (ITEMS[:1] + ITEMS[3:], ["缺 2 段（39 字）"]),
        (ITEMS[1:], ["开头缺 15 字"]),
        (ITEMS[:-1], ["结尾缺 30 字"]),
        ([ITEMS[0][3:], *ITEMS[1:]], ["开头缺 3 字"]),
        ([*ITEMS[:-1], ITEMS[-1][:-3]], ["结尾缺 2 字"]),
        (ITEMS[:2] + ITEMS[1:], ["多一段（14 字）"]),
        ([*ITEMS[:3], "附则另行规定。", "由市政府解释。", *ITEMS[3:]], ["多 2 段（12 字）"]),
        ([ITEMS[0], ITEMS[2], ITEMS[1], *ITEMS[3:]], ["两段互换"]),
        ([*ITEMS[1:5], ITEMS[0], ITEMS[5]], ["15 字移到了正文第 5 段第 1 字"]),
    ],
)
def test_what_happened_to_paragraphs_is_said_once(text, words):
    assert said(compared(ITEMS, text)) == words


def test_a_place_is_counted_alike_in_both_from_one():
    source = ["", *ITEMS[:1], "", "　　" + ITEMS[1], "— 1 —", *ITEMS[2:]]
    text = [ITEMS[0], "<br>", "  " + ITEMS[1].replace("重复", "多次"), *ITEMS[2:]]
    (violation,) = compared(source, text).violations
    assert violation.what == "原文第 2 段第 10 字，正文第 2 段第 10 字：改字"
    assert "【重复】" in violation.expected
    assert "【多次】" in violation.actual


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("，；：（）", ",;:()"),
        ("〔2024〕", "[2024]"),
        ("“青年”", '"青年"'),
        ("——", "--"),
        ("1、目标", "1.目标"),
        ("● 目标", "目标"),
        ("甲　乙", "甲\xa0乙"),
        ("甲 乙", "甲乙"),
        ("ＡＢ１２", "AB12"),
    ],
)
def test_layout_does_not_count(source, text):
    outcome = compared([*ITEMS, source], [*ITEMS, text])
    assert (outcome.violations, outcome.notes) == ((), ())


@pytest.mark.parametrize(("before", "after"), [("，", "。"), ("。", ""), ("，", ""), ("办法", "《办法》")])
def test_punctuation_is_a_note(before, after):
    outcome = compared(ITEMS, [ITEMS[0].replace(before, after, 1), *ITEMS[1:]])
    assert outcome.ok
    assert [note.what.rpartition("：")[2] for note in outcome.notes][:1] == ["标点不同"]


@pytest.mark.parametrize("minus", ["-", "－", "−", "—"])
def test_the_sign_of_a_number_belongs_to_it(minus):
    outcome = compared([f"增长{minus}3%。", *ITEMS], ["增长3%。", *ITEMS])
    assert [violation.what.rpartition("：")[2] for violation in outcome.violations] == ["数字不同"]
    assert not compared(["增长3%。", *ITEMS], [f"增长{minus}3%。", *ITEMS]).ok
    assert compared([f"增长{minus}3%。", *ITEMS], ["增长-3%。", *ITEMS]).ok


def test_a_dash_before_a_number_is_punctuation():
    assert compared(["规划——2030年。", *ITEMS], ["规划—2030年。", *ITEMS]).ok


def test_thousands_may_be_separated_and_nothing_else_in_a_number_may():
    assert compared(["补贴1,500元。", *ITEMS], ["补贴1500元。", *ITEMS]).ok
    assert not compared(["10:30开始。", *ITEMS], ["1030开始。", *ITEMS]).ok
    assert not compared(["占3-5成。", *ITEMS], ["占35成。", *ITEMS]).ok


HEADS = [
    [],
    [TITLE],
    [TITLE, NUMBER],
    [NUMBER, TITLE],
    [AUTHORITY, SHORT, NUMBER],
    [AUTHORITY + "文件", NUMBER, TITLE],
    [AUTHORITY, SHORT[:8], SHORT[8:], NUMBER],
    [f"{TITLE}（{NUMBER}）"],
    ["某市教育局", "某市财政局", TITLE, NUMBER],
    ["来源：某市政府", TITLE, "发布日期：2024-01-02", NUMBER],
    ["", TITLE, "", "", NUMBER],
]


@pytest.mark.parametrize("text", HEADS, ids="/".join)
@pytest.mark.parametrize("source", HEADS, ids="/".join)
def test_either_may_lack_the_masthead_or_have_it_in_another_form(source, text):
    text = [line for line in text if not line.startswith(("来源", "发布日期"))]
    outcome = compared([*source, *BODY], [*text, *BODY], record=RECORD)
    assert said(outcome) == []


def test_the_authority_may_be_left_out_where_it_has_a_line_of_its_own():
    assert compared([AUTHORITY, SHORT, NUMBER, *BODY], [SHORT, *BODY], record=RECORD).ok
    assert compared([TITLE, NUMBER, *BODY], [SHORT, *BODY], record=RECORD).ok
    assert not compared([TITLE, NUMBER, *BODY], [SHORT[1:], *BODY], record=RECORD).ok


@pytest.mark.parametrize("cut", [1, 2, 5, 9, 12, 20])
@pytest.mark.parametrize("source", [HEADS[0], HEADS[2], HEADS[4]], ids=len)
def test_a_cut_masthead_is_no_omitted_one(source, cut):
    whole = "".join([TITLE, *BODY])
    outcome = compared([*source, *BODY], [whole[cut : len(TITLE)], *BODY], record=RECORD)
    assert not outcome.ok


@pytest.mark.parametrize("cut", [1, 2, 3, 8])
def test_a_cut_salutation_fails_also_where_the_masthead_is_left_out(cut):
    outcome = compared([TITLE, NUMBER, *BODY], [BODY[0][cut:], *BODY[1:]], record=RECORD)
    assert said(outcome) == [f"开头缺 {cut} 字"]


def test_a_changed_title_fails():
    changed = TITLE.replace("青年", "少年")
    outcome = compared([TITLE, NUMBER, *BODY], [changed, NUMBER, *BODY], record=RECORD)
    assert said(outcome) == ["改字"]
    gutted = compared(
        [TITLE, NUMBER, *BODY], [TITLE.replace("青年行动方案", ""), NUMBER, *BODY], record=RECORD
    )
    assert said(gutted) == ["缺 6 字"]


@pytest.mark.parametrize(
    "imprint",
    ["抄送：市委，市人大。", "某市人民政府办公厅 2024年1月3日印发", "（此件公开发布）", "主题词：青年 创业"],
)
def test_the_imprint_may_be_in_either(imprint):
    assert compared([*BODY, imprint], BODY).ok
    assert compared(BODY, [*BODY, imprint]).ok


def test_a_tolerance_is_for_characters_at_a_place_and_never_for_a_number():
    wording = [item.replace("重复", "多次") for item in ITEMS]
    assert not compared(ITEMS, wording, tolerate=1).ok
    assert compared(ITEMS, wording, tolerate=2).ok
    assert not compared(ITEMS, [item.replace("1.5", "2.5") for item in ITEMS], tolerate=20).ok
    assert not compared(ITEMS, ITEMS[:1] + ITEMS[2:], tolerate=20).ok


@pytest.mark.parametrize(
    "argument",
    [
        1,
        "",
        "../a.txt",
        {},
        {"tolerate": 1},
        {"file": "a.txt", "tolerat": 1},
        *({"file": "a.txt", "tolerate": wrong} for wrong in (0, 21, True, "3")),
    ],
)
def test_a_wrong_argument_is_refused(argument):
    assert accepts(argument)


@pytest.mark.parametrize("argument", ["a.txt", {"file": "a.txt"}, {"file": "a.txt", "tolerate": 20}])
def test_a_right_argument_is_accepted(argument):
    assert accepts(argument) is None


# -- any edit of any document

DOCUMENTS = [(record_of(policy), re.findall("<p>(.*?)</p>", policy.text)) for policy in policies()[3:190:23]]
WORD = re.compile(r"[一-鿿]")
# Either edition may leave it out, so that changes of it are no differences.
IMPRINT = "(此件公开发布)"


@given(st.sampled_from(DOCUMENTS), st.data())
@settings(max_examples=150)
def test_any_change_of_words_fails_and_without_one_nothing_does(document, data):
    record, lines = document
    lines = [line.replace("<br>", "") for line in lines]
    assert compared(lines, lines, record=record) == compared(lines, lines)
    assert compared(lines, lines, record=record).ok
    with_words = [at for at, line in enumerate(lines) if WORD.search(line) and line != IMPRINT]
    at = data.draw(st.sampled_from(with_words))
    places = [found.start() for found in WORD.finditer(lines[at])]
    start = data.draw(st.sampled_from(places))
    end = data.draw(st.integers(start, min(len(lines[at]), start + 6)))
    put = data.draw(st.text(st.sampled_from("不得甲乙丙"), min_size=0 if end > start else 1, max_size=4))
    changed = lines[at][:start] + put + lines[at][end:]
    same = "".join(WORD.findall(changed)) == "".join(WORD.findall(lines[at]))
    outcome = compared(lines, [*lines[:at], changed, *lines[at + 1 :]], record=record)
    assert outcome.ok is same, (lines[at], changed)


def test_few_edits_cost_about_as_much_as_reading():
    def work(size: int) -> None:
        lines = [f"{number}号事项，由第{number}组负责；其余照旧。" for number in range(size)]
        changed = [*lines[: size // 2], "另加一段。", *lines[size // 2 + 1 :]]
        assert not compared(lines, changed).ok

    assert grows_linearly(work, 2000)


def test_many_edits_are_bounded():
    def work(size: int) -> None:
        lines = ["甲乙丙丁" * 20 + f"，{number % 7}。" for number in range(size)]
        compared(lines, [line[::-1] for line in lines])

    assert grows_linearly(work, 400)


@pytest.mark.parametrize("line", ["其他市人民政府", "民政府"])
def test_another_authority_in_the_masthead_is_a_difference(line):
    assert not compared([AUTHORITY, SHORT, NUMBER, *BODY], [line, SHORT, NUMBER, *BODY], record=RECORD).ok
    assert compared([AUTHORITY, SHORT, NUMBER, *BODY], [AUTHORITY + "文件", SHORT, *BODY], record=RECORD).ok
    assert compared([AUTHORITY, SHORT, NUMBER, *BODY], [SHORT, NUMBER, *BODY], record=RECORD).ok


def test_blanks_in_the_date_of_the_imprint_are_layout():
    imprint = "某市人民政府办公室 2024 年 1 月 2 日印发"
    assert compared([*BODY, imprint], BODY).ok
    assert compared(BODY, [*BODY, imprint]).ok
