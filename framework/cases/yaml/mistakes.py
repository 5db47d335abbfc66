"""What people write that YAML reads as something else, or not at all, and what to write instead.

Pure text to Problem; ``yamlfile`` asks here where a plain scalar is suspect or libyaml stops reading. Full-width punctuation
comes first: libyaml takes it for text and stumbles a line later, over something that is right.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from framework.base.errors import Problem
from framework.base.messages import tr
from framework.base.source import Source, Span

_LINES_BACK = 3
_BOOLEAN = "写 {word};要文本就加引号"
_TRAPS = (
    (re.compile(r"(~|Null|NULL)?\Z"), "写 null;要空文本就写 ''"),
    (re.compile(r"(True|TRUE|[Yy]es|YES|[Oo]n|ON)\Z"), "写 true;要文本就加引号"),
    (re.compile(r"(False|FALSE|[Nn]o|NO|[Oo]ff|OFF)\Z"), "写 false;要文本就加引号"),
    (
        re.compile(r"[-+]?0[0-9_]+\Z|[-+]?0[xob][0-9a-fA-F_]+\Z|[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?\Z"),
        "数字写成十进制的 JSON 数;要文本就加引号",
    ),
    (
        re.compile(r"\+[0-9.]+\Z|[-+]?\.[0-9]+\Z|[-+]?[0-9]+\.\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z"),
        "数字写成 JSON 数,例如 0.5;要文本就加引号",
    ),
)
_FULL_WIDTH_TRAPS = (
    (
        re.compile(r"(“[^”]*”|‘[^’]*’|＂[^＂]*＂)\Z"),
        "中文引号会成为文本的一部分",
        "改成半角引号;真要中文引号,就在外面再加一对半角引号",
    ),
    (
        re.compile(r"[｛［].*[｝］]\Z", re.DOTALL),
        "全角括号不是括号,整段会被当作文本",
        "改成半角的 { } [ ] : ,;真要全角,就加引号",
    ),
)
_REFERENCE = re.compile(r"[$＄]｛|＄\{")
_HASH = re.compile(r"[ \t]+#\S")
_LONGEST_KEY = 1024
_BEFORE_A_KEY = (": ", "- ", "{", "[", ",")


class Mark(NamedTuple):
    """A place as libyaml counts it, from 0."""

    line: int
    column: int


def trap(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a plain scalar and what to write, or None where it is what it seems."""
    if "｛" in text or "［" in text or text[:1] in "“‘＂":
        found = next((pair for pattern, *pair in _FULL_WIDTH_TRAPS if pattern.match(text)), None)
        if found:
            return tr(found[0]), tr(found[1])
    for pattern, how in _TRAPS:
        if pattern.match(text):
            return (tr("{text} 在 YAML 里有别的意思", text=text) if text else tr("这里缺一个值")), tr(how)
    return None


