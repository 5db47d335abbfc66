"""Walks: what every walk checks by itself, and the pages and keys that it names."""

from __future__ import annotations

import pytest

from framework.checks.invariants import invariants
from framework.checks.result import Finding
from selftests.walks import HERE, page_document, walk_through

READABLE = "翻页：每一页都可读"
REPEATED = "翻页：没有重复的页"
UNIQUE = "翻页：没有重复的 id"
STEADY = "翻页：总数不变"
AGREES = "翻页：是否还有下一页与总数一致"
FULL = "翻页：末页之前没有不满的页"
WHOLE = "翻页：取到的条数等于总数"
ENDS = "翻页：能走到头"
TITLES = [READABLE, REPEATED, UNIQUE, STEADY, AGREES, FULL, WHOLE, ENDS]


def page(ids, *, more, total):
    return page_document(ids, total=total, more=more)


def failures(*documents, **fields):
    """Return the findings of the checks that failed, by title, as tuples without the rule."""
    results = invariants(walk_through(*documents, **fields))
    found = {result.title: result.findings for result in results if result.status == "failed"}
    return {
        title: [(f.path, f.expected, f.actual, *filter(None, [f.what])) for f in findings]
        for title, findings in found.items()
    }


# -- sound lists

SOUND = {
    "no record": [page([], more=False, total=0)],
    "one record": [page([1], more=False, total=1)],
    "a full page": [page([1, 2], more=False, total=2)],
    "a full page and one record": [page([1, 2], more=True, total=3), page([3], more=False, total=3)],
    "two full pages": [page([1, 2], more=True, total=4), page([3, 4], more=False, total=4)],
    "a total written as text": [page([1, 2], more=True, total="3"), page([3], more=False, total="3")],
    "keys of several kinds": [
        page([1, "1"], more=True, total=6),
        page([1.5, True], more=True, total=6),
        page([[1], {"a": 1}], more=False, total=6),
    ],
}


@pytest.mark.parametrize("documents", SOUND.values(), ids=SOUND)
def test_a_sound_list_passes_every_check(documents):
    results = invariants(walk_through(*documents))
    assert [result.title for result in results] == TITLES
    for result in results:
        assert (result.status, result.findings) == ("passed", ())
        assert (result.evaluated, result.span) == (len(documents), HERE)


def test_a_walk_from_a_later_page_does_not_count_the_records_before_it():
    assert failures(page([3], more=False, total=3), first=2) == {}


# -- broken lists

