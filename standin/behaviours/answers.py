"""Behaviours of the answers: refusals, pages that do not exist, caps, and the form of a record."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from standin.behaviours.behaviour import Behaviour
from standin.contract import MAX_PAGE_SIZE, Refusal, Refused
from standin.hooks import Hooks, Reply
from standin.paging import Page
from standin.policy import TYPE_NAMES, Policy
from standin.query import Select

BY_PRIORITY = ("priority DESC", "publish_time DESC", "id DESC")

Record = dict[str, Any]


def _refused_in_200(reply: Reply) -> Reply:
    return replace(reply, status=200)


def _capped(most: int) -> Hooks:
    return Hooks(limits=(lambda page, requested: replace(page, size=min(page.size, most)),))


def _refuse_over_cap(page: Page, requested: Page) -> Page:
    if requested.size > MAX_PAGE_SIZE:
        raise Refused(Refusal(400, f"参数pageSize不能大于{MAX_PAGE_SIZE}"))
    return page


def _ten_instead_of_none(page: Page) -> Page:
    return replace(page, size=10) if page.size <= 0 else page


def _last_page_offset(select: Select, page: Page, total: int) -> Select:
    if select.offset < total or not total:
        return select
    return replace(select, offset=(total - 1) // page.size * page.size)


def _last_page_number(envelope: Record, page: Page) -> Record:
    """Return the number of the page that was really served, as PageHelper does."""
    data = envelope["data"]
    last = max(1, -(-int(data["totalNum"]) // page.size))
    return {**envelope, "data": {**data, "pageNo": min(data["pageNo"], last)}}


def _refuse_past_the_end(select: Select, page: Page, total: int) -> Select:
    if page.number > 1 and select.offset >= total:
        raise Refused(Refusal(400, "参数pageNo超出范围"))
    return select


def _refuse_below_one(page: Page) -> Page:
    if page.number < 1:
        raise Refused(Refusal(400, "参数pageNo应大于0"))
    return page


def _refuse_unknown_type(page: Page) -> Page:
    if page.criteria.type is not None and page.criteria.type not in TYPE_NAMES:
        raise Refused(Refusal(400, "没有这种政策类型"))
    return page


def _as_bytes(reply: Reply) -> Reply:
    return replace(reply, content_type="application/octet-stream")


def _rich_text(record: Record, policy: Policy) -> Record:
    """Return the text as an editor in a browser writes it: attributes, spans, entities and line breaks."""
    text = record["policyText"].replace("<p><br></p>", "<p>&nbsp;</p>")
    text = re.sub(r"<p>([^<]+)</p>", r'<p style="text-indent: 2em;"><span>\1</span></p>' + "\n", text)
    return {**record, "policyText": re.sub(r"<span>([^<]+)</span>", r"<strong>\1</strong>", text, count=1)}


def _short(snowflake: str) -> str:
    # The last digits of a snowflake are not in the order of time.
    return str(10**11 + int(snowflake) % 10**11)


def _ids_without_time(record: Record, policy: Policy) -> Record:
    files = [{**file, "fileId": _short(file["fileId"])} for file in record["files"]]
    return {**record, "id": _short(record["id"]), "files": files}


ANSWERS = (
    Behaviour(
        1, "refusal-in-200", "拒绝是 HTTP 200，信封里 success 为 false", Hooks(refusal=(_refused_in_200,))
    ),
    Behaviour(2, "cap-20", "每页最多 20 条，超过时按 20 条返回并回显", _capped(20)),
    Behaviour(3, "cap-50", "每页最多 50 条，超过时按 50 条返回并回显", _capped(50)),
    Behaviour(4, "size-over-cap-refused", "每页条数超过 200 就拒绝", Hooks(limits=(_refuse_over_cap,))),
    Behaviour(5, "size-zero-is-ten", "每页条数小于 1 时取 10", Hooks(page=(_ten_instead_of_none,))),
    Behaviour(
        6,
        "last-page-past-end",
        "超过末页时返回最后一页，并回显它的页码（PageHelper）",
        Hooks(rows=(_last_page_offset,), envelope=(_last_page_number,)),
    ),
    Behaviour(7, "past-end-refused", "超过末页时拒绝", Hooks(rows=(_refuse_past_the_end,))),
    Behaviour(8, "page-zero-refused", "小于 1 的页码被拒绝，不当作 1", Hooks(page=(_refuse_below_one,))),
    Behaviour(9, "unknown-type-refused", "不存在的类型被拒绝", Hooks(page=(_refuse_unknown_type,))),
    Behaviour(
        10, "files-as-octet-stream", "附件的内容类型一律是 application/octet-stream", Hooks(file=(_as_bytes,))
    ),
    Behaviour(11, "priority-first", "先按优先级、再按时间排序", order=BY_PRIORITY),
    Behaviour(
        12,
        "rich-text",
        "正文是富文本：有属性、行内标签、实体与换行",
        Hooks(record=(_rich_text,), detail=(_rich_text,)),
    ),
    Behaviour(13, "ids-without-time", "编号是十二位数字，里面没有时间", Hooks(record=(_ids_without_time,))),
)
