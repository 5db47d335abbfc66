"""The harness judges contracts as jsonschema and jsonschema-rs do, apart from the table of deviations.

``python -m benchmarks.contract_differences`` compares many more pairs than this sample.
"""

from __future__ import annotations

import pytest

from benchmarks.contract_differences import DEVIATIONS, Judges, compare, table
from benchmarks.contract_schemas import PATTERNS
from framework.checks import quick


def test_no_difference_is_missing_from_the_table():
    comparison = compare(600, seed=20)
    assert not comparison.unexplained, table(comparison)
    # a sample is only worth something with both kinds of document, most of them judged by the quick check
    assert 200 < comparison.kept < 400
    assert comparison.quick > 300


EXAMPLES = {
    ("jsonschema", "patterns"): ({"pattern": r"^\d$"}, "1\n"),
    ("jsonschema", "multipleOf"): ({"multipleOf": 0.01}, 4.02),
    ("jsonschema", "uniqueItems"): ({"uniqueItems": True}, [[1], [True], [1]]),
    ("jsonschema", "empty pattern"): (
        {"patternProperties": {"": True}, "additionalProperties": False},
        {"a": 1},
    ),
    ("jsonschema-rs", "patterns"): ({"pattern": r"^a\Z"}, "a"),
    ("jsonschema-rs", "large multipleOf"): ({"multipleOf": 10**30}, 1e30),
    ("jsonschema-rs", "infinite number"): ({"maximum": 1}, float("inf")),
    ("jsonschema-rs", "lone surrogate"): ({"type": "string"}, "\ud800"),
}


def test_every_deviation_has_an_example():
    assert EXAMPLES.keys() == {(row.judge, row.name) for row in DEVIATIONS}


@pytest.mark.parametrize(("judge", "name"), EXAMPLES)
def test_a_deviation_is_real_and_explained_by_its_row_only(judge, name):
    # it fails when a new version of the package no longer deviates: then the row goes
    schema, document = EXAMPLES[judge, name]
    judges = Judges(schema)
    ours = judges.ours(document)
    assert isinstance(ours, bool)
    assert judges.stock(judge, document) != ours
    assert judges.explanation(judge, document, ours) == name


@pytest.mark.parametrize("keyword", ["type", "items", "pattern"])
def test_a_keyword_that_the_quick_check_forgets_is_seen(monkeypatch, keyword):
    monkeypatch.setitem(quick._KEYWORDS, keyword, lambda *_: lambda _value: True)
    assert compare(400, seed=20).unexplained


def test_the_spellings_of_the_patterns_are_distinct():
    for syntax in (0, 1):
        assert len({spellings[syntax] for spellings in PATTERNS.values()}) == len(PATTERNS)
