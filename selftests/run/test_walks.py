"""Tests of walks in every style: a service that is sound, and one for each way to be broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from framework.base.source import Source
from framework.cases.case import Definition
from framework.cases.environments import Environment
from framework.cases.parse import ParseContext, parse_suite
from framework.cases.request import Request
from framework.cases.template import Constant
from framework.checks.context import EvaluationContext
from framework.checks.result import CheckResult
from framework.checks.schema import Contracts
from framework.http.exchange import Exchange, Reply
from framework.http.paginate import LARGEST_PAGE, Page, Walker
from framework.run.case_run import run_case
from framework.run.context import RunContext
from framework.run.verdict import Verdict
from selftests.project_matchers import MATCHERS
from selftests.walks import exchange_of, make_walk, page_document

ADDRESS = "http://api.example"
RECORDS = [{"id": number} for number in range(1, 24)]
Query = dict[str, Any]
Answer = Callable[[Query], Any]


def run(walk: str, request: str, answer: Answer, cap: int = 0) -> Verdict:
    """Walk the list of *answer*, which gets the query of a request and returns JSON, maybe with headers."""
    sent: list[str] = []

    def send(request: Request) -> Exchange:
        assert len(sent) < 60, "the walk does not end"
        sent.append(request.url)
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        query |= dict(request.params)
        answered = answer(query)
        document, headers = answered if isinstance(answered, tuple) else (answered, ())
        body = json.dumps(document).encode()
        return Exchange(request, Reply(request.url, 200, headers, body, 1.0), 0.0)

    text = (
        f"suite: 列表\nwalks: {{list: {{{walk}}}}}\ncases:\n- id: a\n  request: {{url: /list{request}}}\n"
        '  paginate: list\n  validate: {"$.items[*].id": {count: 23}}\n'
    )
    (case,) = parse_suite(Source("suite.yaml", text), (), ParseContext(MATCHERS))
    checks = EvaluationContext(Contracts(Path("schemas")), MATCHERS, Path())
    declared = (
        {LARGEST_PAGE: Definition(LARGEST_PAGE, Constant(cap, case.span), "environment")} if cap else {}
    )
    return run_case(case, RunContext(send, checks, Environment("test", ADDRESS, definitions=declared)))


def failures(verdict: Verdict) -> dict[str, str]:
    """Return the first finding of each check that failed, by the title of the check."""
    return {
        result.title.removeprefix("翻页："): " ".join(
            filter(None, (first.path, first.expected, first.actual, first.what))
        )
        for result in verdict.all_results
        if result.status == "failed"
        for first in result.findings[:1]
    }


def part(begin: int, size: int) -> list[dict[str, int]]:
    return RECORDS[begin : begin + size]


# -- sound services


def spring(query: Query) -> Any:
    page, size = int(query.get("page", 0)), int(query["size"])
    return {
        "content": part(page * size, size),
        "last": (page + 1) * size >= len(RECORDS),
        "totalElements": len(RECORDS),
        "size": size,
    }


def rows(query: Query) -> Any:
    return {"rows": part(int(query["offset"]), int(query["limit"])), "count": "23"}


def feed(query: Query) -> Any:
    begin = int(query.get("after", 0))
    following = begin + 10 if begin + 10 < len(RECORDS) else None
    return {"items": part(begin, 10), "next": following and str(following)}


def feed_with_an_empty_end(query: Query) -> Any:
    begin = int(query.get("after", 0))
    return {"items": part(begin, 10), "next": str(begin + 10) if part(begin, 10) else ""}


def links(query: Query) -> Any:
    begin = int(query.get("from", 0))
    page = {"data": part(begin, 10), "links": {}}
    if begin + 10 < len(RECORDS):
        page["links"] = {"next": f"/list?from={begin + 10}"}
    return page


def link_header(query: Query) -> Any:
    begin = int(query.get("from", 0))
    more = f'<{ADDRESS}/list?from={begin + 10}>; rel="next", ' if begin + 10 < len(RECORDS) else ""
    return part(begin, 10), (("Link", f'{more}<{ADDRESS}/list?from=20>; rel="last"'),)


def plain(query: Query) -> Any:
    return {"list": part((int(query["p"]) - 1) * 10, 10)}


def counted(total: int | str) -> Answer:
    return lambda query: (plain(query), (("X-Total-Count", str(total)),))


SPRING = (
    "page: params.page, first: 0, size: params.size, items: $.content, key: id, last: $.last, "
    "total: $.totalElements, echoed: $.size"
)
ROWS = "offset: params.offset, size: params.limit, items: $.rows, key: id, total: $.count"
FEED = "cursor: params.after, from: $.next, items: $.items, key: id"
LINKS = "next: $.links.next, items: $.data, key: id"
HEADER = "next: headers.Link, items: $, key: id"
PLAIN = "page: params.p, items: $.list, key: id"
SIZED = f"{PLAIN}, size: params.size"
COUNTED = f"{SIZED}, total: headers.X-Total-Count"


@pytest.mark.parametrize(
    ("walk", "request_", "answer", "requests"),
    [
        (SPRING, ", params: {size: 10}", spring, 3),
        (SPRING, ", params: {size: 23}", spring, 1),
        (ROWS, ", params: {limit: 10}", rows, 3),
        (FEED, "", feed, 3),
        (FEED, "", feed_with_an_empty_end, 4),
        (LINKS, ", params: {from: 0}", links, 3),
        (HEADER, "", link_header, 3),
        (PLAIN, "", plain, 4),
        (SIZED, ", params: {size: 10}", plain, 3),
        (COUNTED, ", params: {size: 10}", counted(23), 3),
    ],
    ids=[
        "spring",
        "one-page",
        "offset",
        "cursor",
        "empty-end",
        "next",
        "link-header",
        "plain",
        "sized",
        "total-in-a-header",
    ],
)
def test_a_sound_service_passes(walk, request_, answer, requests):
    verdict = run(walk, request_, answer)
    assert failures(verdict) == {}
    assert verdict.status == "passed"
    assert len(verdict.steps[0].parts) == requests


def test_the_report_names_what_a_style_cannot_check():
    (note,) = run(FEED, "", feed).steps[0].results[3].notes
    assert note.path == "walks.list"
    assert note.what == (
        "按 cursor 翻页，没有检查：总数不变、是否还有下一页与总数一致、"
        "末页之前没有不满的页、取到的条数等于总数"
    )


def test_one_short_page_without_total_and_flag_may_be_the_cap_of_the_service():
    def notes(walk: str) -> list[str]:
        return [note.what for result in walked(walk) for note in result.notes]

    def walked(walk: str) -> Sequence[CheckResult]:
        capped = lambda query: {**plain({"p": 1}), "size": 10}  # noqa: E731
        return run(walk, ", params: {size: 50}", capped).steps[0].results

    said = "要 50 条，只得到 10 条就当作末页：服务每页最多 10 条时也是这样；写 total、more 或 echoed 才看得出"
    assert said in notes(SIZED)
    assert said not in notes(f"{SIZED}, echoed: $.size")


# -- broken services

BROKEN: dict[str, tuple[str, str, Answer, dict[str, str]]] = {
    "the flag is inverted": (
        SPRING,
        ", params: {size: 10}",
        lambda query: {**spring(query), "last": not spring(query)["last"]},
        {"是否还有下一页与总数一致": "第 1 页 $.last false true 总数 23，每页 10 条"},
    ),
    "the last page says that it is not": (
        SPRING,
        ", params: {size: 10}",
        lambda query: {**spring(query), "last": False},
        {"能走到头": "第 4 页 没有下一页 空页还说有下一页"},
    ),
    "the page size is capped in silence": (
        SPRING,
        ", params: {size: 10}",
        lambda query: spring({**query, "size": 5}),
        {
            "末页之前没有不满的页": "第 1 页 10 条 5 条 如果服务每页最多 5 条，在 environments.yaml 里写 "
            "variables: {largest_page: 5}",
        },
    ),
    "offset ignores its number": (
        ROWS,
        ", params: {limit: 10}",
        lambda query: rows({**query, "offset": 0}),
        {"没有重复的页": "第 2 页 新的一页 与第 1 页相同"},
    ),
    "offset counts pages": (
        ROWS,
        ", params: {limit: 2}",
        lambda query: rows({**query, "offset": int(query["offset"]) // 2}),
        {"没有重复的 id": "id 2 出现一次 出现 2 次：第 1 页、第 2 页"},
    ),
    "a row is lost between two pages": (
        ROWS,
        ", params: {limit: 10}",
        lambda query: {**rows(query), "rows": [row for row in rows(query)["rows"] if row["id"] != 15]},
        {"取到的条数等于总数": "$.items 23 条 22 条 少 1 条"},
    ),
    "a cursor that loops": (
        FEED,
        "",
        lambda query: {
            "items": part(int(query.get("after", 0)), 1),
            "next": "1" if "after" in query else "5",
        },
        {"能走到头": "第 3 页 没有下一页 下一页的游标或地址又是用过的"},
    ),
    "a cursor that loops through empty pages": (
        FEED,
        "",
        lambda query: {"items": [], "next": "x"},
        {"能走到头": "第 2 页 没有下一页 下一页的游标或地址又是用过的"},
    ),
    "a cursor that is an object": (
        FEED,
        "",
        lambda query: {"items": part(0, 10), "next": {"after": 10}},
        {"每一页都可读": "第 1 页 一页记录 读不出 $.next 不是游标（文本或整数）"},
    ),
    "more without a cursor": (
        f"{FEED}, more: $.more",
        "",
        lambda query: {"items": part(0, 10), "more": True},
        {"能走到头": "第 1 页 没有下一页 说有下一页，却没有给出它的游标或地址"},
    ),
    "a list that is null": (
        PLAIN,
        "",
        lambda query: {"list": None},
        {"每一页都可读": "第 1 页 一页记录 读不出 $.list 不是列表"},
    ),
    "a path that is not in the reply": (
        FEED.replace("$.items", "$.itmes"),
        "",
        feed,
        {"每一页都可读": "第 1 页 一页记录 读不出 答复里没有 $.itmes：服务少了它，或者 walks 里的路径写错了"},
    ),
    "the last page for every page past the end": (
        PLAIN,
        "",
        lambda query: plain({"p": min(int(query["p"]), 3)}),
        {"没有重复的页": "第 4 页 新的一页 与第 3 页相同"},
    ),
    "a next address that is none": (
        LINKS,
        "",
        lambda query: {"data": part(0, 10), "links": {"next": "javascript:alert(1)"}},
        {"每一页都可读": "第 1 页 一页记录 读不出 $.links.next 不是下一页的地址"},
    ),
    "a total in a header that is not true": (
        COUNTED,
        ", params: {size: 10}",
        counted(24),
        {"取到的条数等于总数": "$.items 24 条 23 条 少 1 条"},
    ),
    "a total in a header that is no number": (
        COUNTED,
        ", params: {size: 10}",
        counted("many"),
        {"每一页都可读": "第 1 页 headers.X-Total-Count 是数字 没有，或不是数字"},
    ),
    "a list that never ends": (
        f"{PLAIN}, max_pages: 5",
        "",
        lambda query: {"list": [{"id": int(query["p"])}]},
        {"能走到头": "第 5 页 没有下一页 到了上限 5 页还没有走到头"},
    ),
}


@pytest.mark.parametrize(("walk", "request_", "answer", "wanted"), BROKEN.values(), ids=BROKEN)
def test_a_broken_service_fails_with_the_page_and_the_reason(walk, request_, answer, wanted):
    verdict = run(walk, request_, answer)
    assert verdict.status == "failed"
    found = failures(verdict)
    assert {title: found.get(title) for title in wanted} == wanted


def test_a_declared_cap_may_be_smaller_than_what_was_asked():
    capped = lambda query: spring({**query, "size": 5})  # noqa: E731
    verdict = run(SPRING, ", params: {size: 10}", capped, cap=5)
    assert failures(verdict) == {}
    assert len(verdict.steps[0].parts) == 5


def test_an_offset_walk_goes_on_by_the_declared_cap():
    capped = lambda query: rows({**query, "limit": 5})  # noqa: E731
    verdict = run(ROWS, ", params: {limit: 10}", capped, cap=5)
    assert failures(verdict) == {}
    assert len(verdict.steps[0].parts) == 5


def test_the_work_of_a_walk_grows_with_its_pages_only(monkeypatch):
    made: list[int] = []
    original = Page.identities
    monkeypatch.setattr(Page, "identities", lambda page, key: made.append(page.number) or original(page, key))
    walker = Walker(make_walk(max_pages=1000), {"json": {"pageSize": 1}})
    while not walker.ending:
        number = walker.number
        walker.add(exchange_of(page_document([number], total=500, more=number < 500)))
    assert walker.ending == "complete"
    assert len(made) <= 500
