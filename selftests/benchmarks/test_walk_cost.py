"""The walk is over all pages, and a run that is not green gives no figure."""

from __future__ import annotations

import pytest

from benchmarks import walk_cost


def test_a_walk_of_two_pages_has_a_cost() -> None:
    assert walk_cost.seconds_of(2) > 0


def test_a_run_that_is_not_green_gives_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_cost, "_SUITE", walk_cost._SUITE.replace("ROWS", "7"))
    with pytest.raises(RuntimeError, match="1 failed"):
        walk_cost.seconds_of(2)
