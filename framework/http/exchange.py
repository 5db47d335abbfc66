"""The records of a sent request and its reply. The seam to the network is the function type ``Send``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from framework.base.cutting import cut
from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.request import Request
from framework.http.body_kind import body_kind

_SHOWN_CHARACTERS = 60
Headers = tuple[tuple[str, str], ...]


class NotJsonError(ValueError):
    """The body is not one JSON text in UTF-8 (RFC 8259). The message names the first wrong place."""


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

    @cached_property
    def text(self) -> str | None:
        """The body as UTF-8 text, with U+FFFD for bytes that are not UTF-8.

        A charset in Content-Type is ignored, since application/json has no such parameter (RFC 8259).
        """
        return None if self.body is None else self.body.decode("utf-8", errors="replace")

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
            NotJsonError: the body is not JSON.
        """
        if self.body is None:
            return self.document
        if self.undecodable is not None:
            raise NotJsonError(self.undecodable)
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_reject_constant)
        except UnicodeDecodeError as error:
            raise NotJsonError(tr("答复不是 UTF-8：第 {at} 个字节起无法解码", at=error.start)) from None
        except RecursionError:
            raise NotJsonError(tr("答复嵌套过深，无法解析")) from None
        except ValueError as error:
            raise NotJsonError(_not_json_message(self.body.decode("utf-8"), error)) from None

    def header(self, name: str) -> str | None:
        """Return the value of a header field; None if the reply has no such field.

        Several fields of the same name are joined with ``, `` (RFC 9110 section 5.3).
        """
        values = [value for key, value in self.headers or () if key.lower() == name.lower()]
        return ", ".join(values) if values else None


def _not_json_message(text: str, error: ValueError) -> str:
    if not text.strip():
        return tr("答复是空的，不是 JSON")
    stripped = text.strip()
    shown = visible(cut(stripped, _SHOWN_CHARACTERS, "…"))
    if not isinstance(error, json.JSONDecodeError):
        return tr("答复不是 JSON:JSON 里没有 {error}；答复是“{shown}”", error=error, shown=shown)
    return tr(
        "答复不是 JSON：第 {line} 行第 {column} 列读不懂；答复是“{shown}”",
        line=error.lineno,
        column=error.colno,
        shown=shown,
    )


def _reject_constant(name: str) -> Any:
    # Python reads NaN and Infinity; JSON has neither.
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its complete reply.

    Attributes:
        started: in epoch seconds.
        attempts: how often the request was sent, if the step has a ``retry``.
        redirects: the URLs that redirected, in order; the reply is the one after the last of them.
        replayed: the reply came from a tape, so no socket was opened.
        trace_id: the id under which the logs of the service list the request.
    """

    request: Request
    reply: Reply
    started: float
    attempts: int = 1
    redirects: tuple[str, ...] = ()
    replayed: bool = False
    trace_id: str = ""


Send = Callable[[Request], Exchange]
"""Sends a request and returns the complete exchange, or raises a TransportError or TapeError."""
