"""Rule 14: ``\\d`` is ASCII and ``$`` the end of the text, in cases and in contracts."""

from __future__ import annotations

import json
import re
import warnings
from contextlib import suppress

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import CaseFileError, UnresolvedError
from framework.checks.regex import PatternError, SlowPatternError, _is_plain, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a$", "a", True),
        ("a$", "a\n", False),
        ("a$|b", "b\n", True),
        (r"a\$", "a$b", True),
        (r"a\\$", "a\\", True),
        (r"a\\$", "a\\\n", False),
        ("[$]", "a$b", True),
        ("[^$]", "$", False),
        ("[]$]x", "$x", True),
        ("[^]$]x", "$x", False),
        (r"[\]$]x", "$x", True),
        ("(a$)", "a\n", False),
        ("(?m)a$", "a\nb", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "青", False),
        (r"\s", "\u3000", False),
        (r"\bb", "青b", True),
        ("(?i)A$", "a\n", False),
        ("^[一-龥]+$", "青年", True),
        ("", "", True),
    ],
)
def test_the_meaning(pattern, text, found):
    assert bool(compile_pattern(pattern).search(text)) is found


@pytest.mark.parametrize(
    ("pattern", "position"),
    [("(", 0), ("a[", 1), ("*a", 0), ("a{2,1}", 2), (r"\p", 0), ("(?P<1>a)", 4), ("a" + "(" * 3000, 1)],
)
def test_what_is_no_expression(pattern, position):
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert caught.value.position >= position or caught.value.position == 0


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^a{e<=1}$", "b", False),
        ("^a{e<=1}$", "a{e<=1}", True),
        ("a{", "a{", True),
        ("^a{,2}$", "aa", True),
        ("^a{2}$", "aa", True),
        ("{}", "{}", True),
        ("^[[:alpha:]]$", "x", False),
        ("^[[:alpha:]]$", ":]", True),
        (r"^[\[a]$", "[", True),
        ("^[^[]$", "[", False),
        ("^[[]$", "[", True),
        ("^(?i:A)b$", "ab", True),
        ("(?s)a.b", "a\nb", True),
        ("(?x) a b # {e}", "ab", True),
        (r"(a)\1", "aa", True),
        ("(?i)ſ", "s", False),
        ("a||b", "", True),
        ("[a||b]", "|", True),
        ("[a&&b]", "&", True),
        (r"(?<=a)b(?!c)", "abd", True),
    ],
)
def test_what_the_other_engine_would_read_otherwise(pattern, text, found):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert bool(re.search(pattern, text, re.ASCII)) is found
    assert compile_pattern(pattern).search(text) is found


@pytest.mark.parametrize("pattern", ["^(.|.)*[XY]$", "(?:a|a)(?:a|a)" * 20 + "b", "(a?){60}a{60}b"])
def test_a_search_ends(pattern, monkeypatch):
    monkeypatch.setattr("framework.checks.regex.LIMIT", 0.05)
    with pytest.raises(SlowPatternError):  # without the limit it would take longer than anybody lives
        compile_pattern(pattern).search("a" * 250 + "!")


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d*\d*x",
        "a|b.*c$",
        ".+@.+",
        ".?.?x",
        r"^\d{4}-\d{2}$",
        "(?:a|b)(?:a|b)x*y",
        "^[*+?{|)]*[(|]*$",
        r"\(a\)*\)*",
        r"^\S(.*\S)?$",
        "^[一-鿿]{1,12}〔(19|20)\\d{2}〕[1-9]\\d{0,3}号$",
    ],
)
def test_a_search_that_does_not_mind_the_time_is_short(pattern):
    assert _is_plain(pattern)
    for text in ("a" * 255 + "!", "1" * 256, "@" * 256):
        regex.search(pattern, text, timeout=120)  # milliseconds, or longer than anybody waits


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "[ab]",
                ".",
                "(?:a",
                "(a|b",
                ")",
                ")?",
                "){2}",
                "*",
                "+",
                "?",
                "{2}",
                "{1,9}",
                "{,3}",
                "{2,}",
                "|",
            ]
        ),
        min_size=2,
        max_size=14,
    ).map("".join)
)
def test_no_plain_pattern_is_slow(pattern):
    with suppress(re.error):
        re.compile(pattern)
        if _is_plain(pattern):
            regex.compile(f"^(?:{pattern})!$").search("a" * 255 + "?", timeout=20)


def test_a_hint_on_future_syntax_is_no_error():
    assert compile_pattern("[[a]").search("[")


@given(
    st.lists(
        st.sampled_from(["a", "b", "$", r"\$", r"\\", "[$a]", "[^$]", "(a|$)", "^", ".", r"\d"]), max_size=6
    ).map("".join),
    st.text("ab$\\1", max_size=5),
)
def test_without_a_last_line_feed_it_is_what_python_finds(pattern, text):
    assert bool(compile_pattern(pattern).search(text)) == bool(re.search(pattern, text, re.ASCII))


@given(
    st.lists(st.sampled_from(["a", "b", r"\$", "[$a]", r"\d"]), min_size=1, max_size=4).map("".join),
    st.text("ab$1", max_size=4),
)
def test_a_dollar_never_matches_before_a_line_feed(pattern, text):
    assert not compile_pattern(f"(?:{pattern})$").search(text + "\n")


TITLES = {
    "data": {
        "result": [
            {"id": n, "policyTitle": "关于印发高层次人才创业扶持政策实施细则的通知" * 2} for n in range(10)
        ]
    }
}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("framework.checks.regex.LIMIT", 0.2)


@pytest.mark.parametrize(
    "call",
    [
        {"matches": "^(.|.)*[XY]$"},
        {"not": {"matches": "^(.|.)*[XY]$"}},
        {"any_of": [{"matches": "^(.|.)*[XY]$"}, {"equals": ""}]},
    ],
)
def test_a_pattern_without_end_breaks_the_case_where_it_stands(judge, impatient, call):
    with pytest.raises(UnresolvedError) as caught:
        judge({"$.data.result[*].policyTitle": call}, TITLES)
    (problem,) = caught.value.problems
    assert "^(.|.)*[XY]$" in problem.what
    assert problem.how
    assert problem.span.source.name == "t.yaml"


@pytest.mark.parametrize(
    "schema",
    [
        {
            "properties": {
                "data": {
                    "properties": {
                        "result": {"items": {"properties": {"policyTitle": {"pattern": "^(.|.)*[XY]$"}}}}
                    }
                }
            }
        },
        {
            "properties": {
                "data": {
                    "properties": {
                        "result": {"contains": {"properties": {"policyTitle": {"pattern": "^(.|.)*[XY]$"}}}}
                    }
                }
            }
        },
        {
            "patternProperties": {
                "^(d|.)*(a|.)*(t|.)*$": {
                    "propertyNames": {"pattern": "^(.|.)*[XY]$"},
                    "properties": {
                        "result": {"items": {"patternProperties": {"^policy": {"pattern": "^(.|.)*[XY]$"}}}}
                    },
                }
            }
        },
    ],
)
def test_so_does_one_of_a_contract(judge, contracts, impatient, schema):
    contracts.mkdir()
    (contracts / "page.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    with pytest.raises(CaseFileError) as caught:
        judge({"schema": "page"}, TITLES)
    (problem,) = caught.value.problems
    assert "page" in problem.what
    assert "[XY]$" in problem.what
