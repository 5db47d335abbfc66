"""A request as one curl line for a POSIX shell, which anyone may paste into a report: it holds no secret and
no host of ours.

``$BASE_URL`` stands for the origin, ``${POLICY_TOKEN}`` for a secret; both are in double quotes between
single-quoted pieces, so nothing else in the line is ever read by the shell. Redirects are not followed: curl
would carry ``-H`` fields to any host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from framework.cases.request import Missing, Request
from framework.http.masking import Masker, mask_of
from framework.http.message import Message, compose

_UNNAMEABLE = re.compile(r"\W", re.ASCII)


def curl_line(
    request: Request, masker: Masker, base_url: str, variables: Mapping[str, str] | None = None
) -> str:
    """Return the line.

    Args:
        variables: name of a secret to the name of its environment variable; its own name in capitals where it
        is not there.

    Raises:
        ConfigError: the request could not be sent either.
    """
    message = compose(request, {})
    quote = _Quoter(masker, variables or {})
    parts = ["curl", "-sS", *_method(message), quote.url(message.url, base_url)]
    parts += [f"-H {quote.word(field)}" for field in _fields(message)]
    if message.body is not None:
        parts.append(f"--data-raw {quote.word(_body_text(request, message))}")
    parts += ["--compressed"]
    parts += [] if request.verify else ["--insecure"]
    parts += [] if request.timeout is None else [f"--max-time {request.timeout:g}"]
    return " ".join(parts)


def _method(message: Message) -> list[str]:
    if message.method == "HEAD":
        return ["--head"]
    implied = "GET" if message.body is None else "POST"
    return [] if message.method == implied else ["-X", message.method]


def _fields(message: Message) -> list[str]:
    fields = [_field(name, value) for name, value in message.headers.items()]
    if message.body is not None and not any(name.lower() == "content-type" for name in message.headers):
        fields.append("Content-Type:")  # curl would say it is a form
    return fields


def _field(name: str, value: str | None) -> str:
    """Return the field in curl's notation: a name with a colon takes it away, one with a semicolon sends it
    empty.
    """
    if value is None:
        return f"{name}:"
    return f"{name}: {value}" if value else f"{name};"


def _body_text(request: Request, message: Message) -> str:
    text = (message.body or b"").decode("utf-8")
    if request.data is None and not isinstance(request.json, Missing):
        # In JSON every character has an escape, so what a terminal would act on can be written out.
        return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
    return text


class _Quoter:
    """Writes words for the shell, secrets as variables."""

    def __init__(self, masker: Masker, variables: Mapping[str, str]) -> None:
        self._masker = masker
        self._variables = {
            mask_of(name): variables.get(name) or _UNNAMEABLE.sub("_", name).upper() for name in masker.names
        }
        self._masks = re.compile("|".join(map(re.escape, self._variables)) or "(?!)")

    def word(self, text: str) -> str:
        """Return *text* as one word of the shell."""
        masked = self._masker.text(text)
        word, position = "", 0
        for mask in self._masks.finditer(masked):
            word += _literal(masked[position : mask.start()]) + f'"${{{self._variables[mask.group()]}}}"'
            position = mask.end()
        return word + _literal(masked[position:]) or "''"

    def url(self, url: str, base_url: str) -> str:
        """Return the URL, ``$BASE_URL`` in the place of the environment's."""
        base = base_url.rstrip("/")
        inside = bool(base) and (url == base or url.startswith((base + "/", base + "?")))
        rest = url[len(base) :] if inside else url
        word = self.word(rest) if rest or not inside else ""
        globs = "--globoff " if any(char in rest for char in "[]{}") else ""
        return f'{globs}"$BASE_URL"{word}' if inside else f"{globs}{word}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'" if text else ""
