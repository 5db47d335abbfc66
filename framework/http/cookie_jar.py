"""The cookies that one case was given, kept by the rules of RFC 6265 as Python's cookiejar knows them."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message

import requests
from requests.cookies import MockRequest, RequestsCookieJar


class CookieJar:
    """Keeps cookies and returns those that belong to a request."""

    def __init__(self) -> None:
        self._jar = RequestsCookieJar()

    def keep(self, url: str, fields: Iterable[str]) -> None:
        """Keep the cookies of the ``Set-Cookie`` *fields* of a reply from *url*."""
        headers = Message()
        for field in fields:
            headers["Set-Cookie"] = field.replace("\r", "").replace("\n", "")
        self._jar.extract_cookies(_Reply(headers), MockRequest(_prepared(url)))  # type: ignore[arg-type]

    def cookies_for(self, url: str) -> dict[str, str]:
        """Return name and value of each cookie that is sent to *url*."""
        request = MockRequest(_prepared(url))
        found = self._jar._cookies_for_request(request)  # type: ignore[attr-defined]
        return {cookie.name: cookie.value or "" for cookie in found}


class _Reply:
    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def _prepared(url: str) -> requests.PreparedRequest:
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, None)
    prepared.headers = requests.structures.CaseInsensitiveDict()
    return prepared
