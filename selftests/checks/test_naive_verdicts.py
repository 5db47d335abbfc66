"""The harness and a naive evaluator of the manual give the same verdicts on random checks and replies."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.naive_verdicts import compare as comparing
from benchmarks.naive_verdicts.evaluator import NaiveReply, verdict
from benchmarks.naive_verdicts.generate import ARGUMENTS, Pair
from benchmarks.naive_verdicts.matchers import VALUE_MATCHERS
from framework.checks.matchers import MATCHERS

BEYOND_THE_EVALUATOR = {"schema", "within_last"}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_verdicts_are_those_of_the_manual(seed):
    comparison = comparing.compare(150, seed)
    assert list(comparing.report(comparison))[1:] == ["0 differences of 0 kinds"]
    assert min(comparison.compared["passed"], comparison.compared["failed"]) > 40


def test_only_matchers_of_the_manual_are_compared():
    assert ARGUMENTS.keys() <= MATCHERS.keys()
    assert not ARGUMENTS.keys() & BEYOND_THE_EVALUATOR
    assert len(ARGUMENTS) >= 33


@pytest.mark.parametrize(
    ("checks", "document", "expected"),
    [
        ({"$.a": 1}, {"a": 1.0}, "passed"),
        ({"$.a": 1}, {"a": True}, "failed"),
        ({"$.a": {"not": {"equals": 1}}}, {"a": "1"}, "failed"),
        ({"$.a[*].b": {"equals": 1}}, {"a": []}, "failed"),
        ({"$.a[*].b": {"equals": 1, "may_be_empty": True}}, {"a": []}, "passed"),
        ({"$.a[*].b": {"equals": 1, "may_be_empty": True}}, {"a": [{}]}, "failed"),
        ({"$.a[?@.b == 1].c": {"unique": True}}, {"a": [{"b": 1, "c": 2}, {"b": 2}]}, "passed"),
        ({"$.a": {"absent": True}}, {}, "passed"),
        ({"$.a.b": {"absent": True}}, {}, "failed"),
        ({"$.a": {"disjoint_from": "${nothing}"}}, {"a": [1]}, "broken"),
    ],
)
def test_the_naive_evaluator(checks, document, expected):
    assert verdict(checks, NaiveReply(document), {"nothing": []}) == expected


def test_a_difference_is_counted_and_made_small(monkeypatch):
    monkeypatch.setitem(VALUE_MATCHERS, "at_most", VALUE_MATCHERS["less_than"])
    pair = Pair({"$.a": {"at_most": 1}, "$.b": {"type": "string"}}, NaiveReply({"a": 1, "b": "x", "c": [1]}))
    monkeypatch.setattr(comparing, "likely_pair", lambda _random: pair)
    comparison = comparing.compare(2, seed=1)
    assert comparison.compared == Counter(passed=2)
    assert list(comparing.report(comparison)) == [
        "2 pairs compared (2 passed), 0 refused at parse time",
        "2 differences of 1 kinds",
        "2 x $ at_most: the manual says failed, the harness passed",
        '    check {"$.a": {"at_most": 1}}',
        '    reply {"a": 1}',
    ]
