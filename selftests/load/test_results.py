"""The measurements of a load test: times in few numbers, and the sum of several processes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.load.results import MOST_CAUSES, OTHER, Cause, Results, Times, results_of

RUNS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["passed", "failed", "broken", "slow", "skipped"]),
        st.floats(0, 100),
        st.lists(st.floats(0, 100_000), max_size=3),
    ),
    max_size=30,
)


def measured(runs) -> Results:
    results = Results(stretch=2.0)
    for name, outcome, at, elapsed in runs:
        results.add_run(name, outcome, at, elapsed)
        if outcome == "failed":
            results.add_cause("mismatch", f"{name} differs", Cause(1, name, "", f"{at}", at, at))
    results.starts, results.late, results.latest = len(runs), len(runs) // 2, float(len(runs))
    return results


@given(st.lists(st.floats(0, 1_000_000), min_size=1), st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_a_value_to_three_digits(values: list[float], q: float) -> None:
    times = Times()
    for value in values:
        times.add(value)
    exact = sorted(values)[max(0, -int(-q * len(values) // 1) - 1)]
    assert times.quantile(q) == pytest.approx(exact, rel=0.006, abs=0.06)


def test_an_hour_of_times_takes_few_numbers() -> None:
    times = Times()
    for milliseconds in range(60_000):
        times.add(milliseconds)
    assert times.total == 60_000
    assert len(times.counts) < 4_000


def test_there_is_no_quantile_of_nothing() -> None:
    assert Times().quantile(0.95) == 0


@given(RUNS, RUNS)
def test_two_processes_add_up_to_one(first, second) -> None:
    total = Results(stretch=2.0)
    for part in (first, second):
        total.add(results_of(json.loads(json.dumps(measured(part).as_plain()))))
    whole = measured([*first, *second])
    assert total.cases == whole.cases
    assert total.line == whole.line
    assert total.total == whole.total
    assert {key: (cause.count, cause.first, cause.last) for key, cause in total.causes.items()} == {
        key: (cause.count, cause.first, cause.last) for key, cause in whole.causes.items()
    }
    assert total.starts == whole.starts
    assert total.latest == max(len(first), len(second))


def test_the_first_example_of_a_cause_is_kept() -> None:
    results = Results()
    results.add_cause("mismatch", "x", Cause(1, "late", "", "2", 5.0, 5.0))
    results.add_cause("mismatch", "x", Cause(1, "early", "", "1", 2.0, 2.0))
    assert results.causes["mismatch", "x"] == Cause(2, "early", "", "1", 2.0, 5.0)


def test_a_new_text_in_every_error_does_not_fill_the_memory() -> None:
    results = Results()
    for number in range(MOST_CAUSES + 50):
        results.add_cause("mismatch", str(number), Cause(1, "a", "", "", 0.0, 0.0))
    assert len(results.causes) == MOST_CAUSES + 1
    assert results.causes[OTHER].count == 50
    assert sum(cause.count for cause in results.causes.values()) == MOST_CAUSES + 50


def test_only_what_was_judged_counts() -> None:
    numbers = measured([("a", outcome, 0, []) for outcome in ("passed", "skipped", "broken", "slow")]).total
    assert (numbers.judged, numbers.red) == (3, 1)
