"""The message in the form that requests sends, and its adapter with connections that keep the deadline."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from framework.http import connections
from framework.http.message import Message

_LIBRARY_DEFAULTS = ("accept-encoding", "user-agent")
"""Header fields that the libraries add by themselves if a request does not have them."""

_OF_PROXY = 407


class BoundedAdapter(HTTPAdapter):
    """The adapter of requests, with connections that keep the deadline, also those through a proxy."""

    _user: object = None

    def begin_case(self) -> None:
        """Use none of the connections that are open for the requests from now on."""
        self._user = object()

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **keywords)
        connections.bound(manager)
        return manager

    def send(self, *args: Any, **keywords: Any) -> requests.Response:
        """Raise as for a tunnel if a proxy refuses a plain request: only a proxy has the status 407."""
        with connections.used_by(self._user):
            response = super().send(*args, **keywords)
        if response.status_code == _OF_PROXY and keywords.get("proxies"):
            response.close()
            raise OSError(f"Tunnel connection failed: {_OF_PROXY}")
        return response

    def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
        super().init_poolmanager(*args, **keywords)
        connections.bound(self.poolmanager)


@lru_cache(maxsize=256)
def _prepared_url(url: str) -> str:
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    return prepared.url or ""


def prepare(message: Message) -> requests.PreparedRequest:
    """Return the message in the form that the library sends.

    The library's own ``prepare`` is not called: it takes a third of the time of a small exchange, and
    everything that it would do is already done.
    """
    prepared = requests.PreparedRequest()
    prepared.method = message.method
    prepared.url = _prepared_url(message.url)
    fields = {name: value for name, value in message.headers.items() if value is not None}
    removed = [name for name, value in message.headers.items() if value is None]
    fields |= {name: connections.SKIP_HEADER for name in removed if name.lower() in _LIBRARY_DEFAULTS}
    if message.body is not None or message.method in ("POST", "PUT", "PATCH"):
        fields["Content-Length"] = str(len(message.body or b""))
    prepared.headers = CaseInsensitiveDict(fields)
    prepared.body = message.body
    return prepared


def decode_field(value: str) -> str:
    """Return a header value decoded as UTF-8 if possible; the library decodes every value as Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
