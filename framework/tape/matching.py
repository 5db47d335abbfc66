"""Compares requests, as HAR has them: which recorded one is the same, and how do the nearest differ?

The values of fields with the name of a secret and personal data are not compared, since a recording has
made-up values in their place: requests that differ only in these are answered in the recorded order. What is
compared is whether such a field has a secret of the environment, and which: a refusal of a wrong token is no
answer to a request with the right one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from framework.base.cutting import cut
from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.tape.same_form import replace_personal
from framework.tape.secret_fields import (
    is_secret_name,
    replace_in_body,
    replace_in_json,
    replace_in_text,
    without_scheme,
)

Parts = Mapping[str, str]
"""The parts of a request by their names for people, such as ``json.pageNo``; the values are texts."""

Hide = Callable[[str, str], str]
"""Returns what is compared in the place of the value of a secret field, which is given with its name."""
_ANY = "***"
_MAX_SHOWN = 60
_MAX_DIFFERENCES = 4


def parts_of(
    record: Mapping[str, Any], origin: str, secrets: Mapping[str, str], *, with_headers: bool = True
) -> Parts:
    """Return the parts of a request that decide which recording answers it.

    *secrets*: the name of each value that stands for a secret of the environment.
    """

    def named(text: str) -> str:
        for value, name in secrets.items():
            text = text.replace(value, f"***{name}***")
        return text

    def hide(_name: str, value: str) -> str:
        credential = without_scheme(value)
        if credential in secrets:
            return f"{value[: len(value) - len(credential)]}***{secrets[credential]}***"
        # One with a secret in it is as unlike the secret as any other: a recording has a new value for it.
        return _ANY if value else value

    url = urlsplit(record["url"])
    address = f"{url.scheme}://{url.netloc}"
    where = replace_in_text(url.path or "/", hide)
    parts = {"method": record["method"].upper(), "url": where if address == origin else address + where}
    _add_pairs(parts, "params", parse_qsl(url.query, keep_blank_values=True), hide)
    if with_headers:
        _add_fields(parts, "headers", record["headers"], hide, lower=True)
        _add_fields(parts, "cookies", record["cookies"], hide)
    _add_body(parts, record.get("postData"), hide)
    return {name: replace_personal(named(value), lambda mask, _: mask) for name, value in parts.items()}


def key_of(parts: Parts) -> str:
    """Return one text that is the same for the same requests only."""
    return json.dumps(sorted(parts.items()), ensure_ascii=False)


def _add_fields(
    parts: dict[str, str], kind: str, fields: Iterable[Any], hide: Hide, *, lower: bool = False
) -> None:
    pairs = [(field["name"].lower() if lower else field["name"], field["value"]) for field in fields]
    _add_pairs(parts, kind, pairs, hide)


def _add_pairs(parts: dict[str, str], kind: str, pairs: Iterable[tuple[str, str]], hide: Hide) -> None:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        is_secret = is_secret_name(name) and value
        shown = hide(name, value) if is_secret else replace_in_text(value, hide)
        values.setdefault(f"{kind}.{name}", []).append(shown)
    parts |= {name: json.dumps(found, ensure_ascii=False)[1:-1] for name, found in values.items()}


def _add_body(parts: dict[str, str], body: Mapping[str, Any] | None, hide: Hide) -> None:
    if body is None:
        return
    kind = str(body.get("mimeType", "")).partition(";")[0].strip().lower()
    if kind:
        parts["mimeType"] = kind
    if "text" not in body:
        for field in body.get("params", ()):
            facts = {name: value for name, value in field.items() if name != "name"}
            parts[f"data.{field['name']}"] = _canonical(replace_in_json(facts, hide))
        return
    text = str(body["text"])
    try:
        document = read_json(text)
    except NotJsonError:
        parts["data"] = replace_in_body(text, hide)
        return
    _add_members(parts, "json", replace_in_json(document, hide))


def _add_members(parts: dict[str, str], path: str, value: Json) -> None:
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            _add_members(parts, f"{path}.{name}", item)
    else:
        parts[path] = _canonical(value)


def _canonical(value: Json) -> str:
    """Return the same text for all equal JSON values: 1.0 is written as 1."""
    return json.dumps(_whole_as_int(value), ensure_ascii=False, sort_keys=True)


def _whole_as_int(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {str(name): _whole_as_int(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole_as_int(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# -- the nearest


def nearest(asked: Parts, recorded: Iterable[Parts]) -> tuple[Parts, ...]:
    """Return the recorded requests that differ least from *asked*, at most two."""
    different = {key_of(parts): parts for parts in recorded}
    return tuple(sorted(different.values(), key=lambda parts: _distance(asked, parts))[:2])


def _distance(asked: Parts, parts: Parts) -> tuple[bool, float, int]:
    names = {name for name in {*asked, *parts} if asked.get(name) != parts.get(name)}
    unlike_url = 1 - SequenceMatcher(None, asked["url"], parts["url"]).ratio()
    return asked["method"] != parts["method"] and unlike_url > 0, unlike_url, len(names)


def differences(asked: Parts, parts: Parts) -> str:
    """Return in words how the recorded *parts* differ from *asked*."""
    names = [name for name in sorted({*asked, *parts}) if asked.get(name) != parts.get(name)]
    words = [_difference(name, asked.get(name), parts.get(name)) for name in islice(names, _MAX_DIFFERENCES)]
    if len(names) > _MAX_DIFFERENCES:
        words.append(tr("还有 {count} 处", count=len(names) - _MAX_DIFFERENCES))
    return tr("，").join(words)


def _difference(name: str, asked: str | None, recorded: str | None) -> str:
    if asked is None:
        return tr("录制时有 {name}={value}，现在没有", name=name, value=_shown(recorded))
    if recorded is None:
        return tr("录制时没有 {name}，现在是 {value}", name=name, value=_shown(asked))
    return tr(
        "{name} 录的是 {recorded}，现在是 {asked}", name=name, recorded=_shown(recorded), asked=_shown(asked)
    )


def _shown(value: str | None) -> str:
    return cut(value or "", _MAX_SHOWN)
