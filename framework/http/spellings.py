"""Finds a secret in a text, in every spelling that JSON, a URL, a header, HTML or a repr can give it.

* each character as itself, as ``\\uXXXX``, ``\\xXX`` or a short escape, as ``%XX`` of its UTF-8, or as an
  HTML reference. These may be mixed or escaped several times; hexadecimal digits may have either case;
* base64, standard and URL-safe, at each of the three alignments, since ``Basic`` credentials contain a secret
  in the middle;
* hexadecimal.

Almost no text contains a secret. So cheap substring tests come first. After them, a pattern for the first
characters finds the places at which the secret may begin, and the rest is compared there character by
character. Time and memory are therefore proportional to the length of the secret.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from framework.http.pieces import Span, piece_spans

_ANCHOR = 4
_MAX_BACKSLASHES = 16
_MAX_REPEATS = 4
_LONGEST_SPELLING = 48
"""At most so many characters spell one byte of UTF-8: ``&amp;amp;amp;amp;#x00000000`` and six digits."""
_MAX_FINDS = 200
"""From this many introducers on, one search with a pattern is faster than a find for each of them."""

_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_URL_SAFE = str.maketrans("+/", "-_")
_SHORT_ESCAPES = {
    "\n": "n",
    "\t": "t",
    "\r": "r",
    "\b": "b",
    "\f": "f",
    '"': '"',
    "'": "'",
    "\\": "\\",
    "/": "/",
}
_NAMED_REFERENCES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}

_UnitEnds = Callable[[str, int, int], Iterator[int]]


class Secret:
    """One secret and its spellings."""

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self.value = value
        data = value.encode("utf-8", "surrogatepass")
        hexadecimal = data.hex()
        # Each spelling with the number of characters before and after it that depend on the secret too.
        self._packed = {hexadecimal: (0, 0), hexadecimal.upper(): (0, 0)} | _base64_spellings(data)
        self._plain = tuple(dict.fromkeys((value, value.replace(" ", "+"), *self._packed)))
        self._gates = _escape_gates(value, data)
        self._anchor = re.compile("".join(map(_char_pattern, value[:_ANCHOR])))
        self._written = tuple(dict.fromkeys((value, json.dumps(value, ensure_ascii=False)[1:-1])))

    def may_be_in(self, text: str) -> bool:
        """Return False if *text* certainly does not contain the secret."""
        # Loops rather than any(): this runs for every text that leaves, most of them a word or two.
        for spelling in self._plain:
            if spelling in text:
                return True
        for introducer, gate in self._gates:
            if introducer in text and _has_escape(text, introducer, gate):
                return True
        return False

    @property
    def reach(self) -> int:
        """Return how many characters the longest spelling has at most."""
        return len(self.value.encode("utf-8", "surrogatepass")) * _LONGEST_SPELLING

    def is_in(self, text: str) -> bool:
        """Return whether *text* contains the secret in any spelling."""
        return next(self._escaped_spans(text), None) is not None or any(
            spelling in text for spelling in self._packed
        )

    def masked(self, text: str, mask: str) -> str:
        """Return *text* with *mask* in the place of each spelling of the secret."""
        text = _replace(text, self._escaped_spans(text), mask)
        for packed, (before, after) in self._packed.items():
            if packed in text:
                text = _replace(text, _packed_spans(text, packed, before, after), mask)
        return text

    def without_pieces(self, text: str, mask: str) -> str:
        """Return *text* with *mask* in the place of each piece of the secret that touches an ellipsis.

        Such a piece is left if a text was shortened inside the secret. A quote may come in between.
        """
        for written in self._written:
            text = _replace(text, piece_spans(text, written), mask)
        return text

    def _escaped_spans(self, text: str) -> Iterator[Span]:
        match = self._anchor.search(text)
        while match is not None:
            end = self._end_from(text, match.start())
            # After a failed comparison, the secret may still begin inside the match.
            next_start = match.start() + 1
            if end is not None:
                yield match.start(), end
                next_start = end
            match = self._anchor.search(text, next_start)

    def spelled_chars(self, text: str) -> Iterator[list[Span]]:
        """Yield each place of the secret in *text*, as itself or escaped: the position of each of its
        characters.
        """
        for start, end in self._escaped_spans(text):
            layers: list[dict[int, int]] = []
            begins: Iterable[int] = [start]
            for char in self.value:
                layers.append({after: at for at in begins for after in _char_ends(text, at, char)})
                begins = layers[-1]
            chars = [end]
            for layer in reversed(layers):
                chars.append(layer[chars[-1]])
            yield list(pairwise(reversed(chars)))

    def _end_from(self, text: str, start: int) -> int | None:
        """Return where the secret that begins at *start* ends, None if it does not begin there."""
        if text.startswith(self.value, start):
            return start + len(self.value)
        ends = {start}
        for char in self.value:
            ends = {end for at in ends for end in _char_ends(text, at, char)}
            if not ends:
                return None
        return max(ends)


