"""Walks: the checks that every walk makes by itself, and the pages and keys that it names."""

from __future__ import annotations

import pytest

from framework.checks.invariants import invariants
from framework.checks.result import Finding
from selftests.walks import HERE, body_place, page_document, walk_through

READABLE = "翻页：每一页都可读"
REPEATED = "翻页：没有重复的页"
UNIQUE = "翻页：没有重复的 id"
STEADY = "翻页：总数不变"
AGREES = "翻页：是否还有下一页与总数一致"
FULL = "翻页：末页之前没有不满的页"
WHOLE = "翻页：取到的条数等于总数"
ENDS = "翻页：能走到头"
ECHOED = "翻页：服务用的每页条数就是所要的"
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


# -- the pages that a finding is about, and the kinds of findings


def about(*documents, **fields):
    """Return the words of each finding about replies and kinds, by the title of the check."""
    results = invariants(walk_through(*documents, **fields))
    return {
        result.title: [(finding.replies, finding.kind) for finding in result.findings]
        for result in results
        if result.findings
    }


@pytest.mark.parametrize(
    ("documents", "title", "expected"),
    [
        ("a page that is no page", READABLE, [(("第 2 页",), "unreadable")]),
        ("a total that the reply lacks", READABLE, [(("第 1 页",), "unreadable")]),
        ("a page that is repeated", REPEATED, [(("第 1 页", "第 3 页"), "")]),
        ("a key that moved to the next page", UNIQUE, [(("第 1 页", "第 2 页"), "")]),
        ("records without a key", UNIQUE, [(("第 1 页",), ""), (("第 2 页",), "")]),
        ("a total that changes", STEADY, [(("第 1 页", "第 2 页"), "")]),
        ("an end before the total is reached", AGREES, [(("第 1 页",), "")]),
        ("a short page before the last", FULL, [(("第 1 页",), "")]),
        ("an empty page that says that more follow", ENDS, [(("第 2 页",), "")]),
    ],
)
def test_a_finding_names_the_replies_that_it_is_about(documents, title, expected):
    assert about(*BROKEN[documents][0])[title] == expected


# -- the page size that the service says it used


def echo(ids, size, *, more, total):
    document = page(ids, more=more, total=total)
    document["data"]["size"] = size
    return document


def test_a_service_that_used_the_size_that_was_asked_for_passes():
    documents = [echo([1, 2], 2, more=True, total=3), echo([3], "2", more=False, total=3)]
    results = invariants(walk_through(*documents, echoed="$.data.size"))
    assert [result.title for result in results] == [*TITLES[:-1], ECHOED, ENDS]
    assert {result.status for result in results} == {"passed"}
    assert not results[-1].notes


def test_a_smaller_size_than_was_asked_for_names_the_declaration_of_a_cap():
    documents = [echo([1, 2], 2, more=True, total=3), echo([3], 1, more=False, total=3)]
    how = "如果服务每页最多 1 条，在 environments.yaml 里写 variables: {largest_page: 1}"
    assert failures(*documents, echoed="$.data.size") == {ECHOED: [("第 2 页 $.data.size", "2", "1", how)]}
    assert about(*documents, echoed="$.data.size") == {ECHOED: [(("第 2 页",), "")]}


def test_a_larger_size_than_was_asked_for_is_no_cap():
    document = echo([1, 2], 3, more=False, total=2)
    assert failures(document, echoed="$.data.size") == {ECHOED: [("第 1 页 $.data.size", "2", "3")]}


def test_a_walk_without_a_size_compares_no_size():
    assert failures(echo([1, 2], 3, more=False, total=2), echoed="$.data.size", size=()) == {}


@pytest.mark.parametrize(
    ("size", "actual"),
    [("many", ("不是数字",)), (None, ("不是数字",))],
)
def test_a_size_that_is_no_number_is_not_readable(size, actual):
    document = echo([1, 2], size, more=False, total=2)
    expected = {READABLE: [("第 1 页", "$.data.size 是数字", *actual)]}
    assert failures(document, echoed="$.data.size") == expected


