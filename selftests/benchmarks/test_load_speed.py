"""The rate of a load test is read from what the two sides print, and a failure gives no figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.load_speed import runs_of
from benchmarks.measure import Cost

OURS = "用例    3599 次：通过 {passed}，不符 0，故障 0，超时限 0\n"
LOCUST = (
    "         Aggregated                       0     0(0.00%) |      0       0       0      0 |    0.00\n"
)


def cost(output: str) -> Cost:
    return Cost(1.0, 1.0, 1, 0, output, Path())


@pytest.mark.parametrize(
    ("output", "runs"),
    [(OURS.format(passed=3599), 3599), (LOCUST + LOCUST.replace(" 0     0(", "12     0("), 12)],
    ids=["harness", "HttpUser"],
)
def test_the_runs_are_those_of_the_last_table(output: str, runs: int) -> None:
    assert runs_of(cost(output)) == runs


@pytest.mark.parametrize("output", ["", OURS.format(passed=3598), LOCUST.replace("0(0.00%)", "3(1.00%)")])
def test_failures_give_no_figure(output: str) -> None:
    with pytest.raises(RuntimeError, match="with failures, or none"):
        runs_of(cost(output))
