"""A request as sent and the reply as received. The seam to the network is a function: ``Send``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from framework.base.jsonpath import Json
from framework.base.messages import tr
from framework.base.source import visible
from framework.cases.request import Request
from framework.http.body_kind import body_kind

_SHOWN = 60
Headers = tuple[tuple[str, str], ...]


class NotJsonError(ValueError):
    """The body is not one JSON text in UTF-8 (RFC 8259); the message says where it stops being one."""


@dataclass(frozen=True)
class Reply:
    """A complete HTTP reply. ``None`` in a field means that a tape did not record it.

    ``body`` is decoded from its content coding (gzip …) and nothing more; ``elapsed_ms`` runs from sending to
    the last byte of the body; ``headers`` in order, names as sent. ``document`` is the JSON value where only
    that was recorded.
    ``undecodable`` says why the content coding could not be undone; ``body`` then holds the bytes as
    received.
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
        """The body as UTF-8 text, undecodable bytes as U+FFFD; the charset of the header is not asked, JSON
        has none.
        """
        return None if self.body is None else self.body.decode("utf-8", errors="replace")

    @cached_property
    def kind(self) -> str | None:
        """The kind of the body by its first bytes, such as ``docx``."""
        return None if self.body is None else body_kind(self.body)

    @cached_property
    def digest(self) -> str | None:
        """The body's SHA-256, in hexadecimal; made once for all that name the body by it."""
        return None if self.body is None else hashlib.sha256(self.body).hexdigest()

    @cached_property
    def json(self) -> Json:
        """The body as JSON.

        Raises:
            NotJsonError: it is not one.
        """
        if self.body is None:
            return self.document
        if self.undecodable is not None:
            raise NotJsonError(self.undecodable)
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except UnicodeDecodeError as error:
            raise NotJsonError(tr("答复不是 UTF-8:第 {at} 个字节起无法解码", at=error.start)) from None
        except RecursionError:
            raise NotJsonError(tr("答复嵌套过深,无法解析")) from None
        except ValueError as error:
            raise NotJsonError(_not_json(self.body.decode("utf-8"), error)) from None

    def header(self, name: str) -> str | None:
        """Return the field's value, several joined with ``, `` (RFC 9110 section 5.3); None where there is
        none.
        """
        values = [value for key, value in self.headers or () if key.lower() == name.lower()]
        return ", ".join(values) if values else None


def _not_json(text: str, error: ValueError) -> str:
    if not text.strip():
        return tr("答复是空的,不是 JSON")
    shown = visible(text.strip()[:_SHOWN]) + ("…" if len(text.strip()) > _SHOWN else "")
    if not isinstance(error, json.JSONDecodeError):
        return tr("答复不是 JSON:JSON 里没有 {error};答复是“{shown}”", error=error, shown=shown)
    return tr(
        "答复不是 JSON:第 {line} 行第 {column} 列读不懂;答复是“{shown}”",
        line=error.lineno,
        column=error.colno,
        shown=shown,
    )


def _no_constant(name: str) -> Any:
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its complete reply. ``started`` in epoch seconds; ``attempts`` counts the sendings of a
    retry;
    ``redirects`` the URLs that were passed through; ``replayed``: from a tape, no socket was opened;
    ``trace_id`` what the service's own logs know the request by."""

    request: Request
    reply: Reply
    started: float
    attempts: int = 1
    redirects: tuple[str, ...] = ()
    replayed: bool = False
    trace_id: str = ""


Send = Callable[[Request], Exchange]
"""Sends a request and returns the complete exchange, or raises a TransportError (or TapeError)."""
