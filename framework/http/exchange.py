"""The records of a sent request and its reply. The seam to the network is the function type ``Send``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from framework.base.json_reader import NotJsonError, read_json
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.cases.request import Request
from framework.http.body_kind import body_kind
from framework.http.charset import DecodedText, declared_charset, decode_text, explain_not_utf8

__all__ = ["Exchange", "Headers", "NotJsonError", "Reply", "Send"]

_TEXT_KINDS = ("text", "html", "json", "binary")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    """A complete HTTP reply. ``None`` in a field means that a tape did not record it.

    Attributes:
        headers: in the order received, with names as sent.
        body: decoded from its content coding (gzip …) but from nothing else.
        elapsed_ms: from sending the request to the last byte of the body.
        document: the JSON value, if a tape recorded only that.
        undecodable: why the content coding could not be decoded; ``body`` then holds the bytes as received.
    """

    url: str
    status: int | None
    headers: Headers | None = None
    body: bytes | None = field(default=None, repr=False)
    elapsed_ms: float | None = None
    document: Json = field(default=None, repr=False)
    undecodable: str | None = None

    @property
    def text(self) -> str | None:
        """The body decoded by its declared charset, or as UTF-8; U+FFFD replaces undecodable bytes."""
        return None if self.body is None else self._decoded_text.text

    @property
    def text_problem(self) -> str:
        """Why ``text`` is not the text that was sent; empty if it is."""
        if self.body is None or self.undecodable is not None:
            return self.undecodable or ""
        return self._decoded_text.problem

    @cached_property
    def _decoded_text(self) -> DecodedText:
        # Many servers add a charset to documents and pictures as well. It means nothing there.
        charset = self._charset
        if charset and self.kind not in _TEXT_KINDS:
            charset = ""
        return decode_text(self.body or b"", charset)

    @property
    def _charset(self) -> str:
        return declared_charset(self.header("Content-Type"))

    @cached_property
    def kind(self) -> str | None:
        """The kind of the body by its first bytes, such as ``docx``."""
        return None if self.body is None else body_kind(self.body)

    @cached_property
    def digest(self) -> str | None:
        """The SHA-256 of the body in hexadecimal; logs and attachments identify a body by it."""
        return None if self.body is None else hashlib.sha256(self.body).hexdigest()

    @cached_property
    def json(self) -> Json:
        """The body as JSON.

        Raises:
            NotJsonError: the body is not JSON, or cannot be read in only one way.
        """
        if self.body is None:
            return self.document
        if self.undecodable is not None:
            raise NotJsonError(self.undecodable)
        problem = explain_not_utf8(self.body, self._charset)
        if problem:
            raise NotJsonError(problem)
        try:
            text = self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotJsonError(tr("答复不是 UTF-8：第 {at} 个字节起无法解码", at=error.start)) from None
        return read_json(text)

    def header(self, name: str) -> str | None:
        """Return the value of a header field; None if the reply has no such field.

        Several fields of the same name are joined with ``, `` (RFC 9110 section 5.3).
        """
        values = [value for key, value in self.headers or () if key.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its complete reply.

    Attributes:
        started: in epoch seconds.
        attempts: how often the request was sent: by a ``retry``, a ``wait_for`` or after a new login.
        redirects: the URLs that redirected, in order; the reply is the one after the last of them.
        redirect_methods: the method of the request after each of them; empty if a tape did not record it.
        redirect_statuses: the status of each redirecting reply; empty if a tape did not record it.
        redirect_cookies: the URL and the ``Set-Cookie`` fields of each redirecting reply that has some.
        replayed: the reply came from a tape, so no socket was opened.
        answered_before: the tape gave the same recording to an earlier equal request: it has no further one.
        trace_id: the id under which the logs of the service list the request.
        shared_from: the case that asked the same before and got this reply; empty if the request was sent.
    """

    request: Request
    reply: Reply
    started: float
    attempts: int = 1
    redirects: tuple[str, ...] = ()
    redirect_methods: tuple[str, ...] = field(default=(), kw_only=True)
    redirect_statuses: tuple[int, ...] = field(default=(), kw_only=True)
    redirect_cookies: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), kw_only=True, repr=False)
    replayed: bool = False
    answered_before: bool = field(default=False, kw_only=True)
    trace_id: str = ""
    shared_from: str = field(default="", kw_only=True)


Send = Callable[[Request], Exchange]
"""Sends a request and returns the complete exchange, or raises a TransportError or TapeError."""
