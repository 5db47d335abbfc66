"""Takes secrets out of whatever leaves the run: logs, reports, tapes, messages.

A secret is found in every spelling it can take on its way through JSON, a URL, a header or a repr:

* each character raw, as ``\\uXXXX``, ``\\xXX`` or a short escape, as ``%XX`` of its UTF-8, in any mixture,
hexadecimal in
  either case, escaped once or several times over;
* base64, standard and URL-safe, at each of the three alignments (``Basic`` credentials hold a secret in the
middle);
* hexadecimal.

Almost every text holds none, so plain substring tests come first and the patterns run only where one of them
hit.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from framework.base.errors import ConfigError, Problem
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.http.personal import hide_personal

MIN_LENGTH = 6
"""A shorter value would be found by chance all over a reply, and its mask would give it away."""

_MAX_PASSES = 4
_CUT = "…"
_PIECE = 4
"""Fewer characters of a secret tell nobody anything."""
_MANY = 200
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
    """Return what stands in the place of the secret *name*: ``***token***``."""
    return f"***{name}***"


@dataclass(frozen=True)
class _Secret:
    """One secret's spellings. ``plain`` and ``gates`` are the cheap tests; the patterns do the replacing.

    A gate is what introduces an escape, and the pattern of one escaped character of this secret.
    """

    name: str
    plain: tuple[str, ...]
    gates: tuple[tuple[str, re.Pattern[str]], ...]
    escaped: re.Pattern[str]
    packed: re.Pattern[str]
    pieces: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]

    def suspected(self, text: str) -> bool:
        return any(needle in text for needle in self.plain) or any(
            _opens(text, introducer, gate) for introducer, gate in self.gates
        )


def _opens(text: str, introducer: str, gate: re.Pattern[str]) -> bool:
    # To find one character is a memchr; where there are few of them, that is ten times as fast as a pattern's
    # own search.
    if text.count(introducer) > _MANY:
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
        secrets: name to value.
        personal: hide mobile and identity numbers too.

    Raises:
        ConfigError: a value is empty or shorter than MIN_LENGTH, or is part of a mask, so that masking could
        not hide it.
    """

    def __init__(self, secrets: Mapping[str, str], *, personal: bool = False) -> None:
        problems = [problem for name, value in secrets.items() if (problem := _unfit(name, value, secrets))]
        if problems:
            raise ConfigError(*problems)
        by_length = sorted(secrets.items(), key=lambda item: -len(item[1]))
        self._secrets = tuple(_compile(name, value) for name, value in by_length)
        self.names = tuple(secrets)
        self._personal = personal
        self._all_ascii = all(value.isascii() for value in secrets.values())

    def text(self, text: str) -> str:
        """Return *text* with every secret masked."""
        # A mask may complete another secret's spelling with what stands around it, so look again after a
        # replacement.
        for _ in range(_MAX_PASSES):
            found = self._suspects(text)
            if not found:
                break
            before = text
            for secret in found:
                mask = mask_of(secret.name)
                text = secret.packed.sub(_constant(mask), secret.escaped.sub(_constant(mask), text))
            if text == before:
                break
        text = self._without_pieces(text) if _CUT in text else text
        return hide_personal(text) if self._personal else text

    def _without_pieces(self, text: str) -> str:
        """Return *text* without the piece of a secret that was left where a value was cut short."""
        for secret in self._secrets:
            for before, after in secret.pieces:
                text = after.sub(
                    _constant(_CUT + mask_of(secret.name)), before.sub(_constant(mask_of(secret.name)), text)
                )
        return text

    def data(self, data: bytes) -> bytes:
        """Return *data* with every secret masked; bytes that are not UTF-8 stay as they are."""
        # Every spelling of an ASCII secret is ASCII, and Latin-1 is read ten times as fast.
        latin = data.decode("latin-1")
        if (
            self._all_ascii
            and not self._suspects(latin)
            and not (self._personal and hide_personal(latin) is not latin)
        ):
            return data
        text = data.decode("utf-8", "surrogateescape")
        masked = self.text(text)
        return data if masked == text else masked.encode("utf-8", "surrogateescape")

    def json(self, value: Json) -> Json:
        """Return a copy of a JSON value with every secret masked, in member names and numbers too."""
        try:
            return self._walk(value)
        except RecursionError:
            return tr("(嵌套过深,没有记下)")

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the names of the secrets that *text* holds in any spelling."""
        return tuple(
            secret.name
            for secret in self._suspects(text)
            if secret.escaped.search(text) or secret.packed.search(text)
        )

    def _suspects(self, text: str) -> list[_Secret]:
        return [secret for secret in self._secrets if secret.suspected(text)]

    def _walk(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self._walk(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._walk(item) for item in value]
        if value is None or isinstance(value, bool):
            return value
        spelled = str(value)
        masked = self.text(spelled)
        return value if masked == spelled else masked


def _unfit(name: str, value: str, secrets: Mapping[str, str]) -> Problem | None:
    if len(value) < MIN_LENGTH:
        return Problem(
            "secret-short",
            tr("密钥 {name} 是空的,或短于 {least} 个字符", name=name, least=MIN_LENGTH),
            tr("检查它的环境变量或 .env;太短的值无法可靠地遮盖"),
        )
    masks = [mask_of(other) for other in secrets]
    if any(value in first + second for first in masks for second in masks):
        return Problem(
            "secret-mask", tr("密钥 {name} 的值就是遮盖文字的一部分", name=name), tr("换一个真实的密钥")
        )
    return None


def _constant(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _: text


# -- spellings


def _compile(name: str, value: str) -> _Secret:
    data = value.encode("utf-8", "surrogatepass")
    packed = {data.hex(): data.hex(), data.hex().upper(): data.hex().upper(), **_base64_spellings(data)}
    pattern = "|".join(sorted(packed.values(), key=len, reverse=True))
    plain = dict.fromkeys((value, value.replace(" ", "+"), *packed))
    return _Secret(
        name,
        tuple(plain),
        _gates(value, data),
        re.compile("".join(map(_spellings, value))),
        re.compile(pattern),
        tuple(map(_pieces, dict.fromkeys((value, json.dumps(value, ensure_ascii=False)[1:-1])))),
    )


def _pieces(value: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a head of *value* before the mark of a cut, and of a tail after it; a quote may
    stand between.
    """
    heads = "|".join(re.escape(value[:length]) for length in range(len(value) - 1, _PIECE - 1, -1))
    tails = "|".join(re.escape(value[-length:]) for length in range(len(value) - 1, _PIECE - 1, -1))
    return re.compile(f'(?:{heads})(?="?{_CUT})'), re.compile(f'{_CUT}"?(?:{tails})')


