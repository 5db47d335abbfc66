"""Replaces secrets and personal data by made-up values of the same form, so that checks judge them alike.

A letter becomes a letter, a digit a digit, and everything else stays; so lengths and patterns stay too. A
mobile number stays one of the same operator, and check digits are right. Equal values have equal substitutes
within a recording. They are made with a key that is never written, so nobody can find a value by trying.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import unquote_to_bytes

from framework.base.jsonpath import Json
from framework.http.masking import Masker
from framework.http.personal import IDENTITY, Substitute, hide_personal, identity_check_digit
from framework.http.spellings import Secret
from framework.tape.respelled import respelled
from framework.tape.secret_fields import is_secret_name, without_scheme

CARD, MAIL = "***card***", "***mail***"
_CARD = re.compile(
    r"(?<![\dA-Za-z.-])62\d{2}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?(?![\dA-Za-z.-])", re.ASCII
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?=@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", re.ASCII)
_MARK = re.compile(r"[A-Za-z]{2,8}[_-](?=.{12})", re.ASCII | re.DOTALL)
_TOKEN_PARTS = re.compile(r"(eyJ[\w-]+)\.(eyJ[\w-]+)\.([\w-]*)", re.ASCII)
_ESCAPES = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
_BYTE = "\ufffd"
_TIMES = ("exp", "iat", "nbf")
_LEAST_NUMBER, _LEAST_HEX = 4, 16
_LOWER, _UPPER, _HEX = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdefABCDEF"


class Substitutes:
    """The substitutes of one recording. All processes of it have the same key, so they make the same ones."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._made: set[str] = set()

    def has_made(self, value: str) -> bool:
        """Return whether *value* is a substitute."""
        return value in self._made

    def secret(self, value: str) -> str:
        """Return the substitute of a secret; a substitute stays as it is."""
        if value in self._made:
            return value
        credential = without_scheme(value)
        if credential in self._made:
            return value
        return value.removesuffix(credential) + self._noted(self._credential(credential))

    def field(self, name: str, value: str) -> str:
        """Return the substitute of the value of a field with the name of a secret."""
        if name.lower() == "set-cookie":
            pair, semicolon, attributes = value.partition(";")
            return self._cookies(pair) + semicolon + attributes
        if name.lower() == "cookie":
            return self._cookies(value)
        # A number of few digits counts something.
        return value if value.isdigit() and len(value) < _LEAST_NUMBER else self.secret(value)

    def personal(self, mask: str, found: str) -> str:
        """Return the substitute of personal data of the kind that *mask* names."""
        if found in self._made:
            return found
        if mask == IDENTITY:
            return self._noted(self._identity(found))
        if mask == CARD:
            return self._noted(self._card(found))
        kept = 0 if mask == MAIL else 3  # the first digits of a mobile number name its operator
        return self._noted(found[:kept] + self._letters(found[kept:]))

    def _noted(self, made: str) -> str:
        self._made.add(made)
        return made

    def _cookies(self, pairs: str) -> str:
        return ";".join(map(self._cookie, pairs.split(";")))

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if is_secret_name(name.strip()) or looks_secret(value):
            return name + equals + self.secret(value)
        return pair

    def _credential(self, value: str) -> str:
        token = _TOKEN_PARTS.fullmatch(value)
        if token is not None and (claims := self._claims(token[2])):
            return f"{token[1]}.{claims}.{self._letters(token[3])}"
        mark = _MARK.match(value)
        kept = mark.end() if mark else 0
        return value[:kept] + self._letters(value[kept:])

    def _claims(self, part: str) -> str:
        """Return the claims of a JSON web token with other values, empty if they cannot be read."""
        try:
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (binascii.Error, ValueError):
            return ""
        text = json.dumps(self._values(claims), ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _values(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {name: one if name in _TIMES else self._values(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._values(one) for one in value]
        if isinstance(value, str):
            return self._letters(value)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return int(self._letters(str(value))) if is_number else value

    def _identity(self, found: str) -> str:
        region, drawn = found[:6], self._draws(found)
        year = (
            f"{found[6:8]}{next(drawn) % 10}{next(drawn) % 10}"
            if found[6:8] == "19"
            else f"200{next(drawn) % 10}"
        )
        birth = f"{year}{1 + next(drawn) % 12:02}{1 + next(drawn) % 28:02}"
        digits = f"{region}{birth}{(next(drawn) << 8 | next(drawn)) % 1000:03}"
        check = identity_check_digit(digits)
        return digits + (check.lower() if found[-1] == "x" else check)

    def _card(self, found: str) -> str:
        changed = found[:6] + self._letters(found[6:])
        was_right = _luhn_sum(found) % 10 == 0
        for digit in "0123456789":
            if (_luhn_sum(changed[:-1] + digit) % 10 == 0) == was_right:
                return changed[:-1] + digit
        return changed

    def _letters(self, value: str) -> str:
        """Return *value* with other letters and digits; an escape such as ``%3D`` is one character."""
        spelled = list(_spelled_chars(value)) if "%" in value else []
        if not any(len(one) > 1 for _, one in spelled):
            return self._plain_letters(value)
        made = self._plain_letters("".join(char for char, _ in spelled))
        drawn = self._draws(f"{value} bytes")
        pairs = zip(spelled, made, strict=True)
        return "".join(_respelled(char, one, new, next(drawn)) for (char, one), new in pairs)

    def _plain_letters(self, value: str) -> str:
        drawn = self._draws(value)
        alphabet = [char for char in value if char.isascii() and char.isalnum()]
        is_hex = len(alphabet) >= _LEAST_HEX and all(char in _HEX for char in alphabet)
        made = "".join(self._char(char, next(drawn), is_hex) for char in value)
        # A number of another length is another form, so its first digit is no zero.
        return value[0] + made[1:] if made[:1] == "0" != value[:1] else made

    @staticmethod
    def _char(char: str, drawn: int, is_hex: bool) -> str:
        if "0" <= char <= "9":
            return str(drawn % 10)
        if "a" <= char <= "z":
            return _LOWER[drawn % (6 if is_hex else 26)]
        if "A" <= char <= "Z":
            return _UPPER[drawn % (6 if is_hex else 26)]
        # Ideographs of the same block; all of these are assigned.
        return chr(0x4E00 + drawn * 79 % 20000) if 0x4E00 <= ord(char) <= 0x9FFF else char

    def _draws(self, value: str) -> Iterator[int]:
        data = value.encode("utf-8", "surrogatepass")
        for block in count():
            yield from hmac.new(self._key, block.to_bytes(4, "big") + data, hashlib.sha256).digest()


def _spelled_chars(value: str) -> Iterator[tuple[str, str]]:
    """Yield each character of a text with percent escapes, and its spelling; _BYTE for one of no text."""
    for piece in _ESCAPES.split(value):
        is_escaped = _ESCAPES.fullmatch(piece) is not None
        try:
            text = unquote_to_bytes(piece).decode() if is_escaped else piece
        except UnicodeDecodeError:
            yield from ((_BYTE, piece[at : at + 3]) for at in range(0, len(piece), 3))
            continue
        at = 0
        for char in text:
            length = len(char.encode()) * 3 if is_escaped else 1
            yield char, piece[at : at + length]
            at += length


def _respelled(old: str, spelled: str, new: str, drawn: int) -> str:
    """Return *new* in the spelling of *old*; *drawn* instead of a byte that is in no text."""
    if old == new != _BYTE:
        return spelled
    if old == spelled:
        return new
    data = bytes([drawn | 0x80]) if old == _BYTE else new.encode()
    written = "".join(f"%{byte:02X}" for byte in data)
    return written.lower() if spelled.lower() == spelled else written


def _luhn_sum(number: str) -> int:
    digits = [int(char) for char in reversed(number) if char.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return sum(digits[::2]) + sum(doubled)


def looks_secret(value: str) -> bool:
    """Return whether a value is so long and mixed that it is replaced wherever it occurs."""
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= 16 or (len(value) >= 8 and mixed)


def replace_personal(text: str, substitute: Substitute) -> str:
    """Return *text* with mobile, identity and card numbers and the names of mail addresses replaced."""
    text = hide_personal(text, substitute)
    if "62" in text:
        text = _CARD.sub(lambda found: substitute(CARD, found[0]), text)
    if "@" in text:
        text = _MAIL.sub(lambda found: substitute(MAIL, found[0]), text)
    return text


class SameFormMasker(Masker):
    """Replaces every spelling of the secrets it knows, and personal data, by values of the same form."""

    def __init__(self, substitutes: Substitutes) -> None:
        super().__init__({}, personal=True)
        self._substitutes = substitutes

    def _without(self, secret: Secret, text: str) -> str:
        return respelled(text, secret, self._mask_of(secret))

    def _mask_json(self, value: Json) -> Json:
        masked = super()._mask_json(value)
        # A number stays one.
        return json.loads(masked) if isinstance(masked, str) and not isinstance(value, str) else masked

    def _mask_of(self, secret: Secret) -> str:
        return self._substitutes.secret(secret.value)

    def _hide_personal(self, text: str) -> str:
        return replace_personal(text, self._substitutes.personal)
