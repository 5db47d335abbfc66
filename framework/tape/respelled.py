"""Replaces a secret by a substitute of the same form, in the spelling that it has in the text.

So a text in JSON stays JSON, a URL stays a URL and base64 stays base64: a recorded answer is read like the
service's own reply. A substitute has the same characters as the secret but for letters, digits and
ideographs, so it is as long in UTF-8, and only those characters are written anew.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from framework.http.spellings import Secret, utf16_units

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL_SAFE = str.maketrans("-_", "+/")
_BACK_TO_URL_SAFE = str.maketrans("+/", "-_")
_ESCAPE = re.compile(r"(\\+[uUx]|%(?:25)*)([0-9A-Fa-f]+)")
_REFERENCE = re.compile(r"(&(?:amp;)*#[xX]?0*)([0-9A-Fa-f]+);")
_HIGH = {1: 0b110000, 2: 0b111100}
"""The bits of the byte before in the first shared character of base64, by the alignment."""
_LOW = {1: 0b001111, 2: 0b000011}
"""The bits of the byte after in the last shared character, by the bytes since the last whole group."""


def respelled(text: str, secret: Secret, made: str) -> str:
    """Return *text* with *made* in the place of *secret*, each time in the same spelling."""
    if len(made) != len(secret.value):
        return secret.masked(text, made)  # a JSON web token; it has no character that is ever escaped
    parts, done = list[str](), 0
    for chars in secret.spelled_chars(text):
        parts.append(text[done : chars[0][0]])
        parts += [_char(text[start:end], *pair) for (start, end), pair in _pairs(chars, secret.value, made)]
        done = chars[-1][1]
    return _repacked("".join([*parts, text[done:]]), secret, made)


def _pairs(
    chars: list[tuple[int, int]], value: str, made: str
) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    return zip(chars, zip(value, made, strict=True), strict=True)


def _char(spelled: str, old: str, new: str) -> str:
    """Return how *new* is written in the way in which *spelled* writes *old*."""
    if old == new:
        return spelled
    if spelled == old:
        return new
    reference = _REFERENCE.fullmatch(spelled)
    if reference is not None:
        is_hexadecimal = reference[1].rstrip("0")[-1] in "xX"
        return f"{reference[1]}{ord(new):x};" if is_hexadecimal else f"{reference[1]}{ord(new)};"
    units = list(_ESCAPE.finditer(spelled))
    codes = (
        utf16_units(new) if "u" in units[0][1] else [ord(new)] if "U" in units[0][1] else list(new.encode())
    )
    written = (f"{unit[1]}{code:0{len(unit[2])}x}" for unit, code in zip(units, codes, strict=True))
    return "".join(
        one.upper() if unit[2].isupper() and unit[1][0] == "%" else one
        for one, unit in zip(written, units, strict=True)
    )


# -- hexadecimal and base64


def _repacked(text: str, secret: Secret, made: str) -> str:
    old, new = secret.value.encode("utf-8", "surrogatepass"), made.encode("utf-8", "surrogatepass")
    text = text.replace(old.hex(), new.hex()).replace(old.hex().upper(), new.hex().upper())
    for offset in range(3):
        first, last = (offset * 8 + 5) // 6, (offset + len(old)) * 8 // 6
        cores = [base64.b64encode(b"\0" * offset + data).decode() for data in (old, new)]
        text = _in_base64(text, cores[0][first:last], cores[1], offset, len(old))
        old_safe = cores[0][first:last].translate(_BACK_TO_URL_SAFE)
        if old_safe != cores[0][first:last]:
            text = _in_base64(text, old_safe, cores[1].translate(_BACK_TO_URL_SAFE), offset, len(old))
    return text


def _in_base64(text: str, core: str, encoded: str, offset: int, length: int) -> str:
    first, last = (offset * 8 + 5) // 6, (offset + length) * 8 // 6
    rest = (offset + length) % 3
    parts, done, at = list[str](), 0, text.find(core)
    while at >= 0:
        end = at + len(core)
        before, after = text[done:at], text[end : end + 1]
        if offset and before:
            before = before[:-1] + _shared(before[-1], encoded[first - 1], _HIGH[offset])
        parts += [before, encoded[first:last]]
        done = end
        if rest and after:
            parts.append(_shared(after, encoded[last], _LOW[rest]))
            done = end + 1
        at = text.find(core, done)
    return "".join([*parts, text[done:]])


def _shared(found: str, made: str, foreign: int) -> str:
    """Return the character with the *foreign* bits of *found* and all other bits of *made*."""
    bits = [_ALPHABET.find(char.translate(_URL_SAFE)) for char in (found, made)]
    if min(bits) < 0:
        return found
    char = _ALPHABET[bits[0] & foreign | bits[1] & ~foreign]
    return char.translate(_BACK_TO_URL_SAFE) if found in "-_" or made in "-_" else char
