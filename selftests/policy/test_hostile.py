"""Hostile texts are judged in linear time, and quotations of them are harmless."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framework.policy.document import Document
from framework.policy.normalization import normalize_lines
from framework.policy.official_source import OfficialText, official_source
from framework.policy.policy_text import PreparedRules, accepts, policy_text, select_rules
from framework.policy.rules import RULES
from selftests.growth import grows_linearly

RECORD = {
    "id": "1",
    "policyTitle": "某市人民政府关于印发《某市行动方案》的通知",
    "issueNumber": "某府发〔2024〕1号",
    "publishTime": "2024-01-01 00:00:00",
}
ALL = PreparedRules(select_rules(True), (), date(2024, 1, 1))

TEXTS = {
    "one paragraph": lambda n: "<p>" + "中" * n + "</p>",
    "nested": lambda n: "<p>" * (n // 3),
    "unclosed": lambda n: "<" * n,
    "brackets": lambda n: "<p>" + "“(" * (n // 2) + "</p>",
    "closers": lambda n: "<p>)”</p>" * (n // 9),
    "open paragraphs": lambda n: "<p>“</p>" * (n // 8),
    "blanks": lambda n: "<p>" + " \xa0" * (n // 2) + "</p>",
    "tabs": lambda n: "<p>" + "\t" * n + "</p>",
    "rows": lambda n: "<p>1\t2</p>" * (n // 10),
    "digits": lambda n: "<p>" + "1" * n + "</p>",
    "numerals": lambda n: "<p>" + "一" * n + "</p>",
    "references": lambda n: (
        "<p>第一条 a</p><p>第二条 a</p><p>第三条 a</p><p>" + "本办法第二条、第三条" * (n // 10) + "</p>"
    ),
    "headings": lambda n: "<p>一、说以下两项:</p><p>(一)x;</p><p>(二)y。</p>" * (n // 40),
    "inline": lambda n: "<p>" + ";1." * (n // 3) + "</p>",
    "handlers": lambda n: "<a on" * (n // 5),
    "identities": lambda n: "<p>" + "11010519491231002X " * (n // 19) + "</p>",
    "misspellings": lambda n: "<p>" + "显着" * (n // 2) + "</p>",
    "rare": lambda n: "<p>" + "龘" * n + "</p>",
    "ranges": lambda n: "<p>" + "1-" * (n // 2) + "</p>",
    "commas": lambda n: "<p>" + "中," * (n // 2) + "</p>",
    "underscores": lambda n: "<p>" + "__a" * (n // 3) + "</p>",
    "annexes": lambda n: "<p>附件:1.a</p>" + "<p>2.b</p>" * (n // 18) + "<p>附件1</p>" * (n // 20),
    "letters": lambda n: "<p>" + "1O " * (n // 3) + "</p>",
    "titles": lambda n: "<p>" + "某市" * (n // 2) + "</p>",
    "labels": lambda n: "<p>" + "1)" * (n // 2) + "</p>",
    "mixed brackets": lambda n: "<p>《“(</p>" * (n // 10),
    "articles": lambda n: "<p>第一条 管埋要求</p>" * (n // 16),
    "contents": lambda n: "<p>目录</p>" + "<p>第一章 x</p>" * (n // 14),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_eight_times_the_text_takes_about_eight_times_as_long(kind):
    assert grows_linearly(lambda n: policy_text(TEXTS[kind](n), ALL, RECORD), 6000)


def test_a_publication_is_compared_in_linear_time():
    def compare(n: int) -> None:
        lines = [f"{at}号事项,由主管部门负责;其余照旧。" for at in range(n)]
        original = OfficialText("a", normalize_lines(lines, page=True))
        text = "".join(f"<p>{line.replace('照旧', '照就')}</p>" for line in lines)
        assert len(official_source(text, original, {}).violations) == 11

    assert grows_linearly(compare, 300)


@given(
    st.text(
        alphabet=st.sampled_from(
            list("<p></br>&;一二三第条章节、.()“”《》1290。,:\t \xa0\x1b[\u202e附件目录本办法共项显着")
        ),
        max_size=400,
    )
)
@settings(max_examples=150)
def test_any_text_is_judged_and_quoted_harmlessly(text):
    outcome = policy_text(text, ALL, RECORD)
    for fault in (*outcome.violations, *outcome.notes):
        for text_shown in (fault.expected, fault.actual, fault.what):
            assert text_shown is not None
            assert all(char.isprintable() for char in text_shown), text_shown
            assert len(text_shown) < 400


@pytest.mark.parametrize(
    "text", ["<p>\x1b[2J\x1b[31m政策</p>", "<p>\u202e策政</p>", "<script>\x07</script>", "\x00" * 50]
)
def test_control_characters_never_reach_a_message(text):
    outcome = policy_text(text, ALL, RECORD)
    assert outcome.violations
    assert all(
        (fault.what + (fault.actual or "") + (fault.expected or "")).isprintable()
        for fault in (*outcome.violations, *outcome.notes)
    )


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "x",
        {},
        {"policyTitle": None, "issueNumber": 1, "publishTime": [], "files": {"a": 1}},
        {"files": [None, {"fileName": 3}]},
    ],
)
def test_a_malformed_record_is_no_error(record):
    policy_text("<p>一</p>", ALL, record)


def test_findings_are_bounded():
    outcome = policy_text("<p>(</p>" * 5000, ALL, RECORD)
    assert len(outcome.violations) <= len(RULES) * 21
    assert any("另有" in fault.what for fault in outcome.violations)


def test_rules_find_lazily():
    document = Document("<p>(</p>" * 50_000, RECORD)
    for rule in RULES.values():
        assert len(list(islice(rule.find(document), 3))) <= 3


@pytest.mark.parametrize(
    "argument",
    [
        True,
        ["head"],
        {"rules": True},
        {"except": ["lexicon"]},
        {"rules": ["head", "tail"], "accepted": "a/b.yaml"},
    ],
)
def test_a_valid_argument_is_accepted(argument):
    assert accepts(argument) is None
