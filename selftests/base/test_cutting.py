"""A text is masked before it is cut, whatever cuts it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from framework.base.cutting import cut, mask_with, masked, masked_slice
from framework.base.source import Source, Span, excerpt, visible
from framework.cases.reader import Reader
from framework.checks.declare import brief
from framework.checks.matchers.values import ends_with, starts_with
from framework.checks.shown import short, shorten, text_difference
from framework.http.masking import Masker
from framework.policy.document import Paragraph
from framework.report.marked import marked_reply

SECRET = "tok-QxWvUtSrPoNmLkJiHgFeDcBa98765"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def masker() -> Iterator[None]:
    mask_with(Masker({"token": SECRET}, personal=True).text)
    yield
    mask_with(None)


def pieces(text: str) -> list[str]:
    return [SECRET[at : at + 6] for at in range(len(SECRET) - 5) if SECRET[at : at + 6] in text]


def reported(what: str) -> str:
    reader = Reader()
    reader.problem("x", what, "", Span(Source("a", what), 1, 1, 1, 2))
    return masked(reader.problems[0].what)


CUTS = {
    "short": short,
    "short 60": lambda text: short(text, 60),
    "short list": lambda text: short([text, {text: [text]}]),
    "shorten": shorten,
    "shorten 40": lambda text: shorten(text, 40),
    "cut": lambda text: cut(text, 60),
    "slice": lambda text: masked_slice(text, 30, 90),
    "difference": lambda text: str(text_difference(text, "字" * 60)),
    "excerpt": lambda text: "\n".join(excerpt(Span(Source("a", text), 1, 40, 1, 50))),
    "brief": lambda text: brief(ValueError(text)),
    "starts_with": lambda text: str(starts_with(text, "x")),
    "ends_with": lambda text: str(ends_with(text, "x")),
    "reader": reported,
    "marked": lambda text: marked_reply({"a": text}, []),
    "quote": lambda text: Paragraph(0, text, text).quote_around(40),
}


@pytest.mark.parametrize("shown", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("after", [0, 20, 400])
def test_no_piece_of_a_secret_is_left_at_any_offset(shown, after: int) -> None:
    for before in range(0, 420, 3):
        assert not pieces(shown("字" * before + SECRET + "文" * after))


def test_a_secret_with_control_characters_is_masked_before_they_are_replaced() -> None:
    mask_with(Masker({"k": "first\nsecond\tthird"}).text)
    assert visible("<first\nsecond\tthird>") == "<***k***>"


@pytest.mark.parametrize("start", range(60))
def test_a_slice_shows_its_own_text_unless_a_secret_crosses_its_edge(start: int) -> None:
    text = "a" * 10 + SECRET + "b" * 30
    shown = masked_slice(text, start, start + 8)
    assert not pieces(shown)
    if start + 8 <= 10 or start >= 10 + len(SECRET):
        assert shown == text[start : start + 8]


def test_without_secrets_nothing_changes() -> None:
    mask_with(None)
    assert masked(SECRET) == SECRET
    assert masked_slice("abcdef", 1, 3) == "bc"
    assert masked_slice("abcdef", -1, 3) == ""


# A slice whose limit is a number or a constant shortens something. If that is a text that people read, it
# must be masked before. These modules cut something else.
OTHER_SLICES = {
    "framework/audit/suggest.py",  # lists and rules over values
    "framework/http/body_kind.py",  # bytes, only compared
    "framework/http/personal.py",
    "framework/report/nights/history.py",  # names of files
    "framework/cli/manual/page.py",  # a fixed sample
    "framework/night/summary_page.py",  # lists, and texts of a record that was masked
    "framework/policy/identity.py",  # quotes, masked when they are reported
    "framework/policy/evident.py",
    "framework/policy/tables.py",
    "framework/policy/structure.py",
    "framework/policy/wholeness.py",
    "framework/policy/grammar.py",
    "framework/policy/markers.py",
    "framework/policy/record_fields.py",
}


def unmasked_slices(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
            continue
        limit = ast.unparse(node.slice.upper or node.slice.lower or ast.Constant(0)).lstrip("-_")
        is_limit = limit.isupper() or (limit.isdigit() and int(limit) >= 12)
        value = ast.unparse(node.value)
        cuts_text = "hexdigest" not in value and "masked" not in value
        if is_limit and cuts_text:
            yield ast.unparse(node)


LIST_SLICES = {
    "framework/policy/signing.py: paragraphs[letter + 1:][:_MOST_SIGNATURES]",
    "framework/policy/signing.py: texts[:_FIRST]",
    "framework/policy/policy_text.py: pending[:MAX_ERRORS]",
    "framework/baseline/record_changes.py: changes[:_MOST_IN_A_RECORD]",
    "framework/cli/accept.py: result.accepted[:_MOST_LINES]",
    "framework/cases/yaml/syntax_mistakes.py: error.line[:error.at.column][-_LONGEST_SEARCH:]",
    "framework/cases/yaml/syntax_mistakes.py: lines[number][:_LONGEST_SEARCH]",
    "framework/http/json_size.py: body[:512]",
    "framework/legacy/conservation.py: shown[:_MAX_SHOWN]",
    "framework/legacy/log_values.py: _without_values(text)[:_SHOWN]",
    "framework/legacy/old_yaml.py: path.read_bytes()[:MAX_BYTES + 1]",
    "framework/report/run_record.py: cases[:_MAX_NAMED]",
    "framework/report/terminal.py: sorted(run.cases, key=_slowest_request, reverse=True)[:_SLOWEST]",
    "framework/audit/page.py: survivors[:SHOWN]",
    "framework/audit/transport.py: (reply.body or b'')[:200]",
    "framework/base/source.py: text[:_EXCERPT_WIDTH]",
    "framework/cases/problem_limits.py: problems[:MAX_REPORTED]",
    "framework/cases/reader.py: what[-_SHOWN_PART:]",
    "framework/cases/reader.py: what[:_SHOWN_PART]",
    "framework/cases/variables.py: names[:_MAX_SHOWN_CYCLE - 2]",
    "framework/checks/lookalike.py: unusual[:_MOST_NAMED]",
    "framework/checks/partial.py: branch.findings[:_MOST_PER_BRANCH]",
    "framework/checks/partial.py: findings[:MOST_FINDINGS]",
    "framework/checks/partial.py: self.notes[:MOST_FINDINGS]",
    "framework/checks/schema.py: errors[:MOST_VIOLATIONS]",
    "framework/cli/lint/command.py: render(problem).splitlines()[:MAX_LINES]",
    "framework/http/spellings.py: value[:_ANCHOR]",
    "framework/legacy/import_log.py: text[:40]",
    "framework/report/nights/changes.py: by_night[-WINDOW:]",
    "framework/report/nights/changes.py: entries[-WINDOW:]",
    "framework/report/nights/changes.py: (*nights, run)[-_TREND:]",
    "framework/night/summary_page.py: changes[:MOST]",
    "framework/night/summary_page.py: group.cases[:_NAMED]",
    "framework/cases/tree_rows.py: items[:MAX_ROWS]",
    "framework/cases/upload.py: part.digest[:16]",
    "framework/report/reproduction.py: found[:MAX_LINES]",
    "framework/report/nights/record.py: run.started[:16]",
    "framework/report/terminal.py: group.beneath[:_BENEATH]",
    "framework/report/causes.py: list(found.values())[:_MOST]",
    "framework/night/summary_page.py: items[:MOST]",
    "framework/policy/brackets.py: open_marks[:_MAX_UNCLOSED]",
    "framework/policy/confusions.py: document.compact_text[:_LONGEST_TEXT]",  # read, not shown
    "framework/policy/masthead.py: left[:_COMPARED]",
    "framework/policy/masthead.py: right[:_COMPARED]",
    "framework/policy/masthead.py: text.starts[:_MAX_PARAGRAPHS + 1]",
    "framework/policy/normalization.py: line[:12]",
    "framework/policy/numbering.py: marker.paragraph.text[-12:]",
    "framework/policy/numbering.py: self.runs[-_MAX_NESTED_RUNS + 1:]",
    "framework/policy/official_source.py: violations[:MAX_REPORTED_EDITS]",
    "framework/cli/accept.py: found[:_MOST_UNSTEADY]",
    "framework/policy/text_files.py: data[:4096]",
    "framework/report/allure_records.py: findings[:_MAX_COMPARED]",
    "framework/report/allure_records.py: result.findings[:_MAX_FINDINGS]",
    "framework/report/explain.py: failed[:MAX_RESULTS]",
    "framework/report/explain.py: verdict.variables[:MAX_VARIABLES]",
    "framework/report/html_history.py: kept[-(LIMIT - 1):]",
    "framework/report/github.py: [*files, *causes][:_MOST]",
    "framework/base/process.py: self._kept[-_KEPT_BYTES:]",
    "framework/base/process.py: data[os.write(2, data):]",
    "framework/night/early_end.py: lines[-_MOST_LINES:]",
    "framework/report/log_events.py: reply.digest[:16]",
    "framework/report/log_events.py: result.findings[:_FINDINGS]",
    "framework/report/log_events.py: result.notes[:_FINDINGS]",
    "framework/report/log_reader.py: str(event.get('time', ''))[11:23]",
    "framework/report/marked.py: lines[:MAX_LINES]",
    "framework/report/terminal.py: groups[:_CAUSES]",
    "framework/report/terminal.py: sorted(cases, key=_slowest_request, reverse=True)[:_SLOWEST]",
    "framework/tape/tape.py: problems[:_MAX_PROBLEMS]",
}
"""Slices of lists and of texts that are masked already."""


def test_no_text_is_cut_by_hand() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {written}"
        for path in sorted((ROOT / "framework").rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in OTHER_SLICES
        for written in unmasked_slices(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found <= LIST_SLICES, "use framework.base.cutting.cut, or add the slice if it is of a list"


@pytest.mark.parametrize("secret", ["hunter2hunter2", "a%40b", "p:q"])
def test_the_password_of_an_address_is_never_shown(secret):
    url = f"http://user:{secret}@host.test:80/path"
    assert masked(f"x {url} y") == "x http://user:***@host.test:80/path y"
    assert secret not in cut(url, 25)


@pytest.mark.parametrize(
    "text", ["http://host:80/a@b", "http://host/?a=b:c@d", "mail a:b@c", "http://host:80/"]
)
def test_other_addresses_are_unchanged(text):
    assert masked(text) == text
