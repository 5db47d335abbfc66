"""The markup of policyText: ``^(<p>(<br>|[^<>&]+)</p>)+$``, nothing that could act, nothing escaped twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.messages import tr
from framework.checks.shown import shorten
from framework.policy.document import Document, Slip

_PARAGRAPH = re.compile(r"<p>(?:<br>|[^<>&]+)</p>")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});?")
_ESCAPE = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\[nrt](?![A-Za-z])|%[Ee][4-9](?:%[89A-Ba-b][0-9A-Fa-f]){2})")
_ACTIVE = re.compile(
    r"<\s{0,8}/?(?:script|iframe|img|svg|object|embed|link|style|meta|form|input|base)\b|<[^<>]{0,500}?\bon[a-z]{3,20}\s{0,8}=|"
    r"(?:javascript|vbscript)\s{0,8}:\s{0,8}[\w(]|data:text/html",
    re.IGNORECASE,
)


def grammar(document: Document) -> Iterator[Slip]:
    """Every paragraph is ``<p>…</p>`` with text or one ``<br>``; no other tag, attribute, entity or text
    between.

    Limits: says where the markup first goes wrong in a paragraph, not how to mend it.
    """
    raw, position, number = document.raw, 0, 0
    if not raw:
        yield Slip(tr("正文是空的"))
    while position < len(raw):
        found = _PARAGRAPH.match(raw, position)
        if found:
            position, number = found.end(), number + 1
            continue
        yield _broken(document, position, number)
        following = raw.find("<p>", position + 1)
        position, number = (following, number + 1) if following >= 0 else (len(raw), number)


def _broken(document: Document, position: int, number: int) -> Slip:
    start = document.raw[position : position + 60]
    what = tr(
        "第 {n} 段(全文第 {at} 字)起不是 <p>文字</p> 或 <p><br></p>:{start}",
        n=number,
        at=position,
        start=shorten(start, 40),
    )
    return Slip(what, quote=start[:12])


def active_content(document: Document) -> Iterator[Slip]:
    """No script, frame, picture, event handler or javascript: address.

    Limits: an event handler is looked for within 500 characters after its tag begins.
    """
    for found in _ACTIVE.finditer(document.raw):
        what = tr(
            "全文第 {at} 字有可以执行的内容:{text}",
            at=found.start(),
            text=shorten(document.raw[found.start() : found.start() + 60], 40),
        )
        yield Slip(what, quote=found.group()[:12])


def escaped(document: Document) -> Iterator[Slip]:
    """No entity, no \\u…, no %E4…: the text was escaped once too often.

    Limits: \\n, \\r and \\t count only where no Latin letter follows, so a path such as C:\\temp is left
    alone.
    """
    for pattern in (_ENTITY, _ESCAPE):
        found = list(_first(pattern, document.raw))
        for match in found[:1]:
            total = sum(1 for _ in pattern.finditer(document.raw))
            yield Slip(
                tr(
                    "全文第 {at} 字起有转义写法 {text}(共 {n} 处)",
                    at=match.start(),
                    text=shorten(match.group(), 20),
                    n=total,
                ),
                quote=match.group()[:12],
            )


def _first(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    found = pattern.search(text)
    if found:
        yield found
