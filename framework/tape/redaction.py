"""Masks the secrets of exchanges before they are written to a tape.

The secrets that the environment names are masked by the masker of the run. All others are found by the name
of their field, and then masked in every place at which the same value occurs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from framework.base.jsonpath import Json
from framework.cases.request import Missing, Request
from framework.http.exchange import Exchange, Reply
from framework.http.masking import MIN_LENGTH, Masker, mask_of
from framework.tape.secret_fields import (
    Replace,
    distinct_mask_name,
    is_masked,
    is_secret_name,
    mask_name,
    replace_in_body,
    replace_in_json,
    replace_in_text,
    replace_in_url,
    without_scheme,
)


class SecretMasker(Protocol):
    """Masks secrets, as ``framework.http.masking.Masker`` does."""

    def data(self, data: bytes) -> bytes: ...

    def json(self, value: Json) -> Json: ...


def mask_exchange(exchange: Exchange, masker: SecretMasker) -> Exchange:
    """Return the exchange with everything masked that the masker knows, in texts and member names alike."""
    request, reply = exchange.request, exchange.reply
    masked_request = replace(
        request,
        url=masker.json(request.url),
        params=masker.json(dict(request.params)),
        headers=masker.json(dict(request.headers)),
        cookies=masker.json(dict(request.cookies)),
        json=request.json if isinstance(request.json, Missing) else masker.json(request.json),
        data=masker.json(request.data),
    )
    fields = reply.headers
    masked_reply = replace(
        reply,
        url=masker.json(reply.url),
        headers=None if fields is None else tuple((name, masker.json(value)) for name, value in fields),
        body=None if reply.body is None else masker.data(reply.body),
        document=masker.json(reply.document),
        undecodable=masker.json(reply.undecodable),
    )
    return replace(
        exchange,
        request=masked_request,
        reply=masked_reply,
        redirects=tuple(masker.json(url) for url in exchange.redirects),
        redirect_cookies=tuple(
            (masker.json(url), tuple(map(masker.json, fields))) for url, fields in exchange.redirect_cookies
        ),
    )


def mask_named_fields(request: Request) -> Request:
    """Return the request with the secrets in URL, parameters, cookies and body masked by field name.

    A replay compares it with a recorded request. Its header fields stay: those are compared as they are sent.
    """
    return replace(replace_in_request(request, distinct_mask), headers=request.headers)


def distinct_mask(name: str, value: str) -> str:
    """Return the mask of one value of a field; a value that is masked already stays."""
    return value if is_masked(value) else mask_of(distinct_mask_name(name, value))


class FieldRedactor:
    """Masks the values of all fields with the name of a secret, wherever in the exchanges they occur.

    A value has one mask everywhere. The first value of a field gets ``***name***``, unless the tape has this
    mask already; all others get a mask of their own, so a replay can tell them apart.

    Args:
        exchanges: all exchanges of the tape.
        one_header_mask: all values of a header field get ``***name***``, for example the tokens of many days.
    """

    def __init__(self, exchanges: Iterable[Exchange], *, one_header_mask: bool = False) -> None:
        self._labels: dict[str, str] = {}
        self._taken: set[str] = set()
        recorded = list(exchanges)
        for exchange in recorded:
            self._taken.update(re.findall(r"\*\*\*([\w-]+)\*\*\*", _text_of(exchange)))
        self._one_mask = one_header_mask
        for exchange in recorded:
            self._collect_headers(exchange.request.headers.items())
        self._one_mask = False
        for exchange in recorded:
            replace_in_exchange(exchange, self._collect)
            self._collect_headers(exchange.reply.headers or ())
        longest_first = sorted(self._labels.items(), key=lambda item: -len(item[0]))
        self._maskers = [
            Masker({label: value}) for value, label in longest_first if _can_be_masked(value, label)
        ]

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange without any of the secrets."""
        masked = replace_in_exchange(exchange, self._mask)
        text = _text_of(masked)
        for masker in self._maskers:
            # A walk over all values is expensive, and most exchanges do not hold most of the secrets.
            if masker.text(text) != text:
                masked = mask_exchange(masked, masker)
        return masked

    def _collect(self, name: str, value: str) -> str:
        if not is_masked(value) and value not in self._labels:
            self._labels[value] = self._new_label(name, value)
            # The same credential may occur without its scheme, or with another one.
            self._labels.setdefault(without_scheme(value), self._labels[value])
        return value

    def _new_label(self, name: str, value: str) -> str:
        label = mask_name(name)
        if label in self._taken and not self._one_mask:
            return distinct_mask_name(name, value)
        self._taken.add(label)
        return label

    def _collect_headers(self, fields: Iterable[tuple[str, Any]]) -> None:
        for name, value in fields:
            if not isinstance(value, str) or not is_secret_name(name) or is_masked(value):
                continue
            self._collect(name, value)
            label = self._labels[value]
            for cookie, secret in _cookies(value):
                if is_secret_name(cookie) and not is_masked(secret):
                    self._labels.setdefault(secret, label)

    def _mask(self, name: str, value: str) -> str:
        if is_masked(value):
            return value
        label = self._labels.get(value) or distinct_mask_name(name, value)
        return mask_of(label)


