"""The table of subjects: the parts of a reply that a check can select by name, apart from paths and
variables.

The parser, the evaluation, the tautology check, the audit, the editor's grammar and the manual read it.
Adding a subject is one row here, its pattern in ``schemas/case.schema.json``, a line in
``docs/writing-cases.md`` and its rows in ``selftests/checks/test_subjects.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from framework.base.jsonpath import Json
from framework.cases.request import MISSING, Missing

Part = Literal["status_code", "url", "elapsed_ms", "header", "body"]


BODY_KINDS: Final = (
    "empty",
    "json",
    "text",
    "html",
    "binary",
    "pdf",
    "png",
    "jpg",
    "gif",
    "doc",
    "docx",
    "xlsx",
    "pptx",
    "zip",
)
"""Every value of ``body.kind``; a selftest holds it against the function that finds it."""


class ReplyParts(Protocol):
    """The parts of a reply that subjects read; None if a replayed tape did not record the part."""

    @property
    def url(self) -> str: ...

    @property
    def status(self) -> int | None: ...

    @property
    def headers(self) -> tuple[tuple[str, str], ...] | None: ...

    @property
    def body(self) -> bytes | None: ...

    @property
    def elapsed_ms(self) -> float | None: ...

    @property
    def text(self) -> str | None: ...

    @property
    def kind(self) -> str | None: ...

    def header(self, name: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One kind of subject.

    ``name`` is as written in a case; if it ends with a dot, a name follows (``headers.Content-Type``).
    ``read`` gets the reply and that name; it returns MISSING if the reply has no such thing, and None if the
    tape did not record it. ``part`` is the part of the reply that decides the value.

    The values that can occur, for the check against tautologies: a number has ``least`` and perhaps ``most``,
    and is ``continuous`` or an integer; ``values`` are all texts that there are; a text ``may_be_empty``.
    ``never`` are the characters that it cannot have, ``starts`` its possible beginnings.
    If it ``repeats``, a reply may have several of that name, and a check judges each. ``doc`` is Chinese, for
    the manual.
    """

    name: str
    part: Part
    read: Callable[[ReplyParts, str], Json | Missing]
    doc: str
    example: str
    least: int | None = None
    most: int | None = None
    continuous: bool = False
    values: tuple[str, ...] = ()
    may_be_empty: bool = True
    never: str = ""
    starts: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def named(self) -> bool:
        return self.name.endswith(".")

    @property
    def numeric(self) -> bool:
        return self.least is not None

    def can_be(self, text: str) -> bool:
        """Return whether *text* can be the value; of a row without numbers."""
        is_possible = self.may_be_empty if not text else not set(self.never) & set(text)
        return is_possible and (not self.starts or text.startswith(self.starts))


def _header(reply: ReplyParts, name: str) -> Json | Missing:
    if reply.headers is None:
        return None
    value = reply.header(name)
    return MISSING if value is None else value


def _cookie(reply: ReplyParts, name: str) -> Json | Missing:
    """Read a cookie that the reply sets, as a browser does (RFC 6265 section 5.2): the last one counts."""
    if reply.headers is None:
        return None
    value: Json | Missing = MISSING
    for field, content in reply.headers:
        if field.lower() == "set-cookie":
            key, equals, rest = content.partition(";")[0].partition("=")
            if equals and key.strip() == name:
                value = rest.strip()
    return value


def _size(reply: ReplyParts, _name: str) -> Json:
    return None if reply.body is None else len(reply.body)


def _size_kb(reply: ReplyParts, _name: str) -> Json:
    return None if reply.body is None else -(-len(reply.body) // 1024)


_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header or cookie: a token of RFC 9110 section 5.6.2."""

SUBJECTS: Final[Mapping[str, SubjectRow]] = {
    row.name: row
    for row in (
        SubjectRow(
            "status_code",
            "status_code",
            lambda reply, _: reply.status,
            "HTTP 状态码。一个用例没有检查它时，自动要求 2xx，报告里看得见",
            "status_code: 200",
            least=100,
            most=599,
        ),
        SubjectRow(
            "url",
            "url",
            lambda reply, _: reply.url,
            "答复来自的地址，跟随重定向之后的",
            "url: {contains: /list}",
            may_be_empty=False,
            starts=("http://", "https://"),
        ),
        SubjectRow(
            "elapsed_ms",
            "elapsed_ms",
            lambda reply, _: reply.elapsed_ms,
            "从发出到收完的毫秒数",
            "elapsed_ms: {less_than: 2000}",
            least=0,
            continuous=True,
        ),
        SubjectRow(
            "headers.",
            "header",
            _header,
            "响应头，名字不分大小写；重复的逐个检查",
            "headers.Content-Type: {starts_with: application/json}",
            repeats=True,
            never="\r\n",
        ),
        SubjectRow(
            "cookies.",
            "header",
            _cookie,
            "答复设置的 Cookie，名字区分大小写",
            "cookies.SESSION: {not_empty: true}",
            never=";",
        ),
        SubjectRow(
            "body", "body", lambda reply, _: reply.text, "正文，作为文字", "body: {contains: success}"
        ),
        SubjectRow("body.size", "body", _size, "正文的字节数", "body.size: {greater_than: 100}", least=0),
        SubjectRow(
            "body.size_kb",
            "body",
            _size_kb,
            "正文的大小，KB，不足 1 KB 的算 1 KB",
            "body.size_kb: {at_most: 300}",
            least=0,
        ),
        SubjectRow(
            "body.kind",
            "body",
            lambda reply, _: reply.kind,
            "正文的类型，按开头的字节判断，如 docx、pdf、json",
            "body.kind: json",
            values=BODY_KINDS,
        ),
    )
}

REDIRECT_STATUS: Final = SubjectRow("", "status_code", lambda *_: None, "", "", least=300, most=399)
"""The numbers that the status of a redirect can be."""


def find_subject(text: str) -> tuple[SubjectRow, str] | None:
    """Return the row of a subject as written in a case, and the name after its dot; None if there is none."""
    if text in SUBJECTS and not SUBJECTS[text].named:
        return SUBJECTS[text], ""
    prefix, dot, name = text.partition(".")
    row = SUBJECTS.get(prefix + dot)
    return (row, name) if row is not None and row.named and _TOKEN.fullmatch(name) else None
