"""Rules for the markup: ``^(<p>(<br>|[^<>&]+)</p>)+$``, no active content, no double escaping."""

from __future__ import annotations

import re
from collections.abc import Iterator

from framework.base.messages import tr
from framework.checks.shown import shorten
from framework.policy.document import Document, RuleFinding

# No repetition inside a repetition, so that a hostile text takes linear time.
_PARAGRAPH = re.compile(r"<p>(?:<br>|[^<>&]+)</p>")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});?")
_ESCAPE = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\[nrt](?![A-Za-z])|%[Ee][4-9](?:%[89A-Ba-b][0-9A-Fa-f]){2})")
# The rest of an entity, a tag or a style if only some of its characters were replaced.
_LEFT_OVER = re.compile(
    r"(?<![A-Za-z&])(?:nbsp|ensp|emsp|amp|lt|gt|quot|[lr][ds]quo|mdash|middot|hellip|times);"
    r"|(?<![A-Za-z0-9&])#(?:x[0-9A-Fa-f]{2,6}|\d{2,6});"
    r"|(?:font-(?:family|size|weight)|text-(?:indent|align)|line-height|margin(?:-[a-z]{3,6})?|background-color)"
    r"\s?:[^:;。<>]{1,40};"
    r"|(?<![<A-Za-z/])/?(?:br|span|div|strong|td)\s?/?>"
)
_ACTIVE = re.compile(
    r"<\s{0,8}/?(?:script|iframe|img|svg|object|embed|link|style|meta|form|input|base)\b|<[^<>]{0,500}?\bon[a-z]{3,20}\s{0,8}=|"
    r"(?:javascript|vbscript)\s{0,8}:\s{0,8}[\w(]|data:text/html",
    re.IGNORECASE,
)


def grammar(document: Document) -> Iterator[RuleFinding]:
    """Every paragraph is ``<p>…</p>`` with text or one ``<br>``.

    No other tag, attribute or entity is allowed, and no text between paragraphs. Limits: reports the first
    error of a paragraph, not how to correct it.
    """
    raw, position, number = document.raw, 0, 0
    if not raw:
        yield RuleFinding(tr("正文是空的"))
    while position < len(raw):
        found = _PARAGRAPH.match(raw, position)
        if found:
            position, number = found.end(), number + 1
            continue
        yield _markup_finding(document, position, number)
        following = raw.find("<p>", position + 1)
        position, number = (following, number + 1) if following >= 0 else (len(raw), number)


def _markup_finding(document: Document, position: int, number: int) -> RuleFinding:
    start = document.raw[position : position + 60]
    message = tr(
        "第 {n} 段（全文第 {at} 字）起不是 <p>文字</p> 或 <p><br></p>：{start}",
        n=number,
        at=position,
        start=shorten(start, 40),
    )
    return RuleFinding(message, quote=start[:12])


def active_content(document: Document) -> Iterator[RuleFinding]:
    """The text contains no script, frame, picture, event handler or javascript: address.

    Limits: an event handler is only found within 500 characters from the start of its tag.
    """
    for found in _ACTIVE.finditer(document.raw):
        message = tr(
            "全文第 {at} 字有可以执行的内容：{text}",
            at=found.start(),
            text=shorten(document.raw[found.start() : found.start() + 60], 40),
        )
        yield RuleFinding(message, quote=found.group()[:12])


def escaped(document: Document) -> Iterator[RuleFinding]:
    """The text contains no entity, no \\u… and no %E4…, which show that it was escaped once too often.

    It also has nothing that is left of an entity, a tag or a style, such as nbsp; or
    font-size:12px;. Limits: \\n, \\r and \\t count only if no Latin letter follows, so that a path such as
    C:\\temp is no finding.
    """
    for pattern in (_ENTITY, _ESCAPE, _LEFT_OVER):
        first = pattern.search(document.raw)
        if first is None:
            continue
        total = sum(1 for _ in pattern.finditer(document.raw))
        yield RuleFinding(
            tr(
                "全文第 {at} 字起有转义写法 {text}（共 {n} 处）",
                at=first.start(),
                text=shorten(first.group(), 20),
                n=total,
            ),
            quote=first.group()[:12],
        )
