"""Rule 14: ``\\d`` is ASCII and ``$`` the end of the text, in cases and in contracts."""
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.checks.regex import PatternError, compile_pattern


@pytest.mark.parametrize(("pattern", "text", "found"), [
    ("a$", "a", True), ("a$", "a\n", False), ("a$|b", "b\n", True), (r"a\$", "a$b", True), (r"a\\$", "a\\", True), (r"a\\$", "a\\\n", False),
    ("[$]", "a$b", True), ("[^$]", "$", False), ("[]$]x", "$x", True), ("[^]$]x", "$x", False), (r"[\]$]x", "$x", True), ("(a$)", "a\n", False), ("(?m)a$", "a\nb", True),
    (r"^\d$", "٣", False), (r"^\w$", "青", False), (r"\s", "\u3000", False), (r"\bb", "青b", True), ("(?i)A$", "a\n", False), ("^[一-龥]+$", "青年", True), ("", "", True),
])
def test_the_meaning(pattern, text, found):
    assert bool(compile_pattern(pattern).search(text)) is found


@pytest.mark.parametrize(("pattern", "position"), [("(", 0), ("a[", 1), ("*a", 0), ("a{2,1}", 2), (r"\p", 0), ("(?P<1>a)", 4), ("a" + "(" * 3000, 1)])
def test_what_is_no_expression(pattern, position):
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert caught.value.position >= position or caught.value.position == 0


def test_a_hint_on_future_syntax_is_no_error():
    assert compile_pattern("[[a]").search("[")


@given(st.lists(st.sampled_from(["a", "b", "$", r"\$", r"\\", "[$a]", "[^$]", "(a|$)", "^", ".", r"\d"]), max_size=6).map("".join), st.text("ab$\\1", max_size=5))
def test_without_a_last_line_feed_it_is_what_python_finds(pattern, text):
    assert bool(compile_pattern(pattern).search(text)) == bool(re.search(pattern, text, re.ASCII))


@given(st.lists(st.sampled_from(["a", "b", r"\$", "[$a]", r"\d"]), min_size=1, max_size=4).map("".join), st.text("ab$1", max_size=4))
def test_a_dollar_never_matches_before_a_line_feed(pattern, text):
    assert not compile_pattern(f"(?:{pattern})$").search(text + "\n")
