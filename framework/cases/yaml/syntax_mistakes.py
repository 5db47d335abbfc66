"""Explains syntax errors of YAML: finds the place of the mistake and suggests a correction.

libyaml often stops later than the mistake. It takes full-width punctuation for text, for example, and
stumbles a line later over something correct. So the likely causes are tried in an order, the most telling
first, and libyaml's own message comes last.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.base.source import Source, Span
from framework.cases.yaml.syntax_messages import translated

_LINES_BACK = 3
_MAX_KEY = 1024
"""libyaml looks no further for the colon of a key."""
_BEFORE_KEY = (": ", "- ", "{", "[", ",")

# The characters that YAML does not allow in a file.
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
# The patterns below need time that grows with the square of the length.
_LONGEST_SEARCH = 1000
_FULL_WIDTH = (
    (re.compile(r"^\s*(?:-\s+)*[\w.$@*\[\]-]+(：)"), "键后面的冒号是全角的", "改成半角的 :，后面留一个空格"),
    (re.compile(r":\s+(｛|［|【)"), "括号是全角的", "改成半角的 { } 或 [ ]；标题以 【 开头时加引号"),
    (re.compile(r"""[{\[][^"'#]*?(，)"""), "逗号是全角的", "在 { } 和 [ ] 里用半角的 ,"),
    (re.compile(r"""[{\[,]\s*[\w.$@*-]+(：)"""), "键后面的冒号是全角的", "改成半角的 :，后面留一个空格"),
    (re.compile(r"^\s*(-)(?![\s-])[\w]"), "列表的 - 后面要有空格", "写成“- id: …”"),
)
_AFTER_CLOSING = re.compile(r""":\s+(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\})\s+\Z""")


class Mark(NamedTuple):
    """A place as libyaml counts it, from 0."""

    line: int
    column: int


class _SyntaxError(NamedTuple):
    """An error of libyaml.

    ``at`` is the place where it stopped, ``context`` the start of the construct it was reading.
    ``last_quoted`` is the last scalar if it was in quotes.
    """

    source: Source
    message: str
    at: Mark
    context: Mark | None
    last_quoted: Span | None

    @property
    def line(self) -> str:
        """The line where libyaml stopped; empty if that is the end of the text."""
        lines = self.source.lines
        return lines[self.at.line] if self.at.line < len(lines) else ""

    @property
    def spans_lines(self) -> bool:
        """Whether the construct began on an earlier line."""
        return self.context is not None and self.context.line < self.at.line


def explain_syntax(source: Source, error: Exception, last_quoted: Span | None) -> Problem:
    """Return the problem behind a YAMLError.

    *last_quoted* is the last scalar that was read, if it was in quotes.
    """
    message = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    at = _mark(error, "problem_mark")
    if "control characters" in message or at is None:
        return _unreadable(source, message)
    syntax_error = _SyntaxError(source, message, at, _mark(error, "context_mark"), last_quoted)
    for explain in _EXPLANATIONS:
        if problem := explain(syntax_error):
            return problem
    return _by_message(syntax_error)


def _mark(error: Exception, name: str) -> Mark | None:
    mark = getattr(error, name, None)
    return None if mark is None else Mark(mark.line, mark.column)


def _problem(source: Source, what: str, how: str, at: Mark) -> Problem:
    span = Span(source, at.line + 1, at.column + 1, at.line + 1, at.column + 2)
    return Problem("yaml-syntax", what, how, span)


def _unreadable(source: Source, message: str) -> Problem:
    match = _CONTROL.search(source.text)
    if match is None:
        what, how = translated(message)
        return Problem("yaml-syntax", f"{source.name}: {what}", how)
    before = source.text[: match.start()]
    return _problem(
        source,
        tr("文件里有控制字符 U+{code:04X}", code=ord(match.group())),
        tr("删去它；文本里要用，就写双引号和 \\u 转义"),
        Mark(before.count("\n"), match.start() - (before.rfind("\n") + 1)),
    )


def _open_quote(error: _SyntaxError) -> Problem | None:
    """Find a quote that should have been closed on its line, but was closed by the next opening quote.

    Example: ``"甲⏎b: "乙"``.
    """
    # First clue: the last quoted text spans lines and ends right where libyaml stopped.
    text, at = error.last_quoted, error.at
    if text is not None and text.line < text.end_line == at.line + 1:
        after_quote = error.line[text.end_column - 1 : at.column]
        if not after_quote.strip():
            return _never_closed(error.source, Mark(text.line - 1, text.column - 1))
    # Second clue: the message is about the inside of a quoted text that began on an earlier line.
    messages = ("escape character", "Unicode character escape", "document indicator")
    inside_text = any(words in error.message for words in messages)
    if inside_text and error.context is not None and error.spans_lines:
        return _never_closed(error.source, error.context)
    return None


