"""Tests of the front page: its contents, that hostile texts stay texts, and that it stays small."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from framework.base import messages
from framework.base.source import Source
from framework.cases.cause_notes import parse_cause_notes
from framework.report.case_record import CaseRecord, CauseRecord, Evidence, Quarantine
from framework.report.nights.changes import compare, with_lost_cases
from framework.report.page.front_page import LARGEST, front_page
from framework.report.page.links import links_in, read_links
from framework.report.page.publish import publish_page, publish_without_record
from framework.report.page.view import PageInput
from framework.report.run_record import CollectionProblem, RunRecord

HOSTILE = (
    '</h1><script>alert(1)</script><img src=x onerror=alert(2)> "quoted" \' & {{ 7 * 7 }} {% raw %} \x1b[31m'
)
NOTES = parse_cause_notes(
    Source(
        "causes.yaml",
        "causes:\n- {pattern: $.total*, owner: 张三, link: https://tracker.example/123, note: 网关升级后}\n",
    )
)


def failed(number: int, text: str = "$.total 类型不对，是数字", **fields: object) -> CaseRecord:
    name = f"testcases/list.yaml::case-{number}"
    cause = CauseRecord("service", text, "期望 字符串，实际 数字 190")
    evidence = Evidence("testcases/list.yaml:3:5", "POST /list", "curl -sS http://127.0.0.1/list")
    return CaseRecord(
        name,
        f"用例 {number}",
        "failed",
        "不符",
        "service",
        text,
        causes=(cause,),
        evidence=evidence,
        **fields,
    )  # type: ignore[arg-type]


def passed(number: int) -> CaseRecord:
    return CaseRecord(f"testcases/list.yaml::case-{number}", f"用例 {number}", "passed")


def night(day: int, *cases: CaseRecord, **fields: object) -> RunRecord:
    moment = f"2026-11-{day:02}T02:00:00.000+08:00"
    made = RunRecord(f"run-{day}", "test", moment, moment, 30.0, 1, collected=len(cases), cases=cases)
    values = {name: getattr(made, name) for name in made.__slots__}
    return RunRecord(**{**values, **fields})  # type: ignore[arg-type]


def shown(*nights: RunRecord, **given: object) -> str:
    """Return the page of the last night, compared with those before."""
    run = with_lost_cases(nights[-1], nights[:-1])
    return front_page(PageInput(run, compare(run, nights[:-1]), **given))  # type: ignore[arg-type]


class _Outline(HTMLParser):
    """The headings, the landmarks and the texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.texts: list[str] = []
        self._heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._heading = tag in ("h1", "h2", "h3")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())
            if self._heading:
                self.headings.append(data.strip())
                self._heading = False


def test_a_green_night_says_so_in_its_first_heading():
    page = _Outline(shown(night(1, passed(1)), night(2, passed(1), exit=0)))
    assert page.headings == ["全部通过：1 个用例"]
    assert "没有需要处理的事。" in page.texts


def test_the_first_heading_counts_what_was_skipped():
    skipped = CaseRecord("testcases/list.yaml::case-2", "用例 2", "skipped", "只在环境 test 运行")
    page = _Outline(shown(night(1, passed(1), skipped, exit=0)))
    assert page.headings[0] == "全部通过：2 个用例，1 个跳过"


def test_new_and_old_causes_have_their_own_sections_with_age_owner_and_evidence():
    other = failed(3, "每条的 id 次序不对")
    page = _Outline(
        shown(
            night(1, passed(1), passed(3)),
            night(2, failed(1), passed(3)),
            night(3, failed(1), other),
            causes=NOTES,
            links={"testcases/list.yaml::case-1": "html/index.html#abc"},
            report="html/index.html",
        )
    )
    assert page.headings == [
        "服务有错：2 个用例，2 个不符",
        "新出现（1）",
        "每条的 id 次序不对",
        "仍然存在（1）",
        "$.total 类型不对，是数字",
    ]
    text = " ".join(page.texts)
    assert "自 2026-11-02 02:00 起，第 2 夜" in text
    assert "张三" in text and "网关升级后" in text
    assert "期望 字符串，实际 数字 190" in text
    assert "比上一夜（2026-11-02 02:00）：1 个新原因，1 个仍然存在" in text


