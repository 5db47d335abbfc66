"""Formats an exchange as one curl line for a POSIX shell, without secrets and without our host.

The line can be shared in a report: ``$BASE_URL`` replaces the origin, and variables such as
``${POLICY_TOKEN}`` replace secrets. Only these are in double quotes; everything else is in single quotes, so
the shell interprets nothing else.

Every request that the exchange sent is written out with the fields that it had, joined with ``--next``.
``-L`` is never used: the service may redirect elsewhere tomorrow, and curl would send the ``-H`` fields, such
as a token, to that host too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from framework.cases.request import Missing, Request
from framework.cases.template import format_value
from framework.http.exchange import Exchange
from framework.http.hosts import origin_of
from framework.http.masking import Masker, mask_of
from framework.http.message import Message, compose, redirected, without_credentials

_NOT_IN_VARIABLE_NAMES = re.compile(r"\W", re.ASCII)

_WITHOUT_LENGTH = ("GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT")


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
    return _Line(request, masker, base_url, variables or {}).of([compose(request, {})])


def exchange_as_curl(
    exchange: Exchange, masker: Masker, base_url: str, variables: Mapping[str, str] | None = None
) -> str:
    """Return the curl line for the request of *exchange* and the redirects that were followed.

    The arguments and errors are those of ``curl_line``.
    """
    line = _Line(exchange.request, masker, base_url, variables or {})
    first = compose(exchange.request, {})
    if not exchange.replayed:
        # The library may have normalized the URL.
        first = replace(first, url=[*exchange.redirects, exchange.reply.url][0])
    return line.of([first, *_redirected_messages(exchange, first, masker)])


def _redirected_messages(exchange: Exchange, first: Message, masker: Masker) -> Iterator[Message]:
    if not exchange.redirects:
        return
    urls = [*exchange.redirects[1:], exchange.reply.url]
    methods = exchange.redirect_methods or [first.method] * len(urls)
    message = first
    for url, method in zip(urls, methods, strict=True):
        following = redirected(message, 307 if method == message.method else 303, url)
        is_elsewhere = origin_of(url) != origin_of(message.url)
        message = without_credentials(following, masker.names_in) if is_elsewhere else following
        yield message


class _Line:
    """Writes the messages of one exchange as one call of curl."""

    def __init__(self, request: Request, masker: Masker, base_url: str, variables: Mapping[str, str]) -> None:
        self._request = request
        self._quote = _ShellQuoter(masker, variables)
        self._base_url = base_url

    def of(self, messages: Sequence[Message]) -> str:
        """Return the line."""
        # Cookies that a reply sets are sent with the next request.
        keeps_cookies = len(messages) > 1
        return "curl " + " --next ".join(self._transfer(message, keeps_cookies) for message in messages)

    def _transfer(self, message: Message, keeps_cookies: bool) -> str:
        quote = self._quote
        parts = ["-sS", *_method_options(message), quote.url(message.url, self._base_url)]
        if keeps_cookies:
            message, cookies = _without_cookies(message)
            parts += ["-b ''", *(f"-b {quote.word(pairs)}" for pairs in cookies)]
        fields = _form_headers(message) if self._request.files else _header_fields(message)
        parts += [f"-H {quote.word(field)}" for field in fields]
        if self._request.files:
            parts += [f"-F {quote.word(field)}" for field in _form_fields(self._request)]
        elif self._request.body is not None and message.body is not None:
            parts.append(f"--data-binary {quote.word('@' + self._request.body.path)}")
        elif _sends_body(message):
            parts.append(f"--data-raw {quote.word(_body_text(self._request, message))}")
        parts.append("--compressed")
        if not self._request.verify:
            parts.append("--insecure")
        if self._request.timeout is not None:
            parts.append(f"--max-time {self._request.timeout:g}")
        return " ".join(parts)


def _without_cookies(message: Message) -> tuple[Message, list[str]]:
    """Return the message without its cookies, and these, for curl's own cookie handling.

    A Cookie field of ``-H`` would not be joined with the cookies that a reply sets.
    """
    cookies = [value for name, value in message.headers.items() if name.lower() == "cookie" and value]
    if not all("=" in value for value in cookies):
        return message, []  # curl would take it for the name of a file
    headers = {name: value for name, value in message.headers.items() if name.lower() != "cookie"}
    return replace(message, headers=headers), cookies


def _sends_body(message: Message) -> bool:
    # The transport sends Content-Length: 0 for other methods, and curl does so only with a body.
    return message.body is not None or message.method not in _WITHOUT_LENGTH


def _method_options(message: Message) -> list[str]:
    if message.method == "HEAD":
        return ["--head"]
    implied = "POST" if _sends_body(message) else "GET"
    return [] if message.method == implied else ["-X", message.method]


def _header_fields(message: Message) -> list[str]:
    fields = [_header_field(name, value) for name, value in message.headers.items()]
    has_content_type = any(name.lower() == "content-type" for name in message.headers)
    if _sends_body(message) and not has_content_type:
        fields.append("Content-Type:")  # otherwise curl adds the content type of a form
    return fields


def _header_field(name: str, value: str | None) -> str:
    """Return the field in curl's notation: ``name:`` removes it, ``name;`` sends it with an empty value."""
    if value is None:
        return f"{name}:"
    return f"{name}: {value}" if value else f"{name};"


def _form_headers(message: Message) -> list[str]:
    """Return the header fields without the type of the body, which curl makes with a boundary of its own."""
    own = [(name, value) for name, value in message.headers.items() if name.lower() != "content-type"]
    return [_header_field(name, value) for name, value in own]


def _form_fields(request: Request) -> Iterator[str]:
    """Yield the fields of a form in curl's notation."""
    for name, value in (request.data if isinstance(request.data, Mapping) else {}).items():
        for item in value if isinstance(value, list) else [value]:
            yield f"{name}={_form_quoted(format_value(item))}"
    for part in request.files:
        source = f"@{_form_quoted(part.path)}" if part.path else _form_quoted(part.content.decode())
        yield f"{part.field_name}={source};filename={_form_quoted(part.name)};type={part.type}"


def _form_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


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
        # curl expands brackets in a URL unless an option forbids it.
        globs = "--globoff " if any(char in rest for char in "[]{}") else ""
        dots = "--path-as-is " if "/." in rest.partition("?")[0] else ""
        return f'{globs}{dots}"$BASE_URL"{word}' if inside else f"{globs}{dots}{word}"


def _single_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'" if text else ""
