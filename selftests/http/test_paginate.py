"""Walks: which request fetches the next page, how a reply is read as a page, and when a walk ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import UnresolvedError
from framework.http.paginate import Page, Walked, Walker, read_page, start_of
from selftests.walks import HERE, exchange_of, make_walk, page_document, pages_of

WALK = make_walk()


# -- the request


def next_requests(rendered, walk, *documents):
    """Return the requests of the pages *documents*, and the one after them."""
    walker = Walker(walk, rendered)
    requests = [walker.next_request()]
    for document in documents:
        walker.add(exchange_of(document))
        requests.append(walker.next_request())
    return requests


def test_the_next_request_differs_in_the_page_number_only():
    rendered = {"method": "POST", "json": {"pageNum": 1, "pageSize": 10, "filter": {"name": "x"}}}
    assert next_requests(rendered, WALK, page([1], more=True))[1] == {
        "method": "POST",
        "json": {"pageNum": 2, "pageSize": 10, "filter": {"name": "x"}},
    }
    assert rendered["json"]["pageNum"] == 1


def test_a_page_number_deep_in_the_request_is_set_in_its_place():
    walk = make_walk(position=("json", "paging", "number"), size=("json", "paging", "size"))
    rendered = {"json": {"paging": {"number": 3, "size": 5}, "other": 1}}
    assert next_requests(rendered, walk) == [{"json": {"paging": {"number": 3, "size": 5}, "other": 1}}]


def test_a_request_without_a_page_number_gets_one():
    assert next_requests({"json": {"pageSize": 10}}, WALK) == [{"json": {"pageSize": 10, "pageNum": 1}}]
    walk = make_walk(position=("params", "page"), size=(), first=0)
    assert next_requests({"url": "/x"}, walk, page([1], more=True)) == [
        {"url": "/x", "params": {"page": 0}},
        {"url": "/x", "params": {"page": 1}},
    ]


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"pageNum": 1, "pageSize": 1}, (1, 1)),
        ({"pageNum": 3, "pageSize": 10}, (3, 10)),
        ({"pageSize": 10}, (1, 10)),
        ({"pageNum": None, "pageSize": 10}, (1, 10)),
    ],
)
def test_a_walk_starts_at_the_page_of_the_request_or_at_the_first(fields, start):
    assert start_of({"json": fields}, WALK) == start


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        ({"json": {"pageNum": 0, "pageSize": 10}}, "翻页要求 json.pageNum 是正整数，现在是 0"),
        ({"json": {"pageNum": -1, "pageSize": 10}}, "翻页要求 json.pageNum 是正整数，现在是 -1"),
        ({"json": {"pageNum": "1", "pageSize": 10}}, "翻页要求 json.pageNum 是正整数，现在是 1"),
        ({"json": {"pageNum": True, "pageSize": 10}}, "翻页要求 json.pageNum 是正整数，现在是 True"),
        ({"json": {"pageNum": 1, "pageSize": 0}}, "翻页要求 json.pageSize 是正整数，现在是 0"),
        ({"json": {"pageNum": 1, "pageSize": 2.0}}, "翻页要求 json.pageSize 是正整数，现在是 2.0"),
        ({"json": {"pageNum": 1}}, "翻页要求 json.pageSize 是正整数，现在是 None"),
        ({"json": "text"}, "翻页要求 json.pageSize 是正整数，现在是 None"),
        ({}, "翻页要求 json.pageSize 是正整数，现在是 None"),
    ],
)
def test_a_page_or_size_that_is_no_positive_whole_number_is_a_mistake_of_the_case(request_, what):
    with pytest.raises(UnresolvedError) as caught:
        start_of(request_, WALK)
    (problem,) = caught.value.problems
    assert (problem.code, problem.what, problem.how) == ("walk-number", what, "在 request 里写它")
    assert problem.span == HERE


# -- a reply as a page


def test_a_page_is_read_from_the_paths_of_the_walk():
    document = page_document([7, 8], total="12", more=True)
    page = read_page(WALK, 4, exchange_of(document))
    assert page == Page(4, document, ({"id": 7}, {"id": 8}), True, 12, "")


@pytest.mark.parametrize(
    ("written", "total"),
    [
        (0, 0),
        (12, 12),
        ("0", 0),
        ("12", 12),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        (-1, None),
        ("-1", None),
        (1.0, None),
        (True, None),
        (False, None),
        (None, None),
        ("", None),
        ("1,234", None),
        (" 12", None),
        ("\u0661\u0662", None),
        ("²", None),
        (["12"], None),
    ],
)
def test_a_total_is_a_number_or_ascii_digits(written, total):
    page = read_page(WALK, 1, exchange_of(page_document([1], total=written, more=False)))
    assert page.total == total
    assert not page.problem


def test_a_page_without_a_total_is_still_a_page():
    page = read_page(WALK, 1, exchange_of({"data": {"result": [], "hasNext": False}}))
    assert (page.total, page.problem, page.items) == (None, "", ())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"result": {"id": 1}, "total": 1, "hasNext": False}, "$.data.result 不是列表"),
        ({"result": None, "total": 1, "hasNext": False}, "$.data.result 不是列表"),
        (
            {"total": 1, "hasNext": False},
            "答复里没有 $.data.result：服务少了它，或者 walks 里的路径写错了",
        ),
        ({"result": [{"id": 1}], "total": 1, "hasNext": "false"}, "$.data.hasNext 不是 true 或 false"),
        ({"result": [{"id": 1}], "total": 1, "hasNext": 0}, "$.data.hasNext 不是 true 或 false"),
        (
            {"result": [{"id": 1}], "total": 1},
            "答复里没有 $.data.hasNext：服务少了它，或者 walks 里的路径写错了",
        ),
    ],
)
def test_a_reply_without_a_list_or_a_flag_is_no_page_and_says_which(data, problem):
    page = read_page(WALK, 2, exchange_of({"data": data}))
    assert page == Page(2, {"data": data}, problem=problem)


def test_a_reply_that_is_not_json_is_no_page():
    page = read_page(WALK, 2, exchange_of(body=b"<html>"))
    assert page == Page(2, None, problem=page.problem)
    assert "JSON" in page.problem


def test_an_item_is_identified_by_the_key_of_the_walk():
    page = Page(1, None, ({"id": 1, "code": "a"}, {"code": "b"}, "text", None))
    assert page.keys("id") == (1, None, None, None)
    assert page.keys("code") == ("a", "b", None, None)
    assert Page(1, None).keys("id") == ()


# -- the end of a walk


def ending(*documents, size=2, **fields):
    walker = Walker(make_walk(**fields), {"json": {"pageSize": size}})
    for document in documents:
        walker.add(exchange_of(document))
    return walker.ending


def page(ids, *, more, total=4):
    return page_document(ids, total=total, more=more)


@pytest.mark.parametrize(
    ("why", "documents"),
    [
        ("complete", [page([], more=False, total=0)]),
        ("complete", [page([1], more=False, total=1)]),
        ("complete", [page([1, 2], more=False, total=2)]),
        ("complete", [page([1, 2], more=True, total=3), page([3], more=False, total=3)]),
        ("", [page([1, 2], more=True)]),
        ("", [page([1, 2], more=True, total="many")]),
        ("unreadable", [{"data": None}]),
        ("unreadable", [page([1, 2], more=True), {"data": None}]),
        ("unreadable", [page([1, 2], more="true")]),
        ("empty", [page([], more=True)]),
        ("empty", [page([1, 2], more=True), page([], more=True)]),
        ("repeated", [page([1, 2], more=True), page([1, 2], more=True)]),
        ("repeated", [page([1, 2], more=True), page([3, 4], more=True), page([1, 2], more=True)]),
        ("complete", [page([1, 2], more=True), page([1, 2], more=False)]),
        ("", [page([1, 2], more=True), page([2, 1], more=True)]),
        ("", [page([1, 2], more=True), page(["1", "2"], more=True)]),
        ("", [page([1, 2], more=True), page([3, 4], more=True)]),
        ("", [page([1, 2], more=True, total=3), page([3, 4], more=True, total=3)]),
        ("endless", [page([1, 2], more=True, total=2), page([3, 4], more=True, total=9)]),
        ("endless", [page([1, 2], more=True, total=0)]),
        ("endless", [page([n, -n], more=True, total=5) for n in range(1, 5)]),
        ("", [page([n, -n], more=True, total=5) for n in range(1, 4)]),
    ],
)
def test_a_walk_ends_for_a_reason(why, documents):
    assert ending(*documents) == why


def test_a_page_is_repeated_if_its_keys_are_whatever_else_its_records_hold():
    first, second = page([1, 2], more=True), page([1, 2], more=True)
    second["data"]["result"][0]["name"] = "renamed"
    assert ending(first, second) == "repeated"
    assert ending(page([1, 2], more=True), page([True, 2], more=True)) == ""


def test_pages_of_records_without_keys_are_repeated_only_if_the_records_are():
    first, second, last = (page([], more=True, total=6) for _ in range(3))
    first["data"]["result"] = [{"name": "a"}, {"name": "b"}]
    second["data"]["result"] = [{"name": "c"}, {"name": "d"}]
    last["data"]["result"] = [{"name": "b"}, {"name": "a"}]
    assert ending(first, second, last) == ""
    assert ending(first, second, first) == "repeated"


@pytest.mark.parametrize(("count", "why"), [(1, ""), (2, ""), (3, "max_pages"), (4, "max_pages")])
def test_a_walk_ends_at_the_most_pages_that_it_may_fetch(count, why):
    documents = [page([n], more=True, total="many") for n in range(1, count + 1)]
    assert ending(*documents, max_pages=3) == why


@given(total=st.integers(0, 30), size=st.integers(1, 7))
def test_a_sound_service_is_walked_to_its_end_with_no_request_too_many(total, size):
    records = list(range(total))
    walker = Walker(make_walk(max_pages=99), {"json": {"pageSize": size}})
    while not walker.ending:
        begin = (walker.next_request()["json"]["pageNum"] - 1) * size
        document = page_document(records[begin : begin + size], total=total, more=begin + size < total)
        walker.add(exchange_of(document))
    assert walker.ending == "complete"
    assert len(walker.pages) == max(1, -(-total // size))
    assert [key for one in walker.pages for key in one.keys("id")] == records


@given(total=st.integers(0, 30), size=st.integers(1, 7))
def test_a_service_that_never_ends_is_asked_for_one_page_more_than_its_total_needs(total, size):
    walker = Walker(make_walk(max_pages=99), {"json": {"pageSize": size}})
    while not walker.ending:
        walker.add(exchange_of(page_document([len(walker.pages)] * size, total=total, more=True)))
    assert walker.ending == "endless"
    assert len(walker.pages) == -(-total // size) + 1


# -- what the checks of a walk look at


def test_the_document_of_a_walk_joins_its_pages():
    first, second = page([1, 2], more=True, total=3), page([3], more=False, total="4")
    walked = Walked(WALK, 1, 2, pages_of(WALK, first, second), "complete")
    assert walked.document == {
        "items": [{"id": 1}, {"id": 2}, {"id": 3}],
        "pages": [first, second],
        "total": 3,
        "requests": 2,
    }


def test_the_document_of_a_walk_without_pages_is_empty():
    assert Walked(WALK, 1, 2, (), "").document == {"items": [], "pages": [], "total": None, "requests": 0}
