"""Formats values for people: short, on one line, and harmless on a terminal or a page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from framework.base.cutting import masked
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.numbers import ExactNumber
from framework.base.source import visible

BUDGET = 120
_DEEPEST = 6
_WINDOW = 30


def short(value: Json, budget: int = BUDGET) -> str:
    """Return *value* as JSON in about *budget* characters; if that cuts it, with its size."""
    if isinstance(value, str):
        return _short_text(masked(value), budget)
    if not isinstance(value, (list, dict)):
        return shorten(_plain(value), budget)
    text = ""
    for piece in _pieces(value, 0, budget // 2):
        text += piece
        if len(text) > budget:
            counted = "（列表，共 {n} 项）" if isinstance(value, list) else "（对象，共 {n} 个键）"
            return masked(text)[:budget] + "…" + tr(counted, n=len(value))
    return text


def shorten(text: str, budget: int = BUDGET) -> str:
    """Return *text* visible, in *budget* characters, cut in the middle."""
    text = masked(text)
    if len(text) <= budget:
        return visible(text)
    head = budget * 3 // 5
    return visible(text[:head]) + "…" + visible(text[head + 1 - budget :])


def _short_text(text: str, budget: int) -> str:
    if len(text) <= budget:
        return _quoted(text)
    return _quoted(shorten(text, budget)) + tr("（共 {n} 字）", n=len(text))


def _quoted(text: str) -> str:
    return json.dumps(visible(text), ensure_ascii=False)


def _pieces(value: Json, depth: int, budget: int) -> Iterator[str]:
    if isinstance(value, (list, dict)) and depth == _DEEPEST:
        yield "…"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield ", " if index else "["
            yield from _pieces(item, depth + 1, budget)
        yield "]" if value else "[]"
    elif isinstance(value, dict):
        for index, (key, item) in enumerate(value.items()):
            yield (", " if index else "{") + _quoted(shorten(key, budget)) + ": "
            yield from _pieces(item, depth + 1, budget)
        yield "}" if value else "{}"
    else:
        yield _quoted(shorten(value, budget)) if isinstance(value, str) else _plain(value)


def _plain(value: Json) -> str:
    if isinstance(value, ExactNumber):
        return repr(value)  # json would write the nearest double
    try:
        return json.dumps(value)
    except ValueError:  # more digits than Python writes
        return tr("一个 {n} 位以上的整数", n=4300)


def text_difference(expected: str, actual: str) -> tuple[str, str, str]:
    """Return both texts around the first difference, and a sentence with its place, counted from 1."""
    expected, actual = masked(expected), masked(actual)
    pairs = enumerate(zip(expected, actual, strict=False))
    shorter = min(len(expected), len(actual))
    at = next((index for index, (left, right) in pairs if left != right), shorter)
    what = tr(
        "第 {at} 个字起不同（期望共 {expected} 字，实际共 {actual} 字）",
        at=at + 1,
        expected=len(expected),
        actual=len(actual),
    )
    return _window(expected, at), _window(actual, at), what


def _window(text: str, at: int) -> str:
    start, end = max(0, at - _WINDOW), at + _WINDOW * 2
    return ("…" if start else "") + _quoted(text[start:end]) + ("…" if end < len(text) else "")


def without_quotes(argument: Json) -> str:
    """Return an expression, a name or a time as people read it best."""
    words = argument if isinstance(argument, list) else [argument]
    return tr(" 或 ").join(shorten(word if isinstance(word, str) else short(word), 80) for word in words)
