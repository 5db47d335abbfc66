"""Finds the code point in which two texts differ that look alike, and its place.

Two texts look alike if they are equal after compatibility normalization (NFKC, Unicode Standard Annex 15),
without format characters such as the zero-width space, and with every kind of space as a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from framework.base.cutting import cut
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import visible

_LONGEST = 2_000
"""Longer texts are not compared: a mismatch inside ``not`` is no finding yet and must stay cheap."""
_MOST_NAMED = 3


def difference_in_code_points(expected: str, actual: str) -> str:
    """Return a sentence with the first code points that differ; empty if the texts do not look alike."""
    if max(len(expected), len(actual)) > _LONGEST or expected == actual:
        return ""
    if _skeleton(expected) != _skeleton(actual) and visible(expected) != visible(actual):
        return ""
    pairs = enumerate(zip(expected, actual, strict=False))
    at = next((index for index, (left, right) in pairs if left != right), min(len(expected), len(actual)))
    return tr(
        "看上去一样，第 {at} 个字不同：期望 {expected}，实际 {actual}",
        at=at + 1,
        expected=_code_points(expected, at),
        actual=_code_points(actual, at),
    )


def look_alike_in(value: Json, argument: Json) -> str:
    """Return a sentence if a text of *argument* would be found in *value* but for how it is encoded."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return ""
    texts = argument if isinstance(argument, list) else [argument]
    skeleton = _skeleton(value)
    for text in texts:
        if isinstance(text, str) and text and text not in value and _skeleton(text) in skeleton:
            unusual = [*_unusual(tr("期望"), text), *_unusual(tr("实际"), value)]
            if unusual:
                named = tr("、").join(unusual[:_MOST_NAMED])
                return tr("看上去含有 {text}，码点却不同：{named}", text=cut(visible(text), 40), named=named)
    return ""


_FORMAT_CHARACTERS = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SPACES = re.compile(r"\s")


def _skeleton(text: str) -> str:
    if text.isascii():
        return text
    return _SPACES.sub(" ", _FORMAT_CHARACTERS.sub("", unicodedata.normalize("NFKC", text)))


def _unusual(side: str, text: str) -> Iterator[str]:
    for index, char in enumerate(text):
        if unicodedata.combining(char) or (char != " " and _skeleton(char) != char):
            yield tr("{side}第 {at} 个字 {char}", side=side, at=index + 1, char=_named(char))


def _code_points(text: str, at: int) -> str:
    """Return the character at *at* with its combining marks, as code points."""
    if at >= len(text):
        return tr("没有")
    end = at + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return " ".join(map(_named, text[at:end]))


def _named(char: str) -> str:
    code = f"U+{ord(char):04X}"
    shown = char.isprintable() and not char.isspace() and not unicodedata.combining(char)
    return f"{code} {char}" if shown else f"{code} {unicodedata.name(char, '')}".rstrip()