def reference_trap(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text that holds a reference in full-width braces; with quotes or without."""
    if _REFERENCE.search(text):
        return tr("引用里有全角的 ＄ 或 ｛"), tr("写成半角的 ${{名字}}", x="")
    return None


def cut_by_hash(source: Source, line: int, column: int) -> tuple[str, str] | None:
    """Return what is wrong where a value ends at *line*, *column* (from 1) because of a number sign: ``修复
    #123``.

    A comment as people write it has a blank after its sign; one without is taken for a text that was cut.
    """
    rest = source.lines[line - 1][column - 1 :] if line <= len(source.lines) else ""
    if _HASH.match(rest):
        return tr("空格后面的 # 开始注释,{rest} 被丢掉了", rest=rest.strip()[:20]), tr(
            "文本含有“ #”时加引号;真是注释,就在 # 后面空一格"
        )
    return None


# -- syntax

_SYNTAX = (
    ("tab character", "缩进里有制表符(Tab)", "改成空格;缩进只用空格"),
    ("cannot start any token", "值不能以这个字符开头", "以 @ ` % 开头的文本加引号"),
    ("mapping values are not allowed", "这里不能出现“键: 值”", "检查缩进;文本里有“: ”时加引号"),
    (
        "did not find expected ',' or",
        "{ } 或 [ ] 里缺逗号",
        "在 { } 和 [ ] 里,${x}、路径和含 , [ ] { } 的文本要加引号",
    ),
    ("could not find expected ':'", "键后面缺冒号", "冒号要用半角,后面留一个空格"),
    ("did not find expected key", "这一行的缩进或写法不对", "与同级的键对齐;以 [ { * & 开头的文本加引号"),
    ("did not find expected '-' indicator", "列表里缺 -", "列表的每一项都以 - 开头,并对齐"),
    ("found unexpected end of stream", "引号或括号没有收尾", "补上收尾的引号或括号"),
    ("found undefined tag handle", "不支持 YAML 标签", "文本以 ! 开头时加引号"),
    (
        "did not find expected alphabetic or numeric character",
        "* 或 & 后面不是锚点名",
        "文本以 * 或 & 开头时加引号",
    ),
    (
        "invalid Unicode character escape",
        "双引号里的转义不是一个字符",
        "JSON 的 \\uD83D\\uDE00 写成 \\U0001F600,或直接写这个字",
    ),
    ("found unknown escape character", "双引号里有不认识的转义", "正则和路径用单引号"),
)
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_FULL_WIDTH = (
    (re.compile(r"^\s*(?:-\s+)*[\w.$@*\[\]-]+(：)"), "键后面的冒号是全角的", "改成半角的 : ,后面留一个空格"),
    (re.compile(r":\s+(｛|［|【)"), "括号是全角的", "改成半角的 { } 或 [ ];标题以 【 开头时加引号"),
    (re.compile(r"""[{\[][^"'#]*?(，)"""), "逗号是全角的", "在 { } 和 [ ] 里用半角的 ,"),
    (re.compile(r"""[{\[,]\s*[\w.$@*-]+(：)"""), "键后面的冒号是全角的", "改成半角的 : ,后面留一个空格"),
    (re.compile(r"^\s*(-)(?![\s-])[\w]"), "列表的 - 后面要有空格", "写成“- id: …”"),
)
_AFTER_CLOSING = re.compile(r""":\s+(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\})\s+\Z""")


def explain_syntax(source: Source, error: Exception, text: Span | None) -> Problem:
    """Return what libyaml said in *error*, at the place where the mistake was made rather than where reading
    stopped;
    *text*: the last text in quotes that was read."""
    said = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or error}"
    at, context = _mark(error, "problem_mark"), _mark(error, "context_mark")
    if "control characters" in said or at is None:
        return _unreadable(source, said)
    if (
        found := _open_quote(source, said, at, context, text)
        or _tab(source, said, at)
        or _long_key(source, at)
    ):
        return found
    if found := _full_width(source, at, context):
        return found
    if said == "did not find expected whitespace or line break":
        return _problem(source, tr("不支持 YAML 标签"), tr("文本以 ! 开头时加引号"), context or at)
    if "alphabetic or numeric" in said and source.lines[at.line][at.column - 1 : at.column + 1] == "*]":
        return _problem(
            source,
            tr("{{ }} 里的路径没有加引号", x=""),
            tr("写成 {{'$.a[*].b': …}},或者另起一行写", x=""),
            context or at,
        )
    if "expected key" in said and _AFTER_CLOSING.search(source.lines[at.line][: at.column]):
        return _problem(
            source, tr("收尾的引号或括号后面多出了文本"), tr("整个值加一对引号,例如 '[冒烟] 首页'"), at
        )
    if "expected ',' or" in said and context is not None and context.line < at.line:
        return _problem(source, tr("括号没有收尾"), tr("补上收尾的括号"), context)
    what, how = next(
        ((tr(what), tr(how)) for key, what, how in _SYNTAX if key in said), (tr("YAML 写法有误:") + said, "")
    )
    earlier = context is not None and ("end of stream" in said or "expected ':'" in said)
    return _problem(source, what, how, context if earlier and context is not None else at)


