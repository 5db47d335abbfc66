"""Computes the address that a redirect leads to."""

from __future__ import annotations

import requests

from framework.http.failures import RequestInfo, several_locations
from framework.http.prepared import decode_field


def only_location(response: requests.Response, info: RequestInfo) -> str:
    """Return the address of a redirect, or an empty text.

    Raises:
        TransportError: there are several different ones.
    """
    found = list(dict.fromkeys(map(decode_field, response.raw.headers.getlist("Location"))))
    if len(found) > 1 and response.is_redirect:
        response.close()
        raise several_locations(info, found)
    return found[0] if found else ""
