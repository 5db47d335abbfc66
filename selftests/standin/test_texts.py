"""The texts are sound official documents, in which a strict proofreader would find nothing."""

from __future__ import annotations

import re
from collections import Counter

import pytest

NUMERALS = "零一二三四五六七八九"


def paragraphs(record):
    return re.findall("<p>(.*?)</p>", record["policyText"])


def number_of(numeral: str) -> int:
    """Return the value of a numeral, 一 to 一百九十九."""
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.lstrip("零").rpartition("十")
    value = 100 * bool(hundreds) + (NUMERALS.index(ones) if ones else 0)
    return value + 10 * (NUMERALS.index(tens) if tens else 1) if ten else value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("一", 1), ("十", 10), ("十二", 12), ("四十", 40), ("一百零三", 103), ("一百二十一", 121)],
)
def test_the_test_reads_numerals(numeral, value):
    assert number_of(numeral) == value


def test_the_grammar_is_the_recorded_one(every):
    for record in every:
        assert re.fullmatch("(<p>(<br>|[^<>&\n]+)</p>)+", record["policyText"])


def test_lengths_are_within_the_recorded_range(every):
    lengths = [len(record["policyText"]) for record in every]
    assert min(lengths) >= 3_885
    assert max(lengths) <= 25_174
    assert len(set(lengths)) > 150


def test_the_ten_have_about_the_recorded_lengths(every):
    recorded = [6271, 4931, 10241, 16398, 25174, 3885, 6450, 4604, 5991, 5925]
    for record, length in zip(every, recorded, strict=False):
        assert abs(len(record["policyText"]) / length - 1) < 0.05


def test_the_head_is_the_title_and_the_number_follows(every):
    for record in every:
        head, *rest = paragraphs(record)
        assert head == re.sub(r"\s", "", record["policyTitle"])
        assert any(p.strip("()") == record["issueNumber"].strip("()") for p in rest[:2])


def test_no_paragraph_is_cut(every):
    for record in every:
        for p in paragraphs(record)[2:]:
            if "\t" not in p and len(p) > 40:
                assert p[-1] in "。;:", p


def test_the_tail_is_complete(every):
    for record in every:
        tail = paragraphs(record)[-1]
        assert tail.endswith(("。", "(此件公开发布)")) or re.search(r"\t\d{4}年\d{1,2}月$", tail), tail


def test_brackets_and_quotes_are_balanced(every):
    for record in every:
        for p in paragraphs(record):
            for pair in ("()", "《》", "“”", "〔〕"):
                assert p.count(pair[0]) == p.count(pair[1]), p


def test_punctuation_is_half_width_and_characters_are_of_gb2312(every):
    odd = Counter(
        c for r in every for c in r["policyText"] if ord(c) > 127 and not c.encode("gb2312", "ignore")
    )
    # The dash between years is in GB2312 too; Python's codec maps it to another code point.
    assert set(odd) <= {"—"}
    assert not any(re.search("[\uff01-\uff5e\u3000]", record["policyText"]) for record in every)


def test_there_are_no_runs_of_blanks_and_none_at_edges(every):
    for record in every:
        assert not re.search(r"\s{2}|\xa0|<p>\s|\s</p>|\d [一-鿿]", record["policyText"])


def test_numbering_is_contiguous_at_every_level(every):
    for record in every:
        text = "\n".join(paragraphs(record))
        assert_runs(re.findall(r"^([一二三四五六七八九十]+)、", text, re.M), restarts=False)
        assert_runs(re.findall(r"^\(([一二三四五六七八九十]+)\)", text, re.M), restarts=True)
        assert_runs(re.findall(r"^第([一二三四五六七八九十百零]+)条 ", text, re.M), restarts=False)
        assert_runs(re.findall(r"^第([一二三四五六七八九十]+)章 ", text, re.M), restarts=True)
        tasks = [int(n) for n in re.findall(r"^(\d+)\.", text, re.M)]
        assert all(n in (1, before + 1) for before, n in zip([0, *tasks], tasks, strict=False))


def assert_runs(numerals: list[str], restarts: bool) -> None:
    numbers = [number_of(n) for n in numerals]
    for before, number in zip([0, *numbers], numbers, strict=False):
        assert number == before + 1 or (restarts and number == 1), numbers


def test_a_regulation_s_contents_are_its_chapters(every):
    regulations = [r for r in every if r["policyTitle"].endswith("条例")]
    assert len(regulations) > 8
    for record in regulations:
        chapters = [p for p in paragraphs(record) if re.match("第.{1,3}章 ", p)]
        half = len(chapters) // 2
        assert chapters[:half] == chapters[half:]


def test_cross_references_name_existing_articles(every):
    references = 0
    for record in every:
        articles = re.findall("<p>第([^条<]+)条 ", record["policyText"])
        for cited in re.findall("违反本(?:办法|条例)第([^条]+)条", record["policyText"]):
            references += 1
            assert cited in articles
    assert references > 100


def test_declared_counts_agree(every):
    counted = 0
    for record in every:
        text = record["policyText"]
        for numeral in re.findall("重点实施以下(.{1,3})项任务。", text):
            counted += 1
            body = text.partition("项任务。")[2].partition("三、")[0]
            assert len(re.findall("<p>\\([^)]+\\)", body)) == number_of(numeral)
    assert counted > 30


def test_tables_have_equal_tab_counts_and_numbered_rows(every):
    tables = 0
    for record in every:
        rows = [p.split("\t") for p in paragraphs(record) if "\t" in p]
        numbers = [int(row[0]) for row in rows if row[0].isdigit()]
        assert {len(row) for row in rows} <= {4}
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(cell for row in rows for cell in row)
        tables += bool(rows)
    assert tables > 5


def test_an_annex_has_the_body_s_headings(every):
    for record in every:
        body, _, annex = record["policyText"].partition("<p>重点任务分工表</p>")
        headings = re.findall(r"<p>(\([^)]+\)[^<]+)</p>", annex)
        assert all(f"<p>{heading}</p>" in body for heading in headings)


def test_no_sentence_occurs_twice_in_one_text(every):
    for record in every:
        prose = [p for p in paragraphs(record) if "\t" not in p]
        sentences = Counter(s for p in prose for s in re.findall("[^。]+。", p) if len(s) > 12)
        assert [s for s, n in sentences.items() if n > 1] == []


def test_no_words_are_doubled(every):
    doubled = {m[0] for r in every for m in re.finditer("([一-鿿]{2,6})\\1", r["policyText"])}
    assert doubled == set()


def test_there_is_no_personal_data(every):
    text = "".join(record["policyText"] for record in every)
    assert not re.search(r"\d{7,}|@|联系人|电话|https?:", text)
