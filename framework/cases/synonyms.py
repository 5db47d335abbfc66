"""Names that other harnesses use for our matchers and subjects, for the hint about an unknown name."""

from __future__ import annotations

import re

from framework.base.messages import tr

_MATCHERS = {
    "eq": "equals",
    "equal": "equals",
    "ne": "not_equals",
    "lt": "less_than",
    "le": "at_most",
    "lte": "at_most",
    "gt": "greater_than",
    "ge": "at_least",
    "gte": "at_least",
    "regex": "matches",
    "regex_match": "matches",
    "in": "one_of",
    "contained_by": "one_of",
    "startswith": "starts_with",
    "endswith": "ends_with",
    "len_eq": "length",
    "length_equal": "length",
    "type_match": "type",
    "exists": "not_empty",
    "json_schema": "schema",
}
_SUBJECTS = {
    "status": "status_code",
    "code": "status_code",
    "http_code": "status_code",
    "response_time": "elapsed_ms",
    "elapsed": "elapsed_ms",
    "text": "body",
    "content": "body",
}
_BODY = re.compile(r"(?:content|body|json|response(?:\.json)?)\.(?=[^\W\d])")


def suggest_matcher(text: str) -> str:
    """Return a hint if *text* is another harness's name of a matcher, else an empty string."""
    return _did_you_mean(_MATCHERS.get(text, ""))


def suggest_subject(text: str) -> str:
    """Return a hint if *text* is another harness's name of a subject, else an empty string.

    ``content.data.id`` and ``data.id`` are paths without their ``$``.
    """
    if text.startswith("header."):
        return _did_you_mean("headers." + text.removeprefix("header."))
    if text in _SUBJECTS:
        return _did_you_mean(_SUBJECTS[text])
    if match := _BODY.match(text):
        return _did_you_mean("$." + text[match.end() :])
    return _did_you_mean(f"$.{text}") if text.startswith("data.") else ""


def _did_you_mean(near: str) -> str:
    return tr("你是不是要写 {near}?", near=near) if near else ""
