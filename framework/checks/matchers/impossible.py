"""Finds regular expressions that no text matches, such as ``(?!)``, ``$x``, ``a^`` or ``[^\\s\\S]``.

Only parts that must be matched count: a part that may be repeated zero times, and one branch of several, can
be
left out. A pattern with verbose or multi-line flags is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """A part of a sequence.

    ``text`` is that of a single piece, ``takes`` says whether it takes characters, ``skippable`` whether it
    also matches nothing, at any place. ``looks`` is the opening of a look-around, ``inside`` its content.
    """

    text: str
    possible: bool = True
    takes: bool = False
    skippable: bool = False
    looks: str = ""
    inside: str = ""


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
            inner, rest = _alternatives(pieces)
            inside = "".join(pieces[: len(pieces) - len(rest) - 1])
            part, pieces = replace(_group(piece, inner), inside=inside), rest
        elif piece.startswith("("):
            part = _Part("")  # flags, a comment or a reference
        if pieces and _QUANTIFIER.fullmatch(pieces[0]):
            if _CAN_BE_LEFT_OUT.match(pieces[0]):
                part = _Part("", skippable=True)
            pieces = pieces[1:]
        found[-1].append(part)
    return found, ()


def _group(opening: str, inner: list[list[_Part]]) -> _Part:
    if opening in ("(?=", "(?<="):
        return _Part("", any(map(_possible, inner)), looks=opening)
    if opening in ("(?!", "(?<!"):
        # No text lacks the empty text.
        is_anything = any(all(part.skippable for part in parts) for parts in inner)
        return _Part("", possible=not is_anything, looks=opening)
    takes = all(any(part.takes for part in parts) for parts in inner)
    return _Part("", any(map(_possible, inner)), takes)


def _contradict(first: _Part, second: _Part) -> bool:
    """Return whether a look-around and the part after it require different characters at the same place."""
    if {first.looks, second.looks} in ({"(?=", "(?!"}, {"(?<=", "(?<!"}):
        return first.inside == second.inside
    wanted, found = first.inside, second.text
    is_plain = len(wanted) == len(found) == 1 and (wanted + found).isascii() and (wanted + found).isalnum()
    return first.looks == "(?=" and is_plain and wanted.lower() != found.lower()


def _single_is_possible(piece: str) -> bool:
    return piece not in _COMPLEMENTS


def _possible(parts: Sequence[_Part]) -> bool:
    ended = taken = False
    for at, part in enumerate(parts):
        before = parts[at - 1].text if at else ""
        if at and _contradict(parts[at - 1], part):
            return False
        if not part.possible or {before, part.text} == {r"\b", r"\B"}:
            return False
        if (part.takes and ended) or (part.text in _STARTS and taken):
            return False
        ended = ended or part.text in _ENDS
        taken = taken or part.takes
    return True
