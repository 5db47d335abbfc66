"""Recognizes the addresses that a request can be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_http_url(text: str) -> bool:
    """Return whether *text* is an http or https URL with a host, without user name, query and fragment."""
    try:
        parts = urlsplit(text)
        # Reading the port raises a ValueError if it is not a number.
        is_port_valid = parts.port is None or parts.port > 0
    except ValueError:
        return False
    has_host = parts.scheme in ("http", "https") and bool(parts.hostname)
    has_extras = bool(parts.username or parts.query or parts.fragment)
    return has_host and is_port_valid and not has_extras
