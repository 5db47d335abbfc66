"""Reads the header field Link (RFC 8288, section 3). requests' own reader loses targets with a semicolon."""

from __future__ import annotations

import re

_PARAMETER = r'\s*;\s*[^\s;,=]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?'
_LINK = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)


def next_link(field: str) -> str | None:
    """Return the target of the first link with the relation ``next``; None if there is none."""
    for link in _LINK.finditer(field):
        relation = _REL.search(link[2])
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            return link[1].strip()
    return None
