"""Determines the type of a single value, its mistakes, and whether it needs quotes when written.

Plain true, false, null and JSON numbers are typed. Every other plain scalar is text, unless YAML 1.1 or a
reader would take it for something else: ``yes``, ``0x10``, ``1_000`` or full-width quotes are mistakes, with
a suggestion.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from framework.base.cutting import cut
from framework.base.messages import tr

WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}
NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z")

_TRAPS = (
    (re.compile(r"(~|Null|NULL)?\Z"), "写 null；要空文本就写 ''"),
    (re.compile(r"(True|TRUE|[Yy]es|YES|[Oo]n|ON)\Z"), "写 true；要文本就加引号"),
    (re.compile(r"(False|FALSE|[Nn]o|NO|[Oo]ff|OFF)\Z"), "写 false；要文本就加引号"),
    (
        re.compile(r"[-+]?0[0-9_]+\Z|[-+]?0[xob][0-9a-fA-F_]+\Z|[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?\Z"),
        "数字写成十进制的 JSON 数；要文本就加引号",
    ),
    (
        re.compile(r"\+[0-9.]+\Z|[-+]?\.[0-9]+\Z|[-+]?[0-9]+\.\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z"),
        "数字写成 JSON 数，例如 0.5；要文本就加引号",
    ),
)
_FULL_WIDTH_TRAPS = (
    (
        re.compile(r"(“[^”]*”|‘[^’]*’|＂[^＂]*＂)\Z"),
        "中文引号会成为文本的一部分",
        "改成半角引号；真要中文引号，就在外面再加一对半角引号",
    ),
    (
        re.compile(r"[｛［].*[｝］]\Z", re.DOTALL),
        "全角括号不是括号，整段会被当作文本",
        "改成半角的 { } [ ] : ,；真要全角，就加引号",
    ),
)
_FULL_WIDTH_REFERENCE = re.compile(r"[$＄]｛|＄\{")
_COMMENT_WITHOUT_BLANK = re.compile(r"[ \t]+#\S")


class Mistake(NamedTuple):
    """A mistake in a value, and how to write it."""

    what: str
    how: str


def explain_plain_scalar(text: str) -> Mistake | None:
    """Return the mistake of a plain scalar that could be read in two ways, or None."""
    # The patterns are tried only on texts that can match: every plain scalar comes through here.
    if "｛" in text or "［" in text or text[:1] in "“‘＂":
        for pattern, what, how in _FULL_WIDTH_TRAPS:
            if pattern.match(text):
                return Mistake(tr(what), tr(how))
    for pattern, how in _TRAPS:
        if pattern.match(text):
            what = tr("{text} 在 YAML 里有别的意思", text=text) if text else tr("这里缺一个值")
            return Mistake(what, tr(how))
    return None


def explain_full_width_reference(text: str) -> Mistake | None:
    """Return the mistake of a text that writes ``${…}`` with full-width characters, or None."""
    if _FULL_WIDTH_REFERENCE.search(text):
        return Mistake(tr("引用里有全角的 ＄ 或 ｛"), tr("写成半角的 ${名字}"))
    return None


def explain_cut_text(lines: list[str], line: int, column: int) -> Mistake | None:
    """Return the mistake of a value that a number sign cuts off: ``修复 #123``.

    The value ends at *line*, *column* (from 1) of *lines*, those of the file.

    People write a blank after the sign of a comment. Without the blank it is taken for text that was cut off.
    """
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if not _COMMENT_WITHOUT_BLANK.match(rest):
        return None
    return Mistake(
        tr("空格后面的 # 开始注释，{rest} 被丢掉了", rest=cut(rest.strip(), 20)),
        tr("文本含有“ #”时加引号；真是注释，就在 # 后面空一格"),
    )


def quoting_style(text: str) -> str | None:
    """Return the YAML style that preserves *text*: a quote, ``|``, or None for a plain scalar.

    PyYAML's own choice does not do: it knows other numbers and none of our mistakes.
    """
    if not text.replace("\n", "").isprintable():
        return '"'
    if "\n" in text:
        return "|"
    is_typed = text in WORDS or NUMBER.match(text)
    is_mistake = explain_plain_scalar(text) or explain_full_width_reference(text)
    return "'" if is_typed or is_mistake or "#" in text else None
