"""Reads the requested page from the body of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from standin.contract import (
    MAX_INTEGER,
    MAX_PAGE_SIZE,
    NOT_AN_OBJECT,
    NOT_JSON,
    PAGE_SIZE_TOO_SMALL,
    Refused,
    wrong_type,
)


@dataclass(frozen=True)
class Criteria:
    """The filters of ``query``, combined by AND (assumed); None means no filter."""

    title: str | None = None
    type: int | None = None
    level: int | None = None


@dataclass(frozen=True)
class Page:
    """The requested page: ``number`` counts from 1, ``size`` is a number of rows."""

    number: int = 1
    size: int = 10
    criteria: Criteria = Criteria()


def parse_page(body: bytes) -> Page:
    """Read the requested page from a body; :func:`with_limits` applies the limits.

    Raises:
        Refused: 400, the body is not a JSON object, or a value has the wrong type.
    """
    document = _parse_object(body)
    query = document.get("query")
    if query is not None and not isinstance(query, dict):
        raise Refused(wrong_type("query"))
    return Page(
        number=_integer_at(document, "pageNo", 1),
        size=_integer_at(document, "pageSize", 10),
        criteria=_parse_criteria(query or {}),
    )


def with_limits(page: Page) -> Page:
    """Apply the limits: pages count from 1, and a page has at most 200 rows (assumed).

    Raises:
        Refused: 400, the page size is not positive.
    """
    if page.size <= 0:
        raise Refused(PAGE_SIZE_TOO_SMALL)
    return replace(page, number=max(1, page.number), size=min(page.size, MAX_PAGE_SIZE))


def _parse_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON) from None
    if not isinstance(document, dict):
        raise Refused(NOT_AN_OBJECT)
    return document


def _refuse_constant(name: str) -> NoReturn:
    # Python accepts NaN and Infinity, which are not JSON.
    raise ValueError(name)


def _parse_criteria(query: Mapping[str, Any]) -> Criteria:
    title = query.get("policyTitle")
    if title is not None and not isinstance(title, str):
        raise Refused(wrong_type("policyTitle"))
    return Criteria(
        title=title if title and title.strip() else None,
        type=_optional_integer(query, "policyType"),
        level=_optional_integer(query, "policyLevel"),
    )


def _optional_integer(values: Mapping[str, Any], key: str) -> int | None:
    return None if values.get(key) is None else _integer_at(values, key, 0)


def _integer_at(values: Mapping[str, Any], key: str, default: int) -> int:
    value = values.get(key)
    if value is None:
        return default
    # In Python true and false are integers, in JSON they are not.
    if isinstance(value, bool) or not isinstance(value, int) or not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise Refused(wrong_type(key))
    return value
