"""A text that is shortened inside a secret still has the remaining piece masked."""

from __future__ import annotations

import pytest

from framework.checks.shown import short, text_difference
from framework.http.masking import Masker
from framework.report.allure_records import INLINE_BODY, PREVIEW_BODY

TOKEN = "TOKEN-abcdef-0123456789"


@pytest.fixture
def masker() -> Masker:
    return Masker({"token": TOKEN})


def pieces(text: str) -> list[str]:
    """Return the pieces of the secret, of six characters or more, that are still in *text*."""
    return [TOKEN[at : at + 6] for at in range(len(TOKEN) - 5) if TOKEN[at : at + 6] in text]


@pytest.mark.parametrize("before", range(0, 130, 3))
def test_pieces_in_a_shortened_text_are_masked(masker: Masker, before: int) -> None:
    text = "字" * before + TOKEN + "字" * 150
    assert not pieces(masker.text(short(text)))
    assert not pieces(masker.text(short([text, text])))
    assert not pieces(masker.text(short({"a": {"b": text}})))


@pytest.mark.parametrize("at", range(0, 100, 3))
def test_pieces_in_a_difference_are_masked(masker: Masker, at: int) -> None:
    expected, actual = "字" * 100, "字" * at + TOKEN + "字" * 100
    for shown in text_difference(expected, actual)[:2]:
        assert not pieces(masker.text(shown))


def test_escaped_pieces_of_a_secret_with_quotes_are_masked() -> None:
    secret = 'say "hello" to me'
    masked = Masker({"s": secret}).text(short("x" * 60 + secret + "y" * 100))
    assert "hello" not in masked


@pytest.mark.parametrize("text", ["一……二", "TOK…", "…89", "a…b"])
def test_an_ellipsis_alone_is_unchanged(masker: Masker, text: str) -> None:
    assert masker.text(text) == text


@pytest.mark.parametrize("limit", [PREVIEW_BODY, INLINE_BODY])
@pytest.mark.parametrize("into", [1, 12, 22])
def test_pieces_in_a_shortened_body_are_masked(project, limit: int, into: int) -> None:
    body = b'{"a": "' + b"x" * (limit - 7 - into) + TOKEN.encode() + b'", "b": "' + b"y" * 200 + b'"}'
    project.service.replies = {"/long": body}
    project.suite(
        "  - id: a\n    request: {url: /long, headers: {Token: '${token}'}}\n    validate: {$.b: x}\n"
    )
    outcome = project.run("--evidence", "none" if limit == PREVIEW_BODY else "failed")
    assert outcome.statuses == {"a": "failed"}
    assert not [
        name for name, data in outcome.everything().items() if pieces(data.decode("utf-8", "replace"))
    ]
