"""Formats a request as one curl line for a POSIX shell, without secrets and without our host.

The line can be shared in a report: ``$BASE_URL`` replaces the origin, and variables such as
``${POLICY_TOKEN}`` replace secrets. Only these are in double quotes; everything else is in single quotes, so
the shell interprets nothing else. Redirects are not followed, since curl would send ``-H`` fields to any
host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from framework.cases.request import Missing, Request
from framework.http.masking import Masker, mask_of
from framework.http.message import Message, compose

_NOT_IN_VARIABLE_NAMES = re.compile(r"\W", re.ASCII)


def curl_line(
    request: Request, masker: Masker, base_url: str, variables: Mapping[str, str] | None = None
) -> str:
    """Return the curl line for *request*.

    Args:
        variables: the environment variable of each secret, by the secret's name. A secret that is not listed
            gets its own name in capitals.

    Raises:
        ConfigError: the request cannot be sent as written.
    """
    message = compose(request, {})
    quote = _ShellQuoter(masker, variables or {})
    parts = ["curl", "-sS", *_method_options(message), quote.url(message.url, base_url)]
    parts += [f"-H {quote.word(field)}" for field in _header_fields(message)]
    if message.body is not None:
        parts.append(f"--data-raw {quote.word(_body_text(request, message))}")
    parts.append("--compressed")
    if not request.verify:
        parts.append("--insecure")
    if request.timeout is not None:
        parts.append(f"--max-time {request.timeout:g}")
    return " ".join(parts)


def _method_options(message: Message) -> list[str]:
    if message.method == "HEAD":
        return ["--head"]
    implied = "GET" if message.body is None else "POST"
    return [] if message.method == implied else ["-X", message.method]


def _header_fields(message: Message) -> list[str]:
    fields = [_header_field(name, value) for name, value in message.headers.items()]
    has_content_type = any(name.lower() == "content-type" for name in message.headers)
    if message.body is not None and not has_content_type:
        fields.append("Content-Type:")  # otherwise curl adds the content type of a form
    return fields


def _header_field(name: str, value: str | None) -> str:
    """Return the field in curl's notation: ``name:`` removes it, ``name;`` sends it with an empty value."""
    if value is None:
        return f"{name}:"
    return f"{name}: {value}" if value else f"{name};"


def _body_text(request: Request, message: Message) -> str:
    text = (message.body or b"").decode("utf-8")
    if request.data is None and not isinstance(request.json, Missing):
        # JSON can escape every character, so characters that could control a terminal are escaped.
        return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
    return text


class _ShellQuoter:
    """Quotes text for the shell, with secrets replaced by variables."""

    def __init__(self, masker: Masker, variables: Mapping[str, str]) -> None:
        self._masker = masker
        self._variable_of_mask = {
            mask_of(name): variables.get(name) or _NOT_IN_VARIABLE_NAMES.sub("_", name).upper()
            for name in masker.names
        }
        any_mask = "|".join(map(re.escape, self._variable_of_mask))
        self._masks = re.compile(any_mask or "(?!)")  # without secrets: a pattern that never matches

    def word(self, text: str) -> str:
        """Return *text* as one shell word."""
        masked = self._masker.text(text)
        word, position = "", 0
        for mask in self._masks.finditer(masked):
            variable = self._variable_of_mask[mask.group()]
            word += _single_quoted(masked[position : mask.start()]) + f'"${{{variable}}}"'
            position = mask.end()
        word += _single_quoted(masked[position:])
        return word or "''"

    def url(self, url: str, base_url: str) -> str:
        """Return the URL as shell words, with ``$BASE_URL`` in place of *base_url*."""
        base = base_url.rstrip("/")
        inside = bool(base) and (url == base or url.startswith((base + "/", base + "?")))
        rest = url[len(base) :] if inside else url
        word = self.word(rest) if rest or not inside else ""
        # curl expands brackets in a URL unless it is told not to.
        globs = "--globoff " if any(char in rest for char in "[]{}") else ""
        return f'{globs}"$BASE_URL"{word}' if inside else f"{globs}{word}"


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'" if text else ""