@pytest.mark.parametrize(
    ("before", "after", "section"),
    [
        (failed(1), passed(1), "已修好（1）"),
        (failed(1), CaseRecord("testcases/list.yaml::case-1", "t", "skipped", "没有变量"), "不再评判（1）"),
        (passed(1), CaseRecord("testcases/list.yaml::case-1", "t", "known", "已知"), "已知缺陷（1）"),
        (passed(1), failed(1, quarantine=Quarantine("不稳", "2026-12-31")), "隔离中（1）"),
    ],
)
def test_what_is_over_or_excused_has_its_section(before, after, section):
    assert section in _Outline(shown(night(1, before, passed(2)), night(2, after, passed(2)))).headings


def test_a_file_that_did_not_load_is_on_the_page():
    problem = CollectionProblem("testcases/bad.yaml", "testcases/bad.yaml:3:1: 不认识的键\n   3 | x")
    page = _Outline(shown(night(1, passed(1)), night(2, passed(1), collection=(problem,))))
    assert "没有载入的文件（1）" in page.headings
    assert "testcases/bad.yaml:3:1: 不认识的键" in page.texts


def test_hostile_texts_stay_texts():
    case = failed(1, HOSTILE, source="s")
    text = front_page(PageInput(night(1, case, environment=HOSTILE, address=HOSTILE), remarks=(HOSTILE,)))
    page = _Outline(text)
    assert not {"script", "img"} & set(page.tags)
    assert "49" not in page.texts and "{{ 7 * 7 }}" in text
    assert "\x1b" not in text
    assert "default-src 'none'" in text


def test_the_page_stays_small_whatever_the_run_was():
    causes = [f"$.field{number} 类型不对，{'很长的一段说明' * 20}" for number in range(300)]
    cases = [failed(number, causes[number % len(causes)]) for number in range(3000)]
    text = front_page(PageInput(night(1, *cases)))
    assert len(text.encode()) <= LARGEST
    assert "服务有错：3000 个用例，3000 个不符" in text


def test_the_landmarks_that_a_screen_reader_uses_are_there():
    page = _Outline(shown(night(1, passed(1)), night(2, failed(1))))
    assert {"header", "nav", "main", "footer", "section"} <= set(page.tags)
    assert page.tags.count("h1") == 1
    assert "script" not in page.tags


def test_an_english_page_has_no_chinese_of_ours():
    messages.set_language("en")
    text = shown(night(1, passed(1)), night(2, failed(1, "$.total: wrong type")))
    ours = re.sub(r"用例 \d|不符|期望 字符串，实际 数字 190", "", text)
    assert not re.findall(r"[\u4e00-\u9fff]+", ours)


# -- its files


def test_the_page_and_its_style_are_written_also_with_a_wrong_causes_file(tmp_path: Path):
    (tmp_path / "causes.yaml").write_text("causes:\n- {patern: x}\n", encoding="utf-8")
    path = publish_page(tmp_path, night(1, failed(1)))
    assert path == tmp_path / "reports" / "index.html"
    assert (tmp_path / "reports" / "index.css").is_file()
    assert "causes.yaml:2:4: causes里没有 patern 这个键".replace("causes里", "causes 里") in path.read_text(
        encoding="utf-8"
    )


def test_a_run_without_a_record_has_a_page_that_says_so(tmp_path: Path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "20261126T020000-abc.jsonl").touch()
    text = publish_without_record(tmp_path).read_text(encoding="utf-8")
    assert "没有运行记录 run.json" in text
    assert 'href="logs/20261126T020000-abc.jsonl"' in text


