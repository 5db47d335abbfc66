"""Decides whether a logged reply belongs to its request, or may be that of an earlier one without a reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from framework.base.jsonpath import Json
from framework.http.exchange import Exchange
from framework.legacy.log_values import LoggedPart, UnreadablePart, json_body


def contradicts(exchange: Exchange) -> bool:
    """Return whether the reply repeats a parameter of the request, such as pageNo, with another value."""
    return any(sent != repeated for _, sent, repeated in _repeated(exchange))


def is_reply_of(exchange: Exchange, own: Mapping[str, LoggedPart], earlier: Mapping[str, LoggedPart]) -> bool:
    """Return whether the reply is certainly not that of the *earlier* request, or fits both alike.

    It is certain if the reply repeats a parameter that the earlier request sent with another value. Two equal
    requests get the same reply.
    """
    if _texts(own) == _texts(earlier):
        return True
    try:
        other = json_body(earlier)
    except UnreadablePart:
        return False
    if not isinstance(other, dict):
        return False
    return any(
        sent == repeated and name in other and other[name] != repeated
        for name, sent, repeated in _repeated(exchange)
    )


def _texts(parts: Mapping[str, LoggedPart]) -> dict[str, list[str]]:
    return {name: part.lines for name, part in parts.items() if name not in ("name", "status", "result")}


def _repeated(exchange: Exchange) -> Iterator[tuple[str, Json, Json]]:
    """Yield the name of each parameter that the reply repeats, with both of its values."""
    sent, document = exchange.request.json, exchange.reply.document
    data = document.get("data") if isinstance(document, dict) else None
    if isinstance(sent, dict) and isinstance(data, dict):
        for name, value in sent.items():
            if isinstance(value, (str, int, float)) and name in data:
                yield name, value, data[name]
