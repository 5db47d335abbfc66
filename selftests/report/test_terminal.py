"""The numbers at the end of a run."""

from __future__ import annotations

import pytest

from framework.report.terminal import RunCounts, quantile, size_text, summary_lines


def case(status: str, *elapsed: float, name: str = "a", **more: object) -> dict:
    return {
        "case": name,
        "status": status,
        "elapsed": list(elapsed),
        "checks": 2,
        "unrecorded": 0,
        "requests": len(elapsed),
        "received": 1000,
        **more,
    }


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
    text = "\n".join(
        summary_lines(
            RunCounts(
                [
                    case("passed", 10.0),
                    case("failed", 30.0, name="slow"),
                    case("broken", name="b"),
                    case("skipped", name="s"),
                ]
            )
        )
    )
    assert "4（1 通过，1 不符，1 故障，1 跳过）" in text
    assert "p50 20 ms" in text
    assert "slow 30 ms" in text
    assert "2 个" in text


def test_unrecorded_checks_are_counted_apart() -> None:
    assert "8（其中 3 项未记录，没有评判）" in "\n".join(
        summary_lines(RunCounts([case("passed", checks=8, unrecorded=3)]))
    )


@pytest.mark.parametrize(
    ("statuses", "nothing"),
    [
        ([], False),
        (["passed"], False),
        (["failed"], False),
        (["known"], False),
        (["warned"], False),
        (["skipped", "broken"], True),
        (["skipped"], True),
    ],
)
def test_a_run_that_judged_nothing_is_recognized(statuses: list[str], nothing: bool) -> None:
    assert RunCounts([case(status) for status in statuses]).judged_nothing is nothing


def test_names_are_made_visible() -> None:
    assert "\x1b" not in "\n".join(summary_lines(RunCounts([case("passed", 1.0, name="\x1b[31m")])))