def _never_closed(source: Source, at: Mark) -> Problem:
    return _problem(source, tr("这里的引号没有在本行收尾"), tr("补上收尾的引号；多行的文本用 | 写"), at)


def _tab(error: _SyntaxError) -> Problem | None:
    """Find a tab at the start of a value: in an indent, on a blank line, or after a dash."""
    line, at = error.line, error.at
    if "cannot start any token" not in error.message or line[at.column : at.column + 1] != "\t":
        return None
    if line[: at.column].strip():
        return _problem(error.source, tr("这里有制表符（Tab）"), tr("改成空格"), at)
    return _problem(error.source, tr("缩进里有制表符（Tab）"), tr("改成空格；缩进只用空格"), at)


def _long_key(error: _SyntaxError) -> Problem | None:
    """Find a key that is so long that libyaml did not connect it with its colon."""
    line, at = error.line, error.at
    if line[at.column : at.column + 1] != ":":
        return None
    before = line[: at.column].rstrip()
    start = _key_start(before)
    if len(before) - start <= _MAX_KEY:
        return None
    indent = len(before) - len(before.lstrip())
    return _problem(
        error.source,
        tr("键超过 {limit} 个字符", limit=_MAX_KEY),
        tr("缩短它；长的文本写成值"),
        Mark(at.line, max(start, indent)),
    )


def _key_start(before: str) -> int:
    """Return the column at which the key that ends *before* begins; -1 if its opening quote is not there."""
    last = before[-1:]
    if last in ("'", '"'):
        return before.rfind(last, 0, len(before) - 1)
    indent = len(before) - len(before.lstrip())
    starts = [indent]
    for sign in _BEFORE_KEY:
        found = before.rfind(sign)
        if found >= 0:
            starts.append(found + len(sign))
    return max(starts)


def _full_width(error: _SyntaxError) -> Problem | None:
    """Find the first full-width sign in the lines that lead to the place where libyaml stopped."""
    at, context, lines = error.at, error.context, error.source.lines
    # A construct that began far above is no help: any full-width sign in it may be ordinary text.
    if context is None or context.line < at.line - _LINES_BACK:
        first = max(0, at.line - 1)
    else:
        first = max(0, context.line)
    for number in range(first, min(at.line + 1, len(lines))):
        for pattern, what, how in _FULL_WIDTH:
            if match := pattern.search(lines[number][:_LONGEST_SEARCH]):
                return _problem(error.source, tr(what), tr(how), Mark(number, match.start(1)))
    return None


def _tag(error: _SyntaxError) -> Problem | None:
    # libyaml reads a text that starts with an exclamation mark as a tag.
    if error.message != "did not find expected whitespace or line break":
        return None
    return _problem(
        error.source, tr("不支持 YAML 标签"), tr("文本以 ! 开头时加引号"), error.context or error.at
    )


def _unquoted_path(error: _SyntaxError) -> Problem | None:
    """Find a path with ``[*]`` as a key in braces: YAML takes its ``*`` for an alias."""
    around = error.line[error.at.column - 1 : error.at.column + 1]
    if "alphabetic or numeric" not in error.message or around != "*]":
        return None
    return _problem(
        error.source,
        tr("{ } 里的路径没有加引号"),
        tr("写成 {'$.a[*].b': …}，或者另起一行写"),
        error.context or error.at,
    )


def _text_after_closing(error: _SyntaxError) -> Problem | None:
    # libyaml takes the value to be complete: title: "冒烟" 首页.
    if "expected key" not in error.message or not _AFTER_CLOSING.search(
        error.line[: error.at.column][-_LONGEST_SEARCH:]
    ):
        return None
    return _problem(
        error.source,
        tr("收尾的引号或括号后面多出了文本"),
        tr("整个值加一对引号，例如 '[冒烟] 首页'"),
        error.at,
    )


def _open_bracket(error: _SyntaxError) -> Problem | None:
    # The bracket was still open when a line began that looks like the next key.
    if "expected ',' or" not in error.message or error.context is None or not error.spans_lines:
        return None
    return _problem(error.source, tr("括号没有收尾"), tr("补上收尾的括号"), error.context)


def _by_message(error: _SyntaxError) -> Problem:
    """Translate libyaml's own message."""
    what, how = translated(error.message)
    # For these messages the start of the construct is closer to the mistake than its end.
    began_earlier = "end of stream" in error.message or "expected ':'" in error.message
    at = error.context if began_earlier and error.context is not None else error.at
    return _problem(error.source, what, how, at)


_EXPLANATIONS = (
    _open_quote,
    _tab,
    _long_key,
    _full_width,
    _tag,
    _unquoted_path,
    _text_after_closing,
    _open_bracket,
)
"""Tried in this order; the first that returns a problem wins."""
