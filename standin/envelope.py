"""The envelope of a reply: of a page of records, and of an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standin.contract import Refusal
from standin.paging import Page
from standin.records import to_json


def has_next(page: Page, total: int) -> bool:
    """Whether another page follows, which is pageNo * pageSize < total (evidenced)."""
    return page.number * page.size < total


def envelope_of(page: Page, result: Sequence[Any], total: int) -> Mapping[str, Any]:
    """Return the reply with a page (keys and types are evidenced; ``totalNum`` is a numeric string)."""
    data = {
        "pageNo": page.number,
        "pageSize": page.size,
        "result": result,
        "totalNum": str(total),
        "hasNext": has_next(page, total),
    }
    return {"success": True, "code": "0", "msg": "success", "data": data}


def page_json(page: Page, fragments: Sequence[bytes], total: int) -> bytes:
    """Return the reply as JSON around records that are JSON already.

    So a page costs one join, and not the serialisation of 245 KB.
    """
    # The empty list marks the position at which the prepared records are inserted.
    before, after = to_json(envelope_of(page, [], total)).split(b'"result":[]')
    return b"".join((before, b'"result":[', b",".join(fragments), b"]", after))


def refusal_of(refusal: Refusal) -> Mapping[str, Any]:
    """Return a wrapped error (assumed)."""
    return {"success": False, "code": refusal.code, "msg": refusal.msg, "data": None}
