"""``--tie-order`` changes only the order of policies of the same second, equally for every request."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from standin.contract import PAGE_LIST_PATH
from standin.process import StandinProcess


def _walk(process: StandinProcess, http: requests.Session, size: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    more = True
    while more:
        body = {"pageNo": len(found) // size + 1, "pageSize": size}
        data = http.post(
            process.url + PAGE_LIST_PATH, json=body, headers={"Token": process.token}, timeout=120
        ).json()["data"]
        found += data["result"]
        more = data["hasNext"]
    return found


@pytest.mark.parametrize("seed", ["1", "20"])
def test_only_ties_are_served_in_another_order(every, http, seed):
    with StandinProcess(("--tie-order", seed)) as process:
        by_ten, by_fifty = _walk(process, http, 10), _walk(process, http, 50)
    assert by_ten == by_fifty
    ids, usual = ([record["id"] for record in records] for records in (by_ten, every))
    assert ids != usual
    assert sorted(ids) == sorted(usual)
    assert [r["publishTime"] for r in by_ten] == [r["publishTime"] for r in every]


def test_a_seed_must_be_a_number():
    with StandinProcess(("--tie-order", "x")) as process, pytest.raises(Exception, match="tie-order"):
        assert process.url