BROKEN = {
    "a page that is no page": (
        [page([1, 2], more=True, total=4), {"data": {}}],
        {
            READABLE: [
                (
                    "第 2 页",
                    "一页记录",
                    "读不出",
                    "答复里没有 $.data.result：服务少了它，或者 walks 里的路径写错了",
                )
            ],
            WHOLE: [("$.items", "4 条", "2 条", "少 2 条")],
        },
    ),
    "a total that is no number": (
        [page([1, 2], more=True, total="many"), page([3], more=False, total="many")],
        {
            READABLE: [
                ("第 1 页", "$.data.total 是数字", "不是数字"),
                ("第 2 页", "$.data.total 是数字", "不是数字"),
            ]
        },
    ),
    "a total that the reply lacks": (
        [{"data": {"result": [{"id": 1}, {"id": 2}], "hasNext": False}}],
        {
            READABLE: [
                (
                    "第 1 页",
                    "$.data.total 是数字",
                    "没有",
                    "答复里没有 $.data.total：服务少了它，或者 walks 里的路径写错了",
                )
            ]
        },
    ),
    "a total that is no number on the first page only": (
        [page([1, 2], more=True, total="many"), page([3, 4], more=False, total=5)],
        {
            READABLE: [("第 1 页", "$.data.total 是数字", "不是数字")],
            STEADY: [("第 2 页", "总数 None", "总数 5")],
            AGREES: [("第 2 页 $.data.hasNext", "true", "false", "总数 5，每页 2 条")],
        },
    ),
    "a page that is repeated": (
        [
            page([1, 2], more=True, total=6),
            page([3, 4], more=True, total=6),
            page([1, 2], more=False, total=6),
        ],
        {
            REPEATED: [("第 3 页", "新的一页", "与第 1 页相同")],
            UNIQUE: [
                ("id 1", "出现一次", "出现 2 次：第 1 页、第 3 页"),
                ("id 2", "出现一次", "出现 2 次：第 1 页、第 3 页"),
            ],
        },
    ),
    "a page that is repeated and says that more follow": (
        [page([1, 2], more=True, total=6), page([1, 2], more=True, total=6)],
        {
            REPEATED: [("第 2 页", "新的一页", "与第 1 页相同")],
            UNIQUE: [
                ("id 1", "出现一次", "出现 2 次：第 1 页、第 2 页"),
                ("id 2", "出现一次", "出现 2 次：第 1 页、第 2 页"),
            ],
            WHOLE: [("$.items", "6 条", "4 条", "少 2 条")],
            ENDS: [("第 2 页", "没有下一页", "同一页又出现了")],
        },
    ),
    "a page that comes three times": (
        [page([1], more=True, total=9), page([2], more=True, total=9), page([2], more=False, total=9)],
        {
            REPEATED: [("第 3 页", "新的一页", "与第 2 页相同")],
            UNIQUE: [("id 2", "出现一次", "出现 2 次：第 2 页、第 3 页")],
            AGREES: [
                ("第 3 页 $.data.hasNext", "true", "false", "总数 9，每页 2 条"),
            ],
            FULL: [("第 1 页", "2 条", "1 条"), ("第 2 页", "2 条", "1 条")],
            WHOLE: [("$.items", "9 条", "3 条", "少 6 条")],
        },
    ),
    "a key twice on one page": (
        [page(["a", "a"], more=True, total=3), page(["b"], more=False, total=3)],
        {UNIQUE: [('id "a"', "出现一次", "出现 2 次：第 1 页、第 1 页")]},
    ),
    "a key that moved to the next page": (
        [page([1, 2], more=True, total=3), page([2], more=False, total=3)],
        {UNIQUE: [("id 2", "出现一次", "出现 2 次：第 1 页、第 2 页")]},
    ),
    "a key that is a list twice": (
        [page([[1], [1]], more=False, total=2)],
        {UNIQUE: [("id [1]", "出现一次", "出现 2 次：第 1 页、第 1 页")]},
    ),
    "records without a key": (
        [page([1, None], more=True, total=3), page([None], more=False, total=3)],
        {UNIQUE: [("第 1 页 [1]", "有 id", "没有"), ("第 2 页 [0]", "有 id", "没有")]},
    ),
    "a total that changes": (
        [page([1, 2], more=True, total=3), page([3], more=False, total=4)],
        {STEADY: [("第 2 页", "总数 3", "总数 4")]},
    ),
    "a total that changes twice": (
        [
            page([1, 2], more=True, total=6),
            page([3, 4], more=True, total=5),
            page([5, 6], more=False, total=6),
        ],
        {STEADY: [("第 2 页", "总数 6", "总数 5"), ("第 3 页", "总数 5", "总数 6")]},
    ),
    "an end before the total is reached": (
        [page([1, 2], more=False, total=3)],
        {
            AGREES: [("第 1 页 $.data.hasNext", "true", "false", "总数 3，每页 2 条")],
            WHOLE: [("$.items", "3 条", "2 条", "少 1 条")],
        },
    ),
    "more pages than the total needs": (
        [page([1, 2], more=True, total=2), page([3], more=False, total=2)],
        {
            AGREES: [("第 1 页 $.data.hasNext", "false", "true", "总数 2，每页 2 条")],
            WHOLE: [("$.items", "2 条", "3 条")],
        },
    ),
    "a short page before the last": (
        [page([1], more=True, total=3), page([2, 3], more=False, total=3)],
        {FULL: [("第 1 页", "2 条", "1 条")]},
    ),
    "a page with more records than were asked for": (
        [page([1, 2, 3], more=False, total=3)],
        {
            AGREES: [("第 1 页 $.data.hasNext", "true", "false", "总数 3，每页 2 条")],
            FULL: [("第 1 页", "2 条", "3 条")],
        },
    ),
    "no record of one": (
        [page([], more=False, total=1)],
        {WHOLE: [("$.items", "1 条", "0 条", "少 1 条")]},
    ),
    "an empty page that says that more follow": (
        [page([1, 2], more=True, total=4), page([], more=True, total=4)],
        {
            AGREES: [("第 2 页 $.data.hasNext", "false", "true", "总数 4，每页 2 条")],
            FULL: [("第 2 页", "2 条", "0 条")],
            WHOLE: [("$.items", "4 条", "2 条", "少 2 条")],
            ENDS: [("第 2 页", "没有下一页", "空页还说有下一页")],
        },
    ),
    "always a next page": (
        [page([1, 2], more=True, total=2), page([3, 4], more=True, total=2)],
        {
            AGREES: [
                ("第 1 页 $.data.hasNext", "false", "true", "总数 2，每页 2 条"),
                ("第 2 页 $.data.hasNext", "false", "true", "总数 2，每页 2 条"),
            ],
            WHOLE: [("$.items", "2 条", "4 条")],
            ENDS: [("第 2 页", "没有下一页", "总数之外还说有下一页")],
        },
    ),
}