def _gates(value: str, data: bytes) -> tuple[tuple[str, re.Pattern[str]], ...]:
    octets = _any_of(f"{octet:02x}" for octet in (*data, *(ord(char) for char in value if ord(char) < 0x100)))
    units = _any_of(f"{unit:04x}" for char in value for unit in _utf16(char))
    short = "".join(
        re.escape(_SHORT_ESCAPES[char]) for char in dict.fromkeys(value) if char in _SHORT_ESCAPES
    )
    return (
        ("%", re.compile(rf"%(?:25){{0,4}}(?i:{octets})")),
        ("\\", re.compile(rf"\\(?:u(?i:{units})|x(?i:{octets})|U{f'|[{short}]' if short else ''})")),
    )


def _any_of(texts: Iterable[str]) -> str:
    return "|".join(sorted(set(texts)))


def _spellings(char: str) -> str:
    """Return a pattern for one character in every escaped spelling. The repetitions are bounded: a reply may
    be hostile.
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
    """Return the UTF-16 code units, which is how JSON escapes a character (RFC 8259 section 7)."""
    data = char.encode("utf-16-be", "surrogatepass")
    return struct.unpack(f">{len(data) // 2}H", data)


def _base64_spellings(data: bytes) -> dict[str, str]:
    """Return, for each alignment, the characters that *data* alone decides, and the pattern that takes those
    it shares with its neighbours too.
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
