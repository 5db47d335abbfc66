"""The numbers at the end of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from framework.report.case_record import CaseRecord
from framework.report.numbers import quantile, size_text
from framework.report.run_record import RunRecord
from framework.report.terminal import summary_lines


def case(status: str, *elapsed: float, name: str = "a", **more: object) -> CaseRecord:
    made = CaseRecord(f"testcases/a.yaml::{name}", name, status, checks=2, received=1000)
    return replace(made, elapsed=elapsed, requests=len(elapsed), **more)


def run_of(*cases: CaseRecord) -> RunRecord:
    return RunRecord("run", "test", "", "", 1.0, 0, cases=cases)


@pytest.mark.parametrize(
    ("values", "q", "expected"),
    [
        ([], 0.5, 0.0),
        ([7.0], 0.95, 7.0),
        ([1.0, 3.0], 0.5, 2.0),
        ([1.0, 2.0, 3.0], 0.5, 2.0),
        (list(map(float, range(101))), 0.95, 95.0),
    ],
)
def test_quantiles_are_interpolated(values: list[float], q: float, expected: float) -> None:
    assert quantile(values, q) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (9_999, "9999 B"), (10_000, "10 KB"), (245_000, "245 KB"), (10_000_000, "10.0 MB")],
)
def test_sizes_have_readable_units(size: int, text: str) -> None:
    assert size_text(size) == text


def test_the_summary_has_the_numbers_of_the_run() -> None:
    cases = [
        case("passed", 10.0),
        case("failed", 30.0, name="slow"),
        case("broken", name="b"),
        case("skipped", name="s"),
    ]
    text = "\n".join(summary_lines(run_of(*cases)))
    assert "4（1 通过，1 不符，1 故障，1 跳过）" in text
    assert "p50 20 ms" in text
    assert "slow 30 ms" in text
    assert "2 个" in text


def test_unrecorded_checks_are_counted_apart() -> None:
    lines = summary_lines(run_of(case("passed", checks=8, unrecorded=3)))
    assert "8（其中 3 项未记录，没有评判）" in "\n".join(lines)


@pytest.mark.parametrize(
    ("statuses", "nothing"),
    [
        ([], True),
        (["passed"], False),
        (["failed"], False),
        (["known"], False),
        (["warned"], False),
        (["skipped", "broken"], True),
        (["skipped"], True),
    ],
)
def test_a_run_that_judged_nothing_is_recognized(statuses: list[str], nothing: bool) -> None:
    assert run_of(*map(case, statuses)).judged_nothing is nothing


def test_names_are_made_visible() -> None:
    assert "\x1b" not in "\n".join(summary_lines(run_of(case("passed", 1.0, name="\x1b[31m"))))
