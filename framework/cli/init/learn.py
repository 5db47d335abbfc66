"""Learns from one reply: where its list is, how the list is paged, and a contract for the reply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from framework.base.jsonpath import Json
from framework.http.links import next_link

MAX_DEPTH = 32
_PAGES = ("page", "pageno", "pagenum", "pageindex", "pagenumber", "current", "currentpage", "p")
_OFFSETS = ("offset", "skip", "start", "from")
_SIZES = ("pagesize", "size", "limit", "perpage", "per_page", "count", "rows", "take")
_TOTALS = ("total", "totalnum", "totalcount", "totalelements", "totalsize", "count", "recordcount", "totals")
_MORE = ("hasnext", "hasnextpage", "hasmore", "has_more", "has_next", "more")
_LAST = ("last", "islastpage", "is_last", "islast", "lastpage")
_NEXTS = ("next", "nexturl", "next_url", "nextlink", "next_link", "nextpageurl", "next_page_url")
_CURSORS = ("cursor", "after", "pagetoken", "page_token", "nexttoken", "next_token", "scrollid", "scroll_id")
_CURSORS_OF_REPLIES = ("next", "nextcursor", "next_cursor", "nextpagetoken", "next_page_token", *_CURSORS)
_CODES = (
    "code",
    "errcode",
    "errorcode",
    "error_code",
    "errno",
    "retcode",
    "ret_code",
    "status",
    "statuscode",
)
_FINE_CODES = (
    "0",
    "00",
    "000",
    "0000",
    "00000",
    "000000",
    "1",
    "200",
    "20000",
    "ok",
    "OK",
    "success",
    "SUCCESS",
)
_KEYS = ("id", "uuid", "code", "key", "no", "policyid")


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a document: its JSONPath and the value."""

    path: str
    value: Json

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2].lower()


def members(document: Json, path: str = "$", depth: int = 0) -> Iterator[Found]:
    """Yield the values of objects at every depth, the shallow ones first; items of lists are left out."""
    if not isinstance(document, Mapping) or depth > MAX_DEPTH:
        return
    plain = {name: value for name, value in document.items() if name.isidentifier()}
    yield from (Found(f"{path}.{name}", value) for name, value in plain.items())
    for name, value in plain.items():
        yield from members(value, f"{path}.{name}", depth + 1)


def find_list(document: Json) -> Found | None:
    """Return the first list of objects; the document itself may be it."""
    candidates = [Found("$", document), *members(document)]
    return next((found for found in candidates if _is_list_of_objects(found.value)), None)


def _is_list_of_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def refusal_in(document: Json) -> str:
    """Return what says that the reply, which came with HTTP 200, is a refusal; empty if nothing does.

    Only a reply without data is one: an envelope of a code and a message.
    """
    if not isinstance(document, Mapping) or any(
        isinstance(value, (dict, list)) and value for value in document.values()
    ):
        return ""
    for name, value in document.items():
        is_code = name.lower() in _CODES and isinstance(value, (int, str)) and not isinstance(value, bool)
        if value is False if name.lower() in ("success", "ok") else is_code and str(value) not in _FINE_CODES:
            return json.dumps(document, ensure_ascii=False)
    return ""


def find_key(items: list[Mapping[str, Json]]) -> str:
    """Return the member that identifies an item: present and different in all of them; empty if none is."""
    names = sorted(items[0], key=lambda name: _KEYS.index(name.lower()) if name.lower() in _KEYS else 99)
    for name in names:
        values = [item.get(name) for item in items]
        are_scalars = all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in values)
        is_likely = name.lower() in _KEYS or name.lower().endswith("id")
        if is_likely and are_scalars and len({repr(value) for value in values}) == len(values):
            return name
    return ""


def find_walk(
    request: Mapping[str, Json], document: Json, items: Found, link: str = ""
) -> dict[str, str | int]:
    """Return a walk for the list, as ``walks`` has it; empty if the list does not look paged.

    *link* is the header field of that name.
    """
    key = find_key(items.value)
    sent = [*members(request.get("params") or {}, "params"), *members(request.get("json") or {}, "json")]
    page, offset = _named(sent, _PAGES), _named(sent, _OFFSETS)
    place = page or offset
    if not key:
        return {}
    if place is None:
        following = _following(sent, list(members(document)), link)
        return {**following, "items": items.path, "key": key} if following else {}
    walk: dict[str, str | int] = {"page" if page else "offset": place.path}
    if page and page.value in (0, "0"):
        walk["first"] = 0
    if size := _named(sent, _SIZES):
        walk["size"] = size.path
    walk |= {"items": items.path, "key": key}
    replied = list(members(document))
    for name, names in (("more", _MORE), ("last", _LAST), ("total", _TOTALS)):
        found = _named(replied, names)
        is_fit = found and (isinstance(found.value, bool) if name != "total" else _is_count(found.value))
        if found and is_fit and not (name == "last" and "more" in walk):
            walk[name] = found.path
    return walk


def _following(sent: list[Found], replied: list[Found], link: str) -> dict[str, str | int]:
    """Return how a page leads to the next one: by an address or a cursor; empty if it does not."""
    if next_link(link):
        return {"next": "headers.Link"}
    for found in replied:
        if found.name in _NEXTS and _is_address(found.value):
            return {"next": found.path}
    cursor, given = _named(sent, _CURSORS), _named(replied, _CURSORS_OF_REPLIES)
    if cursor and given and given.value not in (None, ""):
        return {"cursor": cursor.path, "from": given.path}
    return {}


def _is_address(value: Json) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "/"))


def _named(found: Iterable[Found], names: tuple[str, ...]) -> Found | None:
    return next((one for one in found if one.name in names and not isinstance(one.value, (dict, list))), None)


def _is_count(value: Json) -> bool:
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit()
    return is_digits or (isinstance(value, int) and not isinstance(value, bool))


# -- the contract


def contract_of(document: Json, title: str) -> dict[str, Json]:
    """Return a JSON Schema (draft 2020-12) for documents like this one: its keys and types."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_schema([document], 0),
    }


def _schema(values: list[Json], depth: int) -> dict[str, Json]:
    types = sorted({_type_of(value) for value in values})
    if "integer" in types and "number" in types:
        types.remove("integer")
    schema: dict[str, Json] = {"type": types[0] if len(types) == 1 else types}
    objects = [value for value in values if isinstance(value, Mapping)]
    lists = [value for value in values if isinstance(value, list)]
    if objects and depth < MAX_DEPTH:
        names = list(dict.fromkeys(name for value in objects for name in value))
        schema["required"] = [name for name in names if all(name in value for value in objects)]
        schema["properties"] = {
            name: _schema([value[name] for value in objects if name in value], depth + 1) for name in names
        }
    items = [item for value in lists for item in value]
    if items and depth < MAX_DEPTH:
        schema["items"] = _schema(items, depth + 1)
    return schema


def _type_of(value: Json) -> str:
    if value is None:
        return "null"
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (list, "array"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")