def _replace(text: str, spans: Iterable[Span], mask: str) -> str:
    parts: list[str] = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], mask]
        done = end
    return "".join([*parts, text[done:]]) if parts else text


# -- characters: as themselves or escaped


def _has_escape(text: str, introducer: str, gate: re.Pattern[str]) -> bool:
    # str.find for one character is a memchr. If there are few of them, this is ten times as fast as a search
    # with the pattern.
    if text.count(introducer) > _MAX_FINDS:
        return gate.search(text) is not None
    at = text.find(introducer)
    while at >= 0:
        if gate.match(text, at):
            return True
        at = text.find(introducer, at + 1)
    return False


def _escape_gates(value: str, data: bytes) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return pairs: a character that introduces an escape, a pattern for an escaped character of *value*.

    They are the second cheap test.
    """
    chars = dict.fromkeys(value)
    latin_codes = [ord(char) for char in chars if ord(char) < 0x100]
    octets = _any_of(f"{octet:02x}" for octet in {*data, *latin_codes})
    units = _any_of(f"{unit:04x}" for char in chars for unit in utf16_units(char))
    escapable = [_SHORT_ESCAPES[char] for char in chars if char in _SHORT_ESCAPES]
    short = f"|[{''.join(map(re.escape, escapable))}]" if escapable else ""
    numbers = _any_of(number for char in chars for number in (str(ord(char)), f"x{ord(char):x}"))
    named = "".join(f"|{_NAMED_REFERENCES[char]}" for char in chars if char in _NAMED_REFERENCES)
    repeated = f"{{0,{_MAX_REPEATS}}}"
    return (
        ("%", re.compile(rf"%(?:25){repeated}(?:{octets})", re.IGNORECASE)),
        ("\\", re.compile(rf"\\(?:u(?i:{units})|x(?i:{octets})|U{short})")),
        ("&", re.compile(rf"&(?:amp;){repeated}(?:#(?:{_zeros(numbers)});{named})", re.IGNORECASE)),
    )


def _any_of(texts: Iterable[str]) -> str:
    return "|".join(sorted(set(texts)))


def _zeros(numbers: str) -> str:
    return f"0{{0,8}}(?:{numbers})|x0{{0,8}}(?:{numbers.replace('x', '')})"


def _char_pattern(char: str) -> str:
    """Return a pattern for one character in every spelling.

    All repetitions are bounded, since a hostile reply could make an unbounded one very slow.
    """
    octets = char.encode("utf-8", "surrogatepass")
    slashes = rf"\\{{1,{_MAX_BACKSLASHES}}}"
    repeated = f"{{0,{_MAX_REPEATS}}}"
    code = ord(char)
    spellings = [
        re.escape(char),
        "".join(rf"%(?:25){repeated}(?i:{octet:02x})" for octet in octets),
        "".join(rf"{slashes}u(?i:{unit:04x})" for unit in utf16_units(char)),
        rf"{slashes}U(?i:{code:08x})",
        "".join(rf"{slashes}x(?i:{octet:02x})" for octet in octets),
        rf"&(?:amp;){repeated}#(?:0{{0,8}}{code}|[xX]0{{0,8}}(?i:{code:x}));",
    ]
    if 0x7F < code < 0x100:
        spellings.append(rf"{slashes}x(?i:{code:02x})")
    if char in _SHORT_ESCAPES:
        spellings.append(rf"{slashes}{re.escape(_SHORT_ESCAPES[char])}")
    if char in _NAMED_REFERENCES:
        spellings.append(rf"&(?:amp;){repeated}{_NAMED_REFERENCES[char]};")
    if char == " ":
        spellings.append(r"\+")
    return f"(?:{'|'.join(spellings)})"


def _char_ends(text: str, at: int, char: str) -> Iterator[int]:
    """Yield where *char* ends if one of its spellings, as in ``_char_pattern``, begins at *at*."""
    first = text[at : at + 1]
    if first == char:
        yield at + 1
    if first == "%":
        yield from _unit_ends(text, at, char.encode("utf-8", "surrogatepass"), _percent_ends)
    elif first == "\\":
        yield from _backslash_ends(text, at, char)
    elif first == "&":
        yield from _reference_ends(text, at, char)
    elif first == "+" and char == " ":
        yield at + 1


def _unit_ends(text: str, at: int, units: Iterable[int], unit_ends: _UnitEnds) -> set[int]:
    """Return where a sequence of escaped units may end."""
    ends = {at}
    for unit in units:
        ends = {end for start in ends for end in unit_ends(text, start, unit)}
    return ends


def _percent_ends(text: str, at: int, octet: int) -> Iterator[int]:
    if not text.startswith("%", at):
        return
    at += 1
    for _ in range(_MAX_REPEATS + 1):
        if text[at : at + 2].lower() == f"{octet:02x}":
            yield at + 2
        if not text.startswith("25", at):
            return
        at += 2


def _backslash_ends(text: str, at: int, char: str) -> Iterator[int]:
    code = ord(char)
    for end in _after_backslashes(text, at):
        letter = text[end : end + 1]
        if letter == _SHORT_ESCAPES.get(char):
            yield end + 1
        if letter == "u":
            yield from _unit_ends(text, at, utf16_units(char), _U_ENDS)
        elif letter == "x":
            yield from _unit_ends(text, at, char.encode("utf-8", "surrogatepass"), _X_ENDS)
            if 0x7F < code < 0x100:
                yield from _X_ENDS(text, at, code)
        elif letter == "U" and text[end + 1 : end + 9].lower() == f"{code:08x}":
            yield end + 9


def _escape_ends(letter: str, digits: int) -> _UnitEnds:
    def ends(text: str, at: int, code: int) -> Iterator[int]:
        for end in _after_backslashes(text, at):
            if text.startswith(letter, end):
                after = end + 1 + digits
                if text[end + 1 : after].lower() == f"{code:0{digits}x}":
                    yield after

    return ends


def _after_backslashes(text: str, at: int) -> Iterator[int]:
    """Yield each place after one or more of the backslashes at *at*."""
    for end in range(at + 1, at + 1 + _MAX_BACKSLASHES):
        if not text.startswith("\\", end - 1):
            return
        yield end


_U_ENDS = _escape_ends("u", 4)
_X_ENDS = _escape_ends("x", 2)


def _reference_ends(text: str, at: int, char: str) -> Iterator[int]:
    at += 1
    for _ in range(_MAX_REPEATS + 1):
        match = _REFERENCE.match(text, at)
        if match is not None and _referred_char(match) == char:
            yield match.end()
        if not text.startswith("amp;", at):
            return
        at += len("amp;")


_REFERENCE = re.compile(r"(?:#0{0,8}([0-9]{1,7})|#[xX]0{0,8}([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
_REFERRED = {name: char for char, name in _NAMED_REFERENCES.items()}


def _referred_char(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _REFERRED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if code <= sys.maxunicode else ""


@lru_cache(256)
def utf16_units(char: str) -> tuple[int, ...]:
    """Return the UTF-16 code units of *char*: JSON escapes a character by these (RFC 8259 section 7)."""
    data = char.encode("utf-16-be", "surrogatepass")
    return struct.unpack(f">{len(data) // 2}H", data)


# -- base64


def _base64_spellings(data: bytes) -> dict[str, Span]:
    """Return the base64 spellings of *data* inside longer data.

    A base64 character holds six bits, so at each alignment the first and last character may depend on the
    neighbouring bytes too. A spelling has only the characters that *data* determines; the numbers say how
    many shared ones come before and after it.
    """
    spellings = {}
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).decode("ascii")
        first = (offset * 8 + 5) // 6
        last = (offset + len(data)) * 8 // 6
        shared = (1 if offset else 0, 1 if (offset + len(data)) % 3 else 0)
        for core in (text[first:last], text[first:last].translate(_URL_SAFE)):
            spellings[core] = shared
    return spellings


def _packed_spans(text: str, packed: str, before: int, after: int) -> Iterator[Span]:
    done = 0
    at = text.find(packed)
    while at >= 0:
        end = at + len(packed)
        start = at - before if before and at > done and text[at - 1] in _BASE64 else at
        if after and text[end : end + 1] and text[end] in _BASE64:
            end += 1
        yield start, end
        done = end
        at = text.find(packed, end)
