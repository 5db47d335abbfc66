"""Filters: each alone, several together, and unusual keywords."""

from __future__ import annotations

import pytest


def matching(every, test):
    return [record["id"] for record in every if test(record)]


def found(page, **query):
    data = page(1, 200, **query)
    assert data["totalNum"] == str(len(data["result"]))
    return [record["id"] for record in data["result"]]


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 6, 10])
def test_a_type_selects_its_policies(page, every, kind):
    ids = found(page, policyType=kind)
    assert ids == matching(every, lambda r: r["policyType"] == kind)
    assert ids


def test_types_add_up_to_everything(page, every):
    assert sum(len(found(page, policyType=t)) for t in {r["policyType"] for r in every}) == 190


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_level_selects_its_policies(page, every, level):
    ids = found(page, policyLevel=level)
    assert ids == matching(every, lambda r: r["policyLevel"] == level)
    assert 0 < len(ids) < 190


@pytest.mark.parametrize("query", [{"policyType": 99}, {"policyLevel": 0}, {"policyTitle": "不存在的政策"}])
def test_a_filter_can_match_nothing(page, query):
    data = page(1, 10, **query)
    assert (data["result"], data["totalNum"], data["hasNext"]) == ([], "0", False)


def test_a_keyword_is_searched_in_the_title_only(page, every):
    ids = found(page, policyTitle="行动计划")
    assert ids == matching(every, lambda r: "行动计划" in r["policyTitle"])
    assert (
        0
        < len(ids)
        < len(matching(every, lambda r: "行动计划" in r["policyText"] or "计划" in r["policyText"]))
    )


def test_filters_are_combined_by_and(page, every):
    ids = found(page, policyTitle="办法", policyType=3, policyLevel=2)
    assert ids == matching(
        every, lambda r: "办法" in r["policyTitle"] and (r["policyType"], r["policyLevel"]) == (3, 2)
    )
    assert ids


def test_a_filtered_walk_keeps_its_total(page):
    first, second = page(1, 10, policyLevel=2), page(2, 10, policyLevel=2)
    assert first["totalNum"] == second["totalNum"]
    assert {r["id"] for r in first["result"]}.isdisjoint(r["id"] for r in second["result"])


@pytest.mark.parametrize("blank", ["", " ", "　", "\t\n", None])
def test_a_blank_keyword_is_no_filter(page, blank):
    assert page(policyTitle=blank) == page()


@pytest.mark.parametrize("wildcard", ["%", "_", "办_", "%法", "\\", "[办]", "*"])
def test_wildcards_are_literal(page, wildcard):
    assert page(policyTitle=wildcard)["totalNum"] == "0"


@pytest.mark.parametrize(("half", "full"), [("(试行)", "（试行）"), ("AI", "ＡＩ"), ("2023", "２０２３")])
def test_half_and_full_width_are_equal(page, half, full):
    ids = found(page, policyTitle=half)
    assert ids == found(page, policyTitle=full)
    assert ids


HOSTILE = [
    "' OR '1'='1",
    "'; DROP TABLE policy; --",
    '" OR 1=1',
    "<script>alert(1)</script>",
    "\0",
    "\ud800",
    "法" * 9000,
    "%" * 9000,
]


@pytest.mark.parametrize("keyword", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_keywords_match_nothing_and_cause_no_error(page, keyword):
    assert page(policyTitle=keyword)["totalNum"] == "0"
    assert page()["totalNum"] == "190"


def test_unknown_keys_of_the_query_are_ignored(page):
    assert page(issueNumber="渝", sort="id") == page()
