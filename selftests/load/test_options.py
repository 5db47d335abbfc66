"""The options of a load test."""

from __future__ import annotations

import pytest

from framework.load.options import parse_options

LEAST = ["--users", "5", "--run-time", "1m"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("60", 60), ("5m", 300), ("1h30m", 5400), ("4h", 14400), ("1m1s", 61)]
)
def test_a_time_is_written_with_units(text: str, seconds: float) -> None:
    assert parse_options(["--users", "5", "--run-time", text]).seconds == seconds


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.01", 0.01), ("0", 0), ("100%", 1), ("1", 1)])
def test_a_share_is_written_in_two_ways(text: str, share: float) -> None:
    assert parse_options([*LEAST, "--max-failed", text]).most_failed == share


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--users", "5"],
        ["--run-time", "5s"],
        ["--users", "0", "--run-time", "5s"],
        ["--users", "-1", "--run-time", "5s"],
        ["--users", "1.5", "--run-time", "5s"],
        ["--users", "nan", "--run-time", "5s"],
        ["--users", "10001", "--run-time", "5s"],
        *(
            ["--users", "5", "--run-time", text]
            for text in ("", "0", "0s", "5x", "-5s", "4h1s", "1s1m", "1.5s")
        ),
        [*LEAST, "--spawn-rate", "0"],
        [*LEAST, "--spawn-rate", "nan"],
        [*LEAST, "--throughput", "0"],
        [*LEAST, "--throughput", "inf"],
        [*LEAST, "--p95", "0"],
        [*LEAST, "--p95", "fast"],
        [*LEAST, "--max-failed", "101%"],
        [*LEAST, "--max-failed", "-1"],
        [*LEAST, "--max-failed", "nan"],
        [*LEAST, "--master", "--worker"],
        [*LEAST, "--expect-workers", "2"],
        [*LEAST, "--master", "--expect-workers", "0"],
        [*LEAST, "--master", "--master-bind-port", "70000"],
    ],
    ids=" ".join,
)
def test_what_means_nothing_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_what_selects_cases_is_passed_on_to_pytest() -> None:
    given = parse_options(
        [
            "-m",
            "smoke and not load",
            "a.yaml",
            *LEAST,
            "--env=test",
            "--var",
            "a=1",
            "--var",
            "b=2",
            "--other",
        ]
    )
    assert given.pytest == (
        "-m",
        "smoke and not load",
        "--env",
        "test",
        "--var",
        "a=1",
        "--var",
        "b=2",
        "a.yaml",
        "--other",
    )


def test_all_users_are_added_within_a_second_unless_another_rate_is_given() -> None:
    assert parse_options(LEAST).spawn_rate == 5
    assert parse_options([*LEAST, "--spawn-rate", "0.5"]).spawn_rate == 0.5


def test_a_worker_needs_no_users() -> None:
    given = parse_options(["--worker", "--master-host", "127.0.0.2", "--master-port", "6000"])
    assert (given.role, given.host, given.port) == ("worker", "127.0.0.2", 6000)