def test_links_lead_to_the_cases_of_the_same_run_only(tmp_path: Path):
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "index.html").touch()
    # Base64 of a result whose fullName is testcases.list#case-1.
    result = "eyJmdWxsTmFtZSI6InRlc3RjYXNlcy5saXN0I2Nhc2UtMSJ9"
    page = f'd("data/test-results/{"a" * 32}.json","{result}")'
    (tmp_path / "html" / "links.json").write_text(links_in(page, ["run-1"]), encoding="utf-8")
    links = read_links(tmp_path, "run-1")
    assert links.report == "html/index.html"
    assert links.cases.get("testcases/list.yaml::case-1", "") == f"html/index.html#{'a' * 32}"
    assert links.cases.get("testcases/list.yaml::case-2", "") == ""
    assert read_links(tmp_path, "run-2").report == ""


def test_each_party_that_must_act_is_named_with_its_reasons():
    problem = CollectionProblem("testcases/bad.yaml", "testcases/bad.yaml:3:1: 不认识的键")
    held_up = CaseRecord("testcases/list.yaml::case-3", "t", "broken", "超时", "environment", "超时")
    page = _Outline(shown(night(1, failed(1), held_up, collection=(problem,))))
    assert page.headings[0] == "服务有错：2 个用例，1 个不符，1 个没有评判，1 个文件没有载入"
    assert page.texts[3:6] == [
        "请服务的开发看：1 个用例不符",
        "请写用例的人看：1 个用例文件没有载入",
        "请运维或框架的维护者看：1 个用例因环境、令牌或框架的故障没有评判",
    ]


def test_cases_that_are_skipped_for_one_reason_are_one_entry_after_the_others():
    cases = [
        CaseRecord(f"testcases/list.yaml::case-{n}", "t", "skipped", "只在环境 standin 运行")
        for n in range(33)
    ]
    other = CaseRecord("testcases/list.yaml::zz", "t", "skipped", "没有变量 known_total")
    page = _Outline(shown(night(1, passed(99), *cases, other, exit=0)))
    assert "跳过（34）" in page.headings
    assert page.texts.count("只在环境 standin 运行") == 1
    assert page.texts.index("没有变量 known_total") < page.texts.index("只在环境 standin 运行")
    assert "33 个用例" in page.texts and "… 另有 13 个，见完整报告" in page.texts


def test_the_last_words_of_a_run_that_did_not_start_come_first_and_as_they_are():
    remark = "pytest 没有写出运行记录，以 4 结束\nERROR: usage: pytest\npytest: error: no such option: --x"
    dead = night(2, exit=4, internal="no such option: --x")
    page = _Outline(shown(night(1, failed(1)), dead, remarks=(remark, "别的")))
    assert page.headings[:2] == ["环境或框架的问题，没有完整评判：一个用例也没有运行", "没有留下记录的运行"]
    assert "ERROR: usage: pytest\npytest: error: no such option: --x" in page.texts
    assert "其他（1）" in page.headings


def test_a_case_that_is_no_longer_judged_is_not_listed_as_skipped_too():
    skipped = CaseRecord("testcases/list.yaml::case-1", "t", "skipped", "没有变量")
    page = _Outline(shown(night(1, failed(1), passed(2)), night(2, skipped, passed(2))))
    assert "不再评判（1）" in page.headings and "其余跳过的（1）" not in page.headings


def test_what_was_not_judged_has_not_passed():
    held_up = [
        CaseRecord(f"testcases/list.yaml::case-{n}", "t", "skipped", "超时", "environment", "超时")
        for n in range(2, 5)
    ]
    page = _Outline(shown(night(1, passed(1)), night(2, passed(1), *held_up, exit=0)))
    assert "25.0 %；2 夜里最低 25.0 %" in page.texts
    assert "用例 1 通过，3 跳过（因故障没有发出）" in page.texts


def test_cases_that_an_outage_kept_from_being_sent_are_counted_apart_from_others_that_were_skipped():
    held_up = CaseRecord("testcases/list.yaml::case-2", "t", "skipped", "超时", "environment", "超时")
    no_value = CaseRecord("testcases/list.yaml::case-3", "t", "skipped", "没有变量")
    page = _Outline(shown(night(1, passed(1)), night(2, passed(1), held_up, no_value, exit=0)))
    assert "用例 1 通过，2 跳过（其中 1 个因故障没有发出）" in page.texts