def _cookies(value: str) -> Iterator[tuple[str, str]]:
    for pair in value.split(";"):
        name, equals, secret = pair.strip().partition("=")
        if equals and secret:
            yield name, secret


def _can_be_masked(value: str, label: str) -> bool:
    # A value that is part of a mask, even of two in a row, is masked already.
    return len(value) >= MIN_LENGTH and value not in mask_of(label) * 2


def _text_of(exchange: Exchange) -> str:
    """Return everything of the exchange that can hold a secret as one text, to search it once."""
    request, reply = exchange.request, exchange.reply
    body = None if reply.body is None else reply.body.decode("utf-8", "surrogateescape")
    parts: list[Json] = [
        request.url,
        dict(request.params),
        dict(request.headers),
        dict(request.cookies),
        None if isinstance(request.json, Missing) else request.json,
        request.data,
        [reply.url, reply.headers, body, reply.document, reply.undecodable],
        exchange.redirects,
    ]
    return json.dumps(parts, ensure_ascii=False)


# -- the parts of an exchange


def replace_in_exchange(exchange: Exchange, change: Replace) -> Exchange:
    """Return the exchange with the value of every field with the name of a secret as *change* returns it."""
    redirects = tuple(replace_in_url(url, change) for url in exchange.redirects)
    cookies = tuple(
        (replace_in_url(url, change), tuple(change("Set-Cookie", one) for one in fields))
        for url, fields in exchange.redirect_cookies
    )
    return replace(
        exchange,
        request=replace_in_request(exchange.request, change),
        reply=_replace_in_reply(exchange.reply, change),
        redirects=redirects,
        redirect_cookies=cookies,
    )


def replace_in_request(request: Request, change: Replace) -> Request:
    data = request.data
    if isinstance(data, str):
        data = replace_in_body(data, change)
    elif data is not None:
        data = replace_in_json(data, change)
    return replace(
        request,
        url=replace_in_url(request.url, change),
        params=replace_in_json(request.params, change),
        headers={name: _replace_in_field(name, value, change) for name, value in request.headers.items()},
        cookies=replace_in_json(request.cookies, change),
        json=request.json if isinstance(request.json, Missing) else replace_in_json(request.json, change),
        data=data,
    )


def _replace_in_field(name: str, value: Any, change: Replace) -> Any:
    if not isinstance(value, str) or not value:
        return value
    return change(name, value) if is_secret_name(name) else replace_in_text(value, change)


def _replace_in_reply(reply: Reply, change: Replace) -> Reply:
    fields = reply.headers
    if fields is not None:
        fields = tuple((name, _replace_in_field(name, value, change)) for name, value in fields)
    return replace(
        reply,
        url=replace_in_url(reply.url, change),
        headers=fields,
        body=_replace_in_bytes(reply.body, change),
        document=replace_in_json(reply.document, change),
    )


def _replace_in_bytes(body: bytes | None, change: Replace) -> bytes | None:
    if body is None:
        return None
    text = body.decode("utf-8", "surrogateescape")
    replaced = replace_in_text(text, change)
    return body if replaced == text else replaced.encode("utf-8", "surrogateescape")
