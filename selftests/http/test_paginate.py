"""Walks: which request fetches the next page, how a reply is read as a page, and when a walk ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.base.errors import UnresolvedError
from framework.cases.case import ReplyPlace
from framework.cases.request import Request
from framework.http.exchange import Exchange, Reply
from framework.http.paginate import Page, Walked, Walker, read_page, start_of, walk_over, with_value
from selftests.walks import HERE, body_place, exchange_of, make_walk, page_document, pages_of

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
        ({"json": {"pageNum": "1", "pageSize": 10}}, '翻页要求 json.pageNum 是正整数，现在是 "1"'),
        ({"json": {"pageNum": True, "pageSize": 10}}, "翻页要求 json.pageNum 是正整数，现在是 true"),
        ({"json": {"pageNum": 1, "pageSize": 0}}, "翻页要求 json.pageSize 是正整数，现在是 0"),
        ({"json": {"pageNum": 1, "pageSize": 2.0}}, "翻页要求 json.pageSize 是正整数，现在是 2.0"),
        ({"json": {"pageNum": 1}}, "翻页要求 json.pageSize 是正整数，请求里没有它"),
        ({"json": "text"}, "翻页要求 json.pageSize 是正整数，请求里没有它"),
        ({}, "翻页要求 json.pageSize 是正整数，请求里没有它"),
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


def ending(*documents, **fields):
    walker = Walker(make_walk(**fields), {"json": {"pageSize": 2}})
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


# -- the checks of a walk


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


# -- walks by offset


OFFSET = {"style": "offset", "position": ("json", "skip"), "first": 0}


def walker_over(*documents, rendered, cap=None, **fields):
    walker = Walker(make_walk(**fields), rendered, cap)
    for document in documents:
        walker.add(exchange_of(document))
    return walker


def test_an_offset_goes_on_by_the_size_of_a_page():
    documents = [page([1, 2], more=True, total=9), page([3], more=True, total=9)]
    requests = next_requests({"json": {"skip": 0, "pageSize": 2}}, make_walk(**OFFSET), *documents)
    assert [request["json"]["skip"] for request in requests] == [0, 2, 4]


def test_an_offset_goes_on_by_the_records_that_came_if_no_size_was_asked_for():
    documents = [page([1, 2], more=True, total=9), page([3], more=True, total=9)]
    requests = next_requests({"json": {"skip": 4}}, make_walk(**OFFSET, size=()), *documents)
    assert [request["json"]["skip"] for request in requests] == [4, 6, 7]


def test_an_offset_that_the_request_lacks_is_the_first():
    walk = make_walk(**{**OFFSET, "first": 5})
    assert start_of({"json": {"pageSize": 3}}, walk) == (5, 3)
    assert Walker(walk, {"json": {"pageSize": 3}}).next_request() == {"json": {"pageSize": 3, "skip": 5}}


def test_an_offset_is_no_negative_number():
    with pytest.raises(UnresolvedError) as caught:
        start_of({"json": {"skip": -1, "pageSize": 3}}, make_walk(**OFFSET))
    (problem,) = caught.value.problems
    assert problem.what == "翻页要求 json.skip 是不小于 0 的整数，现在是 -1"


def test_a_walk_that_follows_links_reads_no_start_from_the_request():
    walk = make_walk(style="cursor", position=("json", "cursor"), first=1, size=())
    assert start_of({"json": {"cursor": "x"}}, walk) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "json", "before", "first"),
    [
        ({}, {"pageNum": 1, "pageSize": 2}, [0, 2], 1),
        ({}, {"pageNum": 3, "pageSize": 2}, [4, 6], 3),
        ({"first": 0}, {"pageNum": 0, "pageSize": 2}, [0, 2], 1),
        ({"first": 0}, {"pageNum": 2, "pageSize": 2}, [4, 6], 3),
        (OFFSET, {"skip": 0, "pageSize": 2}, [0, 2], 1),
        (OFFSET, {"skip": 3, "pageSize": 2}, [3, 5], 2),
        ({**OFFSET, "first": 1}, {"skip": 1, "pageSize": 2}, [0, 2], 1),
        ({**OFFSET, "size": ()}, {"skip": 0}, [0, 2], 1),
        ({"style": "cursor", "position": ("json", "cursor")}, {"pageSize": 2}, [None, None], 1),
    ],
)
def test_a_page_knows_how_many_records_are_before_it_and_the_walk_its_first_page(fields, json, before, first):
    documents = [page([1, 2], more=True, total=9), page([3, 4], more=True, total=9)]
    walker = walker_over(*documents, rendered={"json": json}, **fields)
    assert [one.before for one in walker.pages] == before
    assert walker.walked.first == first


def test_pages_are_numbered_from_the_one_that_was_asked_for():
    documents = [page([1, 2], more=True, total=9), page([3, 4], more=True, total=9)]
    walker = walker_over(*documents, rendered={"json": {"pageNum": 4, "pageSize": 2}}, first=3)
    assert [one.number for one in walker.pages] == [2, 3]
    walker = walker_over(*documents, rendered={"json": {"skip": 4, "pageSize": 2}}, **OFFSET)
    assert [one.number for one in walker.pages] == [1, 2]


# -- a cap on the size of a page


@pytest.mark.parametrize(
    ("asked", "cap", "size"),
    [(10, 5, 5), (10, 20, 10), (10, 1, 1), (10, 0, 10), (10, -1, 10), (10, None, 10), (10, "5", 10)],
)
def test_a_declared_cap_limits_the_size_that_a_walk_expects(asked, cap, size):
    assert Walker(WALK, {"json": {"pageSize": asked}}, cap).walked.size == size


def test_a_cap_says_nothing_about_a_walk_without_a_size():
    assert Walker(make_walk(size=()), {}, 5).size == 0


# -- whether more pages follow, if no flag says it


@pytest.mark.parametrize(
    ("count", "size", "total", "why"),
    [
        (2, 2, 3, ""),
        (2, 2, 2, "complete"),
        (1, 2, 3, ""),
        (1, 2, 2, "complete"),
        (2, None, 3, ""),
        (2, None, 2, "complete"),
        (2, 2, None, ""),
        (3, 2, None, ""),
        (1, 2, None, "complete"),
        (1, None, None, ""),
        (0, None, None, "complete"),
    ],
)
def test_without_a_flag_the_total_or_a_full_page_says_that_more_follow(count, size, total, why):
    fields = {"more": None} | ({} if size else {"size": ()})
    document = page(range(count), more=None, total=total)
    assert walker_over(document, rendered={"json": {"pageSize": size}}, **fields).ending == why


def test_without_a_flag_the_records_before_a_page_count_toward_the_total():
    documents = [page([1, 2], more=None, total=4), page([3, 4], more=None, total=4)]
    walker = walker_over(*documents, rendered={"json": {"pageSize": 2}}, more=None)
    assert [one.more for one in walker.pages] == [True, False]
    assert walker.ending == "complete"


def test_a_page_that_cannot_be_read_has_no_next_page():
    walker = walker_over({"data": None}, rendered={"json": {"pageSize": 2}}, more=None)
    assert (walker.ending, walker.pages[0].more) == ("unreadable", False)


def test_an_inverted_flag_says_that_a_page_is_the_last():
    assert ending(page([1, 2], more=True, total=2), inverted=True) == "complete"
    assert ending(page([1, 2], more=False, total=9), inverted=True) == ""


# -- walks that follow a cursor or an address


CURSOR = {"style": "cursor", "position": ("json", "cursor"), "following": body_place("$.data.next")}
NEXT = {"style": "next", "position": (), "following": body_place("$.data.next")}


def linked(ids, following, *, more=True, total=9):
    document = page(ids, more=more, total=total)
    document["data"]["next"] = following
    return document


def test_a_cursor_is_sent_from_the_second_request_on():
    rendered = {"json": {"pageSize": 2}}
    requests = next_requests(rendered, make_walk(**CURSOR), linked([1, 2], "b"), linked([3], 7))
    assert requests == [
        {"json": {"pageSize": 2}},
        {"json": {"pageSize": 2, "cursor": "b"}},
        {"json": {"pageSize": 2, "cursor": 7}},
    ]
    assert requests[0] is not rendered


def test_an_address_replaces_the_url_and_the_query():
    rendered = {"method": "GET", "url": "/list", "params": {"tag": "x"}}
    walk = make_walk(**NEXT, size=())
    assert next_requests(rendered, walk, linked([1], "?page=2&tag=x")) == [
        rendered,
        {"method": "GET", "url": "http://x/list?page=2&tag=x"},
    ]


@pytest.mark.parametrize(
    ("fields", "value", "following", "problem"),
    [
        (CURSOR, "b", "b", ""),
        (CURSOR, 0, 0, ""),
        (CURSOR, None, None, ""),
        (CURSOR, "", None, ""),
        (CURSOR, True, None, "$.data.next 不是游标（文本或整数）"),
        (CURSOR, ["b"], None, "$.data.next 不是游标（文本或整数）"),
        (NEXT, "/list?page=2", "http://x/list?page=2", ""),
        (NEXT, "https://y/list", "https://y/list", ""),
        (NEXT, "", None, ""),
        (NEXT, "ftp://x/list", None, "$.data.next 不是下一页的地址"),
        (NEXT, 2, None, "$.data.next 不是下一页的地址"),
    ],
)
def test_a_page_leads_to_the_next_by_a_cursor_or_an_address(fields, value, following, problem):
    read = read_page(make_walk(**fields, more=None), 1, exchange_of(linked([1], value)))
    assert (read.following, read.problem) == (following, problem)
    assert read.more is (following is not None)
    assert read.items == (() if problem else ({"id": 1},))
    assert read.document == linked([1], value)
    assert read.number == 1


@pytest.mark.parametrize(
    ("name", "style", "written", "following"),
    [
        ("Link", "next", '<http://x/list?page=2>; rel="next"', "http://x/list?page=2"),
        ("Link", "next", '<http://x/list?page=1>; rel="prev"', None),
        ("X-Next", "next", "http://x/list?page=2", "http://x/list?page=2"),
        ("Link", "cursor", "b", "b"),
        ("Other", "next", "", None),
    ],
)
def test_the_next_page_may_be_in_a_header_field(name, style, written, following):
    headers = ((name, written),) if written else ()
    body = b'{"data": {"result": [{"id": 1}]}}'
    exchange = Exchange(Request("GET", "http://x/list"), Reply("http://x/list", 200, headers, body), 0.0)
    place = ReplyPlace(f"headers.{name}", header=name)
    read = read_page(make_walk(style=style, following=place, more=None), 1, exchange)
    assert (read.following, read.problem) == (following, "")


@pytest.mark.parametrize(
    ("why", "documents", "fields"),
    [
        ("", [linked([1, 2], "b"), linked([3, 4], "c")], {}),
        ("complete", [linked([1, 2], "b", more=False)], {}),
        ("complete", [linked([1, 2], None)], {"more": None}),
        ("lost", [linked([1, 2], None)], {}),
        ("looping", [linked([1, 2], "b"), linked([3, 4], "b")], {}),
        ("", [linked([1, 2], "1"), linked([3, 4], 1)], {}),
        ("", [linked([], "b")], {}),
        ("", [linked([], "b"), linked([], "c")], {}),
        ("repeated", [linked([1], "b"), linked([1], "c")], {}),
        ("", [linked([1, 2], "b", total=2)], {}),
        ("endless", [linked([1, 2], "b", total=2), linked([3], "c", total=2)], {}),
        ("", [linked([1], "b", total=2), linked([], "c", total=2)], {}),
    ],
)
def test_a_walk_along_cursors_ends_for_a_reason(why, documents, fields):
    assert ending(*documents, **{**CURSOR, **fields}) == why


@pytest.mark.parametrize(
    ("why", "documents"),
    [
        ("", [page([1, 2], more=True, total=2)]),
        ("endless", [page([1, 2, 3], more=True, total=2)]),
        ("empty", [page([], more=True, total=2)]),
    ],
)
def test_without_a_size_a_walk_is_endless_if_it_has_more_records_than_the_total(why, documents):
    assert ending(*documents, size=()) == why


# -- the size that the service says it used


@pytest.mark.parametrize(("written", "echoed"), [(2, 2), ("2", 2), ("two", None), (None, None)])
def test_a_page_has_the_size_that_the_service_says_it_used(written, echoed):
    document = page([1], more=False)
    document["data"]["size"] = written
    assert read_page(make_walk(echoed="$.data.size"), 1, exchange_of(document)).echoed == echoed
    assert read_page(WALK, 1, exchange_of(document)).echoed is None


# -- replies that are known already


def test_a_walk_over_replies_ends_as_a_real_walk_does():
    documents = [page([1, 2], more=True), page([3, 4], more=False), page([5, 6], more=False)]
    exchanges = [exchange_of(document) for document in documents]
    walked = walk_over(WALK, {"json": {"pageSize": 5}}, exchanges, 2)
    assert (walked.ending, len(walked.pages), walked.size) == ("complete", 2, 2)
    assert walk_over(WALK, {"json": {"pageSize": 2}}, exchanges[:1], None).ending == ""


def test_a_value_replaces_what_is_no_mapping_on_its_way():
    assert with_value({"a": 1, "b": 2}, ("a", "c"), 3) == {"a": {"c": 3}, "b": 2}
    assert with_value({"a": {"c": 1, "d": 2}}, ("a", "c"), 3) == {"a": {"c": 3, "d": 2}}


def test_a_walk_that_has_not_begun_has_no_ending_and_may_do_without_a_total():
    walker = Walker(make_walk(total=None), {"json": {"pageSize": 2}})
    assert walker.ending == ""
    assert walker.add(exchange_of(page([1, 2], more=True, total=5))).total is None
    assert walker.ending == ""
