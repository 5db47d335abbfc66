"""A substitute is written in the spelling that the secret had: a recording is read as the reply was."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framework.http.spellings import Secret
from framework.tape.same_form import SameFormMasker, Substitutes

VALUE = 'pw"Q\\zé+&<Kx>/=%41 LmNo9条例'
# One that is nothing but zeros is found in the escapes of its neighbours too.
SECRETS = st.builds(
    "Kq7{}Vw".format, st.text(st.sampled_from('aZ09"\\/&<%é中+ =_-'), min_size=3, max_size=20)
)
AROUND = st.text(st.sampled_from("xY7- ,:."), max_size=5)


def numbers(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def hexadecimal(text: str) -> str:
    return "".join(f"&#x{ord(char):x};" for char in text)


def every_octet(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


def every_unit(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


SPELLINGS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "itself": (str, str),
    "json": (json.dumps, json.loads),
    "json-in-unicode": (lambda text: json.dumps(text, ensure_ascii=False), json.loads),
    "json-twice": (lambda text: json.dumps(json.dumps(text)), lambda text: json.loads(json.loads(text))),
    "json-units": (lambda text: f'"{every_unit(text)}"', json.loads),
    "url": (lambda text: quote(text, safe=""), unquote),
    "url-twice": (lambda text: quote(quote(text, safe=""), safe=""), lambda text: unquote(unquote(text))),
    "octets": (every_octet, unquote),
    "html": (html.escape, html.unescape),
    "html-numbers": (numbers, html.unescape),
    "html-hexadecimal": (hexadecimal, html.unescape),
    "hexadecimal": (lambda text: text.encode().hex(), lambda text: bytes.fromhex(text).decode()),
    "base64": (
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64decode(text).decode(),
    ),
    "base64-url": (
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64decode(text).decode(),
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(value=st.one_of(st.just(VALUE), SECRETS), before=AROUND, after=AROUND)
def test_every_spelling_is_kept(spelling: str, value: str, before: str, after: str) -> None:
    write, read = SPELLINGS[spelling]
    substitutes = Substitutes(b"key")
    masker = SameFormMasker(substitutes)
    masker.add("password", value)
    found = read(masker.text(write(before + value + after)))
    assert found == before + substitutes.secret(value) + after


def test_a_substitute_of_another_length_is_still_put_in_the_place_of_the_secret() -> None:
    claims = base64.urlsafe_b64encode(b'{ "sub": "alice-12345", "exp": 1 }').decode().rstrip("=")
    value = f"eyJhbGciOiJIUzI1NiJ9.{claims}.abcdefghijkl"
    masker = SameFormMasker(Substitutes(b"key"))
    masker.add("token", value)
    found = json.loads(masker.text(json.dumps({"token": value})))["token"]
    assert found != value
    assert found.count(".") == 2


def test_a_number_stays_a_number() -> None:
    masker = SameFormMasker(Substitutes(b"key"))
    masker.add("pin", "918273645")
    found = masker.json({"pin": 918273645, "text": "918273645"})
    assert isinstance(found["pin"], int)
    assert found["pin"] != 918273645
    assert str(found["pin"]) == found["text"]


def test_the_characters_of_a_secret_are_found_one_by_one() -> None:
    (spans,) = Secret("x", 'a"中bcdef').spelled_chars('..a\\"\\u4e2dbcdef..')
    assert spans == [(2, 3), (3, 5), (5, 11), (11, 12), (12, 13), (13, 14), (14, 15), (15, 16)]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("abc%3Ddef", "[a-z]{3}%3D[a-z]{3}"),
        ("abc%3ddef%2f9", r"[a-z]{3}%3d[a-z]{3}%2f\d"),
        ("MTIz%3D%3D", "[A-Z]{3}[a-z]%3D%3D"),
        ("a%E4%BD%A0b%41c", "[a-z]%E[4-9](?:%[89AB][0-9A-F]){2}[a-z]%[45][0-9A-F][a-z]"),
        ("%8f%a3%C4xyz1", r"%[89a-f][0-9a-f]%[89a-f][0-9a-f]%[89A-F][0-9A-F][a-z]{3}\d"),
        ("1234%", r"\d{4}%"),
        ("%zz345", r"%[a-z]{2}\d{3}"),
    ],
)
def test_a_percent_escape_in_a_cookie_stays_one(value, form):
    made = Substitutes(b"k" * 16).field("Set-Cookie", f"sessionId={value}; Path=/%2F")
    found = re.fullmatch(f"sessionId=({form}); Path=/%2F", made)
    assert found and found[1] != value


def test_a_secret_has_the_same_substitute_escaped_and_not():
    substitutes = Substitutes(b"k" * 16)
    assert unquote(substitutes.secret("ab12%3Dcd%2F34")) == substitutes.secret("ab12=cd/34")