def _mark(error: Exception, name: str) -> Mark | None:
    mark = getattr(error, name, None)
    return None if mark is None else Mark(mark.line, mark.column)


def _open_quote(
    source: Source, said: str, at: Mark, context: Mark | None, text: Span | None
) -> Problem | None:
    """Look for a quote that was meant to be closed on its line, and was by the next one that opens: ``"甲⏎b:
    "乙"``.
    """
    if (
        text is not None
        and text.line < text.end_line == at.line + 1
        and not source.lines[at.line][text.end_column - 1 : at.column].strip()
    ):
        return _never_closed(source, Mark(text.line - 1, text.column - 1))
    inside = "escape character" in said or "Unicode character escape" in said or "document indicator" in said
    return (
        _never_closed(source, context) if inside and context is not None and context.line < at.line else None
    )


def _never_closed(source: Source, at: Mark) -> Problem:
    return _problem(source, tr("这里的引号没有在本行收尾"), tr("补上收尾的引号;多行的文本用 | 写"), at)


def _tab(source: Source, said: str, at: Mark) -> Problem | None:
    """A tab where a value would begin: an indent, a line of tabs only, what follows a dash."""
    line = source.lines[at.line] if at.line < len(source.lines) else ""
    if "cannot start any token" not in said or line[at.column : at.column + 1] != "\t":
        return None
    if line[: at.column].strip():
        return _problem(source, tr("这里有制表符(Tab)"), tr("改成空格"), at)
    return _problem(source, tr("缩进里有制表符(Tab)"), tr("改成空格;缩进只用空格"), at)


def _long_key(source: Source, at: Mark) -> Problem | None:
    """A key that libyaml no longer looked at when it came to the colon."""
    line = source.lines[at.line] if at.line < len(source.lines) else ""
    if line[at.column : at.column + 1] != ":":
        return None
    before = line[: at.column].rstrip()
    indent = len(before) - len(before.lstrip())
    if before[-1:] in ("'", '"'):
        start = before.rfind(before[-1], 0, len(before) - 1)
    else:
        start = max(
            [indent, *(found + len(sign) for sign in _BEFORE_A_KEY if (found := before.rfind(sign)) >= 0)]
        )
    if len(before) - start <= _LONGEST_KEY:
        return None
    return _problem(
        source,
        tr("键超过 {limit} 个字符", limit=_LONGEST_KEY),
        tr("缩短它;长的文本写成值"),
        Mark(at.line, max(start, indent)),
    )


def _unreadable(source: Source, said: str) -> Problem:
    match = _CONTROL.search(source.text)
    if match is None:
        return Problem("yaml-syntax", f"{source.name}: " + tr("YAML 写法有误:") + said)
    before = source.text[: match.start()]
    line, column = before.count("\n"), match.start() - (before.rfind("\n") + 1)
    return _problem(
        source,
        tr("文件里有控制字符 U+{code:04X}", code=ord(match.group())),
        tr("删去它;文本里要用,就写双引号和 \\u 转义"),
        Mark(line, column),
    )


def _full_width(source: Source, at: Mark, context: Mark | None) -> Problem | None:
    """Look for the first full-width sign in the lines that lead to the place."""
    start = max(0, at.line - _LINES_BACK, context.line if context else 0)
    if context is None or context.line < at.line - _LINES_BACK:
        start = max(0, at.line - 1)
    for number in range(start, min(at.line + 1, len(source.lines))):
        for pattern, what, how in _FULL_WIDTH:
            if match := pattern.search(source.lines[number]):
                return _problem(source, tr(what), tr(how), Mark(number, match.start(1)))
    return None


def _problem(source: Source, what: str, how: str, at: Mark) -> Problem:
    return Problem(
        "yaml-syntax", what, how, Span(source, at.line + 1, at.column + 1, at.line + 1, at.column + 2)
    )
