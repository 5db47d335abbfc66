"""The thresholds of a load test and its exit code."""

from __future__ import annotations

import pytest

from framework.load.judging import exit_code, percent, thresholds
from framework.load.results import Results


def results(**outcomes: int) -> Results:
    made = Results()
    for outcome, n in outcomes.items():
        for _ in range(n):
            made.add_run("suite.yaml::case", outcome, 0.0, [100.0])
    return made


@pytest.mark.parametrize(
    ("outcomes", "most_failed", "p95", "code"),
    [
        ({"passed": 10}, 0, 0, 0),
        ({"passed": 99, "failed": 1}, 0, 0, 1),
        ({"passed": 99, "failed": 1}, 0.01, 0, 0),
        ({"passed": 98, "failed": 1, "broken": 1}, 0.01, 0, 1),
        ({"passed": 10}, 0, 100, 0),
        ({"passed": 10}, 0, 99.9, 1),
        ({"passed": 95, "slow": 5}, 0, 0, 0),
        ({"passed": 94, "slow": 6}, 0, 0, 1),
        ({"broken": 3}, 1, 0, 0),
        ({"skipped": 3}, 0, 0, 5),
        ({}, 0, 0, 5),
    ],
)
def test_the_thresholds_decide(outcomes: dict[str, int], most_failed: float, p95: float, code: int) -> None:
    made = results(**outcomes)
    assert exit_code(made, thresholds(made, most_failed, p95)) == code


def test_a_limit_for_the_p95_needs_replies() -> None:
    made = Results()
    made.add_run("a", "broken", 0.0, [])
    assert [threshold.held for threshold in thresholds(made, 1, 100)] == [True, False]


def test_a_test_that_ended_early_is_not_green() -> None:
    made = results(passed=10)
    made.reason = "被中断"
    assert exit_code(made, thresholds(made, 0, 0)) == 1


def test_a_share_that_is_not_nothing_never_looks_like_nothing() -> None:
    assert [percent(share) for share in (0, 1e-9, 0.001, 0.5, 1)] == ["0%", "<0.01%", "0.1%", "50%", "100%"]
