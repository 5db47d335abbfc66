"""The page of a load test: values that were not measured are not drawn, and numbers do not wrap on a
phone.
"""

from __future__ import annotations

import re

from framework.load.page import page
from framework.load.results import Results
from framework.load.summary import LoadReport


def page_of(*runs: tuple[float, list[float]]) -> str:
    results = Results()
    for at, elapsed in runs:
        results.add_run("suite.yaml::a", "passed", at, elapsed)
    return page(LoadReport({}, results, 0, (), 0))


def lines(html: str, color: str) -> list[list[str]]:
    figure = html.split("<figure>")[2]  # the chart of durations
    return [points.split() for points in re.findall(rf'<polyline class="{color}" points="([^"]*)"', figure)]


def test_a_second_without_replies_is_a_gap_and_no_fast_reply() -> None:
    html = page_of((0.5, [100.0]), (1.5, [200.0]), (3.5, [100.0]), (4.5, [200.0]))
    assert [len(points) for points in lines(html, "green")] == [2, 2]


def test_a_second_between_two_gaps_is_seen() -> None:
    html = page_of((0.5, [100.0]), (2.5, [200.0]), (4.5, [100.0]))
    assert [len(points) for points in lines(html, "green")] == [2, 2, 2]


def test_numbers_are_not_broken_into_lines() -> None:
    row = next(line for line in page_of((0.5, [1234.0])).splitlines() if "suite.yaml::a" in line)
    assert re.findall(r'<td class="n">([^<]*)</td>', row) == ["1", "0", "0", "1230.0", "1230.0", "1230.0"]
