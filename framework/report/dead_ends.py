"""Finds the place at which a path stops in a document: the one missing member behind the paths that lead
through it.
"""

from __future__ import annotations

import re

from framework.base.jsonpath import Json
from framework.checks.equality import kind_of

_SEGMENT = re.compile(r"\.([^\W\d]\w*)|\['([^']*)'\]|\[(\d+)\]|(\[\*\])|(\[.*|\..*)")


def dead_end(path: str, document: Json) -> tuple[str, str] | None:
    """Return the place at which *path* stops, and the kind of difference there; None if it does not stop.

    ``$.data.result[*].id`` stops at ``$.data.result`` if that is null (``type:null``), is not there
    (``missing``) or is empty (``count``).
    """
    place, value = "$", document
    for found in _SEGMENT.finditer(path[1:]):
        member = found[1] or found[2]
        if member is not None:
            if not isinstance(value, dict):
                return place, f"type:{kind_of(value)}"
            place = f"{place}{found[0]}"
            if member not in value:
                return place, "missing"
            value = value[member]
            continue
        if not isinstance(value, list):
            return place, f"type:{kind_of(value)}"
        index = int(found[3] or 0)
        if index >= len(value):
            return place, "count"
        if found[5]:
            return place, "members"  # a filter, a slice or an index that was computed
        place, value = f"{place}[*]", value[index]
    return None
