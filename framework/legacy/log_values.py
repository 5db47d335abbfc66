"""Makes an exchange of the logged parts of one. A part that is not understood is an error, never a guess."""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from framework.base.json_reader import read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import MISSING, Request
from framework.http.exchange import Exchange, Reply
from framework.http.hosts import origin_of
from framework.legacy.log_entries import WORDINGS

# Python's parser needs a multiple of the text's size in memory.
MAX_LITERAL = 16 * 1024 * 1024
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")
_RESPONSE = re.compile(r"<Response \[(\d{3})\]>")
_SHOWN = 40


@dataclass
class LoggedPart:
    """The value of one part: the number of its line, and its text with the lines that follow it."""

    line: int
    lines: list[str] = field(default_factory=list)


class UnreadablePart(ValueError):
    """A part of the log does not have the expected form; ``line`` is its line, 0 that of the request."""

    def __init__(self, line: int, what: str, how: str) -> None:
        super().__init__(what)
        self.line = line
        self.how = how


def status_of(text: str) -> int | None:
    """Return the status of ``<Response [200]>``, None for any other text."""
    found = _RESPONSE.fullmatch(text)
    return int(found[1]) if found else None


def build_exchange(parts: Mapping[str, LoggedPart]) -> Exchange:
    """Return the exchange.

    Raises:
        UnreadablePart: a part is missing or not understood.
    """
    values = {
        name: _value(part) for name, part in parts.items() if name not in ("name", "method", "url", "status")
    }
    missing = [name for name in ("method", "url") if name not in parts or not parts[name].lines[0]]
    missing += [] if "result" in parts else ["result"]
    if missing:
        names = "、".join(WORDINGS[name][0] for name in missing)
        raise UnreadablePart(
            0, tr("这次请求没有记完，缺少 {missing}", missing=names), tr("重新运行旧框架，或从日志里删去它")
        )
    request = _request(parts, values)
    status = status_of(parts["status"].lines[0]) if "status" in parts else None
    return Exchange(request, Reply(request.url, status, document=values["result"]), started=0.0)


def _request(parts: Mapping[str, LoggedPart], values: Mapping[str, Json]) -> Request:
    method, url = parts["method"].lines[0].upper(), parts["url"].lines[0]
    headers, params, cookies = (values.get(name) for name in ("headers", "params", "cookies"))
    is_mapping = all(value is None or isinstance(value, dict) for value in (headers, params, cookies))
    if not is_mapping or origin_of(url) is None or re.search(r"\s", url):
        raise UnreadablePart(
            0,
            tr("请求头、参数不是字典，或请求路径不是完整的地址"),
            tr("请求路径写到 https:// 为止，参数写成字典"),
        )
    if method not in _METHODS:
        raise _not_sendable(parts["method"], "method")
    data = _form(parts, values)
    body = values.get("json")
    return Request(
        method,
        url,
        _flat(parts, values, "params"),
        _texts(parts, values, "headers"),
        # Like requests: a form is sent instead of JSON, but an empty form is none.
        MISSING if body is None else body,
        data or None,
        _texts(parts, values, "cookies"),
    )


def _texts(parts: Mapping[str, LoggedPart], values: Mapping[str, Json], name: str) -> dict[str, str]:
    """Return a mapping of texts. As in requests, a field with None is not sent."""
    fields = {key: value for key, value in (values.get(name) or {}).items() if value is not None}
    if not all(isinstance(value, str) for value in fields.values()):
        raise _not_sendable(parts[name], name)
    return fields


def _form(parts: Mapping[str, LoggedPart], values: Mapping[str, Json]) -> str | dict[str, Json] | None:
    data = values.get("data")
    if data is None or isinstance(data, str):
        return data
    text = "\n".join(parts["data"].lines)
    if text[:2] == '{"' and repr(data) != text:
        return text  # a body that was JSON text already, not a dictionary
    if not isinstance(data, dict):
        raise _not_sendable(parts["data"], "data")
    return _flat(parts, values, "data")


