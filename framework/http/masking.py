"""Masks secrets in everything that leaves the run: logs, reports, tapes, messages.

A secret is found in every spelling that JSON, a URL, a header or a repr can give it:

* each character as itself, as ``\\uXXXX``, ``\\xXX`` or a short escape, or as ``%XX`` of its UTF-8. These may
  be mixed, may be escaped several times, and hexadecimal digits may have either case;
* base64, standard and URL-safe, at each of the three alignments, since ``Basic`` credentials contain a secret
  in the middle;
* hexadecimal.

Almost no text contains a secret. So cheap substring tests come first, and the patterns run only if one of
these finds something.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from framework.base.errors import ConfigError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.http.personal import hide_personal

MIN_LENGTH = 6
"""A shorter value would match by chance all over a reply, and the masks would then reveal it."""

_MAX_PASSES = 4
_ELLIPSIS = "…"
_MIN_PIECE = 4
"""Fewer characters of a secret are harmless, and masking them would hit unrelated text."""

_MAX_FINDS = 200
"""From this many introducers on, one search with a pattern is faster than a find for each of them."""

_BASE64 = "[A-Za-z0-9+/_-]"
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


def mask_of(name: str) -> str:
    """Return the mask of the secret *name*, such as ``***token***``."""
    return f"***{name}***"


@dataclass(frozen=True)
class _Secret:
    """The spellings of one secret.

    Attributes:
        plain: spellings without escapes, for a cheap substring test.
        gates: pairs of a character that introduces an escape and a pattern for one escaped character of this
            secret; the second cheap test.
        escaped: the pattern of all spellings character by character.
        packed: the pattern of all base64 and hexadecimal spellings.
        pieces: patterns for the parts that are left if a text was shortened inside the secret.
    """

    name: str
    plain: tuple[str, ...]
    gates: tuple[tuple[str, re.Pattern[str]], ...]
    escaped: re.Pattern[str]
    packed: re.Pattern[str]
    pieces: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]

    def may_be_in(self, text: str) -> bool:
        """Return False if *text* certainly does not contain the secret."""
        if any(spelling in text for spelling in self.plain):
            return True
        return any(_has_escape(text, introducer, gate) for introducer, gate in self.gates)


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


class Masker:
    """Replaces every spelling of every secret by ``***name***``.

    Args:
        secrets: the values by name.
        personal: mask mobile and identity numbers too.

    Raises:
        ConfigError: a value cannot be masked: it is empty, shorter than MIN_LENGTH or part of a mask.
    """

    def __init__(self, secrets: Mapping[str, str], *, personal: bool = False) -> None:
        checked = [_secret_problem(name, value, secrets) for name, value in secrets.items()]
        problems = [problem for problem in checked if problem is not None]
        if problems:
            raise ConfigError(*problems)
        # Longest first: one secret may contain another.
        by_length = sorted(secrets.items(), key=lambda item: -len(item[1]))
        self._secrets = tuple(_compile_secret(name, value) for name, value in by_length)
        self.names = tuple(secrets)
        self._personal = personal
        self._all_ascii = all(value.isascii() for value in secrets.values())

    def text(self, text: str) -> str:
        """Return *text* with every secret masked."""
        # A mask and the text around it may together spell another secret, so each replacement needs another
        # pass.
        for _ in range(_MAX_PASSES):
            candidates = self._candidates(text)
            if not candidates:
                break
            before = text
            for secret in candidates:
                mask = _constant_replacement(mask_of(secret.name))
                text = secret.escaped.sub(mask, text)
                text = secret.packed.sub(mask, text)
            if text == before:
                break
        if _ELLIPSIS in text:
            text = self._without_pieces(text)
        return hide_personal(text) if self._personal else text

    def _without_pieces(self, text: str) -> str:
        """Mask the pieces of secrets beside an ellipsis, which are left if a value was shortened."""
        for secret in self._secrets:
            mask = mask_of(secret.name)
            for head, tail in secret.pieces:
                text = head.sub(_constant_replacement(mask), text)
                text = tail.sub(_constant_replacement(_ELLIPSIS + mask), text)
        return text

    def data(self, data: bytes) -> bytes:
        """Return *data* with every secret masked; bytes that are not UTF-8 stay as they are."""
        # Every spelling of an ASCII secret is ASCII, and decoding as Latin-1 is ten times as fast as UTF-8.
        if self._all_ascii:
            latin = data.decode("latin-1")
            has_personal = self._personal and hide_personal(latin) is not latin
            if not has_personal and not self._candidates(latin):
                return data
        text = data.decode("utf-8", "surrogateescape")
        masked = self.text(text)
        return data if masked == text else masked.encode("utf-8", "surrogateescape")

    def json(self, value: Json) -> Json:
        """Return a copy of a JSON value with every secret masked, also in member names and numbers."""
        try:
            return self._mask_json(value)
        except RecursionError:
            return tr("(嵌套过深,没有记下)")

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of the secrets that *text* contains in any spelling."""
        return tuple(
            secret.name
            for secret in self._candidates(text)
            if secret.escaped.search(text) or secret.packed.search(text)
        )

    def _candidates(self, text: str) -> list[_Secret]:
        return [secret for secret in self._secrets if secret.may_be_in(text)]

    def _mask_json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self._mask_json(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._mask_json(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        number = str(value)  # a secret may consist of digits
        masked = self.text(number)
        return value if masked == number else masked


def _secret_problem(name: str, value: str, secrets: Mapping[str, str]) -> Problem | None:
    """Return why the secret cannot be masked, None if it can."""
    if len(value) < MIN_LENGTH:
        return Problem(
            "secret-short",
            tr("密钥 {name} 是空的,或短于 {least} 个字符", name=name, least=MIN_LENGTH),
            tr("检查它的环境变量或 .env;太短的值无法可靠地遮盖"),
        )
    masks = [mask_of(other) for other in secrets]
    # Two masks may be adjacent, and the value may be spread over both.
    if any(value in first + second for first in masks for second in masks):
        return Problem(
            "secret-mask", tr("密钥 {name} 的值就是遮盖文字的一部分", name=name), tr("换一个真实的密钥")
        )
    return None


def _constant_replacement(text: str) -> Callable[[re.Match[str]], str]:
    """Return a replacement in which a backslash has no meaning."""
    return lambda _: text


# -- spellings


def _compile_secret(name: str, value: str) -> _Secret:
    data = value.encode("utf-8", "surrogatepass")
    hexadecimal = data.hex()
    packed = {text: text for text in (hexadecimal, hexadecimal.upper())} | _base64_spellings(data)
    longest_first = sorted(packed.values(), key=len, reverse=True)
    plain = dict.fromkeys((value, value.replace(" ", "+"), *packed))
    in_json = json.dumps(value, ensure_ascii=False)[1:-1]
    return _Secret(
        name,
        plain=tuple(plain),
        gates=_escape_gates(value, data),
        escaped=re.compile("".join(map(_char_pattern, value))),
        packed=re.compile("|".join(longest_first)),
        pieces=tuple(map(_piece_patterns, dict.fromkeys((value, in_json)))),
    )


def _piece_patterns(value: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the pattern of a head of *value* before an ellipsis, and of a tail after one.

    A quote may come between the piece and the ellipsis.
    """
    heads = "|".join(re.escape(value[:length]) for length in range(len(value) - 1, _MIN_PIECE - 1, -1))
    tails = "|".join(re.escape(value[-length:]) for length in range(len(value) - 1, _MIN_PIECE - 1, -1))
    return re.compile(f'(?:{heads})(?="?{_ELLIPSIS})'), re.compile(f'{_ELLIPSIS}"?(?:{tails})')


def _escape_gates(value: str, data: bytes) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the gates of the secret: one for percent-encoding, one for backslash escapes."""
    latin_codes = [ord(char) for char in value if ord(char) < 0x100]
    octets = _any_of(f"{octet:02x}" for octet in (*data, *latin_codes))
    units = _any_of(f"{unit:04x}" for char in value for unit in _utf16(char))
    escapable = [_SHORT_ESCAPES[char] for char in dict.fromkeys(value) if char in _SHORT_ESCAPES]
    short = f"|[{''.join(map(re.escape, escapable))}]" if escapable else ""
    return (
        ("%", re.compile(rf"%(?:25){{0,4}}(?i:{octets})")),
        ("\\", re.compile(rf"\\(?:u(?i:{units})|x(?i:{octets})|U{short})")),
    )


def _any_of(texts: Iterable[str]) -> str:
    return "|".join(sorted(set(texts)))


def _char_pattern(char: str) -> str:
    """Return a pattern for one character in every spelling.

    All repetitions are bounded, since a hostile reply could make an unbounded one very slow.
    """
    octets = char.encode("utf-8", "surrogatepass")
    spellings = [
        re.escape(char),
        "".join(rf"%(?:25){{0,4}}(?i:{octet:02x})" for octet in octets),
        "".join(rf"\\{{1,16}}u(?i:{unit:04x})" for unit in _utf16(char)),
        rf"\\{{1,16}}U(?i:{ord(char):08x})",
        "".join(rf"\\{{1,16}}x(?i:{octet:02x})" for octet in octets),
    ]
    if 0x7F < ord(char) < 0x100:
        spellings.append(rf"\\{{1,16}}x(?i:{ord(char):02x})")
    if char in _SHORT_ESCAPES:
        spellings.append(rf"\\{{1,16}}{re.escape(_SHORT_ESCAPES[char])}")
    if char == " ":
        spellings.append(r"\+")
    return f"(?:{'|'.join(spellings)})"


def _utf16(char: str) -> tuple[int, ...]:
    """Return the UTF-16 code units of *char*: JSON escapes a character by these (RFC 8259 section 7)."""
    data = char.encode("utf-16-be", "surrogatepass")
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))


def _base64_spellings(data: bytes) -> dict[str, str]:
    """Return the base64 spellings of *data* inside longer data, with a pattern for each.

    A base64 character holds six bits, so at each alignment the first and last character may depend on the
    neighbouring bytes too. The key has only the characters that *data* determines; the pattern also matches
    the shared ones beside them.
    """
    spellings = {}
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).decode("ascii")
        first = (offset * 8 + 5) // 6
        last = (offset + len(data)) * 8 // 6
        before = f"{_BASE64}?" if offset else ""
        after = f"{_BASE64}?" if (offset + len(data)) % 3 else ""
        for core in (text[first:last], text[first:last].translate(_URL_SAFE)):
            spellings[core] = before + re.escape(core) + after
    return spellings
