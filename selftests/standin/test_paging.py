"""Pages, their order, and the rows that are on no page."""

from __future__ import annotations

import pytest

from standin.credentials import OTHER_TENANT_TOKEN


@pytest.mark.parametrize("size", [1, 5, 7, 10, 19, 50])
def test_every_page_size_gives_the_same_sequence(page, every, size):
    pages = -(-190 // size) if size > 1 else 3
    ids = [record["id"] for number in range(1, pages + 1) for record in page(number, size)["result"]]
    assert ids == [record["id"] for record in every][: len(ids)]
    assert len(ids) == min(190, pages * size)


def test_has_next_is_false_on_the_last_full_page(page):
    last = page(19)
    assert (len(last["result"]), last["hasNext"], last["pageNo"]) == (10, False, 19)
    assert page(18)["hasNext"] is True


@pytest.mark.parametrize("number", [20, 21, 2**31 - 1])
def test_past_the_end_is_empty_and_keeps_the_total(page, number):
    data = page(number)
    assert (data["result"], data["totalNum"], data["hasNext"], data["pageNo"]) == ([], "190", False, number)


@pytest.mark.parametrize("number", [0, -1, -(2**31)])
def test_a_page_before_the_first_is_the_first(page, number):
    assert page(number) == page(1)


def test_a_page_of_190_contains_all_policies(page):
    data = page(1, 190)
    assert (len(data["result"]), data["hasNext"], data["pageSize"]) == (190, False, 190)


@pytest.mark.parametrize("size", [201, 1000, 2**31 - 1])
def test_a_larger_page_is_reduced_to_200(page, size):
    data = page(1, size)
    assert (len(data["result"]), data["pageSize"]) == (190, 200)


def test_absent_and_null_keys_have_defaults(ask):
    expected = ask({"pageNo": 1, "pageSize": 10, "query": {}}).content
    assert ask({}).content == expected
    assert ask({"pageNo": None, "pageSize": None, "query": None, "other": 1}).content == expected


def test_policies_are_ordered_by_time_then_priority_then_id(every):
    keys = [(r["publishTime"], r["priority"], int(r["id"])) for r in every]
    assert keys == sorted(keys, reverse=True)


def test_priority_alone_would_give_another_order(every):
    assert all(record["priority"] == 0 for record in every[:10])
    assert len({record["priority"] for record in every}) > 2
    priorities = [record["priority"] for record in every]
    assert priorities != sorted(priorities, reverse=True)


def test_some_policies_share_a_second_across_a_page_boundary(every):
    tied = {i for i in range(1, 190) if every[i]["publishTime"] == every[i - 1]["publishTime"]}
    assert len(tied) == 10
    assert 30 in tied
    assert any(every[i]["id"] > every[i - 1]["id"] for i in tied), (
        "priority decides at least one tie against the id"
    )
    assert any(every[i]["priority"] == every[i - 1]["priority"] for i in tied), (
        "the id decides at least one tie"
    )


def test_another_tenant_sees_its_own_policies_only(ask, every, partner_ids):
    assert partner_ids
    assert partner_ids.isdisjoint(record["id"] for record in every)
    assert ask({}, token=OTHER_TENANT_TOKEN).json()["data"]["totalNum"] == str(len(partner_ids))