def _flat(parts: Mapping[str, LoggedPart], values: Mapping[str, Json], name: str) -> dict[str, Json]:
    fields: dict[str, Json] = values.get(name) or {}
    for value in fields.values():
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, (dict, list)) for item in items):
            raise _not_sendable(parts[name], name)
    return fields


def _not_sendable(part: LoggedPart, name: str) -> UnreadablePart:
    return UnreadablePart(
        part.line,
        tr("{wording} 的值不是能发送的样子，无法照录", wording=WORDINGS[name][0]),
        tr("请求方式写 GET、POST 等；请求头的值写成文本；表单与参数写成不嵌套的字典"),
    )


# -- values


def json_body(parts: Mapping[str, LoggedPart]) -> Json:
    """Return the JSON body of a request, None if it has none.

    Raises:
        UnreadablePart: it is not understood.
    """
    return _value(parts["json"]) if "json" in parts else None


def _value(part: LoggedPart) -> Json:
    """Return the value of a part; lines that follow a complete value do not belong to it."""
    text = "\n".join(part.lines)
    try:
        return _parse(text)
    except ValueError:
        if len(part.lines) == 1:
            raise _bad_literal(part) from None
    try:
        return _parse(part.lines[0])
    except ValueError:
        raise _bad_literal(part) from None


def _bad_literal(part: LoggedPart) -> UnreadablePart:
    text = part.lines[0]
    if len(text) > MAX_LITERAL:
        what = tr("字面量超过 {limit} MiB", limit=MAX_LITERAL // 2**20)
    else:
        what = tr("读不懂的 Python 字面量：{start}…", start=_without_values(text)[:_SHOWN])
    return UnreadablePart(part.line, what, tr("看这一行是否被截断，或不是字典、列表"))


def _without_values(text: str) -> str:
    """Return the start of an unreadable text up to the first value, which may be a secret."""
    if text.startswith("<"):
        return text
    name = re.match(r"[\[{(\s]*['\"]?[\w.-]{1,40}['\"]?\s*[:=]", text)
    brackets = re.match(r"[\[{(\s]*", text)
    found = name or brackets
    return found[0] if found else ""


def _parse(text: str) -> Json:
    """Return the value of a Python literal or of a JSON text.

    Raises:
        ValueError: it is neither, or is larger than MAX_LITERAL.
    """
    if len(text) > MAX_LITERAL:
        raise ValueError
    try:
        value = _parse_literal(text)
    except ValueError:
        return _parse_json(text)
    if text[:1] == "{" and repr(value) != text:
        # Some JSON is a Python literal too, but with other escapes: "\/" is two characters in Python.
        try:
            return _parse_json(text)
        except ValueError:
            pass
    return value


def _parse_json(text: str) -> Json:
    try:
        value = read_json(text)
        _check_json(value)
    except RecursionError:
        raise ValueError from None
    return value


def _parse_literal(text: str) -> Json:
    try:
        with warnings.catch_warnings():
            # Python warns about an unknown escape in a text, which is a matter of the service.
            warnings.simplefilter("ignore")
            tree = ast.parse(text.lstrip(" \t"), mode="eval")
        _check_repeated_keys(tree)
        value = ast.literal_eval(tree)
        _check_json(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        # Python's parser raises the last two for text that is nested too deeply.
        raise ValueError from None
    return value


def _check_repeated_keys(tree: ast.Expression) -> None:
    """Raise ValueError if a dict repeats a key: Python would keep the last value only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            if len(set(keys)) != len(keys):
                raise ValueError


def _check_json(value: Any) -> None:
    """Raise ValueError if a Python literal is not valid JSON."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise ValueError
        for item in value.values():
            _check_json(item)
    elif isinstance(value, list):
        for item in value:
            _check_json(item)
    elif not _is_json_scalar(value):
        raise ValueError


def _is_json_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))
