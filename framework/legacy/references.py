"""Finds the references in old texts: ``$name``, ``${…}``, ``{{…}}``, ``$cache{…}``, ``#{…}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_START = re.compile(r"\$\$|\$\{\{|\{\{|\$[A-Za-z_]\w*\{|[#$]\{|\$([A-Za-z_]\w*)")
_ENVIRON = re.compile(r"\s*(?:ENV|ENVIRON|environ|env)\(\s*['\"]?(\w+)['\"]?\s*\)\s*\Z")
_CALL = re.compile(r"\s*([\w.]+)\s*\(.*\)\s*\Z", re.DOTALL)
_OURS = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+|\[\d+\])*\Z")
_WORD = re.compile(r"[^\W\d]\w*")

Kind = Literal["text", "dollar", "open", "name", "path", "environ", "call", "unknown"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an old text.

    Attributes:
        kind: ``dollar`` is an escaped dollar sign, ``open`` a ``${`` that nothing closes, ``name`` a
            reference without braces. ``unknown`` is a reference that only the old harness understands.
        text: as written.
        inside: the path of a reference; of a call or an unknown reference, a word to name its value by.
    """

    kind: Kind
    text: str
    inside: str = ""


def split_references(text: str) -> Iterator[Piece]:
    """Yield the pieces of *text* in order."""
    position = 0
    while match := _START.search(text, position):
        if match.start() > position:
            yield Piece("text", text[position : match.start()])
        piece = _read_piece(text, match)
        position = match.start() + len(piece.text)
        yield piece
    if position < len(text):
        yield Piece("text", text[position:])


def _read_piece(text: str, match: re.Match[str]) -> Piece:
    start = match.group()
    if start == "$$":
        return Piece("dollar", start)
    if match.group(1):
        return Piece("name", start, match.group(1))
    opened = match.start() + start.index("{")
    end = _closing_brace(text, opened)
    if not end:
        if start == "${":
            return Piece("open", start)
        # ``$name{`` without an end is ``$name`` before a brace.
        is_name = start[0] == "$" and start[1] != "{"
        return Piece("name", start[:-1], start[1:-1]) if is_name else Piece("text", start)
    return _classify(text[match.start() : end], start, text[match.end() : end].rstrip("}"))


def _classify(whole: str, start: str, inside: str) -> Piece:
    inside = inside.strip()
    if found := _ENVIRON.match(inside):
        return Piece("environ", whole, found.group(1).lower())
    if _OURS.match(inside) and start in ("${", "{{", "${{", "#{"):
        return Piece("path", whole, inside)
    if start == "#{":
        return Piece("text", whole)
    if call := _CALL.match(inside):
        return Piece("call", whole, call.group(1).rpartition(".")[2])
    words = _WORD.findall(inside)
    # ``$cache{int:id}`` has its type first, a filter of Jinja (``{{id | int}}``) comes last.
    return Piece("unknown", whole, words[0 if "|" in inside else -1] if words else "")


def _closing_brace(text: str, opened: int) -> int:
    """Return the position after the brace that closes the one at *opened*; 0 if there is none."""
    depth = 0
    for position in range(opened, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return 0