# -- a service with a cap


CAP_OF_2 = "如果服务每页最多 2 条，在 environments.yaml 里写 variables: {largest_page: 2}"


def hints(*documents, size):
    """Return the words of the findings about page sizes, without the sizes."""
    (result,) = (one for one in invariants(walk_through(*documents, asked=size)) if one.title == FULL)
    return [finding.what for finding in result.findings]


@pytest.mark.parametrize(
    ("pages", "size", "expected"),
    [
        ([[1, 2], [3, 4], [5]], 5, [CAP_OF_2, ""]),
        ([[1, 2], [3, 4]], 5, [CAP_OF_2]),
        ([[1, 2], [3], [4]], 5, ["", ""]),  # the pages have several sizes
        ([[1], [2], [3]], 5, ["", ""]),  # one record on each page is no cap
        ([[1, 2, 3], [4, 5, 6], [7]], 2, ["", ""]),  # more records than were asked for
    ],
)
def test_equally_short_pages_may_be_a_cap_that_the_environment_should_declare(pages, size, expected):
    documents = [page(ids, more=ids is not pages[-1], total=99) for ids in pages]
    assert hints(*documents, size=size) == expected


def test_the_flag_of_a_capped_page_names_the_cap_too():
    documents = [page([1, 2], more=True, total=3), page([3], more=False, total=3)]
    found = failures(*documents, asked=5)
    assert found[AGREES] == [("第 1 页 $.data.hasNext", "false", "true", CAP_OF_2)]
    # With all records on the page the flag is wrong, and no cap explains it.
    found = failures(page([1, 2], more=True, total=2), page([], more=False, total=2), asked=5)
    assert found[AGREES] == [("第 1 页 $.data.hasNext", "false", "true", "总数 2，每页 5 条")]


# -- walks that cannot have every check


def results_without(**fields):
    results = invariants(walk_through(page([1, 2], more=False, total=2), **fields))
    return [result.title for result in results], results[-1].notes


def note(style, names):
    return (Finding("walks.list", "", "", f"按 {style} 翻页，没有检查：{names}"),)


def test_a_walk_without_a_total_does_not_compare_totals():
    titles = [READABLE, REPEATED, UNIQUE, FULL, ENDS]
    missing = "总数不变、是否还有下一页与总数一致、取到的条数等于总数"
    assert results_without(total=None) == (titles, note("page", missing))


def test_a_walk_without_a_flag_does_not_compare_it():
    titles = [title for title in TITLES if title != AGREES]
    assert results_without(more=None) == (titles, note("page", "是否还有下一页与总数一致"))


def test_a_walk_without_a_size_does_not_compare_sizes():
    titles = [title for title in TITLES if title not in (AGREES, FULL)]
    missing = "是否还有下一页与总数一致、末页之前没有不满的页"
    assert results_without(size=()) == (titles, note("page", missing))


def test_a_walk_that_follows_cursors_does_not_count_by_page():
    titles = [title for title in TITLES if title not in (AGREES, FULL)]
    missing = "是否还有下一页与总数一致、末页之前没有不满的页"
    fields = {"style": "cursor", "position": ("json", "cursor"), "following": body_place("$.data.next")}
    assert results_without(**fields) == (titles, note("cursor", missing))


# -- walks that follow a cursor


def linked(ids, following, *, more=True):
    document = page(ids, more=more, total=6)
    document["data"]["next"] = following
    return document


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ([linked([1, 2], "b"), linked([3, 4], "b")], "下一页的游标或地址又是用过的"),
        ([linked([1, 2], "b"), linked([3, 4], None)], "说有下一页，却没有给出它的游标或地址"),
    ],
)
def test_a_cursor_that_leads_nowhere_is_why_the_walk_has_no_end(documents, reason):
    fields = {"style": "cursor", "position": ("json", "cursor"), "following": body_place("$.data.next")}
    assert failures(*documents, **fields)[ENDS] == [("第 2 页", "没有下一页", reason)]
