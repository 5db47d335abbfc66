"""Finds regular expressions that no text matches, such as ``(?!)``, ``$x``, ``a^`` or ``[^\\s\\S]``.

Only what must be matched counts: a part that may be repeated zero times, and one branch of several, can be
left out. A pattern with verbose or multi-line flags is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|\(\?P?<\w+>"
    r"|\(\?[aiLmsux-]*[:)]|\(\?<?[=!]|\(\?P=\w+\)|\(\?\(\w+\)|\(\?>"
    r"|[()|]|[*+?][+?]?|\{\d*(?:,\d*)?\}[+?]?|.",
    re.DOTALL,
)
_FLAGS: Final = re.compile(r"\(\?[aiLs]*[mx]")
_COMPLEMENTS: Final = tuple(
    "[^" + first + second + "]"
    for a, b in ("sS", "dD", "wW")
    for first, second in ((f"\\{a}", f"\\{b}"), (f"\\{b}", f"\\{a}"))
)
_QUANTIFIER: Final = re.compile(r"[*+?][+?]?|\{\d*(?:,\d*)?\}[+?]?")
_CAN_BE_LEFT_OUT: Final = re.compile(r"[*?]|\{0*(?:,|\})")
_ENDS: Final = ("$", r"\Z")
_STARTS: Final = ("^", r"\A")
_WIDTHLESS: Final = (*_ENDS, *_STARTS, r"\b", r"\B")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sequence: the text of a single piece, whether it can match, whether it takes characters."""

    text: str
    possible: bool = True
    takes: bool = False


def never_matches(pattern: str) -> bool:
    """Return whether it is certain that no text contains a match of *pattern*."""
    if _FLAGS.search(pattern):
        return False
    pieces = _TOKEN.findall(pattern)
    alternatives, rest = _alternatives(pieces)
    return not rest and not any(_possible(parts) for parts in alternatives)


def _alternatives(pieces: Sequence[str]) -> tuple[list[list[_Part]], Sequence[str]]:
    """Return the alternatives up to the closing bracket, and the pieces after it."""
    found: list[list[_Part]] = [[]]
    while pieces:
        piece, pieces = pieces[0], pieces[1:]
        if piece == ")":
            return found, pieces
        if piece == "|":
            found.append([])
            continue
        part = _Part(piece, _single_is_possible(piece), piece not in _WIDTHLESS)
        if piece.startswith("(") and not piece.endswith(")"):
            inner, pieces = _alternatives(pieces)
            part = _group(piece, inner)
        elif piece.startswith("("):
            part = _Part("")  # flags, a comment or a reference
        if pieces and _QUANTIFIER.fullmatch(pieces[0]):
            if _CAN_BE_LEFT_OUT.match(pieces[0]):
                part = _Part("")
            pieces = pieces[1:]
        found[-1].append(part)
    return found, ()


def _group(opening: str, inner: list[list[_Part]]) -> _Part:
    if opening in ("(?=", "(?<="):
        return _Part("", any(map(_possible, inner)))
    if opening in ("(?!", "(?<!"):
        return _Part("", possible=[] not in inner)  # no text lacks the empty text
    takes = all(any(part.takes for part in parts) for parts in inner)
    return _Part("", any(map(_possible, inner)), takes)


def _single_is_possible(piece: str) -> bool:
    return piece not in _COMPLEMENTS


def _possible(parts: Sequence[_Part]) -> bool:
    ended = taken = False
    for at, part in enumerate(parts):
        before = parts[at - 1].text if at else ""
        if not part.possible or {before, part.text} == {r"\b", r"\B"}:
            return False
        if (part.takes and ended) or (part.text in _STARTS and taken):
            return False
        ended = ended or part.text in _ENDS
        taken = taken or part.takes
    return True