@pytest.mark.parametrize(("documents", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_list_fails_the_checks_that_see_it_with_pages_and_keys(documents, expected):
    assert failures(*documents) == expected


def test_a_walk_that_reaches_its_limit_says_so():
    documents = [page([n, -n], more=True, total=9) for n in range(1, 4)]
    assert failures(*documents, max_pages=3) == {
        WHOLE: [("$.items", "9 条", "6 条", "少 3 条")],
        ENDS: [("第 3 页", "没有下一页", "到了上限 3 页还没有走到头")],
    }


def test_a_page_is_named_by_its_number_where_the_walk_did_not_start_at_the_first():
    documents = [page([5, 6], more=True, total=7), page([6], more=False, total=8)]
    assert failures(*documents, first=3) == {
        UNIQUE: [("id 6", "出现一次", "出现 2 次：第 3 页、第 4 页")],
        STEADY: [("第 4 页", "总数 7", "总数 8")],
    }


def test_the_key_of_the_walk_is_named():
    documents = [{"data": {"result": [{"code": "a"}, {"code": "a"}], "total": 2, "hasNext": False}}]
    results = invariants(walk_through(*documents, key="code"))
    assert results[2].title == "翻页：没有重复的 code"
    assert results[2].findings == (
        Finding('code "a"', "出现一次", "出现 2 次：第 1 页、第 1 页", rule="walk"),
    )


def test_every_finding_carries_the_rule_that_a_known_defect_names():
    results = invariants(walk_through(page([1, 1], more=False, total=5)))
    rules = {finding.rule for result in results for finding in result.findings}
    assert rules == {"walk"}


def test_long_keys_that_look_alike_when_shortened_are_different_keys():
    ids = ["a" * 100 + middle + "a" * 100 for middle in ("1", "2")]
    assert failures(page(ids, more=False, total=2)) == {}


def test_pages_of_records_without_keys_are_the_same_only_if_the_records_are():
    documents = [page([], more=True, total=4), page([], more=False, total=4)]
    for document, names in zip(documents, ("ab", "cd"), strict=True):
        document["data"]["result"] = [{"name": name} for name in names]
    assert set(failures(*documents)) == {UNIQUE}
    documents[1]["data"]["result"] = documents[0]["data"]["result"]
    assert failures(*documents)[REPEATED] == [("第 2 页", "新的一页", "与第 1 页相同")]


def test_a_page_is_repeated_if_its_keys_are_whatever_else_its_records_hold():
    documents = [page([1, 2], more=True, total=4), page([1, 2], more=False, total=4)]
    documents[1]["data"]["result"][0]["name"] = "renamed"
    assert failures(*documents)[REPEATED] == [("第 2 页", "新的一页", "与第 1 页相同")]
